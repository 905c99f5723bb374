//! Lines of a notice that a lower notice already holds.

use super::*;
use crate::world::{Keys, NoteId, Step};

/// What is to be taken out of a notice.
#[derive(Clone, Debug)]
pub struct Strike {
    pub note: NoteId,
    pub kept: Vec<Step>,
    /// Whether no line is left and nobody replied, so that the notice is to be deleted.
    pub is_empty: bool,
}

impl Oracle<'_> {
    /// What the operator's own notices hold although a lower notice of an operator holds it.
    pub fn strikes(&self) -> Vec<Strike> {
        let notices: Vec<&Note> = self.notes_of(MarkerKind::Notice).collect();
        notices.iter().filter_map(|note| self.strike(note)).collect()
    }

    /// What is to be taken out of one notice.
    pub fn strike(&self, note: &Note) -> Option<Strike> {
        let marker = note.marker.as_ref()?;
        let mut kept = marker.steps.clone();
        kept.retain(|step| !self.is_doubled(note, step));
        if note.author != self.operator || kept.len() == marker.steps.len() {
            return None;
        }
        let has_reply = self.world.issue.notes.iter().any(|reply| {
            let is_notice =
                reply.marker.as_ref().is_some_and(|marker| marker.kind == MarkerKind::Notice);
            reply.thread == note.thread && reply.id != note.id && !is_notice && !reply.system
        });
        let is_empty = kept.is_empty() && !has_reply;
        Some(Strike { note: note.id, kept, is_empty })
    }

    /// Whether a lower notice holds the same step of the same finding in the same round. An ask that
    /// reached somebody else is no ask, and an escalation before the ask that counts is none.
    fn is_doubled(&self, note: &Note, step: &Step) -> bool {
        let mut lower = self.steps.clone();
        lower.retain(|held| {
            held.note.id < note.id
                && held.step.round == step.round
                && family(step.check).contains(&held.step.check)
                && is_same_subject(&held.step.keys, &step.keys)
        });
        let asks = lower.iter().filter(|held| is_ask(held.step.kind));
        let asked = asks.map(Counted::instant).max();
        lower.iter().any(|held| {
            let marker = held.note.marker.as_ref();
            (held.step.kind, held.step.check) == (step.kind, step.check)
                && marker.is_some_and(|marker| marker.kind == MarkerKind::Notice)
                && match step.kind {
                    StepKind::Ask => held.step.mentioned == step.mentioned,
                    StepKind::Escalate => asked.is_none_or(|asked| asked <= held.instant()),
                    _ => true,
                }
        })
    }
}

/// Whether the keys of two steps name one subject: by the account, by the id where the lower one has
/// one, or by the address. What was asked under an id that the subject has no more is no ask.
fn is_same_subject(lower: &Keys, higher: &Keys) -> bool {
    if lower.account.is_some() || higher.account.is_some() {
        return lower.account == higher.account;
    }
    match lower.id {
        Some(id) => higher.id == Some(id),
        None => lower.email == higher.email,
    }
}

fn is_ask(kind: StepKind) -> bool {
    matches!(kind, StepKind::Ask | StepKind::Sent)
}
