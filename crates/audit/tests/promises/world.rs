//! A model of everything that a run can see: GitLab's users, the roster, the accounts, the
//! configuration and the issue with its notes.
//!
//! Nothing here is derived. Instants are seconds of GitLab's clock, counted from the moment at which
//! the issue was made.

use std::collections::BTreeSet;

/// Seconds of GitLab's clock since the issue was made.
pub type Seconds = i64;
/// The id of a GitLab user.
pub type UserId = u64;
/// The id of a note. Ids rise with the order in which GitLab accepted the notes.
pub type NoteId = u64;
/// The number of a round, from 1.
pub type Round = u32;

/// One hour.
pub const HOUR: Seconds = 3_600;
/// One day.
pub const DAY: Seconds = 24 * HOUR;
/// How long a person, and then a manager, has to reply.
pub const WAIT: Seconds = 72 * HOUR;

/// A check, by the order of its documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    LinkMissing,
    LinkMalformed,
    LinkShared,
    ManagerUnresolved,
    LinkMismatch,
    AccountMissing,
    InvitationPending,
    Outsider,
    OwnerCount,
    AdminMissing,
    AdminUnexpected,
}

impl Check {
    /// Every check.
    pub const ALL: [Self; 11] = [
        Self::LinkMissing,
        Self::LinkMalformed,
        Self::LinkShared,
        Self::ManagerUnresolved,
        Self::LinkMismatch,
        Self::AccountMissing,
        Self::InvitationPending,
        Self::Outsider,
        Self::OwnerCount,
        Self::AdminMissing,
        Self::AdminUnexpected,
    ];

    /// Whether the check reads the accounts.
    pub fn needs_accounts(self) -> bool {
        match self {
            Self::LinkMissing
            | Self::LinkMalformed
            | Self::LinkShared
            | Self::ManagerUnresolved => false,
            Self::LinkMismatch
            | Self::AccountMissing
            | Self::InvitationPending
            | Self::Outsider
            | Self::OwnerCount
            | Self::AdminMissing
            | Self::AdminUnexpected => true,
        }
    }

    /// Whether the operators are asked, without a mention, instead of the subject.
    pub fn is_for_operators(self) -> bool {
        match self {
            Self::LinkMissing
            | Self::LinkMalformed
            | Self::LinkShared
            | Self::LinkMismatch
            | Self::AccountMissing
            | Self::InvitationPending
            | Self::Outsider => false,
            Self::ManagerUnresolved
            | Self::OwnerCount
            | Self::AdminMissing
            | Self::AdminUnexpected => true,
        }
    }
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The roster's entry of that index.
    Person(usize),
    /// Somebody whom the issue names and the roster no longer holds, by the e-mail address in the
    /// latest step that names them.
    Past(String),
    /// An account, by its own id.
    Account(String),
    /// The organisation, for `owner-count`.
    Organisation,
}

/// A check and a subject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingKey {
    pub check: Check,
    pub subject: Subject,
}

/// What was seen, in canonical form. A marker holds a digest of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// The check has no evidence.
    None,
    /// The link in the roster.
    Link(String),
    /// The link and the sorted subjects who have it (`#id` where the roster has one that
    /// nobody else claims, else e-mail).
    Shared { link: String, subjects: Vec<String> },
    /// The manager's name in the roster.
    ReportsTo(String),
    /// The link in the roster and the account's scheduling pages.
    Links { roster: String, account: Vec<String> },
    /// An outsider's account.
    Account { id: String, status: Status, role: Role },
    /// The sorted addresses of the accounts that are owners: a file of accounts has no ids.
    Owners(Vec<String>),
    /// The role of the person's account.
    Role(Role),
}

/// A field of the roster or of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field<T> {
    Absent,
    Value(T),
    /// Something is there that cannot be read as this field (a list where text belongs).
    Unreadable,
}

impl<T> Field<T> {
    /// The value, if it is there and can be read.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Unreadable => None,
        }
    }
}

