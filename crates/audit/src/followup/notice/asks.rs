//! The lines that ask people.

use super::line::{Line, Mentions, Section, steps};
use super::model::{AskLine, AskedAgain, Notice};
use crate::markdown::{Markdown, join};
use crate::wording::Position;

impl Notice<'_> {
    /// One line for each person, with everything that they are asked about.
    pub(super) fn ask_lines(&self, mentions: &mut Mentions) -> Vec<Line> {
        let mut lines = Vec::new();
        for ask in &self.asks {
            lines.push(Line {
                section: Section::Asks,
                text: mentions.address(&ask.user).and(": ").and(ask.request()),
                people: 1,
                checks: ask
                    .findings
                    .iter()
                    .map(|finding| (finding.check, finding.wording))
                    .collect(),
                steps: steps(&ask.findings),
            });
        }
        lines
    }
}

impl AskLine {
    /// What the person reads after their mention.
    fn request(&self) -> Markdown {
        let mut request = Markdown::default();
        let mut position = Position::Inside;
        if let Some(again) = &self.again {
            request = request.and(again.markdown());
            position = Position::SentenceStart;
        }
        let mut clauses = Vec::new();
        for finding in &self.findings {
            clauses.push(finding.to_subject(position));
            // Only the first clause can begin a sentence.
            position = Position::Inside;
        }
        request.and(join(clauses, "; "))
    }
}

impl AskedAgain {
    /// The sentences before the findings, with a space at the end.
    fn markdown(&self) -> Markdown {
        let opening = if self.had_answered {
            "thank you for your reply; this is still open. "
        } else {
            "this is still open. "
        };
        if self.reason.trim().is_empty() {
            return Markdown::literal(opening);
        }
        Markdown::literal(opening)
            .and(Markdown::code(&self.operator))
            .and(" writes: ")
            .and(Markdown::code(&self.reason))
            .and(" ")
    }
}
