//! The hidden line by which our own issues and comments are known.
//!
//! A marker is an HTML comment on a line of its own, the last of a comment:
//! `<!-- support-audit v1 calendly FY28-Q1 ask outsider:0123456789abcdef:89abcdef:1 -->`.
//! It holds the version of its form, the kind, the period and what it marks; then, for each finding
//! that the comment speaks of, the check, digests of all that its subject is known by, a digest of
//! the evidence, and the round; and values such as `people=41`.
//! No untrusted text is in it.
//! Readers skip words that they do not know, and markers of a version that they do not know.

use std::collections::BTreeMap;
use std::fmt;

use crate::calendar::Period;
use crate::identity::{EVIDENCE_LENGTH, KEY_LENGTH};
use crate::kinds::Kind;

/// What is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Marked {
    /// The issue of an audit.
    Issue,
    /// A comment that records the audited population.
    Report,
    /// A comment that asks the one whom findings are about.
    Ask,
    /// A comment that asks the manager and the Support Operations Manager.
    Escalate,
    /// A comment that tells of findings which are not found any more.
    Fixed,
    /// A comment that tells of findings which do not count any more.
    Withdrawn,
    /// A comment in which an operator accepts what was answered.
    Accept,
    /// A comment in which an operator decides about an outsider.
    Decide,
    /// A comment that records that somebody was asked outside the issue.
    Sent,
    /// A comment that records an answer that was given outside the issue.
    Answered,
    /// A comment that records that an account was removed.
    Removed,
    /// A comment that asks a manager to review the audit.
    Review,
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

/// A finding as a marker names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item {
    /// The check's id, which may be one that we do not know.
    pub check: String,
    /// The digests of all that the subject was known by: see [`key_digest`].
    pub keys: Vec<String>,
    /// The digest of what the check saw: see [`digest`].
    pub evidence: String,
    /// The round in which it was asked, from 1.
    pub round: u32,
}

/// A comment's whole marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What says that it is ours.
    pub marker: Marker,
    /// The findings that the comment speaks of.
    pub items: Vec<Item>,
    /// Further words of the form `key=value`.
    pub values: BTreeMap<String, String>,
}

impl Marked {
    const ALL: [Self; 12] = [
        Self::Issue,
        Self::Report,
        Self::Ask,
        Self::Escalate,
        Self::Fixed,
        Self::Withdrawn,
        Self::Accept,
        Self::Decide,
        Self::Sent,
        Self::Answered,
        Self::Removed,
        Self::Review,
    ];

    /// The word for it in markers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Report => "report",
            Self::Ask => "ask",
            Self::Escalate => "escalate",
            Self::Fixed => "fixed",
            Self::Withdrawn => "withdrawn",
            Self::Accept => "accept",
            Self::Decide => "decide",
            Self::Sent => "sent",
            Self::Answered => "answered",
            Self::Removed => "removed",
            Self::Review => "review",
        }
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        Mark::from(*self).fmt(formatter)
    }
}

impl fmt::Display for Item {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { check, keys, evidence, round } = self;
        write!(formatter, "{check}:{}:{evidence}:{round}", keys.join("+"))
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Marker { kind, period, marked } = self.marker;
        let (kind, marked) = (kind.spec().id, marked.as_str());
        write!(formatter, "<!-- support-audit v1 {kind} {period} {marked}")?;
        for item in &self.items {
            write!(formatter, " {item}")?;
        }
        for (key, value) in &self.values {
            write!(formatter, " {key}={value}")?;
        }
        formatter.write_str(" -->")
    }
}

impl From<Marker> for Mark {
    fn from(marker: Marker) -> Self {
        Self { marker, items: Vec::new(), values: BTreeMap::new() }
    }
}

impl Marker {
    /// Reads a line that is a marker and nothing else.
    pub fn of_line(line: &str) -> Option<Self> {
        Mark::of_line(line).map(|mark| mark.marker)
    }

    /// The marker of something else of the same audit.
    #[must_use]
    pub fn of(self, marked: Marked) -> Self {
        Self { marked, ..self }
    }
}

