//! The review: may the audit be handed to a manager, and in which words.

use std::collections::BTreeMap;

use crate::followup::{
    Case, Cases, Entry, FollowupInput, Justification, State, cases, finding_name, standing,
};
use crate::identity::digest;
use crate::markdown::{Markdown, item};
use crate::plan::{Action, Plan};
use crate::record::conversation::{Thread, User};
use crate::record::marker::{Mark, Marked};
use crate::report::Report;
use crate::report::markdown::{notes, provenance};

/// Whether an audit may be handed to a manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// What is still open or unknown, as sentences with untrusted text in them, without a final stop.
    pub open: Vec<String>,
    /// The last request for a review.
    pub asked: Option<ReviewRequest>,
    /// Tells whether the findings have changed since a request.
    pub state: String,
}

/// A request for a review that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRequest {
    /// The comment's number.
    pub note: u64,
    /// Who posted it.
    pub by: String,
    /// The username of the one whom it mentions first, who is to review.
    pub whom: Option<String>,
    /// Whether it claims that everything is addressed.
    pub is_complete: bool,
    /// Whether the findings are still as they were.
    pub is_current: bool,
}

/// Tells whether the audit may be handed to a manager.
pub fn readiness(facts: &FollowupInput<'_>) -> Readiness {
    readiness_of(facts, &cases(facts))
}

pub(crate) fn readiness_of(facts: &FollowupInput<'_>, cases: &Cases<'_>) -> Readiness {
    let mut open: Vec<String> = entries(cases)
        .filter(|(_, entry)| !entry.state.is_closed())
        .map(|(case, entry)| format!("{} {}", finding_name(facts, case, entry), standing(entry)))
        .collect();
    for (check, unknown) in &facts.evaluation.unknown {
        open.push(format!("the check {} is unknown {unknown}", check.id));
    }
    let hidden = facts.evaluation.problems.iter().filter(|problem| problem.hides_person);
    open.extend(hidden.map(|problem| format!("a person may be hidden: {problem}")));
    open.extend(facts.evaluation.shrunken_from.map(|recorded| {
        format!("the roster is more than 10 % smaller than the {recorded} people of the issue")
    }));
    let state = state(facts, cases);
    let asked = cases.reviews.last().map(|(note, about, is_complete)| ReviewRequest {
        note: note.id,
        by: note.author.username.clone(),
        whom: mentioned_first(&note.body),
        is_complete: *is_complete,
        is_current: about.as_ref() == Some(&state),
    });
    Readiness { open, asked, state }
}

/// The username with which a comment of ours begins.
fn mentioned_first(body: &str) -> Option<String> {
    let (username, _) = body.strip_prefix('@')?.split_once(": ")?;
    Some(username.to_owned())
}

fn entries<'c, 'a>(cases: &'c Cases<'a>) -> impl Iterator<Item = (&'c Case<'a>, &'c Entry<'a>)> {
    cases.cases.iter().flat_map(|case| case.entries.iter().map(move |entry| (case, entry)))
}

/// A digest of where everything stands.
fn state(facts: &FollowupInput<'_>, cases: &Cases<'_>) -> String {
    let mut lines: Vec<String> = entries(cases)
        .map(|(case, entry)| {
            let evidence = entry.finding.map_or("", |finding| &finding.evidence);
            let key = case.keys.first().map_or("", String::as_str);
            format!("{} {key} {} {evidence}", entry.check.id, entry.state.as_str())
        })
        .collect();
    lines.extend(facts.evaluation.unknown.iter().map(|(check, _)| format!("{} unknown", check.id)));
    lines.sort();
    digest(&lines.join("\n"))
}

/// Who is asked to review: the first of the managers who may be mentioned and is not the operator;
/// the operator where there is no other.
pub fn reviewer<'a>(facts: &FollowupInput<'a>, operator: &User) -> Option<&'a User> {
    let known = |username: &String| facts.directory.username(username).ok();
    let all: Vec<&'a User> = facts.managers.iter().filter_map(known).collect();
    all.iter().find(|user| user.id != operator.id).or(all.first()).copied()
}

