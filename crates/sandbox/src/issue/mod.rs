//! Issues, their notes and threads.
//!
//! | file | concept |
//! | --- | --- |
//! | `editor` | an issue with everything that a write to it reads or changes |
//! | `change` | changes of an issue, with their system notes, events and notifications |
//! | `traces` | the texts of system notes |
//! | `comment` | notes and threads |
//! | `reaction` | reactions to notes and issues |
//! | `people` | lets a test change issues as a user, without HTTP |
//! | `remarks` | lets a test write and delete comments as a user, without HTTP |

mod change;
mod comment;
mod editor;
mod people;
mod reaction;
mod remarks;
mod traces;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};

pub(crate) use change::{Changes, Due, Opening, StateChange, TooBig};
pub(crate) use comment::{Edited, NoteRefused, Placement, Posted};
pub use editor::Journal;
pub(crate) use editor::{Actor, IssueEditor, add_label};
pub use reaction::Reaction;
pub(crate) use reaction::{ReactionRefused, Target};

use crate::{mentions, notification::users_named, world::User};

/// An issue of a project. People are named by their user id, because usernames change.
#[derive(Clone, Debug)]
pub struct Issue {
    /// The number among the issues of all projects.
    pub id: u64,
    /// The number within the project.
    pub iid: u64,
    /// The title.
    pub title: String,
    /// The description as it is stored, without quick actions; `None` if there is none.
    pub description: Option<String>,
    /// The names of its labels.
    pub labels: BTreeSet<String>,
    /// Who opened it.
    pub author: u64,
    /// The assignees: at most one in the free edition.
    pub assignees: Vec<u64>,
    /// Whether it is hidden from guests and from users who are not members.
    pub confidential: bool,
    /// When it is due.
    pub due_date: Option<Date>,
    /// Whether only members may comment; `None` until it is set for the first time.
    pub discussion_locked: Option<bool>,
    /// When and by whom it was closed; `None` while it is open.
    pub closed: Option<Done>,
    /// The number of the issue, among those of all projects, that it was moved to.
    pub moved_to: Option<u64>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last changed or commented on.
    pub updated_at: Timestamp,
    /// Comments, threads and system notes, in the order of their first notes' times.
    pub discussions: Vec<Discussion>,
    /// What happened to its labels and state, oldest first.
    pub events: Vec<Event>,
    /// Reactions to the issue itself, oldest first.
    pub reactions: Vec<Reaction>,
    pub(crate) subscriptions: BTreeMap<u64, bool>,
}

/// When something was done, and by whom.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Done {
    /// When.
    pub at: Timestamp,
    /// By which user.
    pub by: u64,
}

/// A thread, or a lone note.
#[derive(Clone, Debug)]
pub struct Discussion {
    /// 40 hexadecimal digits.
    pub id: String,
    /// Whether it is a thread, which can be replied to and resolved.
    pub is_thread: bool,
    /// When and by whom it was resolved; `None` while it is unresolved.
    pub resolved: Option<Done>,
    /// Its notes, in the order of their times; never empty.
    pub notes: Vec<Note>,
}

/// A comment or a system note.
#[derive(Clone, Debug)]
pub struct Note {
    /// The number among all notes.
    pub id: u64,
    /// The text as stored: without quick actions.
    pub body: String,
    /// Who wrote it, or caused the activity that it records.
    pub author: u64,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last edited or reacted to, or its thread resolved.
    pub updated_at: Timestamp,
    /// Whether GitLab wrote it as a record of activity. Otherwise it is a comment.
    pub system: bool,
    /// Whether it is hidden from guests and from users who are not members.
    pub internal: bool,
    /// Reactions to it, oldest first.
    pub reactions: Vec<Reaction>,
    /// The names, in lower case, that `body` mentions; kept because an issue's followers are
    /// looked for at every comment.
    pub(crate) mentions: BTreeSet<String>,
}

/// A change that GitLab records as an event rather than as a note.
#[derive(Clone, Debug)]
pub struct Event {
    /// The number among all events.
    pub id: u64,
    /// When and by whom.
    pub done: Done,
    /// What happened.
    pub what: EventKind,
}

/// What happened in an [`Event`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EventKind {
    /// The issue got the label of this name.
    LabelAdded(String),
    /// The issue lost the label of this name.
    LabelRemoved(String),
    /// The issue was closed.
    Closed,
    /// The issue was opened again.
    Reopened,
}

/// A label of a project.
#[derive(Clone, Debug)]
pub struct Label {
    /// The number among all labels.
    pub id: u64,
    /// The name.
    pub name: String,
    /// The colour, `#` and six hexadecimal digits; at first GitLab's usual one.
    pub color: String,
}

impl Issue {
    /// Every note, system notes too, in the order of the discussions.
    pub fn notes(&self) -> impl Iterator<Item = &Note> {
        self.discussions.iter().flat_map(|discussion| &discussion.notes)
    }

    /// The note of an id.
    pub fn note(&self, id: u64) -> Option<&Note> {
        self.notes().find(|note| note.id == id)
    }

    /// The discussion that holds the note of an id.
    pub fn discussion_of(&self, note: u64) -> Option<&Discussion> {
        self.discussions.iter().find(|found| found.notes.iter().any(|own| own.id == note))
    }

    /// The reactions to the issue or to one of its notes; `None` if there is no such note.
    pub(crate) fn reactions_to(&self, target: Target) -> Option<&[Reaction]> {
        match target {
            Target::Issue => Some(&self.reactions),
            Target::Note(id) => Some(&self.note(id)?.reactions),
        }
    }

    /// Whether the user participates by having opened it or by being assigned to it.
    pub(crate) fn is_of(&self, user: u64) -> bool {
        self.author == user || self.assignees.contains(&user)
    }

    /// The users who take part in it or have subscribed to it, without those who have
    /// unsubscribed.
    pub(crate) fn followers(&self, users: &[User]) -> BTreeSet<u64> {
        let mut followers = self.participants(users);
        for (&user, &subscribed) in &self.subscriptions {
            if subscribed {
                followers.insert(user);
            } else {
                followers.remove(&user);
            }
        }
        followers
    }

    /// The users who take part in it: its author and assignees, whoever wrote or caused one of its
    /// notes, reacted to it or to a note, or is mentioned in what it says now (GitLab's models
    /// `Issue`, `Note` and `Awardable` name these as participants). A deleted note makes nobody
    /// one.
    pub(crate) fn participants(&self, users: &[User]) -> BTreeSet<u64> {
        let mut names = self.mentions();
        let mut participants: BTreeSet<u64> = self.assignees.iter().copied().collect();
        participants.insert(self.author);
        participants.extend(self.reactions.iter().map(|reaction| reaction.user));
        for note in self.notes() {
            participants.insert(note.author);
            participants.extend(note.reactions.iter().map(|reaction| reaction.user));
            names.extend(note.mentions.iter().cloned());
        }
        participants.extend(users_named(users, &names));
        participants
    }

    /// The names, in lower case, that its title and description mention.
    pub(crate) fn mentions(&self) -> BTreeSet<String> {
        let mut names = mentions::names(&self.title);
        names.extend(mentions::names(self.description.as_deref().unwrap_or_default()));
        names
    }
}
