//! Calendly's API v2: one method for each call.
//!
//! | file | what it holds |
//! | --- | --- |
//! | this one | the client, an organisation's members and invitations, and removing them |
//! | `list` | following a list to its last page |
//! | `wire` | the types of answers |
//!
//! Calendly identifies everything by a URL, its `uri`; calls use the UUID at its end. A write is
//! sent once. [`Error::may_have_arrived`] says whether a failed write may have been carried out all
//! the same.

mod list;
mod wire;

use crate::error::{Error, ErrorKind, Service};
use crate::http::Http;
use crate::options::Options;
use crate::request::Method;
use crate::sanitize::one_line;

pub use list::{BrokenPage, Listing};
pub use wire::{Invitation, Me, Membership, User};

#[cfg(test)]
mod tests;

/// What a list of memberships is called in errors and progress.
const MEMBERS: &str = "the organisation's members";

/// The status of an invitation that was neither accepted nor declined.
const PENDING: &str = "pending";

/// A client of Calendly.
#[derive(Debug)]
pub struct Calendly {
    http: Http,
}

impl Calendly {
    /// Makes a client; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoCertificates`], [`ErrorKind::BadToken`] or [`ErrorKind::Client`].
    pub fn new(options: Options) -> Result<Self, Error> {
        Ok(Self { http: Http::new(Service::Calendly, options)? })
    }

    /// Reads the user whom the token belongs to: `GET /users/me`, scope `users:read` (Calendly,
    /// "Get current user").
    pub async fn me(&self) -> Result<Me, Error> {
        let answer = self.http.get("users/me", &[]).await?;
        let body: wire::Resource<Me> = self.http.json(&answer, "the Calendly user")?;
        Ok(body.resource)
    }

    /// Lists the members of the organisation with this URI: `GET /organization_memberships`, scope
    /// `organizations:read` (Calendly, "List organization memberships"). It takes the token of an
    /// admin or the owner: others are refused, or shown themselves only.
    ///
    /// # Errors
    ///
    /// [`Listing::broken`] holds the error beside what was read before it:
    /// [`ErrorKind::Unauthorized`] and [`ErrorKind::Forbidden`] as for every call,
    /// [`ErrorKind::Paging`] if the pages have no end.
    pub async fn memberships(&self, organization: &str) -> Listing<Membership> {
        let query = [("organization", organization)];
        self.list_memberships(&query).await
    }

