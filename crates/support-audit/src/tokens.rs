//! Tokens: from the environment, the OS keyring, or a prompt.

use std::fmt;
use std::time::Duration;

use api::gitlab::TokenInfo;
use api::{BaseUrl, Calendly, GitLab, Options, Token};
use keyring::{Entry, Error as KeyringError};
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::{Config, variable};
use crate::error::{Exit, Failure};
use crate::ui::Ui;

/// Whose token it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Service {
    /// GitLab: the roster, the audits' issues
    #[default]
    Gitlab,
    /// Calendly: who has an account
    Calendly,
}

impl Service {
    /// The service's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gitlab => "GitLab",
            Self::Calendly => "Calendly",
        }
    }

    /// The variable of the environment that holds its token.
    pub(crate) const fn variable(self) -> &'static str {
        match self {
            Self::Gitlab => "GL_TOKEN",
            Self::Calendly => "CALENDLY_API_TOKEN",
        }
    }

    /// Its address.
    pub(crate) fn url(self, config: &Config) -> &BaseUrl {
        match self {
            Self::Gitlab => &config.gitlab_url,
            Self::Calendly => &config.calendly_url,
        }
    }

    /// How to log in to it.
    pub(crate) fn login(self) -> &'static str {
        match self {
            Self::Gitlab => "support-audit auth login",
            Self::Calendly => "support-audit auth login --service calendly",
        }
    }
}

/// Where a token was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A variable of the environment.
    Environment(&'static str),
    /// The OS keyring.
    Keyring,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(name) => write!(formatter, "environment {name}"),
            Self::Keyring => formatter.write_str("keyring"),
        }
    }
}

/// A token that somebody typed, before it is known to be one.
///
/// It has no text form of its own, and is overwritten when it is dropped.
#[derive(Debug)]
pub(crate) struct TypedToken(SecretString);

impl TypedToken {
    /// Takes what was typed at a prompt or piped into the program.
    pub(crate) fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// The token for a client, unless no token can look like that.
    pub(crate) fn token(&self) -> Result<Token, api::Error> {
        Token::new(self.0.expose_secret())
    }
}

/// Why there is no token: neither in the environment nor in the keyring, if there is one.
pub(crate) fn missing(service: Service, no_keyring: Option<&str>) -> Failure {
    let variable = service.variable();
    let message = match no_keyring {
        None => format!("{variable} is not set and the keyring holds none"),
        Some(reason) => format!("{variable} is not set and there is no keyring ({reason})"),
    };
    Failure::new(Exit::Token, message)
}

/// What a look for a token has found.
#[derive(Debug)]
pub(crate) enum Stored {
    /// A token.
    Found(Token, Source),
    /// No token.
    Nothing,
    /// No token in the environment, and a keyring that cannot be asked.
    NoKeyring(String),
}

/// Whether the environment holds a token of the service.
pub(crate) fn is_in_environment(service: Service) -> bool {
    std::env::var_os(service.variable()).is_some_and(|value| !value.is_empty())
}

/// The places that may hold a service's token: the environment, and the OS keyring under the
/// service's host.
#[derive(Debug)]
pub(crate) struct TokenStore {
    service: Service,
    /// The host and port that the token is for, which is the entry's name in the keyring.
    host: String,
    /// How long the keyring may take to answer.
    patience: Duration,
}

impl TokenStore {
    /// The store of a service's token, for the address that is configured.
    pub(crate) fn new(config: &Config, ui: &Ui, service: Service) -> Self {
        // Unlocking a keyring on a desktop takes as long as a person needs to type a password.
        let patience = Duration::from_secs(if ui.may_ask() { 60 } else { 5 });
        Self { service, host: service.url(config).authority(), patience }
    }

    /// The host and port that the token is for.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Looks for a token without asking anybody.
    pub(crate) async fn find(&self) -> anyhow::Result<Stored> {
        let unusable = |failure: Failure| Failure { exit: Exit::Token, ..failure };
        if let Some(text) = variable(self.service.variable()).map_err(unusable)? {
            let source = Source::Environment(self.service.variable());
            let token = TypedToken::new(text).token();
            return Ok(Stored::Found(token.map_err(|error| in_source(error, source))?, source));
        }
        match self.read_keyring().await {
            Ok(Some(typed)) => {
                let token = typed.token().map_err(|error| in_source(error, Source::Keyring))?;
                Ok(Stored::Found(token, Source::Keyring))
            }
            Ok(None) => Ok(Stored::Nothing),
            Err(reason) => Ok(Stored::NoKeyring(reason)),
        }
    }

