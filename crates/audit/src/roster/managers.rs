//! Who reports to whom.

use std::collections::HashMap;

use super::{Person, Roster};
use crate::text::{fold, slug_letters};

/// Everybody by the forms of their name in which a manager may be named.
#[derive(Debug)]
pub(crate) struct Managers<'a> {
    roster: &'a Roster,
    folded: HashMap<String, Vec<usize>>,
    slugs: HashMap<String, Vec<usize>>,
}

impl<'a> Managers<'a> {
    pub(crate) fn new(roster: &'a Roster) -> Self {
        let by = |key: fn(&Person) -> String| {
            let mut index: HashMap<String, Vec<usize>> = HashMap::new();
            for (place, person) in roster.people.iter().enumerate() {
                index.entry(key(person)).or_default().push(place);
            }
            index
        };
        Self {
            roster,
            folded: by(|person| fold(&person.name).into_owned()),
            slugs: by(|person| slug_letters(&person.name)),
        }
    }

    /// The place of a person's manager; nothing where the roster names nobody, the person themself, or
    /// several people of that name.
    pub(crate) fn of(&self, place: usize) -> Option<usize> {
        let name = self.roster.people.get(place)?.reports_to.value()?;
        let by_name = self.folded.get(&*fold(name));
        let by_slug =
            || self.slugs.get(&slug_letters(name)).filter(|_| !name.contains(char::is_whitespace));
        match by_name.or_else(by_slug)?.as_slice() {
            [manager] if *manager != place => Some(*manager),
            _ => None,
        }
    }
}
