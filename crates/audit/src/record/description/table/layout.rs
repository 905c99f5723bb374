//! The tables of a report in an issue, and the positions of their columns.

use super::stamp::Stamp;
use crate::kinds::Spec;
use crate::report::columns::{Column, OUTSIDERS_KEYS, PEOPLE_KEYS, outsiders, people};

/// One of our tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// The table of people.
    Team,
    /// The table of outsiders.
    Outsiders,
}

impl Of {
    pub(super) const ALL: [Self; 2] = [Self::Team, Self::Outsiders];

    /// The name of the table in stamps, which never changes.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Team => "people",
            Self::Outsiders => "outsiders",
        }
    }

    /// The keys of the columns, in the order in which they are written.
    pub(crate) const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Team => &PEOPLE_KEYS,
            Self::Outsiders => &OUTSIDERS_KEYS,
        }
    }

    /// The headings of the columns, in the same order.
    pub(crate) fn headings(self, spec: &Spec) -> Vec<Heading> {
        fn headings<R>(columns: &[Column<R>]) -> Vec<Heading> {
            let heading = |column: &Column<R>| Heading {
                text: column.heading,
                is_required: column.is_required,
            };
            columns.iter().map(heading).collect()
        }
        match self {
            Self::Team => headings(&people(spec)),
            Self::Outsiders => headings(&outsiders()),
        }
    }
}

/// The column of ours at each position of a table's rows; `None` for a column that somebody added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Heading {
    /// What it says.
    pub(crate) text: &'static str,
    /// Whether a table without this heading is refused; see [`Column::is_required`].
    pub(crate) is_required: bool,
}

/// Our column at each position of a row; `None` where somebody added one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    columns: Vec<Option<usize>>,
    /// Whether our columns are elsewhere than this version writes them.
    is_moved: bool,
}

impl Layout {
    /// The layout of the tables that this version writes.
    pub(crate) fn current(table: Of) -> Self {
        Self::new((0..table.keys().len()).map(Some).collect())
    }

    /// The layout of a table with the headings `names`; `None` if one of our headings is missing.
    pub(crate) fn from_head(names: &[&str], headings: &[Heading]) -> Option<Self> {
        let mut positions = vec![None; names.len()];
        for (column, heading) in headings.iter().enumerate() {
            match names.iter().position(|name| *name == heading.text) {
                Some(position) => *positions.get_mut(position)? = Some(column),
                None if heading.is_required => return None,
                None => {}
            }
        }
        Some(Self::new(positions))
    }

    /// The layout of a row outside its table, from its stamp, which names the columns in their
    /// order.
    pub(super) fn from_stamp(stamp: &Stamp, table: Of) -> Self {
        let column = |key: &String| table.keys().iter().position(|known| known == key);
        Self::new(stamp.cells.iter().map(|(key, _)| column(key)).collect())
    }

    /// This looks at each column once, because a head may be as wide as its table has rows.
    fn new(columns: Vec<Option<usize>>) -> Self {
        let mut positions = columns.iter().enumerate();
        let is_moved =
            positions.any(|(position, column)| column.is_some_and(|column| column != position));
        Self { columns, is_moved }
    }

    /// The column of ours at a position.
    pub(super) fn column(&self, position: usize) -> Option<usize> {
        self.columns.get(position).copied().flatten()
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
