//! The words that follow-ups post.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::derive::{FOR, OPERATORS, TO};
use super::{Case, Entry, State};
use crate::evaluation::Evaluation;
use crate::identity::digest;
use crate::markdown::{Markdown, item};
use crate::record::conversation::User;
use crate::record::marker::{Item, Mark, Marked, Marker};

/// A comment with its mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comment {
    pub(crate) body: String,
    pub(crate) marker: Marker,
}

/// What a comment says of one finding.
pub(crate) struct Line<'a> {
    pub(crate) case: &'a Case<'a>,
    pub(crate) entry: &'a Entry<'a>,
    /// The round that it opens or speaks of.
    pub(crate) round: u32,
}

/// The mark of a comment about some findings.
pub(crate) fn mark(marker: Marker, lines: &[Line<'_>]) -> Mark {
    let item = |line: &Line<'_>| Item {
        check: line.entry.check.id.to_owned(),
        keys: line.case.keys.clone(),
        evidence: digest(line.entry.finding.map_or("", |finding| &finding.evidence)),
        round: line.round,
    };
    Mark { items: lines.iter().map(item).collect(), ..Mark::from(marker) }
}

/// The value of a mark that holds whom the comment mentions.
pub(crate) fn to(users: &[&User]) -> String {
    users.iter().map(|user| user.id.to_string()).collect::<Vec<_>>().join("+")
}

pub(crate) fn comment(paragraphs: &[String], mark: &Mark) -> Comment {
    Comment { body: format!("{}\n\n{mark}", paragraphs.join("\n\n")), marker: mark.marker }
}

fn list(items: impl Iterator<Item = Markdown>) -> String {
    items.map(|it| item(&it)).collect::<String>().trim_end().to_owned()
}

/// A finding as the one is told who can fix it.
fn asked(line: &Line<'_>) -> Markdown {
    seen(line, line.entry.check.asks, "")
}

/// A finding as others are told.
fn told(line: &Line<'_>) -> Markdown {
    seen(line, line.entry.check.finds, "What was asked: ")
}

fn seen(line: &Line<'_>, finds: &str, before_fix: &str) -> Markdown {
    let check = line.entry.check;
    let text = Markdown::code(check.id).and(Markdown::text(format!(": {finds}")));
    let evidence = line.entry.finding.map_or("", |finding| &finding.evidence);
    let text = if evidence.is_empty() {
        text
    } else {
        text.and(" Seen: ").and(Markdown::code(evidence)).and(".")
    };
    text.and(Markdown::text(format!(" {before_fix}{}", check.fix)))
}

fn named(line: &Line<'_>) -> Markdown {
    Markdown::untrusted(&line.case.name).and(": ").and(asked(line))
}

