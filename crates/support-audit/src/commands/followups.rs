//! `followups`: pings, escalations, and what came back.

use audit::followup::{self, Act, Advice, Due, FollowupInput, Refusal, Selection, State};
use audit::kinds::Kind;
use audit::plan::Plan;
use audit::record::conversation::User;
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::args::Format;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure, explain};
use crate::execute::{self, Moment, Outcome, WriteFlags};
use crate::gather::{self, AccountsMode, FollowupSources, Inputs, IssueSelector};
use crate::suggest::nearest;
use crate::ui;

/// Ask people about what was found, escalate after the wait, and tell what is fixed
///
/// Reads the issue's threads and the fresh sources, and does what is due. A finding is named as
/// `CHECK:SUBJECT`, as in `link-missing:ada@example.com`.
#[derive(Debug, Args)]
pub(crate) struct Followups {
    #[command(flatten)]
    inputs: Inputs,
    /// Show what would be due on this day or at this instant, and do nothing
    #[arg(long, value_name = "DATE", conflicts_with = "yes")]
    until: Option<String>,
    /// Only about these: names, e-mail addresses or GitLab usernames
    #[arg(long, value_name = "SUBJECT", num_args = 1..)]
    only: Vec<String>,
    /// Write at most so many comments
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Accept findings as they are
    #[arg(long, value_name = "FINDING", num_args = 1.., requires = "reason")]
    accept: Vec<String>,
    /// Ask about findings again
    #[arg(long, value_name = "FINDING", num_args = 1..)]
    ask_again: Vec<String>,
    /// Record that somebody was asked by e-mail
    #[arg(long, value_name = "SUBJECT")]
    sent: Vec<String>,
    /// Record that somebody answered elsewhere
    #[arg(long, value_name = "SUBJECT", requires = "reason")]
    answered: Vec<String>,
    /// Why findings are accepted, or what was answered
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    selector: IssueSelector,
    #[command(flatten)]
    write_flags: WriteFlags,
}

impl Followups {
    pub(crate) async fn exec(mut self, ctx: &Ctx) -> anyhow::Result<Exit> {
        let format = ui::format(ctx.global.format, Format::Table, &[Format::Table, Format::Json])?;
        let now = match &self.until {
            Some(text) => {
                self.write_flags.dry_run = true;
                instant(text)?
            }
            None => ctx.now,
        };
        let selection = self.selection(ctx.global.kind.into())?;
        let mut sources =
            gather::followup_sources(ctx, &self.inputs, &self.selector, AccountsMode::Always)
                .await?;
        gather::ensure_open(&sources.issue.issue)?;
        refuse_unread_exceptions(&sources)?;
        sources.read_reactions(ctx, now).await?;
        let due = plan_resolving_users(ctx, &mut sources, &selection, now, followup::plan).await?;
        let answers = selection.acts.is_empty()
            && format == Format::Table
            && !self.write_flags.yes
            && !self.write_flags.dry_run
            && format != Format::Json
            && ctx.ui.may_ask();
        self.apply(ctx, &mut sources, &selection, due, now, format).await?;
        if answers {
            self.settle_answers(ctx, &mut sources, &selection, now, format).await?;
        }
        sources.incomplete.map_or(Ok(Exit::Success), |failure| Err(failure.into()))
    }

    fn selection(&self, kind: Kind) -> Result<Selection, Failure> {
        let reason = self.reason.clone().unwrap_or_default();
        for finding in self.accept.iter().chain(&self.ask_again) {
            is_finding(kind, finding)?;
        }
        let acts = [&self.accept, &self.ask_again, &self.answered];
        if self.reason.is_some() && acts.iter().all(|it| it.is_empty()) {
            return Err(Failure::new(Exit::Usage, "--reason says nothing by itself")
                .hint("it goes with --accept, --ask-again or --answered"));
        }
        if reason.trim().is_empty() && !(self.accept.is_empty() && self.answered.is_empty()) {
            return Err(Failure::new(Exit::Usage, "--reason is empty")
                .hint("whoever reviews the audit wants to know why"));
        }
        let mut acts = Vec::new();
        if !self.accept.is_empty() {
            acts.push(Act::Accept { findings: self.accept.clone(), reason: reason.clone() });
        }
        if !self.ask_again.is_empty() {
            let reason = reason.clone();
            acts.push(Act::AskAgain { findings: self.ask_again.clone(), reason });
        }
        acts.extend(self.sent.iter().map(|it| Act::Sent { subject: it.clone() }));
        acts.extend(
            self.answered
                .iter()
                .map(|subject| Act::Answered { subject: subject.clone(), reason: reason.clone() }),
        );
        Ok(Selection { only: self.only.clone(), limit: self.limit, acts })
    }

