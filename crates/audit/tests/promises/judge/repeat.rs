//! Two plans compared: planning again at once, and planning in a world that means the same.

use std::collections::BTreeSet;

use super::{Rule, Violation, violation};
use crate::plan::PlannedRun;
use crate::world::{FindingKey, Marker, MarkerKind, Note, Step, StepKind, UserId, World};

/// Planning again at once, after everything was carried out, must give nothing to write.
pub fn judge_again_at_once(run: &PlannedRun) -> Vec<Violation> {
    if run.writes.is_empty() {
        return Vec::new();
    }
    vec![violation(Rule::PlannedAgain, &run.writes)]
}

/// A world that means the same: notes in another order, system notes, a bot's notes, markers that a
/// guest forged, users under new names.
pub fn disturb(world: &World, guest: UserId, bot: UserId) -> World {
    let mut disturbed = world.clone();
    let forged: Vec<Marker> =
        world.issue.notes.iter().filter_map(|note| note.marker.clone()).collect();
    for marker in forged {
        let note = Note::words(guest, 0, "copied");
        disturbed.append(Note { marker: Some(marker), ..note });
    }
    for step in fixed_steps(world) {
        disturbed.append(Note::marked(guest, MarkerKind::Notice, false, vec![step]));
    }
    disturbed.append(Note { system: true, ..Note::words(bot, 0, "changed the description") });
    let threads: BTreeSet<u64> = world.issue.notes.iter().map(|note| note.thread).collect();
    for thread in threads {
        disturbed.append(Note::words(bot, thread, "a reminder"));
    }
    disturbed.issue.notes.reverse();
    let named: BTreeSet<String> = world
        .config
        .handles
        .iter()
        .map(|(_, username)| username.clone())
        .chain(world.exceptions.iter().map(|exception| exception.approved_by.clone()))
        .chain(
            world
                .roster
                .entries
                .iter()
                .filter(|entry| entry.id.is_none_or(|id| world.user(id).is_none()))
                .filter_map(|entry| entry.username.clone()),
        )
        .collect();
    let is_contradicted: BTreeSet<String> = (0..world.roster.entries.len())
        .filter(|index| crate::identity::is_contradictory(world, *index))
        .filter_map(|index| world.roster.entries[index].username.clone())
        .collect();
    for user in &mut disturbed.users {
        if !named.contains(&user.username) && !is_contradicted.contains(&user.username) {
            user.username = format!("{}_renamed", user.username);
        }
    }
    disturbed
}

/// Steps that would count if an operator had written them: every finding fixed in round 1.
fn fixed_steps(world: &World) -> Vec<Step> {
    let evaluation = crate::evaluation::evaluate(world);
    evaluation
        .verdicts
        .keys()
        .map(|key| crate::reference::step(world, key, StepKind::Fixed, 1, None))
        .collect()
}

/// What a plan does to people, whatever the order of its lines.
fn essence(run: &PlannedRun) -> BTreeSet<(FindingKey, StepKind, u32, BTreeSet<UserId>)> {
    let kinds = [MarkerKind::Notice, MarkerKind::Record, MarkerKind::Review];
    let mut essence = BTreeSet::new();
    for line in kinds.iter().flat_map(|kind| run.lines(*kind)) {
        let mentioned = line.step.mentioned.iter().copied().collect();
        essence.insert((line.finding.clone(), line.step.kind, line.step.round, mentioned));
    }
    essence
}

/// The plan in a disturbed world is the plan.
pub fn judge_disturbed(run: &PlannedRun, disturbed: &PlannedRun) -> Vec<Violation> {
    if essence(run) == essence(disturbed) && run.is_refused == disturbed.is_refused {
        return Vec::new();
    }
    vec![violation(Rule::Disturbed, (essence(run), essence(disturbed)))]
}
