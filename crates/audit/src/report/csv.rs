//! The report as one table of comma-separated values, for spreadsheets.

use super::columns::{outsiders, people};
use super::note::Note;
use super::{Member, Outsider, Report, UNREADABLE, ids};
use crate::accounts::{Accounts, Capture};
use crate::input::Problem;
use crate::kinds::Spec;
use crate::roster::Field;
use crate::text::clean;

/// The names of the columns: those of both tables, and those of what is beside them.
fn names(spec: &Spec) -> [&'static str; 15] {
    let [name, gitlab, link, account, findings] = people(spec).map(|column| column.field);
    let [_, email, role, since, justification, decision] = outsiders().map(|column| column.field);
    [
        "table",
        name,
        email,
        gitlab,
        link,
        account,
        findings,
        role,
        since,
        justification,
        decision,
        "file",
        "line",
        "message",
        "sha256",
    ]
}

/// The cells of a row that hold anything, each with the name of its column.
type Row = Vec<(&'static str, String)>;

pub(super) fn render(report: &Report) -> Result<String, ::csv::Error> {
    let names = names(report.evaluation.kind.spec());
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let header = names.iter().map(|name| (*name, (*name).to_owned())).collect();
    for row in std::iter::once(header).chain(rows(report)) {
        writer.write_record(names.map(|name| harmless(cell(&row, name))))?;
    }
    let bytes = writer.into_inner().map_err(::csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The cell of a column; a row says nothing in most of them.
fn cell<'a>(row: &'a Row, name: &str) -> &'a str {
    row.iter().find(|(column, _)| *column == name).map_or("", |(_, cell)| cell)
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
    let Capture { source, read_at, sha256, gaps, .. } = &accounts.capture;
    let instant_is = accounts.capture.instant_is();
    let completeness = if gaps.is_empty() { "read whole" } else { "not read whole" };
    row(&[
        ("table", "accounts"),
        ("file", source),
        (
            "message",
            &format!(
                "{} with invitations, {completeness}, {instant_is} {read_at:.0}",
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
        "{} {:.0}, by support-audit {}; {}",
        source.instant_is(),
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

fn row(cells: &[(&'static str, &str)]) -> Row {
    cells.iter().map(|(name, cell)| (*name, (*cell).to_owned())).collect()
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