/// Asks the one whom the findings are about.
pub(crate) fn ask(
    evaluation: &Evaluation,
    marker: Marker,
    user: &User,
    lines: &[Line<'_>],
    again: Option<&str>,
) -> Comment {
    let system = evaluation.kind.spec().system;
    let what = if lines.len() == 1 { "something" } else { "some things" };
    let head = match again {
        None => Markdown::mention(user).and(Markdown::text(format!(
            ": the access review of {system} found {what} about you. Please fix it, or answer here if it is intentional."
        ))),
        Some(_) if lines.iter().any(|line| line.entry.state == State::Answered) => {
            Markdown::mention(user)
                .and(": thank you for the answer. Please have another look.")
        }
        Some(_) => Markdown::mention(user)
            .and(": this is still open. Please have another look."),
    };
    let mut paragraphs = vec![head.to_string()];
    if let Some(reason) = again.filter(|reason| !reason.is_empty()) {
        paragraphs.push(reason_line(reason));
    }
    paragraphs.push(list(lines.iter().map(asked)));
    comment(&paragraphs, &mark(marker.of(Marked::Ask), lines).with(TO, user.id))
}

/// Records that somebody was asked outside the issue.
pub(crate) fn sent(
    evaluation: &Evaluation,
    marker: Marker,
    case: &Case<'_>,
    lines: &[Line<'_>],
) -> Comment {
    let system = evaluation.kind.spec().system;
    let head = Markdown::literal("By e-mail, ")
        .and(Markdown::untrusted(&case.name))
        .and(Markdown::text(format!(" was asked about what the access review of {system} found.")));
    let paragraphs = [head.to_string(), list(lines.iter().map(told))];
    comment(&paragraphs, &mark(marker.of(Marked::Sent), lines))
}

/// Asks the managers.
pub(crate) fn escalate(
    marker: Marker,
    case: &Case<'_>,
    users: &[&User],
    lines: &[Line<'_>],
) -> Comment {
    let mut mentions = Markdown::default();
    for (place, user) in users.iter().enumerate() {
        let space = Markdown::text(if place == 0 { "" } else { " " });
        mentions = mentions.and(&space).and(Markdown::mention(user));
    }
    let since = lines.iter().filter_map(|line| line.entry.asked_at).min();
    let since = since.map(|since| format!(" since {}", day(since))).unwrap_or_default();
    let head = mentions
        .and(": there is no answer from ")
        .and(Markdown::untrusted(&case.name))
        .and(Markdown::text(format!(
            "{since}; mentions may be muted. Please help to have this fixed, or answer here if it is intentional."
        )));
    let paragraphs = [head.to_string(), list(lines.iter().map(told))];
    let mark = mark(marker.of(Marked::Escalate), lines).with(TO, to(users));
    comment(&paragraphs, &mark)
}

/// Tells what is asked of operators.
pub(crate) fn for_operators(marker: Marker, lines: &[Line<'_>]) -> Comment {
    let paragraphs = [
        "**For the operators**".to_owned(),
        "Please fix these, or accept them with a reason.".to_owned(),
        list(lines.iter().map(named)),
    ];
    let mark = mark(marker.of(Marked::Ask), lines);
    comment(&paragraphs, &mark.with(FOR, OPERATORS))
}

/// Tells what is not found any more, or does not count any more.
pub(crate) fn closed(audit: Marker, end: Marked, lines: &[Line<'_>], at: Timestamp) -> Comment {
    let head = match end {
        Marked::Fixed => format!("Fixed, as seen at {at:.0}. Thank you."),
        _ => format!("This does not count any more, as of {at:.0}."),
    };
    let check = |line: &Line<'_>| {
        let id = Markdown::code(line.entry.check.id);
        if line.case.name.is_empty() {
            id
        } else {
            id.and(" of ").and(Markdown::untrusted(&line.case.name))
        }
    };
    comment(&[head, list(lines.iter().map(check))], &mark(audit.of(end), lines))
}

/// Records that an operator accepts what was answered, or that an answer came outside the issue.
pub(crate) fn recorded(audit: Marker, act: Marked, reason: &str, lines: &[Line<'_>]) -> Comment {
    let head = match act {
        Marked::Accept => "Accepted as it is.",
        _ => "An answer came outside this issue.",
    };
    let check = |line: &Line<'_>| {
        Markdown::code(line.entry.check.id).and(" of ").and(Markdown::untrusted(&line.case.name))
    };
    let paragraphs = [head.to_owned(), list(lines.iter().map(check)), reason_line(reason)];
    comment(&paragraphs, &mark(audit.of(act), lines))
}

fn reason_line(reason: &str) -> String {
    item(&Markdown::literal("Reason: ").and(Markdown::untrusted(reason))).trim_end().to_owned()
}

/// What to write to somebody who cannot be mentioned, as plain text with foreign text in it.
pub(crate) fn letter(evaluation: &Evaluation, issue_url: &str, lines: &[Line<'_>]) -> String {
    let system = evaluation.kind.spec().system;
    let mut text = format!("Hello,\n\nthe access review of our {system} organisation found:\n\n");
    for line in lines {
        let check = line.entry.check;
        let evidence = line.entry.finding.map_or("", |finding| &finding.evidence);
        let seen = if evidence.is_empty() { String::new() } else { format!(" Seen: {evidence}.") };
        text.push_str(&format!("- {}{seen} {}\n", check.asks, check.fix));
    }
    text.push_str(&format!("\nPlease answer this message.\n\n{issue_url}\n"));
    text
}

/// The day of an instant, in UTC.
pub(crate) fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}
