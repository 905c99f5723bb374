//! Changes an issue's description, and never over what somebody else wrote.

use api::gitlab::{Issue, Note};
use api::{Error, ErrorKind};
use audit::record::description::{merge_again, stored};

use super::issue_client::IssueClient;
use super::look_twice::{look_twice, unanswered};
use crate::error::{Exit, Failure};
use crate::gather::ensure_open;

/// How often a description is merged with what others change, before a writing gives up.
const MERGES: usize = 3;

impl IssueClient<'_> {
    /// Replaces a description.
    ///
    /// Where somebody has changed it outside our marks since it was read, the two are merged.
    pub(super) async fn update_description(
        &self,
        read: &str,
        text: &str,
    ) -> anyhow::Result<String> {
        let iid = self.iid;
        let changed = || {
            Failure::new(Exit::Conflict, format!("somebody changed issue #{iid} meanwhile"))
                .hint("run the command again: it starts from what they wrote")
        };
        let kind = self.ctx.global.kind;
        let (mut read, mut text) = (read.to_owned(), text.to_owned());
        let mut attempts = 0;
        let last_note = loop {
            let last_note = self.last_note().await?;
            let now = self.read().await?;
            ensure_open(&now)?;
            if now.description == read {
                break last_note;
            }
            let merged = merge_again(&read, &text, &now.description, kind);
            text = merged.filter(|_| attempts < MERGES).ok_or_else(changed)?;
            read = now.description;
            attempts += 1;
        };
        let text = text.as_str();
        let written = match self.gitlab.update_description(self.project, iid, text).await {
            Ok(_) => self.read().await?,
            Err(error) if error.may_have_arrived() => {
                self.ctx
                    .ui
                    .warn(&format!("no answer to the new description ({error}); looking for it"));
                let found = self.look_for_description(text).await?;
                found.ok_or_else(|| unanswered("the new description", &error))?
            }
            Err(error) if error.kind == ErrorKind::Locked => {
                return Err(anyhow::Error::new(changed()).context(error.to_string()));
            }
            Err(error) => {
                return Err(anyhow::Error::new(error).context("could not change the description"));
            }
        };
        let is_last = stored(&written.description) == stored(text);
        // What somebody wrote after us, outside our marks, hurts nothing.
        if !is_last && merge_again(text, text, &written.description, kind).is_none() {
            let message = format!("issue #{iid} is not as it was written: somebody wrote as well");
            return Err(Failure::new(Exit::Conflict, message)
                .hint("look at the issue's history, and run the command again")
                .into());
        }
        self.refuse_overwritten(last_note, is_last).await?;
        Ok(written.web_url)
    }

    /// Refuses if somebody changed the description between our last look and our write.
    ///
    /// GitLab takes no condition with a change, so that moment stays; but it notes each change.
    /// `is_last` tells whether ours is the last one.
    async fn refuse_overwritten(&self, last_note: u64, is_last: bool) -> anyhow::Result<()> {
        let notes = self.notes().await?;
        // A ticked item of a checklist changes the description, and is noted in words of its own.
        let changes = ["changed the description", "marked the checklist item", "marked the task"];
        let is_change = |note: &&Note| {
            note.system && changes.iter().any(|beginning| note.body.starts_with(beginning))
        };
        let mut changes: Vec<_> =
            notes.iter().filter(|note| note.id > last_note).filter(is_change).collect();
        changes.sort_by_key(|note| note.id);
        if is_last {
            changes.pop();
        } else {
            // Those behind ours replaced nothing that we did not read; one before ours was replaced.
            let own = self.gitlab.user().await?.id;
            let ours = changes.iter().position(|note| note.author.id == own);
            changes.truncate(ours.unwrap_or(0));
        }
        let iid = self.iid;
        let Some(change) = changes.last() else { return Ok(()) };
        let message = format!(
            "{} changed issue #{iid} in the moment of our writing, which has replaced it",
            change.author.username
        );
        Err(Failure::new(Exit::Conflict, message)
            .hint("bring their words back from the issue's history")
            .into())
    }

    /// The highest number of the issue's notes, which grow with time.
    async fn last_note(&self) -> Result<u64, Error> {
        let notes = self.notes().await?;
        Ok(notes.iter().map(|note| note.id).max().unwrap_or(0))
    }

    async fn look_for_description(&self, text: &str) -> Result<Option<Issue>, Error> {
        look_twice(self.ctx, async || {
            let issue = self.read().await?;
            Ok((stored(&issue.description) == stored(text)).then_some(issue))
        })
        .await
    }
}
