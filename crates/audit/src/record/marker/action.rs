//! What a step does.

use jiff::Timestamp;
use jiff::civil::Date;

/// Why a finding no longer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WithdrawalReason {
    /// The person left the roster. If they come back, a new round begins.
    Left,
    /// The person or the account is excluded from the audit.
    Excluded,
    /// The check is switched off.
    Off,
}

impl WithdrawalReason {
    pub(super) const ALL: [Self; 3] = [Self::Left, Self::Excluded, Self::Off];

    /// The name in a marker.
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
    /// Asks the subject, who has until `due`. Without `due` the finding is for the operators.
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
        /// The reason.
        reason: WithdrawalReason,
    },
    /// Reports that an outsider's account is gone without a decision.
    Gone,
    /// Records that an account was removed.
    Removed,
    /// Accepts the finding as it is.
    Accept,
    /// Keeps the outsider's account until the day before `until`.
    Keep {
        /// The first day on which the decision no longer counts.
        until: Option<Date>,
    },
    /// Decides that an outsider is to be removed.
    Remove,
    /// Ends the round, so that the subject is asked again in the next one.
    Again,
    /// Records that the subject was asked outside the issue at the step's instant.
    Sent {
        /// The end of the wait.
        due: Option<Timestamp>,
    },
    /// Records that the subject answered outside the issue.
    Answered,
}

impl StepAction {
    /// The name in a marker.
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
}
