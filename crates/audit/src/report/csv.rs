//! The report as one table of comma-separated values, for spreadsheets.

use super::{Cell, Member, Report, UNKNOWN, UNREADABLE};
use crate::problem::Problem;
use crate::text::clean;

const COLUMNS: [&str; 15] = [
    "table",
    "name",
    "email",
    "gitlab",
    "calendly_link",
    "account",
    "findings",
    "role",
    "since",
    "justification",
    "decision",
    "file",
    "line",
    "message",
    "sha256",
];

type Row = [String; COLUMNS.len()];

pub(super) fn render(report: &Report) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let header = std::iter::once(COLUMNS.map(str::to_owned));
    for row in header.chain(rows(report)) {
        let written = writer.write_record(row.map(|cell| harmless(&cell)));
        // Writing to memory fails only for want of it, and all rows are of one length.
        debug_assert!(written.is_ok(), "{written:?}");
    }
    String::from_utf8_lossy(&writer.into_inner().unwrap_or_default()).into_owned()
}

fn rows(report: &Report) -> impl Iterator<Item = Row> {
    let off = report.off.iter().map(|check| row([("table", "check-off"), ("findings", check.id)]));
    let unknown = report.unknown.iter();
    let unknown = unknown.map(|check| row([("table", "check-unknown"), ("findings", check.id)]));
    let nobody = report.excluded_nobody.iter();
    let nobody = nobody.map(|wanted| row([("table", "excluded-nobody"), ("name", wanted)]));
    std::iter::once(provenance(report))
        .chain(off)
        .chain(unknown)
        .chain(nobody)
        .chain(report.problems.iter().map(problem))
        .chain(report.team().map(|member| team_row(report, &member)))
}

fn problem(problem: &Problem) -> Row {
    row([
        ("table", "problem"),
        ("file", &problem.place.file),
        ("line", &problem.place.line.map(|line| line.to_string()).unwrap_or_default()),
        ("message", &problem.message),
    ])
}

fn team_row(report: &Report, member: &Member<'_>) -> Row {
    let place = report.roster.place(member.person);
    row([
        ("table", "support-team"),
        ("name", &member.person.name),
        ("email", value(&Cell::of(&member.person.email))),
        ("gitlab", value(&member.gitlab_username())),
        ("calendly_link", value(&member.calendly_link())),
        ("account", UNKNOWN),
        ("findings", &member.findings_cell()),
        ("file", &place.file),
        ("line", &place.line.map(|line| line.to_string()).unwrap_or_default()),
    ])
}

fn provenance(report: &Report) -> Row {
    let source = &report.provenance;
    let mut message = String::new();
    if let (Some(project), Some(commit)) = (&source.project, &source.commit) {
        message = format!("{project} at commit {commit}; ");
    }
    message.push_str(&format!(
        "read at {:.0} by support-audit {}; {}",
        source.read_at,
        source.version,
        report.summary()
    ));
    row([
        ("table", "provenance"),
        ("file", &source.path),
        ("message", &message),
        ("sha256", &source.sha256),
    ])
}

fn row<const N: usize>(cells: [(&str, &str); N]) -> Row {
    COLUMNS.map(|column| {
        let cell = cells.iter().find(|(name, _)| *name == column);
        cell.map(|(_, value)| (*value).to_owned()).unwrap_or_default()
    })
}

fn value<'a>(cell: &Cell<'a>) -> &'a str {
    match cell {
        Cell::Missing => "",
        Cell::Unreadable => UNREADABLE,
        Cell::Foreign(value) => value,
    }
}

/// `cell` on one line, and marked as text where a spreadsheet would take it for a formula.
fn harmless(cell: &str) -> String {
    let cell = clean(cell);
    if cell.trim_start().starts_with(['=', '+', '-', '@']) {
        format!("'{cell}")
    } else {
        cell.into_owned()
    }
}
