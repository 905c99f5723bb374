//! Findings: something to fix or to justify, about one subject; and the checks that make them.

use std::fmt;

use crate::accounts::Accounts;
use crate::reconcile::Matching;
use crate::roster::Roster;

/// Whom a finding is about, told apart so that a changed name or title loses nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A person, by the id of their GitLab account.
    GitLabId(u64),
    /// A person or an account, by their e-mail address in lower case.
    Email(String),
    /// A person of whom the roster knows nothing but the name, in the form of [`crate::text::fold`].
    Name(String),
    /// The audited organisation as a whole.
    Organization,
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GitLabId(id) => write!(formatter, "gitlab:{id}"),
            Self::Email(email) => write!(formatter, "email:{email}"),
            Self::Name(name) => write!(formatter, "name:{name}"),
            Self::Organization => formatter.write_str("organization"),
        }
    }
}

/// Who is asked about what a check finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The person it is about.
    Person,
    /// Each of those who share something.
    Both,
    /// The holder of the account.
    Holder,
    /// Those who run the audit.
    Operators,
}

impl Asked {
    /// Who that is, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Person => "the person",
            Self::Both => "both",
            Self::Holder => "the account's holder",
            Self::Operators => "the operators",
        }
    }
}

/// A rule of the audit.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// What it is called in reports, settings and markers: never changed once it is out.
    pub id: &'static str,
    /// What it finds, as a sentence.
    pub finds: &'static str,
    /// The same, as a sentence to the one who is asked.
    pub asks: &'static str,
    /// How to fix what it finds, as a sentence to the one who is asked.
    pub fix: &'static str,
    /// Who is asked.
    pub asked: Asked,
    /// What it sees, in words; while that stays the same, so does what was decided about a finding.
    pub evidence: &'static str,
    /// What must be known beyond the readable part of the roster: else the check is unknown.
    pub needs: &'static [Need],
    /// Evaluates it.
    pub find: Find,
}

/// What a check must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Everybody on the roster: it concludes from somebody's absence there.
    Everybody,
    /// All accounts.
    Accounts,
    /// The roles of the accounts.
    Roles,
    /// The pages of the accounts.
    Pages,
}

impl Need {
    /// What that is, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Everybody => "everybody on the roster",
            Self::Accounts => "all accounts",
            Self::Roles => "the accounts' roles",
            Self::Pages => "the accounts' links",
        }
    }
}

/// How a check is evaluated, each subject being hit once at most.
#[derive(Debug, Clone, Copy)]
pub enum Find {
    /// On the roster alone, in its order.
    InRoster(fn(&Roster) -> Vec<Hit>),
    /// On the roster and the accounts.
    AmongAccounts(fn(&Facts<'_>) -> Vec<Hit>),
}

/// What checks that need accounts look at.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Who should have access.
    pub roster: &'a Roster,
    /// Who does have access.
    pub accounts: &'a Accounts,
    /// Which account is whose.
    pub matching: &'a Matching,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// A person, by their place in [`Roster::people`].
    Person(usize),
    /// An account of nobody on the roster, by its place in [`Accounts::list`].
    Account(usize),
    /// The audited organisation.
    Organization,
}

/// What a check has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What it is about.
    pub about: About,
    /// What the check saw, as foreign text: a link, a name, a role; empty where there is nothing.
    pub evidence: String,
}

/// Something to fix or to justify, about one subject.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The check that found it.
    pub check: &'static Check,
    /// What it is about.
    pub about: About,
    /// What the check saw, as foreign text.
    pub evidence: String,
    /// The standing exception that justifies it, by its place among
    /// [the exceptions](crate::exceptions).
    pub exception: Option<usize>,
    /// The day on which an exception that justified it expired.
    pub lapsed: Option<jiff::civil::Date>,
}
