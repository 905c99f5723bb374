//! Everything that can go wrong between a request and its typed answer.

use std::fmt;
use std::time::Duration;

use url::Url;

mod arrived;
pub(crate) mod body;
pub(crate) mod classify;

/// Which request an error is about. Query values are left out: they may be e-mail addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The host that was asked, with its port where that is not the usual one.
    pub host: String,
    /// The path as sent, percent-encoded, starting with `/`.
    pub path: String,
}

impl Call {
    /// Describes a request of `url` with this method, in capitals.
    pub(crate) fn new(method: &'static str, url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default();
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Self { method, host, path: url.path().to_owned() }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}{}", self.method, self.host, self.path)
    }
}

/// Where on the way a request or its answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkKind {
    /// Connected, but no whole answer within the time allowed.
    Timeout,
    /// The host name could not be resolved.
    NameNotFound,
    /// The host is known but no connection came about (refused, unreachable, not in time).
    NotConnected,
    /// The certificate or the TLS handshake failed. Never repeated: it fails again.
    Tls,
    /// Connected, but the connection broke, or the answer ended early or could not be unpacked.
    Cut,
}

impl fmt::Display for NetworkKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Timeout => "no answer in time",
            Self::NameNotFound => "the host name was not found",
            Self::NotConnected => "no connection",
            Self::Tls => "no secure connection",
            Self::Cut => "the answer was cut off",
        })
    }
}

