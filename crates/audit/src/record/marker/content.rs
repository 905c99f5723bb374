//! What an issue or a comment of ours is, and what its marker records.

use super::step::Step;

/// The number of people and accounts in an audit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sizes {
    /// The number of people on the roster.
    pub roster: Option<usize>,
    /// The number of accounts.
    pub accounts: Option<usize>,
}

impl Sizes {
    /// These sizes, completed by those of `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { roster: self.roster.or(other.roster), accounts: self.accounts.or(other.accounts) }
    }
}

/// The digests of the files that a comment was derived from.
///
/// A file whose content comes back in a new copy is not newer than the first comment that names its
/// digest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceDigests {
    /// The first sixteen hex digits of the SHA-256 of the roster's files.
    pub roster: Option<String>,
    /// The same of the file of accounts; `None` if a service was asked.
    pub accounts: Option<String>,
}

/// What an issue or a comment of ours is, and what its marker records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The audit's issue. The marker is in its description.
    Issue,
    /// A comment that records the audited population, never edited afterwards.
    Report(ReportMark),
    /// A notice: a comment that asks, escalates and reports what is settled.
    Notice(Vec<Step>),
    /// An operator's record: what they accepted, decided, asked again or recorded.
    Record(Vec<Step>),
    /// A comment that records removals from the audited system.
    Removal(Vec<Step>),
    /// A comment that asks for the review, or that says why the audit is not ready for it.
    Review(ReviewMark),
}

/// What the marker of a report records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportMark {
    /// The number of people on the roster.
    pub people: usize,
    /// The number of accounts, if they were read.
    pub accounts: Option<usize>,
    /// Whether all accounts were read.
    pub is_complete: bool,
    /// The number of invitations among the accounts.
    pub invitations: Option<usize>,
    /// The number of findings.
    pub findings: Option<usize>,
    /// The number of outsiders, if it was known.
    pub outsiders: Option<usize>,
    /// The part of the report and the number of parts, if it fills several comments.
    pub part: Option<(usize, usize)>,
}

/// What the marker of a review request records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReviewMark {
    /// Whether it claims that every finding is settled.
    pub is_complete: bool,
    /// A digest of the states of all findings, which shows whether anything has changed since.
    pub state: String,
    /// The user who is asked to review.
    pub reviewer: Option<u64>,
}

impl Content {
    /// The name in a marker.
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
