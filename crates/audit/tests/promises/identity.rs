//! Whose history a step belongs to: the steps that count, the keys that join them, and the cases in
//! which keys disagree.

use std::collections::BTreeSet;

use crate::world::{
    Cause, Check, Entry, Keys, Note, NoteId, Round, Seconds, Step, StepKind, UserId, World, lower,
};

/// A step of a marker that counts.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'w> {
    pub note: &'w Note,
    /// The step's index in its marker.
    pub index: usize,
    pub step: &'w Step,
}

impl Counted<'_> {
    /// Later steps are the latest words: by the instant in the marker, then the higher note, then
    /// the later step.
    pub fn order(&self) -> (Seconds, NoteId, usize) {
        (self.step.at, self.note.id, self.index)
    }

    /// When what the step did happened: a message by hand at the instant in the marker, a notice
    /// when GitLab took it.
    pub fn instant(&self) -> Seconds {
        match self.step.kind {
            StepKind::Ask | StepKind::Escalate => self.note.created,
            _ => self.step.at,
        }
    }
}

/// A marker counts where its author is the token's user or one of `operators`, by id.
pub fn counted_steps(world: &World, operator: UserId) -> Vec<Counted<'_>> {
    let mut steps: Vec<Counted<'_>> = Vec::new();
    for note in &world.issue.notes {
        if note.system || !world.counts(operator, note.author) {
            continue;
        }
        if let Some(marker) = &note.marker {
            steps.extend(marker.steps.iter().enumerate().map(|(index, step)| Counted {
                note,
                index,
                step,
            }));
        }
    }
    steps.sort_by_key(Counted::order);
    steps
}

/// The checks whose asks are shared: an ask of `account-missing` is one of `invitation-pending`.
pub fn family(check: Check) -> &'static [Check] {
    match check {
        Check::LinkMissing => &[Check::LinkMissing],
        Check::LinkMalformed => &[Check::LinkMalformed],
        Check::LinkShared => &[Check::LinkShared],
        Check::ManagerUnresolved => &[Check::ManagerUnresolved],
        Check::LinkMismatch => &[Check::LinkMismatch],
        Check::AccountMissing | Check::InvitationPending => {
            &[Check::AccountMissing, Check::InvitationPending]
        }
        Check::Outsider => &[Check::Outsider],
        Check::OwnerCount => &[Check::OwnerCount],
        Check::AdminMissing => &[Check::AdminMissing],
        Check::AdminUnexpected => &[Check::AdminUnexpected],
    }
}

/// The user whom an entry names, by id or else by username.
fn claimed_user(world: &World, entry: &Entry) -> Option<UserId> {
    let named = || world.user_named(entry.username.as_deref()?).map(|user| user.id);
    entry.id.or_else(named)
}

/// Whether the roster contradicts itself about an entry: two entries with one id or one address, or
/// an id and a username of different users.
pub fn is_contradictory(world: &World, index: usize) -> bool {
    let entry = &world.roster.entries[index];
    let user = claimed_user(world, entry);
    let has_twin = world.roster.entries.iter().enumerate().any(|(other, twin)| {
        other != index
            && ((user.is_some() && claimed_user(world, twin) == user)
                || twin.email.eq_ignore_ascii_case(&entry.email))
    });
    let holder = entry.username.as_deref().and_then(|username| world.user_named(username));
    let is_another = matches!((entry.id, holder), (Some(id), Some(user)) if user.id != id);
    has_twin || is_another
}

/// The user who a person of the roster is: the one of `gitlab.id`; without an id, the one active
/// user of that username.
pub fn present_user(world: &World, index: usize) -> Option<UserId> {
    if is_contradictory(world, index) {
        return None;
    }
    let entry = &world.roster.entries[index];
    if entry.id.is_some() {
        return entry.id;
    }
    let user = world.user_named(entry.username.as_deref()?)?;
    user.active.then_some(user.id)
}

/// The history of one finding about a person of the roster.
#[derive(Clone, Debug, Default)]
pub struct Trail<'w> {
    /// The steps that belong to the person, by order.
    pub steps: Vec<Counted<'w>>,
    /// Steps under a user id that is not the person's and nobody's on the roster: no asks, and not
    /// the person's decisions.
    pub foreign: Vec<Counted<'w>>,
    /// Whether keys disagree.
    pub in_doubt: bool,
}

impl Trail<'_> {
    /// Whether the issue says nothing about the finding.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.foreign.is_empty()
    }

    /// The highest round that any of the steps speaks of.
    pub fn round(&self) -> Round {
        let rounds = self.steps.iter().chain(&self.foreign).map(|counted| counted.step.round);
        rounds.max().unwrap_or(1)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Id(UserId),
    Email(String),
}

fn keys_of(keys: &Keys) -> Vec<Key> {
    let id = keys.id.map(Key::Id);
    id.into_iter().chain(keys.email.clone().map(Key::Email)).collect()
}

/// A person without an id whose address changed is still known by the user whom the ask mentioned,
/// as long as nobody else has the old address.
fn is_orphan_of(world: &World, step: &Step, user: Option<UserId>) -> bool {
    let is_ask_of_user = step.kind == StepKind::Ask
        && step.keys.id.is_none()
        && user.is_some_and(|user| step.mentioned == [user]);
    if !is_ask_of_user {
        return false;
    }
    // Whoever has the old address today has its history, too.
    world.roster.entries.iter().all(|entry| {
        !step.keys.email.as_ref().is_some_and(|email| email.eq_ignore_ascii_case(&entry.email))
    })
}

