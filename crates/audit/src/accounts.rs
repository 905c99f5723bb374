//! The accounts: who does have access, as captured at an instant.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::identity::{AccountId, AccountIdx};
use crate::input::{Location, Problem, SourceFile, sha256};
use crate::kinds::{Export, Kind};

/// The role of the one to whom an organisation belongs.
pub const OWNER: &str = "owner";

/// The role of those who may manage an organisation's accounts.
pub const ADMIN: &str = "admin";

/// Whether an account is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountStatus {
    /// Its holder has joined.
    Active,
    /// Its holder has been invited, and has not joined yet.
    Invited,
}

impl AccountStatus {
    /// The status's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
        }
    }
}

/// An account, or an invitation to have one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The service's own id of it; unknown where the source has none, as a file.
    pub id: Option<AccountId>,
    /// The e-mail address, as written.
    pub email: String,
    /// The holder's name; empty where it is not known.
    pub name: String,
    /// What the account may do, in lower case: [`OWNER`], [`ADMIN`], `user` or any other word;
    /// unknown where the source does not tell.
    pub role: Option<String>,
    /// The address of the account's own page; unknown where the source does not tell.
    pub page: Option<String>,
    /// Whether its holder has joined.
    pub standing: AccountStatus,
    /// Since when it has been there, as the source tells it; empty where it does not.
    pub since: String,
    /// Where it was read: a row of a file, or the address of the thing itself.
    pub location: Location,
}

impl Account {
    /// The e-mail address as it is compared with others.
    ///
    /// Only ASCII letters have their case folded: a Kelvin sign is not a `k`, and its address is somebody
    /// else's.
    pub fn key(&self) -> String {
        self.email.to_ascii_lowercase()
    }

    /// Whether its holder has joined and has this role.
    pub fn has_role(&self, role: &str) -> bool {
        self.standing == AccountStatus::Active && self.role.as_deref() == Some(role)
    }
}

/// Where accounts come from, when they were read, and whether all of them were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Capture {
    /// The file's name, `-` for standard input, or the organisation's address.
    pub source: String,
    /// When they were read.
    pub read_at: Timestamp,
    /// SHA-256 in hex digits: of the file, or of [`Accounts::canonical`].
    pub sha256: String,
    /// Why there may be more accounts than were read, as lower-case sentences without a final stop;
    /// none: they were read whole.
    pub gaps: Vec<String>,
}

/// Who does have access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accounts {
    /// The accounts, in the order of their e-mail addresses.
    ///
    /// An address is there twice only where the service has two accounts of different ids there.
    pub list: Vec<Account>,
    /// Where they come from.
    pub capture: Capture,
    /// What of the source could not be read.
    pub problems: Vec<Problem>,
}

impl Accounts {
    /// The accounts of a service, read through its interface.
    ///
    /// Whoever has joined and has an invitation beside it has joined.
    pub fn from_service(
        source: String,
        read_at: Timestamp,
        list: Vec<Account>,
        gaps: Vec<String>,
    ) -> Self {
        let list = once_each(list, |_, _| {});
        let capture =
            Capture { source, read_at, sha256: sha256(canonical(&list).as_bytes()), gaps };
        Self { list, capture, problems: Vec::new() }
    }

    /// The accounts of a file.
    ///
    /// # Errors
    ///
    /// The file is none of accounts.
    pub fn from_file(kind: Kind, file: &SourceFile, read_at: Timestamp) -> Result<Self, Problem> {
        let Export { list, problems, gaps } = (kind.spec().export)(file)?;
        let (source, sha256) = (file.name.clone(), sha256(&file.bytes));
        Ok(Self { list, capture: Capture { source, read_at, sha256, gaps }, problems }.suspected())
    }

    /// An organisation without any account is none: something was not read.
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

    /// Whether all accounts were read: only then anything may be concluded from absence.
    pub fn is_complete(&self) -> bool {
        self.capture.gaps.is_empty()
    }

    /// The accounts whose holders have the standing.
    pub fn with(&self, standing: AccountStatus) -> impl Iterator<Item = &Account> {
        self.list.iter().filter(move |account| account.standing == standing)
    }

    /// Whether the role of everybody who has joined is known.
    pub(crate) fn reports_every_role(&self) -> bool {
        self.with(AccountStatus::Active).all(|account| account.role.is_some())
    }

    /// Whether the source tells the accounts' roles.
    pub(crate) fn reports_roles(&self) -> bool {
        self.list.is_empty() || self.list.iter().any(|account| account.role.is_some())
    }

    /// Whether the source tells the accounts' pages.
    pub(crate) fn reports_pages(&self) -> bool {
        self.list.is_empty() || self.list.iter().any(|account| account.page.is_some())
    }

    /// What the hash of a service's accounts is made of: a line for each, with its e-mail address,
    /// standing, role and page, parted by tabs.
    pub fn canonical(&self) -> String {
        canonical(&self.list)
    }
}

fn canonical(list: &[Account]) -> String {
    let line = |account: &Account| {
        let standing = account.standing.as_str();
        let role = account.role.as_deref().unwrap_or_default();
        let page = account.page.as_deref().unwrap_or_default();
        format!("{}\t{standing}\t{role}\t{page}\n", account.key())
    };
    list.iter().map(line).collect()
}

/// Sorts accounts and keeps each once, by its id, else by its address.
///
/// Whoever has joined has no open invitation besides.
/// `tell` is called with an account that goes and the one that stays, where both have the same standing.
pub(crate) fn once_each(
    list: Vec<Account>,
    mut tell: impl FnMut(&Account, &Account),
) -> Vec<Account> {
    let mut kept: Vec<Account> = Vec::with_capacity(list.len());
    let mut places: HashMap<(String, Option<AccountId>), usize> =
        HashMap::with_capacity(list.len());
    let joined: HashSet<String> = list
        .iter()
        .filter(|account| account.standing == AccountStatus::Active)
        .map(Account::key)
        .collect();
    for account in list {
        if account.standing == AccountStatus::Invited && joined.contains(&account.key()) {
            continue;
        }
        let place = *places.entry((account.key(), account.id.clone())).or_insert(kept.len());
        match kept.get_mut(place) {
            None => kept.push(account),
            Some(other) => tell(&account, other),
        }
    }
    kept.sort_by_cached_key(|account| (account.key(), account.id.clone()));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(email: &str, standing: AccountStatus) -> Account {
        Account {
            id: None,
            email: email.to_owned(),
            name: String::new(),
            role: None,
            page: None,
            standing,
            since: String::new(),
            location: Location { file: "a".to_owned(), line: None },
        }
    }

    #[test]
    fn who_has_joined_is_not_invited_any_more() {
        let list = vec![
            account("B@example.com", AccountStatus::Invited),
            account("a@example.com", AccountStatus::Active),
            account("b@example.com", AccountStatus::Active),
            account("A@example.com", AccountStatus::Invited),
        ];
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let accounts = Accounts::from_service("here".to_owned(), now, list, Vec::new());
        let emails: Vec<_> =
            accounts.list.iter().map(|account| (&*account.email, account.standing)).collect();
        assert_eq!(
            emails,
            [("a@example.com", AccountStatus::Active), ("b@example.com", AccountStatus::Active)]
        );
        assert_eq!(accounts.canonical(), "a@example.com\tactive\t\t\nb@example.com\tactive\t\t\n");
    }
}
