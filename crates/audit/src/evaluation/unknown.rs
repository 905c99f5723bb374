//! Decides what could not be evaluated, for everybody or for one subject, and why.
//!
//! What is unknown is never taken for absent.

use std::collections::BTreeMap;

use super::reason::Unknown;
use super::result::Evaluation;
use crate::accounts::{AccountStatus, Accounts};
use crate::check::{Audience, Check, Detail, Find, Requirement};
use crate::identity::{PersonIdx, Subject};
use crate::matching::is_unmatchable;
use crate::roster::{Field, Person};
use crate::text::comparable_link;

impl Evaluation {
    /// Why a check cannot be evaluated at all; `None` if it can.
    pub(super) fn obstacle(&self, check: &Check) -> Option<Unknown> {
        check.needs.iter().find_map(|requirement| self.unmet(check, *requirement))
    }

    fn unmet(&self, check: &Check, requirement: Requirement) -> Option<Unknown> {
        let accounts = self.accounts.as_ref();
        match requirement {
            Requirement::Accounts => self.accounts_gap(),
            Requirement::Roles if accounts.is_some_and(|list| !list.reports_roles()) => {
                Some(Unknown::NoRoles)
            }
            Requirement::EveryRole if accounts.is_some_and(|list| !list.reports_every_role()) => {
                Some(Unknown::NoRoles)
            }
            Requirement::Pages if accounts.is_some_and(|list| !list.reports_pages()) => {
                Some(Unknown::NoPages)
            }
            Requirement::EveryAccount => self.accounts_shrunken_from.map(Unknown::AccountsShrunken),
            Requirement::Everybody => {
                let is_about_accounts = matches!(check.find, Find::AmongAccounts(_));
                let is_unmatchable = is_about_accounts && self.has_unmatchable();
                self.roster_unknown().or(is_unmatchable.then_some(Unknown::Unmatchable))
            }
            Requirement::Roles | Requirement::EveryRole | Requirement::Pages => None,
        }
    }

    pub(crate) fn accounts_gap(&self) -> Option<Unknown> {
        match &self.accounts {
            None => Some(Unknown::NoAccounts),
            Some(accounts) if !accounts.is_complete() => Some(Unknown::Gaps),
            Some(_) => None,
        }
    }

    /// Why an absence among the accounts proves nothing, if it does not.
    pub fn accounts_unknown(&self) -> Option<Unknown> {
        self.accounts_gap().or(self.accounts_shrunken_from.map(Unknown::AccountsShrunken))
    }

    /// Why an absence on the roster proves nothing, if it does not.
    pub fn roster_unknown(&self) -> Option<Unknown> {
        if self.may_hide_somebody() {
            return Some(Unknown::HiddenPerson);
        }
        self.shrunken_from.map(Unknown::Shrunken)
    }

    /// Whether a problem may hide a person who should have access.
    pub fn may_hide_somebody(&self) -> bool {
        self.problems.iter().any(|problem| problem.hides_person)
    }

    fn has_unmatchable(&self) -> bool {
        let mut people = self.roster.enumerate();
        people.any(|(index, person)| is_unmatchable(person, self.matching.for_person(index)))
    }

    /// Why it proves nothing that a check finds nothing about a subject, if it does not.
    pub fn unknown_for(&self, check: &Check, subject: Subject) -> Option<Unknown> {
        let family =
            self.kind.spec().checks.iter().filter(|sibling| sibling.family() == check.family());
        for member in family {
            if let Some((_, unknown)) =
                self.unknown.iter().find(|(sibling, _)| sibling.id == member.id)
            {
                return Some(*unknown);
            }
        }
        if let Some(unknown) = self.unknown_subjects.get(&(subject, check.id)) {
            return Some(*unknown);
        }
        if check.asked == Audience::Both {
            // What two people have in common remains if the field of one of them cannot be read.
            let is_hidden =
                self.roster.people.iter().any(|person| person.link == Field::Unreadable);
            return self.roster_unknown().or(is_hidden.then_some(Unknown::UnreadableLinks));
        }
        None
    }

    /// Whether a check is unknown for this subject although it could be evaluated for others.
    pub fn is_unknown_for(&self, check: &Check, subject: Subject) -> bool {
        self.unknown_subjects.contains_key(&(subject, check.id))
    }

    /// The subjects for whom a check is unknown although it could be evaluated for others.
    pub(super) fn find_unknown_subjects(&self) -> BTreeMap<(Subject, &'static str), Unknown> {
        let mut subjects = BTreeMap::new();
        for check in self.kind.spec().checks {
            let is_off = self.off.iter().any(|off| off.id == check.id);
            let is_unknown = self.unknown.iter().any(|(unknown, _)| unknown.id == check.id);
            if is_off || is_unknown || check.reads.is_empty() {
                continue;
            }
            for (index, person) in self.roster.enumerate() {
                let subject = Subject::Person(index);
                if let Some(unknown) = self.unread_of_person(check, index, person)
                    && self.is_open_question(check, subject)
                {
                    subjects.insert((subject, check.id), unknown);
                }
            }
            // Only checks that need everybody are about accounts of nobody on the roster.
            let is_about_accounts = check.needs.contains(&Requirement::Everybody);
            if is_about_accounts && check.reads.contains(&Detail::Role) {
                for (index, account) in self.accounts.iter().flat_map(Accounts::enumerate) {
                    let subject = Subject::Account(index);
                    let is_nobodys = self.matching.holder(index).is_none();
                    let has_no_role =
                        account.status == AccountStatus::Active && account.role.is_none();
                    if is_nobodys && has_no_role && self.is_open_question(check, subject) {
                        subjects.insert((subject, check.id), Unknown::NoRole);
                    }
                }
            }
        }
        subjects
    }

    /// Whether a check has found nothing about a subject that the audit looks at.
    fn is_open_question(&self, check: &Check, subject: Subject) -> bool {
        !self.is_excluded(subject)
            && !self.findings_of(subject).iter().any(|finding| finding.check.id == check.id)
    }

    fn unread_of_person(
        &self,
        check: &Check,
        index: PersonIdx,
        person: &Person,
    ) -> Option<Unknown> {
        check.reads.iter().find_map(|detail| self.unread(*detail, index, person))
    }

    fn unread(&self, detail: Detail, index: PersonIdx, person: &Person) -> Option<Unknown> {
        let matches = self.matching.for_person(index);
        let mut joined = matches
            .iter()
            .filter_map(|entry| self.account(entry.account))
            .filter(|account| account.status == AccountStatus::Active);
        match detail {
            Detail::Link if person.link == Field::Unreadable => Some(Unknown::UnreadableLink),
            Detail::Manager if person.reports_to == Field::Unreadable => {
                Some(Unknown::UnreadableManager)
            }
            Detail::Team if person.is_operations.is_none() => Some(Unknown::UnreadableTeam),
            Detail::Account if is_unmatchable(person, matches) => Some(Unknown::NoEmail),
            Detail::Page => {
                let link = person.link.value().map(|link| comparable_link(link))?;
                let mut has_unread_page = false;
                for account in joined {
                    match &account.page {
                        Some(page) if comparable_link(page) == link => return None,
                        Some(_) => {}
                        None => has_unread_page = true,
                    }
                }
                has_unread_page.then_some(Unknown::NoPage)
            }
            Detail::Role if joined.any(|account| account.role.is_none()) => Some(Unknown::NoRole),
            Detail::Link | Detail::Manager | Detail::Team | Detail::Account | Detail::Role => None,
        }
    }
}
