//! Reads the issue in which an audit is recorded, with its comments.

use std::collections::BTreeSet;

use audit::record::conversation::{self, Conversation, Note};
use audit::record::description::{Adopt, Broken, MarksFault};
use audit::record::marker::{Sizes, SourceDigests};
use audit::report::Report;
use audit::steps::publish::{self, Comment, Target};

use super::issue::{AuditIssue, IssueSelector, ensure_open, resolve_issue};
use super::threads::{read_conversation, user};
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};

/// The issue in which an audit is recorded, with its comments.
#[derive(Debug)]
pub(crate) struct Record {
    /// The audit's issue.
    pub(crate) issue: AuditIssue,
    /// The user who runs the program.
    pub(crate) operator: conversation::User,
    /// The ids of the users whose markers are trusted.
    pub(crate) operators: BTreeSet<u64>,
    /// The threads of the issue.
    pub(crate) conversation: Conversation,
}

impl Record {
    /// Reads the audit's issue, open or closed.
    pub(crate) async fn read(
        ctx: &Ctx,
        selector: &IssueSelector,
        adopt: Adopt,
    ) -> anyhow::Result<Self> {
        // Without a token nothing is read, and a prompt for one must not be drawn over.
        ctx.gitlab().await?;
        let _progress = ctx.ui.progress("reading the audit's issue");
        let issue = resolve_issue(ctx, selector, adopt).await?;
        let conversation = read_conversation(ctx, issue.issue.iid).await?;
        let operator = user(ctx.user().await?);
        let operators = issue.operators.ids.clone();
        Ok(Self { issue, operator, operators, conversation })
    }

    /// Reads the issue, which must still be open, and its threads again.
    pub(crate) async fn read_again(&mut self, ctx: &Ctx) -> anyhow::Result<()> {
        self.issue = self.issue.read_again(ctx).await?;
        let reactions = std::mem::take(&mut self.conversation.reactions);
        self.conversation = read_conversation(ctx, self.issue.issue.iid).await?;
        self.conversation.reactions = reactions;
        Ok(())
    }

    /// The comments of operators, in their order.
    fn comments(&self) -> Vec<Comment<'_>> {
        let notes = self.conversation.threads.iter().flat_map(|thread| &thread.notes);
        let mut notes: Vec<&Note> = notes
            .filter(|note| !note.is_system && self.operators.contains(&note.author.id))
            .collect();
        notes.sort_by_key(|note| note.id);
        notes
            .into_iter()
            .map(|note| Comment { body: &note.body, author: &note.author.username })
            .collect()
    }

    /// The sizes of roster and accounts that operators recorded last.
    pub(crate) fn recorded_sizes(&self) -> Sizes {
        self.conversation.recorded_sizes(self.issue.header, &self.operators)
    }

    /// What is to be done so that the issue, which must be open, holds the report.
    pub(crate) fn plan(
        &self,
        report: &Report,
        sources: &SourceDigests,
        accepted: Sizes,
        adopt: Adopt,
    ) -> Result<audit::plan::Plan, Failure> {
        let AuditIssue { issue, header, .. } = &self.issue;
        ensure_open(issue)?;
        let (iid, description) = (issue.iid, &issue.description);
        let target = Target { iid, description, header: *header, sources, accepted };
        publish::plan(report, &target, &self.comments(), adopt).map_err(|broken| {
            let failure = Failure::new(Exit::Conflict, format!("{}: {broken}", issue.web_url));
            match broken {
                Broken::Head => {
                    failure.hint("give the table its head again; further columns go behind it")
                }
                Broken::Open => failure.hint("close it in the issue's description"),
                Broken::Marks(MarksFault::UpperGone | MarksFault::LowerGone) => failure.hint(
                    "`run --write --adopt --dry-run` shows how the report would be taken over",
                ),
                Broken::Marks(_) => failure.hint("repair the two marks in the issue's description"),
                Broken::Unmarked => failure
                    .hint("`run --write --adopt --dry-run` shows how they would be taken over"),
                Broken::TooLarge(_) => failure.hint("make the description shorter"),
                Broken::Misplaced => failure.hint("nothing was written; report this as a bug"),
            }
        })
    }
}
