//! The paragraph of what is settled.

use super::line::{Line, Section};
use super::model::{Notice, NoticeFinding, Settled};
use super::pack::MAX_STEPS;
use crate::markdown::Markdown;
use crate::wording::{join_list, name};

/// How many findings a *Settled* paragraph names.
const NAMED_SETTLED: usize = 50;

impl Notice<'_> {
    pub(super) fn settled_lines(&self) -> Vec<Line> {
        let mut settled: Vec<&(Settled, NoticeFinding)> = self.settled.iter().collect();
        settled.sort_by_key(|(reason, _)| *reason);
        let line = |chunk: &[&(Settled, NoticeFinding)]| {
            let mut text = Markdown::literal("**Settled.**");
            for group in chunk.chunk_by(|(one, _), (next, _)| one == next) {
                let Some((reason, _)) = group.first() else { continue };
                let mut names: Vec<Markdown> = group
                    .iter()
                    .take(NAMED_SETTLED)
                    .map(|(_, finding)| {
                        let check = Markdown::code(finding.check);
                        if finding.subject.is_empty() {
                            return check;
                        }
                        check.and(" of ").and(name(&finding.subject))
                    })
                    .collect();
                if group.len() > NAMED_SETTLED {
                    names.push(Markdown::text(format!("{} more", group.len() - NAMED_SETTLED)));
                }
                let (before, after) = reason.words();
                text = text
                    .and(Markdown::text(format!(" {before}: ")))
                    .and(join_list(&names))
                    .and(Markdown::text(format!("{after}.")));
            }
            Line {
                section: Section::Settled,
                text: format!("{}\n", text.and(" Thank you.")),
                people: 0,
                checks: Vec::new(),
                steps: chunk.iter().flat_map(|(_, finding)| finding.steps.clone()).collect(),
            }
        };
        settled.chunks(MAX_STEPS / 3).map(line).collect()
    }
}

impl Settled {
    /// What is before and behind the names.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Fixed => ("Confirmed as fixed", ""),
            Self::Removed => ("Removed", ""),
            Self::Gone => ("Gone by itself", ""),
            Self::Left => ("No longer relevant", ", who left"),
            Self::Withdrawn => ("No longer checked", ""),
        }
    }
}
