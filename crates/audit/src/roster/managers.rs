//! Finds the manager of each person.

use std::collections::HashMap;

use super::model::Roster;
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
        let mut folded: HashMap<String, Vec<PersonIdx>> = HashMap::new();
        let mut slugs: HashMap<String, Vec<PersonIdx>> = HashMap::new();
        for (index, person) in roster.enumerate() {
            folded.entry(fold(&person.name).into_owned()).or_default().push(index);
            slugs.entry(slug_letters(&person.name)).or_default().push(index);
        }
        Self { roster, folded, slugs }
    }

    /// The manager of a person; `None` if the roster names nobody, the person themself, or several
    /// people with that name.
    pub(crate) fn manager(&self, person: PersonIdx) -> Option<PersonIdx> {
        let name = self.roster.person(person)?.reports_to.value()?;
        let people = match self.folded.get(&*fold(name)) {
            Some(people) => people,
            // A slug has no spaces; a name with spaces that nobody has means nobody.
            None if name.contains(char::is_whitespace) => return None,
            None => self.slugs.get(&slug_letters(name))?,
        };
        match people.as_slice() {
            [manager] if *manager != person => Some(*manager),
            _ => None,
        }
    }
}
