//! An answer as it arrived.

use reqwest::header::HeaderMap;
use url::Url;

use crate::error::Call;

/// An answer, read completely.
pub(crate) struct Answer {
    /// The request.
    pub(crate) call: Call,
    /// The URL that answered, after redirects.
    pub(crate) url: Url,
    /// The HTTP status.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body, decompressed.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The text of a header; `None` if it is missing or is not text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
