//! What an issue or a comment of ours is, with what its marker records.

use super::step::Step;

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
