//! From an error to what the user is told: its cause, a hint that helps, and the exit code.

use std::fmt;

use api::{ErrorKind, NetworkKind, ProxyFault, TlsFault};

use crate::tokens::Service;

/// How the program ends: the documented exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or nothing to do.
    Success = 0,
    /// Failed for another reason.
    Failed = 1,
    /// Wrong usage, or an answer was needed and there is no terminal.
    Usage = 2,
    /// A token is missing, refused, expired, or lacks a scope.
    Token = 3,
    /// Bad input: configuration, or a roster without one usable entry.
    BadInput = 4,
    /// A configured source could not be read whole.
    Incomplete = 5,
    /// The issue changed under us, or its marks are broken.
    Conflict = 6,
    /// Try later: rate limit or network.
    TryLater = 7,
    /// Findings or problems exist, and `--exit-code` asked.
    Findings = 10,
    /// Not ready: the issue is closed.
    NotReady = 11,
    /// Interrupted.
    Interrupted = 130,
}

impl Exit {
    /// All of them, with what each means.
    pub(crate) const ALL: [(Self, &str); 11] = [
        (Self::Success, "done, or nothing to do, or declined"),
        (Self::Failed, "failed for another reason"),
        (Self::Usage, "wrong usage, or an answer was needed and there is no terminal"),
        (Self::Token, "a token is missing, refused, expired, or lacks a scope"),
        (Self::BadInput, "bad input: configuration, roster, accounts, exceptions, template"),
        (Self::Incomplete, "a configured source could not be read whole"),
        (Self::Conflict, "the issue changed meanwhile, or the marks in it are broken"),
        (Self::TryLater, "try later: rate limit or network"),
        (Self::Findings, "findings or problems exist, and --exit-code was given"),
        (Self::NotReady, "not ready: something is still open, or the issue is closed"),
        (Self::Interrupted, "interrupted"),
    ];

    /// Those that can hold at once, in the order in which one of them ends the command.
    pub(crate) const ORDER: [Self; 9] = [
        Self::Usage,
        Self::Token,
        Self::BadInput,
        Self::Conflict,
        Self::TryLater,
        Self::Incomplete,
        Self::NotReady,
        Self::Findings,
        Self::Failed,
    ];

    /// Whether this one ends a command for which `other` holds as well.
    pub(crate) fn outranks(self, other: Self) -> bool {
        let rank = |exit| Self::ORDER.iter().position(|known| *known == exit);
        match (rank(self), rank(other)) {
            (Some(own), Some(theirs)) => own < theirs,
            _ => false,
        }
    }
}

/// An error as the user reads it.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: Exit,
    /// What was being done and what went wrong: a lower-case sentence without a final stop.
    pub(crate) message: String,
    /// One command or setting that helps.
    pub(crate) hint: Option<String>,
}

impl Failure {
    /// An error without a hint.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: None }
    }

    /// Adds what helps.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// What to tell the user of `error`: the chain of its causes on one line.
pub(crate) fn explain(error: &anyhow::Error) -> Failure {
    let message = format!("{error:#}");
    for cause in error.chain() {
        if let Some(failure) = cause.downcast_ref::<Failure>() {
            return Failure { exit: failure.exit, message, hint: failure.hint.clone() };
        }
        if let Some(error) = cause.downcast_ref::<api::Error>() {
            let (exit, hint) = of_service(error);
            return Failure { exit, message, hint };
        }
    }
    Failure::new(Exit::Failed, message)
}

