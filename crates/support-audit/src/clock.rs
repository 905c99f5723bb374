//! The clock, where it was set.

use jiff::Timestamp;

use crate::config::Config;
use crate::error::{Exit, Failure};

/// The variable that sets the clock for tests and demonstrations.
pub(crate) const NOW_VARIABLE: &str = "SUPPORT_AUDIT_NOW";

/// The instant that was set.
pub(crate) fn set_clock(text: &str, config: &Config) -> anyhow::Result<Timestamp> {
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
