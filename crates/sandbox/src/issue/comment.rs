//! Notes and threads.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Actor, Discussion, Done, IssueEditor, Note};
use crate::{
    mentions,
    notification::{About, By, Why, users_named},
    quick_actions::{extract, interpret},
};

/// The biggest note, in characters (GitLab docs: Notes API).
const NOTE: usize = 1_000_000;

/// Where a note goes.
#[derive(Clone, Debug)]
pub(crate) enum Placement {
    /// By itself.
    Alone,
    /// At the start of a new thread.
    NewThread,
    /// At the end of the discussion of this id.
    Reply(String),
}

/// What became of a note.
#[derive(Clone, Debug)]
pub(crate) enum Posted {
    /// It is there; of its quick actions, this is what they changed.
    Note { discussion: String, note: u64, changes: Map<String, Value> },
    /// The text consisted of quick actions, so there is no note.
    CommandsOnly { changes: Map<String, Value>, summary: String },
}

/// What became of an edited note.
#[derive(Clone, Debug)]
pub(crate) enum Edited {
    /// It has its new text.
    Note,
    /// The text held nothing but quick actions, so the note is gone.
    CommandsOnly { changes: Map<String, Value>, summary: String },
}

/// Why a note is not written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NoteRefused {
    Blank,
    TooLong,
    /// The issue holds as many notes as it can.
    TooMany,
    /// The token may not run quick actions.
    NoCommands,
    NoDiscussion,
    /// System notes cannot be replied to.
    NoReplies,
    NoNote,
}

