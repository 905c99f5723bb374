//! `submit-review`: the audit, handed to a manager.

use audit::followup::{Cases, FollowupInput};
use audit::plan::Action;
use audit::record::conversation::User;
use audit::record::description::Adopt;
use audit::steps::review::{self, Readiness};
use clap::Args;
use serde::Serialize;

use crate::args::Format;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
use crate::execute::{self, Outcome, WriteFlags};
use crate::gather::{self, AccountsMode, FollowupSources, Inputs, IssueSelector};
use crate::ui;

/// Ask a Support Operations Manager to review and close the audit
///
/// Refuses while something is open or unknown. A manager closes the issue, never this program.
#[derive(Debug, Args)]
pub(crate) struct SubmitReview {
    #[command(flatten)]
    inputs: Inputs,
    /// Post how it stands though something is open, and print the message for the manager
    #[arg(long)]
    unresolved: bool,
    /// Ask again, since the findings have changed
    #[arg(long)]
    again: bool,
    /// The GitLab username of the manager, instead of those of the configuration
    #[arg(long, value_name = "USERNAME")]
    manager: Option<String>,
    #[command(flatten)]
    selector: IssueSelector,
    #[command(flatten)]
    write_flags: WriteFlags,
}

impl SubmitReview {
    pub(crate) async fn exec(self, ctx: &Ctx) -> anyhow::Result<Exit> {
        let format = ui::format(ctx.global.format, Format::Table, &[Format::Table, Format::Json])?;
        self.refuse_nobody()?;
        let mode = if self.unresolved { AccountsMode::IfConfigured } else { AccountsMode::Always };
        let mut sources = gather::followup_sources(ctx, &self.inputs, &self.selector, mode).await?;
        gather::ensure_open(&sources.record.issue.issue)?;
        sources.read_reactions(ctx, ctx.now()).await?;
        self.choose_manager(ctx, &mut sources).await?;
        sources.resolve_managers(ctx).await?;
        sources.decisions(ctx).await?;
        let cases = sources.cases(ctx, ctx.now()).await?;
        let input = sources.input(ctx, ctx.now());
        let readiness = review::readiness(&input, &cases);
        let is_ready = readiness.is_ready() && sources.incomplete.is_none();
        if !is_ready && !self.unresolved {
            return Err(not_ready(ctx, sources.incomplete, &readiness).into());
        }
        // A summary claims nothing and mentions nobody, even where nothing is open.
        let is_ready = is_ready && !self.unresolved;
        let reviewer = review::reviewer(&input);
        let message = (!is_ready).then(|| direct_message(ctx, &input, &cases, reviewer));
        if let Some(page) = self.done(ctx, &readiness, is_ready, &input.issue.url)? {
            print(ctx, format, &[page], message)?;
            return sources.incomplete.map_or(Ok(Exit::Success), |failure| Err(failure.into()));
        }
        let asked = if is_ready { reviewer } else { None };
        if is_ready && asked.is_none() {
            let names = sources.managers().join(", ");
            let message =
                format!("no Support Operations Manager can be mentioned in the issue: {names}");
            return Err(Failure::new(Exit::NotReady, message)
                .hint("--manager names another one, who must be active and see the issue")
                .into());
        }
        if asked.is_some_and(|user| user.id == input.operator.id) {
            ctx.ui.warn(
                "you would be reviewing your own audit: name another manager if there is one",
            );
        }
        let table = if is_ready { table_change(&sources)? } else { None };
        let plan = review::plan(&input, &cases, &sources.report, asked, table);
        let asked = asked.cloned();
        let replan = async || {
            sources.read_all_again(ctx, &self.inputs, ctx.now()).await?;
            sources.decisions(ctx).await?;
            let cases = sources.cases(ctx, ctx.now()).await?;
            let input = sources.input(ctx, ctx.now());
            let readiness = review::readiness(&input, &cases);
            let is_still_ready = readiness.is_ready() && sources.incomplete.is_none();
            if is_ready && !is_still_ready {
                return Err(not_ready(ctx, sources.incomplete.clone(), &readiness).into());
            }
            let table = if is_ready { table_change(&sources)? } else { None };
            Ok(review::plan(&input, &cases, &sources.report, asked.as_ref(), table))
        };
        let outcome = execute::apply(ctx, plan, self.write_flags, replan).await?;
        match outcome {
            Outcome::Shown => {}
            Outcome::Declined => print(ctx, format, &[], None)?,
            Outcome::Done(pages) => print(ctx, format, &pages, message)?,
        }
        sources.incomplete.map_or(Ok(Exit::Success), |failure| Err(failure.into()))
    }

    /// Refuses a manager who is nobody, before anything is read.
    fn refuse_nobody(&self) -> Result<(), Failure> {
        let Some(manager) = &self.manager else { return Ok(()) };
        if manager.trim().trim_start_matches('@').is_empty() {
            return Err(Failure::new(Exit::Usage, "--manager names nobody")
                .hint("it takes the GitLab username of a Support Operations Manager"));
        }
        Ok(())
    }

