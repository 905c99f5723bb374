//! What is said in an issue: notes, the threads they stand in, and the reactions to them.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::client::{GitLab, within};
use super::wire::{User, author};
use crate::base_url::segment;
use crate::error::Error;
use crate::error::body::summary;
use crate::http::Answer;
use crate::lenient::or_default;
use crate::pages;
use crate::request::Verb;

#[cfg(test)]
mod tests;

/// A note: a comment, or a line of an issue's history (GitLab, "Notes API").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "GitLab tells each by itself")]
pub struct Note {
    /// The number within the instance.
    pub id: u64,
    /// The text as it is stored, which is less than what was sent: GitLab runs and removes quick
    /// actions and white space at the end. Empty where there is none.
    #[serde(default, deserialize_with = "or_default")]
    pub body: String,
    /// Who wrote it, under their present name; the user 0 where GitLab no longer knows.
    #[serde(deserialize_with = "author")]
    pub author: User,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was edited last; resolving may move it too.
    pub updated_at: Timestamp,
    /// Whether GitLab wrote it to tell of a change.
    #[serde(default, deserialize_with = "or_default")]
    pub system: bool,
    /// Whether guests cannot see it.
    #[serde(default, deserialize_with = "or_default")]
    pub internal: bool,
    /// Whether it is part of a thread that can be resolved.
    #[serde(default, deserialize_with = "or_default")]
    pub resolvable: bool,
    /// Whether it is resolved.
    #[serde(default, deserialize_with = "or_default")]
    pub resolved: bool,
    /// Who resolved it; `None` while it is not.
    #[serde(default)]
    pub resolved_by: Option<User>,
    /// When it was resolved; `None` while it is not.
    #[serde(default)]
    pub resolved_at: Option<Timestamp>,
}

/// A thread, or a lone note (GitLab, "Discussions API").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Discussion {
    /// The identity, of 40 hex digits.
    pub id: String,
    /// Whether it is a lone note that nobody has replied to; such a one cannot be resolved.
    #[serde(default, deserialize_with = "or_default")]
    pub individual_note: bool,
    /// Its notes, the oldest first.
    #[serde(default, deserialize_with = "or_default")]
    pub notes: Vec<Note>,
}

/// A reaction to a note (GitLab, "Emoji reactions API"). It tells nobody by mail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Reaction {
    /// The name of the emoji, without colons: `thumbsup`, `thumbsup_tone3`, `eyes`.
    pub name: String,
    /// Whose it is, under their present name; the user 0 where GitLab no longer knows.
    #[serde(deserialize_with = "author")]
    pub user: User,
    /// When it was given.
    pub created_at: Timestamp,
}

impl GitLab {
    /// All notes of an issue, the oldest first: `GET /projects/:id/issues/:issue_iid/notes`, all
    /// pages (GitLab, "Notes API", list all issue notes).
    pub async fn notes(&self, project: &str, iid: u64) -> Result<Vec<Note>, Error> {
        let query = [("order_by", "created_at"), ("sort", "asc")];
        pages::all(&self.http, &of_issue(project, iid, "notes")?, &query, "the issue's notes").await
    }

    /// Writes a note: `POST /projects/:id/issues/:issue_iid/notes` (GitLab, "Notes API"). Sent
    /// once.
    ///
    /// # Errors
    ///
    /// [`Error::CommandsOnly`] when the text was nothing but quick actions, so that there is no
    /// note; [`Error::Forbidden`] also when the token may not do what a quick action in it says.
    pub async fn create_note(&self, project: &str, iid: u64, body: &str) -> Result<Note, Error> {
        let answer = self.say(&of_issue(project, iid, "notes")?, body).await?;
        self.http.json(&answer, "the new note")
    }

    /// All notes of an issue in their threads, oldest thread first: `GET
    /// /projects/:id/issues/:issue_iid/discussions`, all pages (GitLab, "Discussions API").
    pub async fn discussions(&self, project: &str, iid: u64) -> Result<Vec<Discussion>, Error> {
        let path = of_issue(project, iid, "discussions")?;
        pages::all(&self.http, &path, &[], "the issue's threads").await
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
        let answer = self.say(&of_issue(project, iid, "discussions")?, body).await?;
        self.http.json(&answer, "the new thread")
    }

    /// Replies in a thread, or to a lone note, which makes it a thread: `POST
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
        let answer = self.say(&of_issue(project, iid, &rest)?, body).await?;
        self.http.json(&answer, "the new reply")
    }

    /// Resolves a thread, or opens it again: `PUT
    /// /projects/:id/issues/:issue_iid/discussions/:discussion_id` (GitLab, "Discussions API").
    /// Sent once. Gives the thread as it is then.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for who may not, such as a guest who did not make the issue, and for a
    /// lone note that nobody has replied to; [`Error::NotFound`] when the thread or the issue is
    /// not there.
    pub async fn resolve(
        &self,
        project: &str,
        iid: u64,
        discussion_id: &str,
        resolved: bool,
    ) -> Result<Discussion, Error> {
        let rest = format!("discussions/{}", segment(discussion_id)?);
        let path = of_issue(project, iid, &rest)?;
        let body = json!({ "resolved": resolved });
        let answer = self.http.send(Verb::Put, &path, Some(&body)).await?;
        self.http.json(&answer, "the changed thread")
    }

    /// The reactions to a note: `GET
    /// /projects/:id/issues/:issue_iid/notes/:note_id/award_emoji`, all pages (GitLab, "Emoji
    /// reactions API").
    pub async fn reactions(
        &self,
        project: &str,
        iid: u64,
        note_id: u64,
    ) -> Result<Vec<Reaction>, Error> {
        let path = of_issue(project, iid, &format!("notes/{note_id}/award_emoji"))?;
        pages::all(&self.http, &path, &[], "the note's reactions").await
    }

    /// Removes a note: `DELETE /projects/:id/issues/:issue_iid/notes/:note_id` (GitLab, "Notes
    /// API"). Sent once. Its mails have gone.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] also when it was removed already.
    pub async fn delete_note(&self, project: &str, iid: u64, note_id: u64) -> Result<(), Error> {
        let path = of_issue(project, iid, &format!("notes/{note_id}"))?;
        self.http.send(Verb::Delete, &path, None).await.map(drop)
    }

    /// Sends a text that becomes a note.
    async fn say(&self, path: &str, body: &str) -> Result<Answer, Error> {
        let answer = self.http.send(Verb::Post, path, Some(&json!({ "body": body }))).await?;
        if answer.status == 202 {
            let summary = summary(&self.http.redacted(&answer.body));
            return Err(Error::CommandsOnly { call: answer.call, summary });
        }
        Ok(answer)
    }
}

/// The path of a call about what is in an issue; `rest` is encoded.
fn of_issue(project: &str, iid: u64, rest: &str) -> Result<String, Error> {
    within(project, &format!("issues/{iid}/{rest}"))
}
