//! Markdown that can only be built from our own words and from neutralised untrusted text.
//!
//! GitLab acts on what it renders: `@name` mentions, a line that begins with `/` is a command, `#1`
//! and commit-like words link and leave traces elsewhere (GitLab docs: GitLab Flavored Markdown,
//! Quick actions).
//! None of it acts inside a code span, so untrusted text stands in one unless it is harmless.

use std::borrow::Cow;
use std::fmt;

use unicode_general_category::{GeneralCategory as Category, get_general_category};

use crate::record::conversation::User;
use crate::text::clean;

/// A piece of Markdown without line breaks, fit for a table's cell or a list's item.
///
/// What begins a line is never untrusted: see [`row`] and [`item`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markdown(String);

impl Markdown {
    /// Our own words.
    pub fn text(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// Untrusted text in a code span, whatever it is; a bar is kept apart from a backslash before it.
    pub fn code(untrusted: &str) -> Self {
        // A table's readers do not agree on what a backslash before a bar escapes.
        let text = clean(untrusted).replace("\\|", "\\ |");
        let text = text.trim();
        if text.is_empty() {
            return Self::default();
        }
        let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest + 1);
        let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
        Self(format!("{fence}{pad}{text}{pad}{fence}"))
    }

    /// Untrusted text as it reads best: plain where it is harmless, else in a code span.
    ///
    /// An `https` address at calendly.com becomes a link.
    pub fn untrusted(untrusted: &str) -> Self {
        let text = clean(untrusted);
        let text = text.trim();
        if is_plain(text) {
            Self(text.to_owned())
        } else if is_calendly_address(text) {
            Self(format!("<{text}>"))
        } else {
            Self::code(text)
        }
    }

    /// A mention, which tells the user: only of one whom GitLab has confirmed.
    ///
    /// GitLab's usernames hold nothing that Markdown would act on (GitLab docs: Usernames).
    pub(crate) fn mention(user: &User) -> Self {
        Self(format!("@{}", clean(&user.username)))
    }

    /// This, and `next` behind it.
    #[must_use]
    pub fn and(mut self, next: &Self) -> Self {
        self.0.push_str(&next.0);
        self
    }
}

impl fmt::Display for Markdown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
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

/// GitLab links a word of seven or more hex digits to a commit.
fn is_commit_like(word: &str) -> bool {
    word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// External trackers' issues are linked by keys such as `ABC-123`.
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

fn is_calendly_address(text: &str) -> bool {
    text.strip_prefix("https://calendly.com/").is_some_and(|path| {
        path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_/".contains(&byte))
    })
}

#[cfg(test)]
mod tests;
