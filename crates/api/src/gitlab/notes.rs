//! The comments of an issue: notes, their threads, and the reactions to them.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::client::{GitLab, project_path};
use super::wire::{User, author};
use crate::base_url::segment;
use crate::error::body::commands_summary;
use crate::error::{Error, ErrorKind};
use crate::http::Answer;
use crate::lenient::or_default;
use crate::pages;
use crate::request::Method;

#[cfg(test)]
mod tests;

/// A note: a comment, or a line of an issue's history (GitLab, "Notes API").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Note {
    /// The number within the instance.
    pub id: u64,
    /// The text as it is stored, which may be less than what was sent: GitLab runs and removes
    /// quick actions and trailing white space. Empty if the answer has none.
    #[serde(default, deserialize_with = "or_default")]
    pub body: String,
    /// The author, under the present name; the user 0 if GitLab no longer knows.
    #[serde(deserialize_with = "author")]
    pub author: User,
    /// When it was written.
    pub created_at: Timestamp,
    /// Whether GitLab wrote it to report a change.
    #[serde(default, deserialize_with = "or_default")]
    pub system: bool,
}

/// A thread, or a lone note (GitLab, "Discussions API").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Discussion {
    /// The identifier: 40 hex digits.
    pub id: String,
    /// The notes, the oldest first.
    #[serde(default, deserialize_with = "or_default")]
    pub notes: Vec<Note>,
}

/// A reaction to a note (GitLab, "Emoji reactions API"). GitLab notifies nobody of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Reaction {
    /// The number within the instance.
    pub id: u64,
    /// Who reacted, under the present name; the user 0 if GitLab no longer knows.
    #[serde(deserialize_with = "author")]
    pub user: User,
    /// When it was given.
    pub created_at: Timestamp,
}

impl GitLab {
    /// Lists the notes of an issue, the oldest first: `GET
    /// /projects/:id/issues/:issue_iid/notes` (GitLab, "Notes API", list all issue notes).
    pub async fn notes(&self, project: &str, iid: u64) -> Result<Vec<Note>, Error> {
        let path = issue_path(project, iid, "notes")?;
        let query = [("order_by", "created_at"), ("sort", "asc")];
        pages::all(&self.http, &path, &query, "the issue's notes", |note: &Note| note.id).await
    }

    /// Writes a note: `POST /projects/:id/issues/:issue_iid/notes` (GitLab, "Notes API"). Sent
    /// once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CommandsOnly`] if the text was nothing but quick actions, so that there is no
    /// note; [`ErrorKind::Forbidden`] also if the token may not do what a quick action says.
    pub async fn create_note(&self, project: &str, iid: u64, body: &str) -> Result<Note, Error> {
        let answer = self.post_note(&issue_path(project, iid, "notes")?, body).await?;
        self.http.json(&answer, "the new note")
    }

    /// Lists the threads of an issue with their notes, the oldest thread first: `GET
    /// /projects/:id/issues/:issue_iid/discussions` (GitLab, "Discussions API").
    pub async fn discussions(&self, project: &str, iid: u64) -> Result<Vec<Discussion>, Error> {
        let path = issue_path(project, iid, "discussions")?;
        pages::all(&self.http, &path, &[], "the issue's threads", |thread: &Discussion| {
            thread.id.clone()
        })
        .await
    }

    /// Opens a thread: `POST /projects/:id/issues/:issue_iid/discussions` (GitLab, "Discussions
    /// API"). Sent once.
    ///
    /// # Errors
    ///
    /// Those of [`create_note`](Self::create_note).
    pub async fn create_discussion(
        &self,
        project: &str,
        iid: u64,
        body: &str,
    ) -> Result<Discussion, Error> {
        let answer = self.post_note(&issue_path(project, iid, "discussions")?, body).await?;
        self.http.json(&answer, "the new thread")
    }

    /// Replies in a thread, or to a lone note, which becomes a thread: `POST
    /// /projects/:id/issues/:issue_iid/discussions/:discussion_id/notes` (GitLab, "Discussions
    /// API"). Sent once.
    ///
    /// # Errors
    ///
    /// Those of [`create_note`](Self::create_note).
    pub async fn reply(
        &self,
        project: &str,
        iid: u64,
        discussion_id: &str,
        body: &str,
    ) -> Result<Note, Error> {
        let rest = format!("discussions/{}/notes", segment(discussion_id)?);
        let answer = self.post_note(&issue_path(project, iid, &rest)?, body).await?;
        self.http.json(&answer, "the new reply")
    }

    /// Lists the reactions to a note: `GET
    /// /projects/:id/issues/:issue_iid/notes/:note_id/award_emoji` (GitLab, "Emoji reactions API").
    pub async fn reactions(
        &self,
        project: &str,
        iid: u64,
        note_id: u64,
    ) -> Result<Vec<Reaction>, Error> {
        let path = issue_path(project, iid, &format!("notes/{note_id}/award_emoji"))?;
        pages::all(&self.http, &path, &[], "the note's reactions", |reaction: &Reaction| {
            reaction.id
        })
        .await
    }

    /// Reads a note: `GET /projects/:id/issues/:issue_iid/notes/:note_id` (GitLab, "Notes API").
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] also if it was removed.
    pub async fn note(&self, project: &str, iid: u64, note_id: u64) -> Result<Note, Error> {
        let path = issue_path(project, iid, &format!("notes/{note_id}"))?;
        let answer = self.http.get(&path, &[]).await?;
        self.http.json(&answer, "the note")
    }

    /// Replaces a note's text, which mails nobody: `PUT
    /// /projects/:id/issues/:issue_iid/notes/:note_id` (GitLab, "Notes API"). Sent once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] also if it was removed.
    pub async fn update_note(
        &self,
        project: &str,
        iid: u64,
        note_id: u64,
        body: &str,
    ) -> Result<Note, Error> {
        let path = issue_path(project, iid, &format!("notes/{note_id}"))?;
        let body = json!({ "body": body });
        let answer = self.http.send(Method::Put, &path, Some(&body)).await?;
        self.http.json(&answer, "the changed note")
    }

    /// Removes a note: `DELETE /projects/:id/issues/:issue_iid/notes/:note_id` (GitLab, "Notes
    /// API"). Sent once. The e-mails about it have been sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] also if it was removed already.
    pub async fn delete_note(&self, project: &str, iid: u64, note_id: u64) -> Result<(), Error> {
        let path = issue_path(project, iid, &format!("notes/{note_id}"))?;
        self.http.send(Method::Delete, &path, None).await?;
        Ok(())
    }

    /// Sends a text that becomes a note.
    async fn post_note(&self, path: &str, body: &str) -> Result<Answer, Error> {
        let answer = self.http.send(Method::Post, path, Some(&json!({ "body": body }))).await?;
        if answer.status == 202 {
            let summary = commands_summary(&self.http.redact(&answer.body));
            return Err(answer.call.error(ErrorKind::CommandsOnly { summary }));
        }
        Ok(answer)
    }
}

/// The path of a call about something in an issue; `rest` is encoded.
fn issue_path(project: &str, iid: u64, rest: &str) -> Result<String, Error> {
    project_path(project, &format!("issues/{iid}/{rest}"))
}
