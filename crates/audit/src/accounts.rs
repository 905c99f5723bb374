//! The accounts that have access, as they were captured at an instant.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::identity::{AccountId, AccountIdx, SubjectId, comparable_email};
use crate::input::{Location, MODIFIED_AT, Problem, READ_AT, SourceFile, sha256};
use crate::text::fold;

/// The role of an organisation's owner.
pub const OWNER: &str = "owner";

/// The role of users who may manage an organisation's accounts.
pub const ADMIN: &str = "admin";

/// Whether an account is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountStatus {
    /// The holder has joined.
    Active,
    /// The holder is invited, and has not joined yet.
    Invited,
}

impl AccountStatus {
    /// The name of the status.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
        }
    }
}

/// An account, or an invitation to one.
///
/// `None` and an empty text mean that the source does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The identity of the account, by which it is read again and removed: of a membership, not of
    /// its user. Of two with one id and address the second is dropped.
    pub id: AccountId,
    /// The e-mail address as written; some systems have accounts without one.
    pub email: Option<String>,
    /// The holder's name; empty if it is unknown.
    pub name: String,
    /// The role in lower case: [`OWNER`], [`ADMIN`], `user` or another word; `None` if the source
    /// has none.
    pub role: Option<String>,
    /// The address of the account's own page; `None` if the source has none.
    pub page: Option<String>,
    /// Whether the holder has joined.
    pub status: AccountStatus,
    /// When the holder joined or was invited, as the source writes it; empty if the source does not
    /// say.
    pub since: String,
    /// The place where the account was read: a row of a file, or the address of the account itself.
    pub location: Location,
}

impl Account {
    /// The e-mail address in the form that is compared, if there is one.
    pub fn comparable_email(&self) -> Option<String> {
        self.email.as_deref().map(comparable_email)
    }

    /// The audited service's own id; `None` if the source has no ids.
    pub fn own_id(&self) -> Option<&AccountId> {
        match &self.id {
            AccountId::Own(_) => Some(&self.id),
            AccountId::Email(_) => None,
        }
    }

    /// The name of the account in commands and plans: its e-mail address as written, otherwise its
    /// id.
    ///
    /// Several accounts may share an address, and only their ids distinguish them then.
    pub fn name_in_commands(&self) -> &str {
        self.email.as_deref().unwrap_or_else(|| self.id.as_str())
    }

    /// The name of the account for readers: its e-mail address, otherwise its holder's name,
    /// otherwise its id.
    pub fn display_name(&self) -> &str {
        match &self.email {
            Some(email) => email,
            None if self.name.is_empty() => self.id.as_str(),
            None => &self.name,
        }
    }

    /// The key by which accounts are ordered: the comparable e-mail address, otherwise the id.
    pub fn key(&self) -> String {
        self.comparable_email().unwrap_or_else(|| self.id.as_str().to_owned())
    }

    /// Whether `name`, which a person typed, is the e-mail address or the service's own id of the
    /// account.
    pub fn is_named(&self, name: &str) -> bool {
        self.comparable_email().is_some_and(|email| email == comparable_email(name))
            || self.own_id().is_some_and(|id| id.as_str() == name)
    }

    /// The account's id in the audit: its e-mail address, otherwise the service's own id.
    pub fn subject(&self) -> SubjectId {
        match self.comparable_email() {
            Some(email) => SubjectId::Email(email),
            None => SubjectId::Account(self.id.as_str().to_owned()),
        }
    }

    /// The ids by which markers know the account; the first is [`Account::subject`].
    ///
    /// Without an e-mail address, the name is one of them.
    /// Once the account is gone, its name is only found in comments.
    pub(crate) fn keys(&self) -> Vec<SubjectId> {
        let mut keys = vec![self.subject()];
        if self.email.is_none() && !self.name.is_empty() {
            keys.push(SubjectId::Name(fold(&self.name).into_owned()));
        }
        keys
    }

    /// Whether the holder has joined and has this role.
    pub fn has_role(&self, role: &str) -> bool {
        self.status == AccountStatus::Active && self.role.as_deref() == Some(role)
    }
}

/// The source of accounts: where they come from, when they were read, and whether they are
/// complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Capture {
    /// The file's name, `-` for standard input, or the organisation's address.
    pub source: String,
    /// When they were captured: a file's modification, else the reading.
    pub read_at: Timestamp,
    /// Whether that is the modification of a file.
    #[serde(skip)]
    pub is_by_file_time: bool,
    /// The SHA-256 in hex digits of the file, or of [`Accounts::canonical`].
    pub sha256: String,
    /// Why accounts may be missing, as lower-case sentences without a final stop; empty if the
    /// accounts are complete.
    pub gaps: Vec<String>,
}

