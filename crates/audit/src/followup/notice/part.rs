//! One comment of a notice: its head, its sections, and the marker.

use super::line::{Line, Section};
use super::model::Notice;
use crate::dates::deadline;
use crate::plan::NoticePart;
use crate::record::marker::{Content, Marker, MarkerHeader, SourceDigests, Step};

impl Notice<'_> {
    /// One comment: its head, its sections, and the marker.
    pub(super) fn part(&self, number: usize, lines: &[Line]) -> NoticePart {
        let mut body = PartBody::default();
        body.paragraph(&self.head(number, lines));
        body.section(lines, Section::Asks, None);
        let fixes = fixes(lines);
        if !fixes.is_empty() {
            body.paragraph(&format!("**How to fix.** {fixes}"));
            let helpers = if self.has_support_manager {
                "your manager and the Support Operations Manager are"
            } else {
                "your manager is"
            };
            body.paragraph(&format!("Without a fix or a reply by then, {helpers} asked to help."));
        }
        let help = format!(
            "**Help wanted** by {}. A fix (you may make it), or \"intentional, because …\", or \"away until …\" in a reply here settles it; after that it goes into the review as unanswered.",
            deadline(self.help_due)
        );
        body.section(lines, Section::Help, Some(&help));
        body.section(lines, Section::SupportManager, None);
        body.section(lines, Section::Settled, None);
        let total = self.operators.len();
        let operators =
            format!("**For the operators** ({total}): fix each, or accept it with a reason.");
        body.section(lines, Section::Operators, Some(&operators));
        body.finish(self.header, self.sources.clone())
    }

    fn head(&self, number: usize, lines: &[Line]) -> String {
        let (system, period) = (self.system, self.header.period);
        let due = deadline(self.ask_due);
        let asks = lines.iter().any(|line| line.section == Section::Asks);
        if number > 1 {
            let ask = format!(" **Please fix or reply by {due}.**");
            let ask = if asks { ask.as_str() } else { "" };
            return format!("**{system} access review {period}**, continued.{ask}");
        }
        if self.asks.is_empty() {
            return format!("**{system} access review {period}.**");
        }
        let people = if self.asks.len() == 1 {
            "1 person has".to_owned()
        } else {
            format!("{} people have", self.asks.len())
        };
        format!(
            "**{system} access review {period}.** {people} something to fix or to explain. **Please do so by {due}.** If you fix it, no reply is needed: the next check closes it. If it is intentional, one sentence in a reply here is enough. A reply is mailed to everybody named here, so if \"on it\" is all you would say, a 👍 will do."
        )
    }
}

/// How to fix what a comment asks about, once for each check.
fn fixes(lines: &[Line]) -> String {
    let mut explained: Vec<&'static str> = Vec::new();
    let mut text = String::new();
    for (check, wording) in lines.iter().flat_map(|line| &line.checks) {
        if !explained.contains(check) {
            explained.push(check);
            let space = if text.is_empty() { "" } else { " " };
            text.push_str(&format!("{space}`{check}`: {}.", wording.fix));
        }
    }
    text
}

/// A comment as it is put together.
#[derive(Debug, Default)]
struct PartBody {
    text: String,
    steps: Vec<Step>,
    /// For each line of the text that takes steps: its number from 0, and how many.
    lines: Vec<(usize, usize)>,
}

impl PartBody {
    fn paragraph(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push_str("\n\n");
    }

    fn section(&mut self, lines: &[Line], section: Section, title: Option<&str>) {
        let mut lines = lines.iter().filter(|line| line.section == section).peekable();
        if lines.peek().is_none() {
            return;
        }
        if let Some(title) = title {
            self.paragraph(title);
        }
        for line in lines {
            if !line.steps.is_empty() {
                let number = self.text.bytes().filter(|byte| *byte == b'\n').count();
                self.lines.push((number, line.steps.len()));
            }
            self.text.push_str(&line.text);
            self.steps.extend(line.steps.iter().cloned());
        }
        self.text.push('\n');
    }

    fn finish(self, header: MarkerHeader, sources: SourceDigests) -> NoticePart {
        let mut marker = header.with(Content::Notice(self.steps));
        marker.sources = sources;
        let body = format!("{}{}", self.text, marked_lines(&marker, &self.lines));
        NoticePart { body, marker }
    }
}

/// A marker with the numbers of the lines that take its steps: a later edit may strike some.
pub(crate) fn marked_lines(marker: &Marker, lines: &[(usize, usize)]) -> String {
    let words: Vec<String> = lines.iter().map(|(line, steps)| format!("{line}x{steps}")).collect();
    let text = marker.to_string();
    match text.strip_suffix(" -->") {
        Some(start) if !words.is_empty() => format!("{start} lines={} -->", words.join("+")),
        _ => text,
    }
}
