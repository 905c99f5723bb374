//! Digests of the keys by which subjects are known.

use std::fmt;

use crate::identity::{KEY_LENGTH, SubjectId, key_digest};

/// The digest of a key by which a subject was known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The kind of the key.
    pub kind: KeyKind,
    /// The digest: see [`key_digest`].
    pub digest: String,
}

/// The kind of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// The id of a GitLab user.
    GitLabId,
    /// An e-mail address.
    Email,
    /// The audited service's own id of an account without an e-mail address.
    Account,
    /// A name.
    Name,
    /// The audited organisation.
    Organization,
}

impl KeyKind {
    const ALL: [Self; 5] =
        [Self::GitLabId, Self::Email, Self::Account, Self::Name, Self::Organization];

    /// The letter that precedes the digest in a marker.
    const fn letter(self) -> char {
        match self {
            Self::GitLabId => 'u',
            Self::Email => 'e',
            Self::Account => 'a',
            Self::Name => 'n',
            Self::Organization => 'o',
        }
    }
}

impl Key {
    /// The marker's key for a subject's id.
    pub fn new(id: &SubjectId) -> Self {
        let kind = match id {
            SubjectId::GitLabId(_) => KeyKind::GitLabId,
            SubjectId::Email(_) => KeyKind::Email,
            SubjectId::Account(_) => KeyKind::Account,
            SubjectId::Name(_) => KeyKind::Name,
            SubjectId::Organization => KeyKind::Organization,
        };
        Self { kind, digest: key_digest(id) }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let letter = text.chars().next()?;
        let kind = KeyKind::ALL.into_iter().find(|kind| kind.letter() == letter)?;
        let digest = text.strip_prefix(letter).filter(|digest| is_hex(digest, KEY_LENGTH))?;
        Some(Self { kind, digest: digest.to_owned() })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.kind.letter(), self.digest)
    }
}

pub(super) fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
