//! The clock of a service, by the `Date` of its answers.

use std::time::Instant;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// The clock of a service at the moment when an answer arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerTime {
    /// The `Date` of the answer, to the second.
    pub date: Timestamp,
    /// When the answer arrived, by this machine.
    pub received_at: Instant,
}

impl ServerTime {
    /// The present time by the clock of the service.
    ///
    /// This machine's clock may be wrong by days, but the time since the answer is measured by one
    /// that nobody can set.
    pub fn now(&self) -> Timestamp {
        // A `Date` at the end of all time stays there.
        self.date.checked_add(self.received_at.elapsed()).unwrap_or(self.date)
    }
}

/// Parses a date of HTTP, such as that of `Date` (RFC 9110, section 5.6.7).
pub(crate) fn parse_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_clock_of_the_service_goes_on_after_the_answer() {
        let date = parse_date("Sun, 22 Nov 2026 12:00:00 GMT").unwrap();
        let received_at = Instant::now().checked_sub(Duration::from_secs(90)).unwrap();
        let now = ServerTime { date, received_at }.now();
        assert_eq!(now.to_string().get(..19), Some("2026-11-22T12:01:30"));
        let end = ServerTime { date: Timestamp::MAX, received_at };
        assert_eq!(end.now(), Timestamp::MAX);
    }

    #[test]
    fn what_is_not_a_date_of_http_is_none() {
        for text in ["", "soon", "2026-11-22T12:00:00Z", "Sun, 22 Nov", "99999999999"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
