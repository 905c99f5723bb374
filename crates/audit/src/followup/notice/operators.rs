//! The lines of what only the operators can fix or accept.

use super::line::{Line, steps};
use super::model::Notice;
use super::pack::MAX_STEPS;
use crate::markdown::Markdown;
use crate::wording::Position;

/// How many findings for the operators are listed.
const LISTED_FOR_OPERATORS: usize = 100;

impl Notice<'_> {
    /// One line for each finding up to a limit, and one that counts the others.
    pub(super) fn operator_lines(&self) -> Vec<Line> {
        let (listed, others) =
            self.operators.split_at(self.operators.len().min(LISTED_FOR_OPERATORS));
        let mut lines = Vec::new();
        for finding in listed {
            let text = Markdown::code(finding.check)
                .and(": ")
                .and(finding.details().markdown(finding.wording.about, Position::Inside))
                .and(". ")
                .and(Markdown::sentence(finding.wording.fix))
                .and(".");
            lines.push(Line::for_operators(text, finding.steps.clone()));
        }
        for (index, chunk) in others.chunks(MAX_STEPS / 3).enumerate() {
            // Each chunk has room for its steps in a marker; only the first needs words.
            let text = if index == 0 {
                Markdown::literal("and ")
                    .and(Markdown::number(others.len()))
                    .and(" more, which `support-audit status` lists")
            } else {
                Markdown::default()
            };
            lines.push(Line::for_operators(text, steps(chunk)));
        }
        lines
    }
}
