//! Writes a row with its stamp.

use super::layout::OurTable;
use super::stamp::Stamp;
use crate::identity::{SubjectId, digest, key_digest};

/// A row with its line break: what we write, what was typed after it, and the stamp.
pub(crate) fn stamped(
    of: OurTable,
    keys: &[SubjectId],
    written: &[String],
    typed: &[String],
) -> String {
    let mut cells: Vec<String> = written
        .iter()
        .enumerate()
        .map(|(index, cell)| join(cell, typed.get(index).map_or("", String::as_str)))
        .collect();
    if let Some(last) = cells.last_mut() {
        let stamp = Stamp {
            keys: keys.iter().map(key_digest).collect(),
            table: of.id().to_owned(),
            cells: of
                .keys()
                .iter()
                .zip(written)
                .map(|(key, cell)| ((*key).to_owned(), digest(cell)))
                .collect(),
        };
        *last = join(last, &stamp.to_string());
    }
    cells.extend(typed.iter().skip(written.len()).cloned());
    line(cells.iter().map(String::as_str))
}

/// A row of unchanged cells, with its line break.
pub(crate) fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut row = String::from("|");
    for cell in cells {
        row.push(' ');
        row.push_str(cell);
        row.push_str(" |");
    }
    row.push('\n');
    row
}

/// Joins two texts of a cell by a space, unless one of them is empty.
pub(super) fn join(text: &str, appended: &str) -> String {
    if text.is_empty() || appended.is_empty() {
        format!("{text}{appended}")
    } else {
        format!("{text} {appended}")
    }
}
