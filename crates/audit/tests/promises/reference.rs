//! The simplest planner that follows the oracle. It shows that the judge can be satisfied, and it is
//! what the wrong planners are made from.

use std::collections::BTreeSet;

use crate::oracle::{Duty, Entry, Oracle, State, Strike};
use crate::plan::{Command, DerivedState, Draft, Line, PlannedRun, Write};
use crate::play::Product;
use crate::world::{
    Cause, Check, Evidence, FindingKey, MarkerKind, NoteId, Round, Seconds, Step, StepKind,
    Subject, UserId, WAIT, World,
};

/// The functions of the planner.
pub const PRODUCT: Product<'static> =
    Product { derive: &derive, run: &run, after_post: &after_post };

/// The oracle's own states.
pub fn derive(world: &World, operator: UserId) -> Vec<DerivedState> {
    let entries = Oracle::new(world, operator).entries();
    entries.into_iter().map(|entry| (entry.key, entry.state, entry.round)).collect()
}

/// Plans a command as the oracle demands it.
pub fn run(world: &World, operator: UserId, command: &Command) -> PlannedRun {
    let oracle = Oracle::new(world, operator);
    if !oracle.may_write() {
        return PlannedRun::refused();
    }
    match command {
        Command::Followups { only, limit } => followups(&oracle, oracle.entries(), only, *limit),
        Command::AskAgain { findings } => ask_again(&oracle, findings),
        Command::Accept { finding, until } => {
            let kind = match finding.check {
                Check::Outsider => StepKind::Keep,
                _ => StepKind::Accept,
            };
            decide(&oracle, finding, kind, *until)
        }
        Command::Remove { finding } => decide(&oracle, finding, StepKind::Remove, None),
        Command::Sent { subject, at } => sent(&oracle, subject, *at),
        Command::Answered { subject } => answered(&oracle, subject),
        Command::SubmitReview { unresolved } => submit_review(&oracle, *unresolved),
    }
}

/// A step about a finding as it is today.
pub fn step(
    world: &World,
    finding: &FindingKey,
    kind: StepKind,
    round: Round,
    evidence: Option<Evidence>,
) -> Step {
    Step {
        kind,
        check: finding.check,
        keys: world.keys(&finding.subject),
        evidence: evidence.unwrap_or(Evidence::None),
        round,
        at: world.now,
        until: None,
        mentioned: Vec::new(),
        cause: None,
    }
}

fn line(oracle: &Oracle<'_>, entry: &Entry, kind: StepKind, mentioned: Vec<UserId>) -> Line {
    let new = step(oracle.world, &entry.key, kind, entry.round, entry.evidence.clone());
    let until = (!mentioned.is_empty()).then_some(oracle.world.now + WAIT);
    Line { finding: entry.key.clone(), step: Step { until, mentioned, ..new } }
}

fn post(kind: MarkerKind, complete: bool, lines: Vec<Line>, mentions: Vec<UserId>) -> PlannedRun {
    let draft = Draft { kind, complete, continues: false, lines, mentions };
    PlannedRun { writes: vec![Write::Post(draft)], ..PlannedRun::default() }
}

/// The users mentioned by lines, each once.
pub fn mentions(lines: &[Line]) -> Vec<UserId> {
    let users: BTreeSet<UserId> =
        lines.iter().flat_map(|line| line.step.mentioned.iter().copied()).collect();
    users.into_iter().collect()
}

/// The notice of what these entries owe.
pub fn followups(
    oracle: &Oracle<'_>,
    mut entries: Vec<Entry>,
    only: &[Subject],
    limit: Option<usize>,
) -> PlannedRun {
    // What is overdue was due before what was never asked.
    entries.sort_by_key(|entry| !matches!(entry.duty, Duty::Escalate(_)));
    let mut lines = Vec::new();
    let mut settled = Vec::new();
    let mut emails = BTreeSet::new();
    let mut people: BTreeSet<Subject> = BTreeSet::new();
    for entry in entries {
        let is_named = only.contains(&entry.key.subject);
        if (!only.is_empty() || oracle.is_in_review()) && !is_named {
            continue;
        }
        let new = match &entry.duty {
            Duty::Ask(user) => line(oracle, &entry, StepKind::Ask, vec![*user]),
            Duty::AskIfNamed(user) if is_named => line(oracle, &entry, StepKind::Ask, vec![*user]),
            Duty::Escalate(options) => {
                let mut helpers: Vec<UserId> =
                    options.first().into_iter().flatten().copied().collect();
                // Whoever is named first answers.
                let chain = oracle.line(&entry.key);
                helpers.sort_by_key(|user| !chain.contains(user));
                line(oracle, &entry, StepKind::Escalate, helpers)
            }
            Duty::List => line(oracle, &entry, StepKind::Ask, Vec::new()),
            Duty::Settled if !entry.is_recorded => {
                settled.push(settled_line(oracle, &entry));
                continue;
            }
            Duty::Email => {
                emails.insert(entry.key.clone());
                continue;
            }
            _ => continue,
        };
        if !entry.key.check.is_for_operators() {
            let is_full = limit.is_some_and(|limit| people.len() >= limit);
            if is_full && !people.contains(&entry.key.subject) {
                continue;
            }
            people.insert(entry.key.subject.clone());
        }
        lines.push(new);
    }
    let mut writes: Vec<Write> = oracle.strikes().into_iter().map(strike_out).collect();
    if !lines.is_empty() {
        lines.extend(settled);
        let mentions = mentions(&lines);
        writes.extend(post(MarkerKind::Notice, false, lines, mentions).writes);
    }
    PlannedRun { writes, emails, ..PlannedRun::default() }
}

