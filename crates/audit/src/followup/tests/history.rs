//! Random histories: what happens, to the sources and in the issue, and that it is remembered.

use std::collections::BTreeSet;

use proptest::test_runner::TestCaseResult;

use super::super::{Act, Due, Selection, duplicates};
use super::cast::{
    BOT, BYSTANDER, Cast, Entry, FORGER, Finding, Handle, OLGA, OPERATORS_CHECKS, ORGANIZATION,
    PERSON_CHECKS, PETE,
};
use super::guards;
use super::oracle::Oracle;
use super::ranks::mentionable;
use super::reading::{Comment, Step as Done};
use super::steps::Step;
use super::world::{World, date};
use crate::record::marker::{Mark, Marked};
use crate::report::Decision;
use crate::steps::outsiders::{self, Proposal};

/// A history as it goes on.
pub(super) struct History {
    pub(super) cast: Cast,
    pub(super) world: World,
    pub(super) oracle: Oracle,
    /// The notes that people wrote.
    answers: Vec<u64>,
    names: usize,
    /// Whom it is mostly about.
    focus: [usize; 2],
}

pub(super) fn operator(is_first: bool) -> u64 {
    if is_first { OLGA } else { PETE }
}

fn toggle<T: Ord + Copy>(all: &mut BTreeSet<T>, one: T) {
    if !all.remove(&one) {
        all.insert(one);
    }
}

fn pick<T: Clone>(all: &[T], number: usize) -> Option<T> {
    (!all.is_empty()).then(|| all[number % all.len()].clone())
}

impl History {
    pub(super) fn new(focus: [usize; 2], knows_members: bool) -> Self {
        let cast = Cast::new();
        let mut world = cast.world();
        world.forget(knows_members);
        Self { cast, world, oracle: Oracle::default(), answers: Vec::new(), names: 0, focus }
    }

    /// What is found, as all know it.
    fn found(&self) -> Vec<Finding> {
        let all = self.cast.all().into_iter();
        all.filter(|it| self.cast.truth(*it).is_some()).collect()
    }

    pub(super) fn name(&self, (who, check): Finding) -> String {
        let subject = self.cast.humans.get(who).map_or("organization", |it| &it.email);
        format!("{check}:{subject}")
    }

    fn finding(&self, number: usize) -> Option<Finding> {
        let found = self.found();
        let is_near = |it: &&Finding| self.focus.contains(&it.0);
        let near: Vec<Finding> = found.iter().filter(is_near).copied().collect();
        pick(&near, number / 4)
            .filter(|_| !number.is_multiple_of(4))
            .or_else(|| pick(&found, number / 4))
    }

    fn thread(&self, number: usize) -> Option<String> {
        let near = self.focus.iter().flat_map(|who| self.oracle.threads_of(&self.world, *who));
        let near: Vec<String> = near.collect();
        let all = self.world.conversation.threads.iter().map(|it| it.id.clone());
        let all: Vec<String> = all.collect();
        pick(&near, number / 4)
            .filter(|_| !number.is_multiple_of(4))
            .or_else(|| pick(&all, number / 4))
    }

    /// A comment that asks or escalates: its number and its thread.
    fn ping(&self, number: usize) -> Option<(u64, String)> {
        let thread = self.thread(number);
        let pings =
            self.oracle.pings().into_iter().filter(|it| Some(&it.thread) == thread.as_ref());
        let pings: Vec<_> = pings.map(|it| (it.moment.1, it.thread.clone())).collect();
        pick(&pings, number / 3)
    }

    /// Posts what was planned, and remembers it.
    fn post(&mut self, due: &Due, by: u64) -> Vec<u64> {
        let comments = self.oracle.comments(&self.cast, &self.world, &due.plan);
        let posted = self.world.post(&due.plan, by);
        self.oracle.remember(&self.cast, &self.world, &comments, &posted, by);
        posted.into_iter().map(|(note, _)| note).collect()
    }

