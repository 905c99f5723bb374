//! The checks of the Calendly audit that compare the roster with the accounts.

use std::borrow::Cow;

use super::roster_checks::{hits, link_shared, page};
use crate::accounts::{ADMIN, Account, AccountStatus, OWNER};
use crate::check::{CheckInput, Hit};
use crate::identity::{AccountIdx, PersonIdx, Subject};
use crate::matching::{is_unmatchable, status_of};
use crate::roster::Person;
use crate::text::{canonical_link, comparable_link};

/// The accounts of a person that are in use.
fn joined<'a>(input: &'a CheckInput<'_>, person: PersonIdx) -> impl Iterator<Item = &'a Account> {
    let matches = input.matching.for_person(person).iter();
    let accounts = matches.filter_map(|matched| input.accounts.get(matched.account));
    accounts.filter(|account| account.status == AccountStatus::Active)
}

/// Other checks report a link that is missing, malformed or the same as another person's.
pub(super) fn link_mismatch(input: &CheckInput<'_>) -> Vec<Hit> {
    let mut shared: Vec<Subject> =
        link_shared(input.roster).into_iter().map(|hit| hit.about).collect();
    shared.sort_unstable();
    hits(input.roster, |index, person| {
        let link = person.link.value().filter(|link| page(link).is_some())?;
        if shared.binary_search(&Subject::Person(index)).is_ok() {
            return None;
        }
        let mut pages = Vec::new();
        for account in joined(input, index) {
            // An account whose page is unknown may be the one that the link belongs to.
            pages.push(account.page.as_deref()?);
        }
        if pages.is_empty()
            || pages.iter().any(|page| comparable_link(page) == comparable_link(link))
        {
            return None;
        }
        let mut links: Vec<_> = pages.into_iter().map(canonical_link).collect();
        links.sort_unstable();
        Some(format!("{} {}", canonical_link(link), links.join(" ")).into())
    })
}

pub(super) fn account_missing(input: &CheckInput<'_>) -> Vec<Hit> {
    hits(input.roster, |index, person| {
        let matches = input.matching.for_person(index);
        (matches.is_empty() && !is_unmatchable(person, matches)).then_some(Cow::Borrowed(""))
    })
}

pub(super) fn invitation_pending(input: &CheckInput<'_>) -> Vec<Hit> {
    hits(input.roster, |index, _| {
        let matches = input.matching.for_person(index);
        let is_invited = status_of(input.accounts, matches) == Some(AccountStatus::Invited);
        is_invited.then_some(Cow::Borrowed(""))
    })
}

pub(super) fn outsider(input: &CheckInput<'_>) -> Vec<Hit> {
    let accounts = input.accounts.enumerate();
    let outsiders = accounts.filter(|(index, _)| input.matching.holder(*index).is_none());
    outsiders
        .map(|(index, account)| {
            // The id is not evidence, because a file has none and the subject is known by it
            // already.
            let status = account.status.as_str();
            // An invited person becomes a user by joining.
            let role = account.role.as_deref().unwrap_or("user");
            Hit { about: Subject::Account(index), evidence: format!("{status} {role}") }
        })
        .collect()
}

pub(super) fn owner_count(input: &CheckInput<'_>) -> Vec<Hit> {
    let owners: Vec<String> = input
        .accounts
        .list
        .iter()
        .filter(|account| account.has_role(OWNER))
        .map(Account::key)
        .collect();
    if owners.len() == 1 {
        return Vec::new();
    }
    vec![Hit { about: Subject::Organization, evidence: owners.join(" ") }]
}

/// Another check reports people without an account.
pub(super) fn admin_missing(input: &CheckInput<'_>) -> Vec<Hit> {
    hits(input.roster, |index, person| {
        if person.is_operations != Some(true) {
            return None;
        }
        let is_admin = |account: &Account| account.has_role(OWNER) || account.has_role(ADMIN);
        let role = joined(input, index).next()?.role.as_deref()?;
        (!joined(input, index).any(is_admin)).then_some(Cow::Borrowed(role))
    })
}

pub(super) fn admin_unexpected(input: &CheckInput<'_>) -> Vec<Hit> {
    let accounts = input.accounts.enumerate();
    let admins = accounts.filter(|(_, account)| account.has_role(ADMIN));
    let is_expected = |person: &Person| person.is_operations != Some(false);
    let hit = |index: AccountIdx| {
        let holder = input.matching.holder(index);
        let person = holder.and_then(|holder| input.roster.person(holder));
        let about = holder.map_or(Subject::Account(index), Subject::Person);
        (!person.is_some_and(is_expected)).then(|| Hit { about, evidence: ADMIN.to_owned() })
    };
    let mut hits: Vec<Hit> = admins.filter_map(|(index, _)| hit(index)).collect();
    hits.sort_by_key(|hit| hit.about);
    hits.dedup();
    hits
}
