//! What became of a finding that the check no longer finds.

use super::Derivation;
use super::sources::whole_second;
use super::step_ref::{StepRef, ends_round};
use crate::evaluation::OUTSIDER;
use crate::followup::model::{Justification, State, Verdict};
use crate::followup::subjects::is_about_account;
use crate::record::marker::{StepAction, WithdrawalReason};

impl Derivation<'_, '_> {
    /// The state of a finding that is not found; `None` where its absence proves nothing.
    pub(super) fn state_of_absent(&self, round: u32) -> Option<State> {
        if self.check.id == OUTSIDER {
            return self.state_of_absent_outsider(round);
        }
        let evaluation = self.input.evaluation;
        let is_fresh = self.captured_at() > self.last_contact(round)?;
        match self.subject {
            // The finding still counts as found, but nobody is asked about a round that is over.
            Some(subject) if evaluation.steps_back(self.check, subject) => {
                self.state_by_mark(round)
            }
            Some(_) if is_fresh => Some(State::Fixed),
            Some(_) => self.state_by_mark(round),
            None if self.is_about_account() => match evaluation.accounts_unknown() {
                Some(unknown) => Some(State::Unknown(unknown)),
                None => is_fresh.then_some(State::Fixed),
            },
            None => match evaluation.roster_unknown() {
                Some(unknown) => Some(State::Unknown(unknown)),
                None if self.roster_captured_at() > self.last_contact(round)? => {
                    Some(State::Withdrawn(WithdrawalReason::Left))
                }
                None => None,
            },
        }
    }

    /// The state that the last settling step of the round reports.
    ///
    /// Sources that are older than the step may or may not show the finding.
    /// They prove nothing, so nobody is asked because of them.
    pub(super) fn state_by_mark(&self, round: u32) -> Option<State> {
        let marks = self.steps_of(round).filter(|entry| !self.is_former(entry));
        let mark = marks.filter(|entry| ends_round(entry)).max_by_key(|entry| entry.order())?;
        if self.finding.is_some() && self.captured_at() > mark.step.at {
            return None;
        }
        let steps_back = |subject| self.input.evaluation.steps_back(self.check, subject);
        let is_open = self.finding.is_some() || self.subject.is_some_and(steps_back);
        Some(match mark.step.action {
            StepAction::Withdrawn { reason } if is_open => State::Withdrawn(reason),
            StepAction::Gone => State::Gone,
            StepAction::Removed => self.removed().unwrap_or(State::Gone),
            _ => State::Fixed,
        })
    }

    /// The removal that the last decision to remove the account led to, if there is one.
    fn removed(&self) -> Option<State> {
        let decision = self.decision(self.last_step(StepAction::Remove)?)?;
        let record = self.last_step(StepAction::Removed).map(StepRef::note_ref);
        Some(State::Removed { decision, record })
    }

    fn last_step(&self, action: StepAction) -> Option<&StepRef<'_>> {
        let steps = self.history.steps.iter().filter(|entry| entry.step.action == action);
        steps.max_by_key(|entry| entry.order())
    }

    fn is_about_account(&self) -> bool {
        self.history.steps.iter().all(|entry| is_about_account(entry.step))
    }

    fn state_of_absent_outsider(&self, round: u32) -> Option<State> {
        let last_contact = self.last_contact(round)?;
        let last = self.history.steps.last()?;
        let evaluation = self.input.evaluation;
        if let Some(unknown) = evaluation.accounts_gap() {
            return Some(State::Unknown(unknown));
        }
        if self.subjects.holder_of_former_outsider(last.step).is_some() {
            return (self.captured_at() > last_contact).then_some(State::Fixed);
        }
        if let Some(unknown) = evaluation.accounts_unknown() {
            return Some(State::Unknown(unknown));
        }
        if let Some(state) = self.state_by_mark(round) {
            return Some(state);
        }
        let read_at = whole_second(evaluation.accounts.as_ref()?.capture.read_at);
        match self.latest_decision() {
            Some(decision) if decision.verdict == Verdict::Remove => {
                // Accounts that were read before the decision do not show whether it was carried
                // out.
                if read_at <= decision.at {
                    return Some(State::ToRemove(decision));
                }
                self.removed()
            }
            Some(decision) if self.keeps(&decision) => {
                Some(State::Justified(Justification::Decision(decision)))
            }
            _ => (read_at > last_contact).then_some(State::Gone),
        }
    }
}
