//! The hidden comment at the end of a row.

use std::fmt;

use crate::identity::digest;

/// The lengths of the digests in a stamp: of a subject's key, and of a cell.
const KEY: usize = 16;
const CELL: usize = 8;

/// The content of a stamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    /// The digests of the keys of the row's subject.
    pub(super) keys: Vec<String>,
    /// The name of the table that the row was written into.
    pub(super) table: String,
    /// The digests of the cells, each with the key of its column.
    pub(super) cells: Vec<(String, String)>,
}

impl fmt::Display for Stamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (begin, table, keys) = (Self::BEGIN, &self.table, self.keys.join("+"));
        write!(formatter, "{begin}v1 {table} {keys} ")?;
        for (key, digest) in &self.cells {
            write!(formatter, "{key}:{digest} ")?;
        }
        formatter.write_str(Self::END)
    }
}

impl Stamp {
    const BEGIN: &str = "<!-- sa ";
    const END: &str = "-->";

    /// A line without its stamps, and the first of them.
    /// If somebody joined two rows, the cells of the first one are in our columns.
    /// The remains of a torn stamp are text.
    pub(super) fn take(line: &str) -> (String, Option<Self>) {
        let (mut text, mut first, mut position) = (String::new(), None, 0);
        for (start, _) in line.match_indices(Self::BEGIN) {
            let Some((stamp, end)) = Self::at(line, start) else { continue };
            text.push_str(line.get(position..start).unwrap_or_default());
            position = end;
            first.get_or_insert(stamp);
        }
        text.push_str(line.get(position..).unwrap_or_default());
        (text, first)
    }

    /// The complete stamp that begins at `start`, and the position after it.
    fn at(line: &str, start: usize) -> Option<(Self, usize)> {
        let inner = start + Self::BEGIN.len();
        // A stamp never contains the beginning of another, so the search ends there.
        // A line of many torn stamps is then read only once.
        let rest = line.get(inner..)?;
        let rest = rest.split(Self::BEGIN).next().unwrap_or(rest);
        let length = rest.find(Self::END)?;
        let mut words = line.get(inner..inner + length)?.split_whitespace();
        let version = words.next()?.strip_prefix('v')?;
        let (table, keys) = (words.next()?, words.next()?.split('+'));
        let keys: Vec<String> = keys.map(str::to_owned).collect();
        let is_stamp = !version.is_empty()
            && version.bytes().all(|byte| byte.is_ascii_digit())
            && keys.iter().all(|key| is_hex(key, KEY));
        // A later form may say more; the digests of known columns are read all the same.
        let cells = words
            .filter_map(|word| word.split_once(':'))
            .filter(|(_, digest)| is_hex(digest, CELL))
            .map(|(key, digest)| (key.to_owned(), digest.to_owned()))
            .collect();
        is_stamp.then(|| {
            (Self { keys, table: table.to_owned(), cells }, inner + length + Self::END.len())
        })
    }

    /// The stamp of the same row with its cells in the order of `keys`, followed by those of other keys.
    ///
    /// A cell that the row did not have counts as written empty.
    pub(super) fn rearranged(&self, keys: &[&str]) -> Self {
        let mut cells = Vec::new();
        for key in keys {
            let digest = self.digest(key).map_or_else(|| digest(""), str::to_owned);
            cells.push(((*key).to_owned(), digest));
        }
        cells.extend(self.cells.iter().filter(|(key, _)| !keys.contains(&key.as_str())).cloned());
        Self { cells, ..self.clone() }
    }

    /// The digest of the cell of a column.
    pub(super) fn digest(&self, key: &str) -> Option<&str> {
        let cell = self.cells.iter().find(|(column, _)| column == key);
        cell.map(|(_, digest)| digest.as_str())
    }
}

fn is_hex(word: &str, length: usize) -> bool {
    word.len() == length && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}
