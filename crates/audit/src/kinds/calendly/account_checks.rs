//! The checks of the Calendly audit that compare the roster with the accounts.

use std::borrow::Cow;

use super::checks::{hits, link_shared, page};
use crate::accounts::{ADMIN, Account, AccountStatus, OWNER};
use crate::check::{CheckInput, Hit};
use crate::identity::Subject;
use crate::matching::{is_unmatchable, standing};
use crate::roster::Person;
use crate::text::comparable_link;

/// The accounts of a person who have joined.
fn joined<'a>(facts: &'a CheckInput<'_>, person: usize) -> impl Iterator<Item = &'a Account> {
    let matches = facts.matching.of_person(person).iter();
    let accounts = matches.filter_map(|it| facts.accounts.list.get(it.account));
    accounts.filter(|account| account.standing == AccountStatus::Active)
}

/// A link that is missing, malformed or somebody else's as well is told of by those checks.
pub(super) fn link_mismatch(facts: &CheckInput<'_>) -> Vec<Hit> {
    let mut shared: Vec<Subject> =
        link_shared(facts.roster).into_iter().map(|hit| hit.about).collect();
    shared.sort_unstable();
    hits(facts.roster, |place, person| {
        let link = person.calendly.value().filter(|link| page(link).is_some())?;
        if shared.binary_search(&Subject::Person(place)).is_ok() {
            return None;
        }
        let mut pages = joined(facts, place).filter_map(|account| account.page.as_deref());
        let first = pages.next()?;
        let is_theirs = |page: &str| comparable_link(page) == comparable_link(link);
        (!is_theirs(first) && !pages.any(is_theirs)).then(|| format!("{link} {first}").into())
    })
}

pub(super) fn account_missing(facts: &CheckInput<'_>) -> Vec<Hit> {
    hits(facts.roster, |place, person| {
        let matches = facts.matching.of_person(place);
        (matches.is_empty() && !is_unmatchable(person, matches)).then_some(Cow::Borrowed(""))
    })
}

pub(super) fn invitation_pending(facts: &CheckInput<'_>) -> Vec<Hit> {
    hits(facts.roster, |place, _| {
        let matches = facts.matching.of_person(place);
        let is_invited = standing(facts.accounts, matches) == Some(AccountStatus::Invited);
        is_invited.then_some(Cow::Borrowed(""))
    })
}

pub(super) fn outsider(facts: &CheckInput<'_>) -> Vec<Hit> {
    let accounts = facts.accounts.list.iter().enumerate();
    let outsiders = accounts.filter(|(place, _)| facts.matching.holder(*place).is_none());
    // Whoever was invited becomes a user by joining, which changes nothing of why they are there.
    let role = |account: &Account| account.role.clone().unwrap_or_else(|| "user".to_owned());
    outsiders
        .map(|(place, account)| Hit { about: Subject::Account(place), evidence: role(account) })
        .collect()
}

pub(super) fn owner_count(facts: &CheckInput<'_>) -> Vec<Hit> {
    let owners: Vec<String> = facts
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

/// Somebody without an account is told of by another check.
pub(super) fn admin_missing(facts: &CheckInput<'_>) -> Vec<Hit> {
    hits(facts.roster, |place, person| {
        if person.is_operations != Some(true) {
            return None;
        }
        let is_admin = |account: &Account| account.has_role(OWNER) || account.has_role(ADMIN);
        let role = joined(facts, place).next()?.role.as_deref()?;
        (!joined(facts, place).any(is_admin)).then_some(Cow::Borrowed(role))
    })
}

pub(super) fn admin_unexpected(facts: &CheckInput<'_>) -> Vec<Hit> {
    let accounts = facts.accounts.list.iter().enumerate();
    let admins = accounts.filter(|(_, account)| account.has_role(ADMIN));
    let is_expected = |person: &Person| person.is_operations != Some(false);
    let hit = |place: usize| {
        let holder = facts.matching.holder(place);
        let person = holder.and_then(|holder| facts.roster.people.get(holder));
        let about = holder.map_or(Subject::Account(place), Subject::Person);
        (!person.is_some_and(is_expected)).then(|| Hit { about, evidence: ADMIN.to_owned() })
    };
    let mut found: Vec<Hit> = admins.filter_map(|(place, _)| hit(place)).collect();
    found.sort_by_key(|hit| hit.about);
    found.dedup();
    found
}
