//! The people of a roster, as the rest of the crate uses them.

use super::fields::Field;
use crate::identity::{PersonIdx, SubjectId, comparable_email};
use crate::input::Location;
use crate::text::fold;

/// A position in the files of the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) file: u32,
    pub(super) line: u64,
}

/// A person who should have access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The full name, never empty.
    pub name: Box<str>,
    /// The e-mail address, as written.
    pub email: Field<Box<str>>,
    /// The manager's name, or a slug of it.
    pub reports_to: Field<Box<str>>,
    /// The person's link to the audited system, as written.
    pub link: Field<Box<str>>,
    /// The id of the person's GitLab account.
    pub gitlab_id: Field<u64>,
    /// The id that this entry and another one claim, so that it belongs to neither.
    pub claimed_id: Option<u64>,
    /// The username of the person's GitLab account, without `@`.
    pub gitlab_username: Field<Box<str>>,
    /// Whether the person belongs to the operations team; `None` if neither title nor focuses make
    /// them a member and one of them could not be read.
    pub is_operations: Option<bool>,
    pub(super) position: Position,
}

impl Person {
    /// Whether every field of the person's entry could be read.
    pub fn is_readable(&self) -> bool {
        let Self {
            name: _,
            email,
            reports_to,
            link,
            gitlab_id,
            claimed_id: _,
            gitlab_username,
            is_operations,
            position: _,
        } = self;
        let texts = [email, reports_to, link, gitlab_username];
        texts.iter().all(|field| **field != Field::Unreadable)
            && *gitlab_id != Field::Unreadable
            && is_operations.is_some()
    }

    /// The e-mail address in the form that is compared, if the roster has a readable one.
    pub fn comparable_email(&self) -> Option<String> {
        self.email.value().map(|email| comparable_email(email))
    }

    /// The ids by which the person is known; the first is [`Person::subject`].
    ///
    /// A person who is found under any of them is the same.
    /// The history survives a changed id or a changed e-mail address, if only one of them changes
    /// at a time.
    pub(crate) fn keys(&self) -> Vec<SubjectId> {
        let id = self.gitlab_id.value().map(|id| SubjectId::GitLabId(*id));
        let email = self.comparable_email().map(SubjectId::Email);
        let keys: Vec<SubjectId> = id.into_iter().chain(email).collect();
        if keys.is_empty() { vec![SubjectId::Name(fold(&self.name).into_owned())] } else { keys }
    }

    /// The id of the person in the audit, however else they change.
    ///
    /// This is their GitLab id, otherwise their e-mail address in lower case, otherwise their name.
    pub fn subject(&self) -> SubjectId {
        match (&self.gitlab_id, self.comparable_email()) {
            (Field::Value(id), _) => SubjectId::GitLabId(*id),
            (_, Some(email)) => SubjectId::Email(email),
            _ => SubjectId::Name(fold(&self.name).into_owned()),
        }
    }
}

/// The people who should have access.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// The people, in the order of the files and of their lines.
    pub people: Vec<Person>,
    pub(super) files: Vec<String>,
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

    /// The line on which the entry of `person` begins.
    pub fn location(&self, person: &Person) -> Location {
        location(&self.files, person.position)
    }
}

pub(super) fn location(files: &[String], position: Position) -> Location {
    let file = files.get(position.file as usize).cloned().unwrap_or_default();
    Location { file, line: Some(position.line) }
}