impl Capture {
    /// What the instant is, as reports word it.
    pub(crate) fn instant_is(&self) -> &'static str {
        if self.is_by_file_time { MODIFIED_AT } else { READ_AT }
    }
}

/// The accounts that have access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accounts {
    /// The accounts, in the order of [`Account::key`].
    ///
    /// Several accounts with one address are all kept, as long as their ids or their details
    /// differ.
    pub list: Vec<Account>,
    /// The source of the accounts.
    pub capture: Capture,
    /// The parts of the source that could not be read.
    pub problems: Vec<Problem>,
}

/// The content of a source, before repeated accounts are dropped.
#[derive(Debug, Default)]
pub struct Export {
    /// The accounts, in the order of the source.
    pub list: Vec<Account>,
    /// The rows of a file, or the answers of a service, that could not be read.
    pub problems: Vec<Problem>,
    /// Why accounts may be missing: see [`Capture::gaps`].
    pub gaps: Vec<String>,
}

/// Parses the accounts of a file. Each audited service has its own format.
///
/// # Errors
///
/// The file is not one of accounts.
pub type ExportReader = fn(&SourceFile) -> Result<Export, Problem>;

impl Accounts {
    /// The accounts of a service, read through its interface.
    ///
    /// An open invitation to a user who has joined is dropped.
    /// The reader of each kind decides whether an account needs an e-mail address.
    pub fn from_service(source: String, read_at: Timestamp, export: Export) -> Self {
        let Export { list, problems, gaps } = export;
        let Distinct { list, .. } = Distinct::new(list);
        let capture = Capture {
            source,
            read_at,
            is_by_file_time: false,
            sha256: sha256(canonical(&list).as_bytes()),
            gaps,
        };
        Self { list, capture, problems }
    }

    /// The accounts of a file, which `read` parses.
    ///
    /// # Errors
    ///
    /// The file is not one of accounts.
    pub fn from_file(
        read: ExportReader,
        file: &SourceFile,
        read_at: Timestamp,
    ) -> Result<Self, Problem> {
        let Export { list, mut problems, gaps } = read(file)?;
        let Distinct { list, repeated } = Distinct::new(list);
        for (location, first) in repeated {
            let line = first.line.unwrap_or_default();
            let message = format!("the row repeats the account of line {line}");
            problems.push(Problem::of_account(location, message));
        }
        problems.sort_by_key(|problem| problem.location.line);
        let (source, sha256) = (file.name.clone(), sha256(&file.bytes));
        let is_by_file_time = source != "-";
        let capture = Capture { source, read_at, is_by_file_time, sha256, gaps };
        Ok(Self { list, capture, problems }.suspected())
    }

    /// An organisation always has an account. Without any, something is missing.
    fn suspected(mut self) -> Self {
        if self.list.is_empty() && self.capture.gaps.is_empty() {
            self.capture.gaps.push("no account was read".to_owned());
        }
        self
    }

    /// The account at `index`.
    pub fn get(&self, index: AccountIdx) -> Option<&Account> {
        self.list.get(index.0)
    }

    /// The accounts with their indexes.
    pub fn enumerate(&self) -> impl Iterator<Item = (AccountIdx, &Account)> {
        self.list.iter().enumerate().map(|(index, account)| (AccountIdx(index), account))
    }

    /// Whether all accounts were read. Only then an absence proves anything.
    pub fn is_complete(&self) -> bool {
        self.capture.gaps.is_empty()
    }

    /// The accounts with a status.
    pub fn with(&self, status: AccountStatus) -> impl Iterator<Item = &Account> {
        self.list.iter().filter(move |account| account.status == status)
    }

    /// Whether the role of every user who has joined is known.
    pub(crate) fn reports_every_role(&self) -> bool {
        self.with(AccountStatus::Active).all(|account| account.role.is_some())
    }

    /// Whether the source reports the accounts' roles.
    pub(crate) fn reports_roles(&self) -> bool {
        self.list.is_empty() || self.list.iter().any(|account| account.role.is_some())
    }

    /// Whether the source reports the accounts' pages.
    pub(crate) fn reports_pages(&self) -> bool {
        self.list.is_empty() || self.list.iter().any(|account| account.page.is_some())
    }

    /// The text of which the hash of a service's accounts is made.
    /// It has a line for each account, with its [key](Account::key), status, role and page,
    /// separated by tabs.
    pub fn canonical(&self) -> String {
        canonical(&self.list)
    }
}

