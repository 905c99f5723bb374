//! Our region of an issue: the report, with what people typed into its tables.

use std::collections::HashSet;

use super::held::{Held, Tally};
use super::table::{Index, Layout, Of, Row, Table, begins_a_block, cells, line, stamped};
use crate::identity::{SubjectId, digest};
use crate::kinds::Spec;
use crate::markdown::{Markdown, item, row};
use crate::report::columns::outsiders as outsider_columns;
use crate::report::columns::{Column, DECISION, JUSTIFICATION, people};
use crate::report::markdown::{notes, problem, provenance};
use crate::report::{Decision, EXCEPTED, Outsider, Report, is_summary};

/// The beginning of the mark above our region; digests of our lines and ` -->` follow.
pub(super) const BEGIN: &str = "<!-- support-audit:begin v1";

/// The mark below our region.
pub(super) const END: &str = "<!-- support-audit:end -->";

/// How many problems an issue lists; the comment with the whole report has all of them.
const PROBLEMS: usize = 50;

/// Which people an issue lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Everybody.
    Everybody,
    /// Those about whom something was found, or in whose row somebody typed.
    Findings,
}

/// Which instant a report's provenance tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadAt {
    /// That of the report.
    New,
    /// That of the report which is there, if it is of the same roster.
    Kept,
}

/// What a region held, as far as people may have typed it.
#[derive(Debug, Default)]
pub(super) struct Previous<'a> {
    pub(super) team: Table<'a>,
    pub(super) outsiders: Table<'a>,
    /// Lines that are neither ours nor rows of ours, in their order, and the blank ones between.
    pub(super) untrusted: Vec<&'a str>,
    /// Whether the heading of one of our tables has been read.
    has_tables: bool,
    /// Whether the head of one of our tables is not ours any more.
    pub(super) has_other_head: bool,
    /// How many blank lines belong before the next untrusted line.
    blank: usize,
    /// Our lines that are no rows.
    pub(super) ours: Vec<&'a str>,
}

impl<'a> Previous<'a> {
    /// Reads a region; `digests` are those of its lines that are ours.
    pub(super) fn read(text: &'a str, digests: &HashSet<&str>, spec: &Spec) -> Self {
        let mut previous = Self::default();
        let mut at = At::Text;
        for line in text.lines() {
            at = previous.take(line, at, digests, spec);
        }
        previous
    }

    fn take(&mut self, line: &'a str, at: At, digests: &HashSet<&str>, spec: &Spec) -> At {
        if line.trim().is_empty() {
            self.blank += 1;
            return if matches!(at, At::Heading(_)) { at } else { At::Text };
        }
        if let Some(table) = table_of_heading(line, spec) {
            self.has_tables = true;
            self.blank = 1;
            return At::Heading(table);
        }
        if let Some(at) = self.take_row(line, at, spec) {
            self.blank = 1;
            return at;
        }
        let is_ours = is_ours(line, digests, !self.has_tables);
        if is_ours {
            self.ours.push(line.trim());
            self.blank = self.blank.max(1);
        } else {
            let blank = if self.untrusted.is_empty() { 0 } else { self.blank };
            self.untrusted.extend(std::iter::repeat_n("", blank));
            self.untrusted.push(line);
            self.blank = 0;
        }
        // A table may still follow its heading.
        if matches!(at, At::Heading(_)) { at } else { At::Text }
    }

    /// Takes a line that belongs to one of our tables, and tells where that leads.
    fn take_row(&mut self, line: &'a str, at: At, spec: &Spec) -> Option<At> {
        match at {
            At::Heading(table) => {
                let names = cells(line)?;
                let layout = Layout::from_head(&names, &table.headings(spec));
                self.has_other_head |= layout.is_none();
                let layout = layout.unwrap_or_else(|| Layout::current(table));
                let added = names.into_iter().enumerate();
                let added = added.filter(|(position, _)| layout.is_added(*position));
                self.table(table).added = added.map(|(_, name)| name).collect();
                self.table(table).layout = Some(layout);
                Some(At::Rows(table))
            }
            At::Rows(table) if !begins_a_block(line) => {
                let current = Layout::current(table);
                let layout = self.table(table).layout.as_ref().unwrap_or(&current);
                let row = Row::parse(line, table, layout);
                let fits = layout.fits(row.width);
                self.has_other_head |= !fits;
                if !row.is_delimiter() {
                    self.table(table).rows.push(row);
                }
                Some(at)
            }
            // Somebody has parted the table; its rows are known by their stamps.
            _ => {
                let row = Row::parse_stamped(line)?;
                self.table(row.table()).rows.push(row);
                Some(At::Text)
            }
        }
    }

