//! The conversation of an audit: the threads of its issue, as they were read.
//!
//! It is our only memory. Everything that the follow-ups know is derived from it, from the fresh roster
//! and accounts, and from the present instant, on any machine.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::identity::{SubjectId, key_digest};
use crate::record::marker::{Mark, Marker};

/// A user of GitLab, known by the number that never changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct User {
    /// The number.
    pub id: u64,
    /// The username at the moment, without `@`.
    pub username: String,
}

/// A note of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its number, which grows with time.
    pub id: u64,
    /// Who wrote it.
    pub author: User,
    /// Its present text.
    pub body: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// Whether GitLab itself wrote it.
    pub is_system: bool,
    /// Whether the author is an operator, so that a marker of ours counts.
    pub is_by_operator: bool,
}

/// A thread, or a comment that stands alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Its id.
    pub id: String,
    /// Its notes, in any order.
    pub notes: Vec<Note>,
    /// Whether it can be resolved.
    pub is_resolvable: bool,
    /// Who resolved it and when, as far as GitLab tells, if it is resolved.
    pub resolved: Option<Resolved>,
}

/// That a thread is resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// By whom.
    pub by: Option<User>,
    /// Whether that is an operator.
    pub is_by_operator: bool,
    /// When.
    pub at: Option<Timestamp>,
}

/// A reaction to a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// By whom.
    pub by: User,
    /// When.
    pub at: Timestamp,
}

/// The conversation of an audit's issue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conversation {
    /// All threads, in any order.
    pub threads: Vec<Thread>,
    /// The reactions to notes, as far as they were read.
    pub reactions: BTreeMap<u64, Vec<Reaction>>,
}

/// Where a note stands in time: one is later than another of the same instant if its number is.
pub(crate) type Moment = (Timestamp, u64);

impl Note {
    pub(crate) fn moment(&self) -> Moment {
        (self.created_at, self.id)
    }
}

/// A note with a marker of an audit.
#[derive(Debug, Clone)]
pub(crate) struct Marked<'a> {
    pub(crate) note: &'a Note,
    pub(crate) thread: &'a Thread,
    pub(crate) mark: Mark,
}

impl Conversation {
    /// The notes of people with their threads, in the order of time; each once, though it may have been
    /// read twice while pages moved.
    pub(crate) fn notes(&self) -> Vec<(&Thread, &Note)> {
        let of = |thread| Thread::people(thread).map(move |note| (thread, note));
        let mut notes: Vec<(&Thread, &Note)> = self.threads.iter().flat_map(of).collect();
        notes.sort_by_key(|(_, note)| note.moment());
        notes.dedup_by_key(|(_, note)| note.id);
        notes
    }

    /// The notes with a marker of the audit, in the order of time: those that count, and those whose
    /// authors are no operators.
    pub(crate) fn marks(&self, audit: Marker) -> (Vec<Marked<'_>>, Vec<Marked<'_>>) {
        let mut all = Vec::new();
        for (thread, note) in self.notes() {
            let mark = Mark::of_comment(&note.body);
            if let Some(mark) = mark.filter(|mark| mark.marker.of(audit.marked) == audit) {
                all.push(Marked { note, thread, mark });
            }
        }
        all.into_iter().partition(|marked| marked.note.is_by_operator)
    }

    /// How many notes the issue has, system notes included.
    pub fn count(&self) -> usize {
        let notes = self.threads.iter().flat_map(|thread| &thread.notes);
        notes.map(|note| note.id).collect::<BTreeSet<u64>>().len()
    }
}

/// The e-mail address that a comment of ours holds in a code span, of somebody whom a marker names by
/// these digests only.
pub(crate) fn spoken_address<'b>(body: &'b str, keys: &[String]) -> Option<&'b str> {
    let is_theirs =
        |word: &&str| keys.contains(&key_digest(&SubjectId::Email(word.to_lowercase())));
    body.split('`').find(is_theirs)
}

impl Thread {
    /// The note that opened it.
    pub(crate) fn first(&self) -> Option<&Note> {
        self.notes.iter().min_by_key(|note| note.moment())
    }

    /// The notes that people wrote.
    fn people(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter().filter(|note| !note.is_system)
    }
}
