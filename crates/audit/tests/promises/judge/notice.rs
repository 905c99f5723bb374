//! What a notice says of people: who is in it, for what, and who is missing from it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Rule, Violation, is_undecided, violation};
use crate::oracle::{Duty, Entry, Oracle, State};
use crate::plan::{Line, PlannedRun};
use crate::world::{FindingKey, HOUR, MarkerKind, Step, StepKind, Subject, UserId, WAIT, World};

/// Everything that speaks of people in a notice of what is due.
pub(super) fn judge_followups(
    oracle: &Oracle<'_>,
    only: &[Subject],
    limit: Option<usize>,
    run: &PlannedRun,
) -> Vec<Violation> {
    let entries: BTreeMap<FindingKey, Entry> =
        oracle.entries().into_iter().map(|entry| (entry.key.clone(), entry)).collect();
    let lines = run.lines(MarkerKind::Notice);
    let mut violations = Vec::new();
    for line in &lines {
        let is_named = only.contains(&line.finding.subject);
        let is_narrowed = !only.is_empty() || oracle.is_in_review();
        match entries.get(&line.finding) {
            None if is_undecided(oracle, &line.finding) => {}
            None => violations.push(violation(Rule::MentionedForState, line)),
            Some(entry) if entry.is_dated => {}
            Some(_) if is_narrowed && !is_named && speaks(&line.step) => {
                violations.push(violation(Rule::MentionedForState, ("not named", line)));
            }
            Some(entry) => violations.extend(judge_line(oracle, entry, is_named, line)),
        }
    }
    for kind in [MarkerKind::Record, MarkerKind::Review, MarkerKind::Removal] {
        if !run.drafts(kind).is_empty() {
            violations.push(violation(Rule::OneNotice, kind));
        }
    }
    if !run.drafts(MarkerKind::Notice).is_empty() && !lines.iter().any(|line| speaks(&line.step)) {
        violations.push(violation(Rule::OneNotice, "nobody is asked, helped or listed"));
    }
    violations.extend(judge_missed(oracle, &entries, only, limit, &lines));
    violations
}

fn speaks(step: &Step) -> bool {
    matches!(step.kind, StepKind::Ask | StepKind::Escalate)
}

/// One line of a notice against what is owed to its finding.
fn judge_line(oracle: &Oracle<'_>, entry: &Entry, is_named: bool, line: &Line) -> Vec<Violation> {
    let mentioned: BTreeSet<UserId> = line.step.mentioned.iter().copied().collect();
    let mut violations = Vec::new();
    if mentioned.len() != line.step.mentioned.len() {
        violations.push(violation(Rule::OneMention, &line.step));
    }
    let wrong_state = || violation(Rule::MentionedForState, (&entry.key, entry.state, &line.step));
    let wrong_user = || violation(Rule::MentionedWrongUser, (&entry.key, &entry.duty, &mentioned));
    match (line.step.kind, &entry.duty) {
        (StepKind::Ask, Duty::Ask(user)) => {
            if mentioned != BTreeSet::from([*user]) {
                violations.push(wrong_user());
            }
        }
        (StepKind::Ask, Duty::AskIfNamed(user)) if is_named => {
            if mentioned != BTreeSet::from([*user]) {
                violations.push(wrong_user());
            }
        }
        (StepKind::Ask, Duty::List) => {
            if !mentioned.is_empty() {
                violations.push(wrong_user());
            }
        }
        (StepKind::Ask, Duty::Email) => violations.push(wrong_user()),
        (StepKind::Escalate, Duty::Escalate(options) | Duty::MayEscalate(options)) => {
            if !options.contains(&mentioned) {
                violations.push(wrong_user());
            }
        }
        (StepKind::Ask | StepKind::Escalate, _) => violations.push(wrong_state()),
        (kind, _) => {
            let says = match kind {
                StepKind::Fixed => Some(State::Fixed),
                StepKind::Removed => Some(State::Removed),
                StepKind::Gone => Some(State::Gone),
                StepKind::Withdrawn => Some(State::Withdrawn),
                _ => None,
            };
            if says != Some(entry.state) {
                let detail = (&entry.key, entry.state, &line.step);
                violations.push(violation(Rule::FalselySettled, detail));
            }
            if !mentioned.is_empty() {
                violations.push(wrong_user());
            }
        }
    }
    if speaks(&line.step) {
        violations.extend(judge_step(oracle, entry, line));
    }
    violations
}

/// The round, the evidence and the promised end of a step, and whether it was done before.
fn judge_step(oracle: &Oracle<'_>, entry: &Entry, line: &Line) -> Vec<Violation> {
    let world = oracle.world;
    let step = &line.step;
    let mut violations = Vec::new();
    let is_evidence_wrong = entry.evidence.as_ref().is_some_and(|now| now != &step.evidence);
    if step.round != entry.round || is_evidence_wrong {
        violations.push(violation(Rule::WrongStep, (&entry.key, entry.round, step)));
    }
    let until = step.until.unwrap_or(0);
    let is_due_wrong = until < world.now + WAIT || until > world.now + WAIT + HOUR;
    if !step.mentioned.is_empty() && is_due_wrong {
        violations.push(violation(Rule::WrongStep, ("the end of the wait", step)));
    }
    let earlier = world
        .issue
        .notes
        .iter()
        .filter(|note| !note.system && world.counts(oracle.operator, note.author))
        .flat_map(|note| &note.marker)
        .flat_map(|marker| &marker.steps);
    for done in earlier {
        let is_same = done.kind == step.kind
            && done.check == step.check
            && done.round == step.round
            && same_subject(&entry.key.subject, done, world);
        let again: Vec<&UserId> =
            done.mentioned.iter().filter(|user| step.mentioned.contains(user)).collect();
        if is_same && !again.is_empty() && !was_left_behind(world, oracle, step, done) {
            violations.push(violation(Rule::MentionedTwice, (&entry.key, step.round, again)));
        }
    }
    violations
}

