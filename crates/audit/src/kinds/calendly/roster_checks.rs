//! The checks of the Calendly audit that need only the roster.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::check::Hit;
use crate::identity::{PersonIdx, Subject};
use crate::roster::{Field, Person, Roster};
use crate::text::{canonical_link, comparable_link, fold, slug_letters};

/// The beginning of the address of every page at Calendly.
pub(super) const LINK_BASE: &str = "https://calendly.com/";

/// The hits of a check that looks at one person at a time; `find` returns the evidence.
pub(super) fn hits<'a>(
    roster: &'a Roster,
    find: impl Fn(PersonIdx, &'a Person) -> Option<Cow<'a, str>>,
) -> Vec<Hit> {
    let hit = |(index, person): (PersonIdx, &'a Person)| {
        let evidence = find(index, person)?.into_owned();
        Some(Hit { about: Subject::Person(index), evidence })
    };
    roster.enumerate().filter_map(hit).collect()
}

pub(super) fn link_missing(roster: &Roster) -> Vec<Hit> {
    hits(roster, |_, person| (person.link == Field::Missing).then_some(Cow::Borrowed("")))
}

pub(super) fn link_malformed(roster: &Roster) -> Vec<Hit> {
    hits(roster, |_, person| {
        let link = person.link.value()?;
        page(link).is_none().then(|| canonical_link(link).into())
    })
}

pub(super) fn link_shared(roster: &Roster) -> Vec<Hit> {
    let mut people: HashMap<Cow<'_, str>, Vec<&Person>> = HashMap::new();
    for person in &roster.people {
        if let Field::Value(link) = &person.link {
            people.entry(comparable_link(link)).or_default().push(person);
        }
    }
    people.retain(|_, sharers| sharers.len() > 1);
    let mut evidence: HashMap<Cow<'_, str>, String> = HashMap::new();
    for (link, sharers) in people {
        let mut subjects: Vec<String> =
            sharers.iter().map(|person| person.subject().to_string()).collect();
        subjects.sort_unstable();
        evidence.insert(link, subjects.join(" "));
    }
    hits(roster, |_, person| {
        let link = person.link.value()?;
        let subjects = evidence.get(&comparable_link(link))?;
        Some(format!("{} {subjects}", canonical_link(link)).into())
    })
}

pub(super) fn manager_unresolved(roster: &Roster) -> Vec<Hit> {
    let exact: HashSet<&str> = roster.people.iter().map(|person| &*person.name).collect();
    let names = NameIndex::default();
    hits(roster, |_, person| {
        let manager = person.reports_to.value()?;
        let is_resolved = if exact.contains(&**manager) {
            *manager != person.name
        } else {
            !is_named(person, manager) && names.get(roster).holds(manager)
        };
        (!is_resolved).then_some(Cow::Borrowed(manager))
    })
}

/// Whether `name` is the person's name or a slug of it.
fn is_named(person: &Person, name: &str) -> bool {
    fold(&person.name) == fold(name)
        || is_slug(name) && slug_letters(&person.name) == slug_letters(name)
}

fn is_slug(name: &str) -> bool {
    !name.contains(char::is_whitespace)
}

/// The names of all people in the forms in which a manager may be named.
///
/// It is only built if some manager is not named exactly as in their own entry.
#[derive(Default)]
struct NameIndex(std::cell::OnceCell<Names>);

struct Names {
    folded: HashSet<String>,
    slugs: HashSet<String>,
}

impl NameIndex {
    fn get(&self, roster: &Roster) -> &Names {
        self.0.get_or_init(|| Names {
            folded: roster.people.iter().map(|person| fold(&person.name).into_owned()).collect(),
            slugs: roster.people.iter().map(|person| slug_letters(&person.name)).collect(),
        })
    }
}

impl Names {
    fn holds(&self, name: &str) -> bool {
        self.folded.contains(&*fold(name))
            || is_slug(name) && self.slugs.contains(&slug_letters(name))
    }
}

/// The name of the main page to which `link` leads.
///
/// The address of a main page is `https://calendly.com/NAME`; that of an event continues with the
/// event's name.
pub(super) fn page(link: &str) -> Option<&str> {
    let (beginning, name) = link.split_at_checked(LINK_BASE.len())?;
    let name = name.strip_suffix('/').unwrap_or(name);
    let is_name = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    (beginning.eq_ignore_ascii_case(LINK_BASE) && is_name).then_some(name)
}
