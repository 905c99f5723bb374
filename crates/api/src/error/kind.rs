//! The kinds of errors, by what the user can do about them.

use std::fmt;
use std::time::Duration;

/// Where a request or its answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkKind {
    /// The connection was made, but the answer was not complete within the time allowed.
    Timeout,
    /// There is no host of this name. It is never repeated: the name is misspelt.
    NameNotFound,
    /// The host name could not be resolved for now: no name server answered.
    NameUnresolved,
    /// The host is known, but the connection was refused, unreachable or too slow.
    NotConnected,
    /// The certificate or the TLS handshake failed. It is never repeated: it would fail again.
    Tls(TlsFault),
    /// The proxy that the environment or the system names did not lead to the host.
    Proxy(ProxyFault),
    /// The connection broke, or the answer ended early or could not be decompressed.
    Cut,
}

impl NetworkKind {
    /// Whether the same request may well succeed a moment later.
    pub(crate) fn may_pass(self) -> bool {
        match self {
            Self::Timeout
            | Self::NameUnresolved
            | Self::NotConnected
            | Self::Cut
            | Self::Proxy(ProxyFault::NotConnected) => true,
            Self::NameNotFound | Self::Tls(_) | Self::Proxy(_) => false,
        }
    }
}

impl fmt::Display for NetworkKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Timeout => "no answer in time",
            Self::NameNotFound => "there is no host of this name",
            Self::NameUnresolved => "no name server answers",
            Self::NotConnected => "no connection",
            Self::Tls(TlsFault::WrongName) => "the certificate is that of another host",
            Self::Tls(TlsFault::Expired) => "the certificate has expired",
            Self::Tls(TlsFault::NotYetValid) => "the certificate is not valid yet",
            Self::Tls(TlsFault::UnknownIssuer) => "the certificate's issuer is not trusted",
            Self::Tls(TlsFault::NotTls) => "the port does not speak TLS",
            Self::Tls(TlsFault::Handshake) => "no secure connection",
            Self::Proxy(ProxyFault::NameNotFound) => "there is no host of the proxy's name",
            Self::Proxy(ProxyFault::NotConnected) => "no connection to the proxy",
            Self::Proxy(ProxyFault::WantsLogin) => "the proxy wants a user name and password (407)",
            Self::Proxy(ProxyFault::Refused) => "the proxy refused to connect to the host",
            Self::Cut => "the answer was cut off",
        })
    }
}

/// Why there is no secure connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsFault {
    /// The certificate is for other names.
    WrongName,
    /// The certificate was valid until some time ago, by this machine's clock.
    Expired,
    /// The certificate will be valid later, by this machine's clock.
    NotYetValid,
    /// No authority that this machine trusts has issued the certificate: it is a company's own, or
    /// that of a proxy which opens secure connections.
    UnknownIssuer,
    /// What answers does not speak TLS: the port is that of plain HTTP.
    NotTls,
    /// Anything else.
    Handshake,
}

/// Why a proxy did not lead to the host. The request was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyFault {
    /// There is no host of the proxy's name.
    NameNotFound,
    /// The proxy could not be reached, or broke the connection off.
    NotConnected,
    /// The proxy answered 407.
    WantsLogin,
    /// The proxy answered with another refusal, such as 403 or 502.
    Refused,
}

