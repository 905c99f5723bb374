//! The evaluation: the checks of a kind on what was read, and what could not be evaluated.

pub mod exceptions;

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::accounts::{Account, AccountStatus, Accounts};
use crate::check::{Check, CheckInput, Find, Finding, Hit, Requirement};
use crate::evaluation::exceptions::{Exception, ExceptionOutcome};
use crate::identity::{AccountIdx, Subject, SubjectId};
use crate::input::Problem;
use crate::kinds::Kind;
use crate::matching::{Aliases, Matching, is_unmatchable};
use crate::roster::{Field, Person, Roster};
use crate::text::fold;

/// What the users have decided about how an audit is done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// The ids of the checks that are switched off.
    pub checks_off: Vec<String>,
    /// E-mail addresses, GitLab usernames or names of people who are left out; also e-mail addresses
    /// of accounts.
    pub exclude: Vec<String>,
    /// Further e-mail addresses of people.
    pub aliases: Aliases,
    /// The GitLab usernames of outsiders, by their e-mail addresses.
    pub handles: BTreeMap<String, String>,
}

/// What an audit looks at.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Who should have access.
    pub roster: Roster,
    /// Who does have access, if that was read.
    pub accounts: Option<Accounts>,
    /// The standing exceptions.
    pub exceptions: Vec<Exception>,
    /// What of all this could not be read.
    pub problems: Vec<Problem>,
    /// How many people the audit's issue has recorded.
    pub recorded_people: Option<usize>,
}

/// Why a check could not be evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// A problem of the roster may hide a person.
    HiddenPerson,
    /// The roster is much smaller than the one which the issue has recorded, of so many people.
    Shrunken(usize),
    /// People have no e-mail address by which their accounts could be found.
    Unmatchable,
    /// No accounts were read.
    NoAccounts,
    /// The accounts were not read whole.
    Gaps,
    /// The source of the accounts does not tell their roles.
    NoRoles,
    /// The source of the accounts does not tell their pages.
    NoPages,
}

impl fmt::Display for Unknown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HiddenPerson => formatter.write_str("while a problem may hide a person"),
            Self::Shrunken(recorded) => write!(
                formatter,
                "while the roster is more than 10 % smaller than the {recorded} people of the issue"
            ),
            Self::Unmatchable => {
                formatter.write_str("while people without an e-mail address have no known account")
            }
            Self::NoAccounts => formatter.write_str("without accounts"),
            Self::Gaps => formatter.write_str("while the accounts are not read whole"),
            Self::NoRoles => formatter.write_str("since the accounts come without roles"),
            Self::NoPages => formatter.write_str("since the accounts come without links"),
        }
    }
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
}

impl Evaluation {
    /// Evaluates the checks of `kind`, which is done on the day `today`.
    pub fn new(kind: Kind, policy: &Policy, sources: Sources, today: Date) -> Self {
        let Sources { roster, accounts, exceptions, mut problems, recorded_people } = sources;
        problems.extend(accounts.iter().flat_map(|accounts| accounts.problems.iter().cloned()));
        let matching = accounts
            .as_ref()
            .map(|accounts| Matching::new(&roster, accounts, &policy.aliases))
            .unwrap_or_default();
        let people = roster.people.len();
        let shrunken_from = recorded_people.filter(|recorded| people * 10 < recorded * 9);
        let (excluded, excluded_nobody) = exclude(&roster, accounts.as_ref(), &policy.exclude);
        let mut evaluation = Self {
            kind,
            roster,
            accounts,
            matching,
            problems,
            findings: Vec::new(),
            off: Vec::new(),
            unknown: Vec::new(),
            excluded,
            excluded_nobody,
            exceptions: Vec::new(),
            shrunken_from,
        };
        let is_off = |check: &Check| policy.checks_off.iter().any(|id| id == check.id);
        let (off, on) = kind.spec().checks.iter().partition(|check| is_off(check));
        evaluation.off = off;
        evaluation.evaluate(on);
        evaluation.except(exceptions, policy, today);
        evaluation
    }

