//! Our two tables, and where their columns stand.

use std::collections::HashSet;

use super::stamp::Stamp;
use crate::kinds::Spec;
use crate::report::columns::{Column, OUTSIDERS_KEYS, PEOPLE_KEYS, outsiders, people};

/// One of our tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OurTable {
    /// The table of people.
    People,
    /// The table of outsiders.
    Outsiders,
}

impl OurTable {
    pub(super) const ALL: [Self; 2] = [Self::People, Self::Outsiders];

    /// The name of the table in stamps, which never changes.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Outsiders => "outsiders",
        }
    }

    /// The keys of the columns, in the order in which they are written.
    pub(crate) const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::People => &PEOPLE_KEYS,
            Self::Outsiders => &OUTSIDERS_KEYS,
        }
    }

    /// The headings of the columns, in the same order.
    pub(crate) fn headings(self, spec: &Spec) -> Vec<&'static str> {
        fn headings<R>(columns: &[Column<R>]) -> Vec<&'static str> {
            columns.iter().map(|column| column.heading).collect()
        }
        match self {
            Self::People => headings(&people(spec)),
            Self::Outsiders => headings(&outsiders()),
        }
    }
}

/// Our column at each position of a row; `None` where somebody added one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    columns: Vec<Option<usize>>,
    /// Whether our columns are in another order, or one of them is behind one that somebody added.
    ///
    /// A column that is missing moves none of the others.
    is_moved: bool,
}

impl Layout {
    /// The layout of the tables that this version writes.
    pub(crate) fn current(table: OurTable) -> Self {
        Self::new((0..table.keys().len()).map(Some).collect())
    }

    /// The layout of a table with the headings `names`, where ours are `headings`.
    pub(crate) fn from_head(names: &[&str], headings: &[&str]) -> Self {
        let mut columns = vec![None; names.len()];
        for (column, heading) in headings.iter().enumerate() {
            let position = names.iter().position(|name| name == heading);
            if let Some(slot) = position.and_then(|position| columns.get_mut(position)) {
                *slot = Some(column);
            }
        }
        Self::new(columns)
    }

    /// The layout of a row outside its table, from its stamp, which names the columns in their
    /// order.
    pub(super) fn from_stamp(stamp: &Stamp, table: OurTable) -> Self {
        let column = |key: &String| table.keys().iter().position(|known| known == key);
        Self::new(stamp.cells.iter().map(|(key, _)| column(key)).collect())
    }

    /// This looks at each column once, because a head may be as wide as its table has rows.
    fn new(columns: Vec<Option<usize>>) -> Self {
        let is_behind_added =
            columns.iter().skip_while(|column| column.is_some()).any(Option::is_some);
        let is_moved = is_behind_added || !columns.iter().flatten().is_sorted();
        Self { columns, is_moved }
    }

    /// The column of ours at a position.
    pub(super) fn column(&self, position: usize) -> Option<usize> {
        self.columns.get(position).copied().flatten()
    }

    /// The keys of our columns that the table lacks.
    pub(crate) fn missing(&self, table: OurTable) -> Vec<&'static str> {
        let present: HashSet<usize> = self.columns.iter().flatten().copied().collect();
        let mut missing = Vec::new();
        for (column, key) in table.keys().iter().enumerate() {
            if !present.contains(&column) {
                missing.push(*key);
            }
        }
        missing
    }

    /// Whether all our columns are where this version writes them.
    pub(super) fn is_current(&self, table: OurTable) -> bool {
        (0..table.keys().len()).all(|column| self.column(column) == Some(column))
    }

    /// Whether a row of `width` cells can belong to this head.
    ///
    /// If somebody inserted a heading before one of ours and left the rows as they are, each cell
    /// would be read in the column beside its own.
    pub(crate) fn fits(&self, width: usize) -> bool {
        !self.is_moved || width >= self.columns.len()
    }

    /// Whether somebody added the column at a position.
    pub(crate) fn is_added(&self, position: usize) -> bool {
        self.column(position).is_none()
    }
}
