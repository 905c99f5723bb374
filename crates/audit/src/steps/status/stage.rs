//! The stage of an audit, and what comes next.

use serde::Serialize;

use crate::followup::{Cases, FollowupInput};
use crate::steps::review::{Readiness, reports};
use crate::steps::status::need::Task;
use crate::steps::status::next::NextStep;

/// The stage of an audit, as its issue shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// There is no issue.
    None,
    /// The issue exists, without a report.
    Opened,
    /// A report is recorded, without all of the accounts.
    Reported,
    /// A report with all of the accounts is recorded.
    Compared,
    /// A notice was posted, and something is still open.
    FollowingUp,
    /// Nothing is open, and no manager was asked to review.
    Ready,
    /// A manager was asked to review, and nothing has changed since then.
    InReview,
    /// The issue is closed.
    Closed,
}

impl Stage {
    /// The name of the stage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Opened => "opened",
            Self::Reported => "reported",
            Self::Compared => "compared",
            Self::FollowingUp => "following up",
            Self::Ready => "ready for review",
            Self::InReview => "in review",
            Self::Closed => "closed",
        }
    }
}

/// How the audit's issue was closed, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closing {
    /// Whether it is closed.
    pub is_closed: bool,
    /// The username of the user who closed it.
    pub by: Option<String>,
}

pub(super) fn stage(
    input: &FollowupInput<'_>,
    cases: &Cases,
    readiness: &Readiness,
    closing: &Closing,
) -> Stage {
    let reports = reports(input);
    let is_compared = reports.iter().any(|report| report.accounts.is_some() && report.is_complete);
    if closing.is_closed {
        Stage::Closed
    } else if readiness.is_in_review() {
        Stage::InReview
    } else if readiness.is_ready() {
        Stage::Ready
    } else if !cases.notices.is_empty() {
        Stage::FollowingUp
    } else if is_compared {
        Stage::Compared
    } else if reports.is_empty() {
        Stage::Opened
    } else {
        Stage::Reported
    }
}

/// What comes next while findings are open: the most urgent task, or else the next wait.
fn next_of_followups(cases: &Cases, tasks: &[Task]) -> NextStep {
    if let Some(task) = tasks.first() {
        return task.command.clone();
    }
    // An answer may still come in time.
    if cases.entries().any(|(_, entry)| entry.state.until().is_some()) {
        return NextStep::FollowUp;
    }
    NextStep::SubmitUnresolved
}

/// A sentence about the stage, and what comes next.
pub(super) fn summary(
    input: &FollowupInput<'_>,
    cases: &Cases,
    stage: Stage,
    readiness: &Readiness,
    closing: &Closing,
    tasks: &[Task],
) -> (String, NextStep) {
    let counts = crate::steps::review::counts(cases);
    match stage {
        Stage::None => ("there is no issue".to_owned(), NextStep::MakeIssue),
        Stage::Opened => ("no report has been recorded yet".to_owned(), NextStep::WriteReport),
        Stage::Reported => {
            ("the accounts have not been recorded completely".to_owned(), NextStep::Reconcile)
        }
        Stage::Compared => (counts, NextStep::FollowUp),
        Stage::FollowingUp => {
            let changed = readiness.asked.as_ref().filter(|asked| asked.is_complete);
            let changed =
                changed.map_or("", |_| "; the findings have changed since the review request");
            (format!("{counts}{changed}"), next_of_followups(cases, tasks))
        }
        Stage::Ready => (counts, NextStep::SubmitReview),
        Stage::InReview => {
            let asked = readiness.asked.as_ref();
            let by = asked.map_or("", |asked| &asked.note.author.username);
            let whom = asked.and_then(|asked| input.directory.username_of(asked.reviewer?));
            let whom = whom.unwrap_or("a manager");
            (
                format!("{by} has asked {whom} to review and close it"),
                NextStep::AwaitReview(whom.to_owned()),
            )
        }
        Stage::Closed => {
            let by = closing.by.as_deref().unwrap_or("somebody");
            let is_own = by.eq_ignore_ascii_case(&input.operator.username);
            let own =
                if is_own { ", who is the operator; a manager should have closed it" } else { "" };
            (format!("closed by {by}{own}"), NextStep::MakeIssue)
        }
    }
}
