//! A row of a table in an issue.

use super::layout::{Layout, OurTable};
use super::stamp::Stamp;
use super::typed::{behind, end_of_ours, looks_like_ours, unstamped, without};
use super::write::{join, line};

/// A table in an issue.
#[derive(Debug, Default)]
pub(crate) struct Table<'a> {
    /// The headings of columns that somebody added.
    pub(crate) added: Vec<&'a str>,
    /// The positions of the columns, once the head has been read.
    pub(crate) layout: Option<Layout>,
    /// The keys of our columns that the head lacks.
    pub(crate) missing: Vec<&'static str>,
    /// The rows below the head.
    pub(crate) rows: Vec<Row<'a>>,
}

impl Table<'_> {
    /// Whether every cell belongs to a known column, although the head may lack some of ours.
    ///
    /// A stamp names the columns of the version that wrote its row.
    /// If one names a missing column, somebody deleted the heading, and the cells may still be there.
    /// If no row has a stamp, nothing shows whether the rows ever had that column.
    /// A table without rows, such as that of the outsiders before the accounts are read, has no cell
    /// that could be misread.
    pub(crate) fn is_readable(&self) -> bool {
        if self.missing.is_empty() || self.rows.is_empty() {
            return true;
        }
        let stamps: Vec<&Stamp> = self.rows.iter().filter_map(Row::own_stamp).collect();
        for stamp in &stamps {
            if self.missing.iter().any(|key| stamp.digest(key).is_some()) {
                return false;
            }
        }
        !stamps.is_empty()
    }
}

/// A row of a table in an issue.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    /// The complete line, without its line break.
    line: &'a str,
    /// The cells of our columns, in the order of [`OurTable::keys`], without the stamp and surrounding
    /// spaces; `None` where the row has no such cell.
    pub(super) cells: Vec<Option<String>>,
    /// The cells of added columns, in their order.
    others: Vec<String>,
    /// The number of cells.
    pub(crate) width: usize,
    is_delimiter: bool,
    /// Whether the cells of our columns are where this version writes them.
    is_current: bool,
    pub(super) stamp: Option<Stamp>,
    of: OurTable,
}

impl<'a> Row<'a> {
    /// Parses a line of a table. Its outer bars may be missing.
    pub(crate) fn parse(line: &'a str, of: OurTable, layout: &Layout) -> Self {
        let (unstamped, stamp) = Stamp::take(line);
        let with_bar = format!("|{unstamped}");
        let texts = cells(&unstamped).or_else(|| cells(&with_bar)).unwrap_or_default();
        let is_delimiter = !texts.is_empty() && texts.iter().all(|text| is_rule(text));
        let mut row = Self {
            line,
            cells: vec![None; of.keys().len()],
            others: Vec::new(),
            width: texts.len(),
            is_delimiter,
            is_current: layout.is_current(of),
            stamp,
            of,
        };
        for (position, text) in texts.into_iter().enumerate() {
            let column = layout.column(position);
            match column.and_then(|column| row.cells.get_mut(column)) {
                Some(cell) => *cell = Some(text.to_owned()),
                None => row.others.push(text.to_owned()),
            }
        }
        row
    }

    /// Parses a line that we wrote, anywhere in the issue: its stamp names its table.
    pub(crate) fn parse_stamped(line: &'a str) -> Option<Self> {
        let (_, stamp) = Stamp::take(line);
        let stamp = stamp?;
        let table = OurTable::ALL.into_iter().find(|table| table.id() == stamp.table)?;
        Some(Self::parse(line, table, &Layout::from_stamp(&stamp, table)))
    }

    /// The row as it was, with its line break.
    /// A line that would end the table gets a bar before it, so that the rows after it stay in
    /// their table.
    ///
    /// If the table had other columns, or ours in another order, the cells are moved: otherwise they
    /// would be below the wrong headings.
    pub(crate) fn kept(&self) -> String {
        if !self.is_current {
            return self.rearranged();
        }
        let bar = if begins_a_block(self.line) { "| " } else { "" };
        format!("{bar}{}\n", self.line)
    }

