//! What an operator does next.

use std::fmt;

use serde::{Serialize, Serializer};

/// What an operator does next. It is shown, and serialised, as the command that does it where there is
/// one; the guide offers that command first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// Make the audit's issue.
    MakeIssue,
    /// Write the report into the issue.
    WriteReport,
    /// Record the accounts and the decisions about outsiders.
    Reconcile,
    /// Remove the accounts whose removal is decided.
    Remove,
    /// Read answers, ask and escalate.
    FollowUp,
    /// Send an e-mail to these people; only the first ones are named.
    SendEmails(String),
    /// Look at the findings of these checks, which operators fix or accept.
    ShowWaiting(Vec<&'static str>),
    /// Ask a manager to review the audit.
    SubmitReview,
    /// Tell a manager what is still open.
    SubmitUnresolved,
    /// Nothing: this manager reviews and closes.
    AwaitReview(String),
}

impl fmt::Display for NextStep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MakeIssue => formatter.write_str("support-audit init-issue"),
            Self::WriteReport => formatter.write_str("support-audit run --write"),
            Self::Reconcile => formatter.write_str("support-audit reconcile --write"),
            Self::Remove => formatter.write_str("support-audit reconcile --remove"),
            Self::FollowUp => formatter.write_str("support-audit followups"),
            Self::SendEmails(names) => formatter.write_str(names),
            Self::ShowWaiting(checks) => {
                let checks = checks.join(",");
                write!(formatter, "support-audit status --state waiting --check {checks}")
            }
            Self::SubmitReview => formatter.write_str("support-audit submit-review"),
            Self::SubmitUnresolved => {
                formatter.write_str("support-audit submit-review --unresolved")
            }
            Self::AwaitReview(manager) => {
                write!(formatter, "(nothing to do: {manager} reviews and closes)")
            }
        }
    }
}

impl Serialize for NextStep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
