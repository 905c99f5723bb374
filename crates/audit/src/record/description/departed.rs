//! Finds the people and accounts in an issue's tables that no longer exist.

use std::collections::{HashMap, HashSet};

use super::table::{OurTable, Row};
use crate::accounts::Accounts;
use crate::identity::{PersonIdx, SubjectId, key_digest};
use crate::matching::Matching;
use crate::report::UNKNOWN;
use crate::report::columns::ACCOUNT;
use crate::roster::Roster;

/// The people and outsiders in an issue's tables that no longer exist, as the cells name them.
///
/// Operators see them before they accept that a roster or a list of accounts has become much
/// smaller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Departed {
    /// People who are no longer on the roster.
    pub people: Vec<String>,
    /// People and outsiders without an account.
    pub accounts: Vec<String>,
}

/// Compares the tables of a description with the roster, and with the accounts if they were read.
pub fn departed(
    description: &str,
    roster: &Roster,
    accounts: Option<(&Accounts, &Matching)>,
) -> Departed {
    let mut people: HashMap<String, PersonIdx> = HashMap::new();
    for (index, person) in roster.enumerate() {
        people.extend(person.keys().iter().map(|key| (key_digest(key), index)));
    }
    let mut addresses: HashSet<String> = HashSet::new();
    for account in accounts.iter().flat_map(|(accounts, _)| &accounts.list) {
        addresses.insert(key_digest(&account.subject()));
        addresses.insert(key_digest(&SubjectId::Email(account.key())));
    }
    let mut departed = Departed::default();
    for row in description.lines().filter_map(Row::parse_stamped) {
        let person = row.keys().iter().find_map(|key| people.get(key));
        let is_addressed = row.keys().iter().any(|key| addresses.contains(key));
        let is_matched = person.is_some_and(|person| {
            accounts.is_some_and(|(_, matching)| !matching.for_person(*person).is_empty())
        });
        let is_missing = accounts.is_some() && !is_addressed && !is_matched;
        let name = |key| row.written(key).unwrap_or("somebody whose name was changed").to_owned();
        match row.table() {
            OurTable::People => {
                if person.is_none() {
                    departed.people.push(name("name"));
                }
                let account = row.written(ACCOUNT).unwrap_or_default();
                if is_missing && !["", "none", UNKNOWN].contains(&account) {
                    departed.accounts.push(name("name"));
                }
            }
            OurTable::Outsiders if is_missing => departed.accounts.push(name("email")),
            OurTable::Outsiders => {}
        }
    }
    departed
}

impl Departed {
    /// The names as a list: the first hundred, and how many more there are.
    pub fn list(names: &[String]) -> String {
        let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        match names.len().saturating_sub(SHOWN) {
            0 => shown,
            more => format!("{shown} and {more} more"),
        }
    }
}

/// How many names are listed.
const SHOWN: usize = 100;
