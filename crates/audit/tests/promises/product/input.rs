//! What the product reads of a world.

use std::cell::RefCell;
use std::collections::BTreeSet;

use audit::accounts::{Account, AccountStatus, Accounts, Export};
use audit::calendar::Period;
use audit::evaluation::exceptions::{Approver, Exception, ExceptionSubject};
use audit::evaluation::{Evaluation, Policy, Sources};
use audit::followup::{FollowupInput, IssueFacts, WaitPolicy};
use audit::identity::AccountId;
use audit::input::{Location, Problem, Provenance, SourceFile};
use audit::kinds::Kind;
use audit::record::conversation::{Conversation, Note, Reaction, Thread, User};
use audit::record::directory::{Directory, Inquiry, Known};
use audit::record::marker::{Content, MarkerHeader, ReportMark, ReviewMark, SourceDigests};
use audit::report::Report;
use audit::roster::{OperationsTeam, Roster, parse};

use super::marks::{check_id, day, instant, role_word, step};
use crate::world::{self, Field, MarkerKind, Status, UserId, Visibility, World};

/// The number of the issue.
pub const IID: u64 = 1;

/// Everything that a [`FollowupInput`] borrows.
pub struct Input {
    pub evaluation: Evaluation,
    pub conversation: Conversation,
    pub operators: BTreeSet<u64>,
    policy: Policy,
    directory: Directory,
    issue: IssueFacts,
    operator: User,
    managers: Vec<String>,
    sources: SourceDigests,
    captured: world::Seconds,
    now: world::Seconds,
}

pub fn header() -> MarkerHeader {
    MarkerHeader { kind: Kind::Calendly, period: "FY28-Q1".parse::<Period>().expect("a period") }
}

impl Input {
    pub fn new(world: &World, operator: UserId) -> Self {
        let policy = policy(world);
        Self {
            evaluation: evaluation(world, &policy),
            conversation: conversation(world),
            operators: world.config.operators.iter().copied().chain([operator]).collect(),
            policy,
            directory: directory(world),
            issue: IssueFacts {
                iid: IID,
                url: "https://gitlab.example/audits/-/issues/1".to_owned(),
                created_at: instant(0),
                author: user(world, world.issue.author),
                assignees: world.issue.assignees.iter().map(|id| user(world, *id)).collect(),
            },
            operator: user(world, operator),
            managers: world.config.managers.iter().map(|id| user(world, *id).username).collect(),
            sources: SourceDigests::default(),
            captured: world.roster.captured,
            now: world.now,
        }
    }

    pub fn borrow(&self) -> FollowupInput<'_> {
        FollowupInput {
            evaluation: &self.evaluation,
            policy: &self.policy,
            conversation: &self.conversation,
            description: "",
            directory: &self.directory,
            header: header(),
            issue: &self.issue,
            operator: &self.operator,
            operators: &self.operators,
            managers: &self.managers,
            waits: WaitPolicy::default(),
            roster_captured_at: instant(self.captured),
            roster_page: None,
            sources: &self.sources,
            now: instant(self.now),
        }
    }
}

fn user(world: &World, id: UserId) -> User {
    let username = world.user(id).map_or_else(|| format!("user{id}"), |user| user.username.clone());
    User { id, username }
}

fn policy(world: &World) -> Policy {
    let config = &world.config;
    Policy {
        checks_off: config.checks_off.iter().map(|check| check_id(*check).to_owned()).collect(),
        exclude: config.exclude.iter().cloned().collect(),
        aliases: config.aliases.iter().cloned().collect(),
        handles: config.handles.iter().cloned().collect(),
    }
}

/// The report of a world, for the review.
pub fn report(world: &World) -> Report {
    let provenance = Provenance {
        project: None,
        path: "team.yaml".to_owned(),
        commit: None,
        sha256: String::new(),
        read_at: instant(world.roster.captured),
        version: "1",
    };
    Report::new(provenance, evaluation(world, &policy(world)))
}

fn evaluation(world: &World, policy: &Policy) -> Evaluation {
    let (roster, problems) = read_roster(roster(world));
    assert_eq!(roster.people.len(), world.roster.entries.len(), "every entry is read");
    let approvers = world.config.managers.iter().chain(&world.config.operators);
    let sources = Sources {
        roster,
        accounts: world.accounts.as_ref().map(accounts),
        exceptions: world.exceptions.iter().map(exception).collect(),
        approvers: Some(approvers.map(|id| approver(world, *id)).collect()),
        problems,
        recorded_people: world.issue.recorded_people,
        recorded_accounts: world.issue.recorded_accounts,
    };
    Evaluation::new(Kind::Calendly, policy, sources, day(world.now))
}

/// Reads a roster's file. The last one is kept: most runs read the same one.
fn read_roster(text: String) -> (Roster, Vec<Problem>) {
    type Last = Option<(String, (Roster, Vec<Problem>))>;
    thread_local! { static LAST: RefCell<Last> = const { RefCell::new(None) } }
    let last = LAST.with_borrow(|last| {
        last.as_ref().filter(|(last, _)| *last == text).map(|(_, read)| read.clone())
    });
    last.unwrap_or_else(|| {
        let bytes = text.clone().into_bytes();
        let file = SourceFile { name: "team.yaml".to_owned(), bytes };
        let read = parse(&[file], Kind::Calendly.spec().roster_field, &OperationsTeam::default());
        LAST.set(Some((text, read.clone())));
        read
    })
}

