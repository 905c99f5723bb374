//! Writes days and instants as people read them, always in UTC.
//!
//! Notices, letters, the review and `status` use these forms, so that an instant reads the same
//! everywhere.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A day or an instant in one of the forms below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateText(String);

impl fmt::Display for DateText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The day of an instant, in UTC.
pub(crate) fn date_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// An instant to the minute, as in `Thursday 4 February 2027, 09:00 UTC`: the end of a wait.
pub(crate) fn deadline(at: Timestamp) -> DateText {
    DateText(at.strftime("%A %-d %B %Y, %H:%M UTC").to_string())
}

/// An instant to the minute in figures, as in `2027-02-04 09:00 UTC`: when sources were read.
pub(crate) fn minute(at: Timestamp) -> DateText {
    DateText(at.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// An instant in a line of a table, as in `Thu 4 Feb 09:00 UTC`.
pub(crate) fn short_deadline(at: Timestamp) -> DateText {
    DateText(at.strftime("%a %-d %b %H:%M UTC").to_string())
}

/// A day with its weekday, as in `Thursday 4 February 2027`.
pub(crate) fn weekday(day: Date) -> DateText {
    DateText(day.strftime("%A %-d %B %Y").to_string())
}

/// A day, as in `4 February 2027`.
pub(crate) fn long_day(day: Date) -> DateText {
    DateText(day.strftime("%-d %B %Y").to_string())
}

/// A day of this audit, as in `4 February`.
pub(crate) fn day_and_month(day: Date) -> DateText {
    DateText(day.strftime("%-d %B").to_string())
}

/// A day of this audit in a table, as in `4 Feb`.
pub(crate) fn short_day(day: Date) -> DateText {
    DateText(day.strftime("%-d %b").to_string())
}

/// How far an instant is ahead or back, as in `in 2 days` or `3 hours ago`.
pub(crate) fn relative(at: Timestamp, now: Timestamp) -> String {
    let hours = at.duration_since(now).as_hours();
    let count = hours.unsigned_abs();
    let span = match count {
        0 => return "now".to_owned(),
        1 => "1 hour".to_owned(),
        2..48 => format!("{count} hours"),
        _ => format!("{} days", count / 24),
    };
    if hours > 0 { format!("in {span}") } else { format!("{span} ago") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_instants_read_as_people_write_them() {
        let at: Timestamp = "2027-02-04T09:00:59Z".parse().unwrap();
        let day = date_of(at);
        assert_eq!(deadline(at).to_string(), "Thursday 4 February 2027, 09:00 UTC");
        assert_eq!(minute(at).to_string(), "2027-02-04 09:00 UTC");
        assert_eq!(short_deadline(at).to_string(), "Thu 4 Feb 09:00 UTC");
        assert_eq!(weekday(day).to_string(), "Thursday 4 February 2027");
        assert_eq!(long_day(day).to_string(), "4 February 2027");
        assert_eq!(day_and_month(day).to_string(), "4 February");
        assert_eq!(short_day(day).to_string(), "4 Feb");
    }

    #[test]
    fn a_distance_in_time_is_rounded_down() {
        let now: Timestamp = "2027-02-01T09:00:00Z".parse().unwrap();
        for (at, expected) in [
            ("2027-02-04T09:00:00Z", "in 3 days"),
            ("2027-02-03T08:59:59Z", "in 47 hours"),
            ("2027-02-01T10:00:00Z", "in 1 hour"),
            ("2027-02-01T09:30:00Z", "now"),
            ("2027-02-01T07:00:00Z", "2 hours ago"),
        ] {
            assert_eq!(relative(at.parse().unwrap(), now), expected, "{at}");
        }
    }
}
