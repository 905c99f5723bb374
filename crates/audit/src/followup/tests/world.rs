//! A small world: texts that people change, an issue as GitLab keeps it, and a clock.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::super::{
    Act, Cases, Due, FollowupInput, Refusal, Selection, State, WaitPolicy, cases, finding_name,
    pings_to_look_at, plan,
};
use crate::accounts::Accounts;
use crate::evaluation::{Evaluation, Policy, Sources, exceptions};
use crate::input::SourceFile;
use crate::kinds::Kind;
use crate::plan::{Action, Plan};
use crate::record::conversation::{Conversation, Note, Reaction, Resolved, Thread, User};
use crate::record::directory::{Directory, Inquiry, Known};
use crate::record::marker::{Marked, Marker};
use crate::roster::{OperationsTeam, parse};

/// The page of the issue.
pub(crate) const URL: &str = "https://gitlab.example/group/audits/-/issues/1";

/// What the accounts' table begins with.
pub(crate) const HEAD: &str = "Name,Email,Role,Calendly link,Status\n";

/// The texts that an audit is made from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    pub(crate) team: String,
    pub(crate) accounts: Option<String>,
    pub(crate) exceptions: String,
    pub(crate) policy: Policy,
    pub(crate) recorded: Option<usize>,
}

impl Texts {
    pub(crate) fn evaluate(&self, now: Timestamp) -> Evaluation {
        let file =
            |name: &str, text: &str| SourceFile { name: name.to_owned(), bytes: text.into() };
        let (roster, problems) =
            parse(&[file("team.yaml", &self.team)], &OperationsTeam::default());
        let accounts = self.accounts.as_ref().map(|text| {
            Accounts::from_file(Kind::Calendly, &file("users.csv", text), now).unwrap()
        });
        let (exceptions, unread) =
            exceptions::parse(Kind::Calendly, &file("exceptions.yaml", &self.exceptions)).unwrap();
        assert_eq!(unread, []);
        let recorded_people = self.recorded;
        let sources = Sources { roster, accounts, exceptions, problems, recorded_people };
        Evaluation::new(Kind::Calendly, &self.policy, sources, date(now))
    }
}

pub(crate) fn date(at: Timestamp) -> jiff::civil::Date {
    at.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The world.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) texts: Texts,
    read: Option<(Texts, jiff::civil::Date)>,
    evaluation: Evaluation,
    pub(crate) users: Vec<Known>,
    pub(crate) operators: BTreeSet<u64>,
    pub(crate) managers: Vec<String>,
    pub(crate) waits: WaitPolicy,
    /// Without reactions: they are read where they are needed.
    pub(crate) conversation: Conversation,
    pub(crate) reactions: BTreeMap<u64, Vec<Reaction>>,
    pub(crate) now: Timestamp,
    next: u64,
    directory: Directory,
}

/// Each finding as `check:subject`, with its state and round.
fn states(facts: &FollowupInput<'_>, cases: &Cases<'_>) -> Vec<String> {
    let entries = cases.cases.iter().flat_map(|case| case.entries.iter().map(move |it| (case, it)));
    entries
        .map(|(case, entry)| {
            let name = finding_name(facts, case, entry);
            format!("{name} {} {}", entry.state.as_str(), entry.round)
        })
        .collect()
}

impl World {
    /// A world at ten o'clock of a Monday.
    pub(crate) fn new(texts: Texts, users: Vec<Known>, operators: &[u64]) -> Self {
        let now = "2027-02-01T10:00:00Z".parse().unwrap();
        Self {
            evaluation: texts.evaluate(now),
            texts,
            read: None,
            users,
            operators: operators.iter().copied().collect(),
            managers: Vec::new(),
            waits: WaitPolicy::default(),
            conversation: Conversation::default(),
            reactions: BTreeMap::new(),
            now,
            next: 100,
            directory: Directory::default(),
        }
    }

    pub(crate) fn marker() -> Marker {
        let period = "FY28-Q1".parse().unwrap();
        Marker { kind: Kind::Calendly, period, marked: Marked::Issue }
    }

    pub(crate) fn user(&self, id: u64) -> &User {
        &self.users.iter().find(|it| it.user.id == id).unwrap().user
    }

    /// Forgets whom GitLab was asked about; those who see the issue may be known from the start.
    pub(crate) fn forget(&mut self, knows_members: bool) {
        self.directory = Directory::default();
        self.directory.is_complete = knows_members;
        for known in self.users.iter().filter(|it| knows_members && it.sees_issue) {
            self.directory.add(known.clone());
        }
    }

    fn tick(&mut self) -> Timestamp {
        self.now += 3.milliseconds();
        self.now
    }

    pub(crate) fn pass(&mut self, hours: i64) {
        self.now += SignedDuration::from_hours(hours);
    }

