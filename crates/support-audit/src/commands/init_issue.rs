//! `init-issue`: the audit's issue, made once.

use anyhow::Context as _;
use api::gitlab::{Issue, Member, User};
use audit::calendar::Period;
use audit::kinds::Kind;
use audit::plan::Plan;
use audit::record::conversation::audit_of_issue;
use audit::record::description::marker;
use audit::record::marker::{Content, MarkerHeader};
use audit::roster::{Field, Person};
use audit::steps::init_issue::{self, Beginning, Existing, Opening};
use clap::Args;
use serde::Serialize;

use crate::args::Format;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
use crate::execute::{self, Outcome, WriteFlags};
use crate::gather::{self, Operators, Visibility, is_closed, is_moved};
use crate::ui;

/// Make the audit's issue, or print the one that is there
///
/// Prints the issue's address. There is one issue for each kind and period.
#[derive(Debug, Args)]
pub(crate) struct InitIssue {
    /// The audit's period [default: the current quarter if it is audited, else the next that is]
    #[arg(long, value_name = "FY28-Q1")]
    period: Option<Period>,
    /// The issue's template in the project, or `builtin`
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    #[command(flatten)]
    write_flags: WriteFlags,
}

/// The name that means the template of the program itself.
const BUILTIN: &str = "builtin";

impl InitIssue {
    pub(crate) async fn exec(self, ctx: &Ctx) -> anyhow::Result<Exit> {
        ui::format(ctx.global.format, Format::Table, &[Format::Table, Format::Json])?;
        let kind: Kind = ctx.global.kind;
        let gitlab = ctx.gitlab().await?;
        let could_not = || format!("could not look at the project {}", ctx.audits_project());
        let found = gitlab.project(ctx.audits_project()).await.with_context(could_not)?;
        ctx.follow_project(&found.path_with_namespace);
        let project = ctx.audits_project();
        // The period depends on the day, and GitLab's clock is known from its first answer.
        let period = self.period(ctx);
        let progress = ctx.ui.progress(&format!("looking for the audit {period} in {project}"));
        let visibility = Visibility::from_project(&found);
        let overdue = ctx.config.calendar.overdue(ctx.today());
        let filter = gather::issues_since(ctx, period.min(overdue));
        let issues = gitlab.issues(project, filter).await?;
        let operator = ctx.user().await?;
        let operators = Operators::resolve(ctx).await?;
        let confidential =
            ctx.config.confidential.unwrap_or(visibility.needs_confidential_issues());
        let existing = existing_issues(&issues, &operators);
        warn_of_others(ctx, &issues, &operators, kind, period);
        warn_of_overdue(ctx, &existing, kind, (period, overdue));
        let mut opening = Opening {
            kind,
            period,
            calendar: &ctx.config.calendar,
            today: ctx.today(),
            project,
            template: "",
            labels: &ctx.config.labels,
            operator: (operator.id, &operator.username),
            confidential,
        };
        let found = init_issue::plan(&opening, &existing);
        if let Some(exit) = there_already(ctx, &found, &issues)? {
            return Ok(exit);
        }
        let template = self.template(ctx, kind).await?;
        drop(progress);
        let (disarmed, quick_actions) = init_issue::disarm_quick_actions(&template);
        let runs_quick_actions =
            !quick_actions.is_empty() && self.confirm_quick_actions(ctx, &quick_actions).await?;
        opening.template = if runs_quick_actions { &template } else { &disarmed };
        let Beginning::Make(mut plan) = init_issue::plan(&opening, &existing) else {
            return Ok(Exit::Success);
        };
        plan.notes.extend(unseen(ctx, operator, visibility.level_to_see(confidential)).await);
        if !quick_actions.is_empty() {
            let verb = if runs_quick_actions { "run" } else { "stay text and do not run" };
            plan.notes
                .push(format!("the template's quick actions {verb}: {}", quick_actions.join(", ")));
        }
        let notes = plan.notes.clone();
        let mut made_meanwhile = None;
        let replan = async || {
            let issues = gitlab.issues(project, filter).await?;
            let existing = existing_issues(&issues, &operators);
            let found = init_issue::plan(&opening, &existing);
            made_meanwhile = there_already(ctx, &found, &issues)?;
            Ok(match found {
                Beginning::Make(plan) => Plan { notes: notes.clone(), ..plan },
                Beginning::Exists(_) | Beginning::Unmarked(_) => Plan::default(),
            })
        };
        let outcome = execute::apply(ctx, plan, self.write_flags, replan).await;
        if let Some(exit) = made_meanwhile {
            // Somebody else made it, and its address has been printed.
            return Ok(exit);
        }
        if let Outcome::Done(pages) = outcome? {
            pages.iter().try_for_each(|page| print(ctx, page))?;
        }
        Ok(Exit::Success)
    }

