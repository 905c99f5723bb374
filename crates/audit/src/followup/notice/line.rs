//! A line of a notice, with the steps that it takes.

use std::collections::BTreeSet;

use super::model::NoticeFinding;
use crate::markdown::Markdown;
use crate::record::conversation::User;
use crate::record::marker::Step;
use crate::wording::{Wording, is_linkable};

/// Where in a notice a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Section {
    Asks,
    Help,
    SupportManager,
    Settled,
    Operators,
}

/// One line of a notice with what it does.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) section: Section,
    /// Empty where the line is for the marker alone.
    pub(super) text: String,
    /// How many people it names.
    pub(super) people: usize,
    /// The checks whose fixes are explained with it.
    pub(super) checks: Vec<(&'static str, &'static Wording)>,
    pub(super) steps: Vec<Step>,
}

/// Who was mentioned in the notice so far.
#[derive(Debug, Default)]
pub(super) struct Mentions(BTreeSet<u64>);

impl Mentions {
    /// The user's mention; in a second place their name alone.
    pub(super) fn address(&mut self, user: &User) -> Markdown {
        if self.0.insert(user.id) {
            Markdown::mention(user)
        } else {
            Markdown::code(&user.username)
        }
    }
}

impl Line {
    pub(super) fn for_operators(text: String, steps: Vec<Step>) -> Self {
        Self { section: Section::Operators, text, people: 0, checks: Vec::new(), steps }
    }
}

pub(super) fn steps(findings: &[NoticeFinding]) -> Vec<Step> {
    findings.iter().flat_map(|finding| finding.steps.clone()).collect()
}

pub(super) fn join_clauses(clauses: impl Iterator<Item = Markdown>) -> Markdown {
    let mut text = Markdown::default();
    for (index, clause) in clauses.enumerate() {
        text = text.and(Markdown::text(if index == 0 { "" } else { "; " })).and(&clause);
    }
    text
}

/// A link to a comment; its words alone where the issue's page is not one that a link may hold.
pub(super) fn link(words: String, issue_url: &str, note: u64) -> Markdown {
    let address = format!("{issue_url}#note_{note}");
    if is_linkable(&address) {
        Markdown::text(format!("[{words}]({address})"))
    } else {
        Markdown::text(words)
    }
}
