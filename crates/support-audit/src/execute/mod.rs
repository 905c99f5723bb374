//! Carries out plans: shows, asks, does, tells. Nothing else writes to GitLab or Calendly.

mod comment;
mod description;
mod issue_client;
mod look_twice;
mod new_issue;
mod removal;

use std::time::Duration;

use audit::plan::{Action, Plan};
use clap::Args;
use serde::Serialize;

pub(crate) use comment::delete_duplicates;
use issue_client::IssueClient;

use crate::args::Format;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};

/// How a command that writes goes about it.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct WriteFlags {
    /// Do what the plan says without asking
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,
    /// Show the plan, and do nothing
    #[arg(long, conflicts_with = "yes")]
    pub(crate) dry_run: bool,
}

/// What became of a plan.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was shown only.
    Shown,
    /// The user did not agree, and nothing was done.
    Declined,
    /// It was carried out; the pages of what was made or changed, in the plan's order.
    Done(Vec<String>),
}

impl Outcome {
    /// Reports which pages were written.
    pub(crate) fn report(self, ctx: &Ctx) {
        if let Self::Done(pages) = self {
            for page in pages {
                ctx.ui.say(&format!("written: {page}"));
            }
        }
    }
}

/// GitLab.com takes 60 notes a minute from a user (GitLab docs: Rate limits on note creation).
const PACE: Duration = Duration::from_secs(1);

/// After how many comments a plan is looked at again.
const LOOK_AGAIN: usize = 10;

/// Shows a plan, asks, and carries it out.
pub(crate) async fn apply(
    ctx: &Ctx,
    plan: &Plan,
    write_flags: WriteFlags,
) -> anyhow::Result<Outcome> {
    let again = async || Ok(plan.clone());
    apply_with(ctx, plan, write_flags, again).await
}

/// Shows a plan, asks, and carries it out; after the first comment and then after every tenth it is
/// made anew by `again`, and what is not in it any more is left out.
pub(crate) async fn apply_with(
    ctx: &Ctx,
    plan: &Plan,
    write_flags: WriteFlags,
    again: impl AsyncFn() -> anyhow::Result<Plan>,
) -> anyhow::Result<Outcome> {
    if write_flags.dry_run {
        let is_json = ctx.global.format == Some(Format::Json);
        let text = if is_json { document(plan)? } else { crate::ui::lines(&plan.to_string()) };
        ctx.ui.result(&text)?;
        return Ok(Outcome::Shown);
    }
    if plan.is_empty() || write_flags.yes {
        ctx.ui.say_lines(&plan.to_string());
    }
    if plan.is_empty() {
        return Ok(Outcome::Done(Vec::new()));
    }
    if !write_flags.yes {
        ctx.ui.show_lines(&plan.to_string());
        if !ctx.ui.may_ask() {
            let message = "this changes things, and nobody is here to agree";
            return Err(Failure::new(Exit::Usage, message).hint("use --yes, or --dry-run").into());
        }
        if !ctx.ui.ask("Do this?", false).await? {
            ctx.ui.say("nothing was changed");
            return Ok(Outcome::Declined);
        }
    }
    let mut pages = Vec::new();
    let mut current: Option<Plan> = None;
    let comments = plan.actions.iter().filter(|action| is_comment(action)).count();
    let progress = (comments > 1).then(|| ctx.ui.count("writing comments:", comments));
    let mut written = 0;
    for action in &plan.actions {
        if current.as_ref().is_some_and(|current| !current.actions.contains(action)) {
            ctx.ui.say("left out what somebody else has done meanwhile");
            continue;
        }
        if is_comment(action) && written > 0 {
            ctx.pause(PACE).await;
        }
        pages.extend(act(ctx, action).await?);
        if is_comment(action) {
            written += 1;
            if let Some(progress) = &progress {
                progress.advance();
            }
            if written == 1 || written % LOOK_AGAIN == 0 {
                current = Some(again().await?);
            }
        }
    }
    Ok(Outcome::Done(pages))
}

/// What `--dry-run` prints for programs.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    actions: Vec<String>,
    notes: &'a [String],
}

fn document(plan: &Plan) -> anyhow::Result<String> {
    let schema = "support-audit/plan/1";
    let actions = plan.actions.iter().map(Action::to_string).collect();
    crate::ui::json(&Document { schema, actions, notes: &plan.notes })
}

fn is_comment(action: &Action) -> bool {
    matches!(action, Action::Comment { .. } | Action::OpenThread { .. } | Action::Reply { .. })
}

/// Carries out one action; gives the page of what was made or changed, if it has one.
async fn act(ctx: &Ctx, action: &Action) -> anyhow::Result<Option<String>> {
    Ok(match action {
        Action::CreateIssue(new) => Some(new_issue::create(ctx, new).await?),
        Action::UpdateDescription { iid, read, text } => {
            let issue = IssueClient::new(ctx, *iid).await?;
            Some(issue.update_description(read, text).await?)
        }
        Action::Comment { iid, .. }
        | Action::OpenThread { iid, .. }
        | Action::Reply { iid, .. } => IssueClient::new(ctx, *iid).await?.comment(action).await?,
        Action::Resolve { iid, thread, resolved } => {
            IssueClient::new(ctx, *iid).await?.resolve(thread, *resolved).await?;
            None
        }
        Action::DeleteComment { iid, note } => {
            IssueClient::new(ctx, *iid).await?.delete(*note).await?;
            None
        }
        Action::Remove(removal) => {
            removal::remove(ctx, removal).await?;
            None
        }
    })
}
