//! Tokens: from the environment, the OS keyring, or a prompt.

use std::fmt;
use std::time::Duration;

use api::Token;
use keyring::{Entry, Error as KeyringError};
use secrecy::{ExposeSecret as _, SecretString};

mod service;

pub(crate) use service::{Identity, Service, identify};

use crate::config::{Config, variable};
use crate::error::{Exit, Failure};
use crate::ui::Ui;

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
    pub(crate) fn token(&self) -> anyhow::Result<Token> {
        let text = self.0.expose_secret();
        match mistake(text.trim()) {
            Some((reason, hint)) => {
                let message = format!("not a usable token: {reason}");
                Err(Failure::new(Exit::Token, message).hint(hint).into())
            }
            None => Ok(Token::new(text)?),
        }
    }
}

/// What somebody gave in the place of a token, and what helps; nothing if it may be one.
fn mistake(text: &str) -> Option<(&'static str, &'static str)> {
    if text.starts_with(['"', '\'']) || text.ends_with(['"', '\'']) {
        return Some(("it is in quotes", "give it without the quotes"));
    }
    if text.starts_with('$') {
        let hint = "single quotes, and files that no shell reads, keep the name as it is";
        return Some(("it is the name of a variable, not its value", hint));
    }
    if text.eq_ignore_ascii_case("[masked]") {
        let hint = "copy the token itself, not what a job's log shows of it";
        return Some(("it is what GitLab shows instead of a masked variable", hint));
    }
    None
}

/// Why there is no token: neither in the environment nor in the keyring, if that can be asked.
pub(crate) fn missing(service: Service, keyring: Option<KeyringTrouble>) -> Failure {
    let variable = service.variable();
    let is_empty = std::env::var_os(variable).is_some_and(|value| value.is_empty());
    let state = if is_empty { "is empty" } else { "is not set" };
    let message = match keyring {
        None => format!("{variable} {state} and the keyring holds none"),
        Some(trouble) => format!("{variable} {state} and {trouble}"),
    };
    let hint = match (unread_variable(service), keyring) {
        (Some(hint), _) => hint.to_owned(),
        (None, Some(trouble)) => trouble.hint(service),
        (None, None) => format!("set {variable}, or `{}` keeps one", service.login()),
    };
    Failure::new(Exit::Token, message).hint(hint)
}

/// What to do about a token in a variable that is not read.
pub(crate) fn unread_variable(service: Service) -> Option<&'static str> {
    if service != Service::Gitlab {
        return None;
    }
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if is_set("GITLAB_TOKEN") {
        return Some("GITLAB_TOKEN is set, which is not read: set GL_TOKEN to its value");
    }
    if is_set("CI_JOB_TOKEN") {
        return Some(
            "CI_JOB_TOKEN is set, which may not do this: make an access token and set GL_TOKEN to it",
        );
    }
    None
}

/// Why the keyring cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyringTrouble {
    /// There is none.
    Absent,
    /// It is locked, and nobody opened it.
    Locked,
    /// What it holds for the host is not text.
    Garbage,
    /// It did not answer in this time.
    Silent(Duration),
}

impl KeyringTrouble {
    /// What helps.
    pub(crate) fn hint(self, service: Service) -> String {
        let variable = service.variable();
        match self {
            Self::Absent => format!(
                "set {variable}, for instance from a password manager: {variable}=$(op read …)"
            ),
            Self::Locked => format!("unlock it in your desktop session, or set {variable}"),
            Self::Garbage => format!("`{}` replaces it; or set {variable}", service.login()),
            Self::Silent(_) => format!("set {variable}, or start the keyring service again"),
        }
    }

    /// The details of an error are logged, unless they hold bytes of the keyring.
    fn from_error(error: &KeyringError) -> Self {
        match error {
            KeyringError::BadEncoding(_) | KeyringError::BadDataFormat(..) => Self::Garbage,
            KeyringError::NoStorageAccess(_) => {
                tracing::info!("the keyring: {error}");
                Self::Locked
            }
            error => {
                tracing::info!("the keyring: {error}");
                Self::Absent
            }
        }
    }
}

impl fmt::Display for KeyringTrouble {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => formatter.write_str("there is no keyring"),
            Self::Locked => formatter.write_str("the keyring is locked"),
            Self::Garbage => formatter.write_str("the keyring holds something that is not a token"),
            Self::Silent(time) => {
                write!(formatter, "the keyring did not answer in {} s", time.as_secs())
            }
        }
    }
}

/// What a look for a token has found.
#[derive(Debug)]
pub(crate) enum Stored {
    /// A token.
    Found(Token, Source),
    /// No token.
    Nothing,
    /// No token in the environment, and a keyring that does not give one.
    NoKeyring(KeyringTrouble),
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
        Self { service, host: config.url(service).authority(), patience }
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
            Err(trouble) => Ok(Stored::NoKeyring(trouble)),
        }
    }

    /// Keeps a token in the keyring.
    pub(crate) async fn keep(&self, typed: &TypedToken) -> Result<(), KeyringTrouble> {
        let secret = SecretString::from(typed.0.expose_secret().trim());
        self.with_entry(move |entry| entry.set_password(secret.expose_secret())).await
    }

    /// Removes the token from the keyring; says whether there was one.
    pub(crate) async fn forget(&self) -> Result<bool, KeyringTrouble> {
        self.with_entry(|entry| match entry.delete_credential() {
            Ok(()) => Ok(true),
            Err(KeyringError::NoEntry) => Ok(false),
            Err(error) => Err(error),
        })
        .await
    }

    /// Finds out whether a token can be kept, before anybody is asked for one.
    pub(crate) async fn check_keyring(&self) -> Result<(), KeyringTrouble> {
        match self.read_keyring().await {
            // What is kept takes its place.
            Ok(_) | Err(KeyringTrouble::Garbage) => Ok(()),
            Err(trouble) => Err(trouble),
        }
    }

    async fn read_keyring(&self) -> Result<Option<TypedToken>, KeyringTrouble> {
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
    ) -> Result<T, KeyringTrouble> {
        let host = self.host.clone();
        let (sender, receiver) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let result = open_store()
                .and_then(|()| Entry::new("support-audit", &host))
                .and_then(|entry| work(&entry));
            // Nobody listens any more when the time is over.
            drop(sender.send(result.map_err(|error| KeyringTrouble::from_error(&error))));
        });
        match tokio::time::timeout(self.patience, receiver).await {
            Ok(Ok(result)) => result,
            // The thread has ended without an answer.
            Ok(Err(_)) => Err(KeyringTrouble::Absent),
            Err(_) => Err(KeyringTrouble::Silent(self.patience)),
        }
    }
}

fn in_source(error: anyhow::Error, source: Source) -> anyhow::Error {
    error.context(format!("the token of {source}"))
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
