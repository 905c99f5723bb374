//! The status of an audit: its stage, the state of every finding, and what comes next.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::dates::{relative, short_deadline};
use crate::evaluation::OUTSIDER;
use crate::followup::{
    Case, Cases, Entry, FollowupInput, State, Verdict, finding_name, recipient_is_reachable,
    standing, subject_name,
};
use crate::steps::review::{Readiness, readiness, reports, reviewer};
use crate::text::{clean, columns};
use crate::wording::counted;

/// How far an audit is, read off its issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// There is no issue.
    None,
    /// The issue is there, without a report.
    Opened,
    /// A report is recorded, without all accounts.
    Reported,
    /// A report with all accounts is recorded.
    Compared,
    /// A notice was posted, and something is still open.
    FollowingUp,
    /// Nothing is open, and no manager was asked.
    Ready,
    /// A manager was asked to review it, and nothing has changed since.
    InReview,
    /// The issue is closed.
    Closed,
}

impl Stage {
    /// The stage in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Opened => "opened",
            Self::Reported => "reported",
            Self::Compared => "compared",
            Self::FollowingUp => "following up",
            Self::Ready => "ready for review",
            Self::InReview => "in review",
            Self::Closed => "closed",
        }
    }
}

/// What is known of how the audit's issue ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closing {
    /// Whether it is closed.
    pub is_closed: bool,
    /// The username of who closed it.
    pub by: Option<String>,
}

/// The status of an audit.
#[derive(Debug, Serialize)]
pub struct Status {
    schema: &'static str,
    issue: String,
    iid: u64,
    period: String,
    system: &'static str,
    stage: Stage,
    /// What there is to say about the stage.
    summary: String,
    /// The command that comes next.
    next: String,
    /// The username of whoever reviews it.
    reviewer: Option<String>,
    counts: Counts,
    #[serde(rename = "do_now")]
    tasks: Vec<Task>,
    next_due: Option<Timestamp>,
    findings: Vec<Row>,
    unknown: Vec<String>,
    /// What keeps the audit from its review.
    open: Vec<String>,
    #[serde(skip)]
    now: Option<Timestamp>,
}

/// How many findings there are, by what is to be done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
struct Counts {
    findings: usize,
    to_do: usize,
    waiting: usize,
    closed: usize,
}

/// Something that an operator can do now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Task {
    what: String,
    command: String,
}

#[derive(Debug, Serialize)]
struct Row {
    finding: String,
    check: &'static str,
    subject: String,
    name: String,
    state: &'static str,
    standing: String,
    round: u32,
    asked_at: Option<Timestamp>,
    /// Since when it was asked about.
    age_hours: Option<i64>,
    due: Option<Timestamp>,
    /// The page of the comment that asked.
    thread: Option<String>,
    next: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    evidence: String,
}

/// Reports the status of an audit.
pub fn status(input: &FollowupInput<'_>, cases: &Cases, closing: &Closing) -> Status {
    let readiness = readiness(input, cases);
    let stage = stage(input, cases, &readiness, closing);
    let tasks = tasks(input, cases);
    let (summary, next) = summary(input, cases, stage, &readiness, closing, &tasks);
    let unknown = input.evaluation.unknown.iter();
    Status {
        schema: "support-audit/status/1",
        issue: input.issue.url.clone(),
        iid: input.issue.iid,
        period: input.header.period.to_string(),
        system: input.evaluation.kind.spec().system,
        stage,
        summary,
        next,
        reviewer: reviewer(input).map(|user| user.username.clone()),
        counts: count(input, cases),
        tasks,
        next_due: next_due(cases),
        findings: rows(input, cases),
        unknown: unknown.map(|(check, unknown)| format!("{} {unknown}", check.id)).collect(),
        open: readiness.open,
        now: Some(input.now),
    }
}

