//! What two operators at once leave behind: lines that are in two notices are struck from the higher
//! one by its author, and a notice without a line is deleted unless somebody replied.

use super::{Rule, Violation, violation};
use crate::oracle::Oracle;
use crate::plan::{Command, PlannedRun, Write};
use crate::world::{Step, World};

/// A run edits and deletes nothing but the operator's own notices, for what a lower notice already
/// holds; and every run of `followups` does so where a run before it died too early.
pub(super) fn judge_strikes(
    oracle: &Oracle<'_>,
    command: &Command,
    run: &PlannedRun,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut expected = Vec::new();
    if let Command::Followups { .. } = command {
        expected = oracle.strikes();
    }
    for write in &run.writes {
        let is_right = match write {
            Write::Post(_) => true,
            Write::Edit { note, lines } => expected.iter().any(|strike| {
                let steps: Vec<&Step> = lines.iter().map(|line| &line.step).collect();
                strike.note == *note && strike.kept.iter().eq(steps)
            }),
            Write::Delete(note) => {
                expected.iter().any(|strike| strike.note == *note && strike.is_empty)
            }
        };
        if !is_right {
            violations.push(violation(Rule::Doubled, write));
        }
    }
    for strike in expected {
        let is_there = run.writes.iter().any(|write| match write {
            Write::Post(_) => false,
            Write::Edit { note, .. } | Write::Delete(note) => *note == strike.note,
        });
        if !is_there {
            violations.push(violation(Rule::Doubled, strike));
        }
    }
    violations
}

/// After two operators ran at once and each read the issue again, no ask or escalation is in two of
/// their notes, and no notice without a line is left that nobody replied to.
pub fn judge_race(world: &World, notes: &[u64]) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut seen: Vec<(&Step, u64)> = Vec::new();
    for id in notes {
        let Some(note) = world.note(*id) else { continue };
        let steps = note.marker.iter().flat_map(|marker| &marker.steps);
        let has_reply =
            world.issue.notes.iter().any(|reply| reply.thread == note.id && reply.id != note.id);
        if steps.clone().count() == 0 && !has_reply {
            violations.push(violation(Rule::Doubled, ("empty", id)));
        }
        for step in steps {
            let twin = seen.iter().find(|(other, _)| {
                (other.kind, other.check, other.round, &other.keys)
                    == (step.kind, step.check, step.round, &step.keys)
            });
            if let Some((_, other)) = twin {
                violations.push(violation(Rule::Doubled, (other, id, step)));
            }
            seen.push((step, *id));
        }
    }
    violations
}
