//! Tables as they stand in an issue, and what people typed into them.
//!
//! A row that we write ends in a hidden stamp, such as
//! `<!-- sa v1 people 747428ed46519c1f name:99a563ab gitlab:054d6ded -->`: the version of its form, the
//! table, digests of the keys by which its subject is known, and a digest of each cell as we wrote it.
//! So whatever a cell holds beyond that was typed by somebody.
//!
//! Stamps outlive the program that wrote them.
//! A cell's digest is found by the key of its column, and a cell by the heading of its column, so a
//! table from before a column was added is read like any other, and a column that this version does
//! not know is taken for somebody's own.

use std::collections::HashMap;
use std::fmt;

use crate::identity::{RunningDigest, SubjectId, digest, key_digest};
use crate::kinds::Spec;
use crate::report::columns::{Column, DECISION, OUTSIDERS_KEYS, PEOPLE_KEYS, outsiders, people};
use crate::report::{EXCEPTED, EXCLUDED, UNDECIDED, UNKNOWN, UNREADABLE};

/// Which of our tables it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// That of the people.
    Team,
    /// That of the outsiders.
    Outsiders,
}

impl Of {
    const ALL: [Self; 2] = [Self::Team, Self::Outsiders];

    /// The table's name in stamps, which never changes.
    const fn id(self) -> &'static str {
        match self {
            Self::Team => "people",
            Self::Outsiders => "outsiders",
        }
    }

    /// The keys of the table's columns, in the order in which they are written.
    pub(super) const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Team => &PEOPLE_KEYS,
            Self::Outsiders => &OUTSIDERS_KEYS,
        }
    }

    /// The headings of the table's columns, in the same order.
    pub(super) fn headings(self, spec: &Spec) -> Vec<&'static str> {
        fn headings<R>(columns: &[Column<R>]) -> Vec<&'static str> {
            columns.iter().map(|column| column.heading).collect()
        }
        match self {
            Self::Team => headings(&people(spec)),
            Self::Outsiders => headings(&outsiders()),
        }
    }
}

/// Which of our columns stands at each position of a table's rows; none is somebody's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout(Vec<Option<usize>>);

impl Layout {
    /// The layout of the tables that this version writes.
    pub(super) fn current(table: Of) -> Self {
        Self((0..table.keys().len()).map(Some).collect())
    }

    /// The layout of a table below the head `names`; nothing where a heading of ours is gone.
    pub(super) fn from_head(names: &[&str], headings: &[&str]) -> Option<Self> {
        let mut positions = vec![None; names.len()];
        for (column, heading) in headings.iter().enumerate() {
            let position = names.iter().position(|name| name == heading)?;
            *positions.get_mut(position)? = Some(column);
        }
        Some(Self(positions))
    }

    /// The layout of a row that stands outside its table: its stamp names the columns in their order.
    fn from_stamp(stamp: &Stamp, table: Of) -> Self {
        let column = |key: &String| table.keys().iter().position(|known| known == key);
        Self(stamp.cells.iter().map(|(key, _)| column(key)).collect())
    }

    /// Whether our columns stand elsewhere than where this version writes them.
    fn is_moved(&self) -> bool {
        let mut positions = self.0.iter().enumerate();
        positions.any(|(position, column)| column.is_some_and(|column| column != position))
    }

    /// Whether a row of `width` cells can be below this head.
    ///
    /// Where somebody put a heading before one of ours and left the rows as they are, each cell of a row
    /// would be read in the column beside its own.
    pub(super) fn fits(&self, width: usize) -> bool {
        !self.is_moved() || width >= self.0.len()
    }

    /// Whether the column at a position is somebody's own.
    pub(super) fn is_added(&self, position: usize) -> bool {
        self.0.get(position).copied().flatten().is_none()
    }
}

/// A table as it stood in an issue.
#[derive(Debug, Default)]
pub(super) struct Table<'a> {
    /// The headings of columns that are not ours.
    pub(super) added: Vec<&'a str>,
    /// Which columns its rows have, once its head has been read.
    pub(super) layout: Option<Layout>,
    /// The rows below the head.
    pub(super) rows: Vec<Row<'a>>,
}

/// A row as it stood in an issue.
#[derive(Debug)]
pub(super) struct Row<'a> {
    /// The whole line, without its line break.
    line: &'a str,
    /// The cells of our columns, in the order of [`Of::keys`], without the stamp and without the space
    /// around them; absent where the row has no such cell.
    cells: Vec<Option<String>>,
    /// The cells of other columns, in their order.
    others: Vec<String>,
    /// How many cells the row has.
    pub(super) width: usize,
    is_delimiter: bool,
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
    /// The name of the table in which it was written.
    table: String,
    /// The digests of the cells, each with the key of its column.
    cells: Vec<(String, String)>,
}

