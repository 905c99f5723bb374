//! Derives the state of one finding from its history.
//!
//! The files are read in this order: the present round, the asks in it, the answers, the decisions,
//! and the state that follows from them.

mod absence;
mod answers;
mod asks;
mod decisions;
mod history;
mod hold;
mod replies;
mod rounds;
mod sources;
mod state;
mod step_ref;

use std::collections::HashMap;

use self::step_ref::is_settling;
use crate::check::{Check, Finding};
use crate::evaluation::OUTSIDER;
use crate::followup::model::{Entry, FollowupInput};
use crate::followup::subjects::Subjects;
use crate::identity::{Subject, digest};

pub(super) use self::history::History;
pub(super) use self::hold::suggestion_hold;
pub(super) use self::replies::Replies;
pub(super) use self::step_ref::{StepRef, note_ref};

/// Derives the state of one finding.
pub(crate) struct Derivation<'d, 'a> {
    pub(crate) input: &'d FollowupInput<'a>,
    pub(crate) subjects: &'d Subjects<'d>,
    pub(crate) replies: &'d Replies<'a>,
    pub(crate) check: &'static Check,
    /// The subject, if it still exists.
    pub(crate) subject: Option<Subject>,
    /// The id of the subject's GitLab user, if it is certain.
    pub(crate) user: Option<u64>,
    /// The finding, if the check finds it now.
    pub(crate) finding: Option<&'d Finding>,
    pub(crate) history: &'d History<'a>,
    /// The reasons of records, by the id of the record's note.
    pub(crate) reasons: &'d HashMap<u64, Vec<String>>,
}

impl Derivation<'_, '_> {
    /// The finding with its state; `None` if there is nothing to report about it.
    pub(crate) fn derive(&self) -> Option<Entry> {
        if !self.is_worth_an_entry() {
            return None;
        }
        let round = self.round();
        let ask = self.ask(round);
        let escalation = self.escalation(round);
        let answers = self.answers(round);
        let state = self.state(round, ask.as_ref(), escalation.as_ref(), &answers);
        let steps = &self.history.steps;
        let last = steps.last().map(|entry| entry.step.evidence.clone()).unwrap_or_default();
        Some(Entry {
            check: self.check,
            evidence: self.finding.map(|finding| finding.evidence.clone()).unwrap_or_default(),
            evidence_digest: self.finding.map_or(last, |finding| digest(&finding.evidence)),
            is_found: self.finding.is_some(),
            is_reported: steps.iter().any(|entry| is_settling(entry) && entry.step.round >= round),
            reaction_notes: self.reaction_notes(round),
            decision: self.latest_decision(),
            again: self.again(round),
            state,
            round,
            ask,
            escalation,
            answers,
        })
    }

    /// Whether the check finds something now, or once did.
    fn is_worth_an_entry(&self) -> bool {
        if self.finding.is_some() || self.is_unknown_for_subject() {
            return true;
        }
        // The review reports an account that was decided on and is gone.
        let is_outsider = self.check.id == OUTSIDER;
        self.history.steps.iter().any(|entry| is_outsider || self.is_ask(entry))
    }

    fn is_unknown_for_subject(&self) -> bool {
        let evaluation = self.input.evaluation;
        self.subject.is_some_and(|subject| evaluation.is_unknown_for(self.check, subject))
    }
}
