//! The calendar of audits: fiscal quarters, and the days on which audits are due.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan as _;
use jiff::civil::Date;

/// When the fiscal year starts, and in which of its quarters an audit takes place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    start_month: i8,
    quarters: Vec<i8>,
}

/// A fiscal quarter, as in `FY28-Q1`.
///
/// A fiscal year is named for the calendar year in which it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    year: i16,
    quarter: i8,
}

impl Default for Calendar {
    /// GitLab's calendar: a year that starts in February, with audits in the first and third
    /// quarter.
    fn default() -> Self {
        Self { start_month: 2, quarters: vec![1, 3] }
    }
}

impl Calendar {
    /// A calendar whose fiscal year starts on the first day of `start_month` (1 to 12), with an
    /// audit in each of `quarters` (1 to 4); `None` if a number is out of range.
    pub fn new(start_month: i8, quarters: &[i8]) -> Option<Self> {
        let is_one = (1..=12).contains(&start_month)
            && !quarters.is_empty()
            && quarters.iter().all(is_quarter);
        is_one.then(|| Self { start_month, quarters: quarters.to_vec() })
    }

    /// The quarter that contains `date`.
    pub fn period(&self, date: Date) -> Period {
        let months = (date.month() - self.start_month).rem_euclid(12);
        let starts_next_year = date.month() >= self.start_month && self.start_month > 1;
        Period { year: date.year() + i16::from(starts_next_year), quarter: months / 3 + 1 }
    }

    /// The audit of `date`: that of its quarter if there is one, otherwise the next.
    pub fn audit(&self, date: Date) -> Period {
        let current = self.period(date);
        let mut period = current;
        while !self.quarters.contains(&period.quarter) {
            period = period.next();
        }
        period
    }

    /// The last period with an audit that ended before `date`.
    pub fn overdue(&self, date: Date) -> Period {
        let mut period = self.period(date).previous();
        while !self.quarters.contains(&period.quarter) {
            period = period.previous();
        }
        period
    }

    /// Whether `period` has an audit.
    pub fn is_audited(&self, period: Period) -> bool {
        self.quarters.contains(&period.quarter)
    }

    /// The first day of `period`.
    pub fn start(&self, period: Period) -> Date {
        let months = i16::from(self.start_month) - 1 + 3 * (i16::from(period.quarter) - 1);
        let first_year = period.year - i16::from(self.start_month > 1);
        let month = i8::try_from(months % 12).unwrap_or_default() + 1;
        Date::new(first_year + months / 12, month, 1).unwrap_or(Date::MAX)
    }

    /// The last day of `period`.
    pub fn end(&self, period: Period) -> Date {
        self.start(period.next()).yesterday().unwrap_or(Date::MAX)
    }

    /// When an audit of `period` that begins on `today` is due.
    ///
    /// This is one month after the later of today and the start of the period, but no later than
    /// its end.
    /// The end of a period that is over does not count.
    pub fn due(&self, period: Period, today: Date) -> Date {
        let month_later = today.max(self.start(period)).saturating_add(1.month());
        let end = self.end(period);
        if end < today { month_later } else { month_later.min(end) }
    }
}

impl Period {
    /// The quarter of a fiscal year; `None` if the number is out of range.
    pub fn new(year: i16, quarter: i8) -> Option<Self> {
        is_quarter(&quarter).then_some(Self { year, quarter })
    }

    fn previous(self) -> Self {
        match self.quarter {
            1 => Self { year: self.year - 1, quarter: 4 },
            quarter => Self { quarter: quarter - 1, ..self },
        }
    }

    fn next(self) -> Self {
        match self.quarter {
            4 => Self { year: self.year + 1, quarter: 1 },
            quarter => Self { quarter: quarter + 1, ..self },
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "it is handed to `all`")]
fn is_quarter(quarter: &i8) -> bool {
    (1..=4).contains(quarter)
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FY{:02}-Q{}", self.year.rem_euclid(100), self.quarter)
    }
}

/// Why a text is not a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPeriod;

impl fmt::Display for NoPeriod {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a period is written like FY28-Q1")
    }
}

impl std::error::Error for NoPeriod {}

impl FromStr for Period {
    type Err = NoPeriod;

