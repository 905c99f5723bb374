//! The evaluation: applies the checks of a kind to the sources, and records what is unknown.

pub mod exceptions;
mod reason;
mod result;
mod suggestions;
mod unknown;

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;
use rayon::prelude::*;

use crate::accounts::{Account, Accounts};
pub use reason::Unknown;
pub use result::{Evaluation, OUTSIDER, Seats, SuggestedMatch};

use crate::check::{Check, CheckInput, Find, Finding, Hit};
use crate::evaluation::exceptions::{Approver, Exception, ExceptionOutcome, ExceptionSubject};
use crate::identity::{Subject, comparable_email};
use crate::input::Problem;
use crate::kinds::Kind;
use crate::matching::{Aliases, Matching};
use crate::roster::{Person, Roster};
use crate::text::fold;

/// How the users want the audit to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// The ids of the checks that are switched off.
    pub checks_off: Vec<String>,
    /// People to leave out, by e-mail address, GitLab username or name; also accounts, by e-mail
    /// address or id.
    pub exclude: Vec<String>,
    /// Further e-mail addresses of people.
    pub aliases: Aliases,
    /// The GitLab usernames of outsiders, by the e-mail addresses or the ids of their accounts.
    pub handles: BTreeMap<String, String>,
}

/// The sources of an audit.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The people who should have access.
    pub roster: Roster,
    /// The accounts, if they were read.
    pub accounts: Option<Accounts>,
    /// The standing exceptions.
    pub exceptions: Vec<Exception>,
    /// The users who may approve exceptions; `None` if none are configured, so that approvals are
    /// not checked.
    pub approvers: Option<Vec<Approver>>,
    /// The parts of the sources that could not be read.
    pub problems: Vec<Problem>,
    /// How many people the audit's issue has recorded.
    pub recorded_people: Option<usize>,
    /// How many accounts the audit's issue has recorded.
    pub recorded_accounts: Option<usize>,
}

