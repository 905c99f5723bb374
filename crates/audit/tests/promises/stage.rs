//! A small team on which examples and random histories are played: who is there at the beginning,
//! and everything that people, operators and sources can do.
//!
//! What is true (the roster's file, the organisation) changes at once; a run sees it only after
//! `read`, or sees an older reading after `read_again`.

use std::collections::BTreeSet;

use crate::oracle::{Oracle, State};
use crate::plan::{Command, PlannedRun, execute};
use crate::reference;
use crate::world::{
    Account, Accounts, Check, Config, Entry, Field, FindingKey, HOUR, Issue, MarkerKind, Note,
    NoteId, Role, Roster, Seconds, Status, Step, StepKind, Subject, User, UserId, Visibility,
    World,
};

/// The operator who runs; a second one; the managers of the team and above it.
pub const OTTO: UserId = 1;
pub const OLGA: UserId = 2;
pub const ALICE: UserId = 1001;
pub const BOB: UserId = 1002;
pub const MIA: UserId = 1003;
pub const DORA: UserId = 1004;
/// The Support Operations Managers.
pub const NADIA: UserId = 2001;
pub const SAM: UserId = 2002;
/// A guest of level 10, a bot of level 10 and a member of level 30: none is on the roster.
pub const GUEST: UserId = 900;
pub const BOT: UserId = 901;
pub const PAT: UserId = 902;
/// A user who joins later, and one for `handles`.
pub const NEWT: UserId = 1101;
pub const VERA: UserId = 1102;

/// A world, what is true in it, and the readings so far.
#[derive(Clone, Debug)]
pub struct Stage {
    pub world: World,
    pub roster: Vec<Entry>,
    pub accounts: Vec<Account>,
    /// Whether the next reading meets an entry that hides a person, or misses a page.
    pub hides: bool,
    pub complete: bool,
    rosters: Vec<Roster>,
    readings: Vec<Accounts>,
    /// People who left.
    pub left: Vec<Entry>,
}

fn entry(name: &str, id: UserId, manager: &str) -> Entry {
    Entry {
        name: name.to_owned(),
        email: format!("{}@example.com", name.to_ascii_lowercase()),
        id: Some(id),
        username: Some(name.to_ascii_lowercase()),
        reports_to: if manager.is_empty() {
            Field::Absent
        } else {
            Field::Value(manager.to_owned())
        },
        link: Field::Value(page(name)),
        operations: Field::Value(false),
    }
}

/// The main page of somebody of that name.
pub fn page(name: &str) -> String {
    format!("https://calendly.com/{}", name.to_ascii_lowercase())
}

/// The account that a person of the roster has at the beginning.
pub fn account_of(entry: &Entry) -> Account {
    Account {
        id: format!("acc-{}", entry.name.to_ascii_lowercase()),
        email: entry.email.clone(),
        name: entry.name.clone(),
        link: Field::Value(page(&entry.name)),
        role: if entry.name == "Dora" { Role::Owner } else { Role::User },
        status: Status::Joined,
    }
}

/// An outsider's account.
pub fn outsider() -> Account {
    Account {
        id: "acc-v".to_owned(),
        email: "v@vendor.example".to_owned(),
        name: "Vera Vendor".to_owned(),
        link: Field::Value("https://calendly.com/vera".to_owned()),
        role: Role::User,
        status: Status::Joined,
    }
}

impl Stage {
    /// A team of twelve without a finding; the issue was made an hour ago and reports all of it.
    pub fn new() -> Self {
        let mut roster = vec![
            entry("Alice", ALICE, "Mia"),
            entry("Bob", BOB, "Mia"),
            entry("Mia", MIA, "Dora"),
            entry("Dora", DORA, ""),
        ];
        for (index, name) in
            ["Finn", "Gale", "Hugo", "Iris", "Jane", "Kurt", "Lena", "Moss"].iter().enumerate()
        {
            roster.push(entry(name, 1201 + index as UserId, "Dora"));
        }
        let named = [
            (OTTO, "otto", 40),
            (OLGA, "olga", 40),
            (NADIA, "nadia", 40),
            (SAM, "sam", 40),
            (GUEST, "guest", 10),
            (BOT, "bot", 10),
            (PAT, "pat", 30),
            (NEWT, "newt", 20),
            (VERA, "vera", 20),
        ];
        let mut users: Vec<User> = named
            .iter()
            .map(|(id, name, level)| User {
                id: *id,
                username: (*name).to_owned(),
                active: true,
                level: *level,
            })
            .collect();
        for person in &roster {
            let username = person.username.clone().unwrap_or_default();
            let id = person.id.unwrap_or_default();
            users.push(User { id, username, active: true, level: 20 });
        }
        let accounts: Vec<Account> = roster.iter().map(account_of).collect();
        let world = World {
            now: HOUR,
            users,
            visibility: Visibility::Private,
            roster: Roster { entries: roster.clone(), captured: HOUR / 2, hides: false },
            accounts: Some(Accounts { list: accounts.clone(), captured: HOUR / 2, complete: true }),
            config: Config {
                managers: vec![NADIA, SAM],
                operators: vec![OLGA],
                handles: Vec::new(),
                aliases: Vec::new(),
                checks_off: BTreeSet::new(),
                exclude: BTreeSet::new(),
            },
            exceptions: Vec::new(),
            issue: Issue {
                author: OTTO,
                assignees: vec![OTTO],
                closed: false,
                recorded_people: Some(roster.len()),
                recorded_accounts: Some(accounts.len()),
                notes: Vec::new(),
                last_note: 0,
            },
        };
        let mut stage = Self {
            world,
            roster,
            accounts,
            hides: false,
            complete: true,
            rosters: Vec::new(),
            readings: Vec::new(),
            left: Vec::new(),
        };
        stage.world.append(Note::marked(OTTO, MarkerKind::Report, true, Vec::new()));
        stage.read();
        stage
    }

