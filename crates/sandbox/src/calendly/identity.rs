//! The token's user, and the organisation.

use serde_json::{Value, json};

use super::{
    Answered, access,
    account::{BEGINNING, CalendlyUser},
    instant,
    memberships::person,
    organization::{API, Calendly},
    refusal::{NO_ACCESS, denied, not_found},
};
use crate::{reply::Reply, request::Request, world::World};

/// `GET /users/me` (Calendly docs: Get current user).
pub(super) fn me(world: &World, request: &Request) -> Answered {
    let calendly = &world.calendly;
    let caller = access::caller(calendly, request, access::USERS_READ)?;
    let mut resource = person(caller);
    if let Value::Object(resource) = &mut resource {
        let organization = calendly.organization_of(caller);
        resource.insert("current_organization".to_owned(), json!(organization));
    }
    Ok(Reply::json(200, &json!({"resource": resource})))
}

/// `GET /organizations/{uuid}` (Calendly docs: Get organization).
pub(super) fn organization(world: &World, request: &Request, id: &str) -> Answered {
    let calendly = &world.calendly;
    let caller = access::caller(calendly, request, access::READ)?;
    own(calendly, caller, id, NO_ACCESS)?;
    let resource = json!({
        "uri": calendly.organization_of(caller), "name": "Sandbox", "plan": "teams",
        "stage": "paid", "created_at": instant(BEGINNING), "updated_at": instant(BEGINNING),
    });
    Ok(Reply::json(200, &json!({"resource": resource})))
}

/// Refuses an organisation other than the caller's.
///
/// # Errors
///
/// 403 with the message for another one, 404 for one that is not there.
pub(super) fn own(
    calendly: &Calendly,
    caller: &CalendlyUser,
    id: &str,
    message: &str,
) -> Result<(), Reply> {
    let uri = format!("{API}/organizations/{id}");
    if calendly.organization_of(caller) == uri {
        return Ok(());
    }
    let mut organizations = calendly.users.iter().map(|user| calendly.organization_of(user));
    if calendly.organization == uri || organizations.any(|organization| organization == uri) {
        return Err(denied(message));
    }
    Err(not_found())
}
