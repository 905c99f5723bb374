//! A sitting: what an operator decides at the terminal, each act stored before the next question.

use audit::followup::{self, Act, Due, PostedRecord, Refusal, Selection};
use audit::plan::Action;
use jiff::Timestamp;

use crate::ctx::Ctx;
use crate::error::{Exit, Failure, explain};
use crate::execute;
use crate::gather::FollowupSources;

/// The one record of a run, as far as it is written.
#[derive(Debug, Default)]
pub(super) struct Sitting {
    record: Option<PostedRecord>,
}

impl Sitting {
    /// Stores an act: makes the run's record, or adds to it by an edit. Whether it is stored; what a
    /// rule about people forbids is said, and does not stand in the way of what comes next.
    pub(super) async fn store(
        &mut self,
        ctx: &Ctx,
        sources: &mut FollowupSources,
        act: &Act,
        now: Timestamp,
    ) -> anyhow::Result<bool> {
        match self.try_store(ctx, sources, act, now).await {
            // Somebody changed or deleted the record: a new one begins.
            Err(error) if self.record.is_some() && explain(&error).exit == Exit::Conflict => {
                self.record = None;
                self.try_store(ctx, sources, act, now).await
            }
            stored => stored,
        }
    }

    /// Reads what was stored, so that the plan which follows counts it.
    pub(super) async fn finish(
        &self,
        ctx: &Ctx,
        sources: &mut FollowupSources,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        if self.record.is_some() {
            sources.read_again(ctx, now).await?;
        }
        Ok(())
    }

    async fn try_store(
        &mut self,
        ctx: &Ctx,
        sources: &mut FollowupSources,
        act: &Act,
        now: Timestamp,
    ) -> anyhow::Result<bool> {
        sources.read_again(ctx, now).await?;
        let selection = Selection {
            acts: vec![act.clone()],
            record: self.record.clone(),
            ..Selection::default()
        };
        let due = match plan_resolving_users(ctx, sources, &selection, now).await? {
            Ok(due) => due,
            Err(refusal) => {
                ctx.ui.warn(&refusal.to_string());
                return Ok(false);
            }
        };
        let Some(Action::Comment { body, .. } | Action::EditComment { body, .. }) =
            due.plan.actions.first()
        else {
            ctx.ui.say_lines(&due.plan.notes.join("\n"));
            return Ok(false);
        };
        let body = body.to_string();
        let pages = execute::apply_at_once(ctx, &due.plan).await?;
        let note = pages.first().and_then(|page| page.rsplit_once("#note_")?.1.parse().ok());
        if let (Some(note), Some(record)) = (note, due.record) {
            self.record = Some(PostedRecord { note, body, record });
        }
        Ok(true)
    }
}

/// The plan, once GitLab has been asked about everybody in it.
pub(super) async fn plan_resolving_users(
    ctx: &Ctx,
    sources: &mut FollowupSources,
    selection: &Selection,
    now: Timestamp,
) -> anyhow::Result<Result<Due, Refusal>> {
    loop {
        match followup::plan(&sources.input(ctx, now), selection) {
            Ok(due) if !due.inquiries.is_empty() => sources.inquire(ctx, due.inquiries).await?,
            planned => return Ok(planned),
        }
    }
}

/// Why nothing can be planned, for the user.
pub(super) fn refused(refusal: &Refusal) -> Failure {
    let exit = if refusal.is_usage() { Exit::Usage } else { Exit::NotReady };
    let failure = Failure::new(exit, refusal.to_string());
    match refusal {
        Refusal::TooManyComments { .. } => {
            failure.hint("delete comments of the issue that nobody needs any more, or use --limit")
        }
        Refusal::NoSuch(_) => failure.hint("`support-audit status` lists the findings"),
        _ => failure,
    }
}
