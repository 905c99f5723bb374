//! The types of Calendly's answers: only what is used is declared.

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
