//! The lines that ask people.

use super::line::{Line, Mentions, Section, join_clauses, steps};
use super::model::{AskLine, AskedAgain, Notice};
use crate::markdown::{Markdown, item};
use crate::wording::Position;

impl Notice<'_> {
    pub(super) fn ask_lines(&self, mentions: &mut Mentions) -> Vec<Line> {
        let line = |ask: &AskLine| {
            let mut text = mentions.address(&ask.user).and(": ");
            let mut position = Position::Inside;
            if let Some(again) = &ask.again {
                text = text.and(again.markdown());
                position = Position::SentenceStart;
            }
            let clauses = ask.findings.iter().enumerate().map(|(index, finding)| {
                finding.to_subject(if index == 0 { position } else { Position::Inside })
            });
            text = text.and(join_clauses(clauses));
            Line {
                section: Section::Asks,
                text: item(&text),
                people: 1,
                checks: ask
                    .findings
                    .iter()
                    .map(|finding| (finding.check, finding.wording))
                    .collect(),
                steps: steps(&ask.findings),
            }
        };
        self.asks.iter().map(line).collect()
    }
}

impl AskedAgain {
    fn markdown(&self) -> Markdown {
        let open = if self.had_answered {
            "thank you for your reply; this is still open. "
        } else {
            "this is still open. "
        };
        let text = Markdown::text(open);
        if self.words.trim().is_empty() {
            return text;
        }
        text.and(Markdown::code(&self.operator))
            .and(" writes: ")
            .and(Markdown::code(&self.words))
            .and(" ")
    }
}
