//! Whom a text mentions.
//!
//! GitLab looks for `@name` in the text of the rendered page, outside `pre`, `code`, `a` and
//! `style` (GitLab docs: Mention; recorded from GitLab 18.9).

use std::collections::BTreeSet;

use comrak::{
    Arena,
    nodes::{AstNode, NodeValue},
    parse_document,
};

use crate::markdown;

/// Elements in whose text GitLab does not look for mentions.
const DEAF: &[&str] = &["a", "code", "pre", "script", "style"];

/// The characters that begin a reference to something of GitLab's.
const REFERENCE_CHARACTERS: &[&str] = &["$", "%", "#", "&", "@", "!", "~", "^"];

/// The mentioned names, in lower case, whether or not such users exist.
pub(crate) fn names(text: &str) -> BTreeSet<String> {
    if !text.contains(['@', '&']) {
        return BTreeSet::new();
    }
    let arena = Arena::new();
    let root = parse_document(&arena, text, &markdown::options());
    let mut page = Page::default();
    page.read(root);
    page.end_run();
    page.names
}

/// A rendered page on its way from start to end.
#[derive(Debug, Default)]
struct Page {
    /// The text that will be one text node: a mention does not reach over its ends.
    run: String,
    /// How many deaf elements of raw HTML are open.
    deaf: usize,
    names: BTreeSet<String>,
}

impl Page {
    fn read<'tree>(&mut self, node: &'tree AstNode<'tree>) {
        match &node.data.borrow().value {
            NodeValue::Text(text) => return self.hear(text),
            NodeValue::SoftBreak | NodeValue::LineBreak => return self.hear("\n"),
            NodeValue::HtmlInline(html) => return self.read_html(html),
            NodeValue::HtmlBlock(block) => return self.read_html(&block.literal),
            NodeValue::Escaped => return self.read_escaped(&markdown::text_of(node)),
            NodeValue::Code(_)
            | NodeValue::CodeBlock(_)
            | NodeValue::Math(_)
            | NodeValue::FrontMatter(_)
            | NodeValue::Link(_)
            | NodeValue::WikiLink(_)
            | NodeValue::Image(_) => return self.end_run(),
            _ => {}
        }
        self.end_run();
        for child in node.children() {
            self.read(child);
        }
        self.end_run();
    }

    fn hear(&mut self, text: &str) {
        if self.deaf == 0 {
            self.run.push_str(text);
        }
    }

    /// An escaped character is an element of its own if a reference could begin with it, and else
    /// a part of the text around it (GitLab's filter of escaped characters): `\@ada` mentions
    /// nobody, `@\_dan\_` mentions `_dan_`.
    fn read_escaped(&mut self, character: &str) {
        if REFERENCE_CHARACTERS.contains(&character) {
            self.end_run();
            self.hear(character);
            self.end_run();
        } else {
            self.hear(character);
        }
    }

    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        self.names.extend(names_in(&run));
    }

    fn read_html(&mut self, html: &str) {
        let mut rest = html;
        while let Some((text, tag)) = rest.split_once('<') {
            self.hear(&unescaped(text));
            self.end_run();
            if let Some(comment) = tag.strip_prefix("!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
            } else {
                let (inside, after) = split_tag(tag);
                self.pass_tag(inside);
                rest = after;
            }
        }
        self.hear(&unescaped(rest));
        self.end_run();
    }

    fn pass_tag(&mut self, inside: &str) {
        let (closes, inside) = match inside.strip_prefix('/') {
            Some(inside) => (true, inside),
            None => (false, inside),
        };
        let name = inside.split(|letter: char| !letter.is_ascii_alphanumeric()).next();
        let name = name.unwrap_or_default().to_ascii_lowercase();
        if !DEAF.contains(&name.as_str()) {
            return;
        }
        if closes {
            self.deaf = self.deaf.saturating_sub(1);
        } else if !inside.ends_with('/') {
            self.deaf += 1;
        }
    }
}

