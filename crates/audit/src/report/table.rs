//! The report in aligned columns, for a terminal.

use super::columns::{Column, outsiders, people};
use super::{Report, person_count};
use crate::accounts::Capture;
use crate::text::{aligned, clean};

pub(super) fn render(report: &Report) -> String {
    let spec = report.evaluation.kind.spec();
    let mut text = String::new();
    header(report, &mut text);
    if !report.evaluation.problems.is_empty() {
        text.push_str("\nPROBLEMS\n");
        let problems = report.evaluation.problems.iter().map(|problem| {
            [&problem.location.to_string(), &problem.message].map(|text| clean(text).into_owned())
        });
        text.push_str(&aligned(&problems.collect::<Vec<_>>()));
    }
    text.push_str(&format!("\n{}\n", spec.team_heading.to_uppercase()));
    text.push_str(&table(&people(spec), report.team()));
    text.push_str(&format!("\n{}\n", spec.outsiders_heading.to_uppercase()));
    text.push_str(&table(&outsiders(), report.outsiders()));
    text.push_str(&format!("\n{}\n", report.summary()));
    text
}

fn header(report: &Report, text: &mut String) {
    let source = &report.provenance;
    let project =
        source.project.as_ref().map(|project| format!("{} ", clean(project))).unwrap_or_default();
    let commit = source.commit.as_ref().map(|commit| format!(" at commit {}", clean(commit)));
    text.push_str(&format!(
        "Roster {project}{}{}, SHA-256 {}, {}, {} {:.0}, by support-audit {}\n",
        clean(&source.path),
        commit.unwrap_or_default(),
        source.sha256,
        person_count(report.evaluation.roster.people.len()),
        source.instant_is(),
        source.read_at,
        source.version,
    ));
    if let Some(accounts) = &report.evaluation.accounts {
        let Capture { source, read_at, sha256, gaps, .. } = &accounts.capture;
        let instant_is = accounts.capture.instant_is();
        let completeness = if gaps.is_empty() { "read whole" } else { "not read whole" };
        text.push_str(&format!(
            "Accounts {}, SHA-256 {sha256}, {} with invitations, {completeness}, {instant_is} {read_at:.0}\n",
            clean(source),
            accounts.list.len(),
        ));
    }
    for note in report.notes() {
        text.push_str(&format!("{}\n", clean(&note.plain())));
    }
}

/// The rows of a table below its headings.
fn table<R, const N: usize>(columns: &[Column<R>; N], rows: impl Iterator<Item = R>) -> String {
    let mut lines = vec![columns.each_ref().map(|column| column.heading.to_owned())];
    for about in rows {
        let cells = columns.each_ref().map(|column| (column.cell)(&about));
        lines.push(cells.map(|cell| clean(cell.as_str()).into_owned()));
    }
    aligned(&lines)
}