impl Item {
    fn of_word(word: &str) -> Option<Self> {
        let mut parts = word.split(':');
        let (check, keys, evidence, round) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let is_hex = |text: &str, length| {
            text.len() == length && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
        };
        let keys: Vec<String> = keys.split('+').map(str::to_owned).collect();
        let is_item = !check.is_empty()
            && keys.iter().all(|key| is_hex(key, KEY_LENGTH))
            && is_hex(evidence, EVIDENCE_LENGTH);
        let round = round.parse().ok().filter(|round| (1..=MAX_ROUND).contains(round))?;
        is_item.then(|| Self {
            check: check.to_owned(),
            keys,
            evidence: evidence.to_owned(),
            round,
        })
    }
}

impl Mark {
    /// The same mark with one more value.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl fmt::Display) -> Self {
        self.values.insert(key.to_owned(), format!("{value}"));
        self
    }

    /// Reads a line that is a marker and nothing else.
    pub fn of_line(line: &str) -> Option<Self> {
        let words = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
        let mut words = words.split_ascii_whitespace();
        if (words.next()?, words.next()?) != ("support-audit", "v1") {
            return None;
        }
        let (kind, period, what) = (words.next()?, words.next()?, words.next()?);
        let marker = Marker {
            kind: Kind::ALL.into_iter().find(|it| it.spec().id == kind)?,
            period: period.parse().ok()?,
            marked: Marked::ALL.into_iter().find(|it| it.as_str() == what)?,
        };
        let mut mark = Self::from(marker);
        for word in words {
            match word.split_once('=') {
                Some((key, value)) => drop(mark.values.insert(key.to_owned(), value.to_owned())),
                None => mark.items.extend(Item::of_word(word)),
            }
        }
        Some(mark)
    }

    /// The marker of a comment: its last line that is not blank.
    pub fn of_comment(body: &str) -> Option<Self> {
        body.lines().rev().find(|line| !line.trim().is_empty()).and_then(Self::of_line)
    }

    /// The marker of a comment of the audit that `marker` marks something of.
    pub fn of_audit(marker: Marker, body: &str) -> Option<Self> {
        Self::of_comment(body).filter(|mark| mark.marker == marker.of(mark.marker.marked))
    }

    /// The number that a value is.
    pub fn number(&self, key: &str) -> Option<usize> {
        self.values.get(key)?.parse().ok()
    }
}

/// More rounds than an audit ever has: a larger number was not written by us.
const MAX_ROUND: u32 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{SubjectId, digest, key_digest};

    fn marker(marked: Marked) -> Marker {
        Marker { kind: Kind::Calendly, period: "FY28-Q1".parse().unwrap(), marked }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for marked in Marked::ALL {
            let item = |check: &str, keys: &[SubjectId], round| Item {
                check: check.to_owned(),
                keys: keys.iter().map(key_digest).collect(),
                evidence: digest("user"),
                round,
            };
            let mark = Mark {
                items: vec![
                    item("outsider", &[SubjectId::Email("a@b.example".to_owned())], 1),
                    item(
                        "link-x",
                        &[SubjectId::GitLabId(7), SubjectId::Name("ada".to_owned())],
                        12,
                    ),
                ],
                ..Mark::from(marker(marked)).with("people", 41).with("part", "1/3")
            };
            assert_eq!(Mark::of_line(&mark.to_string()), Some(mark.clone()));
            assert_eq!(Mark::of_comment(&format!("Text.\n\n{mark}\n \n")), Some(mark.clone()));
            assert_eq!(Marker::of_line(&mark.to_string()), Some(marker(marked)));
            assert_eq!(mark.number("people"), Some(41));
        }
    }

    #[test]
    fn unknown_words_are_skipped() {
        let line = "  <!--support-audit v1 calendly FY28-Q1 report round x:y a:b:c:d link-missing:0123456789abcdef:89abcdef:0 outsider:0123456789abcdef:89abcdef:2:new -->\r";
        let mark = Mark::of_line(line).unwrap();
        assert_eq!(mark.marker, marker(Marked::Report));
        let items: Vec<_> = mark.items.iter().map(|it| (&*it.check, it.round)).collect();
        assert_eq!(items, [("outsider", 2)]);
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
        assert_eq!(Mark::of_comment(&quoted), None);
    }
}