    fn act(&mut self, by: u64, act: Act) -> TestCaseResult {
        if let Ok(due) = self.world.act(by, act.clone()) {
            guards::act(self, by, &act, &due)?;
            self.post(&due, by);
            if let Ok(again) = self.world.act(by, act.clone())
                && !again.plan.is_empty()
            {
                return Err(guards::broken("an act is done once", &(act, again.plan)));
            }
        }
        Ok(())
    }

    fn run(&mut self, by: u64, selection: &Selection) -> TestCaseResult {
        let conversation = self.world.conversation.clone();
        let (due, states) = self.world.look(&conversation, by, selection);
        let Ok(due) = due else {
            // Nothing is found about whom it names.
            return if selection.only.is_empty() {
                Err(guards::broken("what is due can be planned", selection))
            } else {
                Ok(())
            };
        };
        guards::run(self, by, selection, &due, &states)?;
        self.post(&due, by);
        if selection.limit.is_none() {
            guards::is_done(self, by, selection)?;
        }
        Ok(())
    }

    pub(super) fn step(&mut self, step: Step) -> TestCaseResult {
        match step {
            Step::Run { by, limit, only } => {
                let only = only.map(|who| self.cast.humans[who].email.clone());
                let only = only.into_iter().collect();
                let selection = Selection { only, limit, ..Selection::default() };
                return self.run(operator(by), &selection);
            }
            Step::RunBoth => return self.run_both(),
            Step::Accept(by, number) => {
                let Some(finding) = self.finding(number) else { return Ok(()) };
                let findings = vec![self.name(finding)];
                let reason = "It is @all meant.".to_owned();
                return self.act(operator(by), Act::Accept { findings, reason });
            }
            Step::AskAgain(by, number) => {
                let Some(finding) = self.finding(number) else { return Ok(()) };
                let findings = vec![self.name(finding)];
                return self.act(operator(by), Act::AskAgain { findings, reason: String::new() });
            }
            Step::Sent(by, who) if mentionable(&self.cast, &self.world, who).is_none() => {
                let subject = self.cast.humans[who].email.clone();
                return self.act(operator(by), Act::Sent { subject });
            }
            Step::Answered(by, who) => {
                let subject = self.cast.humans[who].email.clone();
                return self.act(operator(by), Act::Answered { subject, reason: "No.".to_owned() });
            }
            Step::Decide(by, number, keep) => self.decide(operator(by), number, keep),
            Step::Pass(hours) => self.world.pass(hours),
            step => {
                self.change(&step);
                self.speak(&step);
                self.tamper(&step);
            }
        }
        self.world.texts = self.cast.texts();
        Ok(())
    }

    /// What changes in the sources.
    fn change(&mut self, step: &Step) {
        let cast = &mut self.cast;
        match *step {
            Step::Link(who, link) => cast.humans[who].link = link,
            Step::Seat(who, seat) => {
                let is_owner = cast.humans[who].seat.is_some_and(|it| it.role == "Owner");
                cast.humans[who].seat = seat;
                if let (true, Some(seat)) = (!is_owner && who == 0, &mut cast.humans[0].seat) {
                    seat.role = "Owner";
                }
            }
            // Somebody whose address changed and whose entry is gone or unreadable, too, is another one to
            // everybody: nothing that is left names both.
            Step::Entry(who, entry) if !cast.humans[who].has_moved || entry == Entry::Present => {
                cast.humans[who].was_away |= entry != Entry::Present;
                cast.humans[who].entry = entry;
            }
            Step::Move(who) => {
                let human = &mut cast.humans[who];
                let has_id = matches!(human.handle, Handle::Both(..) | Handle::Id(_));
                if has_id && !human.was_away {
                    human.has_moved = true;
                    human.email = format!("n{}", human.email);
                }
            }
            Step::Rename(who) => {
                self.names += 1;
                let human = &cast.humans[who];
                let name = format!("{}{}", self.world.user(human.user).username, self.names);
                self.world.rename(human.user, &name);
            }
            Step::Gaps => cast.has_gaps = !cast.has_gaps,
            Step::NoAccounts => cast.has_accounts = !cast.has_accounts,
            Step::LoseMany => cast.is_shrunken = !cast.is_shrunken,
            Step::Off(check) => toggle(&mut cast.off, PERSON_CHECKS[check]),
            Step::Exclude(who) => toggle(&mut cast.excluded, who),
            Step::Except(who, check, days) => {
                let check = PERSON_CHECKS[check % PERSON_CHECKS.len()];
                cast.except(who, check, days, date(self.world.now));
            }
            _ => {}
        }
    }

