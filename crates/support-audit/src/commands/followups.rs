//! `followups`: one notice of what is due, and what came back.

use audit::followup::{
    self, Act, Answer, AnswerContent, Due, FollowupInput, Letter, MentionedByHand, PostedRecord,
    Refusal, Selection, State,
};
use audit::kinds::Kind;
use audit::plan::{Action, Plan};
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::args::Format;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure, explain};
use crate::execute::{self, Outcome, WriteFlags};
use crate::gather::{self, AccountsMode, FollowupSources, Inputs, IssueSelector};
use crate::suggest::nearest;
use crate::ui;

/// Ask people about what was found, escalate after the wait, and report what is settled
///
/// Reads the issue's comments and the fresh sources, and does what is due in one notice. A finding is
/// named as `CHECK:SUBJECT`, as in `link-missing:ada@example.com`.
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
    /// Only about so many people, the first by due time and name
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
    /// The operator's comment that mentioned them by hand: its wait counts from there
    #[arg(long, value_name = "NOTE", requires = "sent")]
    at: Option<u64>,
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
            None => ctx.now(),
        };
        let selection = self.selection(ctx.global.kind.into())?;
        let mut sources =
            gather::followup_sources(ctx, &self.inputs, &self.selector, AccountsMode::Always)
                .await?;
        gather::ensure_open(&sources.record.issue.issue)?;
        refuse_unread_exceptions(&sources)?;
        sources.read_reactions(ctx, now).await?;
        let mut selection = selection;
        let is_asked = selection.acts.is_empty()
            && format == Format::Table
            && !self.write_flags.yes
            && !self.write_flags.dry_run
            && ctx.ui.may_ask();
        let mut session = Session { followups: &self, ctx, sources, now, format };
        if is_asked {
            session.settle_answers(&mut selection).await?;
            session.confirm_mentioned(&mut selection).await?;
        }
        session.apply(&selection).await?;
        session.sources.incomplete.map_or(Ok(Exit::Success), |failure| Err(failure.into()))
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
        acts.extend(
            self.sent.iter().map(|subject| Act::Sent { subject: subject.clone(), note: self.at }),
        );
        acts.extend(
            self.answered
                .iter()
                .map(|subject| Act::Answered { subject: subject.clone(), reason: reason.clone() }),
        );
        Ok(Selection { only: self.only.clone(), limit: self.limit, acts, ..Selection::default() })
    }
}

/// One run, with what it has read.
struct Session<'a> {
    followups: &'a Followups,
    ctx: &'a Ctx,
    sources: FollowupSources,
    now: Timestamp,
    format: Format,
}

impl Session<'_> {
    /// Shows each answer and asks what is to become of it: whoever stops in the middle has recorded
    /// what was said so far. What is to be asked again waits for the notice.
    async fn settle_answers(&mut self, selection: &mut Selection) -> anyhow::Result<()> {
        let ctx = self.ctx;
        let mut record: Option<PostedRecord> = None;
        for (finding, shown) in answered(&self.sources.input(ctx, self.now), selection) {
            ctx.ui.show_lines(&shown);
            match ask_about_answer(ctx, finding).await? {
                Some(Act::AskAgain { findings, reason }) => {
                    selection.again.extend(findings.into_iter().map(|it| (it, reason.clone())));
                }
                Some(act) => record = self.record(act, record).await?,
                None => {}
            }
        }
        Ok(())
    }

    /// Records an act, in the comment of this run if there is one.
    async fn record(
        &mut self,
        act: Act,
        record: Option<PostedRecord>,
    ) -> anyhow::Result<Option<PostedRecord>> {
        self.sources.read_again(self.ctx, self.now).await?;
        let selection =
            Selection { acts: vec![act], record: record.clone(), ..Selection::default() };
        let due = match self.due(&selection).await {
            Ok(due) => due,
            // What cannot be done about one finding does not stand in the way of the others.
            Err(error) => match explain(&error) {
                failure if matches!(failure.exit, Exit::Usage | Exit::NotReady) => {
                    self.ctx.ui.warn(&failure.message);
                    return Ok(record);
                }
                _ => return Err(error),
            },
        };
        let body = match due.plan.actions.first() {
            Some(Action::Comment { body, .. } | Action::EditComment { body, .. }) => body.clone(),
            _ => return Ok(record),
        };
        // The operator has just said so, and the issue was read after that.
        let pages = execute::write(self.ctx, &due.plan).await?;
        let note = pages.first().and_then(|page| page.rsplit_once("#note_")?.1.parse().ok());
        Ok(match (note, due.record) {
            (Some(note), Some(record)) => Some(PostedRecord { note, body, record }),
            _ => record,
        })
    }

    /// Asks about those whom an operator has mentioned by hand.
    async fn confirm_mentioned(&mut self, selection: &mut Selection) -> anyhow::Result<()> {
        let due = self.due(selection).await?;
        for MentionedByHand { subject_name, name, note, by, .. } in due.by_hand {
            let by = &by.username;
            let question = format!(
                "{name} was mentioned by hand by {by}, in comment {note}. Ask all the same?"
            );
            if self.ctx.ui.ask(&question, false).await? {
                selection.confirmed.push(subject_name);
            }
        }
        Ok(())
    }

    /// The plan, once GitLab has been asked about everybody in it.
    async fn due(&mut self, selection: &Selection) -> anyhow::Result<Due> {
        plan_resolving_users(self.ctx, &mut self.sources, selection, self.now).await
    }

    /// Shows, asks, writes, and takes back what somebody else has asked at the same time.
    async fn apply(&mut self, selection: &Selection) -> anyhow::Result<()> {
        let Due { plan, letters, .. } = self.due(selection).await?;
        let (ctx, format, now) = (self.ctx, self.format, self.now);
        let write_flags = self.followups.write_flags;
        if format == Format::Json && write_flags.dry_run {
            return print(ctx, format, &plan, &[], &letters);
        }
        let sources = &mut self.sources;
        let inputs = &self.followups.inputs;
        let replan = async || {
            sources.read_all_again(ctx, inputs, now).await?;
            refuse_unread_exceptions(sources)?;
            Ok(plan_resolving_users(ctx, sources, selection, now).await?.plan)
        };
        let outcome = execute::apply(ctx, plan.clone(), write_flags, replan).await?;
        let mut pages = match outcome {
            Outcome::Done(pages) => pages,
            Outcome::Shown | Outcome::Declined => Vec::new(),
        };
        if !pages.is_empty() {
            self.sources.read_again(ctx, now).await?;
            let input = self.sources.input(ctx, now);
            let corrections = followup::corrections(
                input.conversation,
                input.header,
                input.operators,
                input.operator.id,
                input.issue.iid,
            );
            let deleted = execute::take_back(ctx, &corrections).await?;
            pages.retain(|page| {
                !deleted.iter().any(|note| page.ends_with(&format!("#note_{note}")))
            });
        }
        print(ctx, format, &plan, &pages, &letters)
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
) -> anyhow::Result<Due> {
    loop {
        let due = followup::plan(&sources.input(ctx, now), selection)
            .map_err(|refusal| refused(&refusal))?;
        if due.inquiries.is_empty() {
            return Ok(due);
        }
        sources.inquire(ctx, due.inquiries).await?;
    }
}

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

