//! The review: whether the audit can be handed to a manager, and the texts for it.

mod comment;
mod direct_message;
mod readiness;
mod sections;

pub(crate) use comment::counts;
pub use direct_message::direct_message;
pub(crate) use readiness::reports;
pub use readiness::{Readiness, readiness, reviewer};

use crate::followup::{Cases, FollowupInput};
use crate::markdown::Document;
use crate::plan::{Action, Plan};
use crate::record::conversation::User;
use crate::record::marker::{Content, ReviewMark};
use crate::report::Report;

/// Plans the comment that asks for the review.
///
/// Without a reviewer, or while something is open, the comment claims nothing and mentions nobody.
/// `table` updates the issue's table first, if that differs from the present findings.
pub fn plan(
    input: &FollowupInput<'_>,
    cases: &Cases,
    report: &Report,
    reviewer: Option<&User>,
    table: Option<Action>,
) -> Plan {
    let readiness = readiness(input, cases);
    let reviewer = reviewer.filter(|_| readiness.is_ready());
    let mut marker = input.header.with(Content::Review(ReviewMark {
        is_complete: reviewer.is_some(),
        state: readiness.state.clone(),
        reviewer: reviewer.map(|user| user.id),
    }));
    marker.sources = input.sources.clone();
    let text = comment::comment(input, cases, report, reviewer, &readiness);
    let body = Document::assembled(format!("{text}\n{marker}"));
    let comment = Action::Comment { iid: input.issue.iid, body, marker };
    Plan { actions: table.into_iter().chain([comment]).collect(), ..Plan::default() }
}

#[cfg(test)]
mod tests;
