//! The text of the review request.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::readiness::{Readiness, in_state, operator_markers, reports};
use crate::accounts::AccountStatus;
use crate::dates::{date_of, minute, short_day};
use crate::followup::{Cases, FollowupInput, State};
use crate::input::MODIFIED_AT;
use crate::markdown::{Markdown, delimiter_row, item, row};
use crate::record::conversation::User;
use crate::record::marker::Content;
use crate::report::Report;
use crate::text::excerpt;

/// How many rows a table of the review has at most.
pub(super) const MAX_ROWS: usize = 1_000;

/// The text of the review request without its marker.
pub(super) fn comment(
    input: &FollowupInput<'_>,
    cases: &Cases,
    report: &Report,
    reviewer: Option<&User>,
    readiness: &Readiness,
) -> String {
    let writer = Writer { input, cases, report };
    let mut text = format!("{}\n\n", writer.opening(reviewer, readiness));
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

/// The number of findings in each state.
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
pub(super) struct Writer<'a> {
    pub(super) input: &'a FollowupInput<'a>,
    pub(super) cases: &'a Cases,
    pub(super) report: &'a Report,
}

impl Writer<'_> {
    /// The first paragraph; it mentions the reviewer, if one is asked.
    fn opening(&self, reviewer: Option<&User>, readiness: &Readiness) -> Markdown {
        let title = Markdown::literal(self.input.evaluation.kind.spec().system)
            .and(" access review ")
            .and(self.input.header.period);
        match reviewer {
            Some(user) => Markdown::mention(user).and(": the ").and(title).and(
                " is ready for your review (about five minutes). If you agree, mark it complete and close this issue; if not, reply here.",
            ),
            None if readiness.is_ready() => Markdown::literal("Where the ").and(title).and(
                " stands today. Nothing is open, and the review has not been requested by this comment.",
            ),
            None => Markdown::literal("Where the ").and(title).and(
                " stands today. It is not complete: the items under *Open* need a decision.",
            ),
        }
    }

    /// The table of counts, in the first report and now.
    fn overview(&self) -> String {
        let evaluation = self.input.evaluation;
        let first = reports(self.input).into_iter().next();
        let first_at = operator_markers(self.input)
            .into_iter()
            .find(|(_, marker)| matches!(marker.content, Content::Report(_)))
            .map(|(at, _)| at);
        let then = first.unwrap_or_default();
        let accounts_then = match (then.accounts, then.invitations) {
            (Some(accounts), Some(invitations)) => {
                Markdown::number(accounts.saturating_sub(invitations))
                    .and(", ")
                    .and(Markdown::number(invitations))
            }
            (accounts, _) => known_number(accounts),
        };
        let accounts_now = match &evaluation.accounts {
            Some(accounts) => Markdown::number(accounts.with(AccountStatus::Active).count())
                .and(", ")
                .and(Markdown::number(accounts.with(AccountStatus::Invited).count())),
            None => known_number(None),
        };
        let mut table = row(&[
            Markdown::default(),
            dated("First report", first_at),
            dated("Now", Some(self.input.now)),
        ]);
        table.push_str(&delimiter_row(3));
        for (title, before, now) in [
            (
                "People on the roster",
                known_number(first_at.map(|_| then.people)),
                Markdown::number(evaluation.roster.people.len()),
            ),
            ("Accounts, invitations", accounts_then, accounts_now),
            ("Findings", known_number(then.findings), self.finding_counts()),
            (
                "Outsiders",
                known_number(then.outsiders),
                Markdown::number(evaluation.outsiders().count()),
            ),
        ] {
            table.push_str(&row(&[Markdown::literal(title), before, now]));
        }
        table.push('\n');
        table
    }

    /// `0 open, 11 settled, 1 accepted`.
    fn finding_counts(&self) -> Markdown {
        let settled = in_state(self.cases, State::is_settled).len();
        let accepted = in_state(self.cases, |state| matches!(state, State::Justified(_))).len();
        let open = in_state(self.cases, |state| !state.is_closed()).len();
        Markdown::number(open)
            .and(" open, ")
            .and(Markdown::number(settled))
            .and(" settled, ")
            .and(Markdown::number(accepted))
            .and(" accepted")
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
                .and(" read at ")
                .and(minute(self.input.roster_captured_at)),
            None => Markdown::literal("roster ")
                .and(Markdown::code(&self.report.provenance().path))
                .and(if self.report.provenance().instant_is() == MODIFIED_AT {
                    " by the file's time "
                } else {
                    " read at "
                })
                .and(minute(self.input.roster_captured_at)),
        };
        let sha256 = &self.report.provenance().sha256;
        let mut sources = Markdown::literal("Sources: ")
            .and(&roster)
            .and(", SHA-256 ")
            .and(Markdown::code(sha256));
        if let Some(accounts) = &evaluation.accounts {
            let is_complete = accounts.is_complete();
            let by_file = if accounts.capture.is_by_file_time { " by the file's time" } else { "" };
            sources = sources
                .and("; accounts read ")
                .and(if is_complete { "completely" } else { "incompletely" })
                .and(by_file)
                .and(" ")
                .and(minute(accounts.capture.read_at))
                .and(", SHA-256 ")
                .and(Markdown::code(&accounts.capture.sha256));
        }
        format!("{text}{sources}.\n")
    }

    /// Whether no decision that counts was made by its own subject. The rules forbid such
    /// decisions.
    fn nobody_decided_about_themselves(&self) -> bool {
        self.cases.entries().all(|(case, entry)| {
            let decision = entry.decision.as_ref();
            decision.is_none_or(|decision| case.user != Some(decision.note.author.id))
        })
    }
}

/// A heading of the overview with its day, if that is known.
fn dated(heading: &'static str, at: Option<Timestamp>) -> Markdown {
    let heading = Markdown::literal(heading);
    match at {
        Some(at) => heading.and(" (").and(short_day(date_of(at))).and(")"),
        None => heading,
    }
}

fn known_number(count: Option<usize>) -> Markdown {
    count.map_or(Markdown::literal("unknown"), Markdown::number)
}

/// The line that says how many items a list leaves out.
pub(super) fn more(count: usize) -> String {
    if count > MAX_ROWS {
        format!("\nAnd {} more: `support-audit status` lists all.\n", count - MAX_ROWS)
    } else {
        String::new()
    }
}
