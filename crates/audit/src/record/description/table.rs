//! Tables as they stand in an issue, and what people typed into them.
//!
//! A row that we write ends in a hidden stamp: a digest of its subject's key, and one of each cell
//! as we wrote it.
//! So whatever a cell holds beyond that was typed by somebody.

use std::collections::HashMap;

use crate::identity::{RunningDigest, SubjectId, digest, key_digest};
use crate::report::{
    EXCEPTED, EXCLUDED, OUTSIDERS_COLUMNS, TEAM_COLUMNS, UNDECIDED, UNKNOWN, UNREADABLE,
};

/// Which of our tables it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// That of the people.
    Team,
    /// That of the outsiders.
    Outsiders,
}

impl Of {
    /// The names of the table's columns.
    pub(super) const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Team => &TEAM_COLUMNS,
            Self::Outsiders => &OUTSIDERS_COLUMNS,
        }
    }
}

/// A table as it stood in an issue.
#[derive(Debug, Default)]
pub(super) struct Table<'a> {
    /// The names of columns behind ours.
    pub(super) added: Vec<&'a str>,
    /// The rows below the head.
    pub(super) rows: Vec<Row<'a>>,
}

/// A row as it stood in an issue.
#[derive(Debug)]
pub(super) struct Row<'a> {
    /// The whole line, without its line break.
    line: &'a str,
    /// The cells without the stamp and without the space around them.
    cells: Vec<String>,
    stamp: Option<Stamp>,
    of: Of,
}

/// The lengths of digests in a stamp: of what a subject is known by, and of a cell.
const KEY: usize = 16;
const CELL: usize = 8;

/// What the hidden comment of a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    /// The digests of all that the row's subject was known by.
    keys: Vec<String>,
    /// The digests of the cells.
    cells: Vec<String>,
}

impl<'a> Row<'a> {
    /// Reads a line of a table, whose outer bars may be missing.
    pub(super) fn of(line: &'a str, of: Of) -> Self {
        let (unstamped, stamp) = Stamp::take(line);
        let with_bar = format!("|{unstamped}");
        let cells = cells(&unstamped).or_else(|| cells(&with_bar)).unwrap_or_default();
        Self { line, cells: cells.into_iter().map(str::to_owned).collect(), stamp, of }
    }

    /// Reads a line that we wrote, wherever it stands: its stamp tells of which table it is.
    pub(super) fn of_stamped(line: &'a str) -> Option<Self> {
        let (_, stamp) = Stamp::take(line);
        let is_of = |of: &Of| stamp.as_ref().is_some_and(|it| it.cells.len() == of.columns().len());
        [Of::Outsiders, Of::Team].into_iter().find(is_of).map(|of| Self::of(line, of))
    }

    /// The row as it stays, with its line break: a line that would end the table gets a bar before it,
    /// so that it does not part the rows behind it from theirs.
    pub(super) fn kept(&self) -> String {
        let bar = if begins_a_block(self.line) { "| " } else { "" };
        format!("{bar}{}\n", self.line)
    }

    /// Of which table it is.
    pub(super) fn table(&self) -> Of {
        self.of
    }

    /// Whether it is the row below a table's head.
    pub(super) fn is_delimiter(&self) -> bool {
        let is_rule = |cell: &String| {
            let rule = cell.strip_prefix(':').unwrap_or(cell);
            let rule = rule.strip_suffix(':').unwrap_or(rule);
            !rule.is_empty() && rule.bytes().all(|byte| byte == b'-')
        };
        !self.cells.is_empty() && self.cells.iter().all(is_rule)
    }

    /// What people typed into the row, cell by cell, where we would now write `written`.
    ///
    /// Cells behind ours are theirs altogether.
    pub(super) fn typed(&self, written: &[String]) -> Vec<String> {
        let typed = |(index, old): (usize, &String)| match (&self.stamp, written.get(index)) {
            (_, None) => old.clone(),
            (Some(stamp), Some(_)) => match stamp.cells.get(index) {
                Some(ours) => behind(old, ours).to_owned(),
                None => old.clone(),
            },
            (None, Some(written)) => unstamped(self.of, index, old, written).to_owned(),
        };
        self.cells.iter().enumerate().map(typed).collect()
    }

