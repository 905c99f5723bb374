//! Writes comments: alone, in threads, and never twice.

use api::{Error, ErrorKind};
use audit::plan::Action;
use audit::record::description::stored;

use super::issue_client::IssueClient;
use super::look_twice::{look_twice, unanswered};
use crate::ctx::Ctx;
use crate::gather::ensure_open;

impl IssueClient<'_> {
    /// Writes a comment, opens a thread or replies in one; its page.
    pub(super) async fn comment(&self, action: &Action) -> anyhow::Result<Option<String>> {
        let (gitlab, project, iid) = (self.gitlab, self.project, self.iid);
        let (body, marker, written) = match action {
            Action::Comment { body, marker, .. } => {
                ensure_open(&self.read().await?)?;
                let note = gitlab.create_note(project, iid, body).await;
                (body, marker, note.map(|note| Some(note.id)))
            }
            Action::OpenThread { body, marker, .. } => {
                let opened = gitlab.create_discussion(project, iid, body).await;
                (body, marker, opened.map(|thread| thread.notes.first().map(|note| note.id)))
            }
            Action::Reply { thread, body, marker, .. } => {
                let note = gitlab.reply(project, iid, thread, body).await;
                (body, marker, note.map(|note| Some(note.id)))
            }
            _ => return Ok(None),
        };
        let note = match written {
            Ok(Some(note)) => note,
            Ok(None) => return Ok(None),
            Err(error) if error.may_have_arrived() => {
                self.ctx.ui.warn(&format!("no answer to the comment ({error}); looking for it"));
                let found = self.look_for_comment(body).await?;
                let what = format!("the comment `{}`", marker.marked.as_str());
                found.ok_or_else(|| unanswered(&what, &error))?
            }
            Err(error) => return Err(anyhow::Error::new(error).context("could not comment")),
        };
        Ok(Some(self.note_url(note)))
    }

    async fn look_for_comment(&self, body: &str) -> Result<Option<u64>, Error> {
        let me = self.gitlab.user().await?;
        look_twice(self.ctx, async || {
            let notes = self.notes().await?;
            let is_it = |note: &&api::gitlab::Note| {
                note.author.id == me.id && stored(&note.body) == stored(body)
            };
            Ok(notes.iter().rev().find(is_it).map(|note| note.id))
        })
        .await
    }

    /// Resolves a thread, or opens it again; where GitLab does not let us, the words in it must do.
    pub(super) async fn resolve(&self, thread: &str, resolved: bool) -> anyhow::Result<()> {
        match self.gitlab.resolve(self.project, self.iid, thread, resolved).await {
            Ok(_) => Ok(()),
            Err(error)
                if matches!(
                    error.kind,
                    ErrorKind::Forbidden { .. }
                        | ErrorKind::InsufficientScope { .. }
                        | ErrorKind::NotFound { .. }
                ) =>
            {
                self.ctx.ui.say(&format!("the thread {thread} could not be resolved: {error}"));
                Ok(())
            }
            // It is only the visible sign: the next run does it, if this one did not arrive.
            Err(error) if error.may_have_arrived() => {
                self.ctx.ui.warn(&format!("no answer to resolving the thread {thread}: {error}"));
                Ok(())
            }
            Err(error) => Err(anyhow::Error::new(error).context("could not resolve a thread")),
        }
    }

    /// Deletes a comment of ours; one that is gone already is as good.
    pub(super) async fn delete(&self, note: u64) -> anyhow::Result<()> {
        match self.gitlab.delete_note(self.project, self.iid, note).await {
            Ok(()) | Err(Error { kind: ErrorKind::NotFound { .. }, .. }) => Ok(()),
            Err(error) => Err(anyhow::Error::new(error).context("could not delete a comment")),
        }
    }
}

/// Deletes comments of ours that somebody else's say already; their mail has gone out.
pub(crate) async fn delete_duplicates(ctx: &Ctx, iid: u64, notes: &[u64]) -> anyhow::Result<()> {
    let issue = IssueClient::new(ctx, iid).await?;
    for note in notes {
        issue.delete(*note).await?;
    }
    if !notes.is_empty() {
        let count = notes.len();
        ctx.ui.warn(&format!(
            "somebody else wrote at the same time: {count} of our comments said the same and were deleted, but their e-mails have gone out"
        ));
    }
    Ok(())
}
