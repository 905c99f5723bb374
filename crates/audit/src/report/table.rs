//! The report in aligned columns, for a terminal.

use super::{Cell, OUTSIDERS_COLUMNS, Report, TEAM_COLUMNS, UNREADABLE, person_count};
use crate::accounts::{Account, Capture};
use crate::text::{clean, columns};

pub(super) fn render(report: &Report) -> String {
    let spec = report.evaluation.kind.spec();
    let mut text = String::new();
    header(report, &mut text);
    if !report.evaluation.problems.is_empty() {
        text.push_str("\nPROBLEMS\n");
        let problems = report.evaluation.problems.iter().map(|problem| {
            [&problem.location.to_string(), &problem.message].map(|text| clean(text).into_owned())
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
            clean(member.account.as_str()).into_owned(),
            member.findings_cell(),
        ]
    }));
    text.push_str(&columns(&team));
    text.push_str(&format!("\n{}\n", spec.outsiders_heading.to_uppercase()));
    let mut outsiders = vec![OUTSIDERS_COLUMNS.map(str::to_owned)];
    outsiders.extend(report.outsiders().map(|outsider| {
        let Account { name, email, since, .. } = outsider.account;
        let decision = outsider.decision();
        [name, email, outsider.role(), since, outsider.justification(), &decision]
            .map(|cell| clean(cell).into_owned())
    }));
    text.push_str(&columns(&outsiders));
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
        person_count(report.evaluation.roster.people.len()),
        source.read_at,
        source.version,
    ));
    if let Some(accounts) = &report.evaluation.accounts {
        let Capture { source, read_at, sha256, gaps } = &accounts.capture;
        let whole = if gaps.is_empty() { "read whole" } else { "not read whole" };
        text.push_str(&format!(
            "Accounts {}, SHA-256 {sha256}, {} with invitations, {whole}, read at {read_at:.0}\n",
            clean(source),
            accounts.list.len(),
        ));
    }
    for note in report.notes() {
        text.push_str(&format!("{}\n", clean(&note.plain())));
    }
}

fn cell(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Missing => String::new(),
        Cell::Unreadable => UNREADABLE.to_owned(),
        Cell::Untrusted(value) => clean(value).into_owned(),
    }
}