/// Whether the steps name one subject by every key that both have.
fn same_subject(subject: &Subject, done: &Step, world: &World) -> bool {
    let keys = world.keys(subject);
    keys == done.keys
}

/// Whether the step is an escalation that lay before the ask that counts today: whoever was asked
/// then was somebody else, or the ask was deleted.
fn was_left_behind(world: &World, oracle: &Oracle<'_>, step: &Step, done: &Step) -> bool {
    if step.kind != StepKind::Escalate {
        return false;
    }
    let asked = world
        .issue
        .notes
        .iter()
        .filter(|note| world.counts(oracle.operator, note.author))
        .flat_map(|note| note.marker.iter().flat_map(|marker| &marker.steps))
        .filter(|ask| matches!(ask.kind, StepKind::Ask | StepKind::Sent))
        .filter(|ask| ask.check == step.check && ask.round == step.round && ask.keys == step.keys)
        .map(|ask| ask.at)
        .max();
    asked.is_none_or(|asked| asked > done.at)
}

/// Nobody who is due is left out, unless the operator narrowed the run.
fn judge_missed(
    oracle: &Oracle<'_>,
    entries: &BTreeMap<FindingKey, Entry>,
    only: &[Subject],
    limit: Option<usize>,
    lines: &[&Line],
) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut due: BTreeSet<&Subject> = BTreeSet::new();
    let mut is_dated = false;
    for entry in entries.values() {
        let is_named = only.contains(&entry.key.subject);
        let is_wanted = is_named || (only.is_empty() && !oracle.is_in_review());
        let kind = match &entry.duty {
            Duty::Ask(_) | Duty::List => StepKind::Ask,
            Duty::AskIfNamed(_) if is_named => StepKind::Ask,
            Duty::Escalate(_) => StepKind::Escalate,
            _ => continue,
        };
        is_dated |= entry.is_dated;
        if entry.is_dated || !is_wanted {
            continue;
        }
        if entry.key.check.is_for_operators() {
            // A narrowed run need not list what is for the operators.
            if !only.is_empty() || limit.is_some() {
                continue;
            }
        } else {
            due.insert(&entry.key.subject);
            if limit.is_some() {
                continue;
            }
        }
        let is_there = lines.iter().any(|line| line.finding == entry.key && line.step.kind == kind);
        if !is_there {
            violations.push(violation(Rule::Missed, (&entry.key, &entry.duty)));
        }
    }
    if let Some(limit) = limit
        && !is_dated
    {
        let reached: BTreeSet<&Subject> = lines
            .iter()
            .filter(|line| speaks(&line.step) && !line.finding.check.is_for_operators())
            .map(|line| &line.finding.subject)
            .filter(|subject| due.contains(subject))
            .collect();
        if reached.len() != limit.min(due.len()) {
            violations.push(violation(Rule::Missed, ("limit", limit, &reached, &due)));
        }
        // What is overdue was due before what was never asked.
        let is_overdue = |subject: &Subject| {
            entries.values().any(|entry| {
                entry.key.subject == *subject && matches!(entry.duty, Duty::Escalate(_))
            })
        };
        let is_late = |subject: &&&Subject| !is_overdue(subject);
        let is_left_out =
            due.iter().any(|subject| is_overdue(subject) && !reached.contains(subject));
        if is_left_out && reached.iter().any(|subject| is_late(&subject)) {
            violations.push(violation(Rule::Missed, ("the first by due time", &reached, &due)));
        }
    }
    let is_full = only.is_empty() && limit.is_none() && !lines.is_empty();
    for entry in entries.values().filter(|_| is_full) {
        let is_owed = entry.duty == Duty::Settled && !entry.is_recorded;
        let is_compared = entry.is_strict && !entry.is_dated;
        // The checks whose asks are shared have one line.
        let is_line = |line: &&&Line| {
            line.finding.subject == entry.key.subject
                && crate::identity::family(entry.key.check).contains(&line.finding.check)
        };
        // Asking about an invitation also asks about the account, but while the invitation is open
        // nothing about that person is settled.
        let has_open_sibling = entries.values().any(|other| {
            other.key != entry.key
                && other.key.subject == entry.key.subject
                && crate::identity::family(entry.key.check).contains(&other.key.check)
                && other.duty != Duty::Settled
        });
        if is_owed && is_compared && !has_open_sibling && lines.iter().find(is_line).is_none() {
            violations.push(violation(Rule::SettledLeftOut, &entry.key));
        }
    }
    violations
}
