//! The one error of the house: a code from the contract, and where it happened.
//!
//! A message names the value and the expectation. Query strings, which may carry signatures, never enter: `url` is
//! redacted when it is set.

use serde::{Deserialize, Serialize};

/// What went wrong, as the contract names it (`design/contract.md`, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the names are the contract's and say it all
pub enum Code {
    NotFound,
    Forbidden,
    Throttled,
    Http,
    Offline,
    Cors,
    RangeIgnored,
    ShortRead,
    Changed,
    Timeout,
    Aborted,
    InvalidMetadata,
    Unsupported,
    UnknownCodec,
    CorruptChunk,
    Checksum,
    TooLarge,
    OutOfMemory,
    InvalidSelection,
    InvalidDocument,
    WorkerCrashed,
}

impl Code {
    /// The code as it is written in results and on standard error.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::NotFound => "not_found",
            Code::Forbidden => "forbidden",
            Code::Throttled => "throttled",
            Code::Http => "http",
            Code::Offline => "offline",
            Code::Cors => "cors",
            Code::RangeIgnored => "range_ignored",
            Code::ShortRead => "short_read",
            Code::Changed => "changed",
            Code::Timeout => "timeout",
            Code::Aborted => "aborted",
            Code::InvalidMetadata => "invalid_metadata",
            Code::Unsupported => "unsupported",
            Code::UnknownCodec => "unknown_codec",
            Code::CorruptChunk => "corrupt_chunk",
            Code::Checksum => "checksum",
            Code::TooLarge => "too_large",
            Code::OutOfMemory => "out_of_memory",
            Code::InvalidSelection => "invalid_selection",
            Code::InvalidDocument => "invalid_document",
            Code::WorkerCrashed => "worker_crashed",
        }
    }
}

/// An error with its place. Every field but `code` and `message` is absent where it means nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// What went wrong.
    pub code: Code,
    /// One sentence for people: the value, and what was expected.
    pub message: String,
    /// The address asked for, without its query.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub url: Option<String>,
    /// The array or group, as a path in the store.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub path: Option<String>,
    /// The chunk's coordinates in its grid, joined by dots.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub chunk: Option<String>,
    /// The codec that refused.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub codec: Option<String>,
    /// The HTTP status.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<u16>,
    /// What was expected, usually a number of bytes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected: Option<u64>,
    /// What came instead.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actual: Option<u64>,
}

/// The crate's error; boxed, so that a `Result` stays two words wide.
#[derive(Debug, Clone, PartialEq)]
pub struct Error(Box<Details>);

/// The crate's result.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A new error with no place yet.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Error(Box::new(Details {
            code,
            message: message.into(),
            url: None,
            path: None,
            chunk: None,
            codec: None,
            status: None,
            expected: None,
            actual: None,
        }))
    }

    /// As it came from another module or worker.
    pub fn of(details: Details) -> Self {
        Error(Box::new(details))
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Everything known, for the border.
    pub fn details(&self) -> &Details {
        &self.0
    }

    /// Sets the address, without its query and fragment.
    pub fn with_url(mut self, url: &str) -> Self {
        self.0.url.get_or_insert_with(|| redact(url));
        self
    }

    /// Sets the path of the array or group, unless a deeper place set it already.
    pub fn with_path(mut self, path: &str) -> Self {
        self.0.path.get_or_insert_with(|| path.to_string());
        self
    }

    /// Sets the chunk's coordinates, unless set already.
    pub fn with_chunk(mut self, coords: &[u64]) -> Self {
        self.0.chunk.get_or_insert_with(|| join(coords, "."));
        self
    }

    /// Sets the codec's name, unless an inner codec set it already.
    pub fn with_codec(mut self, name: &str) -> Self {
        self.0.codec.get_or_insert_with(|| name.to_string());
        self
    }

    /// Sets the HTTP status.
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Sets expected and actual, usually in bytes.
    pub fn with_sizes(mut self, expected: u64, actual: u64) -> Self {
        self.0.expected = Some(expected);
        self.0.actual = Some(actual);
        self
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let d = &*self.0;
        write!(f, "{}: ", d.code.as_str())?;
        if let Some(path) = &d.path {
            write!(f, "{path}: ")?;
        }
        if let Some(chunk) = &d.chunk {
            write!(f, "chunk {chunk}: ")?;
        }
        if let Some(codec) = &d.codec {
            write!(f, "{codec}: ")?;
        }
        f.write_str(&d.message)
    }
}

impl std::error::Error for Error {}

/// An address without its query, fragment, user and password: each may be secret.
pub fn redact(url: &str) -> String {
    let bare = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = bare.split_once("://") else { return bare.to_string() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

/// A sentence of somebody else's, the addresses in it redacted.
pub fn redact_text(text: &str) -> String {
    let word = |w: &str| if w.contains("://") { redact(w) } else { w.to_string() };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Numbers joined by a separator, as chunk keys and messages write them.
pub fn join(numbers: &[u64], separator: &str) -> String {
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(separator)
}

/// Shorthands for the codes that strangers' bytes bring about.
pub fn invalid_metadata(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidMetadata, message)
}

/// A chunk that does not decode to what its metadata promises.
pub fn corrupt(message: impl Into<String>) -> Error {
    Error::new(Code::CorruptChunk, message)
}

/// Something that the format or the contract allows and this version does not do, by its name.
pub fn unsupported(what: impl std::fmt::Display) -> Error {
    Error::new(Code::Unsupported, format!("not supported yet: {what}"))
}

/// A selection that the array does not have.
pub fn invalid_selection(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidSelection, message)
}

/// An analysis document that does not follow the contract.
pub fn invalid_document(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidDocument, message)
}

/// A size over a stated limit.
pub fn too_large(what: &str, actual: u64, limit: u64) -> Error {
    Error::new(Code::TooLarge, format!("{what}: {actual} is over the limit of {limit}")).with_sizes(limit, actual)
}

/// `u64` to `usize`, which is 32 bits wide in the browser.
pub fn to_usize(n: u64, what: &str) -> Result<usize> {
    usize::try_from(n).map_err(|_| too_large(what, n, usize::MAX as u64))
}

/// The product of extents, checked.
pub fn product(extents: &[u64], what: &str) -> Result<u64> {
    extents
        .iter()
        .try_fold(1u64, |acc, &n| acc.checked_mul(n))
        .ok_or_else(|| Error::new(Code::TooLarge, format!("{what}: the product of {extents:?} does not fit 64 bits")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_the_query_never_shows() {
        let e = Error::new(Code::Http, "status 500").with_url("https://a.example/b?sig=SECRET#x");
        assert_eq!(e.details().url.as_deref(), Some("https://a.example/b"));
        assert!(!format!("{e:?}").contains("SECRET"));
        assert_eq!(redact("https://user:SECRET@a.example/b"), "https://a.example/b");
        assert!(!redact_text("no https://u:SECRET@h/p?sig=SECRET here").contains("SECRET"));
    }

    #[test]
    fn the_first_place_stays() {
        let e = corrupt("short").with_codec("zstd").with_codec("sharding_indexed").with_chunk(&[3, 0]);
        assert_eq!(e.to_string(), "corrupt_chunk: chunk 3.0: zstd: short");
    }

    #[test]
    fn products_are_checked() {
        assert_eq!(product(&[], "x").unwrap_or(0), 1);
        assert!(product(&[1 << 40, 1 << 40], "x").is_err());
    }
}
