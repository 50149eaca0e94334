//! One request, and the next if it failed: what is sent, what is believed of the answer, when it is tried again.

use super::HttpStore;
use super::clock::{Watch, in_time, pause};
use super::failure::{Failure, describe, header, refused, short_read};
use super::pieces::{Piece, Pieces};
use crate::error::{Code, Error, Result, to_usize, too_large};
use crate::store::retry::{Backoff, RETRY_ATTEMPTS};
use crate::store::room::room_for;
use crate::store::{Address, ByteRange};
use futures::future::{Either, select};
use js_sys::{Array, Promise, Reflect, Uint8Array};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response};

/// Attempts at an origin that has never answered: a wrong address or CORS should be told soon.
const FIRST_ATTEMPTS: u32 = 3;
/// Validators remembered, to notice objects that change under us.
const MAX_VALIDATORS: usize = 4096;
/// How long an answer is waited for without which one can do, in milliseconds.
const PATIENCE_MS: f64 = 5000.0;
/// The longest answer to the question for an object's size.
const MAX_SIZE_BYTES: u64 = 1 << 16;

/// An object as Google's JSON interface describes it.
#[derive(Deserialize)]
struct ToldSize {
    size: String,
}

impl HttpStore {
    fn aborted(&self) -> bool {
        self.signal.as_ref().is_some_and(AbortSignal::aborted)
    }

    /// Tries until it succeeds, fails for good, or has failed too often.
    pub(super) async fn retrying<T, F: Future<Output = std::result::Result<T, Failure>>>(
        &self,
        url: &str,
        attempt: impl Fn() -> F,
    ) -> Result<T> {
        let mut backoff = Backoff::default();
        let mut tried = 0;
        loop {
            let failure = match attempt().await {
                Ok(value) => {
                    self.reached.set(true);
                    return Ok(value);
                }
                Err(failure) => failure,
            };
            tried += 1;
            if self.aborted() {
                return Err(Error::new(Code::Aborted, "cancelled"));
            }
            // Where there is another door, knocking at this one again only costs time.
            let address = self.address.borrow().clone();
            let fork = !self.reached.get() && address.other_door().is_some();
            let failure = match failure {
                Failure::Passing(error, _) if error.code() == Code::Cors && !address.leads_to(url) => {
                    Failure::Final(error)
                }
                Failure::Passing(error, _) if error.code() == Code::Cors && fork => {
                    match self.diagnose(url, error).await {
                        error if error.code() == Code::Cors => Failure::Final(error),
                        error => Failure::Passing(error, None),
                    }
                }
                other => other,
            };
            let attempts = if self.reached.get() { RETRY_ATTEMPTS } else { FIRST_ATTEMPTS };
            match failure {
                Failure::Final(error) => return Err(error),
                Failure::Passing(error, _) if tried >= attempts => {
                    return Err(if error.code() == Code::Cors { self.diagnose(url, error).await } else { error });
                }
                Failure::Passing(_, retry_after) => {
                    pause(backoff.next_ms(js_sys::Math::random(), retry_after), self.signal.as_ref()).await;
                }
            }
            if self.aborted() {
                return Err(Error::new(Code::Aborted, "cancelled"));
            }
        }
    }

    /// Sends one request; the failure of `fetch` itself is CORS until the probe says otherwise.
    pub(super) async fn send(
        &self,
        url: &str,
        method: &str,
        range: Option<String>,
        stop: &AbortController,
    ) -> std::result::Result<Response, Failure> {
        let init = RequestInit::new();
        init.set_method(method);
        init.set_credentials(RequestCredentials::Omit);
        init.set_redirect(RequestRedirect::Follow);
        init.set_referrer_policy(web_sys::ReferrerPolicy::NoReferrer);
        let signals = Array::of1(&stop.signal());
        if let Some(signal) = &self.signal {
            signals.push(signal);
        }
        init.set_signal(Some(&AbortSignal::any(&signals)));
        let headers = js_sys::Object::new();
        for (name, value) in &self.address.borrow().headers {
            let _ = Reflect::set(&headers, &name.into(), &value.into());
        }
        if range.is_some() || self.transport.uncached {
            init.set_cache(RequestCache::NoStore);
        }
        if let Some(range) = range {
            let _ = Reflect::set(&headers, &"Range".into(), &range.into());
        }
        init.set_headers(&headers);
        self.requests.set(self.requests.get() + 1);
        let promise = self.transport.fetch.call2(&JsValue::UNDEFINED, &url.into(), &init);
        let promise = promise.map_err(|e| Failure::Final(Error::new(Code::Http, describe(&e))))?;
        let response = in_time(Promise::resolve(&promise), stop).await?;
        response.map_err(|e| Failure::Passing(Error::new(Code::Cors, describe(&e)), None)).map(JsCast::unchecked_into)
    }

