//! The beginning of a small Calendly: API v2.

use serde_json::json;

use crate::{reply::Reply, request::Request, world::World};

/// Requests a user may make in a minute on a paid plan (Calendly docs: API rate limits).
const LIMIT: u32 = 500;

/// What Calendly answers to a request.
pub(crate) fn answer(world: &World, request: &Request) -> Reply {
    let is_me = request.raw_path() == "/users/me" && !request.is_write();
    let reply = if is_me { me(world, request) } else { unknown() };
    reply
        .with("x-ratelimit-limit", LIMIT.to_string())
        .with("x-ratelimit-remaining", (LIMIT - 1).to_string())
        // Seconds from now, not an instant.
        .with("x-ratelimit-reset", "60")
}

/// `GET /users/me` (Calendly docs: Get current user).
fn me(world: &World, request: &Request) -> Reply {
    let calendly = &world.calendly;
    let sent = request.bearer().unwrap_or_default();
    let token = calendly.tokens.iter().find(|token| token.value == sent);
    let user = token.and_then(|token| calendly.users.iter().find(|user| user.email == token.user));
    let Some(user) = user else {
        return refusal(401, "Unauthenticated", "The access token is invalid");
    };
    let resource = json!({
        "uri": user.uri, "name": user.name, "slug": user.slug, "email": user.email,
        "scheduling_url": format!("https://calendly.com/{}", user.slug),
        "timezone": user.timezone, "avatar_url": null,
        "created_at": "2025-01-01T08:00:00.000000Z", "updated_at": "2025-01-01T08:00:00.000000Z",
        "current_organization": calendly.organization,
    });
    Reply::json(200, &json!({"resource": resource}))
}

fn unknown() -> Reply {
    let message = "The server could not find the requested resource.";
    refusal(404, "Resource Not Found", message)
}

/// Calendly's shape of an error.
fn refusal(status: u16, title: &str, message: &str) -> Reply {
    Reply::json(status, &json!({"title": title, "message": message}))
}
