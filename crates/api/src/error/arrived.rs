//! Whether a write that failed may have been done all the same.

use super::{Error, NetworkKind};

impl Error {
    /// Whether what was asked for may have been done although this came back: the service, or a
    /// proxy before it, took the request and the whole answer is not known.
    ///
    /// Such a write must not be repeated before its effect was looked for. After any other error
    /// nothing was done. Of a read the question means nothing.
    pub fn may_have_arrived(&self) -> bool {
        match self {
            Self::Network { kind, .. } => match kind {
                NetworkKind::Timeout | NetworkKind::Cut => true,
                NetworkKind::NameNotFound | NetworkKind::NotConnected | NetworkKind::Tls => false,
            },
            // What is no refusal of the client's request, such as 303, says nothing of its effect.
            Self::Api { status, .. } => !(400..500).contains(status),
            Self::Server { .. }
            | Self::CommandsOnly { .. }
            | Self::NotJson { .. }
            | Self::Decode { .. }
            | Self::TooLarge { .. } => true,
            Self::Unauthorized { .. }
            | Self::InvalidToken { .. }
            | Self::InsufficientScope { .. }
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::RateLimited { .. }
            | Self::Captcha { .. }
            | Self::Spam { .. }
            | Self::Locked { .. }
            | Self::Redirected { .. }
            | Self::Moved { .. }
            | Self::RedirectLoop { .. }
            | Self::Paging { .. }
            | Self::Damaged { .. }
            | Self::BadUrl { .. }
            | Self::InsecureUrl { .. }
            | Self::BadName { .. }
            | Self::BadToken { .. }
            | Self::NoCertificates
            | Self::Client { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use url::Url;

    use crate::error::{Call, Error, NetworkKind};

    #[test]
    fn what_may_have_arrived() {
        let call = || Call::new("POST", &Url::parse("https://h.example/x").unwrap());
        let text = String::new;
        let lost = |kind| Error::Network { call: call(), kind, detail: text() };
        let server = |status| Error::Server { call: call(), status, message: text() };
        let api = |status| Error::Api { call: call(), status, message: text() };
        for (error, expected) in [
            (lost(NetworkKind::Timeout), true),
            (lost(NetworkKind::Cut), true),
            (lost(NetworkKind::NameNotFound), false),
            (lost(NetworkKind::NotConnected), false),
            (lost(NetworkKind::Tls), false),
            (server(500), true),
            (server(502), true),
            (server(503), true),
            (api(303), true),
            (api(304), true),
            (api(400), false),
            (api(409), false),
            (api(422), false),
            (api(499), false),
            (Error::NotJson { call: call(), expected: "x", found: text() }, true),
            (Error::Decode { call: call(), expected: "x", detail: text() }, true),
            (Error::TooLarge { call: call(), limit: text() }, true),
            (Error::CommandsOnly { call: call(), summary: text() }, true),
            (Error::Unauthorized { call: call(), message: text() }, false),
            (Error::InvalidToken { call: call(), description: text() }, false),
            (Error::InsufficientScope { call: call(), scope: text() }, false),
            (Error::Forbidden { call: call(), message: text() }, false),
            (Error::NotFound { call: call(), message: text() }, false),
            (Error::RateLimited { call: call(), retry_after: Duration::ZERO }, false),
            (Error::Captcha { call: call(), message: text() }, false),
            (Error::Spam { call: call(), message: text() }, false),
            (Error::Locked { call: call() }, false),
            (Error::Redirected { call: call(), host: text() }, false),
            (Error::Moved { call: call(), path: text() }, false),
            (Error::BadName { name: text() }, false),
            (Error::Client { detail: text() }, false),
        ] {
            assert_eq!(error.may_have_arrived(), expected, "{error:?}");
        }
    }
}
