//! A small audit for the tests of plans: a roster, accounts, users, and findings in any state.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::model::*;
use super::{Selection, WaitPolicy};
use crate::accounts::Accounts;
use crate::check::Check;
use crate::evaluation::{Evaluation, Policy, Sources};
use crate::identity::{AccountIdx, PersonIdx, Subject, digest};
use crate::input::SourceFile;
use crate::kinds::Kind;
use crate::record::conversation::{Conversation, Note, Thread, User};
use crate::record::directory::{Directory, Known};
use crate::record::marker::{Key, MarkerHeader, SourceDigests};
use crate::roster::{OperationsTeam, parse};

/// The roster: everybody but Max has a GitLab account.
const TEAM: &str = "\
- name: Ada Bianchi
  email: ada@x.example
  reports_to: Mia Moss
  gitlab: {id: 1001, username: ada}
- name: Bob Stone
  email: bob@x.example
  reports_to: Mia Moss
  calendly: https://calendly.com/bob
  gitlab: {id: 1002, username: bob}
- name: Mia Moss
  email: mia@x.example
  reports_to: Otto Ohm
  calendly: https://calendly.com/mia
  gitlab: {id: 1003, username: mia}
- name: Otto Ohm
  email: otto@x.example
  calendly: https://calendly.com/otto
  gitlab: {id: 1005, username: otto}
- name: Dan Under
  email: dan@x.example
  reports_to: Otto Ohm
  calendly: https://calendly.com/dan
  gitlab: {id: 1006, username: _dan_}
- name: Max Moritz
  email: max@x.example
  reports_to: Mia Moss
";

/// The accounts: one of nobody on the roster.
const ACCOUNTS: &str = "\
Name,Email,Role,Calendly link,Status
Otto Ohm,otto@x.example,owner,https://calendly.com/otto,active
Bob Stone,bob@x.example,user,https://calendly.com/bob,active
Vera Vance,vera@y.example,user,https://calendly.com/vera,active
";

/// An audit with everything that its follow-ups read.
pub(crate) struct Sample {
    pub(crate) evaluation: Evaluation,
    pub(crate) policy: Policy,
    pub(crate) conversation: Conversation,
    pub(crate) directory: Directory,
    pub(crate) issue: IssueFacts,
    pub(crate) operator: User,
    pub(crate) operators: BTreeSet<u64>,
    pub(crate) managers: Vec<String>,
    pub(crate) sources: SourceDigests,
    pub(crate) now: Timestamp,
}

