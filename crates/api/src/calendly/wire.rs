//! The types of Calendly's answers: only fields that are used are declared.

use jiff::Timestamp;
use serde::Deserialize;

use crate::lenient::or_default;

/// Calendly wraps a single item in `resource`.
#[derive(Debug, Deserialize)]
pub(crate) struct Resource<T> {
    pub(crate) resource: T,
}

/// The user of the token (Calendly, "Get current user").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Me {
    /// The login e-mail address.
    pub email: String,
    /// The URI of the user's organisation.
    pub current_organization: String,
}

/// A user's membership in an organisation (Calendly, "List organization memberships"). Somebody who
/// has not accepted yet has an [`Invitation`] instead.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Membership {
    /// The URI of the membership, by which it is removed.
    pub uri: String,
    /// `user`, `admin` or `owner`; others may come, since the web pages know more.
    pub role: String,
    /// The member.
    pub user: User,
    /// When the user joined; `None` if the answer does not say.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
}

/// The user of a membership.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct User {
    /// The URI of the user, which stays when their address changes.
    pub uri: String,
    /// The display name; empty if the answer has none.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// The login e-mail address, in whatever case it was typed.
    pub email: String,
    /// The address of the page that lists the user's events; empty if the answer has none.
    #[serde(default, deserialize_with = "or_default")]
    pub scheduling_url: String,
}

/// An invitation into an organisation (Calendly, "List organization invitations").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Invitation {
    /// The URI of the invitation, by which it is revoked. It contains the organisation's UUID.
    pub uri: String,
    /// The address it was sent to.
    pub email: String,
    /// `pending`, `accepted`, `declined` and others.
    pub status: String,
    /// When it was created; `None` if the answer does not say.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
}
