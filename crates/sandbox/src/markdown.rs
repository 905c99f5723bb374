//! Markdown as GitLab reads it: which parts of a text are text.

use comrak::{
    Options,
    nodes::{AstNode, NodeValue},
};

/// The syntax that GitLab switches on (GitLab docs: GitLab Flavored Markdown).
pub(crate) fn options() -> Options<'static> {
    let mut options = Options::default();
    let syntax = &mut options.extension;
    syntax.alerts = true;
    syntax.autolink = true;
    syntax.description_lists = true;
    syntax.footnotes = true;
    syntax.front_matter_delimiter = Some("---".to_owned());
    syntax.math_code = true;
    syntax.math_dollars = true;
    syntax.multiline_block_quotes = true;
    syntax.strikethrough = true;
    syntax.table = true;
    syntax.tasklist = true;
    // An escaped `@` becomes an element of its own, which is why `\@ada` mentions nobody.
    options.parse.escaped_char_spans = true;
    options
}

/// The text of a rendered paragraph, its line breaks kept; tags and comments are no text.
pub(crate) fn text_of<'tree>(paragraph: &'tree AstNode<'tree>) -> String {
    let mut text = String::new();
    for node in paragraph.descendants() {
        match &node.data.borrow().value {
            NodeValue::Text(part) => text.push_str(part),
            NodeValue::Code(code) => text.push_str(&code.literal),
            NodeValue::Math(math) => text.push_str(&math.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => text.push('\n'),
            _ => {}
        }
    }
    text
}

/// How many checklist items a text has, and how many of them are ticked.
pub(crate) fn tasks(text: &str) -> (usize, usize) {
    let arena = comrak::Arena::new();
    let root = comrak::parse_document(&arena, text, &options());
    let (mut all, mut done) = (0, 0);
    for node in root.descendants() {
        if let NodeValue::TaskItem(task) = &node.data.borrow().value {
            all += 1;
            done += usize::from(task.symbol.is_some());
        }
    }
    (all, done)
}
