//! The status of an audit: its stage, where every finding stands, and what comes next.

use jiff::Timestamp;
use serde::Serialize;

use crate::evaluation::OUTSIDER;
use crate::followup::{
    Case, Cases, Entry, FollowupInput, State, cases, finding_name, standing, subject_name,
};
use crate::record::conversation::Thread;
use crate::record::marker::{Item, Mark, Marked};
use crate::steps::review::{counts, readiness_of};
use crate::text::{clean, columns};

/// How far an audit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Its issue holds no report yet.
    Begun,
    /// The accounts are not known, or not whole.
    Reconciling,
    /// Something is still open.
    FollowingUp,
    /// Nothing is open, and no manager was asked.
    Ready,
    /// A manager was asked to review it.
    InReview,
    /// Its issue is closed.
    Closed,
}

/// What is known of the audit's issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Its page.
    pub url: String,
    /// Who closed it, if it is closed.
    pub closed_by: Option<String>,
    /// Whether it is closed.
    pub is_closed: bool,
    /// Whether a report is recorded in it.
    pub has_report: bool,
    /// The username of the one who runs this.
    pub operator: String,
}

/// The status of an audit.
#[derive(Debug, Serialize)]
pub struct Status {
    schema: &'static str,
    issue: String,
    period: String,
    stage: Stage,
    /// The stage in words.
    summary: String,
    next: &'static str,
    findings: Vec<Row>,
    unknown: Vec<String>,
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
    thread: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    evidence: String,
}

/// Tells how an audit stands.
pub fn status(facts: &FollowupInput<'_>, issue: &Issue) -> Status {
    let cases = cases(facts);
    let readiness = readiness_of(facts, &cases);
    let accounts = facts.evaluation.accounts.as_ref();
    let are_known = accounts.is_some_and(crate::accounts::Accounts::is_complete);
    let stage = if issue.is_closed {
        Stage::Closed
    } else if !issue.has_report {
        Stage::Begun
    } else if readiness.asked.as_ref().is_some_and(|asked| asked.is_complete) {
        Stage::InReview
    } else if !are_known {
        Stage::Reconciling
    } else if readiness.open.is_empty() {
        Stage::Ready
    } else {
        Stage::FollowingUp
    };
    let asked = readiness.asked.as_ref();
    let (summary, next) = match stage {
        Stage::Begun => ("no report is recorded".to_owned(), "support-audit run --write"),
        Stage::Reconciling => {
            ("the accounts are not known".to_owned(), "support-audit reconcile --write")
        }
        Stage::FollowingUp => (counts(&cases), following_up(facts, &cases)),
        Stage::Ready => (counts(&cases), "support-audit submit-review"),
        Stage::InReview => {
            let by = asked.map_or("", |asked| &asked.by);
            let changed = match asked {
                Some(asked) if !asked.is_current => "; the findings have changed since",
                _ => "",
            };
            let whom = asked.and_then(|asked| asked.whom.as_deref()).unwrap_or("a manager");
            let words = format!("{by} has asked {whom} to review and close it{changed}");
            (words, "wait for the manager")
        }
        Stage::Closed => {
            let by = issue.closed_by.as_deref().unwrap_or("somebody");
            let own = if by.eq_ignore_ascii_case(&issue.operator) {
                ", who is the operator: a manager should have"
            } else {
                ""
            };
            (format!("closed by {by}{own}"), "support-audit init-issue")
        }
    };
    let unknown = facts.evaluation.unknown.iter();
    Status {
        schema: "support-audit/status/1",
        issue: issue.url.clone(),
        period: facts.marker.period.to_string(),
        stage,
        summary,
        next,
        findings: rows(facts, &cases, &issue.url),
        unknown: unknown.map(|(check, unknown)| format!("{} {unknown}", check.id)).collect(),
    }
}