    /// Whether the row would be missed: it is not as we wrote it, or we did not write it.
    pub(super) fn holds_typed_text(&self) -> bool {
        let nothing = vec![String::new(); self.of.columns().len()];
        self.stamp.is_none() || self.typed(&nothing).iter().any(|it| !it.is_empty())
    }
}

/// Whether a line ends a table that it follows, though no blank line is between (GFM, Tables).
pub(super) fn begins_a_block(line: &str) -> bool {
    let line = line.trim_start();
    ["#", ">", "- ", "* ", "+ ", "```", "~~~", "<"].iter().any(|it| line.starts_with(it))
}

/// What somebody typed behind the text whose digest is `ours`; the complete cell where that text is gone.
///
/// The longest such text counts. Each byte is hashed once, so that a cell of any size takes linear time.
fn behind<'a>(old: &'a str, ours: &str) -> &'a str {
    let mut running = RunningDigest::default();
    let mut hashed = 0;
    let mut end = (ours == running.digest()).then_some(0);
    let word_ends = old.match_indices(' ').map(|(index, _)| index).chain([old.len()]);
    for word_end in word_ends {
        let text = old.get(hashed..word_end).unwrap_or_default();
        // Our texts do not end in white space, so a space after a space ends nothing.
        if text.is_empty() || text.ends_with(char::is_whitespace) {
            continue;
        }
        running.push(text);
        hashed = word_end;
        if running.digest() == ours {
            end = Some(word_end);
        }
    }
    match end {
        Some(end) => old.get(end..).unwrap_or_default().trim(),
        None => old,
    }
}

/// What was typed into a cell that has no stamp, as in a report that was pasted by hand.
fn unstamped<'a>(of: Of, column: usize, old: &'a str, written: &str) -> &'a str {
    let looks_written = match of {
        Of::Team => looks_like_ours(column, old),
        // The name and the address tell whose row it is; what is behind the account is theirs.
        Of::Outsiders => match column {
            2 | 3 => !old.contains(' '),
            5 => old.is_empty() || old == UNDECIDED,
            _ => old.is_empty(),
        },
    };
    if looks_written {
        return "";
    }
    match old.strip_prefix(written) {
        Some(rest) if rest.is_empty() || rest.starts_with(' ') => rest.trim(),
        _ => old,
    }
}

/// Whether a cell of the table of people is of the form in which we write its column: name, username,
/// link, account, checks.
fn looks_like_ours(column: usize, cell: &str) -> bool {
    let is_check = |words: &str| {
        let word = words.trim_end_matches(EXCEPTED).trim_end();
        word == EXCLUDED
            || crate::kinds::Kind::ALL
                .iter()
                .any(|kind| kind.spec().checks.iter().any(|check| check.id == word))
    };
    let is_span = || {
        let inner = cell.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
        inner.is_some_and(|inner| !inner.is_empty() && !inner.contains(['`', ' ']))
    };
    let is_link = || cell.starts_with("<https://calendly.com/") && cell.ends_with('>');
    cell.is_empty()
        || match column {
            1 => is_span() || cell == UNREADABLE,
            2 => is_link() || is_span() || cell == UNREADABLE,
            3 => ACCOUNT_WORDS.contains(&cell),
            4 => cell.split(", ").all(is_check),
            _ => false,
        }
}

/// What the column of accounts says of most people.
const ACCOUNT_WORDS: [&str; 7] = [UNKNOWN, "none", "invited", "active", "owner", "admin", "user"];

/// A row of what we write, what was typed behind it, and the stamp, with its line break.
pub(super) fn stamped(keys: &[SubjectId], written: &[String], typed: &[String]) -> String {
    let mut cells: Vec<String> = written
        .iter()
        .enumerate()
        .map(|(index, cell)| join(cell, typed.get(index).map_or("", String::as_str)))
        .collect();
    let digests: Vec<String> = written.iter().map(|cell| digest(cell)).collect();
    if let Some(last) = cells.last_mut() {
        let keys: Vec<String> = keys.iter().map(key_digest).collect();
        *last = join(
            last,
            &format!("{}{} {} {}", Stamp::BEGIN, keys.join("+"), digests.join(" "), Stamp::END),
        );
    }
    cells.extend(typed.iter().skip(written.len()).cloned());
    line(cells.iter().map(String::as_str))
}

