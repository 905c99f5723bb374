//! The result of an evaluation, and how to look things up in it.

use std::collections::{BTreeMap, HashSet};

use super::exceptions::{Exception, ExceptionOutcome};
use super::reason::Unknown;
use crate::accounts::{Account, AccountStatus, Accounts};
use crate::check::{Check, Finding};
use crate::identity::{AccountIdx, PersonIdx, Subject, SubjectId};
use crate::input::Problem;
use crate::kinds::Kind;
use crate::matching::Matching;
use crate::roster::{Person, Roster};

/// An account that may belong to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuggestedMatch {
    /// The account.
    pub account: AccountIdx,
    /// The person, who may already have another account.
    pub person: PersonIdx,
    /// What they have in common.
    pub reason: &'static str,
}

/// Everything that was found, and everything that is unknown.
#[derive(Debug)]
pub struct Evaluation {
    /// The audited system.
    pub kind: Kind,
    /// The people who should have access.
    pub roster: Roster,
    /// The accounts, if they were read.
    pub accounts: Option<Accounts>,
    /// The person of each account.
    pub matching: Matching,
    /// The parts of the sources that could not be read.
    pub problems: Vec<Problem>,
    /// The findings, in the order of their subjects.
    pub findings: Vec<Finding>,
    /// The checks that are switched off.
    pub off: Vec<&'static Check>,
    /// The checks that could not be evaluated, and why.
    pub unknown: Vec<(&'static Check, Unknown)>,
    /// The subjects who are left out, sorted.
    pub excluded: Vec<Subject>,
    /// The names in `exclude` that match nobody.
    pub excluded_nobody: Vec<String>,
    /// The standing exceptions, each with its outcome.
    pub exceptions: Vec<(Exception, ExceptionOutcome)>,
    /// How many people the issue has recorded, if the roster is much smaller now.
    pub shrunken_from: Option<usize>,
    /// How many accounts the issue has recorded, if there are far fewer now.
    pub accounts_shrunken_from: Option<usize>,
    /// The subjects for whom a check is unknown although it could be evaluated for others.
    pub unknown_subjects: BTreeMap<(Subject, &'static str), Unknown>,
    /// The accounts that may belong to a person, about which no operator has decided yet.
    pub suggestions: Vec<SuggestedMatch>,
    pub(super) stepped_back_for: HashSet<(&'static str, Subject)>,
}

impl Evaluation {
    /// Whether a check says nothing about a subject because another check speaks for it.
    ///
    /// Its earlier findings count as still found.
    pub fn steps_back(&self, check: &Check, subject: Subject) -> bool {
        check.steps_back_for.iter().any(|other| self.stepped_back_for.contains(&(*other, subject)))
    }

    /// The person whom a finding is about, if it is about a person.
    pub fn person(&self, about: Subject) -> Option<&Person> {
        match about {
            Subject::Person(index) => self.roster.person(index),
            Subject::Account(_) | Subject::Organization => None,
        }
    }

    /// The account at `index`, if accounts were read.
    pub fn account(&self, index: AccountIdx) -> Option<&Account> {
        self.accounts.as_ref()?.get(index)
    }

    /// The ids by which a subject is known, however else it changes; the first is the one that is
    /// shown.
    ///
    /// A subject that is found under any of them is the same.
    pub fn keys(&self, about: Subject) -> Vec<SubjectId> {
        match about {
            Subject::Person(index) => {
                self.roster.person(index).map(Person::keys).unwrap_or_default()
            }
            Subject::Account(index) => self.account(index).map(Account::keys).unwrap_or_default(),
            Subject::Organization => vec![SubjectId::Organization],
        }
    }

    /// Whether a subject is left out of the audit.
    pub fn is_excluded(&self, about: Subject) -> bool {
        self.excluded.binary_search(&about).is_ok()
    }

    /// The findings about a subject.
    pub fn findings_of(&self, about: Subject) -> &[Finding] {
        let start = self.findings.partition_point(|finding| finding.about < about);
        let end = self.findings.partition_point(|finding| finding.about <= about);
        self.findings.get(start..end).unwrap_or_default()
    }

    /// The findings that no standing exception justifies.
    pub fn open_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.exception.is_none())
    }

    /// The accounts of nobody on the roster, as their check found them.
    pub fn outsiders(&self) -> impl Iterator<Item = AccountIdx> {
        self.findings.iter().filter(|finding| finding.check.id == OUTSIDER).filter_map(|finding| {
            match finding.about {
                Subject::Account(index) => Some(index),
                Subject::Person(_) | Subject::Organization => None,
            }
        })
    }

    /// The seats that the organisation pays for or will pay for: accounts in use and invitations,
    /// and how many of both belong to nobody on the roster, if that is known.
    pub fn seats(&self) -> Option<Seats> {
        let accounts = self.accounts.as_ref().filter(|accounts| accounts.is_complete())?;
        let is_known = !self.unknown.iter().any(|(check, _)| check.id == OUTSIDER);
        let free = accounts.enumerate().filter(|(index, _)| self.matching.holder(*index).is_none());
        Some(Seats {
            active: accounts.with(AccountStatus::Active).count(),
            invited: accounts.with(AccountStatus::Invited).count(),
            outsiders: is_known.then(|| free.count()),
        })
    }
}

/// The id of the check that finds accounts of nobody on the roster.
pub const OUTSIDER: &str = "outsider";

/// The seats that an organisation pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Seats {
    /// The accounts in use.
    pub active: usize,
    /// The open invitations.
    pub invited: usize,
    /// How many of both belong to nobody on the roster; `None` while a problem may hide a person.
    pub outsiders: Option<usize>,
}
