//! How requests fail: for good, or so that another attempt may help.

use crate::error::{Code, Error, redact_text};
use crate::store::is_retryable_status;
use js_sys::Reflect;
use wasm_bindgen::JsValue;
use web_sys::Response;

/// How an attempt ended, if not well.
pub(super) enum Failure {
    /// Trying again may help; perhaps the server said when.
    Passing(Error, Option<f64>),
    /// Trying again will not.
    Final(Error),
}

pub(super) fn short_read(expected: u64, actual: u64) -> Error {
    Error::new(Code::ShortRead, format!("asked for {expected} bytes, got {actual}")).with_sizes(expected, actual)
}

/// What a status that is no success means.
pub(super) fn refused(status: u16, response: &Response) -> Failure {
    let retry_after = header(response, "Retry-After").and_then(|s| s.trim().parse::<f64>().ok());
    let (code, message) = match status {
        401 | 403 => (Code::Forbidden, "the server refuses access".to_string()),
        412 => (Code::Changed, "the object changed since it was chosen".to_string()),
        301 | 400 if header(response, "x-amz-bucket-region").is_some() => {
            let region = header(response, "x-amz-bucket-region").unwrap_or_default();
            (Code::Http, format!("the bucket lies in the region {region}: give it as `storage.region`"))
        }
        429 => (Code::Throttled, "the server asks for fewer requests".to_string()),
        416 => (Code::ShortRead, "the object is shorter than the range asked for".to_string()),
        _ => (Code::Http, format!("the server answered with status {status}")),
    };
    let error = Error::new(code, message).with_status(status);
    if is_retryable_status(status) { Failure::Passing(error, retry_after) } else { Failure::Final(error) }
}

pub(super) fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).ok().flatten()
}

/// The message of whatever was thrown.
pub(super) fn describe(error: &JsValue) -> String {
    let text = |value: &JsValue| Reflect::get(value, &"message".into()).ok().and_then(|m| m.as_string());
    let message = text(error).unwrap_or_else(|| "request failed".to_string());
    match Reflect::get(error, &"cause".into()).ok().and_then(|cause| text(&cause)) {
        Some(cause) => redact_text(&format!("{message}: {cause}")),
        None => redact_text(&message),
    }
}
