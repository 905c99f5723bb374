//! The roster: who should have access.
//!
//! A roster is a YAML list of people, a folder of YAML files with one person each, or a JSON array.
//! It is written by hand, so reading it never fails: what cannot be read becomes a [`Problem`] with
//! its file and line, and the rest is read.

mod entry;
mod managers;
mod operations_team;
mod prune;
mod read;
mod split;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher as _};

use rayon::prelude::*;

pub use entry::Field;
use entry::{Fields, JobFields};
pub(crate) use managers::Managers;
pub use operations_team::OperationsTeam;
use read::{EntryError, Item, Reading};

use crate::identity::{PersonIdx, SubjectId};
use crate::input::{Location, Problem, SourceFile};
use crate::text::fold;

/// Where in the roster's files something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Position {
    file: u32,
    line: u64,
}

/// A person who should have access, as the roster describes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The full name, never empty.
    pub name: Box<str>,
    /// The e-mail address, as written.
    pub email: Field<Box<str>>,
    /// The manager's name, or a slug of it.
    pub reports_to: Field<Box<str>>,
    /// The address of the person's main Calendly page, as written.
    pub calendly: Field<Box<str>>,
    /// The id of the person's GitLab account.
    pub gitlab_id: Field<u64>,
    /// The id that the person's entry claims together with another one, so that it is neither's.
    pub claimed_id: Option<u64>,
    /// The username of the person's GitLab account, without `@`.
    pub gitlab_username: Field<Box<str>>,
    /// Whether the person is of the operations team; unknown where neither title nor focuses say so
    /// and one of them could not be read.
    pub is_operations: Option<bool>,
    position: Position,
}

impl Person {
    fn new(name: Box<str>, fields: Fields, position: Position, team: &OperationsTeam) -> Self {
        let Fields { email, reports_to, calendly, gitlab_id, gitlab_username, job, .. } = fields;
        let is_operations = job.map_or(Some(false), |job| is_operations(&job, team));
        Self {
            name,
            email,
            reports_to,
            calendly,
            gitlab_id,
            claimed_id: None,
            gitlab_username,
            is_operations,
            position,
        }
    }

    /// Whether every field of the person's entry could be read.
    pub fn is_readable(&self) -> bool {
        let texts = [&self.email, &self.reports_to, &self.calendly, &self.gitlab_username];
        texts.iter().all(|field| **field != Field::Unreadable)
            && self.gitlab_id != Field::Unreadable
            && self.is_operations.is_some()
    }

    /// All that the person is known by, the first being [`Person::subject`].
    ///
    /// One who is found under any of them is the same: so a changed id or e-mail address, one at a
    /// time, loses nothing.
    pub(crate) fn keys(&self) -> Vec<SubjectId> {
        let id = self.gitlab_id.value().map(|id| SubjectId::GitLabId(*id));
        let email = self.email.value().map(|email| SubjectId::Email(email.to_ascii_lowercase()));
        let keys: Vec<SubjectId> = id.into_iter().chain(email).collect();
        if keys.is_empty() { vec![SubjectId::Name(fold(&self.name).into_owned())] } else { keys }
    }

    /// Who the person is to the audit, whatever else about them changes.
    ///
    /// A person is known by their GitLab id, else by their e-mail address in lower case; a person
    /// who has neither, by their name.
    pub fn subject(&self) -> SubjectId {
        match (&self.gitlab_id, &self.email) {
            (Field::Value(id), _) => SubjectId::GitLabId(*id),
            (_, Field::Value(email)) => SubjectId::Email(email.to_ascii_lowercase()),
            _ => SubjectId::Name(fold(&self.name).into_owned()),
        }
    }
}

fn is_operations(job: &JobFields, team: &OperationsTeam) -> Option<bool> {
    let is_member = job.titles.iter().any(|title| team.has_title(title))
        || job.focuses.iter().any(|focus| team.has_focus(focus));
    (is_member || !job.is_unreadable).then_some(is_member)
}

/// Who should have access.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// The people, in the order of the files and of their lines.
    pub people: Vec<Person>,
    files: Vec<String>,
}

impl Roster {
    /// The person at `index`.
    pub fn person(&self, index: PersonIdx) -> Option<&Person> {
        self.people.get(index.0)
    }

    /// The people with their indexes.
    pub fn enumerate(&self) -> impl Iterator<Item = (PersonIdx, &Person)> {
        self.people.iter().enumerate().map(|(index, person)| (PersonIdx(index), person))
    }

