//! The users of GitLab, and whether they may be mentioned: they must be confirmed, active, and able
//! to see the issue.

use std::collections::BTreeMap;
use std::fmt;

use crate::record::conversation::User;
use crate::roster::{Field, Person};

/// A user as GitLab describes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The user.
    pub user: User,
    /// Whether they are active. GitLab notifies nobody else (GitLab docs: Notification emails).
    pub is_active: bool,
    /// Whether they can see the issue.
    pub sees_issue: bool,
    /// Their access level in the project, direct or inherited; 0 for a user who is not a member.
    pub access_level: u64,
}

/// A user whom GitLab has not been asked about yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Inquiry {
    /// The user with this id.
    Id(u64),
    /// The user with this username, in lower case.
    Username(String),
}

/// Everything that GitLab has reported about users.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    by_id: BTreeMap<u64, Option<Known>>,
    by_username: BTreeMap<String, Option<u64>>,
    /// Whether all users who see the issue are in it, so that no one else needs to be looked up.
    pub is_complete: bool,
}

/// Why a user cannot be mentioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unmentionable {
    /// Neither the roster nor `handles` has their username.
    NoHandle,
    /// The roster has a username or an id that cannot be read.
    Unreadable,
    /// GitLab has no such user, or none who can see the issue.
    Nobody,
    /// The roster's id and its username belong to different users.
    Disagree,
    /// Their account is blocked, or otherwise not active.
    Inactive,
    /// They cannot see the issue.
    NoAccess,
    /// GitLab has to be asked first.
    NotAsked(Inquiry),
}

impl fmt::Display for Unmentionable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoHandle => "no GitLab username is known",
            Self::Unreadable => "the roster's GitLab entry cannot be read",
            Self::Nobody => "GitLab knows no such user who sees the issue",
            Self::Disagree => "the roster's GitLab id and username are of different users",
            Self::Inactive => "the GitLab account is not active",
            Self::NoAccess => "they do not see the issue",
            Self::NotAsked(_) => "GitLab has not been asked",
        })
    }
}

impl Directory {
    /// Adds a user that GitLab reports.
    pub fn add(&mut self, known: Known) {
        self.by_username.insert(known.user.username.to_lowercase(), Some(known.user.id));
        self.by_id.insert(known.user.id, Some(known));
    }

    /// Adds that GitLab has no user for an inquiry.
    pub fn add_nobody(&mut self, inquiry: Inquiry) {
        match inquiry {
            Inquiry::Id(id) => drop(self.by_id.insert(id, None)),
            Inquiry::Username(username) => drop(self.by_username.insert(username, None)),
        }
    }

    /// The user of a person on the roster.
    /// This is the user with their id under the present username, otherwise the user with their
    /// username.
    ///
    /// # Errors
    ///
    /// [`Unmentionable`] if the user cannot be mentioned.
    pub fn person(&self, person: &Person) -> Result<&User, Unmentionable> {
        match (&person.gitlab_id, &person.gitlab_username) {
            (Field::Unreadable, _) | (Field::Missing, Field::Unreadable) => {
                Err(Unmentionable::Unreadable)
            }
            (Field::Value(id), username) => {
                let known = self.known_by_id(*id)?;
                let is_same = |name: &str| name.eq_ignore_ascii_case(&known.user.username);
                match username {
                    // The user may have been renamed since then, but nobody else may have that
                    // name.
                    Field::Value(name) if !is_same(name) => {
                        let name = name.to_lowercase();
                        match self.by_username.get(&name) {
                            Some(Some(other)) if other != id => {
                                return Err(Unmentionable::Disagree);
                            }
                            Some(_) => {}
                            None => return Err(Unmentionable::NotAsked(Inquiry::Username(name))),
                        }
                    }
                    Field::Unreadable => return Err(Unmentionable::Unreadable),
                    _ => {}
                }
                mentionable(known)
            }
            (Field::Missing, Field::Value(username)) => self.username(username),
            (Field::Missing, Field::Missing) => Err(Unmentionable::NoHandle),
        }
    }

    /// The user with a username.
    ///
    /// # Errors
    ///
    /// [`Unmentionable`] if the user cannot be mentioned.
    pub fn username(&self, username: &str) -> Result<&User, Unmentionable> {
        mentionable(self.known_by_username(username)?)
    }

    /// The id of a person's user, even if they cannot be mentioned.
    pub(crate) fn id_of(&self, person: &Person) -> Option<u64> {
        match (&person.gitlab_id, &person.gitlab_username) {
            (Field::Value(id), _) => Some(*id),
            (_, Field::Value(username)) => self.id_of_username(username),
            _ => None,
        }
    }

    /// The id of the user with a username, even if they cannot be mentioned.
    pub(crate) fn id_of_username(&self, username: &str) -> Option<u64> {
        self.by_username.get(&username.to_lowercase()).copied().flatten()
    }

    /// The username of the user with an id, even if they cannot be mentioned.
    pub(crate) fn username_of(&self, id: u64) -> Option<&str> {
        let known = self.by_id.get(&id)?.as_ref()?;
        Some(&known.user.username)
    }

    /// A user's access level in the project, if GitLab was asked.
    pub fn access_level(&self, id: u64) -> Option<u64> {
        match self.by_id.get(&id)? {
            Some(known) => Some(known.access_level),
            None => Some(0),
        }
    }

    /// The inquiry about a username, if GitLab has not been asked about it.
    pub(crate) fn inquiry(&self, username: &str) -> Option<Inquiry> {
        match self.known_by_username(username) {
            Err(Unmentionable::NotAsked(inquiry)) => Some(inquiry),
            _ => None,
        }
    }

    /// Whether GitLab mails a user about the issue, as far as it is known.
    pub(crate) fn may_be_mailed(&self, id: u64) -> bool {
        match self.by_id.get(&id) {
            Some(known) => known.as_ref().is_some_and(|known| known.is_active && known.sees_issue),
            None => !self.is_complete,
        }
    }

    fn known_by_id(&self, id: u64) -> Result<&Known, Unmentionable> {
        match self.by_id.get(&id) {
            Some(Some(known)) => Ok(known),
            Some(None) => Err(Unmentionable::Nobody),
            None if self.is_complete => Err(Unmentionable::Nobody),
            None => Err(Unmentionable::NotAsked(Inquiry::Id(id))),
        }
    }

    fn known_by_username(&self, username: &str) -> Result<&Known, Unmentionable> {
        let username = username.to_lowercase();
        match self.by_username.get(&username) {
            Some(Some(id)) => self.known_by_id(*id),
            Some(None) => Err(Unmentionable::Nobody),
            None if self.is_complete => Err(Unmentionable::Nobody),
            None => Err(Unmentionable::NotAsked(Inquiry::Username(username))),
        }
    }
}

fn mentionable(known: &Known) -> Result<&User, Unmentionable> {
    if !known.is_active {
        Err(Unmentionable::Inactive)
    } else if !known.sees_issue {
        Err(Unmentionable::NoAccess)
    } else {
        Ok(&known.user)
    }
}
