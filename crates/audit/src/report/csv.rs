//! The report as one table of comma-separated values, for spreadsheets.

use super::columns::{outsiders, people};
use super::note::Note;
use super::{Member, Outsider, Report, UNREADABLE, ids};
use crate::accounts::{Accounts, Capture};
use crate::input::Problem;
use crate::roster::Field;
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
        // Writing to memory does not fail, and all rows have the same length.
        debug_assert!(written.is_ok(), "{written:?}");
    }
    String::from_utf8_lossy(&writer.into_inner().unwrap_or_default()).into_owned()
}

fn rows(report: &Report) -> impl Iterator<Item = Row> {
    std::iter::once(provenance(report))
        .chain(report.evaluation.accounts.as_ref().map(accounts_provenance))
        .chain(report.notes().into_iter().map(|note| self::note(&note)))
        .chain(report.evaluation.problems.iter().map(problem))
        .chain(report.team().map(|member| team_row(report, &member)))
        .chain(report.outsiders().map(|outsider| outsider_row(&outsider)))
}

fn note(note: &Note<'_>) -> Row {
    row(&[
        ("table", note.table),
        ("name", note.name),
        ("findings", note.check),
        ("message", &note.plain()),
    ])
}

fn accounts_provenance(accounts: &Accounts) -> Row {
    let Capture { source, read_at, sha256, gaps } = &accounts.capture;
    let completeness = if gaps.is_empty() { "read whole" } else { "not read whole" };
    row(&[
        ("table", "accounts"),
        ("file", source),
        (
            "message",
            &format!(
                "{} with invitations, {completeness}, read at {read_at:.0}",
                accounts.list.len()
            ),
        ),
        ("sha256", sha256),
    ])
}

fn outsider_row(outsider: &Outsider<'_>) -> Row {
    let location = &outsider.account.location;
    let cells = outsiders().map(|column| (column.field, (column.cell)(outsider)));
    let findings = ids(outsider.findings).to_string();
    let line = location.line.map(|line| line.to_string()).unwrap_or_default();
    row(&[
        &[
            ("table", "outsiders"),
            ("account", outsider.role()),
            ("findings", &findings),
            ("file", &location.file),
            ("line", &line),
        ],
        &cells.each_ref().map(|(field, cell)| (*field, cell.as_str()))[..],
    ]
    .concat())
}

fn problem(problem: &Problem) -> Row {
    row(&[
        ("table", "problem"),
        ("file", &problem.location.file),
        ("line", &problem.location.line.map(|line| line.to_string()).unwrap_or_default()),
        ("message", &problem.message),
    ])
}

fn team_row(report: &Report, member: &Member<'_>) -> Row {
    let location = report.evaluation.roster.location(member.person);
    let spec = report.evaluation.kind.spec();
    let cells = people(spec).map(|column| (column.field, (column.cell)(member)));
    let email = match &member.person.email {
        Field::Missing => "",
        Field::Unreadable => UNREADABLE,
        Field::Value(email) => email,
    };
    let line = location.line.map(|line| line.to_string()).unwrap_or_default();
    row(&[
        &[("table", "support-team"), ("email", email), ("file", &location.file), ("line", &line)],
        &cells.each_ref().map(|(field, cell)| (*field, cell.as_str()))[..],
    ]
    .concat())
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
    row(&[
        ("table", "provenance"),
        ("file", &source.path),
        ("message", &message),
        ("sha256", &source.sha256),
    ])
}

fn row(cells: &[(&str, &str)]) -> Row {
    COLUMNS.map(|column| {
        let cell = cells.iter().find(|(name, _)| *name == column);
        cell.map(|(_, value)| (*value).to_owned()).unwrap_or_default()
    })
}

/// The cell on one line, marked as text if a spreadsheet would take it for a formula.
fn harmless(cell: &str) -> String {
    let cell = clean(cell);
    if cell.trim_start().starts_with(['=', '+', '-', '@']) {
        format!("'{cell}")
    } else {
        cell.into_owned()
    }
}