    /// The row with its cells in the columns of this version, empty where it had none.
    fn rearranged(&self) -> String {
        let ours = self.cells.iter().map(|cell| cell.clone().unwrap_or_default());
        let mut cells: Vec<String> = ours.collect();
        if let (Some(stamp), Some(last)) = (&self.stamp, cells.last_mut()) {
            *last = join(last, &stamp.rearranged(self.of.keys()).to_string());
        }
        cells.extend(self.others.iter().cloned());
        line(cells.iter().map(String::as_str))
    }

    /// The row's stamp, unless somebody moved the row here from the other table.
    fn own_stamp(&self) -> Option<&Stamp> {
        self.stamp.as_ref().filter(|stamp| stamp.table == self.of.id())
    }

    /// The digests of the keys of its subject; empty without a stamp.
    pub(crate) fn keys(&self) -> &[String] {
        self.stamp.as_ref().map(|stamp| stamp.keys.as_slice()).unwrap_or_default()
    }

    /// The table it belongs to.
    pub(crate) fn table(&self) -> OurTable {
        self.of
    }

    /// Whether it is the delimiter row below a head.
    pub(crate) fn is_delimiter(&self) -> bool {
        self.is_delimiter
    }

    /// What people typed into the row that would now be written as `written`.
    /// The cells of our columns come first, then those of added columns, which are typed
    /// completely.
    pub(crate) fn typed(&self, written: &[String]) -> Vec<String> {
        let mut typed = Vec::with_capacity(self.cells.len() + self.others.len());
        for ((key, cell), written) in self.of.keys().iter().zip(&self.cells).zip(written) {
            let old = cell.as_deref().unwrap_or_default();
            typed.push(match &self.stamp {
                None => unstamped(self.of, key, old, written).to_owned(),
                Some(stamp) => match stamp.digest(key) {
                    Some(ours) => behind(old, ours).to_owned(),
                    // The version that wrote the row did not have this column: somebody filled the
                    // cell, or an earlier writing of ours did.
                    None => without(old, written).to_owned(),
                },
            });
        }
        typed.extend(self.others.iter().cloned());
        typed
    }

    /// What we wrote into the cell of a column, if it is still there.
    ///
    /// A cell without a stamp counts if it has the form of what we write into its column.
    pub(crate) fn written(&self, key: &str) -> Option<&str> {
        let column = self.of.keys().iter().position(|known| *known == key)?;
        let cell = self.cells.get(column)?.as_deref()?;
        match &self.stamp {
            Some(stamp) => cell.get(..end_of_ours(cell, stamp.digest(key)?)?),
            None => looks_like_ours(key, cell).then_some(cell),
        }
    }

    /// Whether the row must be kept: somebody changed it, or we did not write it.
    pub(crate) fn holds_typed_text(&self) -> bool {
        let nothing = vec![String::new(); self.of.keys().len()];
        self.stamp.is_none() || self.typed(&nothing).iter().any(|text| !text.is_empty())
    }
}

/// Whether a cell is one of the dashes of a delimiter row.
fn is_rule(cell: &str) -> bool {
    let rule = cell.strip_prefix(':').unwrap_or(cell);
    let rule = rule.strip_suffix(':').unwrap_or(rule);
    !rule.is_empty() && rule.bytes().all(|byte| byte == b'-')
}

/// Whether a line ends a table although no blank line is between them (GFM, Tables).
pub(crate) fn begins_a_block(line: &str) -> bool {
    let line = line.trim_start();
    ["#", ">", "- ", "* ", "+ ", "```", "~~~", "<"].iter().any(|opening| line.starts_with(opening))
}

/// The cells of a row without surrounding spaces; `None` for a line that is not a row.
pub(crate) fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('|')?;
    let mut cells = Vec::new();
    let mut start = 0;
    let mut previous = ' ';
    for (index, character) in inner.char_indices() {
        if character == '|' && previous != '\\' {
            cells.push(inner.get(start..index)?.trim());
            start = index + 1;
        }
        previous = character;
    }
    // Text after the last bar is a cell too.
    let rest = inner.get(start..)?.trim();
    if !rest.is_empty() {
        cells.push(rest);
    }
    Some(cells)
}