fn stage(
    input: &FollowupInput<'_>,
    cases: &Cases,
    readiness: &Readiness,
    closing: &Closing,
) -> Stage {
    let reports = reports(input);
    let is_compared = reports.iter().any(|report| report.accounts.is_some() && report.is_complete);
    if closing.is_closed {
        Stage::Closed
    } else if readiness.is_in_review() {
        Stage::InReview
    } else if readiness.is_ready() {
        Stage::Ready
    } else if !cases.notices.is_empty() {
        Stage::FollowingUp
    } else if is_compared {
        Stage::Compared
    } else if reports.is_empty() {
        Stage::Opened
    } else {
        Stage::Reported
    }
}

/// What there is to say about a stage, and the command that comes next.
fn summary(
    input: &FollowupInput<'_>,
    cases: &Cases,
    stage: Stage,
    readiness: &Readiness,
    closing: &Closing,
    tasks: &[Task],
) -> (String, String) {
    let following_up = || match tasks.first() {
        Some(task) => task.command.clone(),
        None if cases.entries().any(|(_, entry)| entry.state.until().is_some()) => {
            "support-audit followups".to_owned()
        }
        None => "support-audit submit-review --unresolved".to_owned(),
    };
    let counts = crate::steps::review::counts(cases);
    match stage {
        Stage::None => ("there is no issue".to_owned(), "support-audit init-issue".to_owned()),
        Stage::Opened => {
            ("no report has been recorded yet".to_owned(), "support-audit run --write".to_owned())
        }
        Stage::Reported => (
            "the accounts have not been recorded completely".to_owned(),
            "support-audit reconcile --write".to_owned(),
        ),
        Stage::Compared => (counts, "support-audit followups".to_owned()),
        Stage::FollowingUp => {
            let changed = readiness.asked.as_ref().filter(|asked| asked.is_complete);
            let changed =
                changed.map_or("", |_| "; the findings have changed since the review request");
            (format!("{counts}{changed}"), following_up())
        }
        Stage::Ready => (counts, "support-audit submit-review".to_owned()),
        Stage::InReview => {
            let asked = readiness.asked.as_ref();
            let by = asked.map_or("", |asked| &asked.note.author.username);
            let whom = asked.and_then(|asked| input.directory.username_of(asked.reviewer?));
            let whom = whom.unwrap_or("a manager");
            (
                format!("{by} has asked {whom} to review and close it"),
                format!("(nothing to do: {whom} reviews and closes)"),
            )
        }
        Stage::Closed => {
            let by = closing.by.as_deref().unwrap_or("somebody");
            let is_own = by.eq_ignore_ascii_case(&input.operator.username);
            let own =
                if is_own { ", who is the operator; a manager should have closed it" } else { "" };
            (format!("closed by {by}{own}"), "support-audit init-issue".to_owned())
        }
    }
}

/// What has to be done about a finding now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    ReadAnswer,
    EndDoubt,
    EndHold,
    Remove,
    Decide,
    Ask,
    Escalate,
    SendEmail,
    FixOrAccept,
    Report,
    ReadSources,
    HandOver,
}

/// What an operator has to do about a finding now, if anything.
fn need(input: &FollowupInput<'_>, case: &Case, entry: &Entry) -> Option<Need> {
    Some(match &entry.state {
        State::Answered => Need::ReadAnswer,
        State::InDoubt(_) => Need::EndDoubt,
        State::Held(_) => Need::EndHold,
        State::ToRemove(_) => Need::Remove,
        State::Exhausted if entry.check.id == OUTSIDER => Need::Decide,
        State::Exhausted => Need::HandOver,
        State::NotAsked if entry.is_for_operators() => Need::Report,
        State::NotAsked if !recipient_is_reachable(input, case) => Need::SendEmail,
        State::NotAsked => Need::Ask,
        State::Overdue => Need::Escalate,
        State::Waiting { until: None } => Need::FixOrAccept,
        State::Unknown(_) => Need::ReadSources,
        State::Waiting { .. }
        | State::Escalated { .. }
        | State::Removed { .. }
        | State::Gone
        | State::Withdrawn(_)
        | State::Fixed
        | State::Justified(_) => return None,
    })
}