/// What went wrong, told apart by what the user can do about it.
///
/// Texts are lower-case fragments without a final stop. Whatever a server said is in `message`,
/// `description`, `summary`, `path`, `found` and `detail`: one line of at most 200 characters, without control
/// characters, and without the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// 401: no token was sent, or one that the service does not know.
    #[error("the token was refused: {message} ({call})")]
    Unauthorized {
        /// The request.
        call: Call,
        /// What the service said.
        message: String,
    },
    /// 401 `invalid_token`: the service knows the token, but it is expired or revoked.
    #[error("the token is no longer valid: {description} ({call})")]
    InvalidToken {
        /// The request.
        call: Call,
        /// What the service said.
        description: String,
    },
    /// 403 `insufficient_scope`.
    #[error("the token lacks a scope, any of: {scope} ({call})")]
    InsufficientScope {
        /// The request.
        call: Call,
        /// The scopes of which one would do, separated by spaces.
        scope: String,
    },
    /// 403: visible, but not allowed.
    #[error("not allowed: {message} ({call})")]
    Forbidden {
        /// The request.
        call: Call,
        /// What the service said.
        message: String,
    },
    /// 404: absent, or private and not shown to this token.
    #[error("not found: {message} ({call})")]
    NotFound {
        /// The request.
        call: Call,
        /// What the service said; GitLab names the thing (`404 Project Not Found`).
        message: String,
    },
    /// 429, and the wait is too long or was done often enough.
    #[error("too many requests, try again in {} s ({call})", retry_after.as_secs())]
    RateLimited {
        /// The request.
        call: Call,
        /// How long the service wants us to wait from now.
        retry_after: Duration,
    },
    /// 5xx, after the repeats.
    #[error("the server failed with status {status}: {message} ({call})")]
    Server {
        /// The request.
        call: Call,
        /// The HTTP status, 500 to 599.
        status: u16,
        /// What the service, or a proxy before it, said.
        message: String,
    },
    /// 409: the service takes this for spam unless a captcha is solved, which needs a browser.
    #[error("the service wants a captcha to be solved: {message} ({call})")]
    Captcha {
        /// The request.
        call: Call,
        /// What the service said.
        message: String,
    },
    /// 400: the service takes this for spam.
    #[error("taken for spam: {message} ({call})")]
    Spam {
        /// The request.
        call: Call,
        /// What the service said.
        message: String,
    },
    /// 409: somebody else was changing the same thing at this moment. Nothing was written.
    #[error("somebody else is changing it right now ({call})")]
    Locked {
        /// The request.
        call: Call,
    },
    /// 202: the text was nothing but quick actions, which were run, so no note was made.
    #[error("no note was made, its text was quick actions only: {summary} ({call})")]
    CommandsOnly {
        /// The request.
        call: Call,
        /// What the service said of them.
        summary: String,
    },
    /// Any other refusal.
    #[error("refused with status {status}: {message} ({call})")]
    Api {
        /// The request.
        call: Call,
        /// The HTTP status.
        status: u16,
        /// What the service said.
        message: String,
    },
    /// No answer, or not a whole one, after the repeats.
    #[error("{kind}: {detail} ({call})")]
    Network {
        /// The request.
        call: Call,
        /// Where it was lost.
        kind: NetworkKind,
        /// The innermost cause in words.
        detail: String,
    },
    /// The service points to another scheme, host or port. The token was not sent there.
    #[error("redirected to {host}, which is not where the token may go ({call})")]
    Redirected {
        /// The request.
        call: Call,
        /// Where it points: scheme, host and port.
        host: String,
    },
    /// What a write is about has moved within the host, as a renamed project has. Redirects are
    /// followed for reads only, so nothing was written.
    #[error("moved to {path}, where nothing was written ({call})")]
    Moved {
        /// The request.
        call: Call,
        /// The path it points to.
        path: String,
    },
    /// More redirects within the host than anybody needs.
    #[error("redirected more than {limit} times ({call})")]
    RedirectLoop {
        /// The request.
        call: Call,
        /// How many are followed.
        limit: usize,
    },
    /// A list whose pages cannot be followed to the end: they repeat, or there are too many.
    #[error("the pages of the list cannot be followed: {detail} ({call})")]
    Paging {
        /// The request for the last page read.
        call: Call,
        /// Why.
        detail: String,
    },
    /// A successful answer that is no JSON at all, such as the sign-in page of a proxy.
    #[error("expected {expected} as JSON, got: {found} ({call})")]
    NotJson {
        /// The request.
        call: Call,
        /// What was asked for.
        expected: &'static str,
        /// The beginning of what came.
        found: String,
    },
    /// JSON of another shape than documented.
    #[error("cannot read {expected}: {detail} ({call})")]
    Decode {
        /// The request.
        call: Call,
        /// What was asked for.
        expected: &'static str,
        /// Which field or type, and the line and column in the answer.
        detail: String,
    },
    /// An answer, or what it unpacks to, beyond the limit.
    #[error("the answer is larger than {limit} ({call})")]
    TooLarge {
        /// The request.
        call: Call,
        /// The limit with its unit.
        limit: String,
    },
    /// Contents that came whole but are not what was stored, twice in a row.
    #[error("the contents arrived damaged: {detail} ({call})")]
    Damaged {
        /// The request.
        call: Call,
        /// Which check failed.
        detail: String,
    },
    /// A base URL that cannot be used. Its text is not shown: it may hold a password.
    #[error("not a usable base URL: {reason}")]
    BadUrl {
        /// Why.
        reason: &'static str,
    },
    /// A base URL that would send the token in clear over a network.
    #[error("http:// is allowed on this machine only, and {host} is not: use https://")]
    InsecureUrl {
        /// The host of the URL.
        host: String,
    },
    /// A name that cannot be part of a request path.
    #[error("{name:?} cannot name anything that the service has")]
    BadName {
        /// The name.
        name: String,
    },
    /// A token that cannot be one. Its text is not shown.
    #[error("not a usable token: {reason}")]
    BadToken {
        /// Why.
        reason: &'static str,
    },
    /// The machine has no certificate authorities, so no https connection can be checked.
    #[error("no certificate authorities are installed: install ca-certificates")]
    NoCertificates,
    /// The HTTP client could not be made for another reason.
    #[error("cannot set up the HTTP client: {detail}")]
    Client {
        /// The innermost cause in words.
        detail: String,
    },
}
