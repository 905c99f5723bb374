//! What every command is given: the configuration, the user's wishes, and the one clock.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use api::gitlab::User;
use api::{GitLab, Options, ServerTime, Sleep, Token};
use clap::ValueEnum as _;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::sync::OnceCell;

use crate::args::Global;
use crate::clock::{Clock, NOW_VARIABLE};
use crate::config::Config;
use crate::services::Clients;
use crate::tokens::{self, Identity, Service, Stored, TokenStore, TypedToken};
use crate::ui::Ui;

/// The variables of the environment that the program looks at, each with what it means.
pub(crate) fn variable_names() -> impl Iterator<Item = (&'static str, String)> {
    let settings = crate::config::SETTINGS.iter().filter_map(|setting| {
        let meaning = format!("{} (the setting {})", setting.documentation, setting.key);
        Some((setting.call.as_ref()?.variable, meaning))
    });
    let tokens = Service::value_variants().iter().map(|service| {
        (service.variable(), format!("{}'s token; goes before the keyring", service.name()))
    });
    let others = [
        (crate::config::CONFIG_VARIABLE, "the configuration file"),
        (NOW_VARIABLE, "the present instant, where all services are on this machine"),
        ("HTTPS_PROXY", "the proxy for services that are not on this machine"),
        ("NO_PROXY", "the hosts that are reached without the proxy, separated by commas"),
        ("SSL_CERT_FILE", "a PEM file of certificate authorities, instead of the system's (Linux)"),
        ("NO_COLOR", "set: no colour"),
        ("CLICOLOR_FORCE", "set, but to 0: colour also where there is no terminal"),
    ];
    settings.chain(tokens).chain(others.map(|(name, meaning)| (name, meaning.to_owned())))
}

/// What every command is given.
#[derive(Debug)]
pub(crate) struct Ctx {
    /// The effective configuration.
    pub(crate) config: Config,
    /// Where the program talks to its user.
    pub(crate) ui: Ui,
    /// What the user wants of every command.
    pub(crate) global: Global,
    /// The one clock.
    clock: Clock,
    /// The clients of the services: nobody is asked for a token twice.
    pub(crate) clients: Clients,
    /// The ids of the configured operators, once somebody's marker has been looked at.
    pub(crate) configured_operators: OnceCell<BTreeSet<u64>>,
    /// The present path of the audits' project, once GitLab has named another one than is configured.
    moved_project: OnceLock<String>,
    /// Whether each request is made once and has little time, for a quick look at what is there.
    is_brief: bool,
}

/// How long a request may take for a quick look.
const BRIEF: Duration = Duration::from_secs(5);

impl Ctx {
    /// Reads the configuration and the clock.
    pub(crate) fn new(global: Global, ui: Ui) -> anyhow::Result<Self> {
        let config = Config::load(&global)?;
        let clock = Clock::start(&config)?;
        let clients = Clients::default();
        let configured_operators = OnceCell::new();
        let moved_project = OnceLock::new();
        let is_brief = false;
        Ok(Self {
            config,
            ui,
            global,
            clock,
            clients,
            configured_operators,
            moved_project,
            is_brief,
        })
    }

    /// Lets each request be made once, with little time: a command that only looks at what is there
    /// must not keep anybody waiting for a service that is not.
    pub(crate) fn brief(self) -> Self {
        Self { is_brief: true, ..self }
    }

    /// Reads the clock anew, for the next command of the guide.
    pub(crate) fn read_clock(&mut self) -> anyhow::Result<()> {
        self.clock = Clock::start(&self.config)?;
        Ok(())
    }

