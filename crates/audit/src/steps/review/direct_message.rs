//! The message for the manager if something is open.

use jiff::Timestamp;

use super::readiness::in_state;
use crate::dates::{date_of, short_day};
use crate::followup::{Case, Cases, Entry, FollowupInput, State};
use crate::text::{clean, excerpt};
use crate::wording::{Details, counted};

/// How many people the message names in a list.
const MAX_NAMED: usize = 10;

/// The message to the manager if something is still open: plain text with untrusted text in it.
pub fn direct_message(input: &FollowupInput<'_>, cases: &Cases) -> String {
    let spec = input.evaluation.kind.spec();
    let open: Vec<(&Case, &Entry)> = in_state(cases, |state| !state.is_closed());
    let total = cases.entries().count();
    let verb = if open.len() == 1 { "is" } else { "are" };
    let mut text = format!(
        "Hi, the {} access review {} needs you: {} of {} {verb} open.\n",
        spec.system,
        input.header.period,
        open.len(),
        counted(total, "finding", "findings"),
    );
    let (operators, people): (Vec<_>, Vec<_>) =
        open.into_iter().partition(|(_, entry)| entry.is_for_operators());
    let (silent, others): (Vec<_>, Vec<_>) = people
        .into_iter()
        .partition(|(_, entry)| matches!(entry.state, State::Exhausted | State::Escalated { .. }));
    named(&mut text, &silent, |count| match count {
        1 => "1 person did not reply, nor did their manager:".to_owned(),
        count => format!("{count} people did not reply, nor did their managers:"),
    });
    named(&mut text, &others, |count| match count {
        1 => "1 person is still being asked, or waits for a decision:".to_owned(),
        count => format!("{count} people are still being asked, or wait for a decision:"),
    });
    if !operators.is_empty() {
        let short: Vec<String> =
            operators.iter().take(MAX_NAMED).map(|(case, entry)| short(case, entry)).collect();
        let rest = operators.len().saturating_sub(MAX_NAMED);
        let rest = if rest > 0 { format!("; and {rest} more") } else { String::new() };
        let verb = if operators.len() == 1 { "is" } else { "are" };
        text.push_str(&format!(
            "{} {verb} for the operators: {}{rest}.\n",
            operators.len(),
            short.join("; ")
        ));
    }
    text.push_str(&format!(
        "Please nudge or decide by {}. Everything, with who said what: {}\n",
        next_friday(input.now),
        input.issue.url
    ));
    text
}

/// Lists people, each of them once with their findings.
fn named(text: &mut String, entries: &[(&Case, &Entry)], title: impl Fn(usize) -> String) {
    let mut people: Vec<(&Case, Vec<String>)> = Vec::new();
    for (case, entry) in entries {
        match people.last_mut() {
            Some((last, findings)) if std::ptr::eq(*last, *case) => {
                findings.push(short(case, entry));
            }
            _ => people.push((case, vec![short(case, entry)])),
        }
    }
    if people.is_empty() {
        return;
    }
    text.push_str(&format!("{}\n", title(people.len())));
    for (case, findings) in people.iter().take(MAX_NAMED) {
        text.push_str(&format!("- {} ({})\n", clean(&excerpt(&case.name)), findings.join(", ")));
    }
    if people.len() > MAX_NAMED {
        text.push_str(&format!("- and {} more\n", people.len() - MAX_NAMED));
    }
}

fn short(case: &Case, entry: &Entry) -> String {
    let (subject, evidence) = (&case.name, &entry.evidence);
    // A plain text has no links.
    let details = Details { entry: None, subject, evidence, link_base: "" };
    details.plain(entry.check.wording.short)
}

/// The day by which a manager is asked to act: the next Friday that is at least two days ahead.
fn next_friday(now: Timestamp) -> String {
    let mut day = date_of(now).saturating_add(jiff::Span::new().days(2));
    while day.weekday() != jiff::civil::Weekday::Friday {
        day = day.saturating_add(jiff::Span::new().days(1));
    }
    format!("Friday {}", short_day(day))
}
