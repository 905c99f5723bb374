//! Findings: something to fix or to justify, about one subject; and the checks that make them.

use crate::accounts::Accounts;
use crate::identity::Subject;
use crate::matching::Matching;
use crate::roster::Roster;
use crate::wording::Wording;

/// Who is asked about what a check finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The person it is about.
    Person,
    /// Each of those who share something.
    Both,
    /// The holder of the account.
    Holder,
    /// Those who run the audit.
    Operators,
}

impl Audience {
    /// Who that is, in words.
    pub const fn describe(self) -> &'static str {
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
    /// How notices, letters and plans put it into words.
    pub wording: Wording,
    /// Who is asked.
    pub asked: Audience,
    /// What it sees, in words; while that stays the same, so does what was decided about a finding.
    pub evidence: &'static str,
    /// What must be known beyond the readable part of the roster: else the check is unknown.
    pub needs: &'static [Requirement],
    /// What must be known of the person or the account: else the check is unknown for them alone.
    pub reads: &'static [Detail],
    /// The checks for which it steps back: while one of them finds something about a subject, this one
    /// says nothing, and what it found before counts as still found.
    pub steps_back_for: &'static [&'static str],
    /// The id of another check whose asks count as asks of this one.
    pub asked_as: Option<&'static str>,
    /// Evaluates it.
    pub find: Find,
}

/// Something about one person or account that a check must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The person's link in the roster.
    Link,
    /// The name of the person's manager.
    Manager,
    /// Whether the person is of the operations team.
    Team,
    /// Which account is the person's.
    Account,
    /// The pages of the person's accounts.
    Page,
    /// The roles of the person's accounts, or of the account itself.
    Role,
}

impl Check {
    /// The checks whose asks count for each other have one family, named by one of them.
    pub fn family(&self) -> &'static str {
        self.asked_as.unwrap_or(self.id)
    }
}

/// What a check must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Everybody on the roster: it concludes from somebody's absence there.
    Everybody,
    /// All accounts.
    Accounts,
    /// As many accounts as the issue has recorded: it concludes from an absence among them.
    EveryAccount,
    /// The roles of accounts.
    Roles,
    /// The role of every account that is in use.
    EveryRole,
    /// The pages of the accounts.
    Pages,
}

impl Requirement {
    /// What that is, in words.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Everybody => "everybody on the roster",
            Self::Accounts => "all accounts",
            Self::EveryAccount => "as many accounts as the issue has recorded",
            Self::Roles | Self::EveryRole => "the accounts' roles",
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
    AmongAccounts(fn(&CheckInput<'_>) -> Vec<Hit>),
}

/// What checks that need accounts look at.
#[derive(Debug, Clone, Copy)]
pub struct CheckInput<'a> {
    /// Who should have access.
    pub roster: &'a Roster,
    /// Who does have access.
    pub accounts: &'a Accounts,
    /// Which account is whose.
    pub matching: &'a Matching,
}

/// What a check has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What it is about.
    pub about: Subject,
    /// What the check saw, as untrusted text: a link, a name, a role; empty where there is nothing.
    pub evidence: String,
}

/// Something to fix or to justify, about one subject.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The check that found it.
    pub check: &'static Check,
    /// What it is about.
    pub about: Subject,
    /// What the check saw, as untrusted text.
    pub evidence: String,
    /// The standing exception that justifies it, by its place among
    /// [the exceptions](crate::evaluation::exceptions).
    pub exception: Option<usize>,
    /// The day on which an exception that justified it expired.
    pub lapsed: Option<jiff::civil::Date>,
}