/// What went wrong. Callers match on it to choose a hint and an exit code.
///
/// Text that a server sent is in `message`, `scope`, `summary`, `host`, `path`, `found` and
/// `detail`: one line of at most 200 characters, without control characters and without the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// 401: no token was sent, or one that the service does not know.
    #[error("the token was refused: {message}")]
    Unauthorized {
        /// What the service said.
        message: String,
    },
    /// 401 `invalid_token`: the service knows the token, but it has expired or was revoked.
    #[error("the token is no longer valid: {message}")]
    InvalidToken {
        /// What the service said.
        message: String,
    },
    /// 403 `insufficient_scope`.
    #[error("the token lacks a scope, any of: {scope}")]
    InsufficientScope {
        /// The scopes of which one is enough, separated by spaces.
        scope: String,
    },
    /// 403: visible, but not allowed.
    #[error("not allowed: {message}")]
    Forbidden {
        /// What the service said.
        message: String,
    },
    /// 403: an identity provider manages the organisation's members by SCIM (Calendly, "Revoke
    /// user's organization invitation").
    #[error("not allowed: {message}")]
    ManagedByScim {
        /// What the service said.
        message: String,
    },
    /// 404: absent, or private and not shown to this token.
    #[error("not found: {message}")]
    NotFound {
        /// What the service said; GitLab names the thing (`404 Project Not Found`).
        message: String,
    },
    /// 429, and the wait is too long or was repeated often enough.
    #[error("too many requests, try again in {} s", retry_after.as_secs())]
    RateLimited {
        /// How long the service wants us to wait from now.
        retry_after: Duration,
    },
    /// 5xx, after the repeats.
    #[error("the server failed with status {status}: {message}")]
    Server {
        /// The HTTP status, 500 to 599.
        status: u16,
        /// What the service, or a proxy in front of it, said.
        message: String,
    },
    /// 409: the service takes the text for spam unless a captcha is solved, which needs a browser.
    #[error("the service wants a captcha to be solved: {message}")]
    Captcha {
        /// What the service said.
        message: String,
    },
    /// 400: the service takes the text for spam.
    #[error("taken for spam: {message}")]
    Spam {
        /// What the service said.
        message: String,
    },
    /// 409: somebody else was changing the same thing at this moment. Nothing was written.
    #[error("somebody else is changing it right now")]
    Locked,
    /// 202: the text was nothing but quick actions, which were run, so no note was made.
    #[error("no note was made, its text was quick actions only: {summary}")]
    CommandsOnly {
        /// What the service said of them.
        summary: String,
    },
    /// Any other refusal.
    #[error("refused with status {status}: {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the service said.
        message: String,
    },
    /// No complete answer, after the repeats.
    #[error("{kind}: {detail}")]
    Network {
        /// Where it was lost.
        kind: NetworkKind,
        /// The innermost cause.
        detail: String,
    },
    /// The service points to another scheme, host or port. The token was not sent there.
    #[error("redirected to {host}, which is not where the token may go")]
    Redirected {
        /// Scheme, host and port of the target.
        host: String,
    },
    /// The target of a write has moved, as a renamed project has. Redirects are followed for reads
    /// only, so nothing was written.
    ///
    /// Some servers redirect a write, and GitLab refuses it with 405 (GitLab, "REST API"). To learn
    /// the project's new path, read it by [`project`](crate::GitLab::project), which follows.
    #[error("moved{}, where nothing was written", to(path.as_deref()))]
    Moved {
        /// The path that the redirect names; `None` if there was no redirect.
        path: Option<String>,
        /// The number or full path of the project, if the redirect names one.
        project: Option<String>,
    },
    /// More redirects within the host than any service needs.
    #[error("redirected more than {limit} times")]
    RedirectLoop {
        /// How many are followed.
        limit: usize,
    },
    /// A list whose pages cannot be followed to the end: they repeat, or there are too many.
    #[error("the pages of the list cannot be followed: {detail}")]
    Paging {
        /// Why.
        detail: String,
    },
    /// A successful answer that is not JSON at all, such as the sign-in page of a proxy.
    #[error("expected {expected} as JSON, got: {found}")]
    NotJson {
        /// What was asked for.
        expected: &'static str,
        /// The beginning of what came.
        found: String,
    },
    /// JSON of another shape than documented.
    #[error("cannot read {expected}: {detail}")]
    Decode {
        /// What was asked for.
        expected: &'static str,
        /// The field or type, with line and column in the answer.
        detail: String,
    },
    /// An answer, or what it decompresses to, beyond the limit.
    #[error("the answer is larger than {limit}")]
    TooLarge {
        /// The limit with its unit.
        limit: String,
    },
    /// Contents that arrived completely but are not what was stored, twice in a row.
    #[error("the contents arrived damaged: {detail}")]
    Damaged {
        /// Which check failed.
        detail: String,
    },
    /// A base URL that cannot be used. Its text is not shown: it may hold a password.
    #[error("not a usable base URL: {reason}")]
    BadUrl {
        /// Why.
        reason: &'static str,
    },
    /// A base URL that would send the token unencrypted over a network.
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
    /// A text that cannot be a token. It is not shown.
    #[error("not a usable token: {reason}")]
    BadToken {
        /// Why.
        reason: &'static str,
    },
    /// There are no certificate authorities, so no https connection can be verified.
    #[error("no certificate authorities{}", unread(reason.as_deref()))]
    NoCertificates {
        /// What is wrong with the file that `SSL_CERT_FILE` names; `None` where it names none, so
        /// that the system has no authorities.
        reason: Option<String>,
    },
    /// The HTTP client could not be made for another reason.
    #[error("cannot set up the HTTP client: {detail}")]
    Client {
        /// The innermost cause.
        detail: String,
    },
}

/// Why there are no certificate authorities, for an error.
fn unread(reason: Option<&str>) -> String {
    match reason {
        Some(reason) => format!(" can be read: {reason}"),
        None => " are installed".to_owned(),
    }
}

/// The target of a move for an error, if it is known.
fn to(path: Option<&str>) -> String {
    path.map_or_else(|| " elsewhere".to_owned(), |path| format!(" to {path}"))
}
