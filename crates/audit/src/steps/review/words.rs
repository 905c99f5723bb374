//! The review request, and the message for the manager where something is open.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::readiness::{Readiness, in_state, operator_markers, reports};
use crate::accounts::AccountStatus;
use crate::dates::{date_of, minute, short_day};
use crate::followup::{
    AskedHow, Case, Cases, Decision, Entry, FollowupInput, Justification, NoteRef, State, Verdict,
};
use crate::markdown::{Markdown, item, row};
use crate::matching::MatchedBy;
use crate::record::conversation::User;
use crate::record::marker::Content;
use crate::report::Report;
use crate::text::{clean, excerpt};
use crate::wording::{Details, counted, is_linkable, name};

/// How many rows a table of the review has at most.
const MAX_ROWS: usize = 1_000;

/// How many lines of the message for the manager name somebody.
const MAX_NAMED: usize = 10;

/// The text of the review request, without its marker.
pub(super) fn comment(
    input: &FollowupInput<'_>,
    cases: &Cases,
    report: &Report,
    reviewer: Option<&User>,
    readiness: &Readiness,
) -> String {
    let writer = Writer { input, cases, report };
    let title = writer.title();
    let mut text = match reviewer {
        Some(user) => Markdown::mention(user)
            .and(Markdown::text(format!(
                ": the {title} is ready for your review (about five minutes). If you agree, mark it complete and close this issue; if not, reply here."
            )))
            .to_string(),
        None if readiness.is_ready() => format!(
            "Where the {title} stands today. Nothing is open, and the review has not been requested by this comment."
        ),
        None => format!(
            "Where the {title} stands today. It is not complete: the items under *Open* need a decision."
        ),
    };
    text.push_str("\n\n");
    text.push_str(&writer.overview());
    if !readiness.open.is_empty() {
        text.push_str(&format!("**Open ({})**\n\n", readiness.open.len()));
        for open in readiness.open.iter().take(MAX_ROWS) {
            text.push_str(&item(&Markdown::untrusted(&excerpt(open))));
        }
        text.push_str(&more(readiness.open.len()));
        text.push('\n');
    }
    for section in writer.sections() {
        text.push_str(&section);
    }
    text.push_str(&writer.sources());
    text
}

/// How many findings have which state.
pub(crate) fn counts(cases: &Cases) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, entry) in cases.entries() {
        *counts.entry(entry.state.as_str()).or_default() += 1;
    }
    let counts: Vec<String> =
        counts.into_iter().map(|(state, count)| format!("{count} {state}")).collect();
    if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") }
}

/// Writes the parts of a review request.
struct Writer<'a> {
    input: &'a FollowupInput<'a>,
    cases: &'a Cases,
    report: &'a Report,
}

/// A section with a title, numbered when it is placed.
type Section = (String, String);

