//! The status of an audit: its stage, the state of every finding, and what comes next.

mod need;
mod next;
mod stage;
mod table;

pub use self::next::NextStep;
pub use self::stage::{Closing, Stage};

use jiff::Timestamp;
use serde::Serialize;

use self::need::{Task, need, tasks};
use self::stage::{stage, summary};
use crate::followup::{
    Case, Cases, Entry, FollowupInput, State, Verdict, finding_name, state_clause, subject_name,
};
use crate::steps::review::{readiness, reviewer};

/// The status of an audit.
#[derive(Debug, Serialize)]
pub struct Status {
    schema: &'static str,
    issue: String,
    iid: u64,
    period: String,
    system: &'static str,
    stage: Stage,
    /// A sentence about the stage.
    summary: String,
    next: NextStep,
    /// The username of the reviewer.
    reviewer: Option<String>,
    counts: Counts,
    #[serde(rename = "do_now")]
    tasks: Vec<Task>,
    next_due: Option<Timestamp>,
    findings: Vec<Row>,
    unknown: Vec<String>,
    /// What keeps the audit from being reviewed.
    open: Vec<String>,
    #[serde(skip)]
    now: Option<Timestamp>,
}

/// The number of findings, by what has to be done about them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
struct Counts {
    findings: usize,
    to_do: usize,
    waiting: usize,
    closed: usize,
}

#[derive(Debug, Serialize)]
struct Row {
    finding: String,
    check: &'static str,
    subject: String,
    name: String,
    state: &'static str,
    #[serde(rename = "standing")]
    state_clause: String,
    round: u32,
    asked_at: Option<Timestamp>,
    /// How long ago the subject was asked, in hours.
    age_hours: Option<i64>,
    due: Option<Timestamp>,
    /// The address of the comment that asked.
    thread: Option<String>,
    next: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    evidence: String,
}

/// Determines the status of an audit.
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
    cases.entries().map(|(case, entry)| row(input, case, entry)).collect()
}

fn row(input: &FollowupInput<'_>, case: &Case, entry: &Entry) -> Row {
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
        state_clause: state_clause(entry),
        round: entry.round,
        asked_at: ask.map(|ask| ask.at),
        age_hours: ask.map(|ask| input.now.duration_since(ask.at).as_hours().max(0)),
        due: entry.state.until(),
        thread: ask.map(|ask| format!("{}#note_{}", input.issue.url, ask.note.id)),
        next,
        evidence: entry.evidence.clone(),
    }
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

    /// What comes next.
    pub fn next(&self) -> &NextStep {
        &self.next
    }

    /// Keeps the findings in these states and of these checks. An empty list keeps all.
    #[must_use]
    pub fn filtered(mut self, states: &[String], checks: &[String]) -> Self {
        self.findings.retain(|row| selects(states, row.state) && selects(checks, row.check));
        self
    }
}

fn selects(filter: &[String], value: &str) -> bool {
    filter.is_empty() || filter.iter().any(|selected| selected == value)
}

#[cfg(test)]
mod tests;
