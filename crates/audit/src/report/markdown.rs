//! The report as Markdown, for an issue.

use super::Report;
use super::columns::{Column, outsiders, people};
use crate::accounts::{Accounts, Capture};
use crate::input::{Location, Problem};
use crate::markdown::{Markdown, delimiter_row, item, row};

/// The beginning of the line about the roster.
pub(crate) const ROSTER: &str = "Roster ";
/// The beginning of the line about the accounts.
pub(crate) const ACCOUNTS: &str = "Accounts ";

/// The heading above the problems.
pub(crate) const PROBLEMS_HEADING: &str = "Problems";

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
        text.push_str(&format!("\n## {PROBLEMS_HEADING}\n\n"));
        text.extend(report.evaluation.problems.iter().map(|entry| item(&problem(entry))));
    }
    let base = spec.link_base;
    table(spec.team_heading, &people(spec), report.team(), base, &mut text);
    table(spec.outsiders_heading, &outsiders(), report.outsiders(), base, &mut text);
    text.push_str(&format!("\n{}.\n", report.summary()));
    text
}

/// The sources of the report: a line for the roster, and one for the accounts if they were read.
pub(crate) fn provenance(report: &Report) -> impl Iterator<Item = Markdown> {
    let accounts = report.evaluation.accounts.as_ref().map(accounts_provenance);
    std::iter::once(roster_provenance(report)).chain(accounts)
}

fn accounts_provenance(accounts: &Accounts) -> Markdown {
    let Capture { source, read_at, sha256, gaps, .. } = &accounts.capture;
    let completeness = if gaps.is_empty() { "read whole" } else { "not read whole" };
    Markdown::literal(ACCOUNTS)
        .and(Markdown::code(source))
        .and(", SHA-256 ")
        .and(Markdown::code(sha256))
        .and(", ")
        .and(Markdown::number(accounts.list.len()))
        .and(" with invitations, ")
        .and(completeness)
        .and(", ")
        .and(accounts.capture.instant_is())
        .and(" ")
        .and(Markdown::instant(*read_at))
        .and(".")
}

fn roster_provenance(report: &Report) -> Markdown {
    let source = &report.provenance;
    let mut line = Markdown::literal(ROSTER);
    if let Some(project) = &source.project {
        line = line.and(Markdown::code(project)).and(" ");
    }
    line = line.and(Markdown::code(&source.path));
    if let Some(commit) = &source.commit {
        line = line.and(" at commit ").and(Markdown::code(commit));
    }
    line.and(", SHA-256 ")
        .and(Markdown::code(&source.sha256))
        .and(", ")
        .and(Markdown::counted(report.evaluation.roster.people.len(), "person", "people"))
        .and(", ")
        .and(source.instant_is())
        .and(" ")
        .and(Markdown::instant(source.read_at))
        .and(", by support-audit ")
        .and(source.version)
        .and(".")
}

/// The notes, each as a sentence.
pub(crate) fn notes(report: &Report) -> impl Iterator<Item = Markdown> {
    let base = report.evaluation.kind.spec().link_base;
    report.notes().into_iter().map(move |note| note.markdown(base).and("."))
}

pub(crate) fn problem(problem: &Problem) -> Markdown {
    location(&problem.location).and(": ").and(Markdown::untrusted(&problem.message))
}

/// A place in a file, as `team.yaml` line 5.
pub(crate) fn location(location: &Location) -> Markdown {
    let file = Markdown::code(&location.file);
    match location.line {
        Some(line) => file.and(" line ").and(line),
        None => file,
    }
}

/// A table below its heading.
fn table<R>(
    heading: &str,
    columns: &[Column<R>],
    rows: impl Iterator<Item = R>,
    link_base: &str,
    text: &mut String,
) {
    let headings: Vec<Markdown> =
        columns.iter().map(|column| Markdown::literal(column.heading)).collect();
    text.push_str(&format!("\n## {heading}\n\n{}{}", row(&headings), delimiter_row(columns.len())));
    for about in rows {
        let cells: Vec<Markdown> =
            columns.iter().map(|column| (column.cell)(&about).markdown(link_base)).collect();
        text.push_str(&row(&cells));
    }
}
