//! The lines of what only the operators can fix or accept.

use super::line::{Line, steps};
use super::model::Notice;
use super::pack::MAX_STEPS;
use crate::markdown::{Markdown, item};
use crate::wording::{Position, sentence_case};

/// How many findings for the operators are listed.
const LISTED_FOR_OPERATORS: usize = 100;

impl Notice<'_> {
    pub(super) fn operator_lines(&self) -> Vec<Line> {
        let (listed, others) =
            self.operators.split_at(self.operators.len().min(LISTED_FOR_OPERATORS));
        let mut lines: Vec<Line> = Vec::new();
        for finding in listed {
            let text = Markdown::code(finding.check)
                .and(": ")
                .and(finding.details().markdown(finding.wording.about, Position::Inside))
                .and(Markdown::text(format!(". {}.", sentence_case(finding.wording.fix))));
            lines.push(Line::for_operators(item(&text), finding.steps.clone()));
        }
        for (index, chunk) in others.chunks(MAX_STEPS / 3).enumerate() {
            let more = format!("- and {} more, which `support-audit status` lists\n", others.len());
            let text = if index == 0 { more } else { String::new() };
            lines.push(Line::for_operators(text, steps(chunk)));
        }
        lines
    }
}
