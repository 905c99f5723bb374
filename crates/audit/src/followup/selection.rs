//! What an operator wants a run to do: about whom, and which acts of their own.

use jiff::civil::Date;

use super::model::{Case, FollowupInput};
use super::names::is_named;
use super::record::Record;

/// The part of everything due that a run does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these subjects, by name, e-mail address or GitLab username; empty for everybody.
    pub only: Vec<String>,
    /// At most this many people: the first by due time, then by name.
    pub limit: Option<usize>,
    /// The subjects to ask although an operator has mentioned them by hand.
    pub confirmed: Vec<String>,
    /// The operator's own acts; if there are any, the run does nothing else.
    pub acts: Vec<Act>,
    /// The record that this run has posted, to which further acts are added.
    pub record: Option<PostedRecord>,
}

impl Selection {
    /// Whether a case is selected.
    pub fn includes(&self, input: &FollowupInput<'_>, case: &Case) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| is_named(input, case, name))
    }

    /// Whether an operator insists on asking a case that was mentioned by hand.
    pub(super) fn insists_on(&self, input: &FollowupInput<'_>, case: &Case) -> bool {
        self.only.iter().chain(&self.confirmed).any(|name| is_named(input, case, name))
    }
}

/// An act of an operator about findings, each of which is named as `CHECK:SUBJECT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Accept findings as they are. An outsider's account is kept by it.
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
        /// The first day on which the decision no longer counts.
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
        /// What to add to the ask; may be empty.
        reason: String,
    },
    /// Record that findings are to be asked about again; the next notice does so.
    Again {
        /// The findings.
        findings: Vec<String>,
        /// What the notice is to add to the ask; may be empty.
        reason: String,
    },
    /// Record that a subject was asked outside the notices.
    Sent {
        /// The subject.
        subject: String,
        /// The id of the operator's comment that mentioned them by hand; `None` for an e-mail.
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

/// A record that this run has posted, to which further acts are added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedRecord {
    /// The comment's id.
    pub note: u64,
    /// The text of the comment as it was last written.
    pub body: String,
    /// The acts that it holds.
    pub record: Record,
}
