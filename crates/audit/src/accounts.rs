//! The accounts: who does have access, as captured at an instant.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::identity::{AccountId, AccountIdx, comparable_email, is_email_address};
use crate::input::{Location, Problem, SourceFile, sha256};

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
    pub fn key(&self) -> String {
        comparable_email(&self.email)
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
    /// Several accounts at one address are all kept, as long as their ids or their details differ.
    pub list: Vec<Account>,
    /// Where they come from.
    pub capture: Capture,
    /// What of the source could not be read.
    pub problems: Vec<Problem>,
}

/// What a file of accounts holds, before the rows that repeat others are left out.
#[derive(Debug, Default)]
pub struct Export {
    /// The accounts, in the order of the rows.
    pub list: Vec<Account>,
    /// The rows that could not be read.
    pub problems: Vec<Problem>,
    /// Why there may be more accounts than were read: see [`Capture::gaps`].
    pub gaps: Vec<String>,
}

/// Reads the accounts of a file; each audited service has its own.
///
/// # Errors
///
/// The file does not hold accounts at all.
pub type ExportReader = fn(&SourceFile) -> Result<Export, Problem>;

impl Accounts {
    /// The accounts of a service, read through its interface.
    ///
    /// A user who has joined keeps no open invitation beside that account.
    /// An account without a plain e-mail address becomes a problem, and the accounts are incomplete.
    pub fn from_service(
        source: String,
        read_at: Timestamp,
        list: Vec<Account>,
        mut gaps: Vec<String>,
    ) -> Self {
        let (list, unreadable): (Vec<Account>, Vec<Account>) =
            list.into_iter().partition(|account| is_email_address(&account.email));
        if !unreadable.is_empty() {
            let count = unreadable.len();
            gaps.push(format!("{count} of the service's accounts have no plain e-mail address"));
        }
        let message = "the account has no plain e-mail address";
        let problem = |account: Account| Problem::of_account(account.location, message);
        let problems = unreadable.into_iter().map(problem).collect();
        let Distinct { list, .. } = Distinct::new(list);
        let capture =
            Capture { source, read_at, sha256: sha256(canonical(&list).as_bytes()), gaps };
        Self { list, capture, problems }
    }

    /// The accounts of a file, as `read` understands it.
    ///
    /// # Errors
    ///
    /// The file does not hold accounts at all.
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

/// Accounts in the order of their addresses, each once.
struct Distinct {
    list: Vec<Account>,
    /// Where each account that was left out is, and where the one that it repeats is.
    repeated: Vec<(Location, Location)>,
}

impl Distinct {
    /// Leaves out accounts that repeat others, and open invitations to addresses that have joined.
    ///
    /// Accounts with the same id are the same; where there are no ids, those whose details are all
    /// the same. Two accounts of one address that differ are both kept: one of them may be an admin.
    fn new(list: Vec<Account>) -> Self {
        let mut kept: Vec<Account> = Vec::with_capacity(list.len());
        let mut repeated = Vec::new();
        let mut indexes: HashMap<Vec<String>, usize> = HashMap::with_capacity(list.len());
        let joined: HashSet<String> = list
            .iter()
            .filter(|account| account.standing == AccountStatus::Active)
            .map(Account::key)
            .collect();
        for account in list {
            if account.standing == AccountStatus::Invited && joined.contains(&account.key()) {
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

/// What two entries for the same account have in common.
fn distinct_details(account: &Account) -> Vec<String> {
    let Account { id, email: _, name, role, page, standing, since, location: _ } = account;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    match id {
        Some(id) => vec![account.key(), id.as_str().to_owned()],
        None => vec![
            account.key(),
            name.clone(),
            text(role),
            text(page),
            standing.as_str().to_owned(),
            since.clone(),
        ],
    }
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

    #[test]
    fn an_answer_without_a_plain_address_leaves_the_accounts_incomplete() {
        let list = ["", "<a@example.com>", "b@example.com"]
            .map(|email| account(email, AccountStatus::Active))
            .to_vec();
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let accounts = Accounts::from_service("here".to_owned(), now, list, Vec::new());
        let emails: Vec<_> = accounts.list.iter().map(|account| &*account.email).collect();
        assert_eq!(emails, ["b@example.com"]);
        assert_eq!(accounts.problems.len(), 2);
        assert_eq!(
            accounts.capture.gaps,
            ["2 of the service's accounts have no plain e-mail address"]
        );
    }
}
