//! Markdown that can only be built from literals and from neutralised untrusted text.
//!
//! [`Markdown`] is a piece of a line.
//! A [`Document`] consists of such pieces: it is the body of a comment, with its paragraphs, lists
//! and tables.
//!
//! GitLab acts on what it renders: `@name` mentions, a line that begins with `/` is a command, `#1`
//! and commit-like words link and leave traces elsewhere (GitLab docs: GitLab Flavored Markdown,
//! Quick actions).
//! It acts on nothing inside a code span, so untrusted text is put into one unless it is harmless.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use jiff::Timestamp;
use jiff::civil::Date;
use unicode_general_category::{GeneralCategory as Category, get_general_category};

use crate::calendar::Period;
use crate::dates::DateText;
use crate::identity::User;
use crate::text::clean;

/// A piece of Markdown without line breaks, fit for a paragraph, a table's cell or a list's item.
///
/// Pieces are joined by [`Markdown::and`], which takes a literal as it is:
/// `Markdown::code(check.id).and(" of ").and(Markdown::untrusted(name))`.
/// Neither a literal nor untrusted text can begin a line in a way that GitLab acts on, because
/// [`Markdown::untrusted`] puts whatever does not begin with a letter into a code span.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markdown(Cow<'static, str>);

impl Markdown {
    /// Words of the program itself.
    pub const fn literal(words: &'static str) -> Self {
        Self(Cow::Borrowed(words))
    }

    /// Words of the program itself that begin a sentence, their first letter in upper case.
    pub(crate) fn sentence(words: &'static str) -> Self {
        let mut characters = words.chars();
        let first = characters.next().map(char::to_uppercase).into_iter().flatten();
        Self(Cow::Owned(first.chain(characters).collect()))
    }

    /// A count or another number.
    pub fn number(number: usize) -> Self {
        Self(Cow::Owned(number.to_string()))
    }

    /// A count of things, as `1 person` or `2 people`.
    pub(crate) fn counted(count: usize, singular: &'static str, plural: &'static str) -> Self {
        Self::number(count).and(" ").and(if count == 1 { singular } else { plural })
    }

    /// A day, as `2027-02-01`.
    pub fn date(date: Date) -> Self {
        Self(Cow::Owned(date.to_string()))
    }

    /// An instant in UTC without a fraction of a second, as `2027-02-01T10:00:00Z`.
    pub fn instant(instant: Timestamp) -> Self {
        Self(Cow::Owned(format!("{instant:.0}")))
    }

    /// `label` as a link to `address`, or the label alone if the address could act by itself.
    pub fn link(label: impl Into<Self>, address: &str) -> Self {
        let label = label.into();
        if is_linkable(address) { Self(Cow::Owned(format!("[{label}]({address})"))) } else { label }
    }

    /// Untrusted text in a code span. A bar is separated from a backslash before it.
    pub fn code(untrusted: &str) -> Self {
        // The readers of tables do not agree on what a backslash before a bar escapes.
        let text = clean(untrusted).replace("\\|", "\\ |");
        let text = text.trim();
        if text.is_empty() {
            return Self::default();
        }
        let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest + 1);
        let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
        Self(Cow::Owned(format!("{fence}{pad}{text}{pad}{fence}")))
    }

    /// Untrusted text in its most readable form: plain if it is harmless, otherwise in a code span.
    pub fn untrusted(untrusted: &str) -> Self {
        let text = clean(untrusted);
        let text = text.trim();
        if is_plain(text) { Self(Cow::Owned(text.to_owned())) } else { Self::code(text) }
    }

    /// Untrusted text as it reads best; an address that begins with `link_base` is a link.
    ///
    /// The base is that of the audited kind, such as `https://host/`: nobody else's page is linked.
    /// With an empty base, nothing is.
    pub fn untrusted_or_link(untrusted: &str, link_base: &str) -> Self {
        let text = clean(untrusted);
        let text = text.trim();
        if is_address_below(text, link_base) {
            Self(Cow::Owned(format!("<{text}>")))
        } else {
            Self::untrusted(text)
        }
    }

    /// A mention, which notifies the user.
    /// Only a user whom GitLab has confirmed may be mentioned.
    ///
    /// Old accounts have usernames such as `_dan_`, which Markdown reads as emphasis; GitLab
    /// mentions them with the underscores escaped.
    pub(crate) fn mention(user: &User) -> Self {
        Self(Cow::Owned(format!("@{}", clean(&user.username).replace('_', "\\_"))))
    }

    /// Appends `next` to this piece.
    #[must_use]
    pub fn and(self, next: impl Into<Self>) -> Self {
        Self(self.0 + next.into().0)
    }

    /// Whether the piece is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text that GitLab gets.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Markdown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<&'static str> for Markdown {
    fn from(words: &'static str) -> Self {
        Self::literal(words)
    }
}