/// A user of GitLab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub username: String,
    /// False for a blocked user.
    pub active: bool,
    /// The access level in the audits project, inherited or not; 0 for no member.
    pub level: u8,
}

/// Who can see the issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    Public,
    /// A private project: members of level 10 and more.
    Private,
    /// A confidential issue: members of level 15 and more.
    Confidential,
}

/// One person of the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub email: String,
    /// `gitlab.id`.
    pub id: Option<UserId>,
    /// `gitlab.username`.
    pub username: Option<String>,
    /// The manager's name.
    pub reports_to: Field<String>,
    /// `calendly`.
    pub link: Field<String>,
    /// Whether title and focuses say that the person belongs to the operations team.
    pub operations: Field<bool>,
}

/// The roster as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    pub entries: Vec<Entry>,
    /// When the content is from.
    pub captured: Seconds,
    /// Whether an entry was refused that could hide a person.
    pub hides: bool,
}

/// A role in the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Owner,
    Admin,
    User,
}

/// Whether an account joined or was only invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    Joined,
    Invited,
}

/// An account or a pending invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: String,
    pub email: String,
    pub name: String,
    pub link: Field<String>,
    pub role: Role,
    pub status: Status,
}

/// The accounts as they were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accounts {
    pub list: Vec<Account>,
    /// When the content is from.
    pub captured: Seconds,
    /// Whether every page was read.
    pub complete: bool,
}

/// A standing exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    pub checks: Vec<Check>,
    /// The person's e-mail address; none for checks about the organisation.
    pub email: Option<String>,
    /// The approver's username.
    pub approved_by: String,
    /// The first instant at which it no longer covers.
    pub expires: Seconds,
}

/// The configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The Support Operations Managers, in order.
    pub managers: Vec<UserId>,
    /// Further people whose markers count.
    pub operators: Vec<UserId>,
    /// E-mail address of an outsider → username.
    pub handles: Vec<(String, String)>,
    /// E-mail address → another address of the same person.
    pub aliases: Vec<(String, String)>,
    pub checks_off: BTreeSet<Check>,
    /// E-mail addresses of people who are excluded.
    pub exclude: BTreeSet<String>,
}

/// What a step says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKind {
    Ask,
    Escalate,
    Fixed,
    Withdrawn,
    Gone,
    Removed,
    Accept,
    Keep,
    Remove,
    Again,
    Sent,
    Answered,
}

/// Why a `withdrawn` step was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The person left the roster.
    Left,
    /// The person is excluded, or the check is off.
    Configured,
}

/// The keys of a step's subject. A marker holds digests of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Keys {
    /// The roster's `gitlab.id` at that time.
    pub id: Option<UserId>,
    /// The lower-cased e-mail address at that time; of an account too.
    pub email: Option<String>,
    /// The account's id, for a finding about an account.
    pub account: Option<String>,
}

/// One step of a marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub kind: StepKind,
    pub check: Check,
    pub keys: Keys,
    pub evidence: Evidence,
    pub round: Round,
    /// The instant in the marker. Of `sent` it is the instant of the message.
    pub at: Seconds,
    /// `due` of ask, escalate and sent; `until` of keep and accept.
    pub until: Option<Seconds>,
    /// The users who are mentioned for it, wherever in the notice their name is visible.
    pub mentioned: Vec<UserId>,
    /// For `withdrawn` alone.
    pub cause: Option<Cause>,
}

/// What a comment of ours is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarkerKind {
    Report,
    Notice,
    Record,
    Removal,
    Review,
}

/// The hidden line of a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    pub kind: MarkerKind,
    /// Of a report: the accounts in it are complete. Of a review: it asks for the review, where
    /// `--unresolved` does not.
    pub complete: bool,
    pub steps: Vec<Step>,
}

/// A note of the issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub id: NoteId,
    /// The id of the first note of its thread; its own id if it is the first.
    pub thread: NoteId,
    pub author: UserId,
    pub created: Seconds,
    /// Written by GitLab itself ("changed the description").
    pub system: bool,
    /// The words outside the marker.
    pub words: String,
    /// The users whom the words mention.
    pub mentions: Vec<UserId>,
    pub marker: Option<Marker>,
    /// The users who reacted to the note.
    pub reactions: BTreeSet<UserId>,
}