    /// Reads the texts again.
    pub(crate) fn read(&mut self) -> &Evaluation {
        let day =
            if self.texts.exceptions.is_empty() { date(Timestamp::MIN) } else { date(self.now) };
        if self.read.as_ref().is_none_or(|(texts, on)| *texts != self.texts || *on != day) {
            self.evaluation = self.texts.evaluate(self.now);
            self.read = Some((self.texts.clone(), day));
        }
        if let Some(accounts) = &mut self.evaluation.accounts {
            accounts.capture.read_at = self.now;
        }
        &self.evaluation
    }

    pub(crate) fn evaluation(&self) -> &Evaluation {
        &self.evaluation
    }

    /// GitLab answers.
    fn ask(&mut self, inquiry: Inquiry) {
        let known = self.users.iter().find(|known| match &inquiry {
            Inquiry::Id(id) => known.user.id == *id,
            Inquiry::Username(name) => known.user.username.to_lowercase() == *name,
        });
        match known {
            Some(known) => self.directory.add(known.clone()),
            None => self.directory.add_nobody(inquiry),
        }
    }

    /// Does something with what a command knows so far.
    fn with<T>(&self, conversation: &Conversation, run: impl FnOnce(&FollowupInput<'_>) -> T) -> T {
        run(&FollowupInput {
            evaluation: &self.evaluation,
            policy: &self.texts.policy,
            conversation,
            directory: &self.directory,
            marker: Self::marker(),
            iid: 1,
            managers: &self.managers,
            waits: self.waits,
            now: self.now,
        })
    }

    /// Gathers what a command would: whom GitLab must be asked about, and reactions where they are
    /// needed; then tells what is due, and where all findings stand.
    pub(crate) fn look(
        &mut self,
        conversation: &Conversation,
        operator: u64,
        selection: &Selection,
    ) -> (Result<Due, Refusal>, Vec<String>) {
        self.read();
        let operator = self.user(operator).clone();
        let mut conversation = conversation.clone();
        loop {
            let due = self.with(&conversation, |facts| plan(facts, selection, &operator, URL));
            let inquiries = due.as_ref().map(|due| due.inquiries.clone()).unwrap_or_default();
            let (pings, states) = self.with(&conversation, |facts| {
                let cases = cases(facts);
                (pings_to_look_at(&cases), states(facts, &cases))
            });
            let unread: Vec<u64> =
                pings.into_iter().filter(|id| !conversation.reactions.contains_key(id)).collect();
            if inquiries.is_empty() && unread.iter().all(|id| !self.reactions.contains_key(id)) {
                return (due, states);
            }
            for inquiry in inquiries {
                self.ask(inquiry);
            }
            for id in unread {
                let reactions = self.reactions.get(&id).cloned().unwrap_or_default();
                conversation.reactions.insert(id, reactions);
            }
        }
    }

    /// Does something with all facts that a command would gather.
    pub(crate) fn with_facts<T>(&mut self, run: impl FnOnce(&FollowupInput<'_>) -> T) -> T {
        let mut conversation = self.conversation.clone();
        let operator = self.users.first().unwrap().user.id;
        drop(self.look(&conversation, operator, &Selection::default()));
        let pings = self.with(&conversation, |facts| pings_to_look_at(&cases(facts)));
        for id in pings {
            let reactions = self.reactions.get(&id).cloned().unwrap_or_default();
            conversation.reactions.insert(id, reactions);
        }
        self.with(&conversation, run)
    }

    /// Does something with accounts that were read at some time.
    pub(crate) fn with_accounts_of<T>(
        &mut self,
        read_at: Timestamp,
        run: impl FnOnce(&FollowupInput<'_>) -> T,
    ) -> T {
        self.read();
        self.evaluation.accounts.as_mut().unwrap().capture.read_at = read_at;
        self.with(&self.conversation, run)
    }

    /// What is due, as told to an operator.
    pub(crate) fn due(&mut self, operator: u64, selection: &Selection) -> Result<Due, Refusal> {
        let conversation = self.conversation.clone();
        self.look(&conversation, operator, selection).0
    }

    pub(crate) fn act(&mut self, operator: u64, act: Act) -> Result<Due, Refusal> {
        self.due(operator, &Selection { acts: vec![act], ..Selection::default() })
    }

    /// Does all that is due, and tells what was done.
    pub(crate) fn run(&mut self, operator: u64) -> Due {
        let due = self.due(operator, &Selection::default()).unwrap();
        self.post(&due.plan, operator);
        due
    }

    /// Does an act.
    pub(crate) fn do_act(&mut self, operator: u64, act: Act) -> Due {
        let due = self.act(operator, act).unwrap();
        self.post(&due.plan, operator);
        due
    }

    /// The states and rounds of all findings.
    pub(crate) fn states(&mut self) -> Vec<String> {
        self.with_facts(|facts| states(facts, &cases(facts)))
    }

    /// The state and the round of one finding.
    pub(crate) fn state(&mut self, finding: &str) -> Option<(State, u32)> {
        self.with_facts(|facts| {
            let cases = cases(facts);
            cases.cases.iter().find_map(|case| {
                let is_it = |name: String| name == finding;
                let entry = case.entries.iter().find(|it| is_it(finding_name(facts, case, it)))?;
                Some((entry.state.clone(), entry.round))
            })
        })
    }

    /// Carries out a plan as GitLab would; returns the numbers of the notes in the plan's order.
    pub(crate) fn post(&mut self, plan: &Plan, operator: u64) -> Vec<(u64, String)> {
        let mut posted = Vec::new();
        for action in &plan.actions {
            let (thread, body) = match action {
                Action::OpenThread { body, .. } | Action::Comment { body, .. } => (None, body),
                Action::Reply { thread, body, .. } => (Some(thread.clone()), body),
                Action::Resolve { thread, resolved, .. } => {
                    if *resolved {
                        self.resolve(operator, &thread.clone());
                    } else {
                        self.unresolve(&thread.clone());
                    }
                    continue;
                }
                Action::DeleteComment { note, .. } => {
                    self.delete(*note);
                    continue;
                }
                other => panic!("{other}"),
            };
            let id = self.say(operator, thread.as_deref(), body);
            if matches!(action, Action::Comment { .. }) {
                self.conversation.threads.last_mut().unwrap().is_resolvable = false;
            }
            posted.push((id, self.thread_of(id).unwrap().id.clone()));
        }
        self.tick();
        posted
    }

    /// Somebody writes, in a thread or elsewhere in the issue.
    pub(crate) fn say(&mut self, by: u64, thread: Option<&str>, body: &str) -> u64 {
        let created_at = self.tick();
        self.next += 1;
        let note = Note {
            id: self.next,
            author: self.user(by).clone(),
            body: body.to_owned(),
            created_at,
            is_system: false,
            is_by_operator: self.operators.contains(&by),
        };
        match thread {
            Some(id) => self.thread_mut(id).notes.push(note),
            None => self.conversation.threads.push(Thread {
                id: format!("d{}", self.next),
                notes: vec![note],
                is_resolvable: true,
                resolved: None,
            }),
        }
        self.next
    }

    /// GitLab itself writes.
    pub(crate) fn say_system(&mut self, thread: Option<&str>) {
        let by = self.users.first().unwrap().user.id;
        let id = self.say(by, thread, "changed the description");
        self.note_mut(id).is_system = true;
    }

    pub(crate) fn thread_mut(&mut self, id: &str) -> &mut Thread {
        self.conversation.threads.iter_mut().find(|it| it.id == id).unwrap()
    }

    pub(crate) fn thread_of(&self, note: u64) -> Option<&Thread> {
        let holds = |thread: &&Thread| thread.notes.iter().any(|it| it.id == note);
        self.conversation.threads.iter().find(holds)
    }

    pub(crate) fn note_mut(&mut self, id: u64) -> &mut Note {
        let mut notes = self.conversation.threads.iter_mut().flat_map(|it| it.notes.iter_mut());
        notes.find(|it| it.id == id).unwrap()
    }

    pub(crate) fn delete(&mut self, note: u64) {
        for thread in &mut self.conversation.threads {
            thread.notes.retain(|it| it.id != note);
        }
        self.conversation.threads.retain(|it| !it.notes.is_empty());
    }

    pub(crate) fn react(&mut self, by: u64, note: u64) {
        let at = self.tick();
        let by = self.user(by).clone();
        self.reactions.entry(note).or_default().push(Reaction { by, at });
    }

    pub(crate) fn resolve(&mut self, by: u64, thread: &str) {
        let at = self.tick();
        let user = self.user(by).clone();
        let is_by_operator = self.operators.contains(&by);
        let resolved = Resolved { by: Some(user), is_by_operator, at: Some(at) };
        self.thread_mut(thread).resolved = Some(resolved);
    }

    pub(crate) fn unresolve(&mut self, thread: &str) {
        self.thread_mut(thread).resolved = None;
    }

    /// A user gets another username, everywhere.
    pub(crate) fn rename(&mut self, id: u64, username: &str) {
        let users = self.users.iter_mut().map(|it| &mut it.user);
        let threads = &mut self.conversation.threads;
        let notes = threads.iter_mut().flat_map(|it| it.notes.iter_mut()).map(|it| &mut it.author);
        for user in users.chain(notes).filter(|it| it.id == id) {
            username.clone_into(&mut user.username);
        }
        self.forget(self.directory.is_complete);
    }
}

/// A user who sees the issue.
pub(crate) fn member(id: u64, username: &str) -> Known {
    let user = User { id, username: username.to_owned() };
    Known { user, is_active: true, sees_issue: true }
}