impl From<DateText> for Markdown {
    fn from(date: DateText) -> Self {
        Self(Cow::Owned(date.to_string()))
    }
}

impl From<u64> for Markdown {
    fn from(number: u64) -> Self {
        Self(Cow::Owned(number.to_string()))
    }
}

impl From<Period> for Markdown {
    fn from(period: Period) -> Self {
        Self(Cow::Owned(period.to_string()))
    }
}

impl From<&Self> for Markdown {
    fn from(piece: &Self) -> Self {
        piece.clone()
    }
}

/// Joins pieces with a literal between each two.
pub fn join(pieces: impl IntoIterator<Item = Markdown>, separator: &'static str) -> Markdown {
    let mut joined = Markdown::default();
    for (index, piece) in pieces.into_iter().enumerate() {
        if index > 0 {
            joined = joined.and(separator);
        }
        joined = joined.and(piece);
    }
    joined
}

/// The body of a comment: blocks of [`Markdown`], separated by blank lines.
///
/// Empty blocks are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document(String);

impl Document {
    /// A document without blocks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a heading of the second level.
    #[must_use]
    pub fn heading(self, content: impl Into<Markdown>) -> Self {
        self.block(&format!("## {}", content.into()))
    }

    /// Adds a paragraph.
    #[must_use]
    pub fn paragraph(self, content: impl Into<Markdown>) -> Self {
        self.block(&content.into().0)
    }

    /// Adds a bulleted list.
    #[must_use]
    pub fn list(self, items: impl IntoIterator<Item = Markdown>) -> Self {
        let items: String = items.into_iter().map(|content| item(&content)).collect();
        self.block(&items)
    }

    /// Adds a list whose items are numbered from 1.
    #[must_use]
    pub fn numbered_list(self, items: impl IntoIterator<Item = Markdown>) -> Self {
        let items = (1..).zip(items).map(|(number, item): (u32, _)| format!("{number}. {item}\n"));
        self.block(&items.collect::<String>())
    }

    /// Adds a table; a row holds a cell for each heading.
    #[must_use]
    pub fn table<const N: usize>(
        self,
        headings: [&'static str; N],
        rows: impl IntoIterator<Item = [Markdown; N]>,
    ) -> Self {
        let mut table = row(&headings.map(Markdown::literal));
        table.push_str(&delimiter_row(N));
        for cells in rows {
            table.push_str(&row(&cells));
        }
        self.block(&table)
    }

    /// Adds a paragraph of several lines.
    #[must_use]
    pub(crate) fn lines(self, lines: impl IntoIterator<Item = Markdown>) -> Self {
        let mut paragraph = String::new();
        for line in lines {
            paragraph.push_str(&line.0);
            paragraph.push('\n');
        }
        self.block(&paragraph)
    }

    /// Adds a hidden line without untrusted text, such as a marker.
    #[must_use]
    pub(crate) fn hidden_line(self, line: &str) -> Self {
        self.block(line)
    }

    /// A document from a text that was put together from [`Markdown`] elsewhere.
    /// This is a report that was split into parts, or a comment of ours with lines taken out.
    pub(crate) fn assembled(text: String) -> Self {
        Self(text)
    }

    /// The number, from 0, of the line on which the next block begins.
    pub(crate) fn next_line(&self) -> usize {
        if self.0.is_empty() { 0 } else { self.0.lines().count() + 1 }
    }

    /// Adds the blocks of another document.
    #[must_use]
    pub fn append(self, other: &Self) -> Self {
        self.block(&other.0)
    }

    /// Whether the document has no blocks.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn block(mut self, block: &str) -> Self {
        let block = block.trim_end();
        if !block.is_empty() {
            if !self.0.is_empty() {
                self.0.push_str("\n\n");
            }
            self.0.push_str(block);
        }
        self
    }
}

