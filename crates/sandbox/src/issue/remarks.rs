//! Lets a test write and delete comments as a user, without HTTP but with every effect that a
//! request has. Whether the user can see the issue is not checked.

use anyhow::{Context as _, anyhow, bail, ensure};
use jiff::Timestamp;

use super::{Edited, Placement, Posted, Target};
use crate::world::World;

impl World {
    /// Comments on an issue as a user, outside any thread, and returns the note's id.
    ///
    /// # Errors
    ///
    /// There is no such project, issue or user, or GitLab would not take the note.
    pub fn comment(
        &mut self,
        project: &str,
        iid: u64,
        author: &str,
        body: &str,
    ) -> anyhow::Result<u64> {
        self.write(project, iid, author, (Placement::Alone, body, None))
    }

    /// Comments as [`World::comment`] does, at a time of its own, before or after the clock's:
    /// as if by an owner, who may set it (recorded from GitLab 18.9).
    ///
    /// # Errors
    ///
    /// As [`World::comment`].
    pub fn comment_at(
        &mut self,
        project: &str,
        iid: u64,
        author: &str,
        body: &str,
        at: Timestamp,
    ) -> anyhow::Result<u64> {
        self.write(project, iid, author, (Placement::Alone, body, Some(at)))
    }

    /// Opens a thread as a user, and returns the id of its first note;
    /// [`Issue::discussion_of`](crate::Issue::discussion_of) finds the thread.
    ///
    /// # Errors
    ///
    /// As [`World::comment`].
    pub fn start_thread(
        &mut self,
        project: &str,
        iid: u64,
        author: &str,
        body: &str,
    ) -> anyhow::Result<u64> {
        self.write(project, iid, author, (Placement::NewThread, body, None))
    }

    /// Replies in a discussion as a user, and returns the note's id.
    ///
    /// # Errors
    ///
    /// As [`World::comment`]; there is no such discussion.
    pub fn reply(
        &mut self,
        project: &str,
        iid: u64,
        author: &str,
        (discussion, body): (&str, &str),
    ) -> anyhow::Result<u64> {
        self.write(project, iid, author, (Placement::Reply(discussion.to_owned()), body, None))
    }

    /// Replies as [`World::reply`] does, at a time of its own.
    ///
    /// # Errors
    ///
    /// As [`World::reply`].
    pub fn reply_at(
        &mut self,
        project: &str,
        iid: u64,
        author: &str,
        (discussion, body): (&str, &str),
        at: Timestamp,
    ) -> anyhow::Result<u64> {
        self.write(project, iid, author, (Placement::Reply(discussion.to_owned()), body, Some(at)))
    }

    /// Replaces the text of a note as its author.
    ///
    /// # Errors
    ///
    /// There is no such project, issue or note, or GitLab would not take the text; one of nothing
    /// but quick actions takes the note away.
    pub fn edit_comment(
        &mut self,
        project: &str,
        iid: u64,
        note: u64,
        body: &str,
    ) -> anyhow::Result<()> {
        let mut editor = self.editor(project, iid)?;
        let found = editor.issue.note(note).filter(|note| !note.system);
        let author = found.with_context(|| format!("issue {iid} has no comment {note}"))?.author;
        let author = editor.user(author).context("its author is gone")?;
        let actor = editor.as_actor(author);
        let edited = editor.edit(actor, note, body);
        match edited.map_err(|refusal| anyhow!("GitLab would not take the text: {refusal:?}"))? {
            Edited::Note => Ok(()),
            Edited::CommandsOnly { .. } => bail!("the text holds nothing but quick actions"),
        }
    }

    /// Deletes a note, and with its last note a discussion; the replies to a deleted note stay.
    ///
    /// # Errors
    ///
    /// There is no such project, issue or note.
    pub fn delete_comment(&mut self, project: &str, iid: u64, note: u64) -> anyhow::Result<()> {
        let mut editor = self.editor(project, iid)?;
        editor.issue.note(note).with_context(|| format!("issue {iid} has no note {note}"))?;
        editor.delete(note);
        Ok(())
    }

    /// Deletes every note of a discussion, and so the discussion: GitLab has no other way to
    /// delete a thread.
    ///
    /// # Errors
    ///
    /// There is no such project, issue or discussion.
    pub fn delete_thread(
        &mut self,
        project: &str,
        iid: u64,
        discussion: &str,
    ) -> anyhow::Result<()> {
        let mut editor = self.editor(project, iid)?;
        let thread = editor.issue.discussions.iter().find(|thread| thread.id == discussion);
        let thread = thread.with_context(|| format!("issue {iid} has no thread {discussion}"))?;
        let notes: Vec<u64> = thread.notes.iter().map(|note| note.id).collect();
        for note in notes {
            editor.delete(note);
        }
        Ok(())
    }

    /// Resolves a thread as a user, or opens it again; one that is so already stays as it is.
    ///
    /// # Errors
    ///
    /// There is no such project, issue, user or thread; a lone note is none; they may not:
    /// developers may, and the issue's author (GitLab docs: Discussions).
    pub fn resolve(
        &mut self,
        project: &str,
        iid: u64,
        discussion: &str,
        username: &str,
        resolved: bool,
    ) -> anyhow::Result<()> {
        let actor = self.person(project, username)?;
        let mut editor = self.editor(project, iid)?;
        let mut threads = editor.issue.discussions.iter().filter(|found| found.is_thread);
        ensure!(threads.any(|found| found.id == discussion), "there is no thread {discussion}");
        ensure!(actor.may_resolve(editor.issue), "{username} may not resolve threads");
        editor.resolve(actor, discussion, resolved);
        Ok(())
    }

    /// Reacts to a note as a user, with an emoji's name without colons, and returns the reaction's
    /// id. A reaction notifies nobody.
    ///
    /// # Errors
    ///
    /// There is no such project, issue, note or user; the name is unknown; they have already.
    pub fn react(
        &mut self,
        project: &str,
        iid: u64,
        note: u64,
        username: &str,
        name: &str,
    ) -> anyhow::Result<u64> {
        let actor = self.person(project, username)?;
        let reacted = self.editor(project, iid)?.react(actor, Target::Note(note), name);
        reacted.map_err(|refusal| anyhow!("GitLab would not take the reaction: {refusal:?}"))
    }

    fn write(
        &mut self,
        project: &str,
        iid: u64,
        author: &str,
        (place, body, at): (Placement, &str, Option<Timestamp>),
    ) -> anyhow::Result<u64> {
        let actor = self.person(project, author)?;
        match self.editor(project, iid)?.post(actor, &place, body, (false, at)) {
            Ok(Posted::Note { note, .. }) => Ok(note),
            Ok(Posted::CommandsOnly { .. }) => bail!("the text holds nothing but quick actions"),
            Err(refusal) => bail!("GitLab would not take the note: {refusal:?}"),
        }
    }
}