    fn table(&mut self, table: Of) -> &mut Table<'a> {
        match table {
            Of::Team => &mut self.team,
            Of::Outsiders => &mut self.outsiders,
        }
    }
}

/// Where in a region a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Text,
    Heading(Of),
    Rows(Of),
}

fn table_of_heading(line: &str, spec: &Spec) -> Option<Of> {
    let text = line.strip_prefix('#')?.trim_start_matches('#').trim_end().trim_end_matches('#');
    match text.trim() {
        text if text.eq_ignore_ascii_case(spec.team_heading) => Some(Of::Team),
        text if text.eq_ignore_ascii_case(spec.outsiders_heading) => Some(Of::Outsiders),
        _ => None,
    }
}

/// Whether we wrote a line that is no row: by its digest, or in a pasted report by how it begins and
/// whether it stands above the tables.
fn is_ours(line: &str, digests: &HashSet<&str>, is_above: bool) -> bool {
    let line = line.trim();
    if line.starts_with(BEGIN) || line == END {
        return true;
    }
    if !digests.is_empty() {
        return digests.contains(&*digest(line));
    }
    is_provenance(line) || is_summary(line) || is_above && is_note_or_problem(line)
}

/// Whether a line of a pasted report is of what stands above its tables.
fn is_note_or_problem(line: &str) -> bool {
    let is_heading =
        line.starts_with('#') && line.trim_start_matches('#').trim() == PROBLEMS_HEADING;
    let is_note = [
        "- Check off: ",
        "- Check unknown ",
        "- Excluded: ",
        "- Excluded, but ",
        "- Exception ",
        "- Accounts not read whole: ",
    ]
    .iter()
    .any(|it| line.starts_with(it));
    let is_problem =
        line.starts_with("- `") && ["`: ", "` line "].iter().any(|it| line.contains(it));
    is_heading || is_note || is_problem
}

fn is_provenance(line: &str) -> bool {
    line.starts_with("Roster `") && line.contains(READ_AT) || is_accounts_provenance(line)
}

/// Whether a line names the source of the accounts.
pub(super) fn is_accounts_provenance(line: &str) -> bool {
    line.starts_with("Accounts `") && (line.contains(READ_AT) || line.contains(AS_OF))
}

/// What precedes the instant in our lines of provenance.
pub(super) const READ_AT: &str = ", read at ";

/// What precedes it where the accounts are those of an earlier report.
pub(super) const AS_OF: &str = ", as of ";

/// The lines of provenance, each of them as it is there, if it is to be kept and only its instant
/// differs.
fn provenance_lines(report: &Report, previous: &Previous<'_>, read_at: ReadAt) -> String {
    let without_instant = |line: &str| {
        let (before, after) = line.rsplit_once(READ_AT)?;
        let after = after.split_once(' ').map_or("", |(_, after)| after);
        Some((before.to_owned(), after.to_owned()))
    };
    let line = |line: Markdown| {
        let line = line.to_string();
        let is_same = |old: &&&str| without_instant(old) == without_instant(&line);
        let old = previous.ours.iter().filter(|line| is_provenance(line)).find(is_same).filter(|_| read_at == ReadAt::Kept);
        format!("{}\n", old.map_or(&*line, |old| old))
    };
    provenance(report).map(line).collect()
}

const PROBLEMS_HEADING: &str = "Problems";

/// The region's text between its marks, both included, with a line break at its end.
///
/// `held` is what stays of the accounts where the report has none.
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
        // What the report says itself is not said twice.
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
    text.push_str(&head(Of::Team, spec, &previous.team.added));
    text.push_str(&people);
    text.push_str(&format!("\n### {}\n\n", spec.outsiders_heading));
    text.push_str(&head(Of::Outsiders, spec, &previous.outsiders.added));
    text.push_str(&outsiders(report, &previous.outsiders));
    format!("{BEGIN} {} -->\n\n{text}\n{summary}\n\n{END}\n", digests.join(" "))
}

fn problems(report: &Report, held: Option<&Held<'_>>) -> String {
    let problems = &report.evaluation().problems;
    let mut items: Vec<String> =
        problems.iter().take(PROBLEMS).map(|it| item(&problem(it))).collect();
    let more = problems.len().saturating_sub(PROBLEMS);
    if more > 0 {
        items.push(item(&Markdown::text(format!("and {more} more"))));
    }
    items.extend(held.iter().flat_map(|held| &held.problems).map(|line| format!("{line}\n")));
    if items.is_empty() {
        return String::new();
    }
    format!("\n### {PROBLEMS_HEADING}\n\n{}", items.concat())
}