    /// Parses `FY28-Q1` in upper or lower case. The year is one of this century.
    fn from_str(text: &str) -> Result<Self, NoPeriod> {
        let text = text.to_ascii_uppercase();
        let (year, quarter) =
            text.strip_prefix("FY").and_then(|rest| rest.split_once("-Q")).ok_or(NoPeriod)?;
        let is_number = |text: &str, length| {
            text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !is_number(year, 2) || !is_number(quarter, 1) {
            return Err(NoPeriod);
        }
        let year: i16 = year.parse().map_err(|_| NoPeriod)?;
        Self::new(2000 + year, quarter.parse().map_err(|_| NoPeriod)?).ok_or(NoPeriod)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn gitlab() -> Calendar {
        Calendar::new(2, &[1, 3]).unwrap()
    }

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn quarters_of_a_year_that_starts_in_february() {
        for (day, expected) in [
            (date(2026, 1, 31), "FY26-Q4"),
            (date(2026, 2, 1), "FY27-Q1"),
            (date(2026, 4, 30), "FY27-Q1"),
            (date(2026, 5, 1), "FY27-Q2"),
            (date(2026, 8, 1), "FY27-Q3"),
            (date(2026, 11, 22), "FY27-Q4"),
            (date(2027, 1, 31), "FY27-Q4"),
            (date(2027, 2, 1), "FY28-Q1"),
        ] {
            assert_eq!(gitlab().period(day).to_string(), expected, "{day}");
        }
    }

    #[test]
    fn quarters_of_other_years() {
        let calendar_year = Calendar::new(1, &[2]).unwrap();
        assert_eq!(calendar_year.period(date(2026, 12, 31)).to_string(), "FY26-Q4");
        assert_eq!(calendar_year.start(period("FY26-Q1")), date(2026, 1, 1));
        let october = Calendar::new(10, &[1]).unwrap();
        assert_eq!(october.period(date(2026, 10, 1)).to_string(), "FY27-Q1");
        assert_eq!(october.period(date(2026, 9, 30)).to_string(), "FY26-Q4");
        assert_eq!(october.end(period("FY27-Q1")), date(2026, 12, 31));
    }

    #[test]
    fn the_audit_of_a_day_is_the_current_or_the_next() {
        assert_eq!(gitlab().audit(date(2026, 11, 22)), period("FY28-Q1"));
        assert_eq!(gitlab().audit(date(2027, 2, 1)), period("FY28-Q1"));
        assert_eq!(gitlab().audit(date(2027, 5, 1)), period("FY28-Q3"));
        assert!(gitlab().is_audited(period("FY28-Q3")) && !gitlab().is_audited(period("FY28-Q2")));
    }

    #[test]
    fn the_overdue_audit_is_the_last_that_is_over() {
        assert_eq!(gitlab().overdue(date(2026, 11, 22)), period("FY27-Q3"));
        assert_eq!(gitlab().overdue(date(2026, 10, 31)), period("FY27-Q1"));
        assert_eq!(gitlab().overdue(date(2026, 2, 1)), period("FY26-Q3"));
    }

    #[test]
    fn due_a_month_after_it_can_begin_and_within_the_quarter() {
        let due = |text, today| gitlab().due(period(text), today);
        assert_eq!(due("FY28-Q1", date(2026, 11, 22)), date(2027, 3, 1));
        assert_eq!(due("FY28-Q1", date(2027, 2, 10)), date(2027, 3, 10));
        assert_eq!(due("FY28-Q1", date(2027, 4, 20)), date(2027, 4, 30));
        assert_eq!(due("FY28-Q3", date(2027, 8, 31)), date(2027, 9, 30));
        assert_eq!(due("FY27-Q3", date(2026, 11, 22)), date(2026, 12, 22));
    }

    #[test]
    fn what_is_no_period() {
        for text in ["", "FY28", "FY28-Q0", "FY28-Q5", "FY2028-Q1", "28-Q1", "FY+8-Q1", "FY28-Q1 "]
        {
            assert_eq!(text.parse::<Period>(), Err(NoPeriod), "{text}");
        }
        assert_eq!(period("fy28-q1"), Period::new(2028, 1).unwrap());
        assert_eq!(Calendar::new(0, &[1]), None);
        assert_eq!(Calendar::new(2, &[]), None);
        assert_eq!(Calendar::new(2, &[1, 5]), None);
    }

    proptest! {
        #[test]
        fn every_day_lies_in_its_quarter(
            start in 1_i8..=12, year in 2001_i16..2098, month in 1_i8..=12, day in 1_i8..=28
        ) {
            let calendar = Calendar::new(start, &[1, 3]).unwrap();
            let day = date(year, month, day);
            let period = calendar.period(day);
            prop_assert!(calendar.start(period) <= day && day <= calendar.end(period));
            prop_assert_eq!(calendar.period(calendar.end(period)), period);
            prop_assert_eq!(period.to_string().parse::<Period>().unwrap(), period);
            let audit = calendar.audit(day);
            prop_assert!(calendar.is_audited(audit) && audit >= period);
            prop_assert!(calendar.due(audit, day) >= day);
            prop_assert!(calendar.end(calendar.overdue(day)) < day);
        }
    }
}
