//! A short audit: four people, and what is written into its issue day by day.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::accounts::Accounts;
use crate::evaluation::{Evaluation, Policy, Sources};
use crate::followup::{Cases, Entry, FollowupInput, IssueFacts, WaitPolicy, cases};
use crate::identity::{SubjectId, digest};
use crate::input::SourceFile;
use crate::kinds::Kind;
use crate::record::conversation::{Conversation, Note, Reaction, Thread, User};
use crate::record::directory::{Directory, Known};
use crate::record::marker::{
    Content, Key, Marker, MarkerHeader, ReviewMark, SourceDigests, Step, StepAction,
};
use crate::roster::{OperationsTeam, parse};
use crate::text::fold;

/// Somebody on the roster.
#[derive(Clone, Copy)]
pub(super) struct Actor {
    pub(super) id: u64,
    pub(super) email: &'static str,
    pub(super) name: &'static str,
}

pub(super) const ADA: Actor = Actor { id: 1001, email: "ada@x.example", name: "Ada Bianchi" };
pub(super) const BOB: Actor = Actor { id: 1002, email: "bob@x.example", name: "Bob Stone" };
pub(super) const MIA: Actor = Actor { id: 1003, email: "mia@x.example", name: "Mia Moss" };
/// The operator.
pub(super) const OTTO: Actor = Actor { id: 1005, email: "otto@x.example", name: "Otto Ohm" };
/// A second operator, who is not on the roster.
pub(super) const OLEG: u64 = 1008;

const ROSTER: &str = "\
- name: Ada Bianchi
  email: ada@x.example
  gitlab: {id: 1001, username: ada}
  reports_to: Mia Moss
- name: Bob Stone
  email: bob@x.example
  gitlab: {id: 1002, username: bob}
  calendly: https://calendly.com/bob
- name: Mia Moss
  email: mia@x.example
  gitlab: {id: 1003, username: mia}
  calendly: https://calendly.com/mia
- name: Otto Ohm
  email: otto@x.example
  gitlab: {id: 1005, username: otto}
  calendly: https://calendly.com/otto
";

/// An audit in which Ada has no link.
pub(super) struct Story {
    pub(super) roster: String,
    pub(super) accounts: Option<String>,
    pub(super) policy: Policy,
    pub(super) exceptions: String,
    pub(super) users: Vec<(u64, &'static str, u64)>,
    pub(super) recorded_people: Option<usize>,
    pub(super) recorded_accounts: Option<usize>,
    /// The day from which the sources are; nothing: they are read when they are looked at.
    pub(super) captured: Option<f64>,
    /// The check and the subject that the story is about.
    pub(super) check: &'static str,
    /// What the steps that are written name as evidence.
    pub(super) evidence: String,
    pub(super) threads: Vec<Thread>,
    pub(super) reactions: Vec<(u64, Reaction)>,
    next: u64,
}

pub(super) fn day(number: f64) -> Timestamp {
    let start: Timestamp = "2027-02-01T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs_f64(number * 86_400.0)
}

pub(super) fn keys(id: Option<u64>, email: &str, name: &str) -> Vec<Key> {
    let id = id.map(SubjectId::GitLabId);
    let known = id
        .into_iter()
        .chain([SubjectId::Email(email.to_owned()), SubjectId::Name(fold(name).into_owned())]);
    known.map(|id| Key::new(&id)).collect()
}

impl Story {
    pub(super) fn new() -> Self {
        Self {
            roster: ROSTER.to_owned(),
            accounts: None,
            policy: Policy::default(),
            exceptions: String::new(),
            users: vec![
                (1001, "ada", 30),
                (1002, "bob", 30),
                (1003, "mia", 30),
                (1004, "nadia", 30),
                (1005, "otto", 30),
                (OLEG, "oleg", 30),
            ],
            recorded_people: None,
            recorded_accounts: None,
            captured: None,
            check: "link-missing",
            evidence: String::new(),
            threads: Vec::new(),
            reactions: Vec::new(),
            next: 1,
        }
    }

    /// Gives Ada a link.
    pub(super) fn fix(&mut self) {
        self.roster = self
            .roster
            .replace("  email: ada", "  calendly: https://calendly.com/ada\n  email: ada");
    }

