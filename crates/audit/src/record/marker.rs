//! The hidden line by which our issues and comments are known.
//!
//! A marker is an HTML comment on a line of its own, such as
//!
//! ```text
//! <!-- support-audit v1 calendly FY28-Q1 notice ask/link-missing/u0123456789abcdef+e89abcdef01234567/89abcdef/1/at=20270201T090000Z/due=20270204T090000Z/to=1001 -->
//! ```
//!
//! It names the version of its form, the kind, the period, and what the issue or comment is.
//! Then come values such as `people=41`, and one word for each *step* that the comment takes for a finding.
//! It holds no untrusted text: check ids, numbers, instants and digests only.
//!
//! Readers skip values and parts of a step that they do not know, and markers of a version, a kind or a
//! content that they do not know, so that a later version may add to them.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use pulldown_cmark::{Event, Parser, Tag};

use crate::calendar::Period;
use crate::identity::{EVIDENCE_LENGTH, KEY_LENGTH, SubjectId, key_digest};
use crate::kinds::Kind;

/// Which audit a marker belongs to.
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
    /// What it was derived from.
    pub sources: SourceDigests,
    /// Sizes that an operator accepts with it, though they are much smaller than those before.
    pub accepted: Sizes,
}

/// How many people and accounts an audit looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sizes {
    /// The people of the roster.
    pub roster: Option<usize>,
    /// The accounts.
    pub accounts: Option<usize>,
}

impl Sizes {
    /// These sizes, and those of `other` where there is none here.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { roster: self.roster.or(other.roster), accounts: self.accounts.or(other.accounts) }
    }
}

/// Digests of the files that a comment was derived from.
///
/// A file that comes back unchanged, copied anew, is no newer than the first comment that names its
/// digest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceDigests {
    /// The first sixteen hex digits of the SHA-256 of the roster's files.
    pub roster: Option<String>,
    /// The same of the file of accounts; nothing where a service was asked.
    pub accounts: Option<String>,
}

/// What an issue or a comment of ours is, with what its marker records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The audit's issue: the marker is in its description.
    Issue,
    /// A comment that records the audited population, never edited afterwards.
    Report(ReportMark),
    /// A notice: a comment that asks, escalates and reports what is settled.
    Notice(Vec<Step>),
    /// An operator's record: what they accepted, decided, asked again or recorded.
    Record(Vec<Step>),
    /// A comment that records removals from the audited system.
    Removal(Vec<Step>),
    /// A comment that asks for the review, or that says what keeps the audit from it.
    Review(ReviewMark),
}

/// What the marker of a report records about the population.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportMark {
    /// How many people the roster has.
    pub people: usize,
    /// How many accounts were read, if any were.
    pub accounts: Option<usize>,
    /// Whether the accounts were read completely.
    pub is_complete: bool,
    /// How many of the accounts are invitations.
    pub invitations: Option<usize>,
    /// How many findings there were.
    pub findings: Option<usize>,
    /// How many outsiders there were, where that was known.
    pub outsiders: Option<usize>,
    /// Which part of how many this comment is, where the report fills several.
    pub part: Option<(usize, usize)>,
}

/// What the marker of a review request records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReviewMark {
    /// Whether it claims that every finding is settled.
    pub is_complete: bool,
    /// A digest of every finding's state, which tells whether anything changed since.
    pub state: String,
    /// The user who is asked to review.
    pub reviewer: Option<u64>,
}

/// One act for one finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub action: StepAction,
    /// The check's id, which may be one that this version does not know.
    pub check: String,
    /// Everything by which the subject was known.
    pub keys: Vec<Key>,
    /// The digest of the account's own id, where the finding is about an account.
    pub account: Option<String>,
    /// The digest of what the check saw: see [`crate::identity::digest`].
    pub evidence: String,
    /// The round, from 1.
    pub round: u32,
    /// The instant of the act by GitLab's clock, to the second.
    pub at: Timestamp,
    /// The ids of the users who are mentioned for it, in this comment, wherever the mention is.
    ///
    /// For an escalation, the first is the one whose words answer: the manager, or the Support Operations
    /// Manager where no manager is mentioned.
    pub mentioned: Vec<u64>,
}

/// Something by which a subject was known, as a digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// What it is.
    pub kind: KeyKind,
    /// Its digest: see [`key_digest`].
    pub digest: String,
}

/// What a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// The id of a GitLab user.
    GitLabId,
    /// An e-mail address.
    Email,
    /// A name.
    Name,
    /// The organisation as a whole.
    Organization,
}

impl KeyKind {
    const ALL: [Self; 4] = [Self::GitLabId, Self::Email, Self::Name, Self::Organization];

    /// The letter that precedes the digest in a marker.
    const fn letter(self) -> char {
        match self {
            Self::GitLabId => 'u',
            Self::Email => 'e',
            Self::Name => 'n',
            Self::Organization => 'o',
        }
    }
}

