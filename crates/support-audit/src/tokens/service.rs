//! The services that have tokens: what each is called, how to log in to it, and whose a token is.
//!
//! It imports nothing of this crate, so that errors and settings can name a service.

use api::gitlab::TokenInfo;
use api::{Calendly, GitLab, Options};
use clap::ValueEnum;

/// A service that has tokens, as `auth --service` names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Service {
    /// GitLab: the roster, the audits' issues
    #[default]
    Gitlab,
    /// Calendly: who has an account
    Calendly,
}

impl Service {
    /// The service's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Gitlab => "GitLab",
            Self::Calendly => "Calendly",
        }
    }

    /// The environment variable that holds its token.
    pub(crate) const fn variable(self) -> &'static str {
        match self {
            Self::Gitlab => "GL_TOKEN",
            Self::Calendly => "CALENDLY_API_TOKEN",
        }
    }

    /// The command that asks for its token and keeps it.
    pub(crate) const fn login(self) -> &'static str {
        match self {
            Self::Gitlab => "support-audit auth login",
            Self::Calendly => "support-audit auth login --service calendly",
        }
    }

    /// The command that shows where its token comes from, whose it is and what it may do.
    pub(crate) const fn status(self) -> &'static str {
        match self {
            Self::Gitlab => "support-audit auth status",
            Self::Calendly => "support-audit auth status --service calendly",
        }
    }

    /// The scopes that its token needs, as a hint for a token that lacks one.
    pub(crate) const fn needed_scopes(self) -> &'static str {
        match self {
            Self::Gitlab => {
                "to write it needs `api`, to read `read_api`: `support-audit auth status` shows what it has"
            }
            Self::Calendly => {
                "it needs `users:read` and `organizations:read`, and `organizations:write` to remove"
            }
        }
    }
}

impl From<api::Service> for Service {
    fn from(service: api::Service) -> Self {
        match service {
            api::Service::GitLab => Self::Gitlab,
            api::Service::Calendly => Self::Calendly,
        }
    }
}

/// The user whom a token belongs to, for `auth` and for a token that was typed.
pub(crate) struct Identity {
    /// Their username, or their e-mail address where the service has no usernames.
    pub(crate) user: String,
    /// What the token may do; `None` if the service does not say.
    pub(crate) scopes: Option<Vec<String>>,
    /// The date on which the token expires, or `never`; `None` if the service does not say.
    pub(crate) expires: Option<String>,
}

/// Asks the service whose the token in `options` is.
///
/// # Errors
///
/// The service refuses the token, or cannot be asked.
pub(crate) async fn identify(service: Service, options: Options) -> anyhow::Result<Identity> {
    match service {
        Service::Gitlab => {
            let gitlab = GitLab::new(options)?;
            let user = gitlab.user().await?;
            let token = gitlab.token_self().await?;
            let expires = token.as_ref().map(expiry);
            let scopes = token.map(|TokenInfo { scopes, .. }| scopes);
            Ok(Identity { user: user.username, scopes, expires })
        }
        Service::Calendly => {
            let me = Calendly::new(options)?.me().await?;
            Ok(Identity { user: me.email, scopes: None, expires: None })
        }
    }
}

fn expiry(token: &TokenInfo) -> String {
    token.expires_at.map_or_else(|| "never".to_owned(), |date| date.to_string())
}