fn canonical(list: &[Account]) -> String {
    let mut lines = String::new();
    for account in list {
        // A new field does not compile until it is decided whether the hash depends on it.
        let Account { id: _, email: _, name: _, role, page, status, since: _, location: _ } =
            account;
        let status = status.as_str();
        let role = role.as_deref().unwrap_or("");
        let page = page.as_deref().unwrap_or("");
        lines.push_str(&format!("{}\t{status}\t{role}\t{page}\n", account.key()));
    }
    lines
}

/// The accounts in the order of their keys, without repeated ones.
struct Distinct {
    list: Vec<Account>,
    /// The places of each dropped account and of the account that it repeats.
    repeated: Vec<(Location, Location)>,
}

impl Distinct {
    /// Drops accounts that repeat others, and open invitations to addresses that have joined.
    ///
    /// Accounts with one id are the same; without ids, accounts with all details equal are.
    /// Two different accounts with one address are both kept, because one of them may be an admin.
    fn new(list: Vec<Account>) -> Self {
        let mut kept: Vec<Account> = Vec::with_capacity(list.len());
        let mut repeated = Vec::new();
        let mut indexes: HashMap<Vec<String>, usize> = HashMap::with_capacity(list.len());
        let joined: HashSet<String> = list
            .iter()
            .filter(|account| account.status == AccountStatus::Active)
            .filter_map(Account::comparable_email)
            .collect();
        for account in list {
            let has_joined =
                account.comparable_email().is_some_and(|email| joined.contains(&email));
            if account.status == AccountStatus::Invited && has_joined {
                continue;
            }
            let index = *indexes.entry(distinct_details(&account)).or_insert(kept.len());
            match kept.get(index) {
                None => kept.push(account),
                Some(first) => repeated.push((account.location, first.location.clone())),
            }
        }
        kept.sort_by_cached_key(|account| (account.key(), account.id.clone()));
        Self { list: kept, repeated }
    }
}

/// The details that two entries of one account have in common.
fn distinct_details(account: &Account) -> Vec<String> {
    let Account { id, email: _, name, role, page, status, since, location: _ } = account;
    // Sources do not distinguish an unknown role from an empty one.
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    match id {
        AccountId::Own(id) => vec![account.key(), id.clone()],
        AccountId::Email(_) => vec![
            account.key(),
            name.clone(),
            text(role),
            text(page),
            status.as_str().to_owned(),
            since.clone(),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An account in a file, which its e-mail address identifies.
    fn account(email: &str, status: AccountStatus) -> Account {
        Account {
            id: AccountId::from_email(email),
            email: Some(email.to_owned()),
            name: String::new(),
            role: None,
            page: None,
            status,
            since: String::new(),
            location: Location { file: "a".to_owned(), line: None },
        }
    }

    fn read(list: Vec<Account>) -> Accounts {
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let export = Export { list, ..Export::default() };
        Accounts::from_service("here".to_owned(), now, export)
    }

    #[test]
    fn who_has_joined_is_not_invited_any_more() {
        let accounts = read(vec![
            account("B@example.com", AccountStatus::Invited),
            account("a@example.com", AccountStatus::Active),
            account("b@example.com", AccountStatus::Active),
            account("A@example.com", AccountStatus::Invited),
        ]);
        let kept: Vec<_> =
            accounts.list.iter().map(|account| (account.key(), account.status)).collect();
        assert_eq!(
            kept,
            [
                ("a@example.com".to_owned(), AccountStatus::Active),
                ("b@example.com".to_owned(), AccountStatus::Active)
            ]
        );
        assert_eq!(accounts.canonical(), "a@example.com\tactive\t\t\nb@example.com\tactive\t\t\n");
    }

    #[test]
    fn accounts_without_an_address_are_known_by_their_ids() {
        let bot = |id: &str, status| Account {
            id: AccountId::new(id),
            email: None,
            ..account("unused@example.com", status)
        };
        let accounts = read(vec![
            bot("7", AccountStatus::Active),
            account("b@example.com", AccountStatus::Active),
            bot("8", AccountStatus::Invited),
            bot("7", AccountStatus::Active),
        ]);
        let kept: Vec<String> = accounts.list.iter().map(Account::key).collect();
        assert_eq!(kept, ["7", "8", "b@example.com"]);
        assert!(accounts.list[0].is_named("7") && !accounts.list[0].is_named("8"));
        assert_eq!(accounts.list[0].display_name(), "7");
        assert_eq!(accounts.list[0].subject().to_string(), "account:7");
    }
}
