//! The subjects of findings: within one evaluation, and across changes of names and titles.

use std::fmt;

use sha2::{Digest as _, Sha256};
use unicode_general_category::{GeneralCategory, get_general_category};

/// The id of a subject, which survives a changed name or title.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubjectId {
    /// A person, by the id of their GitLab user.
    GitLabId(u64),
    /// A person or an account, by their e-mail address in lower case.
    Email(String),
    /// An account without an e-mail address, by the audited service's own id.
    Account(String),
    /// A person with nothing but a name, in the form of [`crate::text::fold`].
    Name(String),
    /// The audited organisation.
    Organization,
}

impl fmt::Display for SubjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GitLabId(id) => write!(formatter, "gitlab:{id}"),
            Self::Email(email) => write!(formatter, "email:{email}"),
            Self::Account(id) => write!(formatter, "account:{id}"),
            Self::Name(name) => write!(formatter, "name:{name}"),
            Self::Organization => formatter.write_str("organization"),
        }
    }
}

/// The identity of an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountId {
    /// The e-mail address in the form that is compared, for files without ids.
    Email(String),
    /// The audited service's own id, such as a URI or a number, which survives a changed address.
    Own(String),
}

impl AccountId {
    /// The audited service's own id, as the service writes it.
    pub fn new(id: impl Into<String>) -> Self {
        Self::Own(id.into())
    }

    /// The identity of an account whose source has no ids.
    pub fn from_email(email: &str) -> Self {
        Self::Email(comparable_email(email))
    }

    /// The id or the address.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(text) | Self::Own(text) => text,
        }
    }
}

/// A user of GitLab, whose id never changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct User {
    /// The id.
    pub id: u64,
    /// The present username, without `@`.
    pub username: String,
}

/// Whether `text` is one plain e-mail address, such as `ada.lovelace+demo@example.com`.
///
/// Rosters, files of accounts and answers of a service are all checked by this function.
/// An address with anything else in it would be compared as it is and belong to nobody.
/// Brackets, quotation marks, a scheme such as `mailto:`, invisible characters and a final stop are
/// therefore never stripped: the value is reported and not used.
/// Letters and digits of every script are allowed (RFC 6531), quoted local parts (RFC 5321) are
/// not.
pub fn is_email_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    // Spreadsheets put an apostrophe in front of a cell to mark it as text.
    let is_quoted = local.starts_with('\'') || local.ends_with('\'');
    let is_local = local.split('.').all(|atom| {
        !atom.is_empty()
            && atom
                .chars()
                .all(|character| is_visible_letter(character) || is_atom_symbol(character))
    });
    let is_domain = domain.split('.').all(|label| {
        let is_hyphenated = label.starts_with('-') || label.ends_with('-');
        !label.is_empty()
            && !is_hyphenated
            && label.chars().all(|character| is_visible_letter(character) || character == '-')
    });
    is_local && !is_quoted && is_domain
}

/// An e-mail address in the form that is compared.
///
/// Every comparison of addresses uses this function.
/// It folds the case of ASCII letters only: a Kelvin sign is not a `k`, and its address belongs to
/// another person.
pub fn comparable_email(email: &str) -> String {
    email.to_ascii_lowercase()
}

/// The symbols of an `atom` (RFC 5322, section 3.2.3) without the backtick, which people use as a
/// quotation mark.
fn is_atom_symbol(character: char) -> bool {
    "!#$%&'*+-/=?^_{|}~".contains(character)
}

/// Whether a character is a visible letter or digit.
///
/// Combining marks and modifier letters such as `ʼ` are not.
fn is_visible_letter(character: char) -> bool {
    // The fillers of Hangul are letters without a glyph.
    let is_filler = matches!(character, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}');
    let is_letter = matches!(
        get_general_category(character),
        GeneralCategory::UppercaseLetter
            | GeneralCategory::LowercaseLetter
            | GeneralCategory::OtherLetter
            | GeneralCategory::DecimalNumber
    );
    character.is_ascii_alphanumeric() || is_letter && !is_filler
}

/// The index of a person in [`Roster::people`](crate::roster::Roster::people).
///
/// It is valid within one evaluation; a [`SubjectId`] identifies a person across evaluations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonIdx(pub(crate) usize);

/// The index of an account in [`Accounts::list`](crate::accounts::Accounts::list).
///
/// It is valid within one evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountIdx(pub(crate) usize);

/// The subject of a finding.
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

/// The first sixteen hex digits of the SHA-256 of a subject's id, which nobody forges by hand.
pub fn key_digest(key: &SubjectId) -> String {
    hex_digits(&key.to_string(), KEY_LENGTH)
}

/// The digest of an account's own id, as long as a [`key_digest`].
pub fn account_digest(id: &AccountId) -> String {
    hex_digits(&format!("account:{}", id.as_str()), KEY_LENGTH)
}

/// The digest by which markers name a file: the first hex digits of its SHA-256.
pub fn file_digest(sha256: &str) -> &str {
    sha256.get(..KEY_LENGTH).unwrap_or(sha256)
}

/// The first eight hex digits of a text's SHA-256, which show whether the text has changed.
pub fn digest(text: &str) -> String {
    hex_digits(text, EVIDENCE_LENGTH)
}

/// The digest of a text that is read piece by piece, so that each of its beginnings can be
/// compared.
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

#[cfg(test)]
mod tests {
    use super::is_email_address;

    #[test]
    fn a_plain_address_is_an_address() {
        for address in [
            "ann@example.com",
            "Ann.O'Neil+team_1@sub-domain.example.com",
            "ann@localhost",
            "=1+1@example.com",
            "ünal@exämple.de",
            "用户@例子.中国",
        ] {
            assert!(is_email_address(address), "{address}");
        }
    }

    #[test]
    fn what_is_around_an_address_is_no_part_of_it() {
        for text in [
            "",
            "@",
            "ann",
            "ann@",
            "@example.com",
            "ann@@example.com",
            "ann@example.com,ben@example.com",
            "<ann@example.com>",
            "Ann <ann@example.com>",
            "mailto:ann@example.com",
            "'ann@example.com",
            "'ann'@example.com",
            "\u{2019}ann@example.com",
            "\u{2bc}ann@example.com",
            "`ann@example.com",
            "\"ann@example.com",
            "\"ann@example.com\"",
            "\"ann ode\"@example.com",
            "ann@example.com.",
            ".ann@example.com",
            "ann..ode@example.com",
            "ann@example..com",
            "ann@-example.com",
            "ann@example.com\\",
            "ann@example.com;",
            "ann@example.com)",
            "ann@[127.0.0.1]",
            "{\"email\":\"ann@example.com\"}",
            "[ann@example.com](mailto:ann@example.com)",
            "[ann](ann@example.com)",
            "ann @example.com",
            " ann@example.com",
            "ann@example.com\n",
            "ann@example.com\0",
            "ann\u{200b}@example.com",
            "\u{feff}ann@example.com",
            "\u{202e}ann@example.com",
            "ann@example.com\u{2069}",
            "ann@exa\u{ad}mple.com",
            "ann\u{3164}@example.com",
            "ann\u{a0}@example.com",
            "ann\u{fe0f}@example.com",
            "ann\u{ff20}example.com",
        ] {
            assert!(!is_email_address(text), "{text:?}");
        }
    }
}