/// What comes next while something is open: where nobody is left to ask, a decision does.
fn following_up(facts: &FollowupInput<'_>, cases: &Cases<'_>) -> &'static str {
    let entries = cases.cases.iter().flat_map(|case| &case.entries);
    let (left, others): (Vec<&Entry<'_>>, Vec<&Entry<'_>>) =
        entries.partition(|entry| entry.state == State::Exhausted);
    let is_over = |entry: &&Entry<'_>| {
        let untold = [State::Fixed { is_told: false }, State::Withdrawn { is_told: false }];
        entry.state.is_closed() && !untold.contains(&entry.state)
    };
    if left.is_empty() || !others.iter().all(is_over) {
        return "support-audit followups";
    }
    let is_left = |entry: &Entry<'_>| entry.check.id == OUTSIDER && entry.state == State::Exhausted;
    let outsiders = cases.cases.iter().filter(|case| case.entries.iter().any(is_left));
    let decided: Vec<bool> = outsiders.map(|case| is_to_go(facts, case)).collect();
    match (decided.contains(&false), decided.is_empty()) {
        (true, _) => "support-audit reconcile --write",
        (false, false) => "support-audit reconcile --remove",
        (false, true) => "support-audit submit-review --unresolved",
    }
}

/// Whether the last decision about an outsider is that the account goes.
fn is_to_go(facts: &FollowupInput<'_>, case: &Case<'_>) -> bool {
    let (counted, _) = facts.conversation.marks(facts.marker);
    let mut decisions = counted.iter().map(|marked| &marked.mark);
    let is_theirs = |mark: &&Mark| {
        let is_it = |item: &Item| {
            item.check == OUTSIDER && item.keys.iter().any(|key| case.keys.contains(key))
        };
        mark.marker.marked == Marked::Decide && mark.items.iter().any(is_it)
    };
    let last = decisions.rfind(is_theirs);
    last.and_then(|mark| mark.values.get("decision")).is_some_and(|it| it == "remove")
}

fn rows(facts: &FollowupInput<'_>, cases: &Cases<'_>, url: &str) -> Vec<Row> {
    let entries = cases.cases.iter().flat_map(|case| case.entries.iter().map(move |it| (case, it)));
    let row = |(case, entry): (&Case<'_>, &Entry<'_>)| Row {
        finding: finding_name(facts, case, entry),
        check: entry.check.id,
        subject: subject_name(facts, case),
        name: case.name.clone(),
        state: entry.state.as_str(),
        standing: standing(entry),
        round: entry.round,
        asked_at: entry.asked_at,
        age_hours: entry.asked_at.map(|at| facts.now.duration_since(at).as_hours()),
        due: entry.state.until(),
        thread: entry.thread.and_then(Thread::first).map(|note| format!("{url}#note_{}", note.id)),
        evidence: entry.finding.map(|finding| finding.evidence.clone()).unwrap_or_default(),
    };
    entries.map(row).collect()
}

impl Status {
    /// How far the audit is.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// The command that comes next.
    pub fn next(&self) -> &'static str {
        self.next
    }

    /// The status in aligned columns, for a terminal.
    pub fn table(&self) -> String {
        let stage = match self.stage {
            Stage::Begun => "begun",
            Stage::Reconciling => "reconciling",
            Stage::FollowingUp => "following up",
            Stage::Ready => "ready for review",
            Stage::InReview => "in review",
            Stage::Closed => "closed",
        };
        let mut text = format!(
            "{} {}\nStage: {stage}; {}\nNext: {}\n",
            self.period,
            clean(&self.issue),
            clean(&self.summary),
            self.next
        );
        let mut rows = vec![["Finding", "State", "Age", "Due (UTC)"].map(str::to_owned)];
        let minute = |at: Option<Timestamp>| {
            at.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
        };
        rows.extend(self.findings.iter().map(|row| {
            let finding = clean(&row.finding).into_owned();
            let age = row.age_hours.map(age).unwrap_or_default();
            [finding, row.state.to_owned(), age, minute(row.due)]
        }));
        if rows.len() > 1 {
            text.push_str(&format!("\n{}", columns(&rows)));
        }
        for unknown in &self.unknown {
            text.push_str(&format!("Unknown: {unknown}\n"));
        }
        text
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