impl<'a> Row<'a> {
    /// Reads a line of a table, whose outer bars may be missing.
    pub(super) fn parse(line: &'a str, of: Of, layout: &Layout) -> Self {
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
            stamp,
            of,
        };
        for (position, text) in texts.into_iter().enumerate() {
            let column = layout.0.get(position).copied().flatten();
            match column.and_then(|column| row.cells.get_mut(column)) {
                Some(cell) => *cell = Some(text.to_owned()),
                None => row.others.push(text.to_owned()),
            }
        }
        row
    }

    /// Reads a line that we wrote, wherever it stands: its stamp says of which table it is.
    pub(super) fn parse_stamped(line: &'a str) -> Option<Self> {
        let (_, stamp) = Stamp::take(line);
        let stamp = stamp?;
        let table = Of::ALL.into_iter().find(|table| table.id() == stamp.table)?;
        Some(Self::parse(line, table, &Layout::from_stamp(&stamp, table)))
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
        self.is_delimiter
    }

    /// What people typed into the row where we would now write `written`: cell by cell of our columns,
    /// then the cells of other columns, which are theirs altogether.
    pub(super) fn typed(&self, written: &[String]) -> Vec<String> {
        let mut typed = Vec::with_capacity(self.cells.len() + self.others.len());
        for ((key, cell), written) in self.of.keys().iter().zip(&self.cells).zip(written) {
            let old = cell.as_deref().unwrap_or_default();
            typed.push(match &self.stamp {
                None => unstamped(self.of, key, old, written).to_owned(),
                Some(stamp) => match stamp.digest(key) {
                    Some(ours) => behind(old, ours).to_owned(),
                    // We did not write this column then, so all of it is theirs.
                    None => old.to_owned(),
                },
            });
        }
        typed.extend(self.others.iter().cloned());
        typed
    }

    /// Whether the row would be missed: it is not as we wrote it, or we did not write it.
    pub(super) fn holds_typed_text(&self) -> bool {
        let nothing = vec![String::new(); self.of.keys().len()];
        self.stamp.is_none() || self.typed(&nothing).iter().any(|it| !it.is_empty())
    }
}