impl Key {
    /// The key that a subject's id becomes in a marker.
    pub fn new(id: &SubjectId) -> Self {
        let kind = match id {
            SubjectId::GitLabId(_) => KeyKind::GitLabId,
            SubjectId::Email(_) => KeyKind::Email,
            SubjectId::Name(_) => KeyKind::Name,
            SubjectId::Organization => KeyKind::Organization,
        };
        Self { kind, digest: key_digest(id) }
    }

    fn parse(text: &str) -> Option<Self> {
        let letter = text.chars().next()?;
        let kind = KeyKind::ALL.into_iter().find(|kind| kind.letter() == letter)?;
        let digest = text.strip_prefix(letter).filter(|digest| is_hex(digest, KEY_LENGTH))?;
        Some(Self { kind, digest: digest.to_owned() })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.kind.letter(), self.digest)
    }
}

/// Why a finding no longer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WithdrawalReason {
    /// The person left the roster; if they come back, a new round begins.
    Left,
    /// The person or the account is excluded from the audit.
    Excluded,
    /// The check is switched off.
    Off,
}

impl WithdrawalReason {
    const ALL: [Self; 3] = [Self::Left, Self::Excluded, Self::Off];

    /// Its name in a marker.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Excluded => "excluded",
            Self::Off => "off",
        }
    }
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepAction {
    /// Asks the subject, who has until `due`; without `due` it is for the operators and has no clock.
    Ask {
        /// The end of the wait.
        due: Option<Timestamp>,
    },
    /// Asks the manager and the Support Operations Manager to help, until `due`.
    Escalate {
        /// The end of the wait.
        due: Option<Timestamp>,
    },
    /// Reports that the finding is fixed.
    Fixed,
    /// Reports that the finding no longer counts.
    Withdrawn {
        /// Why.
        reason: WithdrawalReason,
    },
    /// Reports that an outsider's account is gone without a decision.
    Gone,
    /// Records that an account was removed.
    Removed,
    /// Accepts the finding as it is.
    Accept,
    /// Keeps an outsider, up to and including the day before `until`.
    Keep {
        /// The first day on which the decision no longer counts.
        until: Option<Date>,
    },
    /// Decides that an outsider is to be removed.
    Remove,
    /// Ends the step's round, so that the subject is asked again in the next one.
    Again,
    /// Records that the subject was asked outside the issue at the step's instant.
    Sent {
        /// The end of the wait.
        due: Option<Timestamp>,
    },
    /// Records that the subject answered outside the issue.
    Answered,
}

/// The beginning of every marker.
const OPENING: &str = "<!-- support-audit ";

/// The version of the form that this module writes.
const VERSION: &str = "v1";

/// More rounds than an audit ever has: a larger number was not written by us.
const MAX_ROUND: u32 = 1_000_000;

impl MarkerHeader {
    /// The marker of something that belongs to this audit.
    pub fn with(self, content: Content) -> Marker {
        Marker {
            header: self,
            content,
            sources: SourceDigests::default(),
            accepted: Sizes::default(),
        }
    }
}

impl Content {
    /// Its name in a marker.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Report(_) => "report",
            Self::Notice(_) => "notice",
            Self::Record(_) => "record",
            Self::Removal(_) => "removal",
            Self::Review(_) => "review",
        }
    }

    /// The steps that the comment takes; empty for an issue, a report and a review.
    pub fn steps(&self) -> &[Step] {
        match self {
            Self::Notice(steps) | Self::Record(steps) | Self::Removal(steps) => steps,
            Self::Issue | Self::Report(_) | Self::Review(_) => &[],
        }
    }
}

impl StepAction {
    /// Its name in a marker.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ask { .. } => "ask",
            Self::Escalate { .. } => "escalate",
            Self::Fixed => "fixed",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Gone => "gone",
            Self::Removed => "removed",
            Self::Accept => "accept",
            Self::Keep { .. } => "keep",
            Self::Remove => "remove",
            Self::Again => "again",
            Self::Sent { .. } => "sent",
            Self::Answered => "answered",
        }
    }

    fn parse(name: &str, values: &StepValues) -> Option<Self> {
        let StepValues { due, until, reason, .. } = *values;
        Some(match name {
            "ask" => Self::Ask { due },
            "escalate" => Self::Escalate { due },
            "fixed" => Self::Fixed,
            "withdrawn" => Self::Withdrawn { reason: reason? },
            "gone" => Self::Gone,
            "removed" => Self::Removed,
            "accept" => Self::Accept,
            "keep" => Self::Keep { until },
            "remove" => Self::Remove,
            "again" => Self::Again,
            "sent" => Self::Sent { due },
            "answered" => Self::Answered,
            _ => return None,
        })
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

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, check, keys, account, evidence, round, at, mentioned } = self;
        let keys: Vec<String> = keys.iter().map(Key::to_string).collect();
        let (name, keys) = (action.as_str(), keys.join("+"));
        write!(formatter, "{name}/{check}/{keys}/{evidence}/{round}/at={}", compact(*at))?;
        if let Some(account) = account {
            write!(formatter, "/account={account}")?;
        }
        match action {
            StepAction::Ask { due: Some(due) }
            | StepAction::Escalate { due: Some(due) }
            | StepAction::Sent { due: Some(due) } => write!(formatter, "/due={}", compact(*due))?,
            StepAction::Keep { until: Some(until) } => write!(formatter, "/until={until}")?,
            StepAction::Withdrawn { reason } => write!(formatter, "/reason={}", reason.as_str())?,
            _ => {}
        }
        if !mentioned.is_empty() {
            let ids: Vec<String> = mentioned.iter().map(u64::to_string).collect();
            write!(formatter, "/to={}", ids.join("+"))?;
        }
        Ok(())
    }
}

