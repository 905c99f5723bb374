//! The report as Markdown, for an issue.

use super::columns::{Column, outsiders, people};
use super::{Report, person_count};
use crate::accounts::{Accounts, Capture};
use crate::input::Problem;
use crate::markdown::{Markdown, delimiter_row, item, row};

pub(super) fn render(report: &Report) -> String {
    let spec = report.evaluation.kind.spec();
    let mut text = String::new();
    for line in provenance(report) {
        text.push_str(&format!("{line}\n"));
    }
    let notes: String = notes(report).map(|note| item(&note)).collect();
    if !notes.is_empty() {
        text.push_str(&format!("\n{notes}"));
    }
    if !report.evaluation.problems.is_empty() {
        text.push_str("\n## Problems\n\n");
        text.extend(report.evaluation.problems.iter().map(|it| item(&problem(it))));
    }
    table(spec.team_heading, &people(spec), report.team(), &mut text);
    table(spec.outsiders_heading, &outsiders(), report.outsiders(), &mut text);
    text.push_str(&format!("\n{}.\n", report.summary()));
    text
}

/// Where the report's facts come from: a line for the roster, and one for the accounts if they were
/// read.
pub(crate) fn provenance(report: &Report) -> impl Iterator<Item = Markdown> {
    let accounts = report.evaluation.accounts.as_ref().map(accounts_provenance);
    std::iter::once(roster_provenance(report)).chain(accounts)
}

fn accounts_provenance(accounts: &Accounts) -> Markdown {
    let Capture { source, read_at, sha256, gaps } = &accounts.capture;
    let whole = if gaps.is_empty() { "read whole" } else { "not read whole" };
    let count = accounts.list.len();
    Markdown::literal("Accounts ")
        .and(Markdown::code(source))
        .and(", SHA-256 ")
        .and(Markdown::code(sha256))
        .and(Markdown::text(format!(", {count} with invitations, {whole}, read at {read_at:.0}.")))
}

fn roster_provenance(report: &Report) -> Markdown {
    let source = &report.provenance;
    let mut line = Markdown::literal("Roster ");
    if let Some(project) = &source.project {
        line = line.and(Markdown::code(project)).and(" ");
    }
    line = line.and(Markdown::code(&source.path));
    if let Some(commit) = &source.commit {
        line = line.and(" at commit ").and(Markdown::code(commit));
    }
    line.and(", SHA-256 ").and(Markdown::code(&source.sha256)).and(Markdown::text(format!(
        ", {}, read at {:.0} by support-audit {}.",
        person_count(report.evaluation.roster.people.len()),
        source.read_at,
        source.version,
    )))
}

/// What must be known to read the report.
pub(crate) fn notes(report: &Report) -> impl Iterator<Item = Markdown> {
    report.notes().into_iter().map(|note| {
        let pieces = note.write(Markdown::text, Markdown::untrusted, Markdown::code);
        let note = pieces.iter().fold(Markdown::default(), Markdown::and);
        note.and(".")
    })
}

pub(crate) fn problem(problem: &Problem) -> Markdown {
    let line = problem.location.line.map(|line| format!(" line {line}")).unwrap_or_default();
    Markdown::code(&problem.location.file)
        .and(Markdown::text(format!("{line}: ")))
        .and(Markdown::untrusted(&problem.message))
}

/// A table below its heading.
fn table<R>(
    heading: &str,
    columns: &[Column<R>],
    rows: impl Iterator<Item = R>,
    text: &mut String,
) {
    let headings: Vec<Markdown> =
        columns.iter().map(|column| Markdown::literal(column.heading)).collect();
    text.push_str(&format!("\n## {heading}\n\n{}{}", row(&headings), delimiter_row(columns.len())));
    for about in rows {
        let cells: Vec<Markdown> =
            columns.iter().map(|column| (column.cell)(&about).markdown()).collect();
        text.push_str(&row(&cells));
    }
}