    /// Takes Ada's link away again.
    pub(super) fn unfix(&mut self) {
        self.roster = self.roster.replace("  calendly: https://calendly.com/ada\n", "");
    }

    fn header() -> MarkerHeader {
        MarkerHeader { kind: Kind::Calendly, period: "FY28-Q1".parse().unwrap() }
    }

    /// A step about an actor.
    pub(super) fn step(&self, at: f64, actor: Actor, round: u32, action: StepAction) -> Step {
        Step {
            action,
            check: self.check.to_owned(),
            keys: keys(Some(actor.id), actor.email, actor.name),
            account: None,
            evidence: digest(&self.evidence),
            round,
            at: day(at),
            mentioned: Vec::new(),
        }
    }

    /// Adds a comment in a thread of its own, or as a reply in that of another one.
    pub(super) fn say(&mut self, at: f64, author: Actor, reply_to: Option<u64>, body: &str) -> u64 {
        self.write(at, author.id, reply_to, body.to_owned())
    }

    fn write(&mut self, at: f64, author: u64, reply_to: Option<u64>, body: String) -> u64 {
        let id = self.next;
        self.next += 1;
        let author = User { id: author, username: format!("user{author}") };
        let note = Note { id, author, body, created_at: day(at), is_system: false };
        let is_first =
            |thread: &&mut Thread| thread.notes.iter().any(|note| Some(note.id) == reply_to);
        match self.threads.iter_mut().find(is_first) {
            Some(thread) => thread.notes.push(note),
            None => self.threads.push(Thread { id: format!("t{id}"), notes: vec![note] }),
        }
        id
    }

    pub(super) fn delete(&mut self, id: u64) {
        for thread in &mut self.threads {
            thread.notes.retain(|note| note.id != id);
        }
    }

    pub(super) fn react(&mut self, at: f64, user: u64, note: u64) {
        let by = User { id: user, username: format!("user{user}") };
        self.reactions.push((note, Reaction { by, at: day(at) }));
    }

    pub(super) fn post(&mut self, at: f64, author: u64, content: Content) -> u64 {
        let marker: Marker = Self::header().with(content);
        let mut items = String::new();
        if let Content::Record(steps) = &marker.content {
            items.extend(steps.iter().map(|_| "- somebody: the reason\n"));
        }
        self.write(at, author, None, format!("Our words.\n\n{items}\n{marker}"))
    }

    pub(super) fn ask(&mut self, at: f64, actor: Actor, round: u32) -> u64 {
        self.ask_of(at, actor, round, &[actor.id])
    }

    pub(super) fn ask_of(&mut self, at: f64, actor: Actor, round: u32, mentioned: &[u64]) -> u64 {
        self.ask_by(at, OTTO.id, actor, round, mentioned)
    }

    pub(super) fn ask_by(
        &mut self,
        at: f64,
        author: u64,
        actor: Actor,
        round: u32,
        mentioned: &[u64],
    ) -> u64 {
        let mut step = self.step(at, actor, round, StepAction::Ask { due: None });
        step.mentioned = mentioned.to_vec();
        self.post(at, author, Content::Notice(vec![step]))
    }

    pub(super) fn ask_until(&mut self, at: f64, actor: Actor, round: u32, due: Option<f64>) -> u64 {
        let mut step = self.step(at, actor, round, StepAction::Ask { due: due.map(day) });
        step.mentioned = vec![actor.id];
        self.post(at, OTTO.id, Content::Notice(vec![step]))
    }

    pub(super) fn list(&mut self, at: f64, actor: Actor, round: u32) -> u64 {
        self.ask_of(at, actor, round, &[])
    }

    pub(super) fn escalate(&mut self, at: f64, actor: Actor, round: u32, to: &[u64]) -> u64 {
        let mut step = self.step(at, actor, round, StepAction::Escalate { due: None });
        step.mentioned = to.to_vec();
        self.post(at, OTTO.id, Content::Notice(vec![step]))
    }

    /// Records an act of the operator about an actor.
    pub(super) fn act(&mut self, at: f64, actor: Actor, round: u32, action: StepAction) -> u64 {
        self.act_by(at, OTTO.id, actor, round, action)
    }

