//! Which lines of a text are quick actions.
//!
//! Candidates are the paragraphs at the top of the document, so not lists, quotes, tables, code
//! or HTML, that have a line beginning with `/` when rendered. In their source, outside code
//! spans, a known name after a `/` in the first column is a quick action (GitLab 16 and later).

use comrak::{Arena, nodes::NodeValue, parse_document};

use super::names;
use crate::markdown;

/// A quick action as it was written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Command {
    /// The name in lower case, without the `/`.
    pub(crate) name: String,
    /// What follows on the line, trimmed.
    pub(crate) argument: String,
}

/// The text as GitLab stores it, and the quick actions that were in it. Also without any, the
/// text loses carriage returns and the white space at its end.
pub(crate) fn extract(text: &str) -> (String, Vec<Command>) {
    let text = text.replace('\r', "");
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let mut commands = Vec::new();
    for (start, mut end) in candidates(&text) {
        // A blank line after the paragraph goes with the quick action before it.
        if lines.get(end + 1).is_some_and(|line| line == "\n") {
            end += 1;
        }
        let end = end.min(lines.len().saturating_sub(1));
        let Some(paragraph) = lines.get_mut(start..=end) else { continue };
        let (rest, found) = cut(&paragraph.concat());
        paragraph.fill(String::new());
        if let Some(first) = paragraph.first_mut() {
            *first = rest;
        }
        commands.extend(found);
    }
    let white = ['\0', '\t', '\n', '\u{b}', '\u{c}', '\r', ' '];
    (lines.concat().trim_end_matches(white).to_owned(), commands)
}

/// The first and last lines, counted from 0, of the paragraphs that may hold quick actions.
fn candidates(text: &str) -> Vec<(usize, usize)> {
    let arena = Arena::new();
    let root = parse_document(&arena, text, &markdown::options());
    let paragraphs = root
        .children()
        .filter(|node| matches!(node.data.borrow().value, NodeValue::Paragraph))
        .filter(|node| markdown::text_of(node).lines().any(|line| line.starts_with('/')));
    let position = |line: usize| line.saturating_sub(1);
    paragraphs
        .map(|node| node.data.borrow().sourcepos)
        .map(|source| (position(source.start.line), position(source.end.line)))
        .collect()
}

/// The paragraph without its quick actions, and these.
fn cut(paragraph: &str) -> (String, Vec<Command>) {
    let (mut kept, mut commands) = (String::new(), Vec::new());
    let mut rest = paragraph;
    let mut begins_line = true;
    while let Some(letter) = rest.chars().next() {
        if begins_line && let Some((found, after)) = command(rest) {
            match names::substitution(&found.name) {
                None => commands.push(found),
                Some(text) => {
                    let matched = rest.len() - after.len();
                    let tail = rest.get(1 + found.name.len()..matched).unwrap_or_default();
                    kept.push_str(&format!("{text}{tail}"));
                }
            }
            rest = after;
            continue;
        }
        let length = code_span(rest)
            .or_else(|| html_block(rest).filter(|_| begins_line))
            .unwrap_or(letter.len_utf8());
        let (piece, after) = rest.split_at(length);
        begins_line = piece.ends_with('\n');
        kept.push_str(piece);
        rest = after;
    }
    (kept, commands)
}

/// The quick action at the start of the text, and what follows it: the rest of its line and the
/// blank lines after it belong to it.
fn command(text: &str) -> Option<(Command, &str)> {
    let after_slash = text.strip_prefix('/')?;
    let in_name = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
    let end = after_slash.find(|letter| !in_name(letter)).unwrap_or(after_slash.len());
    let (name, after_name) = after_slash.split_at(end);
    let name = name.to_ascii_lowercase();
    if !names::is_known(&name) && names::substitution(&name).is_none() {
        return None;
    }
    let line_end = after_name.find('\n').unwrap_or(after_name.len());
    let (argument, after) = after_name.split_at(line_end);
    let is_blank_line = argument.trim().is_empty() && !after.is_empty();
    if !(argument.is_empty() || argument.starts_with(' ') || is_blank_line) {
        return None;
    }
    let text_begins = after.find(|letter: char| !letter.is_ascii_whitespace());
    let white = after.get(..text_begins.unwrap_or(after.len())).unwrap_or_default();
    let eaten = white.rfind('\n').map_or(0, |last| last + 1);
    let after = after.get(eaten..).unwrap_or_default();
    Some((Command { name, argument: argument.trim().to_owned() }, after))
}