    fn say(&mut self, by: u64, thread: Option<&str>, body: &str) {
        let note = self.world.say(by, thread, body);
        self.answers.push(note);
    }

    /// What people say.
    fn speak(&mut self, step: &Step) {
        match *step {
            Step::Answer(who, is_here) => {
                let thread = self.oracle.threads_of(&self.world, who).pop();
                let thread = thread.filter(|_| is_here);
                self.say(self.cast.humans[who].user, thread.as_deref(), "It is meant to be so.");
            }
            Step::React(number) => {
                let Some((note, thread)) = self.ping(number) else { return };
                let users = self.people_of(&thread);
                if let Some(user) = pick(&users, number / 3) {
                    self.world.react(user, note);
                }
            }
            Step::ResolveBySubject(who) => {
                if let Some(thread) = self.oracle.threads_of(&self.world, who).pop() {
                    self.world.resolve(self.cast.humans[who].user, &thread);
                }
            }
            Step::Mentioned(number, is_here) => {
                let Some(thread) = self.thread(number) else { return };
                let users = self.people_of(&thread);
                let Some(user) = pick(&users, number / 5) else { return };
                self.say(user, Some(&*thread).filter(|_| is_here), "They are away.");
            }
            Step::Bystand(number, what) => {
                let thread = self.thread(number);
                let thread = thread.as_deref();
                match what {
                    0 => self.world.say_system(thread),
                    1 => self.say(BOT, thread, "Beep."),
                    2 => self.say(PETE, thread, "We look into this, @ada."),
                    3 => self.say(OLGA, thread, "Noted."),
                    _ => self.say(BYSTANDER, thread, "Interesting."),
                }
            }
            _ => {}
        }
    }

    /// Those who may have something to say in a thread: whom it mentioned, and a bystander.
    fn people_of(&self, thread: &str) -> Vec<u64> {
        let pings = self.oracle.pings().into_iter().filter(|it| it.thread == thread);
        let mut users: Vec<u64> = pings.flat_map(|it| it.to().iter().copied()).collect();
        users.push(BYSTANDER);
        users
    }

