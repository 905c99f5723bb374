//! The hidden line that identifies our issues and comments.
//!
//! A marker is an HTML comment on a line of its own, such as
//!
//! ```text
//! <!-- support-audit v1 KIND FY28-Q1 notice ask/link-missing/u0123456789abcdef+e89abcdef01234567/89abcdef/1/at=20270201T090000Z/due=20270204T090000Z/to=1001 -->
//! ```
//!
//! It names the version of its form, the kind, the period, and what the issue or comment is.
//! Values such as `people=41` follow, and one word for each *step* that the comment takes for a
//! finding.
//! A marker holds no untrusted text: only ids of checks, numbers, instants and digests.
//!
//! Readers skip unknown values and unknown parts of a step.
//! They also skip markers with an unknown version, kind or content, so that a later version may add
//! to them.

mod action;
mod content;
mod key;
mod step;

pub use self::action::{StepAction, WithdrawalReason};
pub use self::content::{Content, ReportMark, ReviewMark, Sizes, SourceDigests};
pub use self::key::{Key, KeyKind};
pub use self::step::Step;

use std::fmt;

use pulldown_cmark::{Event, Parser, Tag};

use self::key::is_hex;
use crate::calendar::Period;
use crate::identity::KEY_LENGTH;
use crate::kinds::Kind;

/// The audit that a marker belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkerHeader {
    /// The audited system.
    pub kind: Kind,
    /// The audit's period.
    pub period: Period,
}

/// What the hidden line of an issue or a comment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// The audit.
    pub header: MarkerHeader,
    /// What the issue or comment is.
    pub content: Content,
    /// The digests of what it was derived from.
    pub sources: SourceDigests,
    /// Sizes that the operator accepts although they are much smaller than the recorded ones.
    pub accepted: Sizes,
}

/// The beginning of every marker.
const OPENING: &str = "<!-- support-audit ";

/// The version of the form that is written.
const VERSION: &str = "v1";

impl MarkerHeader {
    /// The marker of an issue or a comment of this audit.
    pub fn with(self, content: Content) -> Marker {
        Marker {
            header: self,
            content,
            sources: SourceDigests::default(),
            accepted: Sizes::default(),
        }
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MarkerHeader { kind, period } = self.header;
        let content = self.content.as_str();
        write!(formatter, "{OPENING}{VERSION} {} {period} {content}", kind.spec().id)?;
        match &self.content {
            Content::Issue => {}
            Content::Report(report) => {
                let ReportMark { people, accounts, is_complete, part, .. } = report;
                write!(formatter, " people={people}")?;
                if let Some(accounts) = accounts {
                    write!(formatter, " accounts={accounts} complete={}", yes_or_no(*is_complete))?;
                }
                for (name, count) in [
                    ("invitations", report.invitations),
                    ("findings", report.findings),
                    ("outsiders", report.outsiders),
                ] {
                    if let Some(count) = count {
                        write!(formatter, " {name}={count}")?;
                    }
                }
                if let Some((number, count)) = part {
                    write!(formatter, " part={number}/{count}")?;
                }
            }
            Content::Notice(steps) | Content::Record(steps) | Content::Removal(steps) => {
                for step in steps {
                    write!(formatter, " {step}")?;
                }
            }
            Content::Review(ReviewMark { is_complete, state, reviewer }) => {
                write!(formatter, " complete={} state={state}", yes_or_no(*is_complete))?;
                if let Some(id) = reviewer {
                    write!(formatter, " to={id}")?;
                }
            }
        }
        if let Some(people) = self.accepted.roster {
            write!(formatter, " accepted-roster={people}")?;
        }
        if let Some(accounts) = self.accepted.accounts {
            write!(formatter, " accepted-accounts={accounts}")?;
        }
        if let Some(digest) = &self.sources.roster {
            write!(formatter, " roster-sha256={digest}")?;
        }
        if let Some(digest) = &self.sources.accounts {
            write!(formatter, " accounts-sha256={digest}")?;
        }
        formatter.write_str(" -->")
    }
}

fn yes_or_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

impl Marker {
    /// Parses a line that consists of a marker.
    pub fn parse(line: &str) -> Option<Self> {
        let words = line.trim_end().strip_prefix("<!-- ")?.strip_suffix("-->")?;
        let mut words = words.split_ascii_whitespace();
        if (words.next()?, words.next()?) != ("support-audit", VERSION) {
            return None;
        }
        let (kind, period, content) = (words.next()?, words.next()?, words.next()?);
        let header = MarkerHeader { kind: Kind::from_id(kind)?, period: period.parse().ok()? };
        let words: Vec<&str> = words.collect();
        let value =
            |name: &str| words.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        let number = |name| value(name).and_then(|count| count.parse().ok());
        let steps = || words.iter().filter_map(|word| Step::parse(word)).collect();
        let content = match content {
            "issue" => Content::Issue,
            "report" => Content::Report(ReportMark {
                people: value("people")?.parse().ok()?,
                accounts: number("accounts"),
                is_complete: value("complete") == Some("yes"),
                invitations: number("invitations"),
                findings: number("findings"),
                outsiders: number("outsiders"),
                part: value("part").and_then(parse_part),
            }),
            "notice" => Content::Notice(steps()),
            "record" => Content::Record(steps()),
            "removal" => Content::Removal(steps()),
            "review" => Content::Review(ReviewMark {
                is_complete: value("complete") == Some("yes"),
                state: value("state").unwrap_or_default().to_owned(),
                reviewer: value("to").and_then(|id| id.parse().ok()),
            }),
            _ => return None,
        };
        let digest = |name| value(name).filter(|text| is_hex(text, KEY_LENGTH)).map(str::to_owned);
        let sources =
            SourceDigests { roster: digest("roster-sha256"), accounts: digest("accounts-sha256") };
        let accepted = Sizes {
            roster: value("accepted-roster").and_then(|size| size.parse().ok()),
            accounts: value("accepted-accounts").and_then(|size| size.parse().ok()),
        };
        Some(Self { header, content, sources, accepted })
    }

    /// The markers in a description or a comment, in their order.
    ///
    /// A marker has to be at column 0 and an HTML block of its own.
    /// A quoted marker, or one in a list or in code, was copied by somebody.
    /// Text above or below it changes nothing.
    pub fn find_all(text: &str) -> Vec<Self> {
        // Most comments have no marker, and need no parser.
        if !text.contains(OPENING) {
            return Vec::new();
        }
        let mut depth = 0_usize;
        let mut markers = Vec::new();
        for (event, range) in Parser::new(text).into_offset_iter() {
            match event {
                Event::Start(Tag::HtmlBlock) if depth == 0 => {
                    let block = text.get(range).unwrap_or_default();
                    // A comment that was opened above our line swallows it, and the line is not a
                    // block then.
                    if block.starts_with(OPENING) {
                        markers.extend(block.lines().next().and_then(Self::parse));
                    }
                    depth += 1;
                }
                Event::Start(_) => depth += 1,
                Event::End(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        markers
    }

    /// The marker of a comment: the last one in it.
    pub fn of_comment(body: &str) -> Option<Self> {
        Self::find_all(body).pop()
    }
}

fn parse_part(text: &str) -> Option<(usize, usize)> {
    let (number, count) = text.split_once('/')?;
    Some((number.parse().ok()?, count.parse().ok()?))
}

#[cfg(test)]
mod tests;