impl Evaluation {
    /// Evaluates the checks of `kind`.
    ///
    /// `today` only decides which exceptions are valid; no check sees it.
    pub fn new(kind: Kind, policy: &Policy, sources: Sources, today: Date) -> Self {
        let Sources { roster, accounts, mut exceptions, mut problems, .. } = sources;
        if let Some(approvers) = &sources.approvers {
            let (approved, unapproved) = exceptions::approved(exceptions, approvers);
            exceptions = approved;
            problems.extend(unapproved);
        }
        problems.extend(accounts.iter().flat_map(|accounts| accounts.problems.iter().cloned()));
        let matching = accounts
            .as_ref()
            .map(|accounts| Matching::new(&roster, accounts, &policy.aliases))
            .unwrap_or_default();
        let shrunken_from = recorded_if_shrunken(roster.people.len(), sources.recorded_people);
        let accounts_shrunken_from = accounts.as_ref().and_then(|accounts| {
            recorded_if_shrunken(accounts.list.len(), sources.recorded_accounts)
        });
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
            accounts_shrunken_from,
            unknown_subjects: BTreeMap::new(),
            suggestions: Vec::new(),
            stepped_back_for: HashSet::new(),
        };
        let checks = kind.spec().checks.iter();
        evaluation.off =
            checks.filter(|check| policy.checks_off.iter().any(|id| id == check.id)).collect();
        evaluation.evaluate();
        evaluation.suggestions = evaluation.find_suggestions();
        let approvers = sources.approvers.unwrap_or_default();
        evaluation.except(exceptions, &approvers, policy, today);
        evaluation
    }

    /// Evaluates every check, including those that are off, because others may step back for them.
    fn evaluate(&mut self) {
        let mut known = Vec::new();
        for check in self.kind.spec().checks {
            let is_off = self.off.iter().any(|off| off.id == check.id);
            match self.obstacle(check) {
                Some(_) if is_off => {}
                Some(unknown) => self.unknown.push((check, unknown)),
                None => known.push((check, is_off)),
            }
        }
        let results: Vec<(&'static Check, bool, Vec<Hit>)> = known
            .into_par_iter()
            .map(|(check, is_off)| (check, is_off, self.hits(check)))
            .collect();
        for (check, is_off, hits) in results {
            for Hit { about, evidence } in hits {
                if self.is_excluded(about) {
                    continue;
                }
                if self.is_stepped_back_for(check) {
                    self.stepped_back_for.insert((check.id, about));
                }
                if !is_off {
                    self.findings.push(Finding {
                        check,
                        about,
                        evidence,
                        exception: None,
                        lapsed: None,
                    });
                }
            }
        }
        self.findings.sort_by_key(|finding| finding.about);
        self.unknown_subjects = self.find_unknown_subjects();
    }

    fn hits(&self, check: &Check) -> Vec<Hit> {
        match (check.find, &self.accounts) {
            (Find::InRoster(find), _) => find(&self.roster),
            (Find::AmongAccounts(find), Some(accounts)) => {
                find(&CheckInput { roster: &self.roster, accounts, matching: &self.matching })
            }
            (Find::AmongAccounts(_), None) => Vec::new(),
        }
    }

    fn is_stepped_back_for(&self, check: &Check) -> bool {
        self.kind.spec().checks.iter().any(|speaker| speaker.steps_back_for.contains(&check.id))
    }

    /// Justifies the findings that exceptions cover.
    fn except(
        &mut self,
        exceptions: Vec<Exception>,
        approvers: &[Approver],
        policy: &Policy,
        today: Date,
    ) {
        for (number, exception) in exceptions.into_iter().enumerate() {
            let mut outcome = if self.all_evaluated(&exception.checks) {
                ExceptionOutcome::Unused
            } else {
                ExceptionOutcome::Unknown
            };
            let (mut covered, mut lapsed) = (Vec::new(), Vec::new());
            for (index, finding) in self.findings.iter().enumerate() {
                if !self.covers(&exception, finding) {
                    continue;
                }
                let is_own = self.is_approved_by_subject(&exception, finding, approvers, policy);
                match exception.validity_on(today) {
                    Some(reason) => {
                        outcome = reason;
                        // An exception that never justified the finding has no effect when it ends.
                        lapsed.extend((!is_own).then_some(index));
                    }
                    None if is_own => outcome = ExceptionOutcome::SelfApproved,
                    None => covered.push(index),
                }
            }
            for index in covered {
                outcome = ExceptionOutcome::Used;
                if let Some(finding) = self.findings.get_mut(index) {
                    finding.exception.get_or_insert(number);
                }
            }
            if outcome == ExceptionOutcome::Expired {
                for index in lapsed {
                    if let Some(finding) = self.findings.get_mut(index) {
                        finding.lapsed = finding.lapsed.max(Some(exception.expires));
                    }
                }
            }
            self.exceptions.push((exception, outcome));
        }
    }

    fn all_evaluated(&self, checks: &[&'static str]) -> bool {
        let unknown = self.unknown.iter().map(|(check, _)| check);
        let mut others = self.off.iter().chain(unknown);
        !others.any(|check| checks.contains(&check.id))
    }

    /// Whether a finding is about the user who approved the exception, by id or by any username.
    fn is_approved_by_subject(
        &self,
        exception: &Exception,
        finding: &Finding,
        approvers: &[Approver],
        policy: &Policy,
    ) -> bool {
        let usernames = self.usernames(finding.about, policy);
        if usernames.iter().any(|username| username.eq_ignore_ascii_case(&exception.approved_by)) {
            return true;
        }
        let approver = exception.approver(approvers).and_then(|approver| approver.id);
        let person = self.person(finding.about);
        let subject = person.and_then(|person| person.gitlab_id.value().copied());
        approver.is_some() && approver == subject
    }

    fn covers(&self, exception: &Exception, finding: &Finding) -> bool {
        exception.checks.contains(&finding.check.id)
            && match &exception.subject {
                ExceptionSubject::Organization => finding.about == Subject::Organization,
                ExceptionSubject::Email(email) => {
                    self.emails(finding.about).iter().any(|own| own == email)
                }
                ExceptionSubject::Account(id) => self
                    .accounts_of(finding.about)
                    .iter()
                    .any(|account| account.own_id() == Some(id)),
            }
    }

    /// The comparable e-mail addresses of the subject of a finding.
    fn emails(&self, about: Subject) -> Vec<String> {
        let person = self.person(about).and_then(Person::comparable_email);
        let accounts = self.accounts_of(about).into_iter().filter_map(Account::comparable_email);
        person.into_iter().chain(accounts).collect()
    }

    fn accounts_of(&self, about: Subject) -> Vec<&Account> {
        match about {
            Subject::Person(index) => {
                let matches = self.matching.for_person(index).iter();
                matches.filter_map(|matched| self.account(matched.account)).collect()
            }
            Subject::Account(index) => self.account(index).into_iter().collect(),
            Subject::Organization => Vec::new(),
        }
    }

    /// The GitLab usernames of the subject of a finding, according to the roster and `handles`.
    fn usernames(&self, about: Subject, policy: &Policy) -> Vec<String> {
        let mut usernames = Vec::new();
        if let Some(person) = self.person(about) {
            let email = person.comparable_email();
            let handle = email.and_then(|email| handle_of_email(policy, &email));
            let username = person.gitlab_username.value().map(|username| &**username);
            usernames.extend(username.into_iter().chain(handle).map(str::to_owned));
        }
        for account in self.accounts_of(about) {
            usernames.extend(handle(policy, account).map(str::to_owned));
        }
        usernames
    }
}

/// The recorded size, if the present one is more than 10 % smaller.
fn recorded_if_shrunken(present: usize, recorded: Option<usize>) -> Option<usize> {
    recorded.filter(|recorded| is_much_smaller(present, *recorded))
}

/// Whether a size is more than 10 % smaller than the recorded one.
/// Nothing is then concluded from who is missing.
///
/// The commands ask an operator whether such a size is right.
pub const fn is_much_smaller(present: usize, recorded: usize) -> bool {
    present * 10 < recorded * 9
}

/// The GitLab username that `handles` gives to an account: by its e-mail address, otherwise by its
/// id.
///
/// Follow-ups mention the holders of outsiders' accounts by it.
pub fn handle<'a>(policy: &'a Policy, account: &Account) -> Option<&'a str> {
    let by_email = account.comparable_email().and_then(|email| handle_of_email(policy, &email));
    if by_email.is_some() {
        return by_email;
    }
    let by_id = policy.handles.get(account.own_id()?.as_str())?;
    Some(by_id.trim_start_matches('@'))
}

