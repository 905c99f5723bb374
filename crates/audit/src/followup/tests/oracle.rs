//! What should be the case, from what really happened: without markers, rounds or states.
//!
//! It knows what was said of what by what it reads in the comments as people do, who people are, and
//! what is true of the roster and the accounts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::cast::{Cast, Entry, Finding, Link, OPERATORS_CHECKS, ORGANIZATION};
use super::ranks::handle_user;
use super::reading::{Comment, Step, read};
use super::world::World;
use crate::plan::Plan;
use crate::record::conversation::{Moment, Note, Thread};

/// A comment that was posted.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) step: Step,
    pub(super) moment: Moment,
    pub(super) thread: String,
    by: u64,
    /// The findings with what was seen.
    about: BTreeMap<Finding, String>,
    to: Vec<u64>,
}

/// All that happened, beside what the world keeps.
#[derive(Debug, Default)]
pub(super) struct Oracle {
    said: Vec<Said>,
    /// Comments that were deleted, or lost their marker.
    pub(super) dead: BTreeSet<u64>,
    pub(super) forged: Vec<(u64, Finding)>,
    /// The reviews, each with whether it claims that all is done.
    pub(super) reviews: BTreeMap<u64, bool>,
    /// Whose thread is whose.
    threads: BTreeMap<String, usize>,
}

impl Oracle {
    /// Reads a plan's comments; an ask to one person names them by the mention alone.
    pub(super) fn comments(&self, cast: &Cast, world: &World, plan: &Plan) -> Vec<Comment> {
        let mut comments = Vec::new();
        for action in &plan.actions {
            let Some(mut comment) = read(cast, &self.threads, action) else { continue };
            let is_ask = comment.step == Step::Ask && !comment.is_for_operators;
            if let (true, [name]) = (is_ask, comment.mentions.as_slice()) {
                let known = world.users.iter().find(|it| it.user.username == *name).unwrap();
                let id = known.user.id;
                let is_user = |place: &usize| cast.humans[*place].user == id;
                let place = (0..cast.humans.len()).find(is_user);
                for (who, _) in &mut comment.about {
                    *who = place;
                }
            }
            comments.push(comment);
        }
        comments
    }

    /// Remembers what was posted.
    pub(super) fn remember(
        &mut self,
        cast: &Cast,
        world: &World,
        comments: &[Comment],
        posted: &[(u64, String)],
        by: u64,
    ) {
        for (comment, (note, thread)) in comments.iter().zip(posted) {
            let Comment { step, about, mentions, is_for_operators, .. } = comment;
            if let (Some((Some(who), _)), None, false) =
                (about.first(), &comment.thread, is_for_operators)
                && matches!(step, Step::Ask | Step::Sent)
            {
                self.threads.entry(thread.clone()).or_insert(*who);
            }
            let ids = |name: &String| {
                world.users.iter().find(|it| it.user.username == *name).unwrap().user.id
            };
            let mut findings = BTreeMap::new();
            for (who, check) in about {
                let all: Vec<usize> = match who {
                    Some(who) => vec![*who],
                    // Of those who are gone.
                    None => self.nameless(cast, world, *step, check, thread),
                };
                for who in all {
                    let seen = cast.truth((who, check)).unwrap_or_default();
                    findings.insert((who, *check), seen);
                }
            }
            let created = world.thread_of(*note).unwrap().notes.iter().find(|it| it.id == *note);
            self.said.push(Said {
                step: *step,
                moment: created.unwrap().moment(),
                thread: thread.clone(),
                by,
                about: findings,
                to: mentions.iter().map(ids).collect(),
            });
        }
    }

    /// Of whom a comment tells that does not name them.
    fn nameless(
        &self,
        cast: &Cast,
        world: &World,
        step: Step,
        check: &'static str,
        thread: &str,
    ) -> Vec<usize> {
        let is_it = |finding: &Finding| {
            let asked = self.live().any(|it| it.thread == thread && it.about.contains_key(finding));
            finding.1 == check && asked && self.end_due(cast, world, *finding) == Some(step)
        };
        cast.all().into_iter().filter(is_it).map(|(who, _)| who).collect()
    }

