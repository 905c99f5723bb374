//! Decides the state of a finding.

use super::Derivation;
use super::step_ref::StepRef;
use crate::evaluation::Unknown;
use crate::followup::model::{
    Answer, Ask, Doubt, Escalation, Justification, NoteRef, State, Verdict,
};
use crate::record::marker::WithdrawalReason;

impl Derivation<'_, '_> {
    /// The first state that applies.
    pub(super) fn state(
        &self,
        round: u32,
        ask: Option<&Ask>,
        escalation: Option<&Escalation>,
        answers: &[Answer],
    ) -> State {
        let exclusion = if self.finding.is_none() { self.exclusion() } else { None };
        // A source that could not be read proves nothing.
        // A subject that is left out of the audit needs no evaluation, however.
        if exclusion.is_none()
            && let Some(unknown) = self.unknown()
        {
            return State::Unknown(unknown);
        }
        // A history that may belong to another person must not decide anything.
        if let Some(doubt) = self.doubt() {
            return State::InDoubt(doubt);
        }
        if let Some(reason) = exclusion {
            return State::Withdrawn(reason);
        }
        // A settled finding is reported as such before anything else about it matters.
        let settled = match self.finding {
            Some(_) => self.state_by_mark(round),
            None => self.state_of_absent(round),
        };
        if let Some(state) = settled {
            return state;
        }
        // A justified finding may be found any number of times.
        if let Some(index) = self.finding.and_then(|finding| finding.exception) {
            return State::Justified(Justification::Exception(index));
        }
        match self.ruling() {
            Some(decision) if self.keeps(&decision) => {
                return State::Justified(Justification::Decision(decision));
            }
            // Once the removal is decided, the holder of the account has nothing to do.
            Some(decision) if decision.verdict == Verdict::Remove => {
                return State::ToRemove(decision);
            }
            _ => {}
        }
        // A stranger may be working on it, or the account may belong to a person.
        if let Some(hold) = self.hold(round) {
            return State::Held(hold);
        }
        // Whoever answered is left alone until an operator has read the answer.
        if !answers.is_empty() {
            return State::Answered;
        }
        let Some(ask) = ask else {
            // Old sources that do not show the finding must not cause an ask.
            return match self.finding {
                Some(_) => State::NotAsked,
                None => State::Unknown(Unknown::NotReadSince),
            };
        };
        self.state_by_clock(ask, escalation)
    }

    fn state_by_clock(&self, ask: &Ask, escalation: Option<&Escalation>) -> State {
        let now = self.input.now;
        // Findings for the operators have no clock.
        let Some(due) = ask.due else { return State::Waiting { until: None } };
        match escalation {
            Some(escalation) if now < escalation.due => State::Escalated { until: escalation.due },
            Some(_) => State::Exhausted,
            None if now < due => State::Waiting { until: Some(due) },
            None => State::Overdue,
        }
    }

    /// Why the audit does not look at the finding, if it does not.
    fn exclusion(&self) -> Option<WithdrawalReason> {
        let evaluation = self.input.evaluation;
        if evaluation.off.iter().any(|check| check.id == self.check.id) {
            return Some(WithdrawalReason::Off);
        }
        let is_excluded = self.subject.is_some_and(|subject| evaluation.is_excluded(subject));
        is_excluded.then_some(WithdrawalReason::Excluded)
    }

    /// Why the check cannot say whether the finding is gone, if it cannot.
    fn unknown(&self) -> Option<Unknown> {
        let (None, Some(subject)) = (self.finding, self.subject) else { return None };
        self.input.evaluation.unknown_for(self.check, subject)
    }

    fn doubt(&self) -> Option<Doubt> {
        if let Some(subject) = self.subject
            && let Some(reason) = self.subjects.contradiction(subject)
        {
            let mut notes: Vec<NoteRef> =
                self.history.steps.iter().map(StepRef::note_ref).collect();
            notes.extend(self.history.doubt.iter().flat_map(|doubt| doubt.notes.clone()));
            notes.sort();
            notes.dedup();
            return Some(Doubt { reason, subjects: vec![self.subjects.name(subject)], notes });
        }
        self.history.doubt.clone()
    }
}