/// The GitLab username that `handles` gives to a comparable e-mail address.
fn handle_of_email<'a>(policy: &'a Policy, email: &str) -> Option<&'a str> {
    let mut handles = policy.handles.iter();
    let handle = handles.find(|(named, _)| comparable_email(named) == email);
    handle.map(|(_, username)| username.trim_start_matches('@'))
}

/// Resolves the names of `exclude`: the subjects, sorted, and the names that match nobody.
fn exclude(
    roster: &Roster,
    accounts: Option<&Accounts>,
    exclude: &[String],
) -> (Vec<Subject>, Vec<String>) {
    let mut excluded = Vec::new();
    let mut nobody = Vec::new();
    for name in exclude {
        let before = excluded.len();
        let people = roster.enumerate().filter(|(_, person)| is_meant(person, name));
        excluded.extend(people.map(|(index, _)| Subject::Person(index)));
        let accounts = accounts.into_iter().flat_map(Accounts::enumerate);
        let accounts = accounts.filter(|(_, account)| account.is_named(name));
        excluded.extend(accounts.map(|(index, _)| Subject::Account(index)));
        if excluded.len() == before {
            nobody.push(name.clone());
        }
    }
    excluded.sort_unstable();
    excluded.dedup();
    (excluded, nobody)
}

fn is_meant(person: &Person, name: &str) -> bool {
    person.comparable_email().is_some_and(|email| email == comparable_email(name))
        || person.gitlab_username.value().is_some_and(|own| own.eq_ignore_ascii_case(name))
        || fold(&person.name) == fold(name)
}

#[cfg(test)]
mod tests;
