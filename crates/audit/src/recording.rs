//! The recording of a report in the audit's issue.

use crate::comment;
use crate::issue::{self, Adopt, Broken};
use crate::marker::{Marked, Marker};
use crate::plan::{Action, Plan};
use crate::report::Report;

/// The issue that a report is written into.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// Its number in its project.
    pub iid: u64,
    /// Its description as it was read.
    pub description: &'a str,
    /// Its marker, or the one that it is to have.
    pub marker: Marker,
}

/// A comment of somebody whose comments count.
#[derive(Debug, Clone, Copy)]
pub struct Comment<'a> {
    /// Its text.
    pub body: &'a str,
}

/// What is to be done so that the issue holds the report: its description, and the first time also
/// a comment that records the audited population and is never changed.
///
/// # Errors
///
/// [`Broken`] when the report cannot be written without hurting what people wrote.
pub fn plan(
    report: &Report,
    target: &Target<'_>,
    comments: &[Comment<'_>],
    adopt: Adopt,
) -> Result<Plan, Broken> {
    let mut plan = Plan::default();
    let mut written = issue::write(target.description, report, adopt)?;
    if issue::marker(&written.text).is_none() {
        written.text = format!("{}\n\n{}", written.text.trim_end(), target.marker);
    }
    if issue::stored(&written.text) != issue::stored(target.description) {
        plan.actions.push(Action::UpdateDescription {
            iid: target.iid,
            read: target.description.to_owned(),
            text: written.text,
        });
    }
    if written.is_shortened {
        let note = "the description has no room for everybody: it lists those with findings";
        plan.notes.push(note.to_owned());
    }
    let marker = Marker { marked: Marked::Report, ..target.marker };
    let is_recorded = comments.iter().any(|it| Marker::of_comment(it.body) == Some(marker));
    if !is_recorded {
        let bodies = comment::report(report, marker);
        let comment = |body| Action::Comment { iid: target.iid, body, marker };
        plan.actions.extend(bodies.into_iter().map(comment));
    }
    Ok(plan)
}