impl Writer<'_> {
    fn title(&self) -> String {
        let system = self.input.evaluation.kind.spec().system;
        format!("{system} access review {}", self.input.header.period)
    }

    /// The table of counts, in the first report and now.
    fn overview(&self) -> String {
        let evaluation = self.input.evaluation;
        let first = reports(self.input).into_iter().next();
        let first_at = operator_markers(self.input)
            .into_iter()
            .find(|(_, marker)| matches!(marker.content, Content::Report(_)))
            .map(|(at, _)| at);
        let dated = |words: &str, at: Option<Timestamp>| match at {
            Some(at) => Markdown::text(format!("{words} ({})", short_day(date_of(at)))),
            None => Markdown::text(words),
        };
        let unknown = || "unknown".to_owned();
        let number = |count: Option<usize>| count.map_or_else(unknown, |count| count.to_string());
        let then = first.unwrap_or_default();
        let accounts_then = match (then.accounts, then.invitations) {
            (Some(accounts), Some(invitations)) => {
                format!("{}, {invitations}", accounts.saturating_sub(invitations))
            }
            (accounts, _) => number(accounts),
        };
        let accounts_now = match &evaluation.accounts {
            Some(accounts) => format!(
                "{}, {}",
                accounts.with(AccountStatus::Active).count(),
                accounts.with(AccountStatus::Invited).count()
            ),
            None => unknown(),
        };
        let outsiders_now = evaluation.outsiders().count().to_string();
        let mut table = row(&[
            Markdown::default(),
            dated("First report", first_at),
            dated("Now", Some(self.input.now)),
        ]);
        table.push_str("| --- | --- | --- |\n");
        for (words, before, now) in [
            (
                "People on the roster",
                number(first_at.map(|_| then.people)),
                evaluation.roster.people.len().to_string(),
            ),
            ("Accounts, invitations", accounts_then, accounts_now),
            ("Findings", number(then.findings), self.finding_counts()),
            ("Outsiders", number(then.outsiders), outsiders_now),
        ] {
            table.push_str(&row(&[
                Markdown::text(words),
                Markdown::text(before),
                Markdown::text(now),
            ]));
        }
        table.push('\n');
        table
    }

    /// `0 open, 11 settled, 1 accepted`.
    fn finding_counts(&self) -> String {
        let settled = in_state(self.cases, State::is_settled).len();
        let accepted = in_state(self.cases, |state| matches!(state, State::Justified(_))).len();
        let open = in_state(self.cases, |state| !state.is_closed()).len();
        format!("{open} open, {settled} settled, {accepted} accepted")
    }

    /// The numbered sections; those which are empty are left out, but for what a reviewer looks for.
    fn sections(&self) -> Vec<String> {
        let mut sections: Vec<Section> = Vec::new();
        sections.extend(self.removed());
        sections.extend(self.gone());
        sections.extend(self.accepted());
        sections.extend(self.settled("Fixed", |state| matches!(state, State::Fixed)));
        sections.extend(
            self.settled("No longer relevant", |state| matches!(state, State::Withdrawn(_))),
        );
        sections.extend(self.matched());
        sections.push(self.unchecked());
        sections.push(self.exceptions());
        (1..)
            .zip(sections)
            .map(|(number, (title, text))| {
                if text.starts_with('|') || text.starts_with("- ") {
                    format!("**{number}. {title}**\n\n{text}\n")
                } else {
                    format!("**{number}. {title}:** {text}\n")
                }
            })
            .collect()
    }

    fn removed(&self) -> Option<Section> {
        let removed = in_state(self.cases, |state| matches!(state, State::Removed { .. }));
        let mut table = head(&["Account", "Asked", "Decided by", "Reason", "Record"]);
        for (case, entry) in removed.iter().take(MAX_ROWS) {
            let State::Removed { decision, record } = &entry.state else { continue };
            let removal = match record {
                Some(record) => self.link("removal", record),
                None => Markdown::literal("by hand"),
            };
            table.push_str(&row(&[
                name(&case.name),
                Markdown::text(asked(entry)),
                Markdown::code(&decision.note.author.username),
                self.reason(decision),
                self.link("decision", &decision.note).and(", ").and(&removal),
            ]));
        }
        table.push_str(&more(removed.len()));
        let title = format!("Removed from {} ({})", self.system(), removed.len());
        (!removed.is_empty()).then_some((title, table))
    }

    fn gone(&self) -> Option<Section> {
        let gone = in_state(self.cases, |state| *state == State::Gone);
        let mut list = String::new();
        for (case, entry) in gone.iter().take(MAX_ROWS) {
            let line = name(&case.name).and(", asked ").and(Markdown::text(asked(entry)));
            list.push_str(&item(&line));
        }
        list.push_str(&more(gone.len()));
        let title = format!("Gone from {} without a decision ({})", self.system(), gone.len());
        (!gone.is_empty()).then_some((title, list))
    }

    fn accepted(&self) -> Option<Section> {
        let is_decided =
            |state: &State| matches!(state, State::Justified(Justification::Decision(_)));
        let accepted = in_state(self.cases, is_decided);
        let mut table = head(&["Finding", "Who", "Reason", "By", "Record"]);
        for (case, entry) in accepted.iter().take(MAX_ROWS) {
            let State::Justified(Justification::Decision(decision)) = &entry.state else {
                continue;
            };
            let check = Markdown::code(entry.check.id);
            let check = match decision.verdict {
                Verdict::Keep { until: Some(until) } => {
                    check.and(Markdown::text(format!(", kept until {until}")))
                }
                _ => check,
            };
            table.push_str(&row(&[
                check,
                name(&case.name),
                self.reason(decision),
                Markdown::code(&decision.note.author.username),
                self.link("record", &decision.note),
            ]));
        }
        table.push_str(&more(accepted.len()));
        let title = format!("Kept or accepted ({})", accepted.len());
        (!accepted.is_empty()).then_some((title, table))
    }

    fn settled(&self, title: &str, is_wanted: fn(&State) -> bool) -> Option<Section> {
        let settled = in_state(self.cases, is_wanted);
        let mut list = String::new();
        for (case, entry) in settled.iter().take(MAX_ROWS) {
            let mut line = Markdown::code(entry.check.id);
            if !case.name.is_empty() {
                line = line.and(" of ").and(name(&case.name));
            }
            if let Some(ask) = &entry.ask {
                let words = match ask.how {
                    AskedHow::Mentioned => "asked",
                    AskedHow::Sent => "asked by e-mail",
                    AskedHow::Listed => "listed",
                };
                line = line.and(", ").and(self.link(words, &ask.note));
            }
            list.push_str(&item(&line));
        }
        list.push_str(&more(settled.len()));
        (!settled.is_empty()).then(|| (format!("{title} ({})", settled.len()), list))
    }

    /// The accounts that were found by something else than their address.
    fn matched(&self) -> Option<Section> {
        let evaluation = self.input.evaluation;
        let mut list = String::new();
        let mut count = 0_usize;
        for matched in evaluation.matching.all() {
            if matched.key == MatchedBy::Email {
                continue;
            }
            let (Some(person), Some(account)) =
                (evaluation.roster.person(matched.person), evaluation.account(matched.account))
            else {
                continue;
            };
            count += 1;
            if count <= MAX_ROWS {
                let by = matched.key.describe();
                list.push_str(&item(
                    &name(&account.email)
                        .and(" is ")
                        .and(name(&person.name))
                        .and(Markdown::text(format!("'s, by {by}"))),
                ));
            }
        }
        list.push_str(&more(count));
        (count > 0).then(|| (format!("Matched by link or alias ({count})"), list))
    }

    /// What was switched off, left out, or could not be evaluated.
    fn unchecked(&self) -> Section {
        let evaluation = self.input.evaluation;
        let mut list = String::new();
        for check in &evaluation.off {
            list.push_str(&item(&Markdown::code(check.id).and(", which is switched off")));
        }
        for (check, unknown) in &evaluation.unknown {
            list.push_str(&item(
                &Markdown::code(check.id).and(Markdown::text(format!(", {unknown}"))),
            ));
        }
        for subject in evaluation.excluded.iter().take(MAX_ROWS) {
            let person = evaluation.person(*subject).map(|person| &*person.name);
            let account = match subject {
                crate::identity::Subject::Account(index) => evaluation.account(*index),
                _ => None,
            };
            let excluded = person.or(account.map(|account| &*account.email)).unwrap_or_default();
            list.push_str(&item(&name(excluded).and(", who is excluded")));
        }
        list.push_str(&more(evaluation.excluded.len()));
        none_or_list("Not checked", list)
    }

    fn exceptions(&self) -> Section {
        let mut list = String::new();
        for (exception, outcome) in self.input.evaluation.exceptions.iter().take(MAX_ROWS) {
            let checks: Vec<Markdown> =
                exception.checks.iter().map(|check| Markdown::code(check)).collect();
            let subject = exception.email.as_deref().unwrap_or("the organisation");
            let line =
                exception.location.line.map(|line| format!(" line {line}")).unwrap_or_default();
            list.push_str(&item(
                &crate::wording::join_list(&checks)
                    .and(" of ")
                    .and(name(subject))
                    .and(": ")
                    .and(Markdown::code(&excerpt(&exception.reason)))
                    .and(", approved by ")
                    .and(Markdown::code(&exception.approved_by))
                    .and(Markdown::text(format!(
                        " on {}, until {}, {} (",
                        exception.approved_on,
                        exception.expires,
                        outcome.describe()
                    )))
                    .and(Markdown::code(&exception.location.file))
                    .and(Markdown::text(format!("{line})"))),
            ));
        }
        none_or_list("Exceptions used", list)
    }

    fn sources(&self) -> String {
        let evaluation = self.input.evaluation;
        let mut text = String::from("\n");
        if self.nobody_decided_about_themselves() {
            text.push_str("Nobody accepted a finding about themselves. ");
        }
        let roster = match &self.report.provenance().commit {
            Some(commit) => Markdown::literal("roster commit ")
                .and(Markdown::code(commit))
                .and(Markdown::text(format!(" read at {}", minute(self.input.roster_captured_at)))),
            None => Markdown::literal("roster ")
                .and(Markdown::code(&self.report.provenance().path))
                .and(Markdown::text(format!(
                    " by the file's time {}",
                    minute(self.input.roster_captured_at)
                ))),
        };
        let sha256 = &self.report.provenance().sha256;
        let mut sources = Markdown::literal("Sources: ")
            .and(&roster)
            .and(", SHA-256 ")
            .and(Markdown::code(sha256));
        if let Some(accounts) = &evaluation.accounts {
            let completely = if accounts.is_complete() { "completely" } else { "incompletely" };
            let by_file =
                if self.input.sources.accounts.is_some() { " by the file's time" } else { "" };
            sources = sources
                .and(Markdown::text(format!(
                    "; accounts read {completely}{by_file} {}, SHA-256 ",
                    minute(accounts.capture.read_at)
                )))
                .and(Markdown::code(&accounts.capture.sha256));
        }
        format!("{text}{sources}.\n")
    }

    /// Whether no decision that counts was made by its own subject, which the rules refuse.
    fn nobody_decided_about_themselves(&self) -> bool {
        self.cases.entries().all(|(case, entry)| {
            let decision = entry.decision.as_ref();
            decision.is_none_or(|decision| case.user != Some(decision.note.author.id))
        })
    }

    fn system(&self) -> &'static str {
        self.input.evaluation.kind.spec().system
    }

    fn reason(&self, decision: &Decision) -> Markdown {
        match &decision.reason {
            Some(reason) => Markdown::code(reason),
            None => self.link("see the record", &decision.note),
        }
    }

    fn link(&self, words: &'static str, note: &NoteRef) -> Markdown {
        let address = format!("{}#note_{}", self.input.issue.url, note.id);
        if is_linkable(&address) {
            Markdown::text(format!("[{words}]({address})"))
        } else {
            Markdown::text(words)
        }
    }
}

