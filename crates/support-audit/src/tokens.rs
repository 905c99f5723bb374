//! Tokens: from the environment, the OS keyring, or a prompt.

use std::fmt;
use std::time::Duration;

use api::gitlab::TokenInfo;
use api::{BaseUrl, Calendly, GitLab, Token};
use keyring::{Entry, Error as KeyringError};
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::variable;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};

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
    pub(crate) fn url(self, ctx: &Ctx) -> &BaseUrl {
        match self {
            Self::Gitlab => &ctx.config.gitlab_url,
            Self::Calendly => &ctx.config.calendly_url,
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

/// The token of a service for its host; asks for it where somebody is there to answer.
pub(crate) async fn token(ctx: &Ctx, service: Service) -> anyhow::Result<Token> {
    let no_keyring = match stored(ctx, service).await? {
        Stored::Found(token, _) => return Ok(token),
        Stored::Nothing => None,
        Stored::NoKeyring(reason) => Some(reason),
    };
    if ctx.ui.may_ask() {
        return ask(ctx, service, no_keyring.is_none()).await;
    }
    let host = service.url(ctx).authority();
    let message = format!("no {} token for {host}", service.name());
    let hint = format!("set {}, or run `{}` on a terminal", service.variable(), service.login());
    Err(anyhow::Error::new(missing(service, no_keyring.as_deref()).hint(hint)).context(message))
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

/// What is stored where a token may be.
#[derive(Debug)]
pub(crate) enum Stored {
    /// A token.
    Found(Token, Source),
    /// No token.
    Nothing,
    /// No token in the environment, and the keyring cannot be asked.
    NoKeyring(String),
}

/// Whether the environment holds a token of the service.
pub(crate) fn is_in_environment(service: Service) -> bool {
    std::env::var_os(service.variable()).is_some_and(|value| !value.is_empty())
}

/// Looks for a token without asking anybody.
pub(crate) async fn stored(ctx: &Ctx, service: Service) -> anyhow::Result<Stored> {
    let unusable = |failure: Failure| Failure { exit: Exit::Token, ..failure };
    if let Some(text) = variable(service.variable()).map_err(unusable)? {
        let source = Source::Environment(service.variable());
        let token = Token::new(SecretString::from(text).expose_secret());
        return Ok(Stored::Found(token.map_err(|error| in_source(error, source))?, source));
    }
    match read(ctx, service).await {
        Ok(Some(secret)) => {
            let token = Token::new(secret.expose_secret());
            let token = token.map_err(|error| in_source(error, Source::Keyring))?;
            Ok(Stored::Found(token, Source::Keyring))
        }
        Ok(None) => Ok(Stored::Nothing),
        Err(reason) => Ok(Stored::NoKeyring(reason)),
    }
}

fn in_source(error: api::Error, source: Source) -> anyhow::Error {
    anyhow::Error::new(error).context(format!("the token of {source}"))
}

async fn ask(ctx: &Ctx, service: Service, has_keyring: bool) -> anyhow::Result<Token> {
    let host = service.url(ctx).authority();
    let question = format!("{} token for {host}", service.name());
    let secret = SecretString::from(ctx.ui.ask_secret(&question).await?);
    let token = || Token::new(secret.expose_secret());
    if !has_keyring {
        return Ok(token()?);
    }
    // One that is refused is not kept: it would be taken the next time without a question.
    identify(ctx, service, token()?).await?;
    if ctx.ui.ask("Keep it in the keyring?", true).await? {
        match keep(ctx, service, &secret).await {
            Ok(()) => ctx.ui.say(&format!("kept in the keyring for {host}")),
            Err(reason) => ctx.ui.warn(&format!("the token was not kept: {reason}")),
        }
    }
    Ok(token()?)
}

/// Whom a token belongs to.
pub(crate) struct Identity {
    /// Their username, or at Calendly their e-mail address.
    pub(crate) user: String,
    /// What it may do; unknown where the service does not tell.
    pub(crate) scopes: Option<Vec<String>>,
    /// The date on which it ends, or `never`; unknown where the service does not tell.
    pub(crate) expires: Option<String>,
}

/// Asks the service whose the token is, which fails for one that it refuses.
pub(crate) async fn identify(
    ctx: &Ctx,
    service: Service,
    token: Token,
) -> anyhow::Result<Identity> {
    let options = ctx.options(service, token);
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

/// Stores a token for the service's host.
pub(crate) async fn keep(ctx: &Ctx, service: Service, secret: &SecretString) -> Result<(), String> {
    let secret = SecretString::from(secret.expose_secret().trim());
    with_entry(ctx, service, move |entry| entry.set_password(secret.expose_secret())).await
}

/// Removes the token of the service's host; tells whether there was one.
pub(crate) async fn forget(ctx: &Ctx, service: Service) -> Result<bool, String> {
    with_entry(ctx, service, |entry| match entry.delete_credential() {
        Ok(()) => Ok(true),
        Err(KeyringError::NoEntry) => Ok(false),
        Err(error) => Err(error),
    })
    .await
}

async fn read(ctx: &Ctx, service: Service) -> Result<Option<SecretString>, String> {
    with_entry(ctx, service, |entry| match entry.get_password() {
        Ok(password) => Ok(Some(SecretString::from(password))),
        Err(KeyringError::NoEntry) => Ok(None),
        Err(error) => Err(error),
    })
    .await
}

/// Does something with the service's entry of the keyring, and gives up when it does not answer.
///
/// It is done in a thread of its own: a keyring whose bus is silent blocks for ever.
async fn with_entry<T: Send + 'static>(
    ctx: &Ctx,
    service: Service,
    work: impl FnOnce(&Entry) -> Result<T, KeyringError> + Send + 'static,
) -> Result<T, String> {
    let host = service.url(ctx).authority();
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let result = open_store()
            .and_then(|()| Entry::new("support-audit", &host))
            .and_then(|entry| work(&entry));
        // Nobody listens any more when the time is over.
        drop(sender.send(result.map_err(|error| in_words(&error))));
    });
    // Unlocking a keyring on a desktop takes as long as a person needs to type a password.
    let patience = Duration::from_secs(if ctx.ui.may_ask() { 60 } else { 5 });
    match tokio::time::timeout(patience, receiver).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err("the keyring failed".to_owned()),
        Err(_) => Err(format!("the keyring did not answer in {} s", patience.as_secs())),
    }
}

/// What is wrong with the keyring, without the bytes that some of its errors carry.
fn in_words(error: &KeyringError) -> String {
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
