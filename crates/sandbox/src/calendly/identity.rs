//! Who the token is, and the organisation.

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
    let is_of = |user: &CalendlyUser| calendly.organization_of(user) == uri;
    if is_of(caller) {
        Ok(())
    } else if calendly.organization == uri || calendly.users.iter().any(is_of) {
        Err(denied(message))
    } else {
        Err(not_found())
    }
}
