//! The report in aligned columns, for a terminal.

use super::{Cell, OUTSIDERS_COLUMNS, Report, TEAM_COLUMNS, UNKNOWN, UNREADABLE, person_count};
use crate::text::{clean, columns};

pub(super) fn render(report: &Report) -> String {
    let spec = report.kind.spec();
    let mut text = String::new();
    header(report, &mut text);
    if !report.problems.is_empty() {
        text.push_str("\nPROBLEMS\n");
        let problems = report.problems.iter().map(|problem| {
            [&problem.place.to_string(), &problem.message].map(|text| clean(text).into_owned())
        });
        text.push_str(&columns(&problems.collect::<Vec<_>>()));
    }
    text.push_str(&format!("\n{}\n", spec.team_heading.to_uppercase()));
    let mut team = vec![TEAM_COLUMNS.map(str::to_owned)];
    team.extend(report.team().map(|member| {
        [
            clean(&member.person.name).into_owned(),
            cell(&member.gitlab_username()),
            cell(&member.calendly_link()),
            UNKNOWN.to_owned(),
            member.findings_cell(),
        ]
    }));
    text.push_str(&columns(&team));
    text.push_str(&format!("\n{}\n", spec.outsiders_heading.to_uppercase()));
    text.push_str(&columns(&[OUTSIDERS_COLUMNS.map(str::to_owned)]));
    text.push_str(&format!("\n{}\n", report.summary()));
    text
}

fn header(report: &Report, text: &mut String) {
    let source = &report.provenance;
    let project = source.project.as_ref().map(|it| format!("{} ", clean(it))).unwrap_or_default();
    let commit = source.commit.as_ref().map(|it| format!(" at commit {}", clean(it)));
    text.push_str(&format!(
        "Roster {project}{}{}, SHA-256 {}, {}, read at {:.0} by support-audit {}\n",
        clean(&source.path),
        commit.unwrap_or_default(),
        source.sha256,
        person_count(report.roster.people.len()),
        source.read_at,
        source.version,
    ));
    for check in &report.off {
        text.push_str(&format!("Check off: {}\n", check.id));
    }
    for check in &report.unknown {
        text.push_str(&format!("Check unknown while a problem may hide a person: {}\n", check.id));
    }
    for person in report.excluded.iter().filter_map(|index| report.roster.people.get(*index)) {
        text.push_str(&format!("Excluded: {}\n", clean(&person.name)));
    }
    for wanted in &report.excluded_nobody {
        text.push_str(&format!("Excluded, but not on the roster: {}\n", clean(wanted)));
    }
}

fn cell(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Missing => String::new(),
        Cell::Unreadable => UNREADABLE.to_owned(),
        Cell::Foreign(value) => clean(value).into_owned(),
    }
}