    fn live(&self) -> impl Iterator<Item = &Said> {
        self.said.iter().filter(|it| !self.dead.contains(&it.moment.1))
    }

    fn of(&self, finding: Finding, steps: &'static [Step]) -> impl Iterator<Item = &Said> {
        self.live().filter(move |it| steps.contains(&it.step) && it.about.contains_key(&finding))
    }

    /// The notes in which people are asked or managers mentioned, that are there.
    pub(super) fn pings(&self) -> Vec<&Said> {
        self.live()
            .filter(|it| matches!(it.step, Step::Ask | Step::Sent | Step::Escalate))
            .collect()
    }

    fn asks(&self, finding: Finding) -> impl Iterator<Item = &Said> {
        self.of(finding, &[Step::Ask, Step::Sent])
    }

    pub(super) fn last_ask(&self, finding: Finding) -> Option<&Said> {
        self.asks(finding).max_by_key(|it| it.moment)
    }

    pub(super) fn last_decision(&self, finding: Finding) -> Option<Step> {
        let all = self.of(finding, &[Step::Keep, Step::Remove]);
        all.max_by_key(|it| it.moment).map(|it| it.step)
    }

    /// A human's threads that are there.
    pub(super) fn threads_of(&self, world: &World, who: usize) -> Vec<String> {
        let is_there = |id: &&String| world.conversation.threads.iter().any(|it| it.id == **id);
        let own = self.threads.iter().filter(|(_, it)| **it == who).map(|(id, _)| id);
        own.filter(is_there).cloned().collect()
    }

    /// Whom the subject is known to be at GitLab.
    pub(super) fn users_of(&self, cast: &Cast, world: &World, who: usize) -> BTreeSet<u64> {
        let mut users = BTreeSet::new();
        for said in self.live().filter(|it| it.step == Step::Ask) {
            if said.about.keys().any(|(it, check)| *it == who && !OPERATORS_CHECKS.contains(check))
            {
                users.extend(said.to.iter().copied());
            }
        }
        users.extend(cast.humans.get(who).and_then(|_| handle_user(cast, world, who)));
        users
    }

    /// Whether somebody answered after an ask.
    pub(super) fn is_answered(
        &self,
        cast: &Cast,
        world: &World,
        finding: Finding,
        ask: &Said,
    ) -> bool {
        let users = self.users_of(cast, world, finding.0);
        let threads: BTreeSet<&str> = self.asks(finding).map(|it| &*it.thread).collect();
        let ours: BTreeSet<u64> = self.live().map(|it| it.moment.1).collect();
        let mentioned = |thread: &Thread, note: &Note| {
            let user = note.author.id;
            let before = |it: &&Said| it.thread == thread.id && it.moment < note.moment();
            self.live().filter(before).any(|it| it.to.contains(&user))
        };
        let is_answer = |thread: &Thread, note: &Note| {
            !note.is_system
                && note.moment() > ask.moment
                && !ours.contains(&note.id)
                && !self.reviews.contains_key(&note.id)
                && (users.contains(&note.author.id)
                    || !world.operators.contains(&note.author.id)
                        && threads.contains(&*thread.id)
                        && mentioned(thread, note))
        };
        let wrote = world
            .conversation
            .threads
            .iter()
            .any(|thread| thread.notes.iter().any(|note| is_answer(thread, note)));
        let reacted = self.of(finding, &[Step::Ask, Step::Escalate]).any(|ping| {
            let reactions = world.reactions.get(&ping.moment.1).into_iter().flatten();
            let counts = |user: u64| users.contains(&user) || ping.to.contains(&user);
            ping.moment >= ask.moment && reactions.map(|it| it.by.id).any(counts)
        });
        let resolved = world.conversation.threads.iter().any(|thread| {
            let resolved = thread.resolved.as_ref();
            threads.contains(&*thread.id)
                && resolved.is_some_and(|it| {
                    users.contains(&it.by.as_ref().unwrap().id) && it.at.unwrap() > ask.moment.0
                })
        });
        let told = self.of(finding, &[Step::Answered]).any(|it| it.moment > ask.moment);
        wrote || reacted || resolved || told
    }