    pub(super) async fn attempt(
        &self,
        url: &str,
        range: ByteRange,
        wanted: Option<u64>,
        limit_bytes: u64,
    ) -> std::result::Result<Option<Vec<u8>>, Failure> {
        let header = match range {
            ByteRange::All => None,
            ByteRange::Exact { offset, len } => Some(format!("bytes={offset}-{}", offset.saturating_add(len - 1))),
            ByteRange::Last(n) => Some(format!("bytes=-{n}")),
        };
        let stop = AbortController::new().map_err(|e| Failure::Final(Error::new(Code::Http, describe(&e))))?;
        let response = self.send(url, "GET", header, &stop).await?;
        let status = response.status();
        let proceed = match (status, wanted) {
            (404, _) => {
                stop.abort();
                return Ok(None);
            }
            (206, Some(_)) => self.check_range(&response, range).and_then(|()| self.check_validator(url, &response)),
            (200, None) => Ok(()),
            (200, Some(len)) => {
                let message = format!(
                    "the server ignored the request for {len} bytes and answered with the whole object; \
                     it must support HTTP range requests"
                );
                Err(Failure::Final(Error::new(Code::RangeIgnored, message).with_status(200)))
            }
            _ => Err(refused(status, &response)),
        };
        if let Err(failure) = proceed {
            stop.abort();
            return Err(failure);
        }
        self.states.learn(&self.address.borrow(), url, &response);
        let limit = wanted.unwrap_or(limit_bytes);
        let body = self.body(&response, wanted, limit, &stop).await;
        if body.is_err() {
            stop.abort();
        }
        body.map(Some)
    }

    /// Where `Content-Range` can be read, it must be the range that was asked for.
    fn check_range(&self, response: &Response, range: ByteRange) -> std::result::Result<(), Failure> {
        let Some(text) = header(response, "Content-Range") else { return Ok(()) };
        let whole = text.rsplit('/').next().and_then(|n| n.parse::<u64>().ok());
        let first =
            text.trim_start_matches("bytes").trim().split(['-', '/']).next().and_then(|n| n.parse::<u64>().ok());
        match (range, first) {
            (ByteRange::Exact { offset, .. }, Some(first)) if first != offset => {
                let message = format!("asked for bytes from {offset}, the server sent bytes from {first}");
                Err(Failure::Final(Error::new(Code::RangeIgnored, message).with_sizes(offset, first).with_status(206)))
            }
            (ByteRange::Last(n), _) if whole.is_some_and(|whole| whole < n) => {
                Err(Failure::Final(short_read(n, whole.unwrap_or(0))))
            }
            _ => Ok(()),
        }
    }

    /// Where `ETag` can be read, it must stay the same between the ranges of one object.
    fn check_validator(&self, url: &str, response: &Response) -> std::result::Result<(), Failure> {
        let Some(etag) = header(response, "ETag") else { return Ok(()) };
        let mut validators = self.validators.borrow_mut();
        match validators.get(url) {
            Some(known) if *known != etag => {
                Err(Failure::Final(Error::new(Code::Changed, "the object changed while it was being read")))
            }
            Some(_) => Ok(()),
            None => {
                if validators.len() < MAX_VALIDATORS {
                    validators.insert(url.to_string(), etag);
                }
                Ok(())
            }
        }
    }

    /// Reads a body piece by piece into one buffer: never more than `limit`, and exactly `wanted` if that is known.
    pub(super) async fn body(
        &self,
        response: &Response,
        wanted: Option<u64>,
        limit: u64,
        stop: &AbortController,
    ) -> std::result::Result<Vec<u8>, Failure> {
        let mut bytes: Vec<u8> = Vec::new();
        let hint = match wanted {
            Some(len) => len,
            None => header(response, "Content-Length").and_then(|n| n.parse().ok()).unwrap_or(0u64).min(limit),
        };
        let hint = to_usize(hint, "body").map_err(Failure::Final)?;
        bytes.try_reserve_exact(room_for(hint)).map_err(|_| {
            Failure::Final(Error::new(Code::OutOfMemory, format!("no memory for {hint} bytes of a response")))
        })?;
        let Some(stream) = response.body() else { return finish_body(bytes, wanted) };
        let mut reader = Pieces::of(&stream);
        let mut watch = Watch::new();
        loop {
            let settled = watch.over(reader.next(), stop).await?;
            // A connection that breaks is worth another attempt.
            let settled = settled.map_err(|e| Failure::Passing(Error::new(Code::ShortRead, describe(&e)), None))?;
            let piece = match reader.piece(&settled) {
                Piece::End => return finish_body(bytes, wanted),
                Piece::Bytes(piece) => piece,
            };
            watch.saw(piece.length());
            let at = bytes.len();
            let end = at + piece.length() as usize;
            self.bytes.set(self.bytes.get() + u64::from(piece.length()));
            if end as u64 > limit {
                let error = match wanted {
                    Some(len) => Error::new(Code::RangeIgnored, format!("more bytes than the {len} asked for"))
                        .with_sizes(len, end as u64),
                    None => too_large("bytes of one object", end as u64, limit),
                };
                return Err(Failure::Final(error));
            }
            bytes.try_reserve(end - at).map_err(|_| {
                Failure::Final(Error::new(Code::OutOfMemory, format!("no memory for {end} bytes of a response")))
            })?;
            append(&mut bytes, &piece);
            reader.give_back(&piece);
        }
    }