/// The issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    pub author: UserId,
    pub assignees: Vec<UserId>,
    pub closed: bool,
    /// The size of the roster that the issue records.
    pub recorded_people: Option<usize>,
    /// The number of accounts that the issue records; none while it says "accounts unknown".
    pub recorded_accounts: Option<usize>,
    pub notes: Vec<Note>,
    /// The highest id that a note of this issue ever had, deleted or not.
    pub last_note: NoteId,
}

/// Everything that a run can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    pub now: Seconds,
    pub users: Vec<User>,
    pub visibility: Visibility,
    pub roster: Roster,
    /// None where no accounts are configured.
    pub accounts: Option<Accounts>,
    pub config: Config,
    pub exceptions: Vec<Exception>,
    pub issue: Issue,
}

impl World {
    /// The user of that id.
    pub fn user(&self, id: UserId) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    /// The user who has that username today.
    pub fn user_named(&self, username: &str) -> Option<&User> {
        self.users.iter().find(|user| user.username.eq_ignore_ascii_case(username))
    }

    /// The users whose markers count in a run of this operator.
    pub fn counts(&self, operator: UserId, author: UserId) -> bool {
        author == operator || self.config.operators.contains(&author)
    }

    /// Whether the user is active and can see the issue: the condition of every mention.
    pub fn can_mention(&self, id: UserId) -> bool {
        let Some(user) = self.user(id) else { return false };
        let level = match self.visibility {
            Visibility::Public => 0,
            Visibility::Private => 10,
            Visibility::Confidential => 15,
        };
        let takes_part = self.issue.author == id || self.issue.assignees.contains(&id);
        user.active && (takes_part || user.level >= level)
    }

    /// The note of that id.
    pub fn note(&self, id: NoteId) -> Option<&Note> {
        self.issue.notes.iter().find(|note| note.id == id)
    }

    /// The keys that a step about this subject holds today.
    pub fn keys(&self, subject: &Subject) -> Keys {
        match subject {
            Subject::Person(index) => {
                let entry = &self.roster.entries[*index];
                Keys { id: entry.id, email: Some(lower(&entry.email)), account: None }
            }
            Subject::Past(email) => Keys { id: None, email: Some(email.clone()), account: None },
            Subject::Account(id) => {
                let account = self
                    .accounts
                    .iter()
                    .flat_map(|accounts| &accounts.list)
                    .find(|account| &account.id == id);
                Keys {
                    id: None,
                    email: account.map(|account| lower(&account.email)),
                    account: Some(id.clone()),
                }
            }
            Subject::Organisation => Keys::default(),
        }
    }

    /// Appends a note, as GitLab does, and returns its id.
    pub fn append(&mut self, note: Note) -> NoteId {
        let id = self.issue.last_note + 1;
        self.issue.last_note = id;
        let thread = if note.thread == 0 { id } else { note.thread };
        self.issue.notes.push(Note { id, thread, created: self.now, ..note });
        id
    }
}

impl Note {
    /// A note of words alone, for `World::append`, which gives it its id and its instant.
    pub fn words(author: UserId, thread: NoteId, words: &str) -> Self {
        Self {
            id: 0,
            thread,
            author,
            created: 0,
            system: false,
            words: words.to_owned(),
            mentions: Vec::new(),
            marker: None,
            reactions: BTreeSet::new(),
        }
    }

    /// A note that holds a marker, in a thread of its own.
    pub fn marked(author: UserId, kind: MarkerKind, complete: bool, steps: Vec<Step>) -> Self {
        let marker = Some(Marker { kind, complete, steps });
        Self { marker, ..Self::words(author, 0, "our words") }
    }
}

/// Folds the case of ASCII letters alone, so that a look-alike never becomes another address.
pub fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}