    /// The instant of the command, by GitLab's clock once GitLab has answered: see [`Clock::now`].
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now(self.server_time(), &self.ui)
    }

    /// An instant of this machine by the clock of the command: see [`Clock::correct`].
    pub(crate) fn correct(&self, instant: Timestamp) -> Timestamp {
        self.clock.correct(instant, self.server_time(), &self.ui)
    }

    fn server_time(&self) -> Option<ServerTime> {
        self.clients.gitlab.get().and_then(GitLab::server_time)
    }

    /// The same with the clients of `other`, which has the same services: nobody is asked for a token
    /// twice.
    pub(crate) fn with_clients_of(self, other: Self) -> Self {
        Self { clients: other.clients, ..self }
    }

    /// The full path of the project that holds the audits' issues: where GitLab says that it is now,
    /// else where it is configured to be.
    pub(crate) fn audits_project(&self) -> &str {
        self.moved_project.get().unwrap_or(&self.config.audits_project)
    }

    /// Follows the audits' project to the path that GitLab gives for it, and says once that this is
    /// not the configured one.
    ///
    /// GitLab redirects reads of a project that was renamed or transferred, but refuses to write by
    /// its old path.
    pub(crate) fn follow_project(&self, path: &str) {
        let configured = &self.config.audits_project;
        let is_number = configured.parse::<u64>().is_ok();
        if is_number || path.eq_ignore_ascii_case(configured) {
            return;
        }
        if self.moved_project.set(path.to_owned()).is_ok() {
            self.ui.warn(&format!(
                "the project {configured} has moved to {path}, which is used instead; set `gitlab.audits_project` to it"
            ));
        }
    }

    /// GitLab, with the token for its host.
    pub(crate) async fn gitlab(&self) -> anyhow::Result<&GitLab> {
        let connect = async || Ok(GitLab::new(self.connect(Service::Gitlab).await?)?);
        self.clients.gitlab.get_or_try_init(connect).await
    }

    /// The user of GitLab's token, who is asked for once in a process.
    pub(crate) async fn user(&self) -> anyhow::Result<&User> {
        let ask = async || Ok(self.gitlab().await?.user().await?);
        self.clients.user.get_or_try_init(ask).await
    }

    /// What makes a client of `service`: its address and its token, which may be asked for.
    pub(crate) async fn connect(&self, service: Service) -> anyhow::Result<Options> {
        Ok(self.options(service, self.token(service).await?))
    }

    /// The day of [`Ctx::now`], in UTC.
    pub(crate) fn today(&self) -> Date {
        self.now().to_zoned(TimeZone::UTC).date()
    }

    /// Waits, unless the clock was set.
    pub(crate) async fn pause(&self, time: Duration) {
        if !self.clock.is_set() {
            tokio::time::sleep(time).await;
        }
    }

    /// The places where the token of `service` may be kept.
    pub(crate) fn token_store(&self, service: Service) -> TokenStore {
        TokenStore::new(&self.config, &self.ui, service)
    }

    /// The token of `service` for its host; asks for it where somebody is there to answer.
    async fn token(&self, service: Service) -> anyhow::Result<Token> {
        let store = self.token_store(service);
        let no_keyring = match store.find().await? {
            Stored::Found(token, _) => return Ok(token),
            Stored::Nothing => None,
            Stored::NoKeyring(reason) => Some(reason),
        };
        let (name, host) = (service.name(), store.host());
        if !self.ui.may_ask() {
            let message = format!("no {name} token for {host}");
            let missing = tokens::missing(service, no_keyring);
            return Err(anyhow::Error::new(missing).context(message));
        }
        let typed = TypedToken::new(self.ui.ask_secret(&format!("{name} token for {host}")).await?);
        if no_keyring.is_some() {
            return typed.token();
        }
        // A token that is refused is not kept: it would be taken the next time without a question.
        self.identify(service, typed.token()?).await?;
        if self.ui.ask("Keep it in the keyring?", true).await? {
            match store.keep(&typed).await {
                Ok(()) => self.ui.say(&format!("kept in the keyring for {host}")),
                Err(reason) => self.ui.warn(&format!("the token was not kept: {reason}")),
            }
        }
        typed.token()
    }

    /// Asks the service whose the token is, which fails for one that it refuses.
    pub(crate) async fn identify(
        &self,
        service: Service,
        token: Token,
    ) -> anyhow::Result<Identity> {
        tokens::identify(service, self.options(service, token)).await
    }

    /// The options of a client for `service`.
    fn options(&self, service: Service, token: Token) -> Options {
        let mut options = Options::new(self.config.url(service).clone(), Some(token));
        let ui = self.ui.clone();
        options.observer = Arc::new(move |wait| ui.report_wait(&wait));
        let ui = self.ui.clone();
        options.pages = Arc::new(move |page| ui.report_page(&page));
        if self.clock.is_set() {
            options.sleep = Sleep::Skipped;
        }
        if self.is_brief {
            options.timeout = BRIEF;
            options.attempts = 1;
        }
        options
    }
}