    /// What is done to notes and threads.
    fn tamper(&mut self, step: &Step) {
        match *step {
            Step::Resolve(by, number) => {
                if let Some(thread) = self.thread(number) {
                    self.world.resolve(operator(by), &thread);
                }
            }
            Step::Unresolve(number) => {
                if let Some(thread) = self.thread(number) {
                    self.world.unresolve(&thread);
                }
            }
            Step::Delete(number) => {
                if let Some((note, _)) = self.ping(number) {
                    self.world.delete(note);
                    self.oracle.dead.insert(note);
                }
            }
            Step::DeleteAnswer(number) => {
                if let Some(note) = pick(&self.answers, number) {
                    self.answers.retain(|it| *it != note);
                    self.world.delete(note);
                }
            }
            Step::Edit(number, keeps_marker) => {
                let Some((note, _)) = self.ping(number) else { return };
                let body = &mut self.world.note_mut(note).body;
                let marker = body.lines().last().unwrap().to_owned();
                *body = "Something else.".to_owned();
                if keeps_marker {
                    body.push_str(&format!("\n\n{marker}\n"));
                } else {
                    self.oracle.dead.insert(note);
                }
            }
            Step::Forge(number, is_own) => {
                let Some(finding) = self.finding(number) else { return };
                let (who, check) = finding;
                if who == ORGANIZATION {
                    return;
                }
                let (user, email) =
                    (self.cast.humans[who].user, self.cast.humans[who].email.clone());
                let is_operator = self.world.operators.contains(&user);
                let by = if is_own && !is_operator { user } else { FORGER };
                let marked = [Marked::Ask, Marked::Fixed, Marked::Accept][number % 3];
                self.world.texts = self.cast.texts();
                if let Some(body) = self.world.forge(marked, check, &email) {
                    let note = self.world.say(by, None, &body);
                    self.oracle.forged.push((note, finding));
                }
            }
            Step::Review(by, is_complete) => {
                let complete = if is_complete { "yes" } else { "no" };
                let mark =
                    Mark::from(World::marker().of(Marked::Review)).with("complete", complete);
                let body = format!("Please look it over.\n\n{mark}");
                let note = self.world.say(operator(by), None, &body);
                self.oracle.reviews.insert(note, is_complete);
            }
            Step::DeleteReview => {
                for note in std::mem::take(&mut self.oracle.reviews).into_keys() {
                    self.world.delete(note);
                }
            }
            _ => {}
        }
    }

    fn decide(&mut self, by: u64, number: usize, keep: bool) {
        let outsiders: Vec<Finding> =
            self.found().into_iter().filter(|it| it.1 == "outsider").collect();
        let Some((who, check)) = pick(&outsiders, number) else { return };
        let (decision, step) =
            if keep { (Decision::Keep, Done::Keep) } else { (Decision::Remove, Done::Remove) };
        if self.oracle.last_decision((who, check)) == Some(step) {
            return;
        }
        let proposal = Proposal {
            email: self.cast.humans[who].email.clone(),
            decision,
            justification: "Books demos.".to_owned(),
        };
        self.world.read();
        let name = self.world.user(by).username.clone();
        let (evaluation, policy) = (self.world.evaluation(), &self.world.texts.policy);
        let action = outsiders::confirm(evaluation, policy, World::marker(), 1, &name, &proposal);
        let mut due = Due::default();
        due.plan.actions.extend(action);
        self.post(&due, by);
    }

    /// Two operators do the same at the same time; each then takes back what the other had said.
    fn run_both(&mut self) -> TestCaseResult {
        let all = Selection::default();
        let conversation = self.world.conversation.clone();
        let (one, states) = self.world.look(&conversation, OLGA, &all);
        let (Ok(one), Ok(other)) = (one, self.world.due(PETE, &all)) else {
            return Ok(());
        };
        let (one_says, other_says) = (guards::said(&one), guards::said(&other));
        guards::same(&one_says, &other_says, "all operators see the same")?;
        guards::run(self, OLGA, &all, &one, &states)?;
        self.post(&one, OLGA);
        let second = self.post(&other, PETE);
        for (operator, expected) in [(OLGA, Vec::new()), (PETE, second)] {
            let twice = self.world.with_facts(|facts| duplicates(facts, operator));
            guards::same(&twice, &expected, "of two equal comments the first stands")?;
            for note in twice {
                self.world.delete(note);
                self.oracle.dead.insert(note);
            }
        }
        guards::is_done(self, OLGA, &all)
    }

    pub(super) fn is_of_operators(finding: Finding) -> bool {
        OPERATORS_CHECKS.contains(&finding.1)
    }

    /// The comments of a plan as they read.
    pub(super) fn read(&self, due: &Due) -> Vec<Comment> {
        self.oracle.comments(&self.cast, &self.world, &due.plan)
    }

    pub(super) fn is_ping(step: Done) -> bool {
        matches!(step, Done::Ask | Done::Escalate)
    }
}
