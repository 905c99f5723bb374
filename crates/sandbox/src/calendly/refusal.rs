//! Refusals in Calendly's shape (Calendly docs: Error response).

use serde_json::json;

use crate::reply::Reply;

/// The message about something that the caller may not see.
pub(super) const NO_ACCESS: &str = "You do not have permission to access this resource.";

/// A refusal without details.
pub(super) fn refusal(status: u16, title: &str, message: &str) -> Reply {
    Reply::json(status, &json!({"title": title, "message": message}))
}

/// 401, also where no token was sent.
pub(super) fn unauthenticated() -> Reply {
    refusal(401, "Unauthenticated", "The access token is invalid")
}

/// 403 with one of the texts that the documentation has for the route.
pub(super) fn denied(message: &str) -> Reply {
    refusal(403, "Permission Denied", message)
}

/// 404, also for an address without a route.
pub(super) fn not_found() -> Reply {
    let message = "The server could not find the requested resource.";
    refusal(404, "Resource Not Found", message)
}

/// 400 for one parameter, of the query or of the body.
pub(super) fn invalid(parameter: &str, message: &str) -> Reply {
    let body = json!({
        "title": "Invalid Argument", "message": "The supplied parameters are invalid.",
        "details": [{"parameter": parameter, "message": message}],
    });
    Reply::json(400, &body)
}

/// 429, without `Retry-After` (Calendly docs: Rate limits; its text is not documented).
pub(super) fn too_many_requests() -> Reply {
    refusal(429, "Too Many Requests", "The rate limit is exceeded.")
}
