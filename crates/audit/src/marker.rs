//! The hidden line by which our own issues and comments are known.
//!
//! A marker is an HTML comment on a line of its own: `<!-- support-audit v1 calendly FY28-Q1 report -->`.
//! It holds the version of its form, the kind, the period, and what it marks; no foreign text is in
//! it.
//! Readers skip words behind these that they do not know, and markers of a version that they do not
//! know.

use std::fmt;

use crate::calendar::Period;
use crate::kinds::Kind;

/// What is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marked {
    /// The issue of an audit.
    Issue,
    /// A comment that records the audited population.
    Report,
}

/// What says that an issue or a comment is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    /// Which system is audited.
    pub kind: Kind,
    /// The audit's period.
    pub period: Period,
    /// What is marked.
    pub marked: Marked,
}

impl Marked {
    const ALL: [Self; 2] = [Self::Issue, Self::Report];

    const fn word(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Report => "report",
        }
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, period, marked } = self;
        write!(formatter, "<!-- support-audit v1 {} {period} {} -->", kind.spec().id, marked.word())
    }
}

impl Marker {
    /// Reads a line that is a marker and nothing else.
    pub fn of_line(line: &str) -> Option<Self> {
        let words = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
        let mut words = words.split_ascii_whitespace();
        if (words.next()?, words.next()?) != ("support-audit", "v1") {
            return None;
        }
        let (kind, period, marked) = (words.next()?, words.next()?, words.next()?);
        Some(Self {
            kind: Kind::ALL.into_iter().find(|it| it.spec().id == kind)?,
            period: period.parse().ok()?,
            marked: Marked::ALL.into_iter().find(|it| it.word() == marked)?,
        })
    }

    /// The marker of a comment: its last line that is not blank.
    pub fn of_comment(body: &str) -> Option<Self> {
        body.lines().rev().find(|line| !line.trim().is_empty()).and_then(Self::of_line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(marked: Marked) -> Marker {
        Marker { kind: Kind::Calendly, period: "FY28-Q1".parse().unwrap(), marked }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for marked in Marked::ALL {
            let marker = marker(marked);
            assert_eq!(Marker::of_line(&marker.to_string()), Some(marker));
            assert_eq!(Marker::of_comment(&format!("Text.\n\n{marker}\n \n")), Some(marker));
        }
    }

    #[test]
    fn unknown_words_behind_are_skipped() {
        let line = "  <!--support-audit v1 calendly FY28-Q1 report round=2 x:y-->\r";
        assert_eq!(Marker::of_line(line), Some(marker(Marked::Report)));
    }

    #[test]
    fn what_is_no_marker() {
        for line in [
            "",
            "<!-- support-audit v1 calendly FY28-Q1 report",
            "<!-- support-audit v2 calendly FY28-Q1 report -->",
            "<!-- support-audit v1 pagerduty FY28-Q1 report -->",
            "<!-- support-audit v1 calendly FY28-Q9 report -->",
            "<!-- support-audit v1 calendly FY28-Q1 -->",
            "<!-- support-audit v1 calendly FY28-Q1 dance -->",
            "> <!-- support-audit v1 calendly FY28-Q1 report -->",
        ] {
            assert_eq!(Marker::of_line(line), None, "{line}");
        }
        let quoted = format!("{}\n\nno longer the last line", marker(Marked::Report));
        assert_eq!(Marker::of_comment(&quoted), None);
    }
}