impl Need {
    /// What comes next for the finding, in words.
    const fn next(self) -> &'static str {
        match self {
            Self::ReadAnswer => "read the answer, then accept or ask again",
            Self::EndDoubt => "accept or ask again, which ends the doubt",
            Self::EndHold => "look at what holds it",
            Self::Remove => "remove the account",
            Self::Decide => "keep or remove the account",
            Self::Ask => "ask",
            Self::Escalate => "ask the managers",
            Self::SendEmail => "send the e-mail",
            Self::FixOrAccept => "fix or accept",
            Self::Report => "list for the operators",
            Self::ReadSources => "read the sources completely",
            Self::HandOver => "hand over to the manager",
        }
    }

    /// The line under *DO NOW*: what, for how many, and the command.
    fn task(self, count: usize, checks: &[&'static str], names: &[String]) -> Task {
        let number = |one: &str, several: &str| counted(count, one, several);
        let followups = "support-audit followups".to_owned();
        let (what, command) = match self {
            Self::ReadAnswer => (number("answer to read", "answers to read"), followups),
            Self::EndDoubt => (number("finding in doubt", "findings in doubt"), followups),
            Self::EndHold => (number("finding on hold", "findings on hold"), followups),
            Self::Remove => (
                number("account to remove", "accounts to remove"),
                "support-audit reconcile --remove".to_owned(),
            ),
            Self::Decide => (
                number("outsider to decide about", "outsiders to decide about"),
                "support-audit reconcile --write".to_owned(),
            ),
            Self::Ask => (number("finding to ask about", "findings to ask about"), followups),
            Self::Escalate => (number("finding to escalate", "findings to escalate"), followups),
            Self::SendEmail => (number("e-mail to send", "e-mails to send"), listed(names)),
            Self::FixOrAccept => (
                number("operators' item", "operators' items"),
                format!("support-audit status --state waiting --check {}", checks.join(",")),
            ),
            Self::Report => {
                (number("operators' item to list", "operators' items to list"), followups)
            }
            Self::ReadSources => (
                number("finding unknown", "findings unknown"),
                "support-audit reconcile --write".to_owned(),
            ),
            Self::HandOver => (
                number("finding without any reply", "findings without any reply"),
                "support-audit submit-review --unresolved".to_owned(),
            ),
        };
        Task { what, command }
    }
}

