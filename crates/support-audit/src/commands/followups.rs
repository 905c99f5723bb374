//! `followups`: one notice of what is due, and what came back.

use audit::followup::{
    self, Act, Answer, AnswerContent, Due, Entry, FollowupInput, Letter, MentionedByHand,
    Selection, State,
};
use audit::kinds::Kind;
use audit::plan::Plan;
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::conclude::conclude;
use super::sitting::{Sitting, plan_resolving_users, refused};
use crate::args::Format;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
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
        let mut until = None;
        if let Some(text) = &self.until {
            let now = instant(text)?;
            until = Some(now);
            self.write_flags.dry_run = true;
            // Exceptions that expire by then count no more.
            self.inputs.day = Some(now.to_zoned(TimeZone::UTC).date());
        }
        let mut selection = self.selection(ctx.global.kind)?;
        let mode = AccountsMode::IfConfigured;
        let mut sources = gather::followup_sources(ctx, &self.inputs, &self.selector, mode).await?;
        gather::ensure_open(&sources.record.issue.issue)?;
        sources.refuse_unread_exceptions()?;
        // GitLab's clock is known once it has answered.
        let now = until.unwrap_or_else(|| ctx.now());
        sources.read_reactions(ctx, now).await?;
        if sources.report.evaluation().accounts.is_none() {
            ctx.ui.say("no accounts are configured: what depends on them is unknown, and nobody is asked about it");
        }
        let is_asked =
            selection.acts.is_empty() && format == Format::Table && self.write_flags.asks(ctx);
        let mut session =
            Session { followups: &self, ctx, sources, now, format, sitting: Sitting::default() };
        if is_asked {
            session.settle_answers(&selection).await?;
            session.confirm_mentioned(&mut selection).await?;
        }
        let outcome = session.apply(&selection).await.map(|()| Exit::Success);
        conclude(&ctx.ui, session.sources.incomplete, outcome)
    }

    fn selection(&self, kind: Kind) -> Result<Selection, Failure> {
        let reason = self.reason.clone().unwrap_or_default();
        for finding in self.accept.iter().chain(&self.ask_again) {
            is_finding(kind, finding)?;
        }
        let acts = [&self.accept, &self.ask_again, &self.answered];
        if self.reason.is_some() && acts.iter().all(|findings| findings.is_empty()) {
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
    sitting: Sitting,
}

impl Session<'_> {
    /// Shows each answer and asks what is to become of it.
    ///
    /// Each decision is stored before the next question, so that whoever stops in the middle has recorded
    /// what was said so far.
    async fn settle_answers(&mut self, selection: &Selection) -> anyhow::Result<()> {
        let ctx = self.ctx;
        for Answered { findings, shown } in answered(&self.sources.input(ctx, self.now), selection)
        {
            ctx.ui.show_lines(&shown);
            let mut groups = vec![findings];
            while let Some(findings) = groups.pop() {
                match ask_about_answer(ctx, &findings).await? {
                    Some(Reply::Act(act)) => {
                        self.sitting.store(ctx, &mut self.sources, &act, self.now).await?;
                    }
                    Some(Reply::OneByOne) => {
                        groups.extend(findings.into_iter().rev().map(|finding| vec![finding]));
                    }
                    None => {}
                }
            }
        }
        self.sitting.finish(ctx, &mut self.sources, self.now).await
    }

    /// Asks about those whom an operator has mentioned by hand.
    async fn confirm_mentioned(&mut self, selection: &mut Selection) -> anyhow::Result<()> {
        let due = self.due(selection).await?;
        for MentionedByHand { subject_name, name, note, by, .. } in due.by_hand {
            let by = &by.username;
            self.ctx
                .ui
                .show_lines(&format!("\n{name} was mentioned by hand by {by}, in comment {note}."));
            let choices = [
                "Leave them out of the notice",
                "Ask them in the notice all the same",
                "Count that comment as asking them",
            ];
            match self.ctx.ui.choose("What is to be done", &choices).await? {
                1 => selection.confirmed.push(subject_name),
                2 => {
                    let act = Act::Sent { subject: subject_name, note: Some(note) };
                    self.sitting.store(self.ctx, &mut self.sources, &act, self.now).await?;
                }
                _ => {}
            }
        }
        self.sitting.finish(self.ctx, &mut self.sources, self.now).await
    }

    /// The plan, once GitLab has been asked about everybody in it.
    async fn due(&mut self, selection: &Selection) -> anyhow::Result<Due> {
        let due = plan_resolving_users(self.ctx, &mut self.sources, selection, self.now).await?;
        Ok(due.map_err(|refusal| refused(&refusal))?)
    }

    /// Shows, asks, writes, and takes back what somebody else has asked at the same time.
    async fn apply(&mut self, selection: &Selection) -> anyhow::Result<()> {
        let Due { plan, mut letters, .. } = self.due(selection).await?;
        let (ctx, format, now) = (self.ctx, self.format, self.now);
        let write_flags = self.followups.write_flags;
        if format == Format::Json && write_flags.dry_run {
            return print(ctx, format, &plan, &[], &letters);
        }
        let mut written = plan.clone();
        let replan = async || {
            self.sources.read_all_again(ctx, &self.followups.inputs, now).await?;
            self.sources.refuse_unread_exceptions()?;
            let due = self.due(selection).await?;
            written = due.plan.clone();
            letters = due.letters;
            Ok(due.plan)
        };
        let mut pages = match execute::apply(ctx, plan, write_flags, replan).await? {
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
        print(ctx, format, &written, &pages, &letters)
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
        day.at(23, 59, 59, 0).to_zoned(TimeZone::UTC).ok().map(|end| end.timestamp())
    };
    text.parse().ok().or_else(day).ok_or_else(|| {
        let message = format!("{text} is not a day such as 2026-12-01");
        Failure::new(Exit::Usage, message).hint("--until takes a day, or an instant in UTC")
    })
}

/// The answered findings of one subject, with how they are shown, as untrusted text.
struct Answered {
    findings: Vec<String>,
    shown: String,
}

/// The findings that are answered, by subject.
fn answered(input: &FollowupInput<'_>, selection: &Selection) -> Vec<Answered> {
    let mut answered = Vec::new();
    for case in &followup::cases(input).cases {
        let entries: Vec<&Entry> =
            case.entries.iter().filter(|entry| entry.state == State::Answered).collect();
        if entries.is_empty() || !selection.includes(input, case) {
            continue;
        }
        let mut findings = Vec::new();
        let mut shown = String::new();
        for entry in &entries {
            let finding = followup::finding_name(input, case, entry);
            shown.push_str(&format!("\n{finding}\n{}", entry.check.finds));
            if !entry.evidence.is_empty() {
                shown.push_str(&format!(": {}", entry.evidence));
            }
            findings.push(finding);
        }
        shown.push('\n');
        let mut answers: Vec<&Answer> = Vec::new();
        for answer in entries.iter().flat_map(|entry| &entry.answers) {
            if !answers.contains(&answer) {
                answers.push(answer);
            }
        }
        for answer in answers {
            shown.push_str(&describe(answer));
        }
        answered.push(Answered { findings, shown });
    }
    answered
}

fn describe(answer: &Answer) -> String {
    let author = &answer.author.username;
    match &answer.content {
        AnswerContent::Words(text) => {
            let lines: Vec<String> = text.lines().map(|line| format!("  | {line}\n")).collect();
            format!("{author} answered:\n{}", lines.concat())
        }
        AnswerContent::Reaction => format!("{author} reacted to the notice.\n"),
        AnswerContent::Recorded { .. } => format!("{author} recorded an answer.\n"),
    }
}

/// What an operator makes of an answer.
enum Reply {
    Act(Act),
    OneByOne,
}

/// Asks what is to become of an answer.
async fn ask_about_answer(ctx: &Ctx, findings: &[String]) -> anyhow::Result<Option<Reply>> {
    let question = match findings {
        [finding] => format!("What is to become of {finding}"),
        findings => format!("What is to become of these {}", findings.len()),
    };
    let mut choices = vec!["Leave it for now", "Accept it as it is", "Ask again"];
    if findings.len() > 1 {
        choices.push("Decide one by one");
    }
    let findings = findings.to_vec();
    Ok(match ctx.ui.choose(&question, &choices).await? {
        1 => {
            let reason = ctx.ui.ask_text("Why is it accepted (empty leaves it)").await?;
            let is_given = !reason.trim().is_empty();
            is_given.then_some(Reply::Act(Act::Accept { findings, reason }))
        }
        2 => {
            let reason = ctx.ui.ask_text("What to say besides (may be empty)").await?;
            Some(Reply::Act(Act::Again { findings, reason }))
        }
        3 => Some(Reply::OneByOne),
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
