//! The top level of a Markdown text: its headings and its lines of HTML.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    /// The level, from 1 for the outermost.
    pub(super) level: usize,
    /// The text without formatting.
    pub(super) text: String,
    /// The position, with its line break.
    pub(super) range: Range<usize>,
}

/// The headings and the lines of HTML of a text, outside quotes, lists and code, in their order.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) headings: Vec<Heading>,
    /// The positions of the lines of HTML, with their line breaks.
    pub(super) html: Vec<Range<usize>>,
}

impl Outline {
    pub(super) fn new(text: &str) -> Self {
        let mut outline = Self::default();
        let mut depth = 0_usize;
        let mut heading: Option<Heading> = None;
        for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { level, .. }) if depth == 0 => {
                    heading = Some(Heading { level: number(level), text: String::new(), range });
                    depth += 1;
                }
                Event::End(TagEnd::Heading(_)) => {
                    depth -= 1;
                    outline.headings.extend(heading.take());
                }
                // An HTML block is not a container: its content belongs to the level around it.
                Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
                Event::Html(_) if depth == 0 => outline.html.push(range),
                Event::Start(_) => depth += 1,
                Event::End(_) => depth = depth.saturating_sub(1),
                Event::Text(piece) | Event::Code(piece) => {
                    if let Some(heading) = &mut heading {
                        heading.text.push_str(&piece);
                    }
                }
                _ => {}
            }
        }
        outline
    }

    /// The headings and lines of HTML that begin near the end of the text, by the distance from the
    /// end.
    /// Lines of HTML have no level.
    /// A line break can be a line of its own, and is left out.
    pub(super) fn of_last(&self, text: &str, bytes: usize) -> Vec<(usize, Option<usize>)> {
        let is_line = |range: &&Range<usize>| {
            text.get((*range).clone()).is_some_and(|line| !line.trim().is_empty())
        };
        let headings =
            self.headings.iter().map(|heading| (heading.range.start, Some(heading.level)));
        let html = self.html.iter().filter(is_line).map(|range| (range.start, None));
        let all = headings.chain(html).map(|(start, level)| (text.len() - start, level));
        all.filter(|(left, _)| *left <= bytes).collect()
    }
}

fn number(level: HeadingLevel) -> usize {
    level as usize
}
