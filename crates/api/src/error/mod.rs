//! What can go wrong between a request and its typed answer.

use std::fmt;

use url::Url;

mod arrived;
pub(crate) mod body;
pub(crate) mod classify;
mod kind;

pub use kind::{ErrorKind, NetworkKind, ProxyFault, TlsFault};

/// The services that this crate talks to.
///
/// Errors name one, so that a hint can say whose token or address is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// GitLab, by [`GitLab`](crate::GitLab).
    GitLab,
    /// Calendly, by [`Calendly`](crate::Calendly).
    Calendly,
}

/// The request that an error is about.
///
/// Query values are left out: they may be e-mail addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The service that was asked.
    pub service: Service,
    /// The HTTP method in capitals.
    pub method: &'static str,
    /// The host that was asked, with its port unless that is the usual one.
    pub host: String,
    /// The path as it was sent: percent-encoded, starting with `/`.
    pub path: String,
}

impl Call {
    /// Describes a request to `url`; `method` is in capitals.
    pub(crate) fn new(service: Service, method: &'static str, url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default();
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Self { service, method, host, path: url.path().to_owned() }
    }

    /// Makes the error of this request.
    pub(crate) fn error(&self, kind: ErrorKind) -> Error {
        Error { call: Some(self.clone()), kind }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}{}", self.method, self.host, self.path)
    }
}

/// The error of every function in this crate.
///
/// Its text is a lower-case fragment without a final stop, followed by the request in parentheses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The request; `None` where none could be made.
    pub call: Option<Call>,
    /// What went wrong, by what the user can do about it.
    pub kind: ErrorKind,
}

impl From<ErrorKind> for Error {
    /// Makes the error of something that is wrong before there is a request.
    fn from(kind: ErrorKind) -> Self {
        Self { call: None, kind }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.call {
            Some(call) => write!(formatter, "{} ({call})", self.kind),
            None => self.kind.fmt(formatter),
        }
    }
}

impl std::error::Error for Error {}