/// A row of cells that stand as they are, with its line break.
pub(super) fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut row = String::from("|");
    for cell in cells {
        row.push(' ');
        row.push_str(cell);
        row.push_str(" |");
    }
    row.push('\n');
    row
}

fn join(one: &str, other: &str) -> String {
    if one.is_empty() || other.is_empty() {
        format!("{one}{other}")
    } else {
        format!("{one} {other}")
    }
}

impl Stamp {
    const BEGIN: &str = "<!-- sa ";
    const END: &str = "-->";

    /// A line without its stamps, and the first of them: where somebody joined two rows, the cells of
    /// the first one stand in our columns. The remains of a torn stamp are text.
    fn take(line: &str) -> (String, Option<Self>) {
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

    /// The whole stamp that begins at a place of the line, and where it ends.
    fn at(line: &str, start: usize) -> Option<(Self, usize)> {
        let inner = start + Self::BEGIN.len();
        // A stamp does not hold the beginning of another, so the search ends there: else a line of many
        // torn stamps would be read once for each of them.
        let rest = line.get(inner..)?;
        let rest = rest.split(Self::BEGIN).next().unwrap_or(rest);
        let length = rest.find(Self::END)?;
        let is_hex = |word: &&str, length| {
            word.len() == length && word.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let mut words = line.get(inner..inner + length)?.split_whitespace();
        let keys: Vec<&str> = words.next()?.split('+').collect();
        let cells: Vec<&str> = words.collect();
        let is_whole =
            keys.iter().all(|key| is_hex(key, KEY)) && cells.iter().all(|it| is_hex(it, CELL));
        let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
        is_whole.then(|| {
            (Self { keys: owned(keys), cells: owned(cells) }, inner + length + Self::END.len())
        })
    }
}

/// Finds the row of a subject.
#[derive(Debug)]
pub(super) struct Index<'a> {
    rows: &'a [Row<'a>],
    by_key: HashMap<&'a str, Vec<usize>>,
    /// Rows without a stamp, by the cells of name and handle.
    by_cells: HashMap<(&'a str, &'a str), Vec<usize>>,
}

impl<'a> Index<'a> {
    pub(super) fn of(table: &'a Table<'a>) -> Self {
        let mut index =
            Self { rows: &table.rows, by_key: HashMap::new(), by_cells: HashMap::new() };
        for (place, row) in table.rows.iter().enumerate() {
            match (&row.stamp, row.cells.as_slice()) {
                (Some(stamp), _) => {
                    for key in &stamp.keys {
                        index.by_key.entry(key).or_default().push(place);
                    }
                }
                (None, [name, handle, ..]) => {
                    index.by_cells.entry((name, handle)).or_default().push(place);
                }
                (None, _) => {}
            }
        }
        index
    }

    /// The place of the row about the subject of `keys`, which would now begin with `written`.
    ///
    /// Where several rows could be meant, as of people who share an address, only the one with the
    /// same name is; what was typed into a row must never come to somebody else. Only of whom no row
    /// says that it is theirs, one without a stamp may be.
    pub(super) fn find(&self, keys: &[SubjectId], written: &[String]) -> Option<usize> {
        let theirs: Vec<&Vec<usize>> =
            keys.iter().filter_map(|key| self.by_key.get(&*key_digest(key))).collect();
        if !theirs.is_empty() {
            return theirs.into_iter().find_map(|places| self.the_one(places, written));
        }
        let [name, handle, ..] = written else { return None };
        self.the_one(self.by_cells.get(&(name.as_str(), handle.as_str()))?, written)
    }

    fn the_one(&self, places: &[usize], written: &[String]) -> Option<usize> {
        if let [place] = places {
            return Some(*place);
        }
        let name = digest(written.first()?);
        let has_name = |place: &&usize| {
            let stamp = self.rows.get(**place).and_then(|row| row.stamp.as_ref());
            stamp.is_some_and(|stamp| stamp.cells.first() == Some(&name))
        };
        let mut same = places.iter().filter(has_name);
        same.next().filter(|_| same.next().is_none()).copied()
    }
}

