//! Markdown as GitLab reads it: the parts of a text that are running text.

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

/// The text of a rendered paragraph with its line breaks, without tags and comments.
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

/// An item of a checklist.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Task {
    /// The task: the rest of the line after the box, as it was written.
    pub(crate) text: String,
    pub(crate) is_done: bool,
}

/// The checklist items of a text, in order.
pub(crate) fn tasks(text: &str) -> Vec<Task> {
    let arena = comrak::Arena::new();
    let root = comrak::parse_document(&arena, text, &options());
    let lines: Vec<&str> = text.lines().collect();
    let mut tasks = Vec::new();
    for node in root.descendants() {
        let data = node.data.borrow();
        if let NodeValue::TaskItem(task) = &data.value {
            let line = data.sourcepos.start.line.checked_sub(1).and_then(|line| lines.get(line));
            let behind = line.and_then(|line| line.split_once(']')).map_or("", |(_, text)| text);
            tasks.push(Task { text: behind.trim().to_owned(), is_done: task.symbol.is_some() });
        }
    }
    tasks
}

#[cfg(test)]
mod tests {
    use super::tasks;

    #[test]
    fn finds_the_items_of_checklists() {
        let text = "- [ ] one [link](x)\n  1. [x] **two**\n\n> * [X] three\n\n- four\n\n\
                    ```\n- [ ] code\n```\n";
        let found = tasks(text).into_iter().map(|task| (task.text, task.is_done));
        let found: Vec<(String, bool)> = found.collect();
        let expected = [("one [link](x)", false), ("**two**", true), ("three", true)];
        assert_eq!(found, expected.map(|(text, is_done)| (text.to_owned(), is_done)));
    }
}
