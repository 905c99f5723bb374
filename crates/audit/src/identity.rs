//! Whom a finding is about: in one evaluation, and across changes of names and titles.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// Whom a finding is about, told apart so that a changed name or title loses nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubjectId {
    /// A person, by the id of their GitLab account.
    GitLabId(u64),
    /// A person or an account, by their e-mail address in lower case.
    Email(String),
    /// A person of whom the roster knows nothing but the name, in the form of [`crate::text::fold`].
    Name(String),
    /// The audited organisation as a whole.
    Organization,
}

impl fmt::Display for SubjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GitLabId(id) => write!(formatter, "gitlab:{id}"),
            Self::Email(email) => write!(formatter, "email:{email}"),
            Self::Name(name) => write!(formatter, "name:{name}"),
            Self::Organization => formatter.write_str("organization"),
        }
    }
}

/// The id by which the audited service knows an account, whatever its address becomes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

impl AccountId {
    /// The id as the service writes it.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as the service writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The position of a person in [`Roster::people`](crate::roster::Roster::people).
///
/// It is valid for the roster of one evaluation; across evaluations a [`SubjectId`] identifies a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonIdx(pub(crate) usize);

/// The position of an account in [`Accounts::list`](crate::accounts::Accounts::list).
///
/// It is valid for the accounts of one evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountIdx(pub(crate) usize);

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A person of the roster.
    Person(PersonIdx),
    /// An account that belongs to nobody on the roster.
    Account(AccountIdx),
    /// The audited organisation.
    Organization,
}

/// The number of hex digits of a [`key_digest`].
pub(crate) const KEY_LENGTH: usize = 16;
/// The number of hex digits of a [`digest`].
pub(crate) const EVIDENCE_LENGTH: usize = 8;

/// The first sixteen hex digits of the SHA-256 of what a subject is known by: nobody makes two of the
/// same by hand.
pub fn key_digest(key: &SubjectId) -> String {
    hex_digits(&key.to_string(), KEY_LENGTH)
}

/// The digest of an account's own id, of as many hex digits as a [`key_digest`].
pub fn account_digest(id: &AccountId) -> String {
    hex_digits(&format!("account:{}", id.as_str()), KEY_LENGTH)
}

/// The digest by which markers name a file: the first hex digits of its SHA-256.
pub fn file_digest(sha256: &str) -> &str {
    sha256.get(..KEY_LENGTH).unwrap_or(sha256)
}

/// The first eight hex digits of a text's SHA-256: enough to tell whether it has changed.
pub fn digest(text: &str) -> String {
    hex_digits(text, EVIDENCE_LENGTH)
}

/// The digest of a text that is read piece by piece, where each beginning of it has to be compared.
#[derive(Default, Clone)]
pub(crate) struct RunningDigest(Sha256);

impl RunningDigest {
    /// Appends the next piece of the text.
    pub(crate) fn push(&mut self, piece: &str) {
        self.0.update(piece.as_bytes());
    }

    /// The [`digest`] of everything so far.
    pub(crate) fn digest(&self) -> String {
        first_hex_digits(&self.0.clone().finalize(), EVIDENCE_LENGTH)
    }
}

fn hex_digits(text: &str, count: usize) -> String {
    first_hex_digits(&Sha256::digest(text.as_bytes()), count)
}

fn first_hex_digits(bytes: &[u8], count: usize) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.take(count).filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}
