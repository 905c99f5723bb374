//! What every command is given: the configuration, the user's wishes, and the one clock.

use std::sync::Arc;
use std::time::Duration;

use api::{Calendly, GitLab, Options, Waits};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use tokio::sync::OnceCell;

use crate::args::Global;
use crate::clock::{NOW_VARIABLE, set_clock};
use crate::config::{Config, variable};
use crate::tokens::{self, Service};
use crate::ui::Ui;

/// The variables of the environment that the program looks at, each with what it means.
pub(crate) fn variable_names() -> impl Iterator<Item = (&'static str, String)> {
    let settings =
        crate::config::variables().map(|(name, key)| (name, format!("the setting {key}")));
    let others = [
        (Service::Gitlab.variable(), "GitLab's token; goes before the keyring"),
        (Service::Calendly.variable(), "Calendly's token; goes before the keyring"),
        (crate::config::CONFIG_VARIABLE, "the configuration file"),
        (NOW_VARIABLE, "the present instant, where all services are on this machine"),
        ("NO_COLOR", "set: no colour"),
        ("CLICOLOR_FORCE", "set, but to 0: colour also where there is no terminal"),
    ];
    settings.chain(others.map(|(name, meaning)| (name, meaning.to_owned())))
}

/// What every command is given.
#[derive(Debug)]
pub(crate) struct Ctx {
    /// The effective configuration.
    pub(crate) config: Config,
    /// Where the program talks to its user.
    pub(crate) ui: Ui,
    /// The instant at which the command began; nothing else reads a clock.
    pub(crate) now: Timestamp,
    /// What the user wants of every command.
    pub(crate) global: Global,
    /// Whether the clock was set, so that time does not pass and is not waited for.
    clock_is_set: bool,
    /// GitLab, once something is wanted of it: nobody is asked for a token twice.
    gitlab: OnceCell<GitLab>,
    /// Calendly, likewise.
    calendly: OnceCell<Calendly>,
}

impl Ctx {
    /// Reads the configuration and the clock.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub(crate) fn new(global: Global, ui: Ui) -> anyhow::Result<Self> {
        let config = Config::load(&global)?;
        let set = variable(NOW_VARIABLE)?;
        let clock_is_set = set.is_some();
        let now = match set {
            None => Timestamp::now(),
            Some(text) => set_clock(&text, &config)?,
        };
        let (gitlab, calendly) = (OnceCell::new(), OnceCell::new());
        Ok(Self { config, ui, now, global, clock_is_set, gitlab, calendly })
    }

    /// The same, at the present instant.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub(crate) fn later(self) -> anyhow::Result<Self> {
        let now = match variable(NOW_VARIABLE)? {
            None => Timestamp::now(),
            Some(text) => set_clock(&text, &self.config)?,
        };
        Ok(Self { now, ..self })
    }

    /// The same with the clients of `other`, which has the same services: nobody is asked for a token
    /// twice.
    pub(crate) fn with_clients_of(self, other: Self) -> Self {
        Self { gitlab: other.gitlab, calendly: other.calendly, ..self }
    }

    /// GitLab, with the token for its host.
    pub(crate) async fn gitlab(&self) -> anyhow::Result<&GitLab> {
        let connect = async || {
            let token = tokens::token(self, Service::Gitlab).await?;
            Ok(GitLab::new(self.options(Service::Gitlab, token))?)
        };
        self.gitlab.get_or_try_init(connect).await
    }

    /// Whether something has been wanted of GitLab.
    pub(crate) fn has_asked_gitlab(&self) -> bool {
        self.gitlab.initialized()
    }

    /// Whether something has been wanted of Calendly.
    pub(crate) fn has_asked_calendly(&self) -> bool {
        self.calendly.initialized()
    }

    /// Calendly, with the token for its host.
    pub(crate) async fn calendly(&self) -> anyhow::Result<&Calendly> {
        let connect = async || {
            let token = tokens::token(self, Service::Calendly).await?;
            Ok(Calendly::new(self.options(Service::Calendly, token))?)
        };
        self.calendly.get_or_try_init(connect).await
    }

    /// The day on which the command began, in UTC.
    pub(crate) fn today(&self) -> Date {
        self.now.to_zoned(TimeZone::UTC).date()
    }

    /// Lets time pass, unless the clock was set.
    pub(crate) async fn pause(&self, time: Duration) {
        if !self.clock_is_set {
            tokio::time::sleep(time).await;
        }
    }

    /// How a client for `service` is made.
    pub(crate) fn options(&self, service: Service, token: api::Token) -> Options {
        let mut options = Options::new(service.url(self).clone(), Some(token));
        let ui = self.ui.clone();
        options.observer = Arc::new(move |wait| ui.waits(&wait));
        let ui = self.ui.clone();
        options.pages = Arc::new(move |page| ui.has_read(&page));
        if self.clock_is_set {
            options.waits = Waits::Skipped;
        }
        options
    }
}
