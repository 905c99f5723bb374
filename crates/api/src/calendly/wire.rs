//! The types of Calendly's answers: only what is used is declared.

use jiff::Timestamp;
use serde::Deserialize;

use crate::lenient::or_default;

/// Calendly wraps a single thing in `resource`.
#[derive(Debug, Deserialize)]
pub(crate) struct Resource<T> {
    pub(crate) resource: T,
}

/// The user of the token (Calendly, "Get current user").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Me {
    /// The display name; empty where the answer has none.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// The login e-mail.
    pub email: String,
    /// The user's identity: a URL whose last segment is the UUID.
    pub uri: String,
    /// The organisation's identity, of the same form.
    pub current_organization: String,
}

/// A user's place in an organisation (Calendly, "List organization memberships"). Somebody who was
/// invited and has not accepted has none, but an [`Invitation`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Membership {
    /// The membership's identity, by which it is removed: a URL whose last segment is the UUID.
    pub uri: String,
    /// `user`, `admin` or `owner`; others may come, since the web pages know more.
    pub role: String,
    /// Whose it is.
    pub user: User,
    /// When they joined; `None` where the answer does not say.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// When it was changed last. Calendly has no time of the last use.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
}

/// The user of a membership.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct User {
    /// The user's identity: a URL whose last segment is the UUID.
    pub uri: String,
    /// The display name; empty where the answer has none.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// The login e-mail, in whatever case it was typed.
    pub email: String,
    /// The last part of the address of their page; empty where the answer has none.
    #[serde(default, deserialize_with = "or_default")]
    pub slug: String,
    /// The address of their page, which lists their events; empty where the answer has none.
    #[serde(default, deserialize_with = "or_default")]
    pub scheduling_url: String,
}

/// An invitation into an organisation (Calendly, "List organization invitations").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Invitation {
    /// The invitation's identity, by which it is revoked: a URL that names the organisation's UUID
    /// and ends with its own.
    pub uri: String,
    /// The address it was sent to.
    pub email: String,
    /// `pending`, `accepted` or `declined`.
    pub status: String,
    /// When it was made; `None` where the answer does not say.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// When it was changed last; `None` where the answer does not say.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
    /// When its mail was sent last; `None` where the answer does not say.
    #[serde(default)]
    pub last_sent_at: Option<Timestamp>,
}
