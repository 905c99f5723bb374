//! Writes our region of an issue: the report, with what people typed into its tables.

use super::held::{Held, Tally};
use super::previous::{BEGIN, END, Previous, is_provenance, split_at_instant};
use super::table::{Index, OurTable, Row, Table, line, stamped};
use crate::identity::{SubjectId, digest};
use crate::kinds::Spec;
use crate::markdown::{Markdown, cell, item};
use crate::report::columns::outsiders as outsider_columns;
use crate::report::columns::{Column, DECISION, JUSTIFICATION, people};
use crate::report::markdown::{PROBLEMS_HEADING, notes, problem, provenance};
use crate::report::{Decision, EXCEPTED, Outsider, RecordedDecision, Report};
use crate::text::excerpt;

/// How many problems an issue lists. The comment with the complete report has all of them.
const PROBLEMS: usize = 50;

/// The people whom an issue lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All people.
    Everybody,
    /// People with findings, and people with typed text in their rows.
    Findings,
}

/// The instant in the lines of provenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadAt {
    /// The instant of the report.
    New,
    /// The instant of the present report, if that is of the same roster.
    Kept,
}

/// The lines of provenance.
/// A present line is kept if only its instant differs and the instant is to be kept.
fn provenance_lines(report: &Report, previous: &Previous<'_>, read_at: ReadAt) -> String {
    let without_instant = |line: &str| {
        let (before, after) = split_at_instant(line)?;
        let after = after.split_once(' ').map_or("", |(_, after)| after);
        Some((before.to_owned(), after.to_owned()))
    };
    let mut lines = String::new();
    for line in provenance(report) {
        let line = line.to_string();
        let is_same =
            |old: &&&str| is_provenance(old) && without_instant(old) == without_instant(&line);
        let old = previous.ours.iter().find(is_same).filter(|_| read_at == ReadAt::Kept);
        lines.push_str(&format!("{}\n", old.map_or(&*line, |old| old)));
    }
    lines
}

/// The text of the region including both marks, with a line break at its end.
///
/// `held` is what is kept about accounts if the report has none.
pub(super) fn render(
    report: &Report,
    previous: &Previous<'_>,
    held: Option<&Held<'_>>,
    extent: Extent,
    read_at: ReadAt,
) -> String {
    let spec = report.evaluation().kind.spec();
    let mut text = provenance_lines(report, previous, read_at);
    text.extend(held.map(|held| format!("{}\n", held.provenance)));
    let mut notes: String = notes(report).map(|note| item(&note)).collect();
    for note in held.iter().flat_map(|held| &held.notes) {
        // The report's own notes are not repeated.
        if !notes.lines().any(|line| line == *note) {
            notes.push_str(&format!("{note}\n"));
        }
    }
    if !notes.is_empty() {
        text.push_str(&format!("\n{notes}"));
    }
    text.push_str(&problems(report, held));
    let (people, tally) = team(report, &previous.team, extent, held);
    let mut counts = report.counts();
    if let Some(held) = held {
        held.add_counts(&mut counts, &tally);
    }
    let summary = format!("{counts}.");
    let ours = text.lines().chain([&*summary]).filter(|line| !line.trim().is_empty());
    let digests: Vec<String> = ours.map(|line| digest(line.trim())).collect();
    text.push_str(&format!("\n### {}\n\n", spec.team_heading));
    text.push_str(&head(OurTable::People, spec, &previous.team.added));
    text.push_str(&people);
    text.push_str(&format!("\n### {}\n\n", spec.outsiders_heading));
    text.push_str(&head(OurTable::Outsiders, spec, &previous.outsiders.added));
    text.push_str(&outsiders(report, &previous.outsiders));
    format!("{BEGIN} {} -->\n\n{text}\n{summary}\n\n{END}\n", digests.join(" "))
}

fn problems(report: &Report, held: Option<&Held<'_>>) -> String {
    let problems = &report.evaluation().problems;
    let mut items: Vec<String> =
        problems.iter().take(PROBLEMS).map(|entry| item(&problem(entry))).collect();
    let more = problems.len().saturating_sub(PROBLEMS);
    if more > 0 {
        items.push(item(&Markdown::literal("and ").and(Markdown::number(more)).and(" more")));
    }
    items.extend(held.iter().flat_map(|held| &held.problems).map(|line| format!("{line}\n")));
    if items.is_empty() {
        return String::new();
    }
    format!("\n### {PROBLEMS_HEADING}\n\n{}", items.concat())
}

fn head(of: OurTable, spec: &Spec, added: &[&str]) -> String {
    let columns = of.headings(spec);
    let width = columns.len() + added.len();
    let names = line(columns.into_iter().chain(added.iter().copied()));
    format!("{names}{}", line(std::iter::repeat_n("---", width)))
}