    /// The line of the roster's files at which the entry of `person` begins.
    pub fn location(&self, person: &Person) -> Location {
        location(&self.files, person.position)
    }
}

fn location(files: &[String], position: Position) -> Location {
    let file = files.get(position.file as usize).cloned().unwrap_or_default();
    Location { file, line: Some(position.line) }
}

/// Reads a roster from its files, in their order, with the problems in the order of their locations.
///
/// The files' text is not needed afterwards: of titles and focuses, only whether they make somebody a
/// member of `team` is kept.
pub fn parse(files: &[SourceFile], team: &OperationsTeam) -> (Roster, Vec<Problem>) {
    let readings: Vec<Reading> =
        files.par_iter().map(|file| read::file(&file.bytes, team)).collect();
    let mut builder = RosterBuilder::new(team);
    for (file, reading) in files.iter().zip(readings) {
        builder.start_file(&file.name, reading.items.len());
        for error in reading.problems {
            builder.report_unread(error);
        }
        for Item { fields, line } in reading.items {
            builder.add(*fields, line);
        }
    }
    builder.finish()
}

/// Decides which entries become people of the roster.
struct RosterBuilder<'a> {
    team: &'a OperationsTeam,
    roster: Roster,
    problems: Vec<Problem>,
    by_id: HashMap<u64, usize>,
    /// By the hash of name and e-mail address; without an address only those without an id.
    by_name: HashMap<u64, usize>,
    /// By the hash of the e-mail address.
    by_email: HashMap<u64, usize>,
}

impl<'a> RosterBuilder<'a> {
    fn new(team: &'a OperationsTeam) -> Self {
        Self {
            team,
            roster: Roster::default(),
            problems: Vec::new(),
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            by_email: HashMap::new(),
        }
    }

    /// Starts the next file, to which everything belongs that is added from now on.
    fn start_file(&mut self, name: &str, entries: usize) {
        self.roster.files.push(name.to_owned());
        self.roster.people.reserve(entries);
    }

    /// A line of the current file.
    fn position(&self, line: u64) -> Position {
        let file = u32::try_from(self.roster.files.len().saturating_sub(1)).unwrap_or(u32::MAX);
        Position { file, line }
    }

    /// Reports what could not be read as an entry.
    fn report_unread(&mut self, error: EntryError) {
        let EntryError { line, message, hides_person } = error;
        let file = self.roster.files.last().cloned().unwrap_or_default();
        let location = Location { file, line };
        self.problems.push(Problem { location, message, hides_person });
    }

    fn report(&mut self, position: Position, message: String, hides_person: bool) {
        let location = location(&self.roster.files, position);
        self.problems.push(Problem { location, message, hides_person });
    }

    /// Adds the entry that begins on `line`, or reports why it is not a person.
    fn add(&mut self, mut fields: Fields, line: u64) {
        let position = self.position(line);
        for error in std::mem::take(&mut fields.errors) {
            // Without a name or an e-mail address nobody can tell whose account theirs is.
            let hides_person = matches!(error.field, "name" | "email");
            let position = Position { line: error.line.unwrap_or(line), ..position };
            self.report(position, error.to_string(), hides_person);
        }
        let name = match std::mem::take(&mut fields.name) {
            Field::Value(name) => name,
            Field::Missing => {
                return self.report(position, "the entry has no `name`".to_owned(), true);
            }
            Field::Unreadable => return,
        };
        if fields.lists_people {
            let message = "the entry has a `name` and a list of people, who were not read: \
                give each of them an entry of their own";
            return self.report(position, message.to_owned(), true);
        }
        let person = Person::new(name, fields, position, self.team);
        let Some(duplicate) = self.find_duplicate(&person) else {
            self.report_shared_email(&person, position);
            self.roster.people.push(person);
            return;
        };
        let Location { file, line } = location(&self.roster.files, duplicate.position);
        let line = line.unwrap_or_default();
        let name = &person.name;
        match duplicate.kind {
            DuplicateKind::Repetition => {
                let message = format!("the entry repeats that of {name}: {file} line {line}");
                self.report(position, message, false);
            }
            DuplicateKind::SamePerson => {
                let message = format!("{name} is on the roster already: {file} line {line}");
                self.report(position, message, true);
            }
            DuplicateKind::SameId => {
                let message =
                    format!("`gitlab.id` of {name} is that of another person: {file} line {line}");
                self.report(position, message, true);
                // An id was copied: nobody can tell whose it is, and both people stay.
                let claimed_id = person.gitlab_id.value().copied();
                if let Some(other) = self.roster.people.get_mut(duplicate.index) {
                    other.claimed_id = claimed_id;
                    other.gitlab_id = Field::Unreadable;
                }
                self.roster.people.push(Person {
                    gitlab_id: Field::Unreadable,
                    claimed_id,
                    ..person
                });
            }
        }
    }

