//! What an operator wants of a run: whom it is about, and what they do themselves.

use jiff::civil::Date;

use super::model::{Case, FollowupInput};
use super::names::is_named;
use super::record::Record;

/// What of all that is due is to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these subjects, by name, e-mail address or GitLab username; empty: everybody.
    pub only: Vec<String>,
    /// At most so many people: the first by due time, then by name.
    pub limit: Option<usize>,
    /// Subjects who are asked although an operator has mentioned them by hand.
    pub confirmed: Vec<String>,
    /// What an operator does besides; then nothing else is done.
    pub acts: Vec<Act>,
    /// The record that this run has posted, to which further acts are added.
    pub record: Option<PostedRecord>,
}

impl Selection {
    /// Whether a case is among those that were selected.
    pub fn includes(&self, input: &FollowupInput<'_>, case: &Case) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| is_named(input, case, name))
    }

    /// Whether an operator wants a case to be asked although it was mentioned by hand.
    pub(super) fn insists_on(&self, input: &FollowupInput<'_>, case: &Case) -> bool {
        self.only.iter().chain(&self.confirmed).any(|name| is_named(input, case, name))
    }
}

/// What an operator does about findings, each named as `CHECK:SUBJECT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Accept findings as they are; an outsider is kept by it.
    Accept {
        /// The findings.
        findings: Vec<String>,
        /// Why.
        reason: String,
    },
    /// Keep an outsider's account.
    Keep {
        /// The finding.
        finding: String,
        /// The first day on which that no longer counts.
        until: Option<Date>,
        /// Why.
        reason: String,
    },
    /// Decide that an outsider's account is to be removed.
    Remove {
        /// The finding.
        finding: String,
        /// Why.
        reason: String,
    },
    /// Ask about findings again, which begins a new round.
    AskAgain {
        /// The findings.
        findings: Vec<String>,
        /// What to say besides; may be empty.
        reason: String,
    },
    /// Record that findings are to be asked about again; the next notice does so.
    Again {
        /// The findings.
        findings: Vec<String>,
        /// What the notice is to say besides; may be empty.
        reason: String,
    },
    /// Record that a subject was asked outside the notices.
    Sent {
        /// The subject.
        subject: String,
        /// The operator's comment that mentioned them by hand; nothing where it was an e-mail.
        note: Option<u64>,
    },
    /// Record that a subject answered outside the issue.
    Answered {
        /// The subject.
        subject: String,
        /// What they answered.
        reason: String,
    },
}

/// A record as it was posted by this run: further acts are added to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedRecord {
    /// The comment's id.
    pub note: u64,
    /// Its text as it was last written.
    pub body: String,
    /// What it holds.
    pub record: Record,
}