fn head(of: Of, spec: &Spec, added: &[&str]) -> String {
    let columns = of.headings(spec);
    let width = columns.len() + added.len();
    let names = line(columns.iter().chain(added).copied());
    format!("{names}{}", line(std::iter::repeat_n("---", width)))
}

/// The rows of people, each with what was typed into it before, and what is held of accounts in them.
fn team(
    report: &Report,
    previous: &Table<'_>,
    extent: Extent,
    held: Option<&Held<'_>>,
) -> (String, Tally) {
    let mut rows = Rows::new(previous);
    let mut tally = Tally::default();
    let columns = people(report.evaluation().kind.spec());
    let mut text = String::new();
    for member in report.team() {
        let mut written = columns.each_ref().map(|column| written_cell(column, &member));
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
            text.push_str(&stamped(Of::Team, &keys, &written, &typed));
        }
    }
    text.push_str(&rows.left());
    (text, tally)
}

/// The rows of outsiders, each with what was typed into it before; as they were, while nobody can
/// tell who is one.
fn outsiders(report: &Report, previous: &Table<'_>) -> String {
    if report.outsiders_unknown() {
        return previous.rows.iter().map(Row::kept).collect();
    }
    let mut rows = Rows::new(previous);
    let mut text = String::new();
    for outsider in report.outsiders() {
        let (keys, written) = outsider_row(&outsider);
        let typed = rows.take_typed(&keys, &written);
        text.push_str(&stamped(Of::Outsiders, &keys, &written, &typed));
    }
    text.push_str(&rows.left());
    text
}

/// What the row of an outsider is known by, and its cells as we write them: a justification and a
/// decision are for people to type, unless there is an exception.
fn outsider_row(outsider: &Outsider<'_>) -> ([SubjectId; 1], [String; 6]) {
    let keys = [outsider.account.subject()];
    let written = outsider_columns().map(|column| match (column.key, outsider.exception) {
        (JUSTIFICATION, Some(exception)) => in_row(&Markdown::untrusted(&exception.reason)),
        (DECISION, Some(_)) => format!("{} {EXCEPTED}", Decision::Keep.as_str()),
        (JUSTIFICATION | DECISION, None) => String::new(),
        _ => written_cell(&column, outsider),
    });
    (keys, written)
}

/// What was typed as justification and as decision about each outsider of `report`.
pub(super) fn typed_about(
    report: &Report,
    previous: &Previous<'_>,
) -> Vec<(SubjectId, String, String)> {
    let mut rows = Rows::new(&previous.outsiders);
    let typed = |outsider: Outsider<'_>| {
        let (keys, written) = outsider_row(&outsider);
        let typed = rows.take_typed(&keys, &written);
        let cell = |key: &str| {
            let column = Of::Outsiders.keys().iter().position(|known| *known == key)?;
            typed.get(column).cloned()
        };
        Some((outsider.account.subject(), cell(JUSTIFICATION)?, cell(DECISION)?))
    };
    report.outsiders().filter_map(typed).collect()
}

/// The rows of a table as it stood in an issue, each to be taken once.
struct Rows<'a> {
    index: Index<'a>,
    unused: Vec<Option<&'a Row<'a>>>,
}

impl<'a> Rows<'a> {
    fn new(table: &'a Table<'a>) -> Self {
        Self { index: Index::new(table), unused: table.rows.iter().map(Some).collect() }
    }

    /// The row of a subject, where we would now write `written`.
    fn take(&mut self, keys: &[SubjectId], written: &[String]) -> Option<&'a Row<'a>> {
        let place = self.index.find(keys, written)?;
        self.unused.get_mut(place)?.take()
    }

    /// What was typed into the row of a subject, cell by cell, where we would now write `written`.
    fn take_typed(&mut self, keys: &[SubjectId], written: &[String]) -> Vec<String> {
        self.take(keys, written).map(|row| row.typed(written)).unwrap_or_default()
    }

    /// The rows of subjects that are gone, as far as somebody typed into them.
    fn left(self) -> String {
        let rows = self.unused.into_iter().flatten().filter(|row| row.holds_typed_text());
        rows.map(Row::kept).collect()
    }
}

/// The cell of a column as it stands in a row.
fn written_cell<R>(column: &Column<R>, about: &R) -> String {
    in_row(&(column.cell)(about).markdown())
}

/// A cell as it stands in a row.
fn in_row(cell: &Markdown) -> String {
    let row = row([cell]);
    row.trim_end().trim_start_matches('|').strip_suffix('|').unwrap_or_default().trim().to_owned()
}
