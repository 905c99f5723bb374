//! The report as Markdown, for an issue.

use super::{
    Cell, Member, OUTSIDERS_COLUMNS, Outsider, Report, TEAM_COLUMNS, UNREADABLE, person_count,
};
use crate::accounts::{Account, Accounts, Capture};
use crate::input::Problem;
use crate::markdown::{Markdown, item, row};

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
    heading(spec.team_heading, &TEAM_COLUMNS, &mut text);
    for member in report.team() {
        text.push_str(&row(&team_cells(&member)));
    }
    heading(spec.outsiders_heading, &OUTSIDERS_COLUMNS, &mut text);
    for outsider in report.outsiders() {
        let [name, email, role, since] = account_cells(&outsider);
        let justification = Markdown::untrusted(outsider.justification());
        let decision = Markdown::text(outsider.decision());
        text.push_str(&row(&[name, email, role, since, justification, decision]));
    }
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

fn heading(heading: &str, columns: &[&str], text: &mut String) {
    let columns: Vec<Markdown> = columns.iter().map(|column| Markdown::text(*column)).collect();
    text.push_str(&format!("\n## {heading}\n\n"));
    text.push_str(&row(&columns));
    text.push_str(&row(&vec![Markdown::literal("---"); columns.len()]));
}

/// The cells of a person's row in the table of people.
pub(crate) fn team_cells(member: &Member<'_>) -> [Markdown; TEAM_COLUMNS.len()] {
    [
        Markdown::untrusted(&member.person.name),
        cell(&member.gitlab_username(), Markdown::code),
        cell(&member.calendly_link(), Markdown::untrusted),
        Markdown::untrusted(member.account.as_str()),
        Markdown::text(member.findings_cell()),
    ]
}

/// The cells of an outsider's row that tell of the account.
pub(crate) fn account_cells(outsider: &Outsider<'_>) -> [Markdown; 4] {
    let Account { name, email, since, .. } = outsider.account;
    [name, email, outsider.role(), since].map(Markdown::untrusted)
}

fn cell(cell: &Cell<'_>, untrusted: fn(&str) -> Markdown) -> Markdown {
    match cell {
        Cell::Missing => Markdown::default(),
        Cell::Unreadable => Markdown::text(UNREADABLE),
        Cell::Untrusted(value) => untrusted(value),
    }
}
