//! What stands at the top level of a Markdown text, and where.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    /// From 1 for the outermost.
    pub(super) level: usize,
    /// Its text without formatting.
    pub(super) text: String,
    /// Where it stands, with its line break.
    pub(super) range: Range<usize>,
}

/// A text's headings and its lines of HTML, outside quotes, lists and code, in their order.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) headings: Vec<Heading>,
    /// Where the lines of HTML stand, with their line breaks.
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
                // A block of HTML is no container: what it holds stands at the level around it.
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

    /// What begins in the last bytes of the text, by the distance from its end: headings, and lines of
    /// HTML without a level; the break of a line may be one by itself, and is left out.
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
