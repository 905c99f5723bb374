//! How long the audit waits for answers.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

/// How long the audit waits for answers, and which days count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitPolicy {
    /// The wait for the person.
    pub person: SignedDuration,
    /// The wait for the manager and the Support Operations Manager.
    pub manager: SignedDuration,
    /// Whether Saturdays and Sundays do not count, in UTC.
    pub working_days: bool,
}

impl Default for WaitPolicy {
    fn default() -> Self {
        let wait = SignedDuration::from_hours(72);
        Self { person: wait, manager: wait, working_days: false }
    }
}

impl WaitPolicy {
    /// When a wait that begins at `start` ends.
    pub(crate) fn end(self, start: Timestamp, wait: SignedDuration) -> Timestamp {
        if !self.working_days {
            return start.checked_add(wait).unwrap_or(Timestamp::MAX);
        }
        let mut at = start.to_zoned(TimeZone::UTC);
        let mut left = wait;
        // A wait is a few days long, so the loop is short.
        while left.is_positive() {
            let Ok(tomorrow) = at.start_of_day().and_then(|day| day.checked_add(1.day())) else {
                return Timestamp::MAX;
            };
            if matches!(at.weekday(), Weekday::Saturday | Weekday::Sunday) {
                at = tomorrow;
                continue;
            }
            let today = at.duration_until(&tomorrow);
            if left <= today {
                return at.timestamp().checked_add(left).unwrap_or(Timestamp::MAX);
            }
            left -= today;
            at = tomorrow;
        }
        at.timestamp()
    }
}
