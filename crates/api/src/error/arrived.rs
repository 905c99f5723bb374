//! Whether a write that failed may have been done all the same.

use super::{Error, ErrorKind, NetworkKind};

impl Error {
    /// Whether the request may have been carried out although this error came back: the service,
    /// or a proxy in front of it, took the request and the complete answer is not known.
    ///
    /// Callers must look for the effect of such a write before they repeat it. After any other
    /// error nothing was done. For a read the answer means nothing.
    pub fn may_have_arrived(&self) -> bool {
        match &self.kind {
            ErrorKind::Network { kind, .. } => match kind {
                NetworkKind::Timeout | NetworkKind::Cut => true,
                NetworkKind::NameNotFound
                | NetworkKind::NameUnresolved
                | NetworkKind::NotConnected
                | NetworkKind::Tls(_)
                | NetworkKind::Proxy(_) => false,
            },
            // A status that does not refuse the request, such as 303, says nothing of its effect.
            ErrorKind::Refused { status, .. } => !(400..500).contains(status),
            ErrorKind::Server { .. }
            | ErrorKind::CommandsOnly { .. }
            | ErrorKind::NotJson { .. }
            | ErrorKind::Decode { .. }
            | ErrorKind::TooLarge { .. } => true,
            ErrorKind::Unauthorized { .. }
            | ErrorKind::InvalidToken { .. }
            | ErrorKind::InsufficientScope { .. }
            | ErrorKind::Forbidden { .. }
            | ErrorKind::ManagedByScim { .. }
            | ErrorKind::NotFound { .. }
            | ErrorKind::RateLimited { .. }
            | ErrorKind::Captcha { .. }
            | ErrorKind::Spam { .. }
            | ErrorKind::Locked
            | ErrorKind::Redirected { .. }
            | ErrorKind::Moved { .. }
            | ErrorKind::RedirectLoop { .. }
            | ErrorKind::Paging { .. }
            | ErrorKind::Damaged { .. }
            | ErrorKind::BadUrl { .. }
            | ErrorKind::InsecureUrl { .. }
            | ErrorKind::BadName { .. }
            | ErrorKind::BadToken { .. }
            | ErrorKind::NoCertificates { .. }
            | ErrorKind::Client { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::error::{Error, ErrorKind, NetworkKind, ProxyFault, TlsFault};

    #[test]
    fn only_an_unknown_outcome_may_have_arrived() {
        let text = String::new;
        let lost = |kind| ErrorKind::Network { kind, detail: text() };
        let server = |status| ErrorKind::Server { status, message: text() };
        let refused = |status| ErrorKind::Refused { status, message: text() };
        for (kind, expected) in [
            (lost(NetworkKind::Timeout), true),
            (lost(NetworkKind::Cut), true),
            (lost(NetworkKind::NameNotFound), false),
            (lost(NetworkKind::NotConnected), false),
            (lost(NetworkKind::Tls(TlsFault::Expired)), false),
            (lost(NetworkKind::Proxy(ProxyFault::Refused)), false),
            (server(500), true),
            (server(502), true),
            (server(503), true),
            (refused(303), true),
            (refused(304), true),
            (refused(400), false),
            (refused(409), false),
            (refused(422), false),
            (refused(499), false),
            (ErrorKind::NotJson { expected: "x", found: text() }, true),
            (ErrorKind::Decode { expected: "x", detail: text() }, true),
            (ErrorKind::TooLarge { limit: text() }, true),
            (ErrorKind::CommandsOnly { summary: text() }, true),
            (ErrorKind::Unauthorized { message: text() }, false),
            (ErrorKind::InvalidToken { message: text() }, false),
            (ErrorKind::InsufficientScope { scope: text() }, false),
            (ErrorKind::Forbidden { message: text() }, false),
            (ErrorKind::ManagedByScim { message: text() }, false),
            (ErrorKind::NotFound { message: text() }, false),
            (ErrorKind::RateLimited { retry_after: Duration::ZERO }, false),
            (ErrorKind::Captcha { message: text() }, false),
            (ErrorKind::Spam { message: text() }, false),
            (ErrorKind::Locked, false),
            (ErrorKind::Redirected { host: text() }, false),
            (ErrorKind::Moved { path: None, project: None }, false),
            (ErrorKind::BadName { name: text() }, false),
            (ErrorKind::Client { detail: text() }, false),
        ] {
            assert_eq!(Error::from(kind.clone()).may_have_arrived(), expected, "{kind:?}");
        }
    }
}
