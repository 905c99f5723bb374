//! Members of the organisation.

use serde_json::{Value, json};

use super::{
    Answered, access,
    account::CalendlyUser,
    instant,
    organization::{API, Calendly},
    page,
    refusal::{NO_ACCESS, denied, invalid, not_found},
};
use crate::{reply::Reply, request::Request, world::World};

const NOT_OURS: &str = "This user is not in your organization";

/// `GET /organization_memberships` (Calendly docs: List organization memberships), in the order
/// of [`Calendly::users`]. A user who is not an admin sees only themself. Parameters that the
/// documentation does not have, such as `sort`, are ignored.
pub(super) fn list(world: &World, request: &Request) -> Answered {
    let calendly = &world.calendly;
    let caller = access::caller(calendly, request, access::READ)?;
    let organization = reference(request, "organization", "organizations")?;
    if organization.is_some_and(|uri| uri != calendly.organization_of(caller)) {
        return Err(denied(NOT_OURS));
    }
    let mut members: Vec<&CalendlyUser> = calendly.users.iter().collect();
    members.retain(|user| user.organization == caller.organization);
    let user = reference(request, "user", "users")?;
    if user.as_ref().is_some_and(|uri| !members.iter().any(|user| user.uri() == *uri)) {
        return Err(denied(NOT_OURS));
    }
    let email = request.parameter("email");
    let role = request.parameter("role");
    let listed = members
        .into_iter()
        .filter(|member| caller.is_admin() || member.id == caller.id)
        .filter(|member| user.as_ref().is_none_or(|uri| member.uri() == *uri))
        .filter(|member| email.as_ref().is_none_or(|email| member.has_email(email)))
        .filter(|member| role.as_ref().is_none_or(|role| member.role == *role));
    page::render(world, request, listed, |member| membership(calendly, member))
}

/// `GET /organization_memberships/{uuid}` (Calendly docs: Get organization membership).
pub(super) fn show(world: &World, request: &Request, id: &str) -> Answered {
    let calendly = &world.calendly;
    let caller = access::caller(calendly, request, access::READ)?;
    let member = find(calendly, id)?;
    if member.organization != caller.organization {
        return Err(denied(NOT_OURS));
    }
    if !caller.is_admin() && member.id != caller.id {
        return Err(denied(NO_ACCESS));
    }
    Ok(Reply::json(200, &json!({"resource": membership(calendly, member)})))
}

/// `DELETE /organization_memberships/{uuid}` (Calendly docs: Remove user from organization).
/// The account stays; see [`CalendlyUser::leave`].
pub(super) fn remove(world: &mut World, request: &Request, id: &str) -> Answered {
    let calendly = &mut world.calendly;
    let caller = access::caller(calendly, request, access::WRITE)?;
    let member = find(calendly, id)?;
    if !caller.is_admin() {
        return Err(denied("You do not have permission to perform this action"));
    }
    if member.organization != caller.organization {
        return Err(denied("You cannot modify members from another organization"));
    }
    if member.id == caller.id {
        return Err(denied("You can not remove yourself from organization"));
    }
    if member.role == "owner" {
        return Err(denied("You can not change owner role"));
    }
    let member = member.id.clone();
    for user in calendly.users.iter_mut().filter(|user| user.id == member) {
        user.leave();
    }
    Ok(Reply::nothing())
}

fn find<'world>(calendly: &'world Calendly, id: &str) -> Result<&'world CalendlyUser, Reply> {
    let found = calendly.users.iter().find(|user| user.membership_id() == id);
    found.ok_or_else(not_found)
}

/// A parameter that names something by its URI.
fn reference(request: &Request, name: &str, kind: &str) -> Result<Option<String>, Reply> {
    let Some(sent) = request.parameter(name) else { return Ok(None) };
    let is_uri = sent.strip_prefix(&format!("{API}/{kind}/")).is_some_and(|id| !id.is_empty());
    if is_uri { Ok(Some(sent)) } else { Err(invalid(name, "must be a valid URI")) }
}

fn membership(calendly: &Calendly, member: &CalendlyUser) -> Value {
    let joined = instant(member.joined);
    json!({
        "uri": member.membership_uri(), "role": member.role, "user": person(member),
        "organization": calendly.organization_of(member),
        "updated_at": joined, "created_at": joined,
    })
}

/// A membership as JSON.
pub(super) fn person(user: &CalendlyUser) -> Value {
    let joined = instant(user.joined);
    json!({
        "uri": user.uri(), "name": user.name, "slug": user.slug, "email": user.email,
        "scheduling_url": user.scheduling_url(), "timezone": user.timezone, "avatar_url": null,
        "created_at": joined, "updated_at": joined,
    })
}
