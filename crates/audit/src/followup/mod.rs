//! The follow-ups: the state of every finding, derived from the conversation alone, and what is due.
//!
//! A finding goes through rounds. A round begins with a ping and ends when the finding is fixed,
//! justified or withdrawn; one that is found again afterwards begins another.
//! Which comments count, and what an answer is, stands in `docs/followups.md`.

mod acts;
mod cases;
mod chain;
mod derive;
mod duplicates;
mod names;
mod plan;
mod subjects;
mod words;

use std::fmt;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

pub use acts::Act;
pub use cases::{Case, Cases, Entry, State, cases, pings_to_look_at};
pub use duplicates::duplicates;
pub use names::finding_name;
pub(crate) use names::{standing, subject_name};
pub use plan::{Advice, Due, Refusal, Selection, plan, still_due};

use crate::evaluation::{Evaluation, Policy};
use crate::record::conversation::Conversation;
use crate::record::directory::Directory;
use crate::record::marker::Marker;

/// How long an answer is waited for, and how waiting is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitPolicy {
    /// For the person.
    pub person: SignedDuration,
    /// For the manager and the Support Operations Manager.
    pub manager: SignedDuration,
    /// Whether Saturdays and Sundays do not count (in UTC).
    pub working_days: bool,
}

impl Default for WaitPolicy {
    fn default() -> Self {
        let wait = SignedDuration::from_hours(72);
        Self { person: wait, manager: wait, working_days: false }
    }
}

impl WaitPolicy {
    /// When a wait that begins at `start` is over.
    pub(crate) fn end(self, start: Timestamp, wait: SignedDuration) -> Timestamp {
        let plain = |start: Timestamp| start.checked_add(wait).unwrap_or(Timestamp::MAX);
        if !self.working_days {
            return plain(start);
        }
        let mut at = start.to_zoned(TimeZone::UTC);
        let mut left = wait;
        // A wait is some days long.
        while left.is_positive() {
            let Ok(tomorrow) = at.start_of_day().and_then(|day| day.checked_add(1.day())) else {
                return Timestamp::MAX;
            };
            if matches!(at.weekday(), Weekday::Saturday | Weekday::Sunday) {
                at = tomorrow;
                continue;
            }
            let today = at.duration_until(&tomorrow);
            if left <= today {
                return at.timestamp().checked_add(left).unwrap_or(Timestamp::MAX);
            }
            left -= today;
            at = tomorrow;
        }
        at.timestamp()
    }
}

/// What the follow-ups are derived from.
#[derive(Debug, Clone, Copy)]
pub struct FollowupInput<'a> {
    /// The fresh sources, with what was found.
    pub evaluation: &'a Evaluation,
    /// How the audit is done.
    pub policy: &'a Policy,
    /// The threads of the audit's issue.
    pub conversation: &'a Conversation,
    /// Who may be mentioned.
    pub directory: &'a Directory,
    /// The audit's marker.
    pub marker: Marker,
    /// The number in its project.
    pub iid: u64,
    /// The usernames of the Support Operations Managers, in order.
    pub managers: &'a [String],
    /// How long an answer is waited for.
    pub waits: WaitPolicy,
    /// When the sources were read: the present.
    pub now: Timestamp,
}

/// How a finding came to be justified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Justification {
    /// By a standing exception.
    Exception,
    /// By an operator, in the comment of this number.
    Comment {
        /// The comment.
        note: u64,
        /// The operator's username.
        by: String,
    },
    /// By an operator, who resolved the thread by hand.
    Resolved {
        /// The operator's username, as far as GitLab tells.
        by: String,
    },
}

impl fmt::Display for Justification {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exception => formatter.write_str("by an exception"),
            Self::Comment { by, .. } => write!(formatter, "by {by}"),
            Self::Resolved { by } => write!(formatter, "by {by}, who resolved the thread"),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
