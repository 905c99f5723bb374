//! Findings: something to fix or to justify, about one subject; and the checks that make them.

use std::fmt;

use crate::roster::Roster;

/// Whom a finding is about, told apart so that a changed name or title loses nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A person, by the id of their GitLab account.
    GitLabId(u64),
    /// A person or an account, by their e-mail address in lower case.
    Email(String),
    /// A person of whom the roster knows nothing but the name, in the form of [`crate::text::fold`].
    Name(String),
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GitLabId(id) => write!(formatter, "gitlab:{id}"),
            Self::Email(email) => write!(formatter, "email:{email}"),
            Self::Name(name) => write!(formatter, "name:{name}"),
        }
    }
}

/// Who is asked about what a check finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The person it is about.
    Person,
    /// Each of those who share something.
    Both,
    /// Those who run the audit.
    Operators,
}

impl Asked {
    /// Who that is, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Person => "the person",
            Self::Both => "both",
            Self::Operators => "the operators",
        }
    }
}

/// A rule of the audit.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// What it is called in reports, settings and markers: never changed once it is out.
    pub id: &'static str,
    /// What it finds, as a sentence.
    pub finds: &'static str,
    /// How to fix what it finds, as a sentence to the one who is asked.
    pub fix: &'static str,
    /// Who is asked.
    pub asked: Asked,
    /// Whether it concludes from somebody's absence from the roster: then it is unknown while a
    /// problem may hide a person.
    pub needs_everybody: bool,
    /// Evaluates it, in the order of the roster, one hit per person at most.
    pub find: fn(&Roster) -> Vec<Hit>,
}

/// A person whom a check has found something about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The person's place in [`Roster::people`].
    pub person: usize,
    /// What the check saw, as foreign text: a link, a name; empty where there is nothing.
    pub evidence: String,
}

/// Something to fix or to justify, about one person of the roster.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The check that found it.
    pub check: &'static Check,
    /// The person's place in [`Roster::people`].
    pub person: usize,
    /// What the check saw, as foreign text.
    pub evidence: String,
}