    /// What justified a finding, when, and as what it was seen.
    fn justifications(
        &self,
        cast: &Cast,
        world: &World,
        finding: Finding,
    ) -> Vec<(Moment, String)> {
        let users = self.users_of(cast, world, finding.0);
        let counts = |it: &&Said| !users.contains(&it.by);
        let accepts = self.of(finding, &[Step::Accept]).filter(counts);
        let mut found: Vec<(Moment, String)> =
            accepts.map(|it| (it.moment, it.about[&finding].clone())).collect();
        let decisions: Vec<&Said> =
            self.of(finding, &[Step::Keep, Step::Remove]).filter(counts).collect();
        for decision in decisions.iter().filter(|it| it.step == Step::Keep) {
            let seen = &decision.about[&finding];
            let is_later = |it: &&&Said| it.moment > decision.moment && it.about[&finding] == *seen;
            if decisions.iter().find(is_later).is_none() {
                found.push((decision.moment, seen.clone()));
            }
        }
        let accepted: Vec<Moment> = found.iter().map(|(at, _)| *at).collect();
        for ask in self.asks(finding) {
            let thread = world.conversation.threads.iter().find(|it| it.id == ask.thread).unwrap();
            let Some(resolved) = &thread.resolved else { continue };
            let (by, at) = (resolved.by.as_ref().unwrap().id, resolved.at.unwrap());
            let is_operator = world.operators.contains(&by) && !users.contains(&by);
            let closes: &[Step] = &[Step::Fixed, Step::Withdrawn];
            let is_closed = self.live().any(|it| {
                closes.contains(&it.step)
                    && it.about.contains_key(&finding)
                    && it.moment > ask.moment
                    && it.moment.0 <= at
            });
            let is_accepted = accepted.iter().any(|it| *it > ask.moment && it.0 <= at);
            if is_operator && at > ask.moment.0 && !is_closed && !is_accepted {
                found.push(((at, u64::MAX), ask.about[&finding].clone()));
            }
        }
        found
    }

    pub(super) fn is_justified(&self, cast: &Cast, world: &World, finding: Finding) -> bool {
        let Some(seen) = cast.truth(finding) else { return false };
        let is_asked_since =
            |at: Moment| self.asks(finding).any(|it| it.moment > at && it.about[&finding] == seen);
        cast.exempt(finding, world).0
            || self
                .justifications(cast, world, finding)
                .iter()
                .any(|(at, about)| *about == seen && !is_asked_since(*at))
    }

    /// Whether what was asked has ended, so that the finding, found again, is a new matter.
    pub(super) fn has_ended(
        &self,
        cast: &Cast,
        world: &World,
        finding: Finding,
        ask: &Said,
    ) -> bool {
        let seen = cast.truth(finding);
        let (_, lapsed) = cast.exempt(finding, world);
        let lapsed = lapsed.map(|day| day.to_zoned(TimeZone::UTC).unwrap().timestamp());
        let is_said =
            self.of(finding, &[Step::Fixed, Step::Withdrawn]).any(|it| it.moment > ask.moment);
        let mut justified = self.justifications(cast, world, finding).into_iter();
        is_said
            || seen.is_some() && lapsed.is_some_and(|day| day > ask.moment.0)
            || justified.any(|(at, about)| {
                at > ask.moment && seen.as_ref().is_some_and(|seen| about != *seen)
            })
    }