    /// Reports an address that two entries have: nobody can say whose account is there.
    fn report_shared_email(&mut self, person: &Person, position: Position) {
        let Some(email) = lower_email(person) else { return };
        let mut hasher = DefaultHasher::new();
        hasher.write(email.as_bytes());
        let next = self.roster.people.len();
        let index = *self.by_email.entry(hasher.finish()).or_insert(next);
        let Some(other) = self.roster.people.get(index).filter(|_| index < next) else { return };
        if lower_email(other) != Some(email) {
            return;
        }
        let Location { file, line } = location(&self.roster.files, other.position);
        let line = line.unwrap_or_default();
        let name = &person.name;
        let message = format!("`email` of {name} is that of another person: {file} line {line}");
        self.report(position, message, false);
    }

    /// Finds an earlier entry with the id, or with the name and e-mail address, of `person`; if there
    /// is none, remembers this one.
    fn find_duplicate(&mut self, person: &Person) -> Option<Duplicate> {
        let next = self.roster.people.len();
        let by_id = person.gitlab_id.value().map(|id| *self.by_id.entry(*id).or_insert(next));
        let has_only_name = person.email.value().is_none();
        let by_name = (by_id.is_none() || !has_only_name)
            .then(|| *self.by_name.entry(hash_of_name(person)).or_insert(next));
        if let Some(index) = by_name
            && let Some(earlier) = self.roster.people.get(index)
            && fold(&earlier.name) == fold(&person.name)
            && lower_email(earlier) == lower_email(person)
        {
            return Some(Duplicate::new(index, earlier, person, DuplicateKind::SamePerson));
        }
        let index = by_id?;
        let earlier = self.roster.people.get(index)?;
        let has_same_name = fold(&earlier.name) == fold(&person.name);
        let has_same_email = !has_only_name && lower_email(earlier) == lower_email(person);
        let kind = if has_same_name || has_same_email {
            DuplicateKind::SamePerson
        } else {
            DuplicateKind::SameId
        };
        Some(Duplicate::new(index, earlier, person, kind))
    }

    /// The roster, with the problems in the order of their locations.
    fn finish(mut self) -> (Roster, Vec<Problem>) {
        self.problems.sort_by(|one, other| one.location.cmp(&other.location));
        (self.roster, self.problems)
    }
}

fn lower_email(person: &Person) -> Option<String> {
    person.email.value().map(|email| email.to_ascii_lowercase())
}

/// A number for a name and an address, whatever the case of their ASCII letters.
///
/// The texts themselves would fill the memory twice for a large roster, and folding each takes time.
fn hash_of_name(person: &Person) -> u64 {
    let mut hasher = DefaultHasher::new();
    let email = person.email.value().map_or("", |email| email);
    for byte in person.name.bytes().chain([b'\n']).chain(email.bytes()) {
        hasher.write_u8(byte.to_ascii_lowercase());
    }
    hasher.finish()
}

/// An earlier entry that shares what identifies a person with a later one.
struct Duplicate {
    index: usize,
    position: Position,
    kind: DuplicateKind,
}

/// What a later entry means beside the earlier one.
enum DuplicateKind {
    /// Both entries say the same in every field that is read, so nobody is hidden.
    Repetition,
    /// They are about one person and differ: one of them may be a copy that somebody forgot to change.
    SamePerson,
    /// They are about two people who cannot both have the id.
    SameId,
}

impl Duplicate {
    fn new(index: usize, earlier: &Person, later: &Person, kind: DuplicateKind) -> Self {
        let is_repetition = later.is_readable()
            && *earlier == Person { position: earlier.position, ..later.clone() };
        let kind = if is_repetition { DuplicateKind::Repetition } else { kind };
        Self { index, position: earlier.position, kind }
    }
}

#[cfg(test)]
mod tests;