    fn evaluate(&mut self, checks: Vec<&'static Check>) {
        let mut known = Vec::new();
        for check in checks {
            match self.obstacle(check) {
                Some(unknown) => self.unknown.push((check, unknown)),
                None => known.push(check),
            }
        }
        let found = |check: &'static Check| {
            let finding = |Hit { about, evidence }| Finding {
                check,
                about,
                evidence,
                exception: None,
                lapsed: None,
            };
            let hits = match (check.find, &self.accounts) {
                (Find::InRoster(find), _) => find(&self.roster),
                (Find::AmongAccounts(find), Some(accounts)) => {
                    find(&CheckInput { roster: &self.roster, accounts, matching: &self.matching })
                }
                (Find::AmongAccounts(_), None) => Vec::new(),
            };
            hits.into_iter().map(finding).collect::<Vec<_>>()
        };
        let mut findings: Vec<Finding> = known.into_par_iter().flat_map_iter(found).collect();
        findings.retain(|finding| !self.is_excluded(finding.about));
        findings.sort_by_key(|finding| finding.about);
        self.findings = findings;
    }

    /// Why a check cannot be evaluated.
    fn obstacle(&self, check: &Check) -> Option<Unknown> {
        check.needs.iter().find_map(|need| {
            let accounts = self.accounts.as_ref();
            let is = |unknown: Unknown, is: bool| is.then_some(unknown);
            match need {
                Requirement::Accounts => match accounts {
                    None => Some(Unknown::NoAccounts),
                    Some(accounts) => is(Unknown::Gaps, !accounts.is_complete()),
                },
                Requirement::Roles => {
                    is(Unknown::NoRoles, accounts.is_some_and(|it| !it.reports_roles()))
                }
                Requirement::Pages => {
                    is(Unknown::NoPages, accounts.is_some_and(|it| !it.reports_pages()))
                }
                Requirement::Everybody => {
                    let is_about_accounts = matches!(check.find, Find::AmongAccounts(_));
                    is(Unknown::HiddenPerson, self.may_hide_somebody())
                        .or(self.shrunken_from.map(Unknown::Shrunken))
                        .or(is(Unknown::Unmatchable, is_about_accounts && self.has_unmatchable()))
                }
            }
        })
    }

    /// Whether somebody who should have access may be hidden behind a problem.
    pub fn may_hide_somebody(&self) -> bool {
        self.problems.iter().any(|problem| problem.hides_person)
    }

    fn has_unmatchable(&self) -> bool {
        let mut people = self.roster.enumerate();
        people.any(|(index, person)| is_unmatchable(person, self.matching.for_person(index)))
    }

    /// Justifies what the exceptions cover.
    fn except(&mut self, exceptions: Vec<Exception>, policy: &Policy, today: Date) {
        for (number, exception) in exceptions.into_iter().enumerate() {
            let mut fate = if self.all_evaluated(&exception.checks) {
                ExceptionOutcome::Unused
            } else {
                ExceptionOutcome::Unknown
            };
            let (mut covered, mut lapsed) = (Vec::new(), Vec::new());
            for (index, finding) in self.findings.iter().enumerate() {
                if !self.covers(&exception, finding) {
                    continue;
                }
                let is_own = self
                    .usernames(finding.about, policy)
                    .any(|username| username.eq_ignore_ascii_case(&exception.approved_by));
                match exception.validity_on(today) {
                    Some(reason) => {
                        fate = reason;
                        // What it never justified does not begin anew by its end.
                        lapsed.extend((!is_own).then_some(index));
                    }
                    None if is_own => fate = ExceptionOutcome::SelfApproved,
                    None => covered.push(index),
                }
            }
            for index in covered {
                fate = ExceptionOutcome::Used;
                if let Some(finding) = self.findings.get_mut(index) {
                    finding.exception.get_or_insert(number);
                }
            }
            if fate == ExceptionOutcome::Expired {
                for index in lapsed {
                    if let Some(finding) = self.findings.get_mut(index) {
                        finding.lapsed = finding.lapsed.max(Some(exception.expires));
                    }
                }
            }
            self.exceptions.push((exception, fate));
        }
    }

    fn all_evaluated(&self, checks: &[String]) -> bool {
        let unknown = self.unknown.iter().map(|(check, _)| check);
        let mut others = self.off.iter().chain(unknown);
        !others.any(|check| checks.iter().any(|id| id == check.id))
    }

    fn covers(&self, exception: &Exception, finding: &Finding) -> bool {
        exception.checks.iter().any(|id| id == finding.check.id)
            && match &exception.email {
                None => finding.about == Subject::Organization,
                Some(email) => self.emails(finding.about).any(|other| other == *email),
            }
    }

    /// The e-mail addresses of what a finding is about, in lower case.
    fn emails(&self, about: Subject) -> impl Iterator<Item = String> {
        let person = self.person(about).and_then(|person| person.email.value());
        person.map(|email| email.to_lowercase()).into_iter().chain(self.accounts_of(about))
    }

    fn accounts_of(&self, about: Subject) -> Vec<String> {
        match about {
            Subject::Person(index) => {
                let matches = self.matching.for_person(index).iter();
                matches.filter_map(|it| self.account(it.account)).map(Account::key).collect()
            }
            Subject::Account(index) => self.account(index).map(Account::key).into_iter().collect(),
            Subject::Organization => Vec::new(),
        }
    }

    /// The GitLab usernames of what a finding is about, as far as the roster and `handles` tell.
    fn usernames(&self, about: Subject, policy: &Policy) -> impl Iterator<Item = String> {
        let person = self.person(about).and_then(|person| person.gitlab_username.value());
        let handles = self.emails(about).filter_map(|email| handle(policy, &email));
        let handles: Vec<String> = handles.map(str::to_owned).collect();
        person.map(|username| username.clone().into_string()).into_iter().chain(handles)
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
            Subject::Account(index) => {
                self.account(index).map(|it| SubjectId::Email(it.key())).into_iter().collect()
            }
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

/// The GitLab username that `handles` gives to an e-mail address.
pub fn handle<'a>(policy: &'a Policy, email: &str) -> Option<&'a str> {
    let mut handles = policy.handles.iter();
    let handle = handles.find(|(other, _)| other.to_lowercase() == email.to_lowercase());
    handle.map(|(_, username)| username.trim_start_matches('@'))
}

