//! One issue in GitLab, for everything that is written into it.

use api::gitlab::{Issue, Note};
use api::{Error, GitLab};

use crate::ctx::Ctx;
use crate::tokens::Service;

/// An issue of the audits' project, by its number.
///
/// `execute` makes one for each action; what it writes is in `description` and `comment`.
#[derive(Debug)]
pub(super) struct IssueClient<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) gitlab: &'a GitLab,
    /// The project's full path.
    pub(super) project: &'a str,
    /// The issue's number in its project.
    pub(super) iid: u64,
}

impl<'a> IssueClient<'a> {
    /// The issue of a number, with the client that the command already uses.
    pub(super) async fn new(ctx: &'a Ctx, iid: u64) -> anyhow::Result<Self> {
        let gitlab = ctx.gitlab().await?;
        Ok(Self { ctx, gitlab, project: ctx.audits_project(), iid })
    }

    /// Reads the issue.
    pub(super) async fn read(&self) -> Result<Issue, Error> {
        self.gitlab.issue(self.project, self.iid).await
    }

    /// Reads the issue's notes, those of the system too.
    pub(super) async fn notes(&self) -> Result<Vec<Note>, Error> {
        self.gitlab.notes(self.project, self.iid).await
    }

    /// The page of one of the issue's notes.
    pub(super) fn note_url(&self, note: u64) -> String {
        let Self { ctx, project, iid, .. } = self;
        format!("{}/{project}/-/issues/{iid}#note_{note}", ctx.config.url(Service::Gitlab))
    }
}