/// Whether a cell is one of the rules below a table's head.
fn is_rule(cell: &str) -> bool {
    let rule = cell.strip_prefix(':').unwrap_or(cell);
    let rule = rule.strip_suffix(':').unwrap_or(rule);
    !rule.is_empty() && rule.bytes().all(|byte| byte == b'-')
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
fn unstamped<'a>(of: Of, key: &str, old: &'a str, written: &str) -> &'a str {
    let looks_written = match of {
        Of::Team => looks_like_ours(key, old),
        // The name and the address tell whose row it is; what is behind the account is theirs.
        Of::Outsiders => match key {
            "role" | "since" => !old.contains(' '),
            DECISION => old.is_empty() || old == UNDECIDED,
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

/// Whether a cell of the table of people is of the form in which we write its column.
fn looks_like_ours(key: &str, cell: &str) -> bool {
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
        || match key {
            "gitlab" => is_span() || cell == UNREADABLE,
            "link" => is_link() || is_span() || cell == UNREADABLE,
            "account" => ACCOUNT_WORDS.contains(&cell),
            "findings" => cell.split(", ").all(is_check),
            _ => false,
        }
}

/// What the column of accounts says of most people.
const ACCOUNT_WORDS: [&str; 7] = [UNKNOWN, "none", "invited", "active", "owner", "admin", "user"];

/// A row of what we write, what was typed behind it, and the stamp, with its line break.
pub(super) fn stamped(of: Of, keys: &[SubjectId], written: &[String], typed: &[String]) -> String {
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
        let mut words = line.get(inner..inner + length)?.split_whitespace();
        let version = words.next()?.strip_prefix('v')?;
        let (table, keys) = (words.next()?, words.next()?.split('+'));
        let keys: Vec<String> = keys.map(str::to_owned).collect();
        let is_stamp = !version.is_empty()
            && version.bytes().all(|byte| byte.is_ascii_digit())
            && keys.iter().all(|key| is_hex(key, KEY));
        // A later form may say more; what it says of cells is read as far as it is known here.
        let cells = words
            .filter_map(|word| word.split_once(':'))
            .filter(|(_, digest)| is_hex(digest, CELL))
            .map(|(key, digest)| (key.to_owned(), digest.to_owned()))
            .collect();
        is_stamp.then(|| {
            (Self { keys, table: table.to_owned(), cells }, inner + length + Self::END.len())
        })
    }

    /// The digest of the cell of a column.
    fn digest(&self, key: &str) -> Option<&str> {
        let cell = self.cells.iter().find(|(column, _)| column == key);
        cell.map(|(_, digest)| digest.as_str())
    }
}

fn is_hex(word: &str, length: usize) -> bool {
    word.len() == length && word.bytes().all(|byte| byte.is_ascii_hexdigit())
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
    pub(super) fn new(table: &'a Table<'a>) -> Self {
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
            stamp.is_some_and(|stamp| stamp.digest("name") == Some(&name))
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

    fn row(line: &str, of: Of) -> Row<'_> {
        Row::parse(line, of, &Layout::current(of))
    }

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn a_row_falls_into_cells() {
        assert_eq!(cells("| a | `b \\| c` |  |\n"), Some(vec!["a", "`b \\| c`", ""]));
        assert_eq!(cells("|a|b"), Some(vec!["a", "b"]));
        assert_eq!(cells("a | b |"), None);
        assert!(
            row("| --- | :-: | - |", Of::Team).is_delimiter()
                && row("-|-", Of::Team).is_delimiter()
        );
        assert!(
            !row("| --- | |", Of::Team).is_delimiter() && !row("| a |", Of::Team).is_delimiter()
        );
    }

    #[test]
    fn what_was_typed_is_told_from_what_we_wrote() {
        let written = strings(&["Ada", "`ada`", "", "unknown", "link-missing"]);
        let text = stamped(Of::Team, &[SubjectId::GitLabId(1)], &written, &[]);
        let untouched = row(text.trim_end(), Of::Team);
        assert!(!untouched.holds_typed_text(), "{text}");
        for (from, to, expected) in [
            ("link-missing <!--", "link-missing on leave <!--", ["", "", "", "", "on leave"]),
            (" -->", " --> on leave", ["", "", "", "", "on leave"]),
            ("link-missing", "on leave", ["", "", "", "", "on leave"]),
            ("`ada` |  |", "`ada` | see #12 |", ["", "", "see #12", "", ""]),
            ("| Ada ", "| Ada (she) ", ["(she)", "", "", "", ""]),
            ("| Ada ", "| Adam ", ["Adam", "", "", "", ""]),
            ("unknown", "", ["", "", "", "", ""]),
        ] {
            let edited = text.replacen(from, to, 1);
            assert_ne!(edited, text, "{from}");
            let typed = row(edited.trim_end(), Of::Team).typed(&written);
            assert_eq!(typed, expected, "{edited}");
            // It stays whatever we write next, and is not taken for ours then.
            let next = strings(&["Ada L.", "`al`", "<https://calendly.com/a>", "unknown", ""]);
            let again = stamped(Of::Team, &[SubjectId::GitLabId(1)], &next, &typed);
            assert_eq!(row(again.trim_end(), Of::Team).typed(&next), expected, "{again}");
        }
    }

    #[test]
    fn cells_behind_ours_are_theirs() {
        let written = strings(&["Ada", "`ada`", "", "none", ""]);
        let text = stamped(
            Of::Team,
            &[SubjectId::GitLabId(1)],
            &written,
            &strings(&["", "", "", "", "", "their `a \\| b`"]),
        );
        assert_eq!(
            row(text.trim_end(), Of::Team).typed(&written),
            ["", "", "", "", "", "their `a \\| b`"]
        );
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
            assert_eq!(row(line, Of::Team).typed(&written), expected, "{line}");
        }
        let written = strings(&["Zed", "`z@x.example`", "user", "2026", "", ""]);
        for (line, expected) in [
            ("| Zed | `z@x.example` | user | 2026 | | undecided |", ["", "", "", "", "", ""]),
            (
                "| Zed | `z@x.example` | user | 2026 | a guest | keep |",
                ["", "", "", "", "a guest", "keep"],
            ),
        ] {
            assert_eq!(row(line, Of::Outsiders).typed(&written), expected, "{line}");
        }
    }

    #[test]
    fn cells_are_found_by_the_headings_of_their_columns() {
        let headings = ["Name", "GitLab", "Link", "Account", "Findings"];
        let head = ["Findings", "Name", "On leave", "GitLab", "Link", "Account"];
        let layout = Layout::from_head(&head, &headings).unwrap();
        let typed = |line: &str| {
            let written = strings(&["Ada", "`ada`", "", "unknown", ""]);
            Row::parse(line, Of::Team, &layout).typed(&written)
        };
        let line = "| later | Ada | May | `ada` |  | unknown |";
        assert_eq!(typed(line), ["", "", "", "", "later", "May"]);
        assert_eq!(Layout::from_head(&["Name", "GitLab", "Link", "Account"], &headings), None);
    }

    #[test]
    fn a_stamp_of_another_version_is_read_as_far_as_it_is_known() {
        let key = key_digest(&SubjectId::GitLabId(1));
        let (name, none) = (digest("Ada"), digest("none"));
        let stamp = format!(
            "<!-- sa v7 people {key} seen:{none} name:{name} account:{none} more of it -->"
        );
        // The row has lost its table; the stamp says where its cells belong.
        let line = format!("| their own | Ada L. | none {stamp} |");
        let row = Row::parse_stamped(&line).unwrap();
        let written = strings(&["Ada", "`ada`", "", "none", "link-missing"]);
        assert_eq!(row.typed(&written), ["L.", "", "", "", "", "their own"]);
        assert!(Row::parse_stamped(&line.replace("people", "pets")).is_none());
    }
}
