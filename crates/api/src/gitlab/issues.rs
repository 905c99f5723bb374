//! Issues: listing, reading, creating and changing them.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::client::{GitLab, project_path};
use super::wire::{User, author};
use crate::error::Error;
use crate::lenient::or_default;
use crate::pages;
use crate::request::Method;

#[cfg(test)]
mod tests;

/// An issue (GitLab, "Issues API").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Issue {
    /// The number within the instance.
    pub id: u64,
    /// The number within the project, by which calls name it.
    pub iid: u64,
    /// The title.
    pub title: String,
    /// The description as it is stored, which may be less than what was sent: GitLab runs and
    /// removes quick actions and trailing white space. Empty if the answer has none.
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
    /// `opened` or `closed`.
    pub state: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who closed it; `None` while it is open, and if GitLab no longer knows.
    #[serde(default)]
    pub closed_by: Option<User>,
    /// Who created it; the user 0 if GitLab no longer knows.
    #[serde(deserialize_with = "author")]
    pub author: User,
    /// The assignees.
    #[serde(default, deserialize_with = "or_default")]
    pub assignees: Vec<User>,
    /// The names of its labels.
    #[serde(default, deserialize_with = "or_default")]
    pub labels: Vec<String>,
    /// The day on which it is due.
    #[serde(default)]
    pub due_date: Option<Date>,
    /// Whether guests cannot see it, unless it is theirs.
    #[serde(default, deserialize_with = "or_default")]
    pub confidential: bool,
    /// The address of its page; empty if the answer has none.
    #[serde(default)]
    pub web_url: String,
    /// How texts refer to it.
    #[serde(default, deserialize_with = "or_default")]
    pub references: References,
    /// The number, within the instance, of the issue that it was moved to: GitLab closes an issue
    /// that is moved to another project and copies it there.
    #[serde(default)]
    pub moved_to_id: Option<u64>,
}

/// How texts refer to an issue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct References {
    /// The present full path of its project, `#`, and its number: `group/audits#17`; empty if the
    /// answer has none.
    #[serde(default)]
    pub full: String,
}

impl Issue {
    /// The present full path of the issue's project, which is another one than was asked for if the
    /// project was renamed or transferred.
    pub fn project_path(&self) -> Option<&str> {
        let (path, _) = self.references.full.rsplit_once('#')?;
        Some(path).filter(|path| !path.is_empty())
    }
}

/// The state of the issues to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IssueState {
    /// Open issues.
    Opened,
    /// Closed issues.
    Closed,
    /// All issues.
    #[default]
    All,
}

/// Which issues to list; by default all issues of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IssueFilter {
    /// Their state.
    pub state: IssueState,
    /// The instant since which they were created.
    pub created_after: Option<Timestamp>,
}

/// A new issue (GitLab, "Issues API", create an issue).
///
/// GitLab silently ignores what the token's user may not set, and assignees who are not members, so
/// the caller must compare the request with the [`Issue`] that comes back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct NewIssue {
    /// The title, of at most 255 characters.
    pub title: String,
    /// The description. Quick actions in it run.
    pub description: String,
    /// The names of labels; those that the project does not have are created.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// The assignees by [`User::id`]; only some editions of GitLab keep more than one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assignee_ids: Vec<u64>,
    /// The day on which it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<Date>,
    /// Whether it is hidden from guests.
    pub confidential: bool,
}

impl GitLab {
    /// Lists the issues that match the filter, oldest first: `GET /projects/:id/issues` (GitLab,
    /// "Issues API", list project issues).
    pub async fn issues(&self, project: &str, filter: IssueFilter) -> Result<Vec<Issue>, Error> {
        let state = match filter.state {
            IssueState::Opened => "opened",
            IssueState::Closed => "closed",
            IssueState::All => "all",
        };
        let created_after = filter.created_after.map(|instant| instant.to_string());
        let mut query = vec![("state", state), ("order_by", "created_at"), ("sort", "asc")];
        if let Some(instant) = &created_after {
            query.push(("created_after", instant));
        }
        let path = project_path(project, "issues")?;
        pages::all(&self.http, &path, &query, "the project's issues", |issue: &Issue| issue.iid)
            .await
    }

    /// Reads an issue: `GET /projects/:id/issues/:issue_iid` (GitLab, "Issues API").
    pub async fn issue(&self, project: &str, iid: u64) -> Result<Issue, Error> {
        let answer = self.http.get(&project_path(project, &format!("issues/{iid}"))?, &[]).await?;
        self.http.json(&answer, "the issue")
    }

    /// Creates an issue: `POST /projects/:id/issues` (GitLab, "Issues API"). Sent once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Spam`](crate::ErrorKind::Spam) and
    /// [`ErrorKind::Captcha`](crate::ErrorKind::Captcha) if the instance looks for spam,
    /// [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden) also if the token may not do what a
    /// quick action in the description says.
    pub async fn create_issue(&self, project: &str, issue: &NewIssue) -> Result<Issue, Error> {
        let path = project_path(project, "issues")?;
        let answer = self.http.send(Method::Post, &path, Some(&json!(issue))).await?;
        self.http.json(&answer, "the new issue")
    }

    /// Replaces the description, whatever it is now: `PUT /projects/:id/issues/:issue_iid`
    /// (GitLab, "Issues API"). Sent once. Quick actions in the text run.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Locked`](crate::ErrorKind::Locked) if another change was under way, as well as
    /// those of [`create_issue`](Self::create_issue).
    pub async fn update_description(
        &self,
        project: &str,
        iid: u64,
        description: &str,
    ) -> Result<Issue, Error> {
        let path = project_path(project, &format!("issues/{iid}"))?;
        let body = json!({ "description": description });
        let answer = self.http.send(Method::Put, &path, Some(&body)).await?;
        self.http.json(&answer, "the changed issue")
    }
}