/// How and when a finding was asked, and what came of it.
fn asked(entry: &Entry) -> String {
    let Some(ask) = &entry.ask else { return "never".to_owned() };
    let by = if ask.how == AskedHow::Sent { "by e-mail " } else { "" };
    let answer = if entry.answers.is_empty() { "no reply" } else { "answered" };
    format!("{by}{}, {answer}", short_day(date_of(ask.at)))
}

fn head(columns: &[&'static str]) -> String {
    let cells: Vec<Markdown> = columns.iter().map(|column| Markdown::text(*column)).collect();
    format!("{}{}", row(&cells), row(&vec![Markdown::literal("---"); columns.len()]))
}

/// That a list has more than what is shown of it.
fn more(count: usize) -> String {
    if count > MAX_ROWS {
        format!("\nAnd {} more: `support-audit status` lists all.\n", count - MAX_ROWS)
    } else {
        String::new()
    }
}

fn none_or_list(title: &str, list: String) -> Section {
    if list.is_empty() { (title.to_owned(), "none.".to_owned()) } else { (title.to_owned(), list) }
}

/// What to write to the manager where something is still open: plain text with untrusted text in it.
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

/// Lists people, each once with what is found about them.
fn named(text: &mut String, entries: &[(&Case, &Entry)], title: impl Fn(usize) -> String) {
    let mut people: Vec<(&Case, Vec<String>)> = Vec::new();
    for (case, entry) in entries {
        match people.last_mut() {
            Some((last, found)) if std::ptr::eq(*last, *case) => found.push(short(case, entry)),
            _ => people.push((case, vec![short(case, entry)])),
        }
    }
    if people.is_empty() {
        return;
    }
    text.push_str(&format!("{}\n", title(people.len())));
    for (case, found) in people.iter().take(MAX_NAMED) {
        text.push_str(&format!("- {} ({})\n", clean(&excerpt(&case.name)), found.join(", ")));
    }
    if people.len() > MAX_NAMED {
        text.push_str(&format!("- and {} more\n", people.len() - MAX_NAMED));
    }
}

fn short(case: &Case, entry: &Entry) -> String {
    let details = Details { entry: None, subject: &case.name, evidence: &entry.evidence };
    details.plain(entry.check.wording.short)
}

/// The day by which a manager is asked to help: the next Friday, at least two days ahead.
fn next_friday(now: Timestamp) -> String {
    let mut day = date_of(now).saturating_add(jiff::Span::new().days(2));
    while day.weekday() != jiff::civil::Weekday::Friday {
        day = day.saturating_add(jiff::Span::new().days(1));
    }
    format!("Friday {}", short_day(day))
}