impl IssueEditor<'_> {
    /// Writes a note and carries out its quick actions.
    pub(crate) fn post(
        &mut self,
        actor: Actor,
        place: &Placement,
        body: &str,
        (internal, created_at): (bool, Option<Timestamp>),
    ) -> Result<Posted, NoteRefused> {
        if body.trim().is_empty() {
            return Err(NoteRefused::Blank);
        }
        self.check_place(place)?;
        if self.issue.notes().count() >= self.notes_per_issue {
            return Err(NoteRefused::TooMany);
        }
        let (body, commands) = extract(body);
        if body.chars().count() > NOTE {
            return Err(NoteRefused::TooLong);
        }
        if !commands.is_empty() && !actor.may_command {
            return Err(NoteRefused::NoCommands);
        }
        let outcome = interpret(self, actor, &commands, false);
        let changes = outcome.changes.as_fields(self.labels);
        if body.is_empty() {
            self.change(actor, outcome.changes);
            return Ok(Posted::CommandsOnly { changes, summary: outcome.summary });
        }
        // Those who follow the issue are looked for before the note makes its author one of them.
        let followers = self.followers();
        let at = created_at.unwrap_or_else(|| self.tick());
        let id = self.journal.next_note();
        let note = Note { internal, ..Note::new(id, body, Done { at, by: actor.user }) };
        let discussion = self.place(actor, place, note);
        self.issue.updated_at = self.issue.updated_at.max(at);
        self.notify_of_note(actor, id, &followers);
        self.change(actor, outcome.changes);
        Ok(Posted::Note { discussion, note: id, changes })
    }

    /// Replaces a note's text and carries out its quick actions. A text of nothing else deletes
    /// the note, as in GitLab's service.
    pub(crate) fn edit(
        &mut self,
        actor: Actor,
        id: u64,
        body: &str,
    ) -> Result<Edited, NoteRefused> {
        let Some(before) = self.issue.note(id).cloned() else { return Err(NoteRefused::NoNote) };
        let (body, commands) = extract(body);
        if body.is_empty() && commands.is_empty() {
            return Err(NoteRefused::Blank);
        }
        if body.chars().count() > NOTE {
            return Err(NoteRefused::TooLong);
        }
        if !commands.is_empty() && !actor.may_command {
            return Err(NoteRefused::NoCommands);
        }
        let outcome = interpret(self, actor, &commands, false);
        let changes = outcome.changes.as_fields(self.labels);
        self.change(actor, outcome.changes);
        if body.is_empty() {
            self.delete(id);
            return Ok(Edited::CommandsOnly { changes, summary: outcome.summary });
        }
        let mut names = mentions::names(&body);
        let at = self.tick();
        if let Some(note) = self.note_mut(id).filter(|note| note.body != body) {
            note.mentions.clone_from(&names);
            note.body = body;
            note.updated_at = at;
            self.issue.updated_at = at;
        }
        names.retain(|name| !before.mentions.contains(name));
        let added = users_named(self.users, &names);
        let (note, internal) = (Some(id), before.internal);
        let about = About { actor: actor.user, by: By::TodoOnly, note, internal };
        self.notify(&added, Why::Mentioned, about);
        Ok(Edited::Note)
    }

    /// Deletes a note, and with its last note a discussion; the replies to a deleted note stay.
    pub(crate) fn delete(&mut self, id: u64) {
        let mut discussions = self.issue.discussions.iter();
        let index = discussions.position(|own| own.notes.iter().any(|note| note.id == id));
        let Some(index) = index else { return };
        let mut discussion = self.issue.discussions.remove(index);
        discussion.notes.retain(|note| note.id != id);
        if !discussion.notes.is_empty() {
            self.file(discussion);
        }
    }

    /// Resolves a thread, or opens it again.
    pub(crate) fn resolve(&mut self, actor: Actor, discussion: &str, resolved: bool) {
        let at = self.tick();
        let found = self.issue.discussions.iter_mut().find(|found| found.id == discussion);
        let Some(found) = found.filter(|found| found.resolved.is_some() != resolved) else {
            return;
        };
        found.resolved = resolved.then_some(Done { at, by: actor.user });
        for note in &mut found.notes {
            note.updated_at = at;
        }
    }

    /// Adds a system note.
    pub(crate) fn note_activity(&mut self, author: u64, text: &str) {
        let at = self.tick();
        let id = self.journal.next_note();
        let note = Note::new(id, text.to_owned(), Done { at, by: author });
        let note = Note { system: true, ..note };
        let id = self.journal.next_discussion();
        self.file(Discussion { id, is_thread: false, resolved: None, notes: vec![note] });
    }

    fn check_place(&self, place: &Placement) -> Result<(), NoteRefused> {
        let Placement::Reply(id) = place else { return Ok(()) };
        let found = self.issue.discussions.iter().find(|found| found.id == *id);
        let found = found.ok_or(NoteRefused::NoDiscussion)?;
        let is_system = found.notes.iter().any(|note| note.system);
        if is_system { Err(NoteRefused::NoReplies) } else { Ok(()) }
    }

    fn place(&mut self, actor: Actor, place: &Placement, note: Note) -> String {
        let at = note.created_at;
        if let Placement::Reply(id) = place
            && let Some(position) = self.issue.discussions.iter().position(|own| own.id == *id)
        {
            let mut thread = self.issue.discussions.remove(position);
            // A reply makes a lone comment a thread; a reply to a resolved thread is resolved.
            thread.is_thread = true;
            thread.resolved = thread.resolved.map(|done| Done { at: done.at.max(at), ..done });
            let position = thread.notes.partition_point(|own| key(own) < key(&note));
            thread.notes.insert(position, note);
            self.file(thread);
            return id.clone();
        }
        let id = self.journal.next_discussion();
        let is_thread = matches!(place, Placement::NewThread);
        self.file(Discussion { id: id.clone(), is_thread, resolved: None, notes: vec![note] });
        self.issue.subscriptions.entry(actor.user).or_insert(true);
        id
    }

    /// Puts a discussion where its first note belongs by its time, which an owner may have set.
    fn file(&mut self, discussion: Discussion) {
        let start = discussion.notes.first().map(key);
        let discussions = &mut self.issue.discussions;
        let index = discussions.partition_point(|own| own.notes.first().map(key) < start);
        discussions.insert(index, discussion);
    }

    pub(super) fn note_mut(&mut self, id: u64) -> Option<&mut Note> {
        let notes = self.issue.discussions.iter_mut().flat_map(|found| &mut found.notes);
        notes.into_iter().find(|note| note.id == id)
    }

    fn notify_of_note(&mut self, actor: Actor, id: u64, followers: &BTreeSet<u64>) {
        let Some(note) = self.issue.note(id) else { return };
        let internal = note.internal;
        let mentioned = users_named(self.users, &note.mentions);
        let others: BTreeSet<u64> = followers.difference(&mentioned).copied().collect();
        let about = About { actor: actor.user, by: By::Mail, note: Some(id), internal };
        self.notify(&mentioned, Why::Mentioned, about);
        self.notify(&others, Why::Participating, about);
    }
}

impl Note {
    /// A comment that all can see.
    fn new(id: u64, body: String, Done { at, by }: Done) -> Self {
        Self {
            id,
            mentions: mentions::names(&body),
            body,
            author: by,
            created_at: at,
            updated_at: at,
            system: false,
            internal: false,
            reactions: Vec::new(),
        }
    }
}

/// What notes are ordered by.
fn key(note: &Note) -> (Timestamp, u64) {
    (note.created_at, note.id)
}