    /// The size of an object, by HEAD or as Google's JSON interface tells it; `None` if it is not there.
    pub(super) async fn size(&self, address: &Address, key: &str) -> Result<Option<u64>> {
        if let Some(url) = address.size_of(key) {
            let whole = ByteRange::All;
            let told = self.retrying(&url, || self.attempt(&url, whole, None, MAX_SIZE_BYTES)).await;
            return told.and_then(told_size).map_err(|e| e.with_url(&url));
        }
        let url = &address.of(key);
        self.retrying(url, || self.head(url)).await.map_err(|e| e.with_url(url))
    }

    /// The same, asked once only, and not waited for long.
    pub(super) async fn size_if_told(&self, address: &Address, key: &str) -> Result<Option<u64>> {
        let patience = Box::pin(pause(PATIENCE_MS, self.signal.as_ref()));
        match select(Box::pin(self.size_once(address, key)), patience).await {
            Either::Left((told, _)) => told,
            Either::Right(_) => Err(Error::new(Code::Timeout, "the server did not tell the object's size in time")),
        }
    }

    async fn size_once(&self, address: &Address, key: &str) -> Result<Option<u64>> {
        let told = match address.size_of(key) {
            Some(url) => match self.attempt(&url, ByteRange::All, None, MAX_SIZE_BYTES).await {
                Ok(told) => return told_size(told),
                Err(failure) => Err(failure),
            },
            None => self.head(&address.of(key)).await,
        };
        told.map_err(|failure| match failure {
            Failure::Final(e) | Failure::Passing(e, _) => e,
        })
    }

    async fn head(&self, url: &str) -> std::result::Result<Option<u64>, Failure> {
        let stop = AbortController::new().map_err(|e| Failure::Final(Error::new(Code::Http, describe(&e))))?;
        let response = self.send(url, "HEAD", None, &stop).await?;
        match response.status() {
            404 => Ok(None),
            200 => {
                let size = header(&response, "Content-Length").and_then(|n| n.parse().ok());
                let unknown = || Error::new(Code::Http, "HEAD does not tell the object's size").with_status(200);
                size.map(Some).ok_or_else(|| Failure::Final(unknown()))
            }
            status => Err(refused(status, &response)),
        }
    }

    /// `fetch` failed without a reason: an opaque request tells a server that is down from one that sends no CORS headers.
    async fn diagnose(&self, url: &str, error: Error) -> Error {
        let init = RequestInit::new();
        init.set_mode(web_sys::RequestMode::NoCors);
        init.set_credentials(RequestCredentials::Omit);
        let Ok(promise) = self.transport.fetch.call2(&JsValue::UNDEFINED, &url.into(), &init) else { return error };
        let answered =
            match select(JsFuture::from(Promise::resolve(&promise)), Box::pin(pause(5000.0, self.signal.as_ref())))
                .await
            {
                Either::Left((answer, _)) => answer.is_ok(),
                Either::Right(_) => false,
            };
        let detail = error.details().message.clone();
        if answered {
            Error::new(
                Code::Cors,
                "the server answers, but does not let this page read it: its CORS settings must allow GET and HEAD \
                 from this origin (or it is throttling without CORS headers)",
            )
        } else {
            Error::new(Code::Offline, format!("the server cannot be reached ({detail})"))
        }
    }
}

/// An object's size as Google's JSON interface tells it.
fn told_size(json: Option<Vec<u8>>) -> Result<Option<u64>> {
    let size = |json: Vec<u8>| serde_json::from_slice::<ToldSize>(&json).ok()?.size.parse().ok();
    let unknown = || Error::new(Code::Http, "the server does not tell the object's size");
    json.map(|json| size(json).ok_or_else(unknown)).transpose()
}

/// Copies a piece behind what is there; its room was reserved.
#[allow(unsafe_code)] // a body would otherwise be zeroed before it is copied
fn append(bytes: &mut Vec<u8>, piece: &Uint8Array) {
    let len = piece.length() as usize;
    let Some(target) = bytes.spare_capacity_mut().get_mut(..len) else { return };
    piece.copy_to_uninit(target);
    // SAFETY: the copy initialised `len` bytes behind the old length, all within the capacity.
    unsafe { bytes.set_len(bytes.len() + len) };
}

fn finish_body(bytes: Vec<u8>, wanted: Option<u64>) -> std::result::Result<Vec<u8>, Failure> {
    match wanted {
        Some(len) if bytes.len() as u64 != len => Err(Failure::Passing(short_read(len, bytes.len() as u64), None)),
        _ => Ok(bytes),
    }
}