/// The length of the code span at the start of the text: GitLab takes any two backticks with
/// something between them for one.
fn code_span(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('`')?;
    let first = inside.chars().next()?.len_utf8();
    let close = inside.get(first..)?.find('`')?;
    Some(1 + first + close + 1)
}

/// The length of `<tag>`, lines and `</tag>`, each on its own line, at the start of the text.
fn html_block(text: &str) -> Option<usize> {
    let (tag, _) = text.strip_prefix('<')?.split_once(">\n")?;
    let inside_begins = 1 + tag.len() + 2;
    if tag.is_empty() || tag.contains('>') {
        return None;
    }
    let inside = text.get(inside_begins..)?;
    inside.match_indices("\n</").find_map(|(position, _)| {
        let closing = inside.get(position + 3..)?;
        let end = closing.find('>')?;
        let after = closing.get(end + 1..)?;
        let closes = position > 0 && end > 0 && (after.is_empty() || after.starts_with('\n'));
        closes.then_some(inside_begins + position + 3 + end + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::{Command, extract};

    fn named(name: &str, argument: &str) -> Command {
        Command { name: name.to_owned(), argument: argument.to_owned() }
    }

    #[test]
    fn cuts_a_command_with_its_line_and_the_blank_ones_after_it() {
        let (text, commands) = extract("a\n/label ~x ~\"y z\"\n\nb\n/CLOSE  \r\n\nc\n");
        assert_eq!(text, "a\nb\nc");
        assert_eq!(commands, [named("label", "~x ~\"y z\""), named("close", "")]);
    }

    #[test]
    fn keeps_leading_and_cuts_trailing_white_space() {
        assert_eq!(extract("\n  a \r\n\n\t\0"), ("\n  a".to_owned(), Vec::new()));
        assert_eq!(extract("a\u{a0}").0, "a\u{a0}");
    }

    #[test]
    fn puts_a_text_in_the_place_of_a_substitution() {
        let (text, commands) = extract("/shrug well\n/close");
        assert_eq!(text, "¯\\\\＿(ツ)＿/¯ well");
        assert_eq!(commands, [named("close", "")]);
    }

    #[test]
    fn finds_commands_where_gitlab_does() {
        for text in [
            "<details>\n\n/close\n\n</details>",
            "$$\n/close\n$$",
            "text  \n/close",
            "text\\\n/close",
            "text\n   \n/close",
            "/close now",
            "/close\t\nx",
            "<div>\n\n</div>\n\n/close",
        ] {
            assert_eq!(extract(text).1.len(), 1, "{text:?}");
        }
    }

    #[test]
    fn leaves_what_gitlab_leaves() {
        for text in [
            "&#47;close",
            "\u{feff}/close",
            "\u{a0}/close",
            "\u{2060}/close",
            "<span></span>/close",
            "# /close",
            "- a\n/close\n",
            "```\n/close",
            "<!--\n/close",
            "text <!--\n/close\n-->",
            "text `code\n/close\ncode`",
            "text\n<span>\n/close\n</span>",
            "[a](b \"c\n/close\n\")",
            "/close\tnow",
            "/closed",
            "/cc @bob",
        ] {
            let (stored, commands) = extract(text);
            assert_eq!(commands, [], "{text:?}");
            assert_eq!(stored, text.trim_end_matches('\n'));
        }
    }
}