    async fn choose_manager(&self, ctx: &Ctx, sources: &mut FollowupSources) -> anyhow::Result<()> {
        if let Some(username) = &self.manager {
            let username = username.trim().trim_start_matches('@');
            if ctx.gitlab().await?.user_by_name(username).await?.is_none() {
                let message = format!("GitLab knows no user {username}");
                return Err(Failure::new(Exit::Usage, message)
                    .hint("--manager takes the GitLab username of a Support Operations Manager")
                    .into());
            }
            sources.use_manager(username);
        } else if !sources.has_managers() {
            if !ctx.ui.may_ask() {
                let message = "no Support Operations Manager is configured";
                return Err(Failure::new(Exit::BadInput, message)
                    .hint("name one by --manager USERNAME, or `managers` in the configuration")
                    .into());
            }
            let question = "GitLab username of the Support Operations Manager who reviews";
            sources.use_manager(ctx.ui.ask_text(question).await?.trim());
        }
        Ok(())
    }

    /// The page of the comment that has asked for the review already.
    fn done(
        &self,
        ctx: &Ctx,
        readiness: &Readiness,
        is_ready: bool,
        url: &str,
    ) -> anyhow::Result<Option<String>> {
        let Some(asked) = readiness.asked.as_ref().filter(|asked| asked.is_complete == is_ready)
        else {
            return Ok(None);
        };
        let page = format!("{url}#note_{}", asked.note.id);
        match (readiness.is_current, self.again) {
            (true, _) => {
                let by = &asked.note.author.username;
                ctx.ui.say(&format!("{by} has already requested the review"));
                Ok(Some(page))
            }
            (false, true) => Ok(None),
            (false, false) => {
                let message =
                    format!("the review was asked for, and the findings have changed: {page}");
                Err(Failure::new(Exit::NotReady, message)
                    .hint("request it again with --again")
                    .into())
            }
        }
    }
}

/// The change of the issue's table, where that is not what is found now.
fn table_change(sources: &FollowupSources) -> anyhow::Result<Option<Action>> {
    let plan =
        sources.record.plan(&sources.report, &sources.digests, sources.accepted, Adopt::No)?;
    let mut actions = plan.actions.into_iter();
    Ok(actions.find(|action| matches!(action, Action::UpdateDescription { .. })))
}

/// What `submit-review` prints for programs.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    /// The pages of the comments that ask for the review.
    posted: &'a [String],
    direct_message: Option<DirectMessage>,
}

/// What the operator sends to a manager by Slack.
#[derive(Serialize)]
struct DirectMessage {
    /// The manager's id in Slack, else the username, if either is known.
    to: Option<String>,
    text: String,
}

fn print(
    ctx: &Ctx,
    format: Format,
    posted: &[String],
    direct_message: Option<DirectMessage>,
) -> anyhow::Result<()> {
    if format == Format::Json {
        let schema = "support-audit/review/1";
        return ctx.ui.result(&ui::json(&Document { schema, posted, direct_message })?);
    }
    for page in posted {
        ctx.ui.result(&format!("{page}\n"))?;
    }
    if let Some(DirectMessage { to, text }) = direct_message {
        let to = to.as_deref().unwrap_or("a Support Operations Manager");
        ctx.ui.result(&ui::lines(&format!("\nTo send by Slack to {to}:\n\n{text}")))?;
    }
    Ok(())
}

/// How many open things an error names; more stand above it, a line each.
const NAMED: usize = 3;

fn not_ready(ctx: &Ctx, incomplete: Option<Failure>, readiness: &Readiness) -> Failure {
    if let Some(failure) = incomplete {
        return failure;
    }
    let open = &readiness.open;
    let open = if open.len() > NAMED {
        ctx.ui.show_lines(&open.join("\n"));
        format!("{} things are open or unknown", open.len())
    } else {
        open.join("; ")
    };
    Failure::new(Exit::NotReady, format!("the audit is not ready: {open}")).hint(
        "`support-audit status` tells what comes next; --unresolved posts how it stands, for the manager",
    )
}

/// What to write to a manager: the one who would review, else the first, since a message elsewhere
/// needs no access to the issue.
fn direct_message(
    ctx: &Ctx,
    input: &FollowupInput<'_>,
    cases: &Cases,
    reviewer: Option<&User>,
) -> DirectMessage {
    let username = reviewer.map(|user| &user.username).or(input.managers.first());
    let slack = username.and_then(|username| slack(ctx, username));
    let to = slack.or(username.map(String::as_str)).map(str::to_owned);
    DirectMessage { to, text: review::direct_message(input, cases) }
}

/// The Slack id of a manager.
fn slack<'a>(ctx: &'a Ctx, username: &str) -> Option<&'a str> {
    let mut managers = ctx.config.managers.iter();
    let manager = managers.find(|manager| manager.username.eq_ignore_ascii_case(username));
    manager.and_then(|manager| manager.slack.as_deref())
}
