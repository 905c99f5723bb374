//! The decisions of operators about a finding.

use super::Derivation;
use super::step_ref::{StepRef, verdict_of};
use crate::followup::model::{Decision, Verdict};
use crate::identity::digest;
use crate::record::marker::StepAction;

impl<'a> Derivation<'_, 'a> {
    /// The steps that decide and count, the latest last.
    ///
    /// A step that asks again revokes earlier decisions.
    /// So does the recorded end of an account that exists again.
    pub(super) fn decisions(&self) -> Vec<StepRef<'a>> {
        let last = self.history.steps.iter().map(|entry| entry.step.round).max();
        let ends = self.history.steps.iter().filter(|entry| match entry.step.action {
            StepAction::Again => !self.is_former(entry),
            StepAction::Removed | StepAction::Gone => {
                let is_found = self.finding.is_some() && self.captured_at() > entry.step.at;
                // The account was found again, which began the later round.
                is_found || last.is_some_and(|last| last > entry.step.round)
            }
            _ => false,
        });
        let end = ends.map(StepRef::order).max();
        let mut decisions = Vec::new();
        for entry in &self.history.steps {
            // Nobody may decide about themselves.
            let is_own = self.user == Some(entry.marked.note.author.id);
            let is_outranked = end.is_some_and(|end| entry.order() < end);
            if verdict_of(entry).is_some() && !is_own && !self.is_former(entry) && !is_outranked {
                decisions.push(*entry);
            }
        }
        decisions.sort_by_key(StepRef::order);
        decisions
    }

    /// The decision of a step, with its reason.
    pub(super) fn decision(&self, entry: &StepRef<'_>) -> Option<Decision> {
        let reasons = self.reasons.get(&entry.marked.note.id);
        Some(Decision {
            verdict: verdict_of(entry)?,
            at: entry.step.at,
            note: entry.note_ref(),
            step: entry.index,
            round: entry.step.round,
            evidence: entry.step.evidence.clone(),
            reason: reasons.and_then(|reasons| reasons.get(entry.index)).cloned(),
        })
    }

    pub(super) fn latest_decision(&self) -> Option<Decision> {
        self.decision(self.decisions().last()?)
    }

    /// Whether a decision names the evidence that the check sees now.
    pub(super) fn is_about_present_evidence(&self, entry: &StepRef<'_>) -> bool {
        match self.finding {
            Some(finding) => {
                entry.step.check == self.check.id
                    && entry.step.evidence == digest(&finding.evidence)
            }
            // Where another check speaks for the subject instead, the finding counts as unchanged.
            None => true,
        }
    }

    /// The latest decision about the present evidence.
    pub(super) fn ruling(&self) -> Option<Decision> {
        let mut decisions = self.decisions();
        decisions.retain(|entry| self.is_about_present_evidence(entry));
        self.decision(decisions.last()?)
    }

    pub(super) fn keeps(&self, decision: &Decision) -> bool {
        match decision.verdict {
            Verdict::Accept => true,
            Verdict::Keep { until } => until.is_none_or(|until| self.today() < until),
            Verdict::Remove => false,
        }
    }
}