/// The cells of a row without the space around them; nothing for a line that is no row.
pub(super) fn cells(line: &str) -> Option<Vec<&str>> {
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
    // What stands behind the last bar is a cell too, unless it is nothing.
    let rest = inner.get(start..)?.trim();
    if !rest.is_empty() {
        cells.push(rest);
    }
    Some(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn a_row_falls_into_cells() {
        assert_eq!(cells("| a | `b \\| c` |  |\n"), Some(vec!["a", "`b \\| c`", ""]));
        assert_eq!(cells("|a|b"), Some(vec!["a", "b"]));
        assert_eq!(cells("a | b |"), None);
        assert!(
            Row::of("| --- | :-: | - |", Of::Team).is_delimiter()
                && Row::of("-|-", Of::Team).is_delimiter()
        );
        assert!(
            !Row::of("| --- | |", Of::Team).is_delimiter()
                && !Row::of("| a |", Of::Team).is_delimiter()
        );
    }

    #[test]
    fn what_was_typed_is_told_from_what_we_wrote() {
        let written = strings(&["Ada", "`ada`", "", "unknown", "link-missing"]);
        let row = stamped(&[SubjectId::GitLabId(1)], &written, &[]);
        let untouched = Row::of(row.trim_end(), Of::Team);
        assert!(!untouched.holds_typed_text(), "{row}");
        for (from, to, expected) in [
            ("link-missing <!--", "link-missing on leave <!--", ["", "", "", "", "on leave"]),
            (" -->", " --> on leave", ["", "", "", "", "on leave"]),
            ("link-missing", "on leave", ["", "", "", "", "on leave"]),
            ("`ada` |  |", "`ada` | see #12 |", ["", "", "see #12", "", ""]),
            ("| Ada ", "| Ada (she) ", ["(she)", "", "", "", ""]),
            ("| Ada ", "| Adam ", ["Adam", "", "", "", ""]),
            ("unknown", "", ["", "", "", "", ""]),
        ] {
            let edited = row.replacen(from, to, 1);
            assert_ne!(edited, row, "{from}");
            let typed = Row::of(edited.trim_end(), Of::Team).typed(&written);
            assert_eq!(typed, expected, "{edited}");
            // It stays whatever we write next, and is not taken for ours then.
            let next = strings(&["Ada L.", "`al`", "<https://calendly.com/a>", "unknown", ""]);
            let again = stamped(&[SubjectId::GitLabId(1)], &next, &typed);
            assert_eq!(Row::of(again.trim_end(), Of::Team).typed(&next), expected, "{again}");
        }
    }

    #[test]
    fn cells_behind_ours_are_theirs() {
        let written = strings(&["Ada", "`ada`"]);
        let row =
            stamped(&[SubjectId::GitLabId(1)], &written, &strings(&["", "", "their `a \\| b`"]));
        assert_eq!(Row::of(row.trim_end(), Of::Team).typed(&written), ["", "", "their `a \\| b`"]);
    }

    #[test]
    fn a_pasted_row_has_no_stamp() {
        let written = strings(&["Ada", "`ada`", "", "unknown", "link-missing"]);
        for (line, expected) in [
            ("| Ada | `ada` | | unknown | link-malformed |", ["", "", "", "", ""]),
            ("| Ada | `ada` | | unknown | link-missing on leave |", ["", "", "", "", "on leave"]),
            ("| Ada | `ada` | none wanted | unknown | |", ["", "", "none wanted", "", ""]),
            ("| Ada | `adal` | <https://calendly.com/x> | unknown | |", ["", "", "", "", ""]),
        ] {
            assert_eq!(Row::of(line, Of::Team).typed(&written), expected, "{line}");
        }
        let written = strings(&["Zed", "`z@x.example`", "user", "2026", "", ""]);
        for (line, expected) in [
            ("| Zed | `z@x.example` | user | 2026 | | undecided |", ["", "", "", "", "", ""]),
            (
                "| Zed | `z@x.example` | user | 2026 | a guest | keep |",
                ["", "", "", "", "a guest", "keep"],
            ),
        ] {
            assert_eq!(Row::of(line, Of::Outsiders).typed(&written), expected, "{line}");
        }
    }
}
