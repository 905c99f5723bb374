//! Names of findings and subjects in commands, and the states of findings as clauses.

use super::model::{Case, Doubt, Entry, FollowupInput, Hold, Justification, State, Verdict};
use crate::accounts::Account;
use crate::dates::{date_of, day_and_month, deadline};
use crate::identity::{AccountId, Subject, account_digest, comparable_email, is_email_address};
use crate::record::marker::WithdrawalReason;
use crate::roster::Person;
use crate::text::fold;

/// The name of a finding in commands and reports: its check and its subject.
pub fn finding_name(input: &FollowupInput<'_>, case: &Case, entry: &Entry) -> String {
    format!("{}:{}", entry.check.id, subject_name(input, case))
}

/// The name of a subject in commands and reports: an address, the id of an account, or a name.
pub fn subject_name(input: &FollowupInput<'_>, case: &Case) -> String {
    let person = case.subject.and_then(|subject| input.evaluation.person(subject));
    let email = person.and_then(|person| person.email.value());
    match (email, case.subject) {
        (Some(email), _) => email.to_string(),
        (None, Some(Subject::Organization)) => "organization".to_owned(),
        (None, Some(Subject::Account(index))) => {
            let account = input.evaluation.account(index);
            account.map_or("", Account::name_in_commands).to_owned()
        }
        (None, None) if case.name.is_empty() => "gone".to_owned(),
        (None, _) => case.name.clone(),
    }
}

/// Whether `name` means the subject of a case: by name, e-mail address, GitLab username, the id of
/// an account, or as reports name it.
pub fn is_named(input: &FollowupInput<'_>, case: &Case, name: &str) -> bool {
    let person = case.subject.and_then(|subject| input.evaluation.person(subject));
    person.is_some_and(|person| identifies(person, name))
        || has_account_id(case, name)
        || is_same_name(&case.name, name)
        || comparable_email(&subject_name(input, case)) == comparable_email(name)
}

/// Whether `name` is the e-mail address, the GitLab username or the id of a person.
fn identifies(person: &Person, name: &str) -> bool {
    let username = name.strip_prefix('@').unwrap_or(name);
    person.comparable_email().is_some_and(|email| email == comparable_email(name))
        || person.gitlab_username.value().is_some_and(|own| own.eq_ignore_ascii_case(username))
        || person.subject().to_string() == name
}

/// Whether `name` is the id of the account that a case is about. The account may be gone.
pub(crate) fn has_account_id(case: &Case, name: &str) -> bool {
    case.account.as_ref() == Some(&account_digest(&AccountId::new(name)))
}

/// Whether two names, each of which may be an address, mean the same.
fn is_same_name(known: &str, named: &str) -> bool {
    if is_email_address(known) {
        // Case folding turns a Kelvin sign into a `k`, and so one address into another person's.
        return comparable_email(known) == comparable_email(named);
    }
    !known.is_empty() && fold(known) == fold(named)
}

/// The state of a finding as a clause, for operators.
pub(crate) fn state_clause(entry: &Entry) -> String {
    let word = entry.state.as_str();
    let asked = entry.ask.as_ref();
    let asked = asked.map(|ask| format!(", asked on {}", day_and_month(date_of(ask.at))));
    let asked = asked.unwrap_or_default();
    match &entry.state {
        State::Unknown(unknown) => format!("is unknown {unknown}"),
        State::InDoubt(doubt) => in_doubt(doubt),
        State::Removed { record: Some(record), .. } => {
            format!("was removed by {}", record.author.username)
        }
        State::Removed { record: None, .. } => "was removed by hand".to_owned(),
        State::Gone => "is gone without a decision".to_owned(),
        State::Withdrawn(WithdrawalReason::Left) => "is withdrawn: the person left".to_owned(),
        State::Withdrawn(WithdrawalReason::Excluded) => {
            "is withdrawn: the subject is excluded".to_owned()
        }
        State::Withdrawn(WithdrawalReason::Off) => "is withdrawn: the check is off".to_owned(),
        State::Justified(Justification::Exception(_)) => "is justified by an exception".to_owned(),
        State::Justified(Justification::Decision(decision)) => {
            let by = &decision.note.author.username;
            match decision.verdict {
                Verdict::Keep { until: Some(until) } => {
                    format!("is justified: {by} keeps it until {until}")
                }
                Verdict::Keep { until: None } => format!("is justified: {by} keeps it"),
                _ => format!("is justified: {by} accepted it"),
            }
        }
        State::ToRemove(decision) => {
            format!("is to be removed: {} decided so", decision.note.author.username)
        }
        State::Held(hold) => held(hold),
        State::Answered => format!("is answered{asked}: read it, then --accept or --ask-again"),
        State::Exhausted => format!("has had no reply, even after escalation{asked}"),
        State::Waiting { until: None } => format!("is for the operators to fix or accept{asked}"),
        State::Waiting { until: Some(until) } | State::Escalated { until } => {
            format!("is {word} until {}{asked}", deadline(*until))
        }
        State::Fixed | State::Overdue | State::NotAsked => format!("is {word}{asked}"),
    }
}

/// The reason for a hold, as a clause.
pub(super) fn held(hold: &Hold) -> String {
    match hold {
        Hold::ForeignMarker(note) => format!(
            "is on hold: {} (id {}) posted a marker of ours in comment {} but is not listed in `operators`",
            note.author.username, note.author.id, note.id
        ),
        Hold::Suggestion(suggestions) => {
            let pairs: Vec<String> = suggestions
                .iter()
                .map(|suggestion| {
                    let email = suggestion.person_email.as_ref();
                    let email = email.map(|email| format!(" <{email}>")).unwrap_or_default();
                    let (account, person) = (&suggestion.account, &suggestion.person);
                    format!(
                        "{account} may be the account of {person}{email} ({})",
                        suggestion.reason
                    )
                })
                .collect();
            format!("is on hold: {}; if so, add it to `aliases`, else decide", pairs.join("; "))
        }
    }
}

/// The reason for a doubt, as a clause.
pub(super) fn in_doubt(doubt: &Doubt) -> String {
    let subjects = doubt.subjects.join(" and ");
    let whose = if subjects.is_empty() { String::new() } else { format!(" (of {subjects})") };
    let notes: Vec<String> = doubt.notes.iter().map(|note| note.id.to_string()).collect();
    let notes =
        if notes.is_empty() { String::new() } else { format!(", comments {}", notes.join(", ")) };
    let help = if doubt.can_be_ended() {
        "--ask-again or --accept ends the doubt"
    } else {
        "correct the roster first"
    };
    format!("is in doubt{whose}: {}{notes}; {help}", doubt.reason)
}