    /// Asks whether the template's quick actions run; `--yes` does not say so, since whoever edits the
    /// template would act with the operator's rights.
    async fn confirm_quick_actions(
        &self,
        ctx: &Ctx,
        quick_actions: &[String],
    ) -> anyhow::Result<bool> {
        if !self.write_flags.asks(ctx) {
            return Ok(false);
        }
        ctx.ui
            .show_lines(&format!("The template holds quick actions: {}", quick_actions.join(", ")));
        ctx.ui.ask("Run them as you", false).await
    }

    /// The period that was named, or the audit of today.
    fn period(&self, ctx: &Ctx) -> Period {
        let calendar = &ctx.config.calendar;
        if let Some(period) = self.period {
            if !calendar.is_audited(period) {
                ctx.ui.warn(&format!("{period} is no quarter with an audit"));
            }
            return period;
        }
        let (current, audit) = (calendar.period(ctx.today()), calendar.audit(ctx.today()));
        if current != audit {
            ctx.ui.say(&format!("{current} has no audit; the next is that of {audit}"));
        }
        audit
    }

    async fn template(&self, ctx: &Ctx, kind: Kind) -> anyhow::Result<String> {
        let name = self.template.as_ref().unwrap_or(&ctx.config.template);
        if name == BUILTIN {
            return Ok(kind.spec().template.to_owned());
        }
        let gitlab = ctx.gitlab().await?;
        let project = ctx.audits_project();
        match gitlab.template(project, name).await {
            Ok(text) => Ok(text),
            Err(api::Error { kind: api::ErrorKind::NotFound { .. }, .. }) => {
                let names = gitlab.templates(project).await?;
                let message = format!("{project} has no issue template {name}");
                let names = match names.as_slice() {
                    [] => "it has none".to_owned(),
                    names => format!("it has {}", names.join(", ")),
                };
                let hint = format!("{names}; use --template NAME, or --template {BUILTIN}");
                Err(Failure::new(Exit::BadInput, message).hint(hint).into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The issues as the plan looks at them.
fn existing_issues(issues: &[Issue], operators: &Operators) -> Vec<Existing> {
    let mut existing = Vec::new();
    for issue in issues {
        existing.push(Existing {
            iid: issue.iid,
            title: issue.title.clone(),
            description: issue.description.clone(),
            is_open: !is_closed(issue),
            counts: operators.trusts(&issue.author),
        });
    }
    existing
}

/// Tells of the last audit that should have been and has no issue.
fn warn_of_overdue(ctx: &Ctx, existing: &[Existing], kind: Kind, (own, period): (Period, Period)) {
    let wanted = MarkerHeader { kind, period }.with(Content::Issue);
    if period != own
        && !existing.iter().any(|issue| marker(&issue.description).as_ref() == Some(&wanted))
    {
        ctx.ui.say(&format!(
            "the audit {period} is over and has no issue; --period {period} makes it"
        ));
    }
}

/// What `init-issue` prints for programs.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    url: &'a str,
}

fn print(ctx: &Ctx, url: &str) -> anyhow::Result<()> {
    match ui::format(ctx.global.format, Format::Table, &[Format::Table, Format::Json])? {
        Format::Json => {
            ctx.ui.result(&ui::json(&Document { schema: "support-audit/issue/1", url })?)
        }
        _ => ctx.ui.result(&format!("{url}\n")),
    }
}

/// Tells of issues that are marked as the audit by people whose markers do not count.
fn warn_of_others(ctx: &Ctx, issues: &[Issue], operators: &Operators, kind: Kind, period: Period) {
    let wanted = MarkerHeader { kind, period }.with(Content::Issue);
    let is_by_another = |issue: &&Issue| {
        marker(&issue.description).as_ref() == Some(&wanted) && !operators.trusts(&issue.author)
    };
    for issue in issues.iter().filter(is_by_another) {
        gather::warn_of_stranger(ctx, issue);
    }
}

/// Prints the issue that is there; nothing if one is to be made.
fn there_already(
    ctx: &Ctx,
    beginning: &Beginning,
    issues: &[Issue],
) -> anyhow::Result<Option<Exit>> {
    let of = |iid: u64| issues.iter().find(|issue| issue.iid == iid);
    match beginning {
        Beginning::Make(_) => Ok(None),
        Beginning::Unmarked(iid) => {
            let Some(issue) = of(*iid) else { return Ok(None) };
            let page = &issue.web_url;
            let (message, hint) = if let Err(broken) =
                audit_of_issue(&issue.title, &issue.description)
            {
                let hint = "repair the title or the marker at the end of the description";
                (format!("{page}: {broken}"), hint)
            } else {
                let hint = "give it another title if it is something else; else `run --write --adopt` takes it over";
                (format!("{page} has the audit's title, but no marker of ours"), hint)
            };
            Err(Failure::new(Exit::Conflict, message).hint(hint).into())
        }
        Beginning::Exists(iids) => {
            let mut found = iids.iter().filter_map(|iid| of(*iid));
            if let Some(issue) = found.next() {
                let state = match (is_moved(issue), is_closed(issue)) {
                    (true, _) => ", and was moved to another project",
                    (false, true) => ", and closed",
                    (false, false) => "",
                };
                ctx.ui.say(&format!("the issue is there already{state}"));
                if is_closed(issue) {
                    ctx.ui.say("--period makes that of another period");
                }
                print(ctx, &issue.web_url)?;
            }
            for twin in found.filter(|twin| !is_closed(twin)) {
                ctx.ui.warn(&format!("there is another one: close {}", twin.web_url));
            }
            Ok(Some(Exit::Success))
        }
    }
}

/// How many people of the roster will not see the issue, if anybody may not.
async fn unseen(ctx: &Ctx, operator: &User, level: Option<u64>) -> Option<String> {
    let level = level?;
    let counted = async {
        let source = gather::gitlab_roster(ctx).await?;
        let (roster, _) = gather::parse_roster(ctx, &source.files);
        let mut members = ctx.gitlab().await?.members(ctx.audits_project()).await?;
        // Whoever makes an issue sees it.
        let User { id, username, state } = operator.clone();
        members.push(Member { id, username, state, access_level: level });
        let blind = roster.people.iter().filter(|person| !may_see(person, &members, level)).count();
        anyhow::Ok((blind, roster.people.len()))
    };
    match counted.await {
        Ok((0, _)) => None,
        Ok((blind, all)) => {
            Some(format!("{blind} of {all} people of the roster will not be able to see the issue"))
        }
        Err(error) => Some(format!(
            "how many people of the roster will be able to see the issue is unknown: {error:#}"
        )),
    }
}

fn may_see(person: &Person, members: &[Member], level: u64) -> bool {
    let sees = |member: &&Member| member.access_level >= level && member.state == "active";
    members.iter().filter(sees).any(|member| match (&person.gitlab_id, &person.gitlab_username) {
        (Field::Value(id), _) => member.id == *id,
        (_, Field::Value(username)) => member.username.eq_ignore_ascii_case(username),
        _ => false,
    })
}
