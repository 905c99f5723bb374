//! The clock: GitLab's, else this machine's, unless another was set; nothing else reads one.

use std::sync::{Once, OnceLock};

use api::ServerTime;
use clap::ValueEnum as _;
use jiff::{SignedDuration, Timestamp};

use crate::config::{Config, variable};
use crate::error::{Exit, Failure};
use crate::tokens::Service;
use crate::ui::Ui;

/// The variable that sets the clock for tests and demonstrations.
pub(crate) const NOW_VARIABLE: &str = "SUPPORT_AUDIT_NOW";

/// How far this machine's clock may be from GitLab's before that is reported.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// The clock of one command.
#[derive(Debug)]
pub(crate) struct Clock {
    /// When the command began: by this machine's clock, or the instant that was set.
    start: Timestamp,
    /// Whether the clock was set, so that time does not pass.
    is_set: bool,
    /// What GitLab's clock said when it was first asked for after an answer.
    server: OnceLock<ServerReading>,
    /// Whether the user knows that instants are by this machine's clock.
    machine_is_named: Once,
}

/// GitLab's clock at one instant, beside this machine's.
#[derive(Debug, Clone, Copy)]
struct ServerReading {
    now: Timestamp,
    /// By how much this machine's clock was ahead.
    lead: SignedDuration,
}

impl Clock {
    /// Reads the clock at the beginning of a command.
    ///
    /// # Errors
    ///
    /// The clock is set, but to no instant, or for services that are not on this machine.
    pub(crate) fn start(config: &Config) -> anyhow::Result<Self> {
        let set = variable(NOW_VARIABLE)?.map(|text| set_clock(&text, config)).transpose()?;
        Ok(Self {
            start: set.unwrap_or_else(machine_now),
            is_set: set.is_some(),
            server: OnceLock::new(),
            machine_is_named: Once::new(),
        })
    }

    /// Whether the clock was set: time does not pass and is not waited for.
    pub(crate) fn is_set(&self) -> bool {
        self.is_set
    }

    /// The instant of the command: the one that was set, else GitLab's once it has answered, which stays
    /// the same to the end of the command, else this machine's, which is reported.
    pub(crate) fn now(&self, server: Option<ServerTime>, ui: &Ui) -> Timestamp {
        if self.is_set {
            return self.start;
        }
        if let Some(reading) = self.read_server(server, ui) {
            return reading.now;
        }
        self.machine_is_named.call_once(|| {
            ui.say("GitLab has not told the time; instants are by this machine's clock");
        });
        self.start
    }

    /// An instant of this machine, such as a file's modification, by the clock of the command.
    ///
    /// It is not later than [`Clock::now`], whatever the file says.
    pub(crate) fn correct(
        &self,
        instant: Timestamp,
        server: Option<ServerTime>,
        ui: &Ui,
    ) -> Timestamp {
        let now = self.now(server, ui);
        let lead = match self.server.get() {
            Some(reading) if !self.is_set => reading.lead,
            _ => SignedDuration::ZERO,
        };
        // An instant that no calendar holds is none of a file's.
        instant.checked_sub(lead).map_or(now, |instant| instant.min(now))
    }

    fn read_server(&self, server: Option<ServerTime>, ui: &Ui) -> Option<ServerReading> {
        let server = server?;
        Some(*self.server.get_or_init(|| {
            let now = server.now();
            let lead = machine_now().duration_since(now);
            if lead.abs() > TOLERANCE {
                let difference = SignedDuration::from_mins(lead.abs().as_mins());
                let direction = if lead.is_positive() { "fast" } else { "slow" };
                ui.warn(&format!(
                    "this machine's clock is {difference:#} {direction}; GitLab's is used"
                ));
            }
            ServerReading { now, lead }
        }))
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn machine_now() -> Timestamp {
    Timestamp::now()
}

/// The instant that was set.
fn set_clock(text: &str, config: &Config) -> anyhow::Result<Timestamp> {
    let services = Service::value_variants();
    if !services.iter().all(|service| config.url(*service).is_loopback()) {
        let message = format!("{NOW_VARIABLE} is set, but the services are not on this machine");
        return Err(Failure::new(Exit::Usage, message)
            .hint(format!("unset {NOW_VARIABLE}"))
            .into());
    }
    text.parse().map_err(|_| {
        let message = format!("{NOW_VARIABLE} is no instant, such as 2026-11-22T10:00:00Z");
        Failure::new(Exit::Usage, message).into()
    })
}
