//! The steps that asked about a finding, and those that escalated it.

use super::Derivation;
use super::step_ref::StepRef;
use crate::check::Audience;
use crate::followup::model::{AgainRequest, Ask, AskedHow, Escalation};
use crate::record::marker::{Content, StepAction};

impl<'a> Derivation<'_, 'a> {
    /// Whether a step names an id that is no longer the subject's, so that it reached another
    /// person.
    pub(super) fn is_former(&self, entry: &StepRef<'_>) -> bool {
        self.subject.is_some_and(|subject| self.subjects.names_former_id(subject, entry.step))
    }

    /// Whether a step asked the subject.
    pub(super) fn is_ask(&self, entry: &StepRef<'_>) -> bool {
        if self.is_former(entry) {
            return false;
        }
        match entry.step.action {
            StepAction::Sent { .. } => true,
            StepAction::Ask { .. } if self.is_for_operators() => true,
            // The user of a person who is gone cannot be determined any more.
            StepAction::Ask { .. } if self.subject.is_none() => true,
            StepAction::Ask { .. } => {
                self.user.is_some_and(|user| entry.step.mentioned.contains(&user))
            }
            _ => false,
        }
    }

    pub(super) fn is_for_operators(&self) -> bool {
        self.check.asked == Audience::Operators
    }

    pub(super) fn asks(&self, round: u32) -> impl Iterator<Item = &StepRef<'a>> {
        self.steps_of(round).filter(|entry| self.is_ask(entry))
    }

    /// The record that began the round by asking again.
    /// A notice that begins a round asks at once, so it needs no such record.
    pub(super) fn again(&self, round: u32) -> Option<AgainRequest> {
        let before = round.checked_sub(1)?;
        let agains = self.steps_of(before).filter(|entry| {
            entry.step.action == StepAction::Again
                && matches!(entry.marked.marker.content, Content::Record(_))
                && !self.is_former(entry)
        });
        let entry = agains.max_by_key(|entry| entry.order())?;
        let reasons = self.reasons.get(&entry.marked.note.id);
        Some(AgainRequest {
            by: entry.marked.note.author.clone(),
            reason: reasons
                .and_then(|reasons| reasons.get(entry.index))
                .cloned()
                .unwrap_or_default(),
            had_answered: !self.answers(before).is_empty(),
        })
    }

    /// The first ask of a round.
    /// If two operators asked at the same time, the note with the lower id started the clock.
    pub(super) fn ask(&self, round: u32) -> Option<Ask> {
        let entry = self.asks(round).min_by_key(|entry| entry.moment())?;
        let (at, _) = entry.moment();
        let (how, due) = match entry.step.action {
            StepAction::Sent { due } => (AskedHow::Sent, due),
            _ if self.is_for_operators() => (AskedHow::Listed, None),
            StepAction::Ask { due } => (AskedHow::Mentioned, due),
            _ => return None,
        };
        let waits = self.input.waits;
        let due = match how {
            AskedHow::Listed => None,
            AskedHow::Mentioned | AskedHow::Sent => {
                Some(due.unwrap_or_else(|| waits.end(at, waits.person)))
            }
        };
        Some(Ask { note: entry.note_ref(), how, at, due })
    }

    /// The escalations of a round after its ask.
    /// An earlier escalation belongs to an ask that was deleted.
    pub(super) fn escalations(&self, round: u32) -> impl Iterator<Item = &StepRef<'a>> {
        let asked = self.asks(round).map(StepRef::moment).min();
        self.steps_of(round).filter(move |entry| {
            matches!(entry.step.action, StepAction::Escalate { .. })
                && asked.is_some_and(|asked| entry.moment() > asked)
                && !self.is_former(entry)
        })
    }

    pub(super) fn escalation(&self, round: u32) -> Option<Escalation> {
        let entry = self.escalations(round).min_by_key(|entry| entry.moment())?;
        let StepAction::Escalate { due } = entry.step.action else { return None };
        let waits = self.input.waits;
        Some(Escalation {
            note: entry.note_ref(),
            mentioned: entry.step.mentioned.clone(),
            due: due.unwrap_or_else(|| waits.end(entry.moment().0, waits.manager)),
        })
    }
}
