//! What an operator asks for and what a run means to write, free of the product's types, and how
//! GitLab would carry it out.

use std::collections::BTreeSet;

use crate::oracle::State;
use crate::world::{
    FindingKey, MarkerKind, Note, NoteId, Round, Seconds, Step, Subject, UserId, World,
};

/// The state of one finding, as the product derives it.
pub type DerivedState = (FindingKey, State, Round);

/// A command of an operator, confirmed as `--yes` and the flags that name each act confirm it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `followups --yes [--only SUBJECT…] [--limit N]`.
    Followups { only: Vec<Subject>, limit: Option<usize> },
    /// `followups --ask-again FINDING…`.
    AskAgain { findings: Vec<FindingKey> },
    /// `followups --accept FINDING --reason TEXT [--expires]`; of an outsider it is *keep*.
    Accept { finding: FindingKey, until: Option<Seconds> },
    /// `reconcile --decide EMAIL=remove --reason TEXT`, of an outsider.
    Remove { finding: FindingKey },
    /// `followups --sent SUBJECT [--at NOTE]`.
    Sent { subject: Subject, at: Option<NoteId> },
    /// `followups --answered SUBJECT --reason TEXT`.
    Answered { subject: Subject },
    /// `submit-review [--unresolved]`.
    SubmitReview { unresolved: bool },
}

impl Command {
    /// `followups` of everything that is due.
    pub fn all_due() -> Self {
        Self::Followups { only: Vec::new(), limit: None }
    }
}

/// One line of a comment: a finding and its step in the marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub finding: FindingKey,
    pub step: Step,
}

/// A comment that a run means to post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub kind: MarkerKind,
    /// Of a review: it asks for the review.
    pub complete: bool,
    /// Whether it replies in the thread of the run's first notice.
    pub continues: bool,
    pub lines: Vec<Line>,
    /// The users whom the visible words mention, as often as they mention them.
    pub mentions: Vec<UserId>,
}

/// One write, in the order in which the run does them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    Post(Draft),
    /// Gives a note of the operator's these lines instead, without mailing anybody.
    Edit {
        note: NoteId,
        lines: Vec<Line>,
    },
    Delete(NoteId),
}

/// What a run means to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlannedRun {
    /// The run refuses (exit codes 6 and 11) and writes nothing.
    pub is_refused: bool,
    pub writes: Vec<Write>,
    /// The findings for which the plan prints an e-mail to send by hand.
    pub emails: BTreeSet<FindingKey>,
}

impl PlannedRun {
    /// A run that refuses.
    pub fn refused() -> Self {
        Self { is_refused: true, ..Self::default() }
    }

    /// Every line of the drafts of one kind.
    pub fn lines(&self, kind: MarkerKind) -> Vec<&Line> {
        self.drafts(kind).into_iter().flat_map(|draft| &draft.lines).collect()
    }

    /// The drafts of one kind.
    pub fn drafts(&self, kind: MarkerKind) -> Vec<&Draft> {
        let mut drafts = Vec::new();
        for write in &self.writes {
            if let Write::Post(draft) = write
                && draft.kind == kind
            {
                drafts.push(draft);
            }
        }
        drafts
    }
}

/// Carries out writes as GitLab would; the ids of the notes that were posted.
pub fn execute(world: &mut World, operator: UserId, writes: &[Write]) -> Vec<NoteId> {
    let mut posted: Vec<NoteId> = Vec::new();
    for write in writes {
        match write {
            Write::Post(draft) => {
                let steps = draft.lines.iter().map(|line| line.step.clone()).collect();
                let note = Note::marked(operator, draft.kind, draft.complete, steps);
                let thread = if draft.continues { posted.first().copied().unwrap_or(0) } else { 0 };
                posted.push(world.append(Note { thread, ..note }));
            }
            Write::Edit { note, lines } => {
                let marker = world
                    .issue
                    .notes
                    .iter_mut()
                    .find(|candidate| candidate.id == *note)
                    .and_then(|note| note.marker.as_mut());
                if let Some(marker) = marker {
                    marker.steps = lines.iter().map(|line| line.step.clone()).collect();
                }
            }
            Write::Delete(note) => world.issue.notes.retain(|candidate| candidate.id != *note),
        }
    }
    posted
}
