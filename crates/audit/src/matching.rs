//! Matches accounts to people.
//!
//! An account belongs to a person by its e-mail address, whatever the case of its ASCII letters.
//! Otherwise it belongs to them by its page, if that is the person's link in the roster, or by an
//! alias in the configuration.
//! A similar name or address is not a match, but a suggestion for the operator.

use std::collections::HashMap;

use crate::accounts::{Account, AccountStatus, Accounts};
use crate::identity::{AccountIdx, PersonIdx, comparable_email};
use crate::roster::{Field, Person, Roster};
use crate::text::{comparable_link, slug_letters};

/// The key by which an account belongs to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchedBy {
    /// The e-mail address.
    Email,
    /// The page, which is the person's link.
    Page,
    /// An alias in the configuration.
    Alias,
}

impl MatchedBy {
    /// What the account and the person have in common; `page_name` is what the kind calls a page.
    pub const fn describe(self, page_name: &'static str) -> &'static str {
        match self {
            Self::Email => "e-mail address",
            Self::Page => page_name,
            Self::Alias => "alias",
        }
    }
}

/// A person and one of their accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match {
    /// The person.
    pub person: PersonIdx,
    /// The account.
    pub account: AccountIdx,
    /// The key by which it is theirs.
    pub key: MatchedBy,
}

/// The person of each account.
#[derive(Debug, Clone, Default)]
pub struct Matching {
    /// The matches, in the order of the people.
    matches: Vec<Match>,
    /// For each account, the first person to whom it belongs.
    holders: Vec<Option<PersonIdx>>,
}

/// Further e-mail addresses of people: the address in the roster and that of the account, in any
/// order.
///
/// The id names an account without an e-mail address.
pub type Aliases = std::collections::BTreeMap<String, String>;

/// The aliases by each of their two sides.
struct AliasIndex<'a> {
    /// The other side, by a side as it is written: for ids of accounts.
    by_id: HashMap<&'a str, Vec<&'a str>>,
    /// The other side, by a side in the form of compared addresses.
    by_email: HashMap<String, Vec<&'a str>>,
}

impl<'a> AliasIndex<'a> {
    fn new(aliases: &'a Aliases) -> Self {
        let mut index = Self { by_id: HashMap::new(), by_email: HashMap::new() };
        for (left, right) in aliases {
            for (name, alias) in [(left, right), (right, left)] {
                index.by_id.entry(name).or_default().push(alias);
                index.by_email.entry(comparable_email(name)).or_default().push(alias);
            }
        }
        index
    }

    /// The comparable e-mail addresses that are aliases of an account.
    fn emails_of(&self, account: &Account) -> Vec<String> {
        let aliases = match account.comparable_email() {
            Some(email) => self.by_email.get(&email),
            None => self.by_id.get(account.id.as_str()),
        };
        aliases.into_iter().flatten().map(|alias| comparable_email(alias)).collect()
    }
}

impl Matching {
    /// All matches, in the order of the people.
    pub(crate) fn all(&self) -> &[Match] {
        &self.matches
    }

    /// Matches accounts to people.
    pub fn new(roster: &Roster, accounts: &Accounts, aliases: &Aliases) -> Self {
        let mut matching = Self { matches: Vec::new(), holders: vec![None; accounts.list.len()] };
        let by_email = people_by(roster, |_, person| person.comparable_email());
        for (index, account) in accounts.enumerate() {
            let people = account.comparable_email().and_then(|email| by_email.get(&email));
            matching.add(index, people, MatchedBy::Email);
        }
        matching.match_pages(roster, accounts);
        let aliases = AliasIndex::new(aliases);
        for (index, account) in accounts.enumerate() {
            if matching.holder(index).is_none() {
                for email in aliases.emails_of(account) {
                    matching.add(index, by_email.get(&email), MatchedBy::Alias);
                }
            }
        }
        matching.matches.sort_unstable();
        matching.matches.dedup_by_key(|matched| (matched.person, matched.account));
        matching
    }

