//! Checks, and what they find: something to fix or to justify, about one subject.

use crate::accounts::Accounts;
use crate::identity::Subject;
use crate::matching::Matching;
use crate::roster::Roster;
use crate::wording::Wording;

/// The people who are asked about a finding.
///
/// `Person` and `Holder` differ in words only: whom a notice or letter goes to follows from
/// [`Hit::about`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The person that it is about.
    Person,
    /// Each of the people who share something.
    Both,
    /// The holder of the account.
    Holder,
    /// The operators of the audit.
    Operators,
}

impl Audience {
    /// The name of the audience, in words.
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
    /// The id in reports, settings and markers, which never changes once it is released.
    pub id: &'static str,
    /// What the check finds, as a sentence: for docs/checks.md and for the operator who reads an
    /// answer.
    pub finds: &'static str,
    /// How to fix the finding, as a sentence: for the JSON report and docs/checks.md.
    /// Notices and letters use [`Wording::fix`].
    pub fix: &'static str,
    /// The clauses that describe the finding in notices, letters and plans.
    pub wording: Wording,
    /// Who is asked.
    pub asked: Audience,
    /// What the evidence consists of. A decision about a finding holds as long as the evidence is
    /// the same.
    pub evidence: &'static str,
    /// What must be known beyond the readable part of the roster; otherwise the check is unknown.
    pub needs: &'static [Requirement],
    /// What must be known of a person or an account; otherwise the check is unknown for them alone.
    /// `find` must return no hit for a subject whose fact is unknown; this list keeps that from
    /// counting as fixed.
    pub reads: &'static [Detail],
    /// The ids of the checks for which this one steps back.
    /// `find` itself must leave out the subjects about which one of them finds something; the
    /// evaluation only keeps this check's earlier findings about them from counting as fixed.
    pub steps_back_for: &'static [&'static str],
    /// The id of another check whose asks count as asks of this check.
    pub asked_as: Option<&'static str>,
    /// How the check is evaluated.
    pub find: Find,
}

/// A fact about one person or account that a check needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The person's link in the roster.
    Link,
    /// The name of the person's manager.
    Manager,
    /// Whether the person belongs to the operations team.
    Team,
    /// Which account belongs to the person.
    Account,
    /// The pages of the person's accounts.
    Page,
    /// The roles of the person's accounts, or of the account itself.
    Role,
}

impl Check {
    /// Checks whose asks count for each other form a family, which the id of one of them names.
    pub fn family(&self) -> &'static str {
        self.asked_as.unwrap_or(self.id)
    }
}

/// A fact that a check needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Everybody on the roster, because the check concludes from a person's absence.
    Everybody,
    /// All accounts.
    Accounts,
    /// As many accounts as the issue has recorded, because the check concludes from an absence.
    EveryAccount,
    /// The roles of accounts.
    Roles,
    /// The role of every account that is in use.
    EveryRole,
    /// The pages of the accounts.
    Pages,
}

impl Requirement {
    /// The fact, in words.
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

/// How a check is evaluated. It finds at most one thing about each subject.
#[derive(Debug, Clone, Copy)]
pub enum Find {
    /// From the roster alone, in its order.
    InRoster(fn(&Roster) -> Vec<Hit>),
    /// From the roster and the accounts.
    AmongAccounts(fn(&CheckInput<'_>) -> Vec<Hit>),
}

/// The input of checks that need accounts.
///
/// It holds no day: a check that measures time does so up to `accounts.capture.read_at`, so that
/// equal sources give equal findings, also with `--until`.
#[derive(Debug, Clone, Copy)]
pub struct CheckInput<'a> {
    /// The people who should have access.
    pub roster: &'a Roster,
    /// The accounts that have access.
    pub accounts: &'a Accounts,
    /// The person of each account.
    pub matching: &'a Matching,
}

/// A hit of a check, from which a finding is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The subject.
    pub about: Subject,
    /// The evidence, as untrusted text: a link, a name, a role; may be empty.
    /// It must read the same whichever source it comes from, since decisions hold its digest.
    pub evidence: String,
}

/// Something to fix or to justify, about one subject.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The check that found it.
    pub check: &'static Check,
    /// The subject.
    pub about: Subject,
    /// The evidence, as untrusted text.
    pub evidence: String,
    /// The index of the standing exception that justifies it, among [the
    /// exceptions](crate::evaluation::exceptions).
    pub exception: Option<usize>,
    /// The day on which an exception that justified it expired.
    pub lapsed: Option<jiff::civil::Date>,
}
