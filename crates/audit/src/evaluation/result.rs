//! What an evaluation found, and how it is looked up.

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

/// That an account may be a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuggestedMatch {
    /// The account.
    pub account: AccountIdx,
    /// The person, who may have an account already.
    pub person: PersonIdx,
    /// What they have in common.
    pub reason: &'static str,
}

/// What was found, and what could not be evaluated.
#[derive(Debug)]
pub struct Evaluation {
    /// Which system is audited.
    pub kind: Kind,
    /// Who should have access.
    pub roster: Roster,
    /// Who does have access, if that was read.
    pub accounts: Option<Accounts>,
    /// Which account is whose.
    pub matching: Matching,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// What was found, in the order of what it is about.
    pub findings: Vec<Finding>,
    /// The checks that are switched off.
    pub off: Vec<&'static Check>,
    /// The checks that could not be evaluated, and why.
    pub unknown: Vec<(&'static Check, Unknown)>,
    /// Those who are left out, sorted.
    pub excluded: Vec<Subject>,
    /// Exclusions that mean nobody.
    pub excluded_nobody: Vec<String>,
    /// The standing exceptions, and what became of each.
    pub exceptions: Vec<(Exception, ExceptionOutcome)>,
    /// How many people the audit's issue has recorded, where the roster is much smaller now.
    pub shrunken_from: Option<usize>,
    /// How many accounts the audit's issue has recorded, where there are much fewer now.
    pub accounts_shrunken_from: Option<usize>,
    /// The subjects about whom a check could not be evaluated, though it was for others.
    pub unknown_subjects: BTreeMap<(Subject, &'static str), Unknown>,
    /// The accounts of nobody that may be somebody's: no operator has said so yet.
    pub suggestions: Vec<SuggestedMatch>,
    pub(super) stepped_back_for: HashSet<(&'static str, Subject)>,
}

impl Evaluation {
    /// Whether a check says nothing about a subject because another one speaks for it.
    ///
    /// What it found before counts as still found.
    pub fn steps_back(&self, check: &Check, subject: Subject) -> bool {
        check.steps_back_for.iter().any(|other| self.stepped_back_for.contains(&(*other, subject)))
    }

    /// The person whom a finding is about.
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

    /// Who a finding is about, whatever else about them changes: all that they are known by, the
    /// first being the one that is shown.
    ///
    /// One who is found under any of them is the same.
    pub fn keys(&self, about: Subject) -> Vec<SubjectId> {
        match about {
            Subject::Person(index) => {
                self.roster.person(index).map(Person::keys).unwrap_or_default()
            }
            Subject::Account(index) => self.account(index).map(Account::keys).unwrap_or_default(),
            Subject::Organization => vec![SubjectId::Organization],
        }
    }

    /// Whether somebody is left out of the audit.
    pub fn is_excluded(&self, about: Subject) -> bool {
        self.excluded.binary_search(&about).is_ok()
    }

    /// What was found about a subject.
    pub fn findings_of(&self, about: Subject) -> &[Finding] {
        let start = self.findings.partition_point(|finding| finding.about < about);
        let end = self.findings.partition_point(|finding| finding.about <= about);
        self.findings.get(start..end).unwrap_or_default()
    }

    /// What was found and is not justified by a standing exception.
    pub fn open_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.exception.is_none())
    }

    /// The accounts of nobody on the roster which a check has found.
    pub fn outsiders(&self) -> impl Iterator<Item = AccountIdx> {
        self.findings.iter().filter(|finding| finding.check.id == OUTSIDER).filter_map(|finding| {
            match finding.about {
                Subject::Account(index) => Some(index),
                Subject::Person(_) | Subject::Organization => None,
            }
        })
    }

    /// How many accounts the organisation pays for or will: those in use, those invited, and how
    /// many of both are of nobody on the roster, where that is known.
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

/// The check that finds accounts of nobody on the roster.
pub const OUTSIDER: &str = "outsider";

/// What an organisation pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Seats {
    /// The accounts in use.
    pub active: usize,
    /// The invitations that wait.
    pub invited: usize,
    /// How many of both are of nobody on the roster; unknown while somebody may be hidden.
    pub outsiders: Option<usize>,
}
