//! Reads the issue in which an audit is recorded, with its comments.

use api::GitLab;
use api::gitlab::Note;
use audit::record::description::{Adopt, Broken};
use audit::report::Report;
use audit::steps::publish::{self, Comment, Target};

use super::issue::{AuditIssue, IssueSelector, ensure_open, resolve_issue};
use super::operators::Operators;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};

/// The issue in which an audit is recorded, with its comments.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) issue: AuditIssue,
    notes: Vec<Note>,
}

impl Record {
    /// Reads the audit's issue, open or closed.
    pub(crate) async fn read(
        ctx: &Ctx,
        selector: &IssueSelector,
        adopt: Adopt,
    ) -> anyhow::Result<Self> {
        let gitlab: &GitLab = ctx.gitlab().await?;
        let _progress = ctx.ui.progress("reading the audit's issue");
        let issue = resolve_issue(ctx, gitlab, selector, adopt).await?;
        let mut notes = gitlab.notes(&ctx.config.audits_project, issue.issue.iid).await?;
        notes.sort_by_key(|note| note.id);
        Ok(Self { issue, notes })
    }

    /// Reads the same issue and its comments again, directly before something is written into it.
    pub(crate) async fn read_again(&self, ctx: &Ctx) -> anyhow::Result<Self> {
        let issue = self.issue.read_again(ctx).await?;
        let mut notes =
            ctx.gitlab().await?.notes(&ctx.config.audits_project, issue.issue.iid).await?;
        notes.sort_by_key(|note| note.id);
        Ok(Self { issue, notes })
    }

    /// The comments of operators, in their order.
    pub(crate) fn comments(&self) -> Vec<Comment<'_>> {
        let operators: &Operators = &self.issue.operators;
        let ours = self.notes.iter().filter(|note| !note.system && operators.trusts(&note.author));
        ours.map(|note| Comment { body: &note.body, author: &note.author.username }).collect()
    }

    /// How many people the roster had when it was last recorded.
    pub(crate) fn recorded_people(&self) -> Option<usize> {
        publish::recorded_people(self.issue.marker, &self.comments())
    }

    /// What is to be done so that the issue, which must be open, holds the report.
    pub(crate) fn plan(&self, report: &Report, adopt: Adopt) -> Result<audit::plan::Plan, Failure> {
        let AuditIssue { issue, marker, .. } = &self.issue;
        ensure_open(issue)?;
        let target = Target { iid: issue.iid, description: &issue.description, marker: *marker };
        publish::plan(report, &target, &self.comments(), adopt).map_err(|broken| {
            let failure = Failure::new(Exit::Conflict, format!("{}: {broken}", issue.web_url));
            match broken {
                Broken::Head => {
                    failure.hint("give the table its head again; further columns go behind it")
                }
                Broken::Open => failure.hint("close it in the issue's description"),
                Broken::Marks(_) => failure.hint("repair the two marks in the issue's description"),
                Broken::Unmarked => failure
                    .hint("`run --write --adopt --dry-run` shows how they would be taken over"),
                Broken::TooLarge(_) => failure.hint("make the description shorter"),
            }
        })
    }
}