    /// Matches the remaining accounts and people by page and link.
    /// Only one account may have the page and only one person the link, since a shared link does
    /// not say whose account it leads to.
    fn match_pages(&mut self, roster: &Roster, accounts: &Accounts) {
        let mut has_account = vec![false; roster.people.len()];
        for it in &self.matches {
            if let Some(has) = has_account.get_mut(it.person.0) {
                *has = true;
            }
        }
        let by_link = people_by(roster, |index, person| {
            let is_free = has_account.get(index.0) == Some(&false);
            let link = person.link.value().filter(|_| is_free)?;
            Some(comparable_link(link).into_owned())
        });
        let mut by_page: HashMap<String, Vec<AccountIdx>> = HashMap::new();
        for (index, account) in accounts.enumerate() {
            if let Some(page) = account.page.as_ref().filter(|_| self.holder(index).is_none()) {
                by_page.entry(comparable_link(page).into_owned()).or_default().push(index);
            }
        }
        for (page, accounts) in by_page {
            let people = by_link.get(&page).filter(|people| people.len() == 1);
            if let [account] = accounts.as_slice() {
                self.add(*account, people, MatchedBy::Page);
            }
        }
    }

    fn add(&mut self, account: AccountIdx, people: Option<&Vec<PersonIdx>>, key: MatchedBy) {
        for person in people.into_iter().flatten() {
            self.matches.push(Match { person: *person, account, key });
            if let Some(holder) = self.holders.get_mut(account.0) {
                holder.get_or_insert(*person);
            }
        }
    }

    /// The first person to whom an account belongs.
    pub fn holder(&self, account: AccountIdx) -> Option<PersonIdx> {
        self.holders.get(account.0).copied().flatten()
    }

    /// The accounts of a person.
    pub fn for_person(&self, person: PersonIdx) -> &[Match] {
        let start = self.matches.partition_point(|matched| matched.person < person);
        let end = self.matches.partition_point(|matched| matched.person <= person);
        self.matches.get(start..end).unwrap_or_default()
    }
}

fn people_by(
    roster: &Roster,
    key: impl Fn(PersonIdx, &Person) -> Option<String>,
) -> HashMap<String, Vec<PersonIdx>> {
    let mut people: HashMap<String, Vec<PersonIdx>> = HashMap::new();
    for (index, person) in roster.enumerate() {
        if let Some(key) = key(index, person) {
            people.entry(key).or_default().push(index);
        }
    }
    people
}

/// An index of the people by what an unmatched account may have in common with them.
#[derive(Debug, Default)]
pub struct SimilarityIndex {
    names: HashMap<String, Vec<PersonIdx>>,
    addresses: HashMap<String, Vec<PersonIdx>>,
    usernames: HashMap<String, Vec<PersonIdx>>,
}

impl SimilarityIndex {
    /// Indexes the people for whom `is_wanted` returns true.
    pub fn new(roster: &Roster, is_wanted: impl Fn(PersonIdx) -> bool) -> Self {
        let by = |key: fn(&Person) -> String| {
            let mut index =
                people_by(roster, |index, person| is_wanted(index).then(|| key(person)));
            index.remove("");
            index
        };
        let address =
            |person: &Person| person.email.value().map_or(String::new(), |email| local(email));
        let username = |person: &Person| {
            person.gitlab_username.value().map_or(String::new(), |username| slug_letters(username))
        };
        Self {
            names: by(|person| slug_letters(&person.name)),
            addresses: by(address),
            usernames: by(username),
        }
    }

    /// The people who may hold the account, each once, with what they have in common with it.
    pub fn suggest(&self, account: &Account) -> Vec<(PersonIdx, &'static str)> {
        let mut people: Vec<(PersonIdx, &'static str)> = Vec::new();
        let local = account.email.as_deref().map_or(String::new(), local);
        for (index, key, reason) in [
            (&self.names, &slug_letters(&account.name), "the same name"),
            (&self.addresses, &local, "a like e-mail address"),
            (&self.names, &local, "the name in its e-mail address"),
            (&self.usernames, &local, "the GitLab username in its e-mail address"),
        ] {
            for person in index.get(key).into_iter().flatten() {
                if !people.iter().any(|(other, _)| other == person) {
                    people.push((*person, reason));
                }
            }
        }
        people
    }
}

/// The letters of an address before its `@` and its `+`.
fn local(email: &str) -> String {
    slug_letters(email.split(['@', '+']).next().unwrap_or_default())
}

/// The status of a person's accounts: active if one of them is, otherwise invited; `None` without
/// accounts.
pub(crate) fn status_of(accounts: &Accounts, matches: &[Match]) -> Option<AccountStatus> {
    let accounts = matches.iter().filter_map(|matched| accounts.get(matched.account));
    accounts.map(|account| account.status).min()
}

/// Whether it is unknown if a person has an account.
/// They have no e-mail address by which it could be found, and no other key found it.
pub(crate) fn is_unmatchable(person: &Person, matches: &[Match]) -> bool {
    !matches!(person.email, Field::Value(_)) && matches.is_empty()
}

#[cfg(test)]
mod tests;
