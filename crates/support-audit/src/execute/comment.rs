//! Writes comments: alone, in a thread of their own, and never twice.

use api::gitlab::Note;
use api::{Error, ErrorKind};
use audit::plan::{Action, NewNotice, NoticePart};
use audit::record::description::stored;
use audit::record::marker::Marker;

use super::PACE;
use super::issue_client::IssueClient;
use super::look_twice::{look_twice, unanswered};
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
use crate::gather::ensure_open;

impl IssueClient<'_> {
    /// Writes a comment that stands alone; returns its page.
    pub(super) async fn comment(&self, body: &str, marker: &Marker) -> anyhow::Result<String> {
        ensure_open(&self.read().await?)?;
        let note = match self.gitlab.create_note(self.project, self.iid, body).await {
            Ok(note) => note.id,
            Err(error) => self.find_unanswered(body, marker, error).await?,
        };
        Ok(self.note_url(note))
    }

    /// Writes a notice: its first part opens a thread, in which the others follow; returns their pages.
    pub(super) async fn notice(&self, notice: &NewNotice) -> anyhow::Result<Vec<String>> {
        ensure_open(&self.read().await?)?;
        let mut pages = Vec::new();
        let mut thread: Option<String> = None;
        for NoticePart { body, marker } in &notice.parts {
            let note = match &thread {
                None => {
                    let opened = self.gitlab.create_discussion(self.project, self.iid, body).await;
                    match opened {
                        Ok(opened) => {
                            thread = Some(opened.id);
                            opened.notes.first().map(|note| note.id)
                        }
                        Err(error) => {
                            let note = self.find_unanswered(body, marker, error).await?;
                            thread = self.thread_of(note).await?;
                            Some(note)
                        }
                    }
                }
                Some(thread) => {
                    self.ctx.pause(PACE).await;
                    match self.gitlab.reply(self.project, self.iid, thread, body).await {
                        Ok(note) => Some(note.id),
                        Err(error) => Some(self.find_unanswered(body, marker, error).await?),
                    }
                }
            };
            pages.extend(note.map(|note| self.note_url(note)));
        }
        Ok(pages)
    }

    /// The id of the thread that a note is in.
    async fn thread_of(&self, note: u64) -> Result<Option<String>, Error> {
        let threads = self.gitlab.discussions(self.project, self.iid).await?;
        let holds = |notes: &[Note]| notes.iter().any(|other| other.id == note);
        Ok(threads.into_iter().find(|thread| holds(&thread.notes)).map(|thread| thread.id))
    }

    /// Finds a comment whose writing had no answer.
    async fn find_unanswered(
        &self,
        body: &str,
        marker: &Marker,
        error: Error,
    ) -> anyhow::Result<u64> {
        if !error.may_have_arrived() {
            return Err(anyhow::Error::new(error).context("could not comment"));
        }
        self.ctx.ui.warn(&format!("no answer to the comment ({error}); looking for it"));
        let me = self.ctx.user().await?;
        let found = look_twice(self.ctx, async || {
            let notes = self.notes().await?;
            let is_it =
                |note: &&Note| note.author.id == me.id && stored(&note.body) == stored(body);
            Ok(notes.iter().rev().find(is_it).map(|note| note.id))
        })
        .await?;
        let what = format!("the comment `{}`", marker.content.as_str());
        found.ok_or_else(|| unanswered(&what, &error).into())
    }

    /// Replaces a comment of ours that is still what we expect; returns its page.
    pub(super) async fn edit(
        &self,
        note: u64,
        expected: &str,
        body: &str,
    ) -> anyhow::Result<String> {
        match self.gitlab.note(self.project, self.iid, note).await {
            Ok(present) if stored(&present.body) == stored(expected) => {}
            Ok(_) | Err(Error { kind: ErrorKind::NotFound { .. }, .. }) => {
                return Err(changed(&self.note_url(note)).into());
            }
            Err(error) => return Err(error.into()),
        }
        match self.gitlab.update_note(self.project, self.iid, note, body).await {
            Ok(_) => {}
            Err(error) if error.may_have_arrived() => {
                self.ctx.ui.warn(&format!("no answer to the edit ({error}); looking at it"));
                let found = look_twice(self.ctx, async || {
                    let present = self.gitlab.note(self.project, self.iid, note).await?;
                    Ok((stored(&present.body) == stored(body)).then_some(()))
                })
                .await?;
                found.ok_or_else(|| unanswered("the edit of a comment", &error))?;
            }
            Err(error) => {
                return Err(anyhow::Error::new(error).context("could not edit a comment"));
            }
        }
        Ok(self.note_url(note))
    }

    /// Deletes a comment of ours that is still what we expect; one that is gone already is as good.
    pub(super) async fn delete(&self, note: u64, expected: &str) -> anyhow::Result<()> {
        match self.gitlab.note(self.project, self.iid, note).await {
            Ok(present) if stored(&present.body) == stored(expected) => {}
            Ok(_) => return Err(changed(&self.note_url(note)).into()),
            Err(Error { kind: ErrorKind::NotFound { .. }, .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        match self.gitlab.delete_note(self.project, self.iid, note).await {
            Ok(()) | Err(Error { kind: ErrorKind::NotFound { .. }, .. }) => Ok(()),
            Err(error) => Err(anyhow::Error::new(error).context("could not delete a comment")),
        }
    }
}

fn changed(page: &str) -> Failure {
    Failure::new(
        Exit::Conflict,
        format!("somebody changed or deleted the comment {page} meanwhile"),
    )
    .hint("run the command again: it starts from what is there")
}

/// Takes back what a notice of ours asks although an earlier one asks it already; the ids of the
/// comments that are gone.
pub(crate) async fn take_back(ctx: &Ctx, corrections: &[Action]) -> anyhow::Result<Vec<u64>> {
    let mut deleted = Vec::new();
    for correction in corrections {
        match correction {
            Action::EditComment { iid, note, expected, body, .. } => {
                IssueClient::new(ctx, *iid).await?.edit(*note, expected, body).await?;
            }
            Action::DeleteComment { iid, note, expected } => {
                IssueClient::new(ctx, *iid).await?.delete(*note, expected).await?;
                deleted.push(*note);
            }
            _ => {}
        }
    }
    if !corrections.is_empty() {
        ctx.ui.warn(
            "somebody else wrote a notice at the same time: what is doubled in yours is taken out, but its e-mails have gone out",
        );
    }
    Ok(deleted)
}
