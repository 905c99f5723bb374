//! Decides whether the audit can be handed to a manager, and to whom.

use crate::followup::{
    Case, Cases, Entry, FollowupInput, ReviewRequest, State, finding_name, state_clause,
};
use crate::identity::digest;
use crate::record::conversation::{ThreadNote, User};
use crate::record::marker::{Content, Marker, ReportMark};

/// Whether the audit can be handed to a manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Everything that is open or unknown: sentences with untrusted text, without a final stop.
    pub open: Vec<String>,
    /// The last request for a review.
    pub asked: Option<ReviewRequest>,
    /// Whether no finding has changed since that request.
    pub is_current: bool,
    /// A digest of the states of all findings.
    pub state: String,
}

impl Readiness {
    /// Whether nothing is open.
    pub fn is_ready(&self) -> bool {
        self.open.is_empty()
    }

    /// Whether a review was requested, and nothing has changed since then.
    pub fn is_in_review(&self) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.is_complete) && self.is_current
    }
}

/// Decides whether the audit can be handed to a manager.
///
/// Only the issue and the fresh sources count.
/// Accounts that this process can read and that the issue does not record are not enough.
pub fn readiness(input: &FollowupInput<'_>, cases: &Cases) -> Readiness {
    let mut open: Vec<String> = cases
        .entries()
        .filter(|(_, entry)| !entry.state.is_closed())
        .map(|(case, entry)| {
            format!("{} {}", finding_name(input, case, entry), state_clause(entry))
        })
        .collect();
    open.extend(unknown(input));
    open.extend(unrecorded(input));
    open.extend(outdated(input, cases));
    let state = state_digest(input, cases);
    let asked = cases.reviews.last().cloned();
    let is_current = asked.as_ref().is_some_and(|asked| asked.state == state);
    Readiness { open, asked, is_current, state }
}

/// The checks that could not be evaluated.
fn unknown(input: &FollowupInput<'_>) -> Vec<String> {
    let evaluation = input.evaluation;
    let mut open = Vec::new();
    for (check, unknown) in &evaluation.unknown {
        open.push(format!("the check {} could not be evaluated {unknown}", check.id));
    }
    for problem in evaluation.problems.iter().filter(|problem| problem.hides_person) {
        open.push(format!("an unreadable roster entry may hide a person: {problem}"));
    }
    if let Some(recorded) = evaluation.shrunken_from {
        open.push(format!(
            "the roster has shrunk by more than 10 % since the issue recorded {recorded} people"
        ));
    }
    open
}

/// The reports that the issue lacks.
fn unrecorded(input: &FollowupInput<'_>) -> Vec<String> {
    let reports = reports(input);
    if reports.is_empty() {
        return vec!["no report is recorded in the issue".to_owned()];
    }
    if reports.iter().any(|report| report.accounts.is_some() && report.is_complete) {
        Vec::new()
    } else {
        vec!["the accounts are not recorded completely in the issue".to_owned()]
    }
}

/// What the reports that operators recorded say, in the order of time.
pub(crate) fn reports(input: &FollowupInput<'_>) -> Vec<ReportMark> {
    let mut reports = Vec::new();
    for (_, marker) in operator_markers(input) {
        if let Content::Report(report) = marker.content {
            reports.push(report);
        }
    }
    reports
}

/// The markers in the comments of operators, with the instant of each, in the order of time.
pub(super) fn operator_markers(input: &FollowupInput<'_>) -> Vec<(jiff::Timestamp, Marker)> {
    let mut markers = Vec::new();
    for ThreadNote { note, .. } in input.conversation.notes() {
        if !input.operators.contains(&note.author.id) {
            continue;
        }
        let marker = Marker::of_comment(&note.body).filter(|marker| marker.header == input.header);
        markers.extend(marker.map(|marker| (note.created_at, marker)));
    }
    markers
}

/// The sources that are too old to show what they have to show.
fn outdated(input: &FollowupInput<'_>, cases: &Cases) -> Vec<String> {
    let removal = operator_markers(input)
        .into_iter()
        .rfind(|(_, marker)| matches!(marker.content, Content::Removal(_)))
        .map(|(at, _)| at);
    let notice = cases.notices.iter().map(|note| note.created_at).max();
    let mut since = (input.issue.created_at, "the issue was made");
    for (at, what) in [(notice, "the last notice"), (removal, "the last removal")] {
        if let Some(at) = at.filter(|at| *at > since.0) {
            since = (at, what);
        }
    }
    let accounts = input.evaluation.accounts.as_ref().map(|accounts| accounts.capture.read_at);
    let mut open = Vec::new();
    for (name, captured_at) in [("roster", Some(input.roster_captured_at)), ("accounts", accounts)]
    {
        if captured_at.is_some_and(|at| at < since.0) {
            let verb = if name == "roster" { "was" } else { "were" };
            open.push(format!("the {name} {verb} captured before {}: read it again", since.1));
        }
    }
    open
}

/// A digest of the state of every finding.
pub(super) fn state_digest(input: &FollowupInput<'_>, cases: &Cases) -> String {
    let mut lines: Vec<String> = cases
        .entries()
        .map(|(case, entry)| {
            let keys: Vec<String> = case.keys.iter().map(ToString::to_string).collect();
            let account = case.account.as_deref().unwrap_or_default();
            let (check, state) = (entry.check.id, entry.state.as_str());
            format!("{check} {} {account} {state} {}", keys.join("+"), entry.evidence_digest)
        })
        .collect();
    lines.extend(input.evaluation.unknown.iter().map(|(check, _)| format!("{} unknown", check.id)));
    lines.sort();
    digest(&lines.join("\n"))
}

/// The user who is asked to review.
/// This is the first manager who can be mentioned and is not the operator, otherwise the operator.
pub fn reviewer<'a>(input: &FollowupInput<'a>) -> Option<&'a User> {
    let mut own = None;
    for username in input.managers {
        match input.directory.username(username) {
            Ok(user) if user.id != input.operator.id => return Some(user),
            Ok(user) => own = own.or(Some(user)),
            Err(_) => {}
        }
    }
    own
}

/// The entries in some states, in the order of the cases.
pub(super) fn in_state(cases: &Cases, is_wanted: impl Fn(&State) -> bool) -> Vec<(&Case, &Entry)> {
    cases.entries().filter(|(_, entry)| is_wanted(&entry.state)).collect()
}
