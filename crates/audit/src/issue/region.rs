//! Our region of an issue: the report, with what people typed into its tables.

use super::table::{Index, Row, Table, cells, digest_of, line, stamped};
use super::{BEGIN, END};
use crate::kinds::Spec;
use crate::markdown::{Markdown, item, row};
use crate::report::markdown::{notes, problem, provenance, team_cells};
use crate::report::{OUTSIDERS_COLUMNS, Report, TEAM_COLUMNS};

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
    team: Table<'a>,
    outsiders: Table<'a>,
    /// Lines that are neither ours nor rows of ours, in their order, and the blank ones between.
    pub(super) foreign: Vec<&'a str>,
    /// Whether the heading of one of our tables has been read.
    has_tables: bool,
    /// Whether the head of one of our tables is not ours any more.
    pub(super) has_other_head: bool,
    /// How many blank lines belong before the next foreign line.
    blank: usize,
    /// Our line of provenance.
    provenance: Option<&'a str>,
}

impl<'a> Previous<'a> {
    /// Reads a region; `digests` are those of its lines that are ours.
    pub(super) fn read(text: &'a str, digests: &[&str], spec: &Spec) -> Self {
        let mut previous = Self::default();
        let mut at = At::Text;
        for line in text.lines() {
            at = previous.take(line, at, digests, spec);
        }
        previous
    }

    fn take(&mut self, line: &'a str, at: At, digests: &[&str], spec: &Spec) -> At {
        if line.trim().is_empty() {
            self.blank += 1;
            return if matches!(at, At::Heading(_)) { at } else { At::Text };
        }
        if let Some(table) = table_of_heading(line, spec) {
            self.has_tables = true;
            self.blank = 1;
            return At::Heading(table);
        }
        if let Some(at) = self.take_row(line, at) {
            self.blank = 1;
            return at;
        }
        let is_ours = is_ours(line, digests, !self.has_tables);
        if is_ours && is_provenance(line.trim()) {
            self.provenance = Some(line.trim());
        }
        if is_ours {
            self.blank = self.blank.max(1);
        } else {
            let blank = if self.foreign.is_empty() { 0 } else { self.blank };
            self.foreign.extend(std::iter::repeat_n("", blank));
            self.foreign.push(line);
            self.blank = 0;
        }
        // A table may still follow its heading.
        if matches!(at, At::Heading(_)) { at } else { At::Text }
    }