/// Finds whom `exclude` means, sorted, and those that mean nobody.
fn exclude(
    roster: &Roster,
    accounts: Option<&Accounts>,
    exclude: &[String],
) -> (Vec<Subject>, Vec<String>) {
    let mut excluded = Vec::new();
    let mut nobody = Vec::new();
    for wanted in exclude {
        let before = excluded.len();
        let people = roster.enumerate().filter(|(_, person)| is_meant(person, wanted));
        excluded.extend(people.map(|(index, _)| Subject::Person(index)));
        let accounts = accounts.into_iter().flat_map(Accounts::enumerate);
        let accounts = accounts.filter(|(_, account)| account.key() == wanted.to_lowercase());
        excluded.extend(accounts.map(|(index, _)| Subject::Account(index)));
        if excluded.len() == before {
            nobody.push(wanted.clone());
        }
    }
    excluded.sort_unstable();
    excluded.dedup();
    (excluded, nobody)
}

fn is_meant(person: &Person, wanted: &str) -> bool {
    let is_field = |field: &Field<Box<str>>| {
        field.value().is_some_and(|value| value.to_lowercase() == wanted.to_lowercase())
    };
    is_field(&person.email)
        || is_field(&person.gitlab_username)
        || fold(&person.name) == fold(wanted)
}

#[cfg(test)]
mod tests;
