//! Builds the roster: decides which entries become people, and which repeat or contradict others.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher as _};

use super::fields::{Field, Fields, JobFields};
use super::model::{Person, Position, Roster, location};
use super::operations_team::OperationsTeam;
use super::parse::EntryError;
use crate::input::{Location, Problem};
use crate::text::fold;

/// Decides which entries become people of the roster.
pub(super) struct RosterBuilder<'a> {
    team: &'a OperationsTeam,
    roster: Roster,
    problems: Vec<Problem>,
    by_id: HashMap<u64, usize>,
    /// The people by the hash of name and e-mail address; without an address, only those without an
    /// id.
    by_name: HashMap<u64, usize>,
    /// The people by the hash of the e-mail address.
    by_email: HashMap<u64, usize>,
}

impl<'a> RosterBuilder<'a> {
    pub(super) fn new(team: &'a OperationsTeam) -> Self {
        Self {
            team,
            roster: Roster::default(),
            problems: Vec::new(),
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            by_email: HashMap::new(),
        }
    }

    /// Starts the next file. Everything that is added from now on belongs to it.
    pub(super) fn start_file(&mut self, name: &str, entries: usize) {
        self.roster.files.push(name.to_owned());
        self.roster.people.reserve(entries);
    }

    /// The location of a line in the current file.
    fn position(&self, line: u64) -> Position {
        let file = u32::try_from(self.roster.files.len().saturating_sub(1)).unwrap_or(u32::MAX);
        Position { file, line }
    }

    /// Reports a part of the file that could not be read as an entry.
    pub(super) fn report_unread(&mut self, error: EntryError) {
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
    pub(super) fn add(&mut self, mut fields: Fields, line: u64) {
        let position = self.position(line);
        for error in std::mem::take(&mut fields.errors) {
            // Without a name or an e-mail address, an account cannot be matched to the person.
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
        let person = person(name, fields, position, self.team);
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
                // The id was copied, so that it is unknown whose it is. Both people stay, and
                // neither is hidden.
                self.report(position, message, false);
                let claimed_id = person.gitlab_id.value().copied();
                if let Some(earlier) = self.roster.people.get_mut(duplicate.index) {
                    earlier.claimed_id = claimed_id;
                    earlier.gitlab_id = Field::Unreadable;
                }
                self.roster.people.push(Person {
                    gitlab_id: Field::Unreadable,
                    claimed_id,
                    ..person
                });
            }
        }
    }

    /// Reports an address of two entries, because an account with it cannot be matched.
    fn report_shared_email(&mut self, person: &Person, position: Position) {
        let Some(email) = person.comparable_email() else { return };
        let mut hasher = DefaultHasher::new();
        hasher.write(email.as_bytes());
        let next = self.roster.people.len();
        let index = *self.by_email.entry(hasher.finish()).or_insert(next);
        let Some(earlier) = self.roster.people.get(index).filter(|_| index < next) else { return };
        if earlier.comparable_email() != Some(email) {
            return;
        }
        let Location { file, line } = location(&self.roster.files, earlier.position);
        let line = line.unwrap_or_default();
        let name = &person.name;
        let message = format!("`email` of {name} is that of another person: {file} line {line}");
        self.report(position, message, false);
    }

    /// Finds an earlier entry with the id, or with the name and e-mail address, of `person`.
    /// If there is none, later calls find this one.
    fn find_duplicate(&mut self, person: &Person) -> Option<Duplicate> {
        let next = self.roster.people.len();
        let by_id = person.gitlab_id.value().map(|id| *self.by_id.entry(*id).or_insert(next));
        let has_only_name = person.email.value().is_none();
        let by_name = (by_id.is_none() || !has_only_name)
            .then(|| *self.by_name.entry(hash_of_name(person)).or_insert(next));
        if let Some(index) = by_name
            && let Some(earlier) = self.roster.people.get(index)
            && fold(&earlier.name) == fold(&person.name)
            && earlier.comparable_email() == person.comparable_email()
        {
            return Some(Duplicate::new(index, earlier, person, DuplicateKind::SamePerson));
        }
        let index = by_id?;
        let earlier = self.roster.people.get(index)?;
        let has_same_name = fold(&earlier.name) == fold(&person.name);
        let has_same_email =
            !has_only_name && earlier.comparable_email() == person.comparable_email();
        let kind = if has_same_name || has_same_email {
            DuplicateKind::SamePerson
        } else {
            DuplicateKind::SameId
        };
        Some(Duplicate::new(index, earlier, person, kind))
    }

    /// The finished roster, with the problems in the order of their locations.
    pub(super) fn finish(mut self) -> (Roster, Vec<Problem>) {
        self.problems.sort_by(|left, right| left.location.cmp(&right.location));
        (self.roster, self.problems)
    }
}

fn person(name: Box<str>, fields: Fields, position: Position, team: &OperationsTeam) -> Person {
    let Fields { email, reports_to, link, gitlab_id, gitlab_username, job, .. } = fields;
    let is_operations = job.map_or(Some(false), |job| is_operations(&job, team));
    Person {
        name,
        email,
        reports_to,
        link,
        gitlab_id,
        claimed_id: None,
        gitlab_username,
        is_operations,
        position,
    }
}

pub(super) fn is_operations(job: &JobFields, team: &OperationsTeam) -> Option<bool> {
    let is_member = job.titles.iter().any(|title| team.has_title(title))
        || job.focuses.iter().any(|focus| team.has_focus(focus));
    (is_member || !job.is_unreadable).then_some(is_member)
}

/// A hash of a name and an address, whatever the case of their ASCII letters.
///
/// For a large roster, keeping the texts would double the memory, and folding each takes time.
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

/// The relation of a later entry to an earlier one.
enum DuplicateKind {
    /// Both entries agree in every field that is read, so nobody is hidden.
    Repetition,
    /// Both entries are about one person and differ. One of them may be a copy that somebody forgot
    /// to change.
    SamePerson,
    /// The entries are about two people, who cannot both have the id.
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
