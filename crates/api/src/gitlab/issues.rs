//! Issues: finding, reading, making and changing them.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::client::{GitLab, within};
use super::wire::{User, author};
use crate::error::Error;
use crate::lenient::or_default;
use crate::pages;
use crate::request::Verb;

#[cfg(test)]
mod tests;

/// An issue (GitLab, "Issues API").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Issue {
    /// The number within the instance.
    pub id: u64,
    /// The number within the project, by which calls name it.
    pub iid: u64,
    /// The project it is in.
    pub project_id: u64,
    /// The title.
    pub title: String,
    /// The description as it is stored, which is less than what was sent: GitLab runs and removes
    /// quick actions and white space at the end. Empty where there is none.
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
    /// `opened` or `closed`.
    pub state: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When anything about it was changed last, labels and comments included.
    pub updated_at: Timestamp,
    /// When it was closed; `None` while it is open.
    #[serde(default)]
    pub closed_at: Option<Timestamp>,
    /// Who closed it; `None` while it is open, and where GitLab no longer knows.
    #[serde(default)]
    pub closed_by: Option<User>,
    /// Who made it; the user 0 where GitLab no longer knows.
    #[serde(deserialize_with = "author")]
    pub author: User,
    /// Who it is given to.
    #[serde(default, deserialize_with = "or_default")]
    pub assignees: Vec<User>,
    /// The names of its labels.
    #[serde(default, deserialize_with = "or_default")]
    pub labels: Vec<String>,
    /// The day on which it should be done.
    #[serde(default)]
    pub due_date: Option<Date>,
    /// Whether guests cannot see it, unless it is theirs.
    #[serde(default, deserialize_with = "or_default")]
    pub confidential: bool,
    /// Whether only members of the project can write in it.
    #[serde(default, deserialize_with = "or_default")]
    pub discussion_locked: bool,
    /// Its page; empty where the answer has none.
    #[serde(default)]
    pub web_url: String,
    /// How many comments people made.
    #[serde(default)]
    pub user_notes_count: u64,
}

/// Which issues a list is of, by their state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IssueState {
    /// Those that are open.
    Opened,
    /// Those that are closed.
    Closed,
    /// All.
    #[default]
    All,
}

/// Which issues a list is of; by default all of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IssueFilter<'a> {
    /// Their state.
    pub state: IssueState,
    /// The names of labels, of which each issue has all.
    pub labels: &'a [String],
    /// Words that the title holds. GitLab looks for words, not for the exact text, so what comes
    /// must be looked at again.
    pub search_in_title: Option<&'a str>,
}

/// What an issue is made of (GitLab, "Issues API", create an issue).
///
/// GitLab leaves out without a word what the token's user may not set, and assignees who are no
/// members: what was asked for must be compared with the [`Issue`] that comes back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct NewIssue {
    /// The title, of at most 255 characters.
    pub title: String,
    /// The description. Quick actions in it run.
    pub description: String,
    /// The names of labels; those that the project does not have are made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Who it is given to, by [`User::id`]; more than one only where GitLab's edition has that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assignee_ids: Vec<u64>,
    /// The day on which it should be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<Date>,
    /// Whether guests shall not see it.
    pub confidential: bool,
}

impl GitLab {
    /// The issues that the filter lets through, oldest first: `GET /projects/:id/issues`, all
    /// pages (GitLab, "Issues API", list project issues).
    pub async fn issues(
        &self,
        project: &str,
        filter: &IssueFilter<'_>,
    ) -> Result<Vec<Issue>, Error> {
        let state = match filter.state {
            IssueState::Opened => "opened",
            IssueState::Closed => "closed",
            IssueState::All => "all",
        };
        // The name of a label cannot hold a comma.
        let labels = filter.labels.join(",");
        let mut query = vec![("state", state), ("order_by", "created_at"), ("sort", "asc")];
        if !labels.is_empty() {
            query.push(("labels", &labels));
        }
        if let Some(words) = filter.search_in_title {
            query.extend([("search", words), ("in", "title")]);
        }
        pages::all(&self.http, &within(project, "issues")?, &query, "the project's issues").await
    }

    /// An issue: `GET /projects/:id/issues/:issue_iid` (GitLab, "Issues API").
    pub async fn issue(&self, project: &str, iid: u64) -> Result<Issue, Error> {
        let answer = self.http.get(&within(project, &format!("issues/{iid}"))?, &[]).await?;
        self.http.json(&answer, "the issue")
    }

    /// Makes an issue: `POST /projects/:id/issues` (GitLab, "Issues API"). Sent once.
    ///
    /// # Errors
    ///
    /// [`Error::Spam`] and [`Error::Captcha`] where the instance looks for spam,
    /// [`Error::Forbidden`] also when the token may not do what a quick action in the description
    /// says.
    pub async fn create_issue(&self, project: &str, issue: &NewIssue) -> Result<Issue, Error> {
        let path = within(project, "issues")?;
        let answer = self.http.send(Verb::Post, &path, Some(&json!(issue))).await?;
        self.http.json(&answer, "the new issue")
    }

    /// Replaces the description, whatever it is now: `PUT /projects/:id/issues/:issue_iid`
    /// (GitLab, "Issues API"). Sent once. Quick actions in the text run.
    ///
    /// # Errors
    ///
    /// [`Error::Locked`] when another change was under way, as well as those of
    /// [`create_issue`](Self::create_issue).
    pub async fn update_description(
        &self,
        project: &str,
        iid: u64,
        description: &str,
    ) -> Result<Issue, Error> {
        let path = within(project, &format!("issues/{iid}"))?;
        let body = json!({ "description": description });
        let answer = self.http.send(Verb::Put, &path, Some(&body)).await?;
        self.http.json(&answer, "the changed issue")
    }
}