/// A few names of several.
fn listed(names: &[String]) -> String {
    const NAMED: usize = 3;
    let shown: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let more = if names.len() > NAMED { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// What an operator can do now, the most urgent first.
fn tasks(input: &FollowupInput<'_>, cases: &Cases) -> Vec<Task> {
    let mut needs: BTreeMap<Need, (usize, Vec<&'static str>, Vec<String>)> = BTreeMap::new();
    for case in &cases.cases {
        let mut letters = 0_usize;
        for entry in &case.entries {
            let Some(need) = need(input, case, entry) else { continue };
            // A letter is for a person, whatever it is about.
            if need == Need::SendEmail {
                letters += 1;
                if letters > 1 {
                    continue;
                }
            }
            let (count, checks, names) = needs.entry(need).or_default();
            *count += 1;
            if !checks.contains(&entry.check.id) {
                checks.push(entry.check.id);
            }
            names.push(subject_name(input, case));
        }
    }
    needs
        .into_iter()
        .map(|(need, (count, checks, names))| need.task(count, &checks, &names))
        .collect()
}

fn count(input: &FollowupInput<'_>, cases: &Cases) -> Counts {
    let mut counts = Counts::default();
    for (case, entry) in cases.entries() {
        counts.findings += 1;
        if entry.state.is_closed() {
            counts.closed += 1;
        } else if need(input, case, entry).is_some() {
            counts.to_do += 1;
        } else {
            counts.waiting += 1;
        }
    }
    counts
}

fn next_due(cases: &Cases) -> Option<Timestamp> {
    cases.entries().filter_map(|(_, entry)| entry.state.until()).min()
}

fn rows(input: &FollowupInput<'_>, cases: &Cases) -> Vec<Row> {
    let row = |(case, entry): (&Case, &Entry)| {
        let ask = entry.ask.as_ref();
        let next = match (need(input, case, entry), &entry.state) {
            (Some(need), _) => need.next(),
            (None, State::Waiting { .. } | State::Escalated { .. }) => "wait",
            (None, State::Justified(_)) if is_until(entry) => "nothing until it expires",
            (None, _) => "nothing",
        };
        Row {
            finding: finding_name(input, case, entry),
            check: entry.check.id,
            subject: subject_name(input, case),
            name: case.name.clone(),
            state: entry.state.as_str(),
            standing: standing(entry),
            round: entry.round,
            asked_at: ask.map(|ask| ask.at),
            age_hours: ask.map(|ask| input.now.duration_since(ask.at).as_hours().max(0)),
            due: entry.state.until(),
            thread: ask.map(|ask| format!("{}#note_{}", input.issue.url, ask.note.id)),
            next,
            evidence: entry.evidence.clone(),
        }
    };
    cases.entries().map(row).collect()
}

fn is_until(entry: &Entry) -> bool {
    let decision = entry.decision.as_ref().map(|decision| decision.verdict);
    matches!(decision, Some(Verdict::Keep { until: Some(_) }))
}

impl Status {
    /// How far the audit is.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// The command that comes next.
    pub fn next(&self) -> &str {
        &self.next
    }

    /// Keeps the findings in these states and of these checks; an empty list keeps all.
    #[must_use]
    pub fn filtered(mut self, states: &[String], checks: &[String]) -> Self {
        let is_among = |wanted: &[String], value: &str| {
            wanted.is_empty() || wanted.iter().any(|it| it == value)
        };
        self.findings.retain(|row| is_among(states, row.state) && is_among(checks, row.check));
        self
    }

    /// The status in aligned columns, for a terminal.
    pub fn table(&self) -> String {
        let Counts { findings, to_do, waiting, closed } = self.counts;
        let mut text = format!(
            "{} audit {}, issue #{}, {}. {}: {to_do} to do, {waiting} waiting, {closed} closed\n{}\n",
            self.system,
            self.period,
            self.iid,
            self.stage.as_str(),
            counted(findings, "finding", "findings"),
            clean(&self.issue),
        );
        if matches!(self.stage, Stage::Closed | Stage::InReview) {
            text.push_str(&format!("{}\n", clean(&self.summary)));
        } else {
            self.push_tasks(&mut text);
        }
        if let (true, Some(due), Some(now)) = (waiting > 0, self.next_due, self.now) {
            text.push_str(&format!(
                "WAITING  {waiting}, next due {} ({})\n",
                short_deadline(due),
                relative(due, now)
            ));
        }
        if closed > 0 {
            text.push_str(&format!("CLOSED  {closed}\n"));
        }
        if let Some(reviewer) = &self.reviewer {
            text.push_str(&format!("Reviewer: {}\n", clean(reviewer)));
        }
        text.push_str(&format!("Next: {}\n", clean(&self.next)));
        self.push_rows(&mut text);
        for unknown in &self.unknown {
            text.push_str(&format!("Unknown: {unknown}\n"));
        }
        text
    }

    fn push_tasks(&self, text: &mut String) {
        let mut rows: Vec<[String; 2]> = Vec::new();
        for task in &self.tasks {
            let cell = |cell: &str| clean(cell).into_owned();
            rows.push([format!("  {}", cell(&task.what)), cell(&task.command)]);
        }
        if rows.is_empty() {
            rows.push([format!("  {}", clean(&self.summary)), clean(&self.next).into_owned()]);
        }
        text.push_str(&format!("DO NOW\n{}", columns(&rows)));
    }

    fn push_rows(&self, text: &mut String) {
        if self.findings.is_empty() {
            return;
        }
        let mut rows = vec![["Finding", "State", "Age", "Due", "Next"].map(str::to_owned)];
        for row in &self.findings {
            rows.push([
                clean(&row.finding).into_owned(),
                row.state.to_owned(),
                row.age_hours.map(age).unwrap_or_default(),
                row.due.map(short_deadline).unwrap_or_default(),
                row.next.to_owned(),
            ]);
        }
        text.push_str(&format!("\n{}", columns(&rows)));
    }
}

/// Some hours, as people count them.
fn age(hours: i64) -> String {
    match (hours / 24, hours % 24) {
        (0, hours) => format!("{hours} h"),
        (days, hours) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests;
