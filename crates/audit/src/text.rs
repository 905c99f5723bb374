//! Makes untrusted text fit for a terminal, and compares names as people mean them.

use std::borrow::Cow;
use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};
use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_width::UnicodeWidthStr;

/// Puts `text` on one line, without anything that a terminal would act on.
///
/// Line breaks and tabs become spaces.
/// Other control characters and invisible format characters are dropped, such as escapes that
/// colour or move and marks that change the direction of writing.
/// The joiners of Persian and of emoji stay.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_control()) {
        return Cow::Borrowed(text);
    }
    text.chars().filter_map(clean_char).collect::<String>().into()
}

fn clean_char(character: char) -> Option<char> {
    match get_general_category(character) {
        _ if matches!(character, '\n' | '\r' | '\t' | '\x0b' | '\x0c' | '\u{85}') => Some(' '),
        _ if matches!(character, '\u{200c}' | '\u{200d}') => Some(character),
        GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator => Some(' '),
        GeneralCategory::Control | GeneralCategory::Format => None,
        _ => Some(character),
    }
}

/// Whether a terminal or an editor could act on `character` instead of showing it.
fn acts(character: char) -> bool {
    clean_char(character) != Some(character)
}

/// Normalises a name to compare it with other names: composed, in lower case, with single spaces.
pub fn fold(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Cow::Borrowed(name);
    }
    let mut folded = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        if word.is_ascii() {
            folded.extend(word.chars().map(|character| character.to_ascii_lowercase()));
        } else {
            folded.extend(word.nfc().flat_map(char::to_lowercase));
        }
    }
    folded.into()
}

/// The letters and digits of `name` in lower case and without marks, which all of its slugs share.
///
/// `Zoë O'Neil`, `zoe-o-neil` and `zoe_oneil` give the same.
pub fn slug_letters(name: &str) -> String {
    name.nfkd()
        .filter(|character| !is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .filter(|character| character.is_alphanumeric())
        .collect()
}

/// `text` in lower case.
pub(crate) fn lower_case(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(text)
    } else {
        text.to_lowercase().into()
    }
}

/// A link as evidence records it: scheme and host in lower case, everything else as written.
pub(crate) fn canonical_link(link: &str) -> String {
    let host = link.find("://").map_or(0, |scheme| scheme.saturating_add(3));
    let path = link.get(host..).and_then(|rest| rest.find('/')).map(|at| host.saturating_add(at));
    match path.and_then(|path| link.split_at_checked(path)) {
        Some((origin, path)) => format!("{}{path}", origin.to_ascii_lowercase()),
        None => link.to_ascii_lowercase(),
    }
}

/// A link in the form that is compared: in lower case, without a slash at the end.
pub(crate) fn comparable_link(link: &str) -> Cow<'_, str> {
    lower_case(link.strip_suffix('/').unwrap_or(link))
}

/// Lays rows of cleaned cells out as lines; each column is as wide as its widest cell on a
/// terminal.
pub fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let mut text = String::new();
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    for row in rows {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.width() + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// `value` as one JSON document with a line break at its end.
///
/// Untrusted text in it is unchanged, but characters that a terminal would act on are escaped.
///
/// # Errors
///
/// The value has no JSON form, such as a map whose keys are not strings.
pub fn json<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<String> {
    let mut bytes = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, Harmless))?;
    bytes.push(b'\n');
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes JSON that also escapes the characters that a terminal would act on.
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        let mut rest = fragment;
        while let Some((index, character)) = rest.char_indices().find(|(_, it)| acts(*it)) {
            let (before, after) = rest.split_at(index);
            CompactFormatter.write_string_fragment(writer, before)?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = after.get(character.len_utf8()..).unwrap_or_default();
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}

/// How many characters of an untrusted text are shown.
pub(crate) const SHOWN: usize = 200;

/// The beginning of an untrusted text, so that one huge value does not crowd out everything else.
pub(crate) fn excerpt(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()).into(),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaned_text_is_one_line_that_no_terminal_acts_on() {
        for (text, expected) in [
            ("Ada Lovelace", "Ada Lovelace"),
            ("Zoë 😀 李", "Zoë 😀 李"),
            ("a\nb\r\nc\td\u{2028}e\u{85}f", "a b  c d e f"),
            ("\x1b[31mred\x1b[0m\x07", "[31mred[0m"),
            ("\u{9b}31mC1", "31mC1"),
            ("\u{202e}drawkcab\u{2066}\u{200f}", "drawkcab"),
            ("zero\u{200b}width\u{feff}", "zerowidth"),
            ("می\u{200c}خواهم 👩\u{200d}💻", "می\u{200c}خواهم 👩\u{200d}💻"),
        ] {
            assert_eq!(clean(text), expected);
        }
    }

    #[test]
    fn names_are_compared_as_people_mean_them() {
        assert_eq!(fold("  Zoe\u{308}  O'Neil "), fold("zoë o'neil"));
        assert_ne!(fold("Zoe"), fold("Zoë"));
        assert_eq!(fold("ada"), "ada");
        assert_eq!(slug_letters("Zoë O'Neil"), slug_letters("zoe-o-neil"));
        assert_eq!(slug_letters("Søren-李 2"), "søren李2");
    }
}