/// A document can be read like any text, and changed only by its own methods.
impl Deref for Document {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The document's text, without a line break at its end unless it was assembled with one.
impl fmt::Display for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The row between the headings of a table and its content, with its line break.
pub(crate) fn delimiter_row(columns: usize) -> String {
    row(&vec![Markdown::literal("---"); columns])
}

/// A table's row with its line break.
pub fn row<'a>(cells: impl IntoIterator<Item = &'a Markdown>) -> String {
    let mut row = String::from("|");
    for cell in cells {
        row.push(' ');
        // A bar ends a cell even inside a code span, unless it is escaped (GFM, Tables).
        row.push_str(&escape_bars(&cell.0));
        row.push_str(" |");
    }
    row.push('\n');
    row
}

/// The content of a table's cell as it stands in a row.
pub(crate) fn cell(content: &Markdown) -> String {
    // A bar ends a cell even inside a code span, unless it is escaped (GFM, Tables).
    escape_bars(&content.0).trim().to_owned()
}

/// A bulleted list's item with its line break.
pub fn item(content: &Markdown) -> String {
    format!("- {content}\n")
}

fn escape_bars(cell: &str) -> Cow<'_, str> {
    if cell.contains('|') { cell.replace('|', "\\|").into() } else { cell.into() }
}

/// Whether `text` means nothing to GitLab but its own letters.
fn is_plain(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_alphabetic)
        && text.chars().all(is_harmless)
        && !text.to_ascii_lowercase().contains("www.")
        && !text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_commit_like)
        && !holds_issue_key(text)
}

fn is_harmless(character: char) -> bool {
    matches!(character, ' ' | '.' | ',' | '\'' | '-')
        || matches!(
            get_general_category(character),
            Category::UppercaseLetter
                | Category::LowercaseLetter
                | Category::TitlecaseLetter
                | Category::ModifierLetter
                | Category::OtherLetter
                | Category::NonspacingMark
                | Category::SpacingMark
                | Category::EnclosingMark
                | Category::DecimalNumber
        )
}

/// GitLab links words of seven or more hex digits to commits.
fn is_commit_like(word: &str) -> bool {
    word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// GitLab links keys such as `ABC-123` to issues of external trackers.
fn holds_issue_key(text: &str) -> bool {
    let mut characters = text.chars().peekable();
    let mut previous = ' ';
    while let Some(character) = characters.next() {
        let is_followed_by_digit = characters.peek().is_some_and(char::is_ascii_digit);
        if character == '-' && previous.is_alphanumeric() && is_followed_by_digit {
            return true;
        }
        previous = character;
    }
    false
}

/// Whether an address can be the target of a link, which nothing in it may end.
pub(crate) fn is_linkable(address: &str) -> bool {
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    is_web
        && address.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/%#".contains(&byte))
}

fn is_address_below(text: &str, base: &str) -> bool {
    // Every text begins with an empty base, also plain words, which are an HTML tag in angle brackets.
    let path = if base.is_empty() { None } else { text.strip_prefix(base) };
    path.is_some_and(|path| {
        path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_/".contains(&byte))
    })
}

#[cfg(test)]
mod tests;