/// The steps that keys join to the person, and every key on the way.
fn joined<'w>(
    world: &World,
    index: usize,
    steps: &[Counted<'w>],
) -> (Vec<Counted<'w>>, BTreeSet<Key>) {
    let entry = &world.roster.entries[index];
    let user = present_user(world, index);
    let mut keys: BTreeSet<Key> = BTreeSet::from([Key::Email(lower(&entry.email))]);
    keys.extend(claimed_user(world, entry).map(Key::Id));
    let mut joined = vec![false; steps.len()];
    loop {
        let mut grew = false;
        for (place, counted) in steps.iter().enumerate() {
            if joined[place] {
                continue;
            }
            let own = keys_of(&counted.step.keys);
            let shares = own.iter().any(|key| keys.contains(key));
            if shares || is_orphan_of(world, counted.step, user) {
                joined[place] = true;
                keys.extend(own);
                grew = true;
            }
        }
        if !grew {
            break;
        }
    }
    let steps = steps.iter().zip(&joined).filter(|(_, joined)| **joined).map(|(step, _)| *step);
    (steps.collect(), keys)
}

/// Splits the joined steps into the person's and foreign ones, and sees whether keys disagree: a
/// key of somebody else on the roster, or a decision under an id that is nobody's.
fn divide<'w>(world: &World, index: usize, steps: &[Counted<'w>]) -> Trail<'w> {
    let (steps, keys) = joined(world, index, steps);
    let entry = &world.roster.entries[index];
    let user = present_user(world, index);
    let is_shared = world.roster.entries.iter().enumerate().any(|(other, holder)| {
        other != index
            && (claimed_user(world, holder).is_some_and(|id| keys.contains(&Key::Id(id)))
                || keys.contains(&Key::Email(lower(&holder.email))))
    });
    let is_own = |counted: &Counted<'_>| {
        let id = counted.step.keys.id;
        id.is_none() || id == entry.id || id == user
    };
    let (own, foreign): (Vec<_>, Vec<_>) = steps.into_iter().partition(is_own);
    let has_foreign_decision = foreign.iter().any(|counted| is_decision(counted.step.kind));
    let in_doubt = (is_shared && !(own.is_empty() && foreign.is_empty())) || has_foreign_decision;
    Trail { steps: own, foreign, in_doubt }
}

/// Whether a step decides something.
pub fn is_decision(kind: StepKind) -> bool {
    matches!(kind, StepKind::Accept | StepKind::Keep | StepKind::Remove)
}

/// Whether a step ends a round: fixed, removed, gone, or withdrawn because the person left.
pub fn closes(step: &Step) -> bool {
    match step.kind {
        StepKind::Fixed | StepKind::Removed | StepKind::Gone => true,
        StepKind::Withdrawn => step.cause == Some(Cause::Left),
        _ => false,
    }
}

/// The history of a check about a person. An operator's `again` or `accept` under the person's
/// present keys ends a doubt: what lay before is left behind.
pub fn person_trail<'w>(
    world: &World,
    steps: &[Counted<'w>],
    check: Check,
    index: usize,
) -> Trail<'w> {
    let mut remaining: Vec<Counted<'w>> = steps
        .iter()
        .filter(|counted| family(check).contains(&counted.step.check))
        .copied()
        .collect();
    if remaining.is_empty() {
        return Trail { in_doubt: is_contradictory(world, index), ..Trail::default() };
    }
    let entry = &world.roster.entries[index];
    let user = present_user(world, index);
    if is_contradictory(world, index) {
        return Trail { in_doubt: true, ..divide(world, index, &remaining) };
    }
    let ends_doubt = |counted: &Counted<'_>| {
        matches!(counted.step.kind, StepKind::Again | StepKind::Accept)
            && (counted.step.keys.id == entry.id || counted.step.keys.id == user)
            && counted.step.keys.email.as_deref() == Some(lower(&entry.email).as_str())
    };
    let mut from = 0;
    while let Some(offset) = remaining.iter().skip(from).position(ends_doubt) {
        let end = from + offset;
        if divide(world, index, &remaining[..=end]).in_doubt {
            remaining.drain(..end);
            from = 1;
        } else {
            from = end + 1;
        }
    }
    divide(world, index, &remaining)
}

/// The histories of a check about people who are no longer on the roster, each with the e-mail
/// address of its latest step.
pub fn past_trails<'w>(
    world: &World,
    steps: &[Counted<'w>],
    check: Check,
) -> Vec<(String, Vec<Counted<'w>>)> {
    let family: Vec<Counted<'w>> = steps
        .iter()
        .filter(|counted| family(check).contains(&counted.step.check))
        .filter(|counted| counted.step.keys.email.is_some() && counted.step.keys.account.is_none())
        .copied()
        .collect();
    if family.is_empty() {
        return Vec::new();
    }
    let mut taken: BTreeSet<(NoteId, usize)> = BTreeSet::new();
    for index in 0..world.roster.entries.len() {
        let (joined, _) = joined(world, index, &family);
        taken.extend(joined.iter().map(|counted| (counted.note.id, counted.index)));
    }
    let mut rest: Vec<Counted<'w>> = family
        .into_iter()
        .filter(|counted| !taken.contains(&(counted.note.id, counted.index)))
        .collect();
    let mut trails = Vec::new();
    while let Some(last) = rest.pop() {
        let mut keys: BTreeSet<Key> = keys_of(&last.step.keys).into_iter().collect();
        let mut group = vec![last];
        while let Some(place) = rest
            .iter()
            .position(|counted| keys_of(&counted.step.keys).iter().any(|key| keys.contains(key)))
        {
            let counted = rest.remove(place);
            keys.extend(keys_of(&counted.step.keys));
            group.push(counted);
        }
        group.sort_by_key(Counted::order);
        if group.iter().any(|counted| counted.step.check == check) {
            trails.push((last.step.keys.email.clone().unwrap_or_default(), group));
        }
    }
    trails
}
