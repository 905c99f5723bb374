//! An answer as it came: status, headers and body.

use reqwest::header::HeaderMap;
use url::Url;

use crate::error::Call;

/// An answer of success, read whole.
pub(crate) struct Answer {
    /// What was asked.
    pub(crate) call: Call,
    /// Where it came from, redirects followed.
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The text of a header, if it is there and is text.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        Some(self.headers.get(name)?.to_str().ok()?.to_owned())
    }
}