    /// Takes a line that belongs to one of our tables, and tells where that leads.
    fn take_row(&mut self, line: &'a str, at: At) -> Option<At> {
        match at {
            At::Heading(table) => {
                let columns: &[&str] = match table {
                    Of::Team => &TEAM_COLUMNS,
                    Of::Outsiders => &OUTSIDERS_COLUMNS,
                };
                let names = cells(line)?;
                self.has_other_head |= !names.starts_with(columns);
                self.table(table).added = names.into_iter().skip(columns.len()).collect();
                Some(At::Rows(table))
            }
            At::Rows(table) if !begins_a_block(line) => {
                let row = Row::of(line);
                if !row.is_delimiter() {
                    self.table(table).rows.push(row);
                }
                Some(at)
            }
            // Somebody has parted the table; its rows are known by their stamps.
            _ => {
                let row = Row::of(line);
                row.is_stamped().then(|| self.team.rows.push(row)).map(|()| At::Text)
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

/// Whether a line ends a table that it follows, though no blank line is between (GFM, Tables).
fn begins_a_block(line: &str) -> bool {
    let line = line.trim_start();
    ["#", ">", "- ", "* ", "+ ", "```", "~~~", "<"].iter().any(|it| line.starts_with(it))
}

/// Where in a region a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Text,
    Heading(Of),
    Rows(Of),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Team,
    Outsiders,
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
fn is_ours(line: &str, digests: &[&str], is_above: bool) -> bool {
    let line = line.trim();
    if line.starts_with(BEGIN) || line == END {
        return true;
    }
    if !digests.is_empty() {
        return digests.contains(&&*digest_of(line));
    }
    let is_summary = || {
        let words: Vec<&str> = line.split(' ').collect();
        matches!(words.as_slice(), [number, "people," | "person,", _, finding, ..]
            if number.parse::<usize>().is_ok() && finding.starts_with("finding"))
            && line.ends_with("accounts unknown.")
    };
    is_provenance(line) || is_summary() || is_above && is_note_or_problem(line)
}

/// Whether a line of a pasted report is of what stands above its tables.
fn is_note_or_problem(line: &str) -> bool {
    let is_heading =
        line.starts_with('#') && line.trim_start_matches('#').trim() == PROBLEMS_HEADING;
    let is_note = ["- Check off: ", "- Check unknown ", "- Excluded: ", "- Excluded, but "]
        .iter()
        .any(|it| line.starts_with(it));
    let is_problem =
        line.starts_with("- `") && ["`: ", "` line "].iter().any(|it| line.contains(it));
    is_heading || is_note || is_problem
}

fn is_provenance(line: &str) -> bool {
    line.starts_with("Roster `") && line.contains(READ_AT)
}

/// What stands before the instant in our line of provenance.
const READ_AT: &str = ", read at ";

/// The line of provenance; the one that is there, if it is to be kept and only its instant differs.
fn provenance_line(report: &Report, previous: &Previous<'_>, read_at: ReadAt) -> String {
    let line = provenance(report).to_string();
    let without_instant = |line: &str| {
        let (before, after) = line.rsplit_once(READ_AT)?;
        Some((before.to_owned(), after.split_once(' ')?.1.to_owned()))
    };
    match previous.provenance {
        Some(old) if read_at == ReadAt::Kept && without_instant(old) == without_instant(&line) => {
            old.to_owned()
        }
        _ => line,
    }
}

const PROBLEMS_HEADING: &str = "Problems";

/// The region's text between its marks, both included, with a line break at its end.
pub(super) fn render(
    report: &Report,
    previous: &Previous<'_>,
    extent: Extent,
    read_at: ReadAt,
) -> String {
    let spec = report.kind.spec();
    let mut text = format!("{}\n", provenance_line(report, previous, read_at));
    let notes: String = notes(report).map(|note| item(&note)).collect();
    if !notes.is_empty() {
        text.push_str(&format!("\n{notes}"));
    }
    text.push_str(&problems(report));
    let summary = format!("{}.", report.summary());
    let ours = text.lines().chain([&*summary]).filter(|line| !line.trim().is_empty());
    let digests: Vec<String> = ours.map(|line| digest_of(line.trim())).collect();
    text.push_str(&format!("\n### {}\n\n", spec.team_heading));
    text.push_str(&head(&TEAM_COLUMNS, &previous.team.added));
    text.push_str(&team(report, &previous.team, extent));
    text.push_str(&format!("\n### {}\n\n", spec.outsiders_heading));
    text.push_str(&head(&OUTSIDERS_COLUMNS, &previous.outsiders.added));
    text.extend(previous.outsiders.rows.iter().map(|row| format!("{}\n", row.line)));
    format!("{BEGIN} {} -->\n\n{text}\n{summary}\n\n{END}\n", digests.join(" "))
}

fn problems(report: &Report) -> String {
    if report.problems.is_empty() {
        return String::new();
    }
    let mut text = format!("\n### {PROBLEMS_HEADING}\n\n");
    text.extend(report.problems.iter().take(PROBLEMS).map(|it| item(&problem(it))));
    let more = report.problems.len().saturating_sub(PROBLEMS);
    if more > 0 {
        text.push_str(&item(&Markdown::text(format!("and {more} more"))));
    }
    text
}

fn head(columns: &[&str], added: &[&str]) -> String {
    let width = columns.len() + added.len();
    let names = line(columns.iter().chain(added).copied());
    format!("{names}{}", line(std::iter::repeat_n("---", width)))
}

/// The rows of people, each with what was typed into it before.
fn team(report: &Report, previous: &Table<'_>, extent: Extent) -> String {
    let index = Index::of(previous);
    let mut unused: Vec<Option<&Row<'_>>> = previous.rows.iter().map(Some).collect();
    let mut text = String::new();
    for member in report.team() {
        let written = team_cells(&member).map(|cell| in_row(&cell));
        let keys: Vec<String> = member.person.keys().iter().map(ToString::to_string).collect();
        let place = index.find(&keys, &written);
        let old = place.and_then(|place| unused.get_mut(place)).and_then(Option::take);
        let typed = old.map(|old| old.typed(&written)).unwrap_or_default();
        let is_untouched = typed.iter().all(String::is_empty);
        if extent == Extent::Everybody || !member.findings.is_empty() || !is_untouched {
            text.push_str(&stamped(&keys, &written, &typed));
        }
    }
    let left = unused.into_iter().flatten().filter(|row| row.holds_typed_text(TEAM_COLUMNS.len()));
    text.extend(left.map(|row| format!("{}\n", row.line)));
    text
}

/// A cell as it stands in a row.
fn in_row(cell: &Markdown) -> String {
    let row = row([cell]);
    row.trim_end().trim_start_matches('|').strip_suffix('|').unwrap_or_default().trim().to_owned()
}