fn settled_line(oracle: &Oracle<'_>, entry: &Entry) -> Line {
    let kind = match entry.state {
        State::Removed => StepKind::Removed,
        State::Gone => StepKind::Gone,
        State::Withdrawn => StepKind::Withdrawn,
        _ => StepKind::Fixed,
    };
    let mut new = line(oracle, entry, kind, Vec::new());
    if kind == StepKind::Withdrawn {
        let has_left = matches!(entry.key.subject, Subject::Past(_))
            && !oracle.world.config.checks_off.contains(&entry.key.check);
        new.step.cause = Some(if has_left { Cause::Left } else { Cause::Configured });
    }
    new
}

fn ask_again(oracle: &Oracle<'_>, findings: &[FindingKey]) -> PlannedRun {
    let mut lines = Vec::new();
    for finding in findings {
        let user = oracle.user_of(finding).filter(|user| oracle.world.can_mention(*user));
        let entry = oracle.entry(finding).filter(|entry| can_ask_again(oracle, entry));
        let (Some(user), Some(entry)) = (user, entry) else { return PlannedRun::refused() };
        let entry = Entry { round: entry.round + 1, ..entry };
        lines.push(line(oracle, &entry, StepKind::Again, Vec::new()));
        lines.push(line(oracle, &entry, StepKind::Ask, vec![user]));
    }
    let mentions = mentions(&lines);
    post(MarkerKind::Notice, false, lines, mentions)
}

/// Whether `--ask-again` may open a round for the finding: it is found, its subject can be told from
/// everybody else's, and nobody's marker holds it.
pub fn can_ask_again(oracle: &Oracle<'_>, entry: &Entry) -> bool {
    let is_contradictory = match entry.key.subject {
        Subject::Person(index) => crate::identity::is_contradictory(oracle.world, index),
        _ => false,
    };
    entry.evidence.is_some()
        && !is_contradictory
        && !entry.key.check.is_for_operators()
        && !oracle.evaluation.suggested.contains(&entry.key)
        && !matches!(entry.state, State::Unknown | State::Held)
}

fn decide(
    oracle: &Oracle<'_>,
    finding: &FindingKey,
    kind: StepKind,
    until: Option<Seconds>,
) -> PlannedRun {
    let entry = oracle.entry(finding).filter(|entry| entry.evidence.is_some());
    let Some(entry) = entry.filter(|_| oracle.may_decide(finding)) else {
        return PlannedRun::refused();
    };
    if kind == StepKind::Remove && finding.check != Check::Outsider {
        return PlannedRun::refused();
    }
    let mut new = line(oracle, &entry, kind, Vec::new());
    new.step.until = until;
    post(MarkerKind::Record, false, vec![new], Vec::new())
}

fn sent(oracle: &Oracle<'_>, subject: &Subject, at: Option<NoteId>) -> PlannedRun {
    let at = at.and_then(|id| oracle.world.note(id)).map_or(oracle.world.now, |note| note.created);
    let lines: Vec<Line> = oracle
        .entries()
        .iter()
        .filter(|entry| &entry.key.subject == subject && entry.state == State::NotAsked)
        .filter(|entry| entry.evidence.is_some() && !entry.key.check.is_for_operators())
        .map(|entry| {
            let mut new = line(oracle, entry, StepKind::Sent, Vec::new());
            new.step.at = at;
            new.step.until = Some(at + WAIT);
            new
        })
        .collect();
    if lines.is_empty() {
        return PlannedRun::refused();
    }
    post(MarkerKind::Record, false, lines, Vec::new())
}

fn answered(oracle: &Oracle<'_>, subject: &Subject) -> PlannedRun {
    let is_open = |state| {
        matches!(state, State::Waiting | State::Overdue | State::Escalated | State::Exhausted)
    };
    let lines: Vec<Line> = oracle
        .entries()
        .iter()
        .filter(|entry| &entry.key.subject == subject && is_open(entry.state))
        .map(|entry| line(oracle, entry, StepKind::Answered, Vec::new()))
        .collect();
    if lines.is_empty() {
        return PlannedRun::refused();
    }
    post(MarkerKind::Record, false, lines, Vec::new())
}

fn submit_review(oracle: &Oracle<'_>, unresolved: bool) -> PlannedRun {
    if unresolved {
        return post(MarkerKind::Review, false, Vec::new(), Vec::new());
    }
    if oracle.is_in_review() || !oracle.open().is_empty() {
        return PlannedRun::refused();
    }
    let Some(reviewer) = oracle.reviewer() else { return PlannedRun::refused() };
    post(MarkerKind::Review, true, Vec::new(), vec![reviewer])
}

/// Strikes from a note what a lower note already holds, and deletes it if nothing is left and nobody
/// replied.
pub fn after_post(world: &World, operator: UserId, note: NoteId) -> Vec<Write> {
    let oracle = Oracle::new(world, operator);
    let strike = world.note(note).and_then(|note| oracle.strike(note));
    strike.into_iter().map(strike_out).collect()
}

fn strike_out(strike: Strike) -> Write {
    if strike.is_empty {
        return Write::Delete(strike.note);
    }
    let line = |step: Step| Line {
        finding: FindingKey { check: step.check, subject: Subject::Organisation },
        step,
    };
    Write::Edit { note: strike.note, lines: strike.kept.into_iter().map(line).collect() }
}
