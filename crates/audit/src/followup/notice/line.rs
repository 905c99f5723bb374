//! A line of a notice, with the steps that it takes.

use std::collections::BTreeSet;

use super::model::NoticeFinding;
use crate::markdown::Markdown;
use crate::record::conversation::User;
use crate::record::marker::Step;
use crate::wording::Wording;

/// The section of a notice that a line belongs to, in the order of the sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Section {
    Asks,
    Help,
    SupportManager,
    Settled,
    Operators,
}

impl Section {
    /// Whether each line of the section is an item of a list.
    pub(super) const fn is_list(self) -> bool {
        match self {
            Self::Asks | Self::Help | Self::Operators => true,
            Self::SupportManager | Self::Settled => false,
        }
    }
}

/// One line of a notice with what it does.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) section: Section,
    /// Empty where the line is for the marker alone.
    pub(super) text: Markdown,
    /// How many people it names.
    pub(super) people: usize,
    /// The checks whose fixes are explained with it.
    pub(super) checks: Vec<(&'static str, &'static Wording)>,
    /// The steps that the marker records for it.
    pub(super) steps: Vec<Step>,
}

impl Line {
    /// A line for the operators, who are not mentioned and need no explanation of a fix.
    pub(super) fn for_operators(text: Markdown, steps: Vec<Step>) -> Self {
        Self { section: Section::Operators, text, people: 0, checks: Vec::new(), steps }
    }

    /// How many characters a comment needs for the line, with its bullet and its line break.
    pub(super) fn characters(&self) -> usize {
        if self.text.is_empty() {
            return 0;
        }
        let bullet = if self.section.is_list() { "- ".len() } else { 0 };
        bullet + self.text.as_str().chars().count() + 1
    }
}

/// The users who were mentioned in the notice so far.
#[derive(Debug, Default)]
pub(super) struct Mentions(BTreeSet<u64>);

impl Mentions {
    /// The user's mention, or the username in a code span where the notice has mentioned them already.
    pub(super) fn address(&mut self, user: &User) -> Markdown {
        if self.0.insert(user.id) {
            Markdown::mention(user)
        } else {
            Markdown::code(&user.username)
        }
    }
}

/// The steps of several findings, in their order.
pub(super) fn steps(findings: &[NoticeFinding]) -> Vec<Step> {
    findings.iter().flat_map(|finding| finding.steps.clone()).collect()
}
