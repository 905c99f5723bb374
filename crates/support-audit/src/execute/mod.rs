//! Carries out plans: shows, asks, does, reports. Nothing else writes to GitLab or to the audited
//! service.

mod comment;
mod description;
mod issue_client;
mod look_twice;
mod new_issue;
mod removal;

use std::time::Duration;

use audit::plan::{Action, Plan};
use audit::record::description::{merge_again, stored};
use clap::Args;
use serde::Serialize;

pub(crate) use comment::take_back;
use issue_client::IssueClient;

use crate::args::Format;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
use crate::gather::ensure_open;

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

impl WriteFlags {
    /// Whether the user is asked before anything is written.
    pub(crate) fn asks(self, ctx: &Ctx) -> bool {
        !self.yes && !self.dry_run && ctx.ui.may_ask()
    }
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

/// Shows a plan, asks, and carries it out.
///
/// Directly before the first write `replan` reads everything again and plans anew; it fails for an issue
/// that has been closed.
/// Where the plan has become another one, that is shown and asked about, or refused where nobody is there
/// to answer.
pub(crate) async fn apply(
    ctx: &Ctx,
    mut plan: Plan,
    write_flags: WriteFlags,
    mut replan: impl AsyncFnMut() -> anyhow::Result<Plan>,
) -> anyhow::Result<Outcome> {
    if write_flags.dry_run {
        let is_json = ctx.global.format == Some(Format::Json);
        let text = if is_json { document(&plan)? } else { crate::ui::lines(&plan.to_string()) };
        ctx.ui.result(&text)?;
        return Ok(Outcome::Shown);
    }
    loop {
        if !agree(ctx, &plan, write_flags).await? {
            return Ok(Outcome::Declined);
        }
        if plan.is_empty() {
            return Ok(Outcome::Done(Vec::new()));
        }
        let fresh = replan().await?;
        // The user has agreed to these actions, and to no others; what somebody wrote outside our marks
        // is none of them.
        if is_same(ctx, &plan, &fresh) {
            plan = fresh;
            break;
        }
        if write_flags.yes {
            return Err(changed_meanwhile().into());
        }
        ctx.ui.warn("something has changed meanwhile; this is the plan now");
        plan = fresh;
    }
    Ok(Outcome::Done(write(ctx, &plan).await?))
}

/// Whether a fresh plan does what another one does, beside what somebody changed outside our marks.
fn is_same(ctx: &Ctx, plan: &Plan, fresh: &Plan) -> bool {
    let is_same_action = |(action, fresh): (&Action, &Action)| match (action, fresh) {
        (
            Action::UpdateDescription { iid, read, text },
            Action::UpdateDescription { iid: fresh_iid, read: now, text: fresh_text },
        ) if read != now => {
            let merged = merge_again(read, text, now, ctx.global.kind);
            iid == fresh_iid && merged.is_some_and(|merged| stored(&merged) == stored(fresh_text))
        }
        _ => action == fresh,
    };
    plan.actions.len() == fresh.actions.len()
        && plan.actions.iter().zip(&fresh.actions).all(is_same_action)
}

/// Carries out a plan that was made from what was read a moment ago, and that somebody has already agreed
/// to.
pub(crate) async fn apply_at_once(ctx: &Ctx, plan: &Plan) -> anyhow::Result<Vec<String>> {
    ctx.ui.say_lines(&plan.to_string());
    write(ctx, plan).await
}

fn changed_meanwhile() -> Failure {
    let message = "something changed between the reading and the first write; nothing was written";
    Failure::new(Exit::Conflict, message)
        .hint("run the command again: it starts from what is there now")
}

/// Shows a plan, and asks for it unless there is nothing to do or `--yes` has answered.
async fn agree(ctx: &Ctx, plan: &Plan, write_flags: WriteFlags) -> anyhow::Result<bool> {
    if plan.is_empty() || write_flags.yes {
        ctx.ui.say_lines(&plan.to_string());
        return Ok(true);
    }
    ctx.ui.show_lines(&plan.to_string());
    if !ctx.ui.may_ask() {
        let message = "this changes things, and nobody is here to agree";
        return Err(Failure::new(Exit::Usage, message).hint("use --yes, or --dry-run").into());
    }
    let is_agreed = ctx.ui.ask("Do this?", false).await?;
    if !is_agreed {
        ctx.ui.say("nothing was changed");
    }
    Ok(is_agreed)
}

/// Carries out a plan, action by action; gives the pages of what was made or changed.
async fn write(ctx: &Ctx, plan: &Plan) -> anyhow::Result<Vec<String>> {
    let mut pages = Vec::new();
    let comments = plan.actions.iter().filter(|action| is_comment(action)).count();
    let progress = (comments > 1).then(|| ctx.ui.count("writing comments:", comments));
    let mut written = 0;
    for action in &plan.actions {
        if let (Action::Remove(_), Some(iid)) = (action, issue_of(plan)) {
            // Its record goes into the issue: an account must not vanish without a trace.
            ensure_open(&IssueClient::new(ctx, iid).await?.read().await?)?;
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
        }
    }
    Ok(pages)
}

/// The issue that a plan writes into, if it is there already.
fn issue_of(plan: &Plan) -> Option<u64> {
    plan.actions.iter().find_map(|action| match action {
        Action::UpdateDescription { iid, .. }
        | Action::Comment { iid, .. }
        | Action::EditComment { iid, .. }
        | Action::DeleteComment { iid, .. } => Some(*iid),
        Action::Notice(notice) => Some(notice.iid),
        Action::CreateIssue(_) | Action::Remove(_) => None,
    })
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
    matches!(action, Action::Comment { .. } | Action::Notice(_))
}

/// Carries out one action; gives the pages of what was made or changed.
async fn act(ctx: &Ctx, action: &Action) -> anyhow::Result<Vec<String>> {
    Ok(match action {
        Action::CreateIssue(new) => vec![new_issue::create(ctx, new).await?],
        Action::UpdateDescription { iid, read, text } => {
            let issue = IssueClient::new(ctx, *iid).await?;
            vec![issue.update_description(read, text).await?]
        }
        Action::Comment { iid, body, marker } => {
            vec![IssueClient::new(ctx, *iid).await?.comment(body, marker).await?]
        }
        Action::Notice(notice) => IssueClient::new(ctx, notice.iid).await?.notice(notice).await?,
        Action::EditComment { iid, note, expected, body, .. } => {
            vec![IssueClient::new(ctx, *iid).await?.edit(*note, expected, body).await?]
        }
        Action::DeleteComment { iid, note, expected } => {
            IssueClient::new(ctx, *iid).await?.delete(*note, expected).await?;
            Vec::new()
        }
        Action::Remove(removal) => {
            removal::remove(ctx, removal).await?;
            Vec::new()
        }
    })
}
