//! Invitations to the organisation.

use serde_json::{Value, json};

use super::{
    Answered, access,
    account::{CalendlyInvitation, CalendlyUser, InvitationStatus},
    identity::own,
    instant,
    organization::Calendly,
    page,
    refusal::{NO_ACCESS, denied, invalid, not_found, refusal},
};
use crate::{reply::Reply, request::Request, world::World};

const NO_PERMISSION: &str = "You do not have permission";
const SCIM: &str = "You cannot perform this action for an organization with SCIM enabled.";

/// `GET /organizations/{uuid}/invitations` (Calendly docs: List organization invitations), by
/// the time when they were made.
pub(super) fn list(world: &World, request: &Request, organization: &str) -> Answered {
    let calendly = &world.calendly;
    let caller = admin(calendly, request, (access::READ, NO_ACCESS))?;
    own(calendly, caller, organization, NO_ACCESS)?;
    let email = request.parameter("email");
    let status = status(request)?;
    let mut invitations: Vec<&CalendlyInvitation> = invitations_of(calendly, caller)
        .filter(|invitation| email.as_ref().is_none_or(|email| invitation.has_email(email)))
        .filter(|invitation| status.is_none_or(|status| invitation.status == status))
        .collect();
    invitations.sort_by_key(|invitation| invitation.created_at);
    if newest_first(request)? {
        invitations.reverse();
    }
    page::render(world, request, invitations.into_iter(), |invitation| shown(calendly, invitation))
}

/// `GET /organizations/{org_uuid}/invitations/{uuid}` (Calendly docs: Get organization
/// invitation).
pub(super) fn show(world: &World, request: &Request, organization: &str, id: &str) -> Answered {
    let calendly = &world.calendly;
    let caller = admin(calendly, request, (access::READ, NO_ACCESS))?;
    own(calendly, caller, organization, NO_ACCESS)?;
    let invitation = find(calendly, caller, id)?;
    Ok(Reply::json(200, &json!({"resource": shown(calendly, invitation)})))
}

/// `POST /organizations/{uuid}/invitations` (Calendly docs: Invite user to organization).
pub(super) fn create(world: &mut World, request: &Request, organization: &str) -> Answered {
    let calendly = &world.calendly;
    let caller = admin(calendly, request, (access::WRITE, NO_PERMISSION))?;
    own(calendly, caller, organization, NO_PERMISSION)?;
    if caller.organization.is_some() {
        return Err(denied(
            "You already sent all the invitations allotted to you with a trial account.",
        ));
    }
    if calendly.scim {
        return Err(denied(SCIM));
    }
    let email = email(request)?;
    if calendly.members().any(|member| member.has_email(&email)) {
        let message = format!("{email} is already in the organization");
        return Err(refusal(400, "Already Organization Member", &message));
    }
    if calendly.invitations.iter().any(|invitation| invitation.is_pending_for(&email)) {
        let message = format!("{email} has already been invited");
        return Err(refusal(400, "Already Invited", &message));
    }
    let at = world.journal.tick(world.now);
    let invitation = world.calendly.invite(&email, at).clone();
    Ok(Reply::json(201, &json!({"resource": shown(&world.calendly, &invitation)})))
}

/// `DELETE /organizations/{org_uuid}/invitations/{uuid}` (Calendly docs: Revoke user's
/// organization invitation).
pub(super) fn revoke(
    world: &mut World,
    request: &Request,
    organization: &str,
    id: &str,
) -> Answered {
    let calendly = &mut world.calendly;
    let caller = admin(calendly, request, (access::WRITE, NO_ACCESS))?;
    own(calendly, caller, organization, NO_PERMISSION)?;
    if calendly.scim {
        return Err(denied(SCIM));
    }
    if find(calendly, caller, id)?.status == InvitationStatus::Accepted {
        let message = "The invitation has already been accepted.";
        return Err(refusal(400, "Invitation Already Accepted", message));
    }
    calendly.invitations.retain(|invitation| invitation.id != id);
    Ok(Reply::nothing())
}

/// The caller, who must be an admin.
fn admin<'world>(
    calendly: &'world Calendly,
    request: &Request,
    (scope, message): (&str, &str),
) -> Result<&'world CalendlyUser, Reply> {
    let caller = access::caller(calendly, request, scope)?;
    if caller.is_admin() { Ok(caller) } else { Err(denied(message)) }
}

/// The invitations to the caller's organisation. Other organisations have none.
fn invitations_of<'world>(
    calendly: &'world Calendly,
    caller: &CalendlyUser,
) -> impl Iterator<Item = &'world CalendlyInvitation> {
    let is_ours = caller.organization.is_none();
    calendly.invitations.iter().filter(move |_| is_ours)
}

fn find<'world>(
    calendly: &'world Calendly,
    caller: &CalendlyUser,
    id: &str,
) -> Result<&'world CalendlyInvitation, Reply> {
    invitations_of(calendly, caller).find(|invitation| invitation.id == id).ok_or_else(not_found)
}

fn status(request: &Request) -> Result<Option<InvitationStatus>, Reply> {
    let Some(sent) = request.parameter("status") else { return Ok(None) };
    match serde_json::from_value(json!(sent)) {
        Ok(status) => Ok(Some(status)),
        Err(_) => Err(invalid("status", "must be one of: pending, accepted, declined")),
    }
}

/// Whether the order is the other way round than usual.
fn newest_first(request: &Request) -> Result<bool, Reply> {
    match request.parameter("sort").as_deref() {
        None | Some("created_at" | "created_at:asc") => Ok(false),
        Some("created_at:desc") => Ok(true),
        Some(_) => Err(invalid("sort", "is invalid")),
    }
}

/// The address in the body.
fn email(request: &Request) -> Result<String, Reply> {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let email = body.get("email").and_then(Value::as_str).unwrap_or_default().trim();
    if email.is_empty() {
        return Err(invalid("email", "must be filled"));
    }
    let is_valid = email.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty() && domain.contains('.') && !email.contains(char::is_whitespace)
    });
    if !is_valid {
        let message = format!("{email} is an invalid email format");
        return Err(refusal(400, "Invalid Email", &message));
    }
    Ok(email.to_owned())
}

fn shown(calendly: &Calendly, invitation: &CalendlyInvitation) -> Value {
    let mut body = json!({
        "uri": calendly.invitation_uri(invitation), "organization": calendly.organization,
        "email": invitation.email, "status": invitation.status,
        "created_at": instant(invitation.created_at),
        "updated_at": instant(invitation.updated_at.unwrap_or(invitation.created_at)),
        "last_sent_at": invitation.last_sent_at.map(instant),
    });
    let is_accepted = invitation.status == InvitationStatus::Accepted;
    let user = calendly.users.iter().find(|user| user.has_email(&invitation.email));
    if let (Value::Object(body), Some(user)) = (&mut body, user.filter(|_| is_accepted)) {
        body.insert("user".to_owned(), json!(user.uri()));
    }
    body
}