    /// Reads the membership with this URI: `GET /organization_memberships/{uuid}`, scope
    /// `organizations:read` (Calendly, "Get organization membership"). `None` if there is none, as after
    /// its removal.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] for a membership of another organisation, and for others than oneself
    /// with a token that is not an admin's; [`ErrorKind::BadName`] if the URI is not that of a membership.
    pub async fn membership(&self, uri: &str) -> Result<Option<Membership>, Error> {
        let (_, uuid) = split_uri(uri, "organization_memberships")?;
        let answer = match self.http.get(&format!("organization_memberships/{uuid}"), &[]).await {
            Ok(answer) => answer,
            Err(Error { kind: ErrorKind::NotFound { .. }, .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let body: wire::Resource<Membership> =
            self.http.json(&answer, "the Calendly membership")?;
        Ok(Some(body.resource))
    }

    /// Lists the memberships of an e-mail address, in whatever case: `GET
    /// /organization_memberships?email=`, scope `organizations:read` (Calendly, "List organization
    /// memberships"). At most one is to be expected; all are returned.
    pub async fn memberships_of_email(
        &self,
        organization: &str,
        email: &str,
    ) -> Result<Vec<Membership>, Error> {
        let query = [("organization", organization), ("email", email)];
        let listing = self.list_memberships(&query).await;
        if let Some(broken) = listing.broken {
            return Err(broken.error);
        }
        // Whoever is listed may be removed, so the server's filter is not trusted.
        let mut memberships = listing.items;
        memberships.retain(|membership| membership.user.email.eq_ignore_ascii_case(email));
        Ok(memberships)
    }

    /// Lists the pending invitations into the organisation with this URI: `GET
    /// /organizations/{uuid}/invitations?status=pending`, scope `organizations:read` (Calendly,
    /// "List organization invitations").
    ///
    /// # Errors
    ///
    /// [`Listing::broken`] holds those of [`memberships`](Self::memberships), and
    /// [`ErrorKind::BadName`] if the URI is not that of an organisation.
    pub async fn invitations(&self, organization: &str) -> Listing<Invitation> {
        let list = "the organisation's invitations";
        match split_uri(organization, "organizations") {
            Ok((_, uuid)) => {
                let path = format!("organizations/{uuid}/invitations");
                let mut listing = list::all(
                    &self.http,
                    &path,
                    &[("status", PENDING)],
                    list,
                    |invitation: &Invitation| &invitation.uri,
                )
                .await;
                // One that was accepted or declined is none, whatever the server filters.
                listing.items.retain(|invitation| invitation.status == PENDING);
                listing
            }
            Err(error) => {
                let broken = BrokenPage { list, number: 1, items: 0, error };
                Listing { items: Vec::new(), broken: Some(broken) }
            }
        }
    }

    /// Removes the user of the membership with this URI from the organisation: `DELETE
    /// /organization_memberships/{uuid}`, scope `organizations:write` (Calendly, "Remove user from
    /// organization"). Sent once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] for the owner, for oneself, for members of other organisations and
    /// for a token that is not an admin's; [`ErrorKind::NotFound`] also if it was removed already;
    /// [`ErrorKind::BadName`] if the URI is not that of a membership.
    pub async fn remove_membership(&self, uri: &str) -> Result<(), Error> {
        let (_, uuid) = split_uri(uri, "organization_memberships")?;
        self.delete(&format!("organization_memberships/{uuid}")).await
    }

    /// Revokes the invitation with this URI: `DELETE
    /// /organizations/{org_uuid}/invitations/{uuid}`, scope `organizations:write` (Calendly,
    /// "Revoke user's organization invitation"). Sent once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] for a token that is not an admin's; [`ErrorKind::ManagedByScim`] if
    /// an identity provider manages the organisation; [`ErrorKind::Refused`] with status 400 if the
    /// invitation was accepted already; [`ErrorKind::BadName`] if the URI is not that of an
    /// invitation.
    pub async fn revoke_invitation(&self, uri: &str) -> Result<(), Error> {
        let (organization, uuid) = split_uri(uri, "invitations")?;
        let (_, organization) = split_uri(organization, "organizations")?;
        self.delete(&format!("organizations/{organization}/invitations/{uuid}")).await
    }

    /// Lists the memberships that match the query.
    async fn list_memberships(&self, query: &[(&str, &str)]) -> Listing<Membership> {
        let path = "organization_memberships";
        list::all(&self.http, path, query, MEMBERS, |membership: &Membership| &membership.uri).await
    }

    /// Deletes what is at `path`, which is encoded.
    async fn delete(&self, path: &str) -> Result<(), Error> {
        self.http.send(Method::Delete, path, None).await?;
        Ok(())
    }
}

/// Splits the URI of an item in a collection into the part before the collection and the UUID.
///
/// # Errors
///
/// [`ErrorKind::BadName`] if the item is of another collection, or if its UUID has a character that
/// could make it more than one segment of a path.
fn split_uri<'a>(uri: &'a str, collection: &str) -> Result<(&'a str, &'a str), Error> {
    let bad_name = || ErrorKind::BadName { name: one_line(uri) };
    let (parent, uuid) = uri.rsplit_once('/').ok_or_else(bad_name)?;
    let (root, name) = parent.rsplit_once('/').ok_or_else(bad_name)?;
    if name == collection && is_uuid(uuid) { Ok((root, uuid)) } else { Err(bad_name().into()) }
}

/// Whether a text looks like the UUID at the end of a URI. Old ones are not hexadecimal.
fn is_uuid(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !text.is_empty() && text.bytes().all(is_plain)
}
