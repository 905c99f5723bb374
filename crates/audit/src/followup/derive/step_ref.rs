//! A step of a marker together with its comment.

use jiff::Timestamp;

use crate::followup::model::{NoteRef, Verdict};
use crate::record::conversation::{MarkedNote, Moment, ThreadNote};
use crate::record::marker::{Step, StepAction, WithdrawalReason};

/// A step of a marker together with its comment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepRef<'a> {
    pub(crate) marked: &'a MarkedNote<'a>,
    /// The index of the step in the marker.
    pub(crate) index: usize,
    pub(crate) step: &'a Step,
}

impl StepRef<'_> {
    /// The order of acts: by the instant in the marker, then by the note, then by the step.
    pub(crate) fn order(&self) -> (Timestamp, u64, usize) {
        (self.step.at, self.marked.note.id, self.index)
    }

    /// When the act of the step happened.
    ///
    /// GitLab's clock decides about mentions; a message that was sent by hand has the instant that
    /// the operator gave.
    pub(super) fn moment(&self) -> Moment {
        match self.step.action {
            StepAction::Sent { .. } => (self.step.at, 0),
            _ => self.marked.note.moment(),
        }
    }

    pub(crate) fn note_ref(&self) -> NoteRef {
        note_ref(ThreadNote { thread: self.marked.thread, note: self.marked.note })
    }
}

pub(crate) fn note_ref(ThreadNote { thread, note }: ThreadNote<'_>) -> NoteRef {
    NoteRef {
        id: note.id,
        thread: thread.id.clone(),
        created_at: note.created_at,
        author: note.author.clone(),
    }
}

pub(super) fn is_settling(entry: &StepRef<'_>) -> bool {
    matches!(
        entry.step.action,
        StepAction::Fixed | StepAction::Withdrawn { .. } | StepAction::Gone | StepAction::Removed
    )
}

/// Whether a step reports an event that ends the round.
pub(super) fn ends_round(entry: &StepRef<'_>) -> bool {
    matches!(
        entry.step.action,
        StepAction::Fixed
            | StepAction::Removed
            | StepAction::Gone
            | StepAction::Withdrawn { reason: WithdrawalReason::Left }
    )
}

pub(super) fn verdict_of(entry: &StepRef<'_>) -> Option<Verdict> {
    match entry.step.action {
        StepAction::Accept => Some(Verdict::Accept),
        StepAction::Keep { until } => Some(Verdict::Keep { until }),
        StepAction::Remove => Some(Verdict::Remove),
        _ => None,
    }
}