/// The content of a tag, and the text after it. A `>` in quotes does not end a tag.
fn split_tag(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (position, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '>') => {
                let (inside, rest) = text.split_at(position);
                return (inside, rest.strip_prefix('>').unwrap_or(rest));
            }
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    (text, "")
}

/// The text of raw HTML, as far as mentions go.
fn unescaped(text: &str) -> String {
    text.replace("&#64;", "@").replace("&#x40;", "@").replace("&commat;", "@")
}

/// The names after an `@` that does not follow a letter, digit or underscore. A path such as
/// `group/name` is a group's and names no user.
fn names_in(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut before = ' ';
    for (position, letter) in text.char_indices() {
        let follows_a_word = before.is_alphanumeric() || before == '_';
        before = letter;
        let Some(after) = text.get(position + 1..).filter(|_| letter == '@' && !follows_a_word)
        else {
            continue;
        };
        let in_path = |letter: char| letter.is_ascii_alphanumeric() || "_-./".contains(letter);
        let end = after.find(|letter| !in_path(letter)).unwrap_or(after.len());
        let path = after.get(..end).unwrap_or_default().trim_end_matches(['.', '/']);
        if !path.is_empty() && !path.contains('/') && !path.starts_with('-') {
            names.push(path.to_ascii_lowercase());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::names;

    fn mentions_bob(text: &str) -> bool {
        names(text).contains("bob")
    }

    /// Texts and verdicts recorded from GitLab 18.9, or written in its documentation.
    #[test]
    fn hears_what_gitlab_hears() {
        for text in [
            "hi @bob",
            "> @bob said",
            "hi &#64;bob",
            "hi @BOB",
            "hi @bob.",
            "(@bob)",
            "- @bob\n- x",
            "|a|\n|-|\n|@bob|",
            "/@bob",
            "# @bob",
            "hi `@bob",
            "<div>\n@bob\n</div>",
            "**@bob**",
            "`x` @bob `y`",
            "-@bob",
        ] {
            assert!(mentions_bob(text), "{text}");
        }
    }

    #[test]
    fn is_deaf_where_gitlab_is() {
        for text in [
            "hi `@bob`",
            "hi ``@bob``",
            "hi\n\n```\n@bob\n```",
            "    @bob",
            "hi <!-- @bob -->",
            "<!--\n@bob\n-->\nhi",
            "hi \\@bob",
            "[@bob](http://example.test)",
            "mail foo@bob",
            "bob@bob.test",
            "<code>@bob</code>",
            "<pre>\n@bob\n</pre>",
            "<a title=\"@bob\">x</a>",
            "<a title=\">\">@bob</a>",
            "hi @all",
            "hi @acme",
            "hi @bob_",
            "hi @bob/x",
            "$`@bob`$",
            "hi @\u{200b}bob",
            "---\nto: '@bob'\n---\nhi",
        ] {
            assert!(!mentions_bob(text), "{text}");
        }
    }

    /// Names that Markdown takes for emphasis, as seen on GitLab 19.3; old accounts have such.
    #[test]
    fn underscores_have_to_be_escaped_where_they_are_emphasis() {
        for (text, heard) in [
            ("@_dan_", &[][..]),
            ("hi @_dan_: hello", &[]),
            ("- @_dan_", &[]),
            ("@__cleo__", &[]),
            (r"@\_dan\_", &["_dan_"]),
            (r"@\_\_cleo\_\_: hello", &["__cleo__"]),
            ("@&#95;dan&#95;", &["_dan_"]),
            (r"@&#95;dan\_.", &["_dan_"]),
            (r"\@\_dan\_", &[]),
            (r"hi \#@dan", &["dan"]),
            (
                "@gus_ @in--a @www.hal.com @kim.k @jo-jung",
                &["gus_", "in--a", "jo-jung", "kim.k", "www.hal.com"],
            ),
            ("@a_b_c", &["a_b_c"]),
            ("*@bob*", &["bob"]),
        ] {
            assert_eq!(names(text).into_iter().collect::<Vec<_>>(), heard, "{text}");
        }
    }
}