/// The comment that asks for the review; without a reviewer, or while anything is open, it claims nothing
/// and tells nobody.
pub fn plan(
    facts: &FollowupInput<'_>,
    report: &Report,
    reviewer: Option<&User>,
    issue_url: &str,
) -> Plan {
    let cases = cases(facts);
    let readiness = readiness_of(facts, &cases);
    let spec = facts.evaluation.kind.spec();
    let title = format!("the {} access review {}", spec.system, facts.marker.period);
    let marker = facts.marker.of(Marked::Review);
    let mark = Mark::from(marker).with("state", &readiness.state);
    let (head, mark) = match reviewer.filter(|_| readiness.open.is_empty()) {
        Some(user) => (
            Markdown::mention(user).and(Markdown::text(format!(
                ": {title} is done. Please look it over, mark it complete and close this issue."
            ))),
            mark.with("complete", "yes").with("to", user.id),
        ),
        None => (
            Markdown::text(format!("How {title} stands, with what is still open.")),
            mark.with("complete", "no"),
        ),
    };
    let mut body = format!("{head}\n\n");
    body.push_str(&item(&Markdown::text(format!("{}.", report.summary()))));
    body.push_str(&item(&Markdown::text(format!("{}.", counts(&cases)))));
    if !readiness.open.is_empty() {
        body.push_str("\n**Open**\n\n");
        body.extend(readiness.open.iter().map(|open| item(&Markdown::untrusted(open))));
    }
    section("Fixed", &cases, issue_url, &mut body, |state| matches!(state, State::Fixed { .. }));
    section("Justified", &cases, issue_url, &mut body, |state| {
        matches!(state, State::Justified(_))
    });
    section("Withdrawn", &cases, issue_url, &mut body, |state| {
        matches!(state, State::Withdrawn { .. })
    });
    let notes: String = notes(report).map(|note| item(&note)).collect();
    if !notes.is_empty() {
        body.push_str(&format!("\n**Notes**\n\n{notes}"));
    }
    body.push_str("\n**Sources**\n\n");
    body.extend(provenance(report).map(|line| item(&line)));
    body.push_str(&format!("\n{mark}"));
    Plan { actions: vec![Action::Comment { iid: facts.iid, body, marker }], notes: Vec::new() }
}

/// How many findings stand where.
pub(crate) fn counts(cases: &Cases<'_>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, entry) in entries(cases) {
        *counts.entry(entry.state.as_str()).or_default() += 1;
    }
    let counts: Vec<String> =
        counts.into_iter().map(|(word, count)| format!("{count} {word}")).collect();
    if counts.is_empty() { "nothing was found".to_owned() } else { counts.join(", ") }
}

fn section(
    title: &str,
    cases: &Cases<'_>,
    issue_url: &str,
    body: &mut String,
    wanted: impl Fn(&State) -> bool,
) {
    let all: Vec<_> = entries(cases).filter(|(_, entry)| wanted(&entry.state)).collect();
    if all.is_empty() {
        return;
    }
    body.push_str(&format!("\n**{title}**\n\n"));
    for (case, entry) in all {
        let mut line = Markdown::code(entry.check.id);
        if !case.name.is_empty() {
            line = line.and(" of ").and(Markdown::untrusted(&case.name));
        }
        if let State::Justified(justification) = &entry.state {
            line = line.and(", ");
            line = match justification {
                Justification::Exception => line.and("by an exception"),
                Justification::Comment { by, .. } | Justification::Resolved { by } => {
                    line.and("by ").and(Markdown::code(by))
                }
            };
        }
        let note = match &entry.state {
            State::Justified(Justification::Comment { note, .. }) => Some(*note),
            _ => entry.thread.and_then(Thread::first).map(|note| note.id),
        };
        if let Some(page) = note.and_then(|note| page(issue_url, note)) {
            line = line.and(": ").and(&page);
        }
        body.push_str(&item(&line));
    }
}

/// A link to a comment of the issue.
fn page(issue_url: &str, note: u64) -> Option<Markdown> {
    let is_harmless = |it: u8| it.is_ascii_alphanumeric() || b"-._~:/%".contains(&it);
    let is_page = issue_url.starts_with("http") && issue_url.bytes().all(is_harmless);
    is_page.then(|| Markdown::text(format!("<{issue_url}#note_{note}>")))
}

/// What to write to the manager where something is still open.
pub fn direct_message(facts: &FollowupInput<'_>, readiness: &Readiness, issue_url: &str) -> String {
    let spec = facts.evaluation.kind.spec();
    let mut text = format!(
        "Hello! The {} access review {} cannot be finished without you. Still open:\n",
        spec.system, facts.marker.period
    );
    text.extend(readiness.open.iter().map(|open| format!("- {open}\n")));
    text.push_str(&format!("Please have a look: {issue_url}\n"));
    text
}

#[cfg(test)]
mod tests;
