//! The clock; nothing else reads one.

use jiff::Timestamp;

use crate::config::{Config, variable};
use crate::error::{Exit, Failure};

/// The variable that sets the clock for tests and demonstrations.
pub(crate) const NOW_VARIABLE: &str = "SUPPORT_AUDIT_NOW";

/// The present instant, and whether it was set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    pub(crate) now: Timestamp,
    /// Whether the clock was set, so that time does not pass.
    pub(crate) is_set: bool,
}

impl Clock {
    /// Reads the clock.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub(crate) fn read(config: &Config) -> anyhow::Result<Self> {
        match variable(NOW_VARIABLE)? {
            None => Ok(Self { now: Timestamp::now(), is_set: false }),
            Some(text) => Ok(Self { now: set_clock(&text, config)?, is_set: true }),
        }
    }
}

/// The instant that was set.
fn set_clock(text: &str, config: &Config) -> anyhow::Result<Timestamp> {
    if !config.gitlab_url.is_loopback() || !config.calendly_url.is_loopback() {
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