    pub(super) fn act_by(
        &mut self,
        at: f64,
        author: u64,
        actor: Actor,
        round: u32,
        action: StepAction,
    ) -> u64 {
        let step = self.step(at, actor, round, action);
        self.post(at, author, Content::Record(vec![step]))
    }

    /// Reports something as settled.
    pub(super) fn settle(&mut self, at: f64, actor: Actor, round: u32, action: StepAction) -> u64 {
        let step = self.step(at, actor, round, action);
        self.post(at, OTTO.id, Content::Notice(vec![step]))
    }

    pub(super) fn review(&mut self, at: f64, is_complete: bool) -> u64 {
        let mark = ReviewMark { is_complete, ..ReviewMark::default() };
        self.post(at, OTTO.id, Content::Review(mark))
    }

    /// The cases on a day.
    pub(super) fn cases(&self, now: f64) -> Cases {
        let file =
            |name: &str, text: &str| SourceFile { name: name.to_owned(), bytes: text.into() };
        let team = OperationsTeam::default();
        let (roster, problems) =
            parse(&[file("team.yaml", &self.roster)], Kind::Calendly.spec().roster_field, &team);
        let captured = day(self.captured.unwrap_or(now));
        let accounts = self.accounts.as_ref().map(|text| {
            Accounts::from_file(Kind::Calendly.spec().export, &file("users.csv", text), captured)
                .unwrap()
        });
        let exceptions = file("exceptions.yaml", &self.exceptions);
        let (exceptions, _) =
            crate::evaluation::exceptions::parse(Kind::Calendly, &exceptions).unwrap();
        let sources = Sources {
            roster,
            accounts,
            exceptions,
            approvers: None,
            problems,
            recorded_people: self.recorded_people,
            recorded_accounts: self.recorded_accounts,
        };
        let today = crate::dates::date_of(day(now));
        let evaluation = Evaluation::new(Kind::Calendly, &self.policy, sources, today);
        let mut conversation =
            Conversation { threads: self.threads.clone(), ..Conversation::default() };
        for (note, reaction) in &self.reactions {
            conversation.reactions.entry(*note).or_default().push(reaction.clone());
        }
        let mut directory = Directory::default();
        directory.is_complete = true;
        for (id, username, access_level) in &self.users {
            directory.add(Known {
                user: User { id: *id, username: (*username).to_owned() },
                is_active: true,
                sees_issue: true,
                access_level: *access_level,
            });
        }
        let operator = User { id: OTTO.id, username: "otto".to_owned() };
        let issue = IssueFacts {
            iid: 1,
            url: "https://gitlab.example/-/issues/1".to_owned(),
            created_at: day(0.0),
            author: operator.clone(),
            assignees: Vec::new(),
        };
        cases(&FollowupInput {
            evaluation: &evaluation,
            policy: &self.policy,
            conversation: &conversation,
            description: "",
            directory: &directory,
            header: Self::header(),
            issue: &issue,
            operator: &operator,
            operators: &BTreeSet::from([OTTO.id, OLEG]),
            managers: &[],
            waits: WaitPolicy::default(),
            roster_captured_at: captured,
            sources: &SourceDigests::default(),
            roster_page: None,
            now: day(now),
        })
    }

    /// The only entry of the story's check on a day.
    pub(super) fn find(&self, now: f64) -> Option<Entry> {
        let cases = self.cases(now);
        let mut entries = cases.entries().filter(|(_, entry)| entry.check.id == self.check);
        let entry = entries.next().map(|(_, entry)| entry.clone());
        assert!(entries.next().is_none(), "several entries");
        entry
    }

    #[track_caller]
    pub(super) fn entry(&self, now: f64) -> Entry {
        self.find(now).expect("the story's finding")
    }

    /// Checks the state of the story's finding on several days.
    #[track_caller]
    pub(super) fn expect(&self, states: &[(f64, &str)]) {
        for (now, expected) in states {
            let entry = self.find(*now);
            let state = entry.as_ref().map_or("none", |entry| entry.state.as_str());
            assert_eq!(state, *expected, "on day {now}: {entry:?}");
        }
    }
}
