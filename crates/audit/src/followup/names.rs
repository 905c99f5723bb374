//! What findings and subjects are called, and where they stand, in words.

use super::words::day;
use super::{Case, Entry, FollowupInput, State};
use crate::identity::Subject;
use crate::roster::Person;
use crate::text::fold;

/// Where a finding stands, in words.
pub(crate) fn standing(entry: &Entry<'_>) -> String {
    let word = entry.state.as_str();
    let asked = entry.asked_at.map(|at| format!(", asked on {}", day(at)));
    let asked = asked.unwrap_or_default();
    match &entry.state {
        State::Waiting { until: Some(until) } | State::Escalated { until } => {
            format!("is {word} until {until:.0}{asked}")
        }
        State::Waiting { until: None } => format!("is waiting for an operator{asked}"),
        State::Answered => format!("is answered{asked}: read it, then --accept or --ask-again"),
        State::Justified(justification) => format!("is justified {justification}"),
        State::Held { by } => {
            format!("{}{asked}", held(by))
        }
        _ => format!("is {word}{asked}"),
    }
}

/// That a finding is held, in words.
pub(super) fn held(by: &str) -> String {
    format!("is held: {by} wrote a marker of ours and is not among `operators`")
}

/// What a finding is called in commands and reports: its check and its subject.
pub fn finding_name(facts: &FollowupInput<'_>, case: &Case<'_>, entry: &Entry<'_>) -> String {
    format!("{}:{}", entry.check.id, subject_name(facts, case))
}

/// What a subject is called in commands and reports: an address, a username, or a name.
pub(crate) fn subject_name(facts: &FollowupInput<'_>, case: &Case<'_>) -> String {
    let person = case.about.and_then(|about| facts.evaluation.person(about));
    let email = person.and_then(|person| person.email.value());
    match (email, case.about) {
        (Some(email), _) => email.to_string(),
        (None, Some(Subject::Organization)) => "organization".to_owned(),
        (None, None) if case.name.is_empty() => "gone".to_owned(),
        (None, _) => case.name.clone(),
    }
}

/// Whether `name` names the subject of a case: by name, e-mail address, GitLab username, or the way in
/// which reports name it.
pub(super) fn is_named(facts: &FollowupInput<'_>, case: &Case<'_>, name: &str) -> bool {
    let lower = name.to_lowercase();
    let is_person = |person: &Person| {
        let is = |field: Option<&Box<str>>| field.is_some_and(|it| it.to_lowercase() == lower);
        is(person.email.value())
            || is(person.gitlab_username.value())
            || person.subject().to_string() == name
    };
    let person = case.about.and_then(|about| facts.evaluation.person(about));
    person.is_some_and(is_person)
        || !case.name.is_empty() && fold(&case.name) == fold(name)
        || subject_name(facts, case) == lower
}
