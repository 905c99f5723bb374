//! Text of a server, made harmless for a terminal and short enough for an error.

use std::str::Chars;

/// The longest text of a server that an error carries, in characters.
const MAX_LENGTH: usize = 200;

/// Reduces `text` to one harmless line of at most 200 characters.
///
/// Control characters, complete terminal escape sequences, bidirectional overrides and invisible
/// characters are removed, and each run of white space becomes one space. This is stricter than
/// what reports do to the text of rosters: nobody needs to find the original of an error message.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::new();
    let mut length = 0_usize;
    let mut space = false;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => skip_escape(&mut characters),
            '\u{9b}' => skip_control_sequence(&mut characters),
            _ if character.is_whitespace() => space = !line.is_empty(),
            _ if character.is_control() || is_invisible(character) => {}
            _ => {
                if length >= MAX_LENGTH {
                    line.push('…');
                    return line;
                }
                if space {
                    line.push(' ');
                    length += 1;
                    space = false;
                }
                line.push(character);
                length += 1;
            }
        }
    }
    line
}

/// Skips what follows an escape character.
fn skip_escape(characters: &mut Chars<'_>) {
    match characters.next() {
        Some('[') => skip_control_sequence(characters),
        // Strings for the terminal (titles, links): they end with BEL or with ESC and a backslash.
        Some(']' | 'P' | 'X' | '^' | '_') => {
            for character in characters.by_ref() {
                match character {
                    '\u{7}' => return,
                    '\u{1b}' => {
                        characters.next();
                        return;
                    }
                    _ => {}
                }
            }
        }
        Some(_) | None => {}
    }
}

/// Skips the parameters of a control sequence and the character that ends it.
fn skip_control_sequence(characters: &mut Chars<'_>) {
    let _end = characters.find(|character| matches!(character, '@'..='~'));
}

/// Whether a character turns the reading direction, or cannot be seen at all.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_removed() {
        for (text, expected) in [
            ("plain", "plain"),
            ("Zoë Müller 日本", "Zoë Müller 日本"),
            ("  two\r\n\tlines\u{2028}three  ", "two lines three"),
            ("a\u{1b}[31;1mred\u{1b}[0m", "ared"),
            ("a\u{9b}2Jb", "ab"),
            ("a\u{1b}]0;title\u{7}b", "ab"),
            ("a\u{1b}]8;;http://x\u{1b}\\b", "ab"),
            ("a\u{1b}", "a"),
            ("a\u{0}\u{8}\u{7f}b", "ab"),
            ("\u{202e}gpj\u{2066}x\u{200b}y\u{feff}", "gpjxy"),
        ] {
            assert_eq!(one_line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn long_text_is_cut() {
        let exact = "ü".repeat(200);
        assert_eq!(one_line(&exact), exact);
        assert_eq!(one_line(&"ü".repeat(201)), format!("{exact}…"));
    }
}
