//! The organisation with its members, invitations and tokens.

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    account::{
        BEGINNING, CalendlyInvitation, CalendlyToken, CalendlyUser, InvitationStatus, identifier,
        role, timezone,
    },
    quota::Quota,
};

/// The beginning of every identifier. Identifiers are not addresses: they are the same whatever
/// the address of the service.
pub(super) const API: &str = "https://api.calendly.com";

/// A Calendly organisation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendly {
    /// Its URI, an identifier rather than an address: `https://api.calendly.com/organizations/…`.
    #[serde(default = "organization")]
    pub organization: String,
    /// Whether an identity provider creates and removes the accounts, so that invitations cannot be
    /// sent or revoked (Calendly docs: Invite user to organization).
    #[serde(default)]
    pub scim: bool,
    /// How many requests a user may make.
    #[serde(default)]
    pub quota: Quota,
    /// The people who have an account, the members in the order in which they are listed.
    #[serde(default)]
    pub users: Vec<CalendlyUser>,
    /// The invitations to the organisation.
    #[serde(default)]
    pub invitations: Vec<CalendlyInvitation>,
    /// The tokens.
    #[serde(default)]
    pub tokens: Vec<CalendlyToken>,
}

impl Default for Calendly {
    /// An organisation without members.
    fn default() -> Self {
        Self {
            organization: organization(),
            scim: false,
            quota: Quota::default(),
            users: Vec::new(),
            invitations: Vec::new(),
            tokens: Vec::new(),
        }
    }
}

impl Calendly {
    /// Adds a member with the role `user`, whose name and page are the first part of the address,
    /// and returns it to set the rest. There must be no account with that address.
    pub fn add_member(&mut self, email: &str) -> &mut CalendlyUser {
        let (name, _) = email.split_once('@').unwrap_or((email, ""));
        self.users.push_mut(CalendlyUser {
            id: identifier("user", email),
            name: name.to_owned(),
            email: email.to_owned(),
            slug: name.to_owned(),
            timezone: timezone(),
            role: role(),
            joined: BEGINNING,
            organization: None,
        })
    }

    /// Adds a pending invitation, sent at the instant at which it is made, and returns it to set
    /// the rest.
    pub fn invite(&mut self, email: &str, at: Timestamp) -> &mut CalendlyInvitation {
        self.invitations.push_mut(CalendlyInvitation {
            id: identifier("invitation", &format!("{email} {at}")),
            email: email.to_owned(),
            status: InvitationStatus::Pending,
            created_at: at,
            updated_at: None,
            last_sent_at: Some(at),
        })
    }

    /// Lets somebody accept their invitation: they become a member with the role `user`, with a
    /// new account if they have none.
    ///
    /// # Errors
    ///
    /// There is no pending invitation to that address.
    pub fn accept_invitation(
        &mut self,
        email: &str,
        at: Timestamp,
    ) -> anyhow::Result<&mut CalendlyUser> {
        let mut invitations = self.invitations.iter_mut();
        let invitation = invitations.find(|invitation| invitation.is_pending_for(email));
        let invitation = invitation.with_context(|| format!("{email} is not invited"))?;
        invitation.status = InvitationStatus::Accepted;
        invitation.updated_at = Some(at);
        if !self.users.iter().any(|user| user.has_email(email)) {
            self.add_member(email);
        }
        let user = self.users.iter_mut().find(|user| user.has_email(email));
        let user = user.with_context(|| format!("{email} has no account"))?;
        user.organization = None;
        user.role = role();
        user.joined = at;
        Ok(user)
    }

    /// Adds a token.
    pub fn add_token(&mut self, token: CalendlyToken) {
        self.tokens.push(token);
    }

    /// The members of the organisation, in the order in which they are listed.
    pub fn members(&self) -> impl Iterator<Item = &CalendlyUser> {
        self.users.iter().filter(|user| user.organization.is_none())
    }

    /// The member of an e-mail address, whatever its case.
    ///
    /// # Errors
    ///
    /// There is none of that address.
    pub fn member(&mut self, email: &str) -> anyhow::Result<&mut CalendlyUser> {
        let mut members = self.users.iter_mut().filter(|user| user.organization.is_none());
        let member = members.find(|user| user.has_email(email));
        member.with_context(|| format!("no member has the e-mail address {email}"))
    }

    /// The identifier of an invitation.
    pub fn invitation_uri(&self, invitation: &CalendlyInvitation) -> String {
        format!("{}/invitations/{}", self.organization, invitation.id)
    }

    /// The URI of a user's organisation.
    pub(super) fn organization_of<'world>(&'world self, user: &'world CalendlyUser) -> &'world str {
        user.organization.as_deref().unwrap_or(&self.organization)
    }
}

fn organization() -> String {
    format!("{API}/organizations/SANDBOXORG000001")
}