/// The findings that are answered, each with how it is shown, as untrusted text.
fn answered(input: &FollowupInput<'_>, selection: &Selection) -> Vec<(String, String)> {
    let cases = followup::cases(input);
    let mut answered = Vec::new();
    for case in cases.cases.iter().filter(|case| selection.includes(input, case)) {
        for entry in case.entries.iter().filter(|entry| entry.state == State::Answered) {
            let finding = followup::finding_name(input, case, entry);
            let mut shown = format!("\n{finding}\n{}\n", entry.check.finds);
            for Answer { author, content, .. } in &entry.answers {
                let author = &author.username;
                match content {
                    AnswerContent::Words(text) => {
                        shown.push_str(&format!("{author} answered:\n"));
                        for line in text.lines() {
                            shown.push_str(&format!("  | {line}\n"));
                        }
                    }
                    AnswerContent::Reaction => {
                        shown.push_str(&format!("{author} reacted to the notice.\n"));
                    }
                    AnswerContent::Recorded { .. } => {
                        shown.push_str(&format!("{author} recorded an answer.\n"));
                    }
                }
            }
            answered.push((finding, shown));
        }
    }
    answered
}

/// Asks what is to become of an answer.
async fn ask_about_answer(ctx: &Ctx, finding: String) -> anyhow::Result<Option<Act>> {
    let findings = vec![finding];
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
    advice: Vec<Advice<'a>>,
}

/// An e-mail for the operator to send.
#[derive(Serialize)]
struct Advice<'a> {
    name: &'a str,
    email: Option<&'a str>,
    reason: &'a str,
    title: &'a str,
    text: &'a str,
}

fn print(
    ctx: &Ctx,
    format: Format,
    plan: &Plan,
    posted: &[String],
    letters: &[Letter],
) -> anyhow::Result<()> {
    if format == Format::Json {
        let advice = letters.iter().map(|letter| Advice {
            name: &letter.name,
            email: letter.email.as_deref(),
            reason: &letter.reason,
            title: &letter.title,
            text: &letter.text,
        });
        let schema = "support-audit/followups/1";
        let actions = plan.actions.iter().map(ToString::to_string).collect();
        let notes = &plan.notes;
        let document = Document { schema, plan: actions, notes, posted, advice: advice.collect() };
        return ctx.ui.result(&ui::json(&document)?);
    }
    let mut text: String = posted.iter().flat_map(|page| [page, "\n"]).collect();
    for letter in letters {
        let Letter { name, email, reason, title, .. } = letter;
        let to = match email {
            Some(email) if email != name => format!("{name} at {email}"),
            Some(email) => email.clone(),
            None => format!("{name}, whose address is not known"),
        };
        text.push_str(&format!("\nTo send to {to}, since {reason}:\n\n    Subject: {title}\n\n"));
        for line in letter.text.lines() {
            text.push_str(&format!("{}\n", format!("    {line}").trim_end()));
        }
    }
    if text.is_empty() { Ok(()) } else { ctx.ui.result(&ui::lines(&text)) }
}