    /// Lets time pass.
    pub fn pass(&mut self, seconds: Seconds) -> &mut Self {
        self.world.now += seconds;
        self
    }

    /// Reads both sources anew.
    pub fn read(&mut self) -> &mut Self {
        self.read_roster();
        self.read_accounts()
    }

    /// Reads the roster anew.
    pub fn read_roster(&mut self) -> &mut Self {
        self.world.roster =
            Roster { entries: self.roster.clone(), captured: self.world.now, hides: self.hides };
        self.rosters.push(self.world.roster.clone());
        self
    }

    /// Reads the accounts anew.
    pub fn read_accounts(&mut self) -> &mut Self {
        let reading = Accounts {
            list: self.accounts.clone(),
            captured: self.world.now,
            complete: self.complete,
        };
        self.world.accounts = Some(reading.clone());
        self.readings.push(reading);
        self
    }

    /// Takes an older roster: a file that was saved some readings ago.
    pub fn read_roster_again(&mut self, back: usize) -> &mut Self {
        let index = self.rosters.len().saturating_sub(1 + back);
        self.world.roster = self.rosters[index].clone();
        self
    }

    /// Takes older accounts.
    pub fn read_accounts_again(&mut self, back: usize) -> &mut Self {
        let index = self.readings.len().saturating_sub(1 + back);
        self.world.accounts = Some(self.readings[index].clone());
        self
    }

    /// Records the present sizes in the issue, as a confirmed report does.
    pub fn accept_sizes(&mut self) -> &mut Self {
        self.world.issue.recorded_people = Some(self.world.roster.entries.len());
        // A run without accounts keeps what the issue holds of them.
        if let Some(accounts) = &self.world.accounts {
            self.world.issue.recorded_accounts = Some(accounts.list.len());
        }
        let complete = self.world.accounts.as_ref().is_some_and(|accounts| accounts.complete);
        self.world.append(Note::marked(OTTO, MarkerKind::Report, complete, Vec::new()));
        self
    }

    /// The roster's entry of a name.
    pub fn person(&mut self, name: &str) -> &mut Entry {
        self.roster.iter_mut().find(|entry| entry.name == name).expect("a person of that name")
    }

    /// The account of a person of that name.
    pub fn account(&mut self, name: &str) -> &mut Account {
        self.accounts.iter_mut().find(|account| account.name == name).expect("an account")
    }

    /// Takes somebody from the roster.
    pub fn leave(&mut self, name: &str) -> &mut Self {
        let index = self.roster.iter().position(|entry| entry.name == name).expect("a person");
        self.left.push(self.roster.remove(index));
        self
    }

    /// The finding of a check about a person who was read.
    pub fn finding(&self, check: Check, name: &str) -> FindingKey {
        let index = self.world.roster.entries.iter().position(|entry| entry.name == name);
        let subject = index.map_or_else(
            || Subject::Past(format!("{}@example.com", name.to_ascii_lowercase())),
            Subject::Person,
        );
        FindingKey { check, subject }
    }

    /// Carries out what the reference plans for a command, one minute later.
    pub fn command(&mut self, operator: UserId, command: &Command) -> PlannedRun {
        self.pass(60);
        let run = reference::run(&self.world, operator, command);
        execute(&mut self.world, operator, &run.writes);
        run
    }

    /// Reads everything and follows up.
    pub fn follow_up(&mut self) -> PlannedRun {
        self.pass(60).read();
        self.command(OTTO, &Command::all_due())
    }

    /// Somebody writes in a thread (0: a new one).
    pub fn says(&mut self, user: UserId, thread: NoteId) -> NoteId {
        self.pass(60);
        self.world.append(Note::words(user, thread, "it is intentional"))
    }

    /// Somebody reacts to a note.
    pub fn reacts(&mut self, user: UserId, note: NoteId) -> &mut Self {
        self.pass(60);
        let note = self.world.issue.notes.iter_mut().find(|candidate| candidate.id == note);
        note.expect("the note").reactions.insert(user);
        self
    }

    /// Somebody posts a step of ours.
    pub fn marks(&mut self, user: UserId, kind: MarkerKind, step: Step) -> NoteId {
        self.pass(60);
        let step = Step { at: self.world.now, ..step };
        self.world.append(Note::marked(user, kind, false, vec![step]))
    }

    /// A step about a finding, with the evidence of today, in round 1.
    pub fn step(&self, finding: &FindingKey, kind: StepKind) -> Step {
        let entry = Oracle::new(&self.world, OTTO).entry(finding);
        let evidence = entry.and_then(|entry| entry.evidence);
        reference::step(&self.world, finding, kind, 1, evidence)
    }

    /// The latest notice.
    pub fn notice(&self) -> NoteId {
        let mut notes = self.world.issue.notes.iter();
        let is_notice = |note: &&Note| {
            note.marker.as_ref().is_some_and(|marker| marker.kind == MarkerKind::Notice)
        };
        notes.rfind(is_notice).map_or(0, |note| note.id)
    }

    /// Deletes a note.
    pub fn delete(&mut self, note: NoteId) -> &mut Self {
        self.world.issue.notes.retain(|candidate| candidate.id != note);
        self
    }

    /// What the oracle says of a finding.
    pub fn state(&self, finding: &FindingKey) -> Option<State> {
        Oracle::new(&self.world, OTTO).entry(finding).map(|entry| entry.state)
    }
}
