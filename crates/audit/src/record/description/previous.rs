//! Reads what a region of an issue held before it is written again.

use std::collections::HashSet;

use super::table::{Layout, OurTable, Row, Table, begins_a_block, cells};
use crate::identity::digest;
use crate::input::{MODIFIED_AT, READ_AT};
use crate::kinds::Spec;
use crate::report::is_summary;
use crate::report::markdown::{ACCOUNTS, PROBLEMS_HEADING, ROSTER};
use crate::report::note::OPENINGS;

/// The beginning of the mark above our region. Digests of our lines and ` -->` follow.
pub(super) const BEGIN: &str = "<!-- support-audit:begin v1";

/// The mark below our region.
pub(super) const END: &str = "<!-- support-audit:end -->";

/// The content of a region that people may have typed.
#[derive(Debug, Default)]
pub(super) struct Previous<'a> {
    pub(super) team: Table<'a>,
    pub(super) outsiders: Table<'a>,
    /// The lines that we did not write and that are not rows of our tables, with the blank lines
    /// between.
    pub(super) untrusted: Vec<&'a str>,
    /// Whether the heading of one of our tables has been read.
    has_tables: bool,
    /// Whether the head of one of our tables does not say which cell belongs to which column.
    pub(super) has_other_head: bool,
    /// How many blank lines belong before the next untrusted line.
    blank: usize,
    /// The lines that we wrote, except for rows.
    pub(super) ours: Vec<&'a str>,
}

impl<'a> Previous<'a> {
    /// Reads a region; `digests` are those of the lines that we wrote.
    pub(super) fn read(text: &'a str, digests: &HashSet<&str>, spec: &Spec) -> Self {
        let mut previous = Self::default();
        let mut at = At::Text;
        for line in text.lines() {
            at = previous.take(line, at, digests, spec);
        }
        // What a head lacks can be judged only once the rows below it have been read.
        previous.has_other_head |=
            !previous.team.is_readable() || !previous.outsiders.is_readable();
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

    /// Reads a line that belongs to one of our tables, and returns the position after it.
    fn take_row(&mut self, line: &'a str, at: At, spec: &Spec) -> Option<At> {
        match at {
            At::Heading(table) => {
                let names = cells(line)?;
                let layout = Layout::from_head(&names, &table.headings(spec));
                let missing = layout.missing(table);
                self.has_other_head |= missing.len() == table.keys().len();
                self.table(table).missing.extend(missing);
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
            // Somebody split the table; its rows are known by their stamps.
            _ => {
                let row = Row::parse_stamped(line)?;
                self.table(row.table()).rows.push(row);
                Some(At::Text)
            }
        }
    }

    fn table(&mut self, table: OurTable) -> &mut Table<'a> {
        match table {
            OurTable::People => &mut self.team,
            OurTable::Outsiders => &mut self.outsiders,
        }
    }
}

/// The position of a line in a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Text,
    Heading(OurTable),
    Rows(OurTable),
}

fn table_of_heading(line: &str, spec: &Spec) -> Option<OurTable> {
    let text = line.strip_prefix('#')?.trim_start_matches('#').trim_end().trim_end_matches('#');
    match text.trim() {
        text if text.eq_ignore_ascii_case(spec.team_heading) => Some(OurTable::People),
        text if text.eq_ignore_ascii_case(spec.outsiders_heading) => Some(OurTable::Outsiders),
        _ => None,
    }
}

/// Whether we wrote a line that is not a row.
/// Its digest shows this.
/// In a pasted report, its beginning does, and whether it is above the tables.
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

/// Whether a line belongs to the part of a pasted report that is above the tables.
fn is_note_or_problem(line: &str) -> bool {
    let is_heading =
        line.starts_with('#') && line.trim_start_matches('#').trim() == PROBLEMS_HEADING;
    let is_note = line
        .strip_prefix("- ")
        .is_some_and(|note| OPENINGS.iter().any(|opening| note.starts_with(opening)));
    let is_problem =
        line.starts_with("- `") && ["`: ", "` line "].iter().any(|part| line.contains(part));
    is_heading || is_note || is_problem
}

/// Whether a line names a source.
pub(super) fn is_provenance(line: &str) -> bool {
    names_source(line, ROSTER) && split_at_instant(line).is_some() || is_accounts_provenance(line)
}

/// Whether a line names the source of the accounts.
pub(super) fn is_accounts_provenance(line: &str) -> bool {
    names_source(line, ACCOUNTS) && (split_at_instant(line).is_some() || line.contains(AS_OF))
}

/// Whether a line begins with `opening` and names a source in a code span.
fn names_source(line: &str, opening: &str) -> bool {
    line.strip_prefix(opening).is_some_and(|source| source.starts_with('`'))
}

/// Splits a line at the words before the instant of its source.
pub(super) fn split_at_instant(line: &str) -> Option<(&str, &str)> {
    [READ_AT, MODIFIED_AT].iter().find_map(|words| line.rsplit_once(&format!(", {words} ")))
}

/// The words before the instant if the accounts are those of an earlier report.
pub(super) const AS_OF: &str = ", as of ";
