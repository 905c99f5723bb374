//! One comment of a notice: its head, its sections, and the marker.

use super::line::{Line, Section};
use super::model::Notice;
use crate::dates::deadline;
use crate::markdown::{Document, Markdown};
use crate::plan::NoticePart;
use crate::record::marker::{Content, Marker, MarkerHeader, SourceDigests, Step};

/// How the paragraph above the people to help with begins; striking a notice looks for it.
pub(crate) const HELP_TITLE: &str = "**Help wanted**";

/// How the paragraph above the operators' findings begins; striking a notice looks for it.
pub(crate) const OPERATORS_TITLE: &str = "**For the operators**";

impl Notice<'_> {
    /// The comment of this number, from 1, with these lines.
    pub(super) fn part(&self, number: usize, lines: &[Line]) -> NoticePart {
        let mut body = PartBody::default();
        body.paragraph(self.head(number, lines));
        body.section(lines, Section::Asks, None);
        let fixes = fixes(lines);
        if !fixes.is_empty() {
            body.paragraph(Markdown::literal("**How to fix.** ").and(fixes));
            body.paragraph(Markdown::literal(if self.has_support_manager {
                "Without a fix or a reply by then, your manager and the Support Operations Manager are asked to help."
            } else {
                "Without a fix or a reply by then, your manager is asked to help."
            }));
        }
        body.section(lines, Section::Help, Some(self.help_title()));
        body.section(lines, Section::SupportManager, None);
        body.section(lines, Section::Settled, None);
        body.section(lines, Section::Operators, Some(self.operators_title()));
        body.finish(self.header, self.sources.clone())
    }

    fn help_title(&self) -> Markdown {
        Markdown::literal(HELP_TITLE).and(" by ").and(deadline(self.help_due)).and(
            ". A fix (you may make it), or \"intentional, because …\", or \"away until …\" in a reply here settles it; after that it goes into the review as unanswered.",
        )
    }

    fn operators_title(&self) -> Markdown {
        Markdown::literal(OPERATORS_TITLE)
            .and(" (")
            .and(Markdown::number(self.operators.len()))
            .and("): fix each, or accept it with a reason.")
    }

    /// The first paragraph: a notice that continues another comment says by when only if it asks.
    fn head(&self, number: usize, lines: &[Line]) -> Markdown {
        let title =
            Markdown::literal("**").and(self.system).and(" access review ").and(self.header.period);
        let due = deadline(self.ask_due);
        if number > 1 {
            let title = title.and("**, continued.");
            if lines.iter().any(|line| line.section == Section::Asks) {
                return title.and(" **Please fix or reply by ").and(due).and(".**");
            }
            return title;
        }
        let title = title.and(".**");
        if self.asks.is_empty() {
            return title;
        }
        title
            .and(" ")
            .and(Markdown::counted(self.asks.len(), "person has", "people have"))
            .and(" something to fix or to explain. **Please do so by ")
            .and(due)
            .and(
                ".** If you fix it, no reply is needed: the next check closes it. If it is intentional, one sentence in a reply here is enough. A reply is mailed to everybody named here, so if \"on it\" is all you would say, a 👍 will do.",
            )
    }
}

/// How to fix what a comment asks about, once for each check.
fn fixes(lines: &[Line]) -> Markdown {
    let mut explained: Vec<&'static str> = Vec::new();
    let mut fixes = Markdown::default();
    for (check, wording) in lines.iter().flat_map(|line| &line.checks) {
        if explained.contains(check) {
            continue;
        }
        if !explained.is_empty() {
            fixes = fixes.and(" ");
        }
        explained.push(check);
        fixes = fixes.and(Markdown::code(check)).and(": ").and(wording.fix).and(".");
    }
    fixes
}

/// A comment as it is put together.
#[derive(Debug, Default)]
struct PartBody {
    document: Document,
    steps: Vec<Step>,
    /// For each line of the text that takes steps: its number from 0, and how many.
    lines: Vec<(usize, usize)>,
}

impl PartBody {
    fn paragraph(&mut self, content: Markdown) {
        self.document = std::mem::take(&mut self.document).paragraph(content);
    }

    /// Adds the lines of a section below its title, unless there are none.
    fn section(&mut self, lines: &[Line], section: Section, title: Option<Markdown>) {
        let lines: Vec<&Line> = lines.iter().filter(|line| line.section == section).collect();
        if lines.is_empty() {
            return;
        }
        if let Some(title) = title {
            self.paragraph(title);
        }
        let mut number = self.document.next_line();
        let mut texts = Vec::new();
        for line in lines {
            if !line.steps.is_empty() {
                self.lines.push((number, line.steps.len()));
                self.steps.extend(line.steps.iter().cloned());
            }
            if !line.text.is_empty() {
                texts.push(line.text.clone());
                number += 1;
            }
        }
        let document = std::mem::take(&mut self.document);
        self.document =
            if section.is_list() { document.list(texts) } else { document.lines(texts) };
    }

    fn finish(self, header: MarkerHeader, sources: SourceDigests) -> NoticePart {
        let mut marker = header.with(Content::Notice(self.steps));
        marker.sources = sources;
        let body = self.document.hidden_line(&marked_lines(&marker, &self.lines));
        NoticePart { body, marker }
    }
}

/// A marker with the numbers of the lines that take its steps: a later edit may strike some.
pub(crate) fn marked_lines(marker: &Marker, lines: &[(usize, usize)]) -> String {
    let lines: Vec<String> = lines.iter().map(|(line, steps)| format!("{line}x{steps}")).collect();
    let text = marker.to_string();
    match text.strip_suffix(" -->") {
        Some(start) if !lines.is_empty() => format!("{start} lines={} -->", lines.join("+")),
        _ => text,
    }
}
