//! Calendly's API v2: one method for each call.
//!
//! | file | what it holds |
//! | --- | --- |
//! | this one | who asks, who is in an organisation, and taking them out |
//! | `list` | following a list to its last page |
//! | `wire` | the types of answers |
//!
//! Calendly names everything by a URL, its `uri`, and calls name it by the UUID in there. A write
//! is sent once. Where one fails, [`Error::may_have_arrived`] tells whether it may have been done
//! all the same.

mod list;
mod wire;

use crate::error::Error;
use crate::http::{Http, Scheme};
use crate::options::Options;
use crate::request::Verb;
use crate::sanitize::clean;

pub use list::{BrokenPage, Listing};
pub use wire::{Invitation, Me, Membership, User};

#[cfg(test)]
mod tests;

/// What a list of memberships is of, for errors and progress.
const MEMBERS: &str = "the organisation's members";

/// Calendly, and the right to ask it.
#[derive(Debug)]
pub struct Calendly {
    http: Http,
}

impl Calendly {
    /// Makes a client; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::NoCertificates`] or [`Error::Client`].
    pub fn new(options: Options) -> Result<Self, Error> {
        Ok(Self { http: Http::new(options, Scheme::Bearer)? })
    }

    /// Who the token belongs to: `GET /users/me`, scope `users:read`.
    pub async fn me(&self) -> Result<Me, Error> {
        let answer = self.http.get("users/me", &[]).await?;
        let body: wire::Resource<Me> = self.http.json(&answer, "the Calendly user")?;
        Ok(body.resource)
    }

    /// Who is in the organisation with this URI: `GET /organization_memberships`, all pages, scope
    /// `organizations:read` (Calendly, "List organization memberships"). It takes an admin or the
    /// owner: others are refused, or shown themselves only.
    ///
    /// # Errors
    ///
    /// They are in [`Listing::broken`], beside what was read before: [`Error::Unauthorized`] and
    /// [`Error::Forbidden`] as for every call, [`Error::Paging`] where the pages have no end.
    pub async fn memberships(&self, organization: &str) -> Listing<Membership> {
        let query = [("organization", organization)];
        list::all(&self.http, "organization_memberships", &query, MEMBERS).await
    }

    /// The memberships of this e-mail address, whatever its case: `GET
    /// /organization_memberships?email=`, all pages, scope `organizations:read` (Calendly, "List
    /// organization memberships"). One at most is to be expected; all are given.
    pub async fn memberships_of_email(
        &self,
        organization: &str,
        email: &str,
    ) -> Result<Vec<Membership>, Error> {
        let query = [("organization", organization), ("email", email)];
        let listing: Listing<Membership> =
            list::all(&self.http, "organization_memberships", &query, MEMBERS).await;
        if let Some(broken) = listing.broken {
            return Err(broken.error);
        }
        // Whoever is found may be removed, so nobody else is let through.
        let email = email.to_lowercase();
        let is_asked_for = |found: &Membership| found.user.email.to_lowercase() == email;
        Ok(listing.items.into_iter().filter(is_asked_for).collect())
    }

    /// Who was invited into the organisation with this URI and has not answered: `GET
    /// /organizations/{uuid}/invitations?status=pending`, all pages, scope `organizations:read`
    /// (Calendly, "List organization invitations").
    ///
    /// # Errors
    ///
    /// They are in [`Listing::broken`], as those of [`memberships`](Self::memberships); and
    /// [`Error::BadName`] when the URI is not one of an organisation.
    pub async fn invitations(&self, organization: &str) -> Listing<Invitation> {
        let list = "the organisation's invitations";
        match under(organization, "organizations") {
            Ok((_, uuid)) => {
                let path = format!("organizations/{uuid}/invitations");
                list::all(&self.http, &path, &[("status", "pending")], list).await
            }
            Err(error) => {
                let broken = BrokenPage { list, number: 1, items: 0, error };
                Listing { items: Vec::new(), broken: Some(broken) }
            }
        }
    }

    /// Takes the user of the membership with this URI out of the organisation: `DELETE
    /// /organization_memberships/{uuid}`, scope `organizations:write` (Calendly, "Remove user from
    /// organization"). Sent once.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for the owner, for oneself, for members of other organisations and for
    /// a token that is not of an admin; [`Error::NotFound`] also when it was removed already;
    /// [`Error::BadName`] when the URI is not one of a membership.
    pub async fn remove_membership(&self, uri: &str) -> Result<(), Error> {
        let (_, uuid) = under(uri, "organization_memberships")?;
        self.remove(&format!("organization_memberships/{uuid}")).await
    }

    /// Takes back the invitation with this URI: `DELETE
    /// /organizations/{org_uuid}/invitations/{uuid}`, scope `organizations:write` (Calendly,
    /// "Revoke user's organization invitation"). Sent once.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for a token that is not of an admin, and where an identity provider
    /// rules the organisation (SCIM); [`Error::Api`] with status 400 when it was accepted already;
    /// [`Error::BadName`] when the URI is not one of an invitation.
    pub async fn revoke_invitation(&self, uri: &str) -> Result<(), Error> {
        let (organization, uuid) = under(uri, "invitations")?;
        let (_, organization) = under(organization, "organizations")?;
        self.remove(&format!("organizations/{organization}/invitations/{uuid}")).await
    }

    /// Removes what is at `path`, which is encoded.
    async fn remove(&self, path: &str) -> Result<(), Error> {
        self.http.send(Verb::Delete, path, None).await.map(drop)
    }
}

/// Splits the URI of something in a collection into the part before the collection and the UUID.
///
/// # Errors
///
/// [`Error::BadName`] when it is of another collection, or when what should be the UUID has any
/// character that could make it more than one segment of a path.
fn under<'a>(uri: &'a str, collection: &str) -> Result<(&'a str, &'a str), Error> {
    let plain = |uuid: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !uuid.is_empty() && uuid.bytes().all(is_plain)
    };
    uri.rsplit_once('/')
        .filter(|(_, uuid)| plain(uuid))
        .and_then(|(rest, uuid)| Some((rest.strip_suffix(collection)?.strip_suffix('/')?, uuid)))
        .ok_or_else(|| Error::BadName { name: clean(uri) })
}