fn of_service(error: &api::Error) -> (Exit, Option<String>) {
    // An error without a call is about an address or a token that was not sent: its hints name none.
    let service = error.call.as_ref().map_or(Service::default(), |call| call.service.into());
    let status = service.status();
    let (exit, hint) = match &error.kind {
        ErrorKind::Unauthorized { .. } | ErrorKind::InvalidToken { .. } => {
            let hint = format!("`{status}` tells where the token comes from");
            return (Exit::Token, Some(hint));
        }
        ErrorKind::BadToken { .. } => (Exit::Token, "copy the token again, whole and on one line"),
        ErrorKind::InsufficientScope { .. } => (Exit::Token, service.needed_scopes()),
        ErrorKind::Captcha { .. } | ErrorKind::Spam { .. } => (
            Exit::Failed,
            "GitLab takes it for spam: write a first issue or comment in the browser",
        ),
        ErrorKind::Forbidden { .. } => {
            let hint = format!("ask for access with the account that `{status}` names");
            return (Exit::Failed, Some(hint));
        }
        ErrorKind::NotFound { .. } => {
            let hint = format!(
                "it may be misspelt, or private and not shown to this token: see `support-audit config` and `{status}`"
            );
            return (Exit::Failed, Some(hint));
        }
        ErrorKind::RateLimited { .. } => (Exit::TryLater, "run the command again then"),
        ErrorKind::Network { kind: NetworkKind::Tls(fault), .. } => {
            (Exit::TryLater, tls_hint(*fault))
        }
        ErrorKind::Network { kind: NetworkKind::Proxy(fault), .. } => {
            (Exit::TryLater, proxy_hint(*fault))
        }
        ErrorKind::Network { kind: NetworkKind::NameNotFound, .. } => {
            (Exit::TryLater, "check the address in `support-audit config`, and the connection")
        }
        ErrorKind::Network { .. } | ErrorKind::Server { .. } if error.may_have_arrived() => {
            (Exit::TryLater, "run the command again: it looks first for what is there already")
        }
        ErrorKind::Network { .. } | ErrorKind::Server { .. } => {
            (Exit::TryLater, "run the command again")
        }
        ErrorKind::Locked => (Exit::Conflict, "somebody writes at this moment: run it again"),
        ErrorKind::Damaged { .. } => {
            (Exit::TryLater, "run the command again; what came was not used")
        }
        ErrorKind::Paging { .. } | ErrorKind::TooLarge { .. } => return (Exit::Incomplete, None),
        ErrorKind::Moved { .. } => {
            (Exit::Failed, "the project has moved: set `gitlab.audits_project` to its new path")
        }
        ErrorKind::Redirected { .. } | ErrorKind::NotJson { .. } | ErrorKind::Decode { .. } => {
            (Exit::Failed, "check the service's address in `support-audit config`")
        }
        ErrorKind::BadUrl { .. } | ErrorKind::InsecureUrl { .. } | ErrorKind::BadName { .. } => {
            (Exit::BadInput, "`support-audit config` tells where each value comes from")
        }
        ErrorKind::NoCertificates { reason: None } => {
            (Exit::Failed, "install the package `ca-certificates` of your system")
        }
        ErrorKind::NoCertificates { reason: Some(_) } => {
            (Exit::Failed, "correct SSL_CERT_FILE, or unset it to trust the system's authorities")
        }
        _ => return (Exit::Failed, None),
    };
    (exit, Some(hint.to_owned()))
}

/// What helps where there is no secure connection.
fn tls_hint(fault: TlsFault) -> &'static str {
    match fault {
        TlsFault::WrongName => "check the address in `support-audit config`",
        TlsFault::Expired | TlsFault::NotYetValid => {
            "check this machine's clock; if it is right, the server needs another certificate"
        }
        TlsFault::UnknownIssuer => {
            "install the certificate of your company's authority or proxy, or name its PEM file in SSL_CERT_FILE"
        }
        TlsFault::NotTls => "check the port of the address in `support-audit config`",
        TlsFault::Handshake => "`-v` shows more; a proxy or firewall may be in between",
    }
}

/// What helps where a proxy does not lead to a service.
fn proxy_hint(fault: ProxyFault) -> &'static str {
    match fault {
        ProxyFault::NameNotFound | ProxyFault::NotConnected => {
            "HTTPS_PROXY names the proxy, NO_PROXY the hosts that are reached without it"
        }
        ProxyFault::WantsLogin => "set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT",
        ProxyFault::Refused => {
            "ask who runs the proxy to let it through, or name the host in NO_PROXY"
        }
    }
}