    /// Keeps a token in the keyring.
    pub(crate) async fn keep(&self, typed: &TypedToken) -> Result<(), String> {
        let secret = SecretString::from(typed.0.expose_secret().trim());
        self.with_entry(move |entry| entry.set_password(secret.expose_secret())).await
    }

    /// Removes the token from the keyring; says whether there was one.
    pub(crate) async fn forget(&self) -> Result<bool, String> {
        self.with_entry(|entry| match entry.delete_credential() {
            Ok(()) => Ok(true),
            Err(KeyringError::NoEntry) => Ok(false),
            Err(error) => Err(error),
        })
        .await
    }

    async fn read_keyring(&self) -> Result<Option<TypedToken>, String> {
        self.with_entry(|entry| match entry.get_password() {
            Ok(password) => Ok(Some(TypedToken::new(password))),
            Err(KeyringError::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    /// Does something with the service's entry of the keyring, and gives up when it does not answer.
    ///
    /// It is done in a thread of its own: a keyring whose bus is silent blocks for ever.
    async fn with_entry<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Entry) -> Result<T, KeyringError> + Send + 'static,
    ) -> Result<T, String> {
        let host = self.host.clone();
        let (sender, receiver) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let result = open_store()
                .and_then(|()| Entry::new("support-audit", &host))
                .and_then(|entry| work(&entry));
            // Nobody listens any more when the time is over.
            drop(sender.send(result.map_err(|error| describe(&error))));
        });
        match tokio::time::timeout(self.patience, receiver).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err("the keyring failed".to_owned()),
            Err(_) => Err(format!("the keyring did not answer in {} s", self.patience.as_secs())),
        }
    }
}

fn in_source(error: api::Error, source: Source) -> anyhow::Error {
    anyhow::Error::new(error).context(format!("the token of {source}"))
}

/// Whom a token belongs to.
pub(crate) struct Identity {
    /// Their username, or at Calendly their e-mail address.
    pub(crate) user: String,
    /// What the token may do; unknown where the service does not say.
    pub(crate) scopes: Option<Vec<String>>,
    /// The date on which the token ends, or `never`; unknown where the service does not say.
    pub(crate) expires: Option<String>,
}

/// Asks the service whose the token in `options` is, which fails for one that it refuses.
pub(crate) async fn identify(service: Service, options: Options) -> anyhow::Result<Identity> {
    match service {
        Service::Gitlab => {
            let gitlab = GitLab::new(options)?;
            let user = gitlab.user().await?;
            let token = gitlab.token_self().await?;
            let date = |token: &TokenInfo| {
                token.expires_at.map_or_else(|| "never".to_owned(), |date| date.to_string())
            };
            let expires = token.as_ref().map(date);
            let scopes = token.map(|TokenInfo { scopes, .. }| scopes);
            Ok(Identity { user: user.username, scopes, expires })
        }
        Service::Calendly => {
            let me = Calendly::new(options)?.me().await?;
            Ok(Identity { user: me.email, scopes: None, expires: None })
        }
    }
}

/// What is wrong with the keyring, without the bytes that some of its errors carry.
fn describe(error: &KeyringError) -> String {
    match error {
        KeyringError::BadEncoding(_) | KeyringError::BadDataFormat(..) => {
            "the keyring holds something that is no token".to_owned()
        }
        error => error.to_string(),
    }
}

#[cfg(target_os = "linux")]
fn open_store() -> Result<(), KeyringError> {
    keyring::set_default_store(dbus_secret_service_keyring_store::Store::new()?);
    Ok(())
}

#[cfg(target_os = "macos")]
fn open_store() -> Result<(), KeyringError> {
    keyring::set_default_store(apple_native_keyring_store::keychain::Store::new()?);
    Ok(())
}

#[cfg(windows)]
fn open_store() -> Result<(), KeyringError> {
    keyring::set_default_store(windows_native_keyring_store::Store::new()?);
    Ok(())
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn open_store() -> Result<(), KeyringError> {
    Err(KeyringError::NotSupportedByStore("this system has no keyring that is known".to_owned()))
}
