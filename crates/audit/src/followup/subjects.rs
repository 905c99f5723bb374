//! Whom a marker's item is about.

use std::collections::{BTreeSet, HashMap};

use crate::accounts::Accounts;
use crate::evaluation::Evaluation;
use crate::identity::{Subject, SubjectId, key_digest};
use crate::record::marker::Item;
use crate::roster::Person;
use crate::text::fold;

/// A subject: one that is there, or what a marker says of one that is gone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    There(Subject),
    Gone(String),
}

/// Finds subjects by the digests of what they are known by.
pub(super) struct Subjects {
    /// What each who is there is known by.
    pub(super) keys: HashMap<Subject, Vec<String>>,
    by_key: HashMap<String, Subject>,
    /// By what else the subject of a key was known, while it was known by both.
    same: HashMap<String, BTreeSet<String>>,
}

impl Subjects {
    /// Everybody who is there. What two of them share tells neither, and is left out.
    pub(super) fn of<'i>(evaluation: &Evaluation, items: impl Iterator<Item = &'i Item>) -> Self {
        let people = evaluation.roster.enumerate().map(|(index, _)| Subject::Person(index));
        let accounts = evaluation.accounts.iter().flat_map(Accounts::enumerate);
        let nobodys = accounts
            .map(|(index, _)| index)
            .filter(|index| evaluation.matching.holder(*index).is_none())
            .map(Subject::Account);
        let all: Vec<Subject> = people.chain(nobodys).chain([Subject::Organization]).collect();
        let mut counts: HashMap<String, u32> = HashMap::new();
        let digests = |about: &Subject| -> Vec<String> {
            evaluation.keys(*about).iter().map(key_digest).collect()
        };
        let mut keys: HashMap<Subject, Vec<String>> =
            all.iter().map(|about| (*about, digests(about))).collect();
        for key in keys.values().flatten() {
            *counts.entry(key.clone()).or_default() += 1;
        }
        for (about, own) in &mut keys {
            own.retain(|key| counts.get(key) == Some(&1));
            if let (true, Some(person)) = (own.is_empty(), evaluation.person(*about)) {
                own.push(key_digest(&name_and_address(person)));
            }
        }
        let by_key =
            keys.iter().flat_map(|(about, own)| own.iter().map(|key| (key.clone(), *about)));
        Self { by_key: by_key.collect(), keys, same: linked(items) }
    }

    /// Whom a marker's item is about.
    pub(super) fn find(&self, item: &Item) -> Key {
        if let Some(about) = item.keys.iter().find_map(|key| self.by_key.get(key)) {
            return Key::There(*about);
        }
        let Some(same) = item.keys.first().and_then(|key| self.same.get(key)) else {
            return Key::Gone(item.keys.first().cloned().unwrap_or_default());
        };
        let there: BTreeSet<Subject> =
            same.iter().filter_map(|key| self.by_key.get(key)).copied().collect();
        match (there.first(), there.len()) {
            (Some(about), 1) => Key::There(*about),
            _ => Key::Gone(same.first().cloned().unwrap_or_default()),
        }
    }
}

/// All keys of the same subject for each key, by the items that name several.
fn linked<'i>(items: impl Iterator<Item = &'i Item>) -> HashMap<String, BTreeSet<String>> {
    let mut same: HashMap<String, BTreeSet<String>> = HashMap::new();
    for item in items {
        let is_known = |known: &BTreeSet<String>| item.keys.iter().all(|key| known.contains(key));
        if item.keys.first().and_then(|key| same.get(key)).is_some_and(is_known) {
            continue;
        }
        let mut all: BTreeSet<String> = item.keys.iter().cloned().collect();
        all.extend(item.keys.iter().filter_map(|key| same.get(key)).flatten().cloned());
        for key in &all {
            same.insert(key.clone(), all.clone());
        }
    }
    same
}

/// What tells two people who share all else.
fn name_and_address(person: &Person) -> SubjectId {
    let email = person.email.value().map_or("", |email| email).to_lowercase();
    SubjectId::Name(format!("{} {email}", fold(&person.name)))
}
