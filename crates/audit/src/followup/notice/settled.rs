//! The paragraph of what is settled.

use super::line::{Line, Section};
use super::model::{Notice, NoticeFinding, Settled};
use super::pack::MAX_STEPS;
use crate::markdown::Markdown;
use crate::wording::{join_list, name};

/// How many findings a *Settled* paragraph names for each reason.
const NAMED_SETTLED: usize = 50;

impl Notice<'_> {
    /// What was settled since the last notice; most notices need one such paragraph.
    pub(super) fn settled_lines(&self) -> Vec<Line> {
        let mut settled: Vec<&(Settled, NoticeFinding)> = self.settled.iter().collect();
        settled.sort_by_key(|(reason, _)| *reason);
        settled.chunks(MAX_STEPS / 3).map(settled_line).collect()
    }
}

fn settled_line(settled: &[&(Settled, NoticeFinding)]) -> Line {
    let mut text = Markdown::literal("**Settled.**");
    for group in settled.chunk_by(|(reason, _), (next, _)| reason == next) {
        let Some((reason, _)) = group.first() else { continue };
        let mut names = Vec::new();
        for (_, finding) in group.iter().take(NAMED_SETTLED) {
            names.push(settled_name(finding));
        }
        if group.len() > NAMED_SETTLED {
            names.push(Markdown::number(group.len() - NAMED_SETTLED).and(" more"));
        }
        let (before, after) = reason.around_names();
        text = text.and(" ").and(before).and(": ").and(join_list(&names)).and(after).and(".");
    }
    Line {
        section: Section::Settled,
        text: text.and(" Thank you."),
        people: 0,
        checks: Vec::new(),
        steps: settled.iter().flat_map(|(_, finding)| finding.steps.clone()).collect(),
    }
}

fn settled_name(finding: &NoticeFinding) -> Markdown {
    let check = Markdown::code(finding.check);
    // A finding about the organisation has no subject.
    if finding.subject.is_empty() {
        return check;
    }
    check.and(" of ").and(name(&finding.subject))
}

impl Settled {
    /// What the paragraph says before and behind the names.
    const fn around_names(self) -> (&'static str, &'static str) {
        match self {
            Self::Fixed => ("Confirmed as fixed", ""),
            Self::Removed => ("Removed", ""),
            Self::Gone => ("Gone by itself", ""),
            Self::Left => ("No longer relevant", ", who left"),
            Self::Withdrawn => ("No longer checked", ""),
        }
    }
}