/// The form of instants in markers.
const INSTANT: &str = "%Y%m%dT%H%M%SZ";

fn compact(instant: Timestamp) -> String {
    instant.strftime(INSTANT).to_string()
}

fn parse_instant(text: &str) -> Option<Timestamp> {
    let civil = jiff::civil::DateTime::strptime(INSTANT, text).ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The values of a step that are written with their names.
#[derive(Debug, Default)]
struct StepValues {
    at: Option<Timestamp>,
    due: Option<Timestamp>,
    until: Option<Date>,
    reason: Option<WithdrawalReason>,
    account: Option<String>,
    mentioned: Vec<u64>,
}

impl StepValues {
    /// Reads the values, passing over unknown ones.
    ///
    /// A known value that cannot be read makes the step unreadable: half of a step would mean something
    /// else.
    fn parse<'a>(parts: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut values = Self::default();
        for part in parts {
            match part.split_once('=') {
                Some(("at", value)) => values.at = Some(parse_instant(value)?),
                Some(("due", value)) => values.due = Some(parse_instant(value)?),
                Some(("until", value)) => values.until = Some(value.parse().ok()?),
                Some(("reason", value)) => {
                    let mut reasons = WithdrawalReason::ALL.into_iter();
                    values.reason = Some(reasons.find(|reason| reason.as_str() == value)?);
                }
                Some(("account", value)) => {
                    values.account = Some(is_hex(value, KEY_LENGTH).then(|| value.to_owned())?);
                }
                Some(("to", value)) => {
                    let ids: Result<Vec<u64>, _> = value.split('+').map(str::parse).collect();
                    values.mentioned = ids.ok()?;
                }
                _ => {}
            }
        }
        Some(values)
    }
}

impl Step {
    fn parse(word: &str) -> Option<Self> {
        let mut parts = word.split('/');
        let (name, check) = (parts.next()?, parts.next()?);
        let (keys, evidence, round) = (parts.next()?, parts.next()?, parts.next()?);
        let keys: Option<Vec<Key>> = keys.split('+').map(Key::parse).collect();
        let round = round.parse().ok().filter(|round| (1..=MAX_ROUND).contains(round))?;
        if !is_slug(check) || !is_hex(evidence, EVIDENCE_LENGTH) {
            return None;
        }
        let values = StepValues::parse(parts)?;
        Some(Self {
            action: StepAction::parse(name, &values)?,
            check: check.to_owned(),
            keys: keys?,
            account: values.account,
            evidence: evidence.to_owned(),
            round,
            at: values.at?,
            mentioned: values.mentioned,
        })
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a text is lower-case words joined by single hyphens, as kinds and checks are named.
fn is_slug(text: &str) -> bool {
    text.split('-').all(|word| {
        !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

impl Marker {
    /// Reads a line that is a marker and nothing else.
    pub fn parse(line: &str) -> Option<Self> {
        let words = line.trim_end().strip_prefix("<!-- ")?.strip_suffix("-->")?;
        let mut words = words.split_ascii_whitespace();
        if (words.next()?, words.next()?) != ("support-audit", VERSION) {
            return None;
        }
        let (kind, period, content) = (words.next()?, words.next()?, words.next()?);
        let header = MarkerHeader {
            kind: Kind::ALL.into_iter().find(|known| known.spec().id == kind)?,
            period: period.parse().ok()?,
        };
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
    /// Only a line at column 0 that Markdown takes for an HTML block of its own is one: what is quoted,
    /// in a list or in code was copied by somebody.
    /// Words above or below it change nothing.
    pub fn find_all(text: &str) -> Vec<Self> {
        // Most comments hold none, and need no parser.
        if !text.contains(OPENING) {
            return Vec::new();
        }
        let mut depth = 0_usize;
        let mut markers = Vec::new();
        for (event, range) in Parser::new(text).into_offset_iter() {
            match event {
                Event::Start(Tag::HtmlBlock) if depth == 0 => {
                    let block = text.get(range).unwrap_or_default();
                    // A comment that was opened above our line swallows it; then it is no block.
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