pub(crate) fn user(id: u64, username: &str) -> User {
    User { id, username: username.to_owned() }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl Sample {
    pub(crate) fn new() -> Self {
        let now = at("2027-02-01T09:00:00Z");
        let file =
            |name: &str, text: &str| SourceFile { name: name.to_owned(), bytes: text.into() };
        let (roster, problems) = parse(
            &[file("data/team.yaml", TEAM)],
            Kind::Calendly.spec().roster_field,
            &OperationsTeam::default(),
        );
        let accounts =
            Accounts::from_file(Kind::Calendly.spec().export, &file("accounts.csv", ACCOUNTS), now);
        let sources = Sources { roster, accounts: accounts.ok(), problems, ..Sources::default() };
        let policy = Policy::default();
        let today = crate::dates::date_of(now);
        let evaluation = Evaluation::new(Kind::Calendly, &policy, sources, today);
        let mut directory = Directory::default();
        directory.is_complete = true;
        for (id, username) in [
            (1001, "ada"),
            (1002, "bob"),
            (1003, "mia"),
            (1004, "nadia"),
            (1005, "otto"),
            (1006, "_dan_"),
            (1007, "sam"),
        ] {
            directory.add(Known {
                user: user(id, username),
                is_active: true,
                sees_issue: true,
                access_level: 30,
            });
        }
        Self {
            evaluation,
            policy,
            conversation: Conversation::default(),
            directory,
            issue: IssueFacts {
                iid: 1,
                url: "https://gitlab.example/audits/-/issues/1".to_owned(),
                created_at: now,
                author: user(1005, "otto"),
                assignees: Vec::new(),
            },
            operator: user(1005, "otto"),
            operators: BTreeSet::from([1005]),
            managers: vec!["nadia".to_owned(), "sam".to_owned()],
            sources: SourceDigests::default(),
            now,
        }
    }

    pub(crate) fn header() -> MarkerHeader {
        MarkerHeader { kind: Kind::Calendly, period: "FY28-Q1".parse().unwrap() }
    }

    pub(crate) fn input(&self) -> FollowupInput<'_> {
        FollowupInput {
            evaluation: &self.evaluation,
            policy: &self.policy,
            conversation: &self.conversation,
            description: "",
            directory: &self.directory,
            header: Self::header(),
            issue: &self.issue,
            operator: &self.operator,
            operators: &self.operators,
            managers: &self.managers,
            waits: WaitPolicy::default(),
            roster_captured_at: self.now,
            roster_page: Some("https://gitlab.example/team/-/blob/master"),
            sources: &self.sources,
            now: self.now,
        }
    }

    /// The case of a person by name, or of an account by its address.
    pub(crate) fn case(&self, name: &str, entries: Vec<Entry>) -> Case {
        let people = &self.evaluation.roster.people;
        let person = people.iter().position(|person| &*person.name == name);
        let accounts = &self.evaluation.accounts.as_ref().unwrap().list;
        let account = accounts.iter().position(|account| account.name_in_commands() == name);
        let subject = match (person, account) {
            (Some(index), _) => Some(Subject::Person(PersonIdx(index))),
            (None, Some(index)) => Some(Subject::Account(AccountIdx(index))),
            (None, None) if name == "Calendly" => Some(Subject::Organization),
            (None, None) => None,
        };
        let ids = subject.map(|subject| self.evaluation.keys(subject)).unwrap_or_default();
        let is_account = matches!(subject, Some(Subject::Account(_)));
        Case {
            subject,
            name: name.to_owned(),
            keys: ids.iter().map(Key::new).collect(),
            account: is_account.then(|| "0123456789abcdef".to_owned()),
            user: person.and_then(|index| people[index].gitlab_id.value().copied()),
            entries,
            chain: None,
        }
    }

    /// The case of an account by its address, whoever has it.
    pub(crate) fn case_of_account(&self, email: &str, entries: Vec<Entry>) -> Case {
        let accounts = &self.evaluation.accounts.as_ref().unwrap().list;
        let index =
            accounts.iter().position(|account| account.name_in_commands() == email).unwrap();
        self.case_of_index(index, entries)
    }

    /// The case of an account by its index, whoever has it.
    pub(crate) fn case_of_index(&self, index: usize, entries: Vec<Entry>) -> Case {
        let accounts = &self.evaluation.accounts.as_ref().unwrap().list;
        Case {
            subject: Some(Subject::Account(AccountIdx(index))),
            account: Some("0123456789abcdef".to_owned()),
            ..self.case(accounts[index].name_in_commands(), entries)
        }
    }

    /// Cases with whom an escalation of each goes to.
    pub(crate) fn cases(&self, cases: Vec<Case>) -> Cases {
        let input = self.input();
        let managers = crate::roster::Managers::new(&self.evaluation.roster);
        let mut cases = cases;
        for case in &mut cases {
            case.chain = Some(super::chain::chain(&input, &managers, case));
        }
        Cases { cases, ..Cases::default() }
    }

    /// Adds a comment outside any thread.
    pub(crate) fn say(&mut self, id: u64, author: (u64, &str), body: &str) {
        let note = Note {
            id,
            author: user(author.0, author.1),
            body: body.to_owned(),
            created_at: self.now,
            is_system: false,
        };
        self.conversation.threads.push(Thread { id: format!("thread{id}"), notes: vec![note] });
    }

    /// The plan as it is shown, and the letters.
    pub(crate) fn shown(&self, cases: &Cases, selection: &Selection) -> String {
        let due = super::plan_cases(&self.input(), cases, selection).unwrap();
        let mut text = due.plan.to_string();
        for letter in &due.letters {
            text.push_str(&format!("Letter to {:?}: {}\n", letter.email, letter.title));
        }
        text
    }
}

pub(crate) fn check(id: &str) -> &'static Check {
    Kind::Calendly.spec().checks.iter().find(|check| check.id == id).unwrap()
}

/// A finding that is found at present.
pub(crate) fn entry(id: &str, evidence: &str, state: State) -> Entry {
    let is_found = !state.is_settled();
    Entry {
        check: check(id),
        evidence: evidence.to_owned(),
        evidence_digest: digest(evidence),
        is_found,
        state,
        round: 1,
        ask: None,
        escalation: None,
        answers: Vec::new(),
        decision: None,
        again: None,
        is_reported: false,
        reaction_notes: BTreeSet::new(),
    }
}

/// A finding that was asked by a note on the first of February.
pub(crate) fn asked(id: &str, evidence: &str, state: State, how: AskedHow) -> Entry {
    let at = at("2027-02-01T09:00:00Z");
    let note =
        NoteRef { id: 3, thread: "t".to_owned(), created_at: at, author: user(1005, "otto") };
    let ask = Ask { note, how, at, due: Some(self::at("2027-02-04T09:00:00Z")) };
    Entry { ask: Some(ask), ..entry(id, evidence, state) }
}

/// An operator's decision in comment 14.
pub(crate) fn decision(verdict: Verdict, reason: &str) -> Decision {
    let at = at("2027-02-01T10:00:00Z");
    Decision {
        verdict,
        at,
        note: NoteRef {
            id: 14,
            thread: "r".to_owned(),
            created_at: at,
            author: user(1005, "otto"),
        },
        step: 0,
        round: 1,
        evidence: digest(""),
        reason: Some(reason.to_owned()),
    }
}
