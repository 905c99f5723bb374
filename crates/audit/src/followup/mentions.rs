//! Finds the users whom people mention in their comments.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// The usernames that a comment mentions, in lower case, in the order of the text.
///
/// A mention is `@` and a username outside code.
/// It does not directly follow a letter or a digit, as in an e-mail address.
/// Escaped underscores count as plain ones.
pub(crate) fn mentioned_usernames(body: &str) -> Vec<String> {
    if !body.contains('@') {
        return Vec::new();
    }
    let (mut text, mut in_code) = (String::new(), false);
    for event in Parser::new(body) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(part) if !in_code => text.push_str(&part),
            // What Markdown reads as emphasis within a username was meant as underscores; a code
            // span ends a username.
            Event::Start(Tag::Emphasis | Tag::Strong)
            | Event::End(TagEnd::Emphasis | TagEnd::Strong) => {}
            _ => text.push(' '),
        }
    }
    let mut usernames = Vec::new();
    for (start, _) in text.match_indices('@') {
        let before = text.get(..start).and_then(|before| before.chars().next_back());
        if before.is_some_and(|character| character.is_alphanumeric() || character == '_') {
            continue;
        }
        let rest = text.get(start + 1..).unwrap_or_default();
        let end = rest.find(|character: char| !is_username_character(character));
        let username = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        // A full stop or a dash at the end belongs to the sentence.
        let username = username.trim_end_matches(['.', '-']);
        if !username.is_empty() {
            usernames.push(username.to_lowercase());
        }
    }
    usernames
}

fn is_username_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_are_read_as_gitlab_reads_them() {
        for (body, expected) in [
            ("@ada and @Bob-Ross: please look", &["ada", "bob-ross"][..]),
            ("Thanks, @ada. And (@cleo)", &["ada", "cleo"]),
            ("ada@example.com", &[]),
            ("`@ada` and\n\n    @bob\n\n```\n@cleo\n```", &[]),
            ("@\\_dan\\_ and @s_takanashi", &["_dan_", "s_takanashi"]),
            ("> @quoted", &["quoted"]),
            ("no one", &[]),
        ] {
            assert_eq!(mentioned_usernames(body), expected, "{body}");
        }
    }
}
