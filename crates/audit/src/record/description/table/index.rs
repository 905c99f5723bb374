//! Finds the row of a subject.

use std::collections::HashMap;

use super::row::{Row, Table};
use crate::identity::{SubjectId, digest, key_digest};

/// Finds the row of a subject.
#[derive(Debug)]
pub(crate) struct Index<'a> {
    rows: &'a [Row<'a>],
    by_key: HashMap<&'a str, Vec<usize>>,
    /// The rows without a stamp, by the cells of name and handle.
    by_cells: HashMap<(&'a str, &'a str), Vec<usize>>,
}

impl<'a> Index<'a> {
    pub(crate) fn new(table: &'a Table<'a>) -> Self {
        let mut index =
            Self { rows: &table.rows, by_key: HashMap::new(), by_cells: HashMap::new() };
        for (number, row) in table.rows.iter().enumerate() {
            match (&row.stamp, row.cells.as_slice()) {
                (Some(stamp), _) => {
                    for key in &stamp.keys {
                        index.by_key.entry(key).or_default().push(number);
                    }
                }
                (None, [Some(name), Some(handle), ..]) => {
                    index.by_cells.entry((name, handle)).or_default().push(number);
                }
                (None, _) => {}
            }
        }
        index
    }

    /// The index of the row about the subject of `keys`, which would now begin with `written`.
    ///
    /// Of several possible rows, as of people who share an address, only the one with the same name
    /// is returned, because text that was typed into a row must never move to another person.
    /// A row without a stamp is returned only if no stamped row has one of the keys.
    pub(crate) fn find(&self, keys: &[SubjectId], written: &[String]) -> Option<usize> {
        let theirs: Vec<&Vec<usize>> =
            keys.iter().filter_map(|key| self.by_key.get(&*key_digest(key))).collect();
        if !theirs.is_empty() {
            return theirs.into_iter().find_map(|indexes| self.only_with_name(indexes, written));
        }
        let [name, handle, ..] = written else { return None };
        self.only_with_name(self.by_cells.get(&(name.as_str(), handle.as_str()))?, written)
    }

    fn only_with_name(&self, indexes: &[usize], written: &[String]) -> Option<usize> {
        if let [index] = indexes {
            return Some(*index);
        }
        let name = digest(written.first()?);
        let has_name = |index: &&usize| {
            let stamp = self.rows.get(**index).and_then(|row| row.stamp.as_ref());
            stamp.is_some_and(|stamp| stamp.digest("name") == Some(&name))
        };
        let mut same = indexes.iter().filter(has_name);
        same.next().filter(|_| same.next().is_none()).copied()
    }
}
