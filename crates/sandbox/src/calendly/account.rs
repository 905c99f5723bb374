//! A person's account, an invitation and a token: the parts of an organisation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::organization::API;
use crate::objects;

/// The creation time of everything whose creation time does not matter.
pub(super) const BEGINNING: Timestamp = Timestamp::constant(1_735_718_400, 0);

/// A person's Calendly account, and their role in their organisation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendlyUser {
    /// The last part of the identifier, which never changes.
    pub id: String,
    /// The display name.
    pub name: String,
    /// The login address.
    pub email: String,
    /// The last part of the scheduling page's address, `https://calendly.com/<slug>`.
    pub slug: String,
    /// An IANA name such as `Europe/Berlin`.
    #[serde(default = "timezone")]
    pub timezone: String,
    /// `user`, `admin`, `owner`, or any other text: Calendly may add more.
    #[serde(default = "role")]
    pub role: String,
    /// When they joined the organisation; the account is as old.
    #[serde(default = "beginning")]
    pub joined: Timestamp,
    /// The URI of their organisation, where it differs from
    /// [`Calendly::organization`](super::Calendly::organization).
    #[serde(default)]
    pub organization: Option<String>,
}

/// An invitation to the organisation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendlyInvitation {
    /// The last part of the identifier.
    pub id: String,
    /// Who is invited.
    pub email: String,
    /// What became of it.
    #[serde(default)]
    pub status: InvitationStatus,
    /// When it was made.
    #[serde(default = "beginning")]
    pub created_at: Timestamp,
    /// When it was last changed; `None` until the first change.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
    /// When it was last sent.
    #[serde(default)]
    pub last_sent_at: Option<Timestamp>,
}

/// What became of an invitation.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum InvitationStatus {
    /// Nothing yet: there is no member.
    #[default]
    Pending,
    /// Whoever was invited is a member, or was one.
    Accepted,
    /// Whoever was invited has declined.
    Declined,
}

/// A personal access token of Calendly.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendlyToken {
    /// What the client sends.
    pub value: String,
    /// The e-mail address of its owner.
    pub user: String,
    /// What it may do: `users:read`, `organizations:read`, `organizations:write`, …; a scope
    /// `…:write` includes `…:read` (Calendly docs: Scopes). None: everything, as a token made
    /// before there were scopes.
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
}

impl CalendlyUser {
    /// The identifier.
    pub fn uri(&self) -> String {
        format!("{API}/users/{}", self.id)
    }

    /// The address of the scheduling page.
    pub fn scheduling_url(&self) -> String {
        format!("https://calendly.com/{}", self.slug)
    }

    /// The identifier of the membership, another in another organisation.
    pub fn membership_uri(&self) -> String {
        format!("{API}/organization_memberships/{}", self.membership_id())
    }

    /// Leaves the organisation. The account remains, as the owner of an organisation of its own:
    /// A removed user falls back to a plan of their own.
    pub fn leave(&mut self) {
        let own = identifier("organization", &self.id);
        self.organization = Some(format!("{API}/organizations/{own}"));
        "owner".clone_into(&mut self.role);
    }

    pub(super) fn membership_id(&self) -> String {
        let organization = self.organization.as_deref().unwrap_or_default();
        identifier("membership", &format!("{} {organization}", self.id))
    }

    /// Whether they may see and change who is in the organisation.
    pub(super) fn is_admin(&self) -> bool {
        matches!(self.role.as_str(), "admin" | "owner")
    }

    pub(super) fn has_email(&self, email: &str) -> bool {
        is_same(&self.email, email)
    }
}

impl CalendlyInvitation {
    /// Whether it invites the address and nobody has answered it.
    pub(super) fn is_pending_for(&self, email: &str) -> bool {
        self.status == InvitationStatus::Pending && self.has_email(email)
    }

    pub(super) fn has_email(&self, email: &str) -> bool {
        is_same(&self.email, email)
    }
}

impl CalendlyToken {
    /// A token that may do everything its owner may.
    pub fn new(value: &str, user: &str) -> Self {
        Self { value: value.to_owned(), user: user.to_owned(), scopes: None }
    }

    /// The same token with these scopes alone.
    #[must_use]
    pub fn limited_to(mut self, scopes: &[&str]) -> Self {
        self.scopes = Some(scopes.iter().map(|&scope| scope.to_owned()).collect());
        self
    }
}

fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// The last part of an identifier: sixteen letters and digits that follow from what it names.
pub(super) fn identifier(kind: &str, named: &str) -> String {
    let mut id = objects::id(kind, named.as_bytes()).to_uppercase();
    id.truncate(16);
    id
}

pub(super) fn timezone() -> String {
    "Etc/UTC".to_owned()
}

pub(super) fn role() -> String {
    "user".to_owned()
}

fn beginning() -> Timestamp {
    BEGINNING
}