fn roster(world: &World) -> String {
    let mut text = String::new();
    for entry in &world.roster.entries {
        text.push_str(&format!("- name: {:?}\n  email: {:?}\n", entry.name, entry.email));
        let id = entry.id.map(|id| format!("id: {id}"));
        let username = entry.username.as_ref().map(|name| format!("username: {name:?}"));
        let handle: Vec<String> = id.into_iter().chain(username).collect();
        text.push_str(&format!("  gitlab: {{{}}}\n", handle.join(", ")));
        for (name, field) in [("reports_to", &entry.reports_to), ("calendly", &entry.link)] {
            match field {
                Field::Absent => {}
                Field::Value(value) => text.push_str(&format!("  {name}: {value:?}\n")),
                Field::Unreadable => text.push_str(&format!("  {name}: [a, b]\n")),
            }
        }
        match entry.operations {
            Field::Value(true) => text.push_str("  title: Support Operations Specialist\n"),
            Field::Unreadable => text.push_str("  title: [a, b]\n"),
            Field::Value(false) | Field::Absent => {}
        }
    }
    if world.roster.hides {
        text.push_str("- no entry at all\n");
    }
    text
}

fn accounts(accounts: &world::Accounts) -> Accounts {
    let list = accounts
        .list
        .iter()
        .map(|account| Account {
            id: AccountId::new(account.id.clone()),
            email: Some(account.email.clone()),
            name: account.name.clone(),
            role: Some(role_word(account.role).to_owned()),
            page: account.link.value().cloned(),
            status: match account.status {
                Status::Joined => AccountStatus::Active,
                Status::Invited => AccountStatus::Invited,
            },
            since: String::new(),
            location: Location { file: "service".to_owned(), line: None },
        })
        .collect();
    let gaps = if accounts.complete { Vec::new() } else { vec!["a page is missing".to_owned()] };
    let export = Export { list, gaps, ..Export::default() };
    Accounts::from_service("service".to_owned(), instant(accounts.captured), export)
}

fn approver(world: &World, id: UserId) -> Approver {
    Approver { id: Some(id), username: user(world, id).username }
}

fn exception(exception: &world::Exception) -> Exception {
    Exception {
        checks: exception.checks.iter().map(|check| check_id(*check)).collect(),
        subject: match exception.email.as_deref() {
            Some(email) => ExceptionSubject::Email(world::lower(email)),
            None => ExceptionSubject::Organization,
        },
        reason: "it is intentional".to_owned(),
        approved_by: exception.approved_by.clone(),
        approved_on: "2026-08-01".parse().expect("a day"),
        expires: day(exception.expires),
        location: Location { file: "exceptions.yaml".to_owned(), line: Some(1) },
    }
}

fn directory(world: &World) -> Directory {
    let mut directory = Directory::default();
    directory.is_complete = true;
    let level = match world.visibility {
        Visibility::Public => 0,
        Visibility::Private => 10,
        Visibility::Confidential => 15,
    };
    for user in &world.users {
        let takes_part = world.issue.author == user.id || world.issue.assignees.contains(&user.id);
        directory.add(Known {
            user: User { id: user.id, username: user.username.clone() },
            is_active: user.active,
            sees_issue: takes_part || user.level >= level,
            access_level: user.level.into(),
        });
    }
    let named = world.roster.entries.iter().filter_map(|entry| entry.username.as_ref());
    let handles = world.config.handles.iter().map(|(_, username)| username);
    for username in named.chain(handles) {
        if world.user_named(username).is_none() {
            directory.add_nobody(Inquiry::Username(username.to_lowercase()));
        }
    }
    directory
}

fn conversation(world: &World) -> Conversation {
    let mut conversation = Conversation::default();
    // The model does not say when somebody reacted; it was not before the last note.
    let reacted = world.issue.notes.iter().map(|note| note.created).max().unwrap_or(world.now);
    for note in &world.issue.notes {
        let id = format!("thread{}", note.thread);
        let written = Note {
            id: note.id,
            author: user(world, note.author),
            body: body(world, note),
            created_at: instant(note.created),
            is_system: note.system,
        };
        let reactions: Vec<Reaction> = note
            .reactions
            .iter()
            .map(|id| Reaction { by: user(world, *id), at: instant(reacted) })
            .collect();
        if !reactions.is_empty() {
            conversation.reactions.insert(note.id, reactions);
        }
        match conversation.threads.iter_mut().find(|thread| thread.id == id) {
            Some(thread) => thread.notes.push(written),
            None => conversation.threads.push(Thread { id, notes: vec![written] }),
        }
    }
    conversation
}

/// The text of a note: its words, its mentions, and its marker, with what was added by hand below.
fn body(world: &World, note: &world::Note) -> String {
    let (words, added) = match note.words.split_once(", added by hand") {
        Some((words, _)) => (words, "\n\nadded by hand"),
        None => (note.words.as_str(), ""),
    };
    let mut text = words.to_owned();
    for id in &note.mentions {
        text.push_str(&format!(" @{}", user(world, *id).username));
    }
    if let Some(marker) = &note.marker {
        text.push_str(&format!("\n\n{}", header().with(content(world, marker))));
    }
    text.push_str(added);
    text
}

fn content(world: &World, marker: &world::Marker) -> Content {
    let steps = marker.steps.iter().map(step).collect();
    match marker.kind {
        MarkerKind::Report => Content::Report(ReportMark {
            people: world.roster.entries.len(),
            accounts: marker.complete.then_some(1),
            is_complete: marker.complete,
            ..ReportMark::default()
        }),
        MarkerKind::Notice => Content::Notice(steps),
        MarkerKind::Record => Content::Record(steps),
        MarkerKind::Removal => Content::Removal(steps),
        MarkerKind::Review => {
            Content::Review(ReviewMark { is_complete: marker.complete, ..ReviewMark::default() })
        }
    }
}