    /// Shows each answer, asks what is to become of it, and does that at once: whoever stops in the
    /// middle has done what was said so far.
    async fn settle_answers(
        &self,
        ctx: &Ctx,
        sources: &mut FollowupSources,
        selection: &Selection,
        now: Timestamp,
        format: Format,
    ) -> anyhow::Result<()> {
        for (finding, shown) in answered(&sources.facts(ctx, now), selection) {
            ctx.ui.show_lines(&shown);
            let Some(act) = ask_about_answer(ctx, &finding).await? else { continue };
            sources.read_again(ctx).await?;
            let selection = Selection { acts: vec![act], ..Selection::default() };
            match plan_resolving_users(ctx, sources, &selection, now, followup::plan).await {
                Ok(due) => self.apply(ctx, sources, &selection, due, now, format).await?,
                // What cannot be done about one finding does not stand in the way of the others.
                Err(error) => match explain(&error) {
                    failure if failure.exit == Exit::Usage => ctx.ui.warn(&failure.message),
                    _ => return Err(error),
                },
            }
        }
        Ok(())
    }

    /// Shows, asks, writes, and looks whether somebody else wrote the same.
    async fn apply(
        &self,
        ctx: &Ctx,
        sources: &mut FollowupSources,
        selection: &Selection,
        due: Due,
        now: Timestamp,
        format: Format,
    ) -> anyhow::Result<()> {
        let Due { plan, advice, .. } = due;
        if format == Format::Json && self.write_flags.dry_run {
            return print(ctx, format, &plan, &[], &advice);
        }
        let is_empty = plan.is_empty();
        let replan = async |moment| {
            let plan = match moment {
                Moment::BeforeFirstWrite => {
                    sources.read_all_again(ctx, &self.inputs, now).await?;
                    refuse_unread_exceptions(sources)?;
                    followup::plan
                }
                // An act is what the operator wants, whatever others do.
                Moment::BetweenWrites if !selection.acts.is_empty() => return Ok(None),
                Moment::BetweenWrites => {
                    sources.read_again(ctx).await?;
                    followup::still_due
                }
            };
            let due = plan_resolving_users(ctx, sources, selection, now, plan).await?;
            Ok(Some(due.plan))
        };
        let outcome =
            execute::apply_replanning(ctx, plan.clone(), self.write_flags, replan).await?;
        if let (Outcome::Done(pages), false) = (&outcome, is_empty) {
            sources.read_again(ctx).await?;
            let me = sources.operator.id;
            let twice = followup::duplicates(&sources.facts(ctx, now), me);
            execute::delete_duplicates(ctx, sources.issue.issue.iid, &twice).await?;
            print(ctx, format, &plan, pages, &advice)
        } else {
            print(ctx, format, &plan, &[], &advice)
        }
    }
}

/// Refuses to ask anybody while an exception may justify them unread.
fn refuse_unread_exceptions(sources: &FollowupSources) -> Result<(), Failure> {
    let Some(unread) = &sources.unread_exceptions else { return Ok(()) };
    let message = format!("some of the exceptions cannot be read: {unread}");
    Err(Failure::new(Exit::BadInput, message)
        .hint("repair them: they may justify somebody, who would be asked"))
}