    pub(super) fn is_held(&self, finding: Finding) -> bool {
        self.forged.iter().any(|(note, it)| *it == finding && !self.dead.contains(note))
    }

    /// Whether a finding is to be asked about.
    pub(super) fn is_ask_due(&self, cast: &Cast, world: &World, finding: Finding) -> bool {
        cast.truth(finding).is_some()
            && !self.is_justified(cast, world, finding)
            && !self.is_held(finding)
            && self.last_ask(finding).is_none_or(|ask| self.has_ended(cast, world, finding, ask))
    }

    /// Whether the second step is due, if there is anybody to go to.
    pub(super) fn is_escalation_due(&self, cast: &Cast, world: &World, finding: Finding) -> bool {
        let Some(ask) = self.last_ask(finding) else { return false };
        let wait = SignedDuration::from_hours(72);
        cast.truth(finding).is_some()
            && !OPERATORS_CHECKS.contains(&finding.1)
            && !self.is_justified(cast, world, finding)
            && !self.is_held(finding)
            && !self.has_ended(cast, world, finding, ask)
            && !self.is_answered(cast, world, finding, ask)
            && world.now.duration_since(ask.moment.0) >= wait
            && !self.of(finding, &[Step::Escalate]).any(|it| it.moment > ask.moment)
    }

    /// Whether its end is to be told: that it is fixed, or withdrawn.
    pub(super) fn end_due(&self, cast: &Cast, world: &World, finding: Finding) -> Option<Step> {
        let (who, check) = finding;
        let ask = self.last_ask(finding)?;
        if cast.truth(finding).is_some() || self.has_ended(cast, world, finding, ask) {
            return None;
        }
        let human = cast.humans.get(who);
        let is_present = human.is_some_and(|it| it.entry == Entry::Present);
        let is_account =
            !is_present && cast.has_accounts && human.is_some_and(|it| it.seat.is_some());
        if cast.off.contains(check) || cast.is_excluded(who) && (is_present || is_account) {
            return Some(Step::Withdrawn);
        }
        if !cast.can_be_evaluated(check) {
            return None;
        }
        if is_present {
            let is_readable = human.is_some_and(|it| it.link != Link::Unreadable);
            return is_readable.then_some(Step::Fixed);
        }
        if who == ORGANIZATION || ["outsider", "admin-unexpected"].contains(&check) {
            return Some(Step::Fixed);
        }
        (!cast.is_in_doubt()).then_some(Step::Withdrawn)
    }

    /// Whether everything that was asked in a thread is over, but for what an exception covers.
    pub(super) fn is_over(&self, cast: &Cast, world: &World, thread: &str) -> bool {
        let asked = self
            .live()
            .filter(|it| it.thread == thread && matches!(it.step, Step::Ask | Step::Sent));
        let mut findings = asked.flat_map(|it| it.about.keys());
        findings.all(|finding| {
            let is_told = |ask| self.has_ended(cast, world, *finding, ask);
            match cast.truth(*finding) {
                Some(_) => {
                    self.is_justified(cast, world, *finding) && !cast.exempt(*finding, world).0
                }
                None => {
                    self.end_due(cast, world, *finding).is_some()
                        || self.last_ask(*finding).is_some_and(is_told)
                }
            }
        })
    }

    /// Whether somebody has asked for the review, and since then has not told what is open.
    pub(super) fn is_in_review(&self) -> bool {
        let mut reviews = self.reviews.iter().filter(|(note, _)| !self.dead.contains(note));
        reviews.next_back().is_some_and(|(_, is_complete)| *is_complete)
    }

    /// When the findings of a plan's comments were asked about.
    pub(super) fn asked_at(&self, finding: Finding) -> Option<Timestamp> {
        self.last_ask(finding).map(|it| it.moment.0)
    }
}

impl Said {
    pub(super) fn to(&self) -> &[u64] {
        &self.to
    }
}
