//! Finds the manager of each person.

use std::collections::HashMap;

use super::model::{Person, Roster};
use crate::identity::PersonIdx;
use crate::text::{fold, slug_letters};

/// The people by the forms of their name in which a manager may be named.
#[derive(Debug)]
pub(crate) struct Managers<'a> {
    roster: &'a Roster,
    folded: HashMap<String, Vec<PersonIdx>>,
    slugs: HashMap<String, Vec<PersonIdx>>,
}

impl<'a> Managers<'a> {
    pub(crate) fn new(roster: &'a Roster) -> Self {
        let by = |key: fn(&Person) -> String| {
            let mut people: HashMap<String, Vec<PersonIdx>> = HashMap::new();
            for (index, person) in roster.enumerate() {
                people.entry(key(person)).or_default().push(index);
            }
            people
        };
        Self {
            roster,
            folded: by(|person| fold(&person.name).into_owned()),
            slugs: by(|person| slug_letters(&person.name)),
        }
    }

    /// The manager of a person; `None` if the roster names nobody, the person themself, or several
    /// people with that name.
    pub(crate) fn manager(&self, person: PersonIdx) -> Option<PersonIdx> {
        let name = self.roster.person(person)?.reports_to.value()?;
        let by_name = self.folded.get(&*fold(name));
        let by_slug =
            || self.slugs.get(&slug_letters(name)).filter(|_| !name.contains(char::is_whitespace));
        match by_name.or_else(by_slug)?.as_slice() {
            [manager] if *manager != person => Some(*manager),
            _ => None,
        }
    }
}