/// The plan, once GitLab has been asked about everybody in it.
async fn plan_resolving_users(
    ctx: &Ctx,
    sources: &mut FollowupSources,
    selection: &Selection,
    now: Timestamp,
    plan: fn(&FollowupInput<'_>, &Selection, &User, &str) -> Result<Due, Refusal>,
) -> anyhow::Result<Due> {
    loop {
        let operator: User = sources.operator.clone();
        let url = sources.issue.issue.web_url.clone();
        let facts = sources.facts(ctx, now);
        let due = plan(&facts, selection, &operator, &url).map_err(|it| refused(&it))?;
        if due.inquiries.is_empty() {
            return Ok(due);
        }
        sources.inquire(ctx, due.inquiries).await?;
    }
}

fn refused(refusal: &Refusal) -> Failure {
    let failure = Failure::new(Exit::NotReady, refusal.to_string());
    match refusal {
        Refusal::TooManyComments { left: 0 } => {
            failure.hint("delete comments of the issue that nobody needs any more")
        }
        Refusal::TooManyMentions { left: 0, .. } => failure.hint("run the command again tomorrow"),
        Refusal::TooManyComments { left } => failure.hint(format!("--limit {left} fits")),
        Refusal::TooManyMentions { left, .. } => {
            failure.hint(format!("--limit {left} fits, and the rest tomorrow"))
        }
        Refusal::NoSuch(_) => Failure::new(Exit::Usage, refusal.to_string())
            .hint("`support-audit status` lists the findings"),
        Refusal::Impossible(_) => Failure::new(Exit::Usage, refusal.to_string()),
    }
}

/// Whether a text names a finding by a check that there is.
fn is_finding(kind: Kind, text: &str) -> Result<(), Failure> {
    let ids: Vec<&str> = kind.spec().checks.iter().map(|check| check.id).collect();
    let id = text.split_once(':').map_or(text, |(id, _)| id);
    let failure = match ids.contains(&id) {
        true if id != text => return Ok(()),
        true => Failure::new(Exit::Usage, format!("{text} names nobody"))
            .hint(format!("a finding is named as {text}:SUBJECT, as `support-audit status` does")),
        false => Failure::new(Exit::Usage, format!("there is no check {id}")).hint(
            match nearest(id, ids.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", ids.join(", ")),
            },
        ),
    };
    Err(failure)
}

/// A day or an instant that somebody typed.
fn instant(text: &str) -> Result<Timestamp, Failure> {
    let day = || {
        let day: Date = text.parse().ok()?;
        day.at(23, 59, 59, 0).to_zoned(TimeZone::UTC).ok().map(|it| it.timestamp())
    };
    text.parse().ok().or_else(day).ok_or_else(|| {
        let message = format!("{text} is not a day such as 2026-12-01");
        Failure::new(Exit::Usage, message).hint("--until takes a day, or an instant in UTC")
    })
}

/// The findings that are answered, each with how it is shown, as foreign text.
fn answered(facts: &FollowupInput<'_>, selection: &Selection) -> Vec<(String, String)> {
    let cases = followup::cases(facts);
    let mut answered = Vec::new();
    for case in cases.cases.iter().filter(|case| selection.includes(facts, case)) {
        for entry in case.entries.iter().filter(|entry| entry.state == State::Answered) {
            let finding = followup::finding_name(facts, case, entry);
            let mut shown = format!("\n{finding}\n{}\n", entry.check.finds);
            for (author, text) in &entry.answers {
                let text = text.lines().map(|line| format!("  | {line}\n")).collect::<Vec<_>>();
                shown.push_str(&format!("{author} answered:\n{}", text.concat()));
            }
            if entry.answers.is_empty() {
                shown.push_str("Answered without words here: look at the thread.\n");
            }
            answered.push((finding, shown));
        }
    }
    answered
}

/// Asks what is to become of an answer.
async fn ask_about_answer(ctx: &Ctx, finding: &str) -> anyhow::Result<Option<Act>> {
    let findings = vec![finding.to_owned()];
    let choices = ["Leave it for now", "Accept it as it is", "Ask again"];
    Ok(match ctx.ui.choose("What is to become of it", &choices).await? {
        1 => {
            let reason = ctx.ui.ask_text("Why is it accepted (empty leaves it)").await?;
            let is_given = !reason.trim().is_empty();
            is_given.then_some(Act::Accept { findings, reason })
        }
        2 => {
            let reason = ctx.ui.ask_text("What to say besides (may be empty)").await?;
            Some(Act::AskAgain { findings, reason })
        }
        _ => None,
    })
}

/// What `followups` prints for programs.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    /// What was to be done, in words.
    plan: Vec<String>,
    notes: &'a [String],
    /// The pages of what was posted.
    posted: &'a [String],
    advice: Vec<Letter<'a>>,
}

#[derive(Serialize)]
struct Letter<'a> {
    name: &'a str,
    email: Option<&'a str>,
    reason: &'a str,
    text: &'a str,
}

fn print(
    ctx: &Ctx,
    format: Format,
    plan: &Plan,
    posted: &[String],
    advice: &[Advice],
) -> anyhow::Result<()> {
    if format == Format::Json {
        let advice = advice.iter().map(|it| Letter {
            name: &it.name,
            email: it.email.as_deref(),
            reason: &it.reason,
            text: &it.text,
        });
        let schema = "support-audit/followups/1";
        let actions = plan.actions.iter().map(ToString::to_string).collect();
        let notes = &plan.notes;
        let document = Document { schema, plan: actions, notes, posted, advice: advice.collect() };
        return ctx.ui.result(&ui::json(&document)?);
    }
    let mut text: String = posted.iter().flat_map(|page| [page, "\n"]).collect();
    for Advice { name, email, reason, text: letter } in advice {
        let to = match email {
            Some(email) if email != name => format!("{name} at {email}"),
            Some(email) => email.clone(),
            None => format!("{name}, whose address is not known"),
        };
        text.push_str(&format!("\nTo send to {to}, since {reason}:\n\n"));
        for line in letter.lines() {
            text.push_str(&format!("{}\n", format!("    {line}").trim_end()));
        }
    }
    if text.is_empty() { Ok(()) } else { ctx.ui.result(&ui::lines(&text)) }
}
