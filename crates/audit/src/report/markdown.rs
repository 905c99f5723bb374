//! The report as Markdown, for an issue.

use super::person_count;
use super::{Cell, Member, OUTSIDERS_COLUMNS, Report, TEAM_COLUMNS, UNKNOWN, UNREADABLE};
use crate::markdown::{Markdown, item, row};
use crate::problem::Problem;

pub(super) fn render(report: &Report) -> String {
    let spec = report.kind.spec();
    let mut text = format!("{}\n", provenance(report));
    let notes: Vec<Markdown> = notes(report).collect();
    if !notes.is_empty() {
        text.push('\n');
        text.extend(notes.iter().map(item));
    }
    if !report.problems.is_empty() {
        text.push_str("\n## Problems\n\n");
        text.extend(report.problems.iter().map(|it| item(&problem(it))));
    }
    heading(spec.team_heading, &TEAM_COLUMNS, &mut text);
    for member in report.team() {
        text.push_str(&row(&team_cells(&member)));
    }
    heading(spec.outsiders_heading, &OUTSIDERS_COLUMNS, &mut text);
    text.push_str(&format!("\n{}.\n", report.summary()));
    text
}

pub(crate) fn provenance(report: &Report) -> Markdown {
    let source = &report.provenance;
    let mut line = Markdown::text("Roster ");
    if let Some(project) = &source.project {
        line = line.and(&Markdown::code(project)).and(&Markdown::text(" "));
    }
    line = line.and(&Markdown::code(&source.path));
    if let Some(commit) = &source.commit {
        line = line.and(&Markdown::text(" at commit ")).and(&Markdown::code(commit));
    }
    line.and(&Markdown::text(", SHA-256 ")).and(&Markdown::code(&source.sha256)).and(
        &Markdown::text(format!(
            ", {}, read at {:.0} by support-audit {}.",
            person_count(report.roster.people.len()),
            source.read_at,
            source.version,
        )),
    )
}

/// What was left out of the audit on purpose.
pub(crate) fn notes(report: &Report) -> impl Iterator<Item = Markdown> {
    let off = report.off.iter().map(|check| Markdown::text(format!("Check off: {}.", check.id)));
    let unknown = report.unknown.iter().map(|check| {
        Markdown::text(format!("Check unknown while a problem may hide a person: {}.", check.id))
    });
    let excluded = report.excluded.iter().filter_map(|index| report.roster.people.get(*index));
    let excluded = excluded.map(|person| {
        Markdown::text("Excluded: ").and(&Markdown::foreign(&person.name)).and(&Markdown::text("."))
    });
    let nobody = report.excluded_nobody.iter().map(|wanted| {
        Markdown::text("Excluded, but not on the roster: ")
            .and(&Markdown::foreign(wanted))
            .and(&Markdown::text("."))
    });
    off.chain(unknown).chain(excluded).chain(nobody)
}

pub(crate) fn problem(problem: &Problem) -> Markdown {
    let line = problem.place.line.map(|line| format!(" line {line}")).unwrap_or_default();
    Markdown::code(&problem.place.file)
        .and(&Markdown::text(format!("{line}: ")))
        .and(&Markdown::foreign(&problem.message))
}

fn heading(heading: &str, columns: &[&str], text: &mut String) {
    let columns: Vec<Markdown> = columns.iter().map(|column| Markdown::text(*column)).collect();
    text.push_str(&format!("\n## {heading}\n\n"));
    text.push_str(&row(&columns));
    text.push_str(&row(&vec![Markdown::text("---"); columns.len()]));
}

/// The cells of a person's row in the table of people.
pub(crate) fn team_cells(member: &Member<'_>) -> [Markdown; TEAM_COLUMNS.len()] {
    [
        Markdown::foreign(&member.person.name),
        cell(&member.gitlab_username(), Markdown::code),
        cell(&member.calendly_link(), Markdown::foreign),
        Markdown::text(UNKNOWN),
        Markdown::text(member.findings_cell()),
    ]
}

fn cell(cell: &Cell<'_>, foreign: fn(&str) -> Markdown) -> Markdown {
    match cell {
        Cell::Missing => Markdown::default(),
        Cell::Unreadable => Markdown::text(UNREADABLE),
        Cell::Foreign(value) => foreign(value),
    }
}