/// The rows of people, each with the text that was typed into it, and with what is kept about
/// accounts.
fn team(
    report: &Report,
    previous: &Table<'_>,
    extent: Extent,
    held: Option<&Held<'_>>,
) -> (String, Tally) {
    let mut rows = Rows::new(previous);
    let mut tally = Tally::default();
    let spec = report.evaluation().kind.spec();
    let columns = people(spec);
    let mut text = String::new();
    for member in report.team() {
        let mut written = columns.each_ref().map(|column| written_cell(column, &member, spec));
        let keys = member.person.keys();
        let row = rows.take(&keys, &written);
        if let (Some(held), Some(row)) = (held, row) {
            held.keep_in_row(row, &mut written);
        }
        let typed = row.map(|row| row.typed(&written)).unwrap_or_default();
        let kept = held.map_or(0, |held| held.count_in_row(&written, &mut tally));
        let is_untouched = typed.iter().all(String::is_empty);
        let is_notable = !member.findings.is_empty() || kept > 0 || !is_untouched;
        if extent == Extent::Everybody || is_notable {
            text.push_str(&stamped(OurTable::People, &keys, &written, &typed));
        }
    }
    text.push_str(&rows.left());
    (text, tally)
}

/// The rows of outsiders, each with the text that was typed into it.
/// While the outsiders are unknown, the rows stay as they were.
fn outsiders(report: &Report, previous: &Table<'_>) -> String {
    if report.outsiders_unknown() {
        return previous.rows.iter().map(Row::kept).collect();
    }
    let spec = report.evaluation().kind.spec();
    let mut rows = Rows::new(previous);
    let mut text = String::new();
    for outsider in report.outsiders() {
        let (keys, mut written) = outsider_row(&outsider, spec);
        let typed = rows.take_typed(&keys, &written);
        if let Some(recorded) = outsider.recorded() {
            write_recorded(recorded, &mut written, &typed, spec);
        }
        text.push_str(&stamped(OurTable::Outsiders, &keys, &written, &typed));
    }
    text.push_str(&rows.left());
    text
}

/// The keys of an outsider's row, and its cells as we write them.
/// People type justifications and decisions, unless there is an exception.
fn outsider_row(outsider: &Outsider<'_>, spec: &Spec) -> ([SubjectId; 1], [String; 6]) {
    let keys = [outsider.account.subject()];
    let written = outsider_columns().map(|column| match (column.key, outsider.exception) {
        (JUSTIFICATION, Some(exception)) => {
            cell(&Markdown::untrusted_or_link(&exception.reason, spec.link_base))
        }
        (DECISION, Some(_)) => format!("{} {EXCEPTED}", Decision::Keep.as_str()),
        (JUSTIFICATION | DECISION, None) => String::new(),
        _ => written_cell(&column, outsider, spec),
    });
    (keys, written)
}

/// Writes what an operator has recorded into the row of an outsider, unless somebody typed it
/// there.
fn write_recorded(
    recorded: &RecordedDecision,
    written: &mut [String],
    typed: &[String],
    spec: &Spec,
) {
    for ((key, cell), position) in OurTable::Outsiders.keys().iter().zip(written).zip(0..) {
        let typed = typed.get(position).map_or("", String::as_str);
        match (*key, &recorded.reason) {
            (DECISION, _) if Decision::parse(typed) != Some(recorded.decision) => {
                recorded.decision.as_str().clone_into(cell);
            }
            (JUSTIFICATION, Some(reason)) if typed.is_empty() || !recorded.is_said_by(typed) => {
                *cell = crate::markdown::cell(&Markdown::untrusted_or_link(
                    &excerpt(reason),
                    spec.link_base,
                ));
            }
            _ => {}
        }
    }
}

/// The justification and the decision that somebody typed about each outsider of `report`.
pub(super) fn typed_about(
    report: &Report,
    previous: &Previous<'_>,
) -> Vec<(SubjectId, String, String)> {
    let spec = report.evaluation().kind.spec();
    let mut rows = Rows::new(&previous.outsiders);
    let typed = |outsider: Outsider<'_>| {
        let (keys, written) = outsider_row(&outsider, spec);
        let typed = rows.take_typed(&keys, &written);
        let cell = |key: &str| {
            let column = OurTable::Outsiders.keys().iter().position(|known| *known == key)?;
            typed.get(column).cloned()
        };
        Some((outsider.account.subject(), cell(JUSTIFICATION)?, cell(DECISION)?))
    };
    report.outsiders().filter_map(typed).collect()
}

/// The rows of a table in an issue, each to be taken once.
struct Rows<'a> {
    index: Index<'a>,
    unused: Vec<Option<&'a Row<'a>>>,
}

impl<'a> Rows<'a> {
    fn new(table: &'a Table<'a>) -> Self {
        Self { index: Index::new(table), unused: table.rows.iter().map(Some).collect() }
    }

    /// Takes the row of a subject, which would now be written as `written`.
    fn take(&mut self, keys: &[SubjectId], written: &[String]) -> Option<&'a Row<'a>> {
        let place = self.index.find(keys, written)?;
        self.unused.get_mut(place)?.take()
    }

    /// Takes the text that was typed into the row of a subject, cell by cell.
    fn take_typed(&mut self, keys: &[SubjectId], written: &[String]) -> Vec<String> {
        self.take(keys, written).map(|row| row.typed(written)).unwrap_or_default()
    }

    /// The remaining rows into which somebody typed, whose subjects are gone.
    fn left(self) -> String {
        let rows = self.unused.into_iter().flatten().filter(|row| row.holds_typed_text());
        rows.map(Row::kept).collect()
    }
}

/// The cell of a column in a row.
fn written_cell<R>(column: &Column<R>, about: &R, spec: &Spec) -> String {
    cell(&(column.cell)(about).markdown(spec.link_base))
}
