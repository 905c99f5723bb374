//! The token's user, the token itself, and the server's version.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Answered, access, instant};
use crate::{
    reply::Reply,
    request::Request,
    world::{User, World},
};

/// The creation time of everything whose creation time does not matter.
pub(super) const BEGINNING: Timestamp = Timestamp::constant(1_735_718_400, 0);

/// `GET /user` (GitLab docs: Users API).
pub(super) fn user(world: &World, request: &Request) -> Answered {
    let user = access::somebody(world, request, access::READ_USER)?.user;
    let mut body = basic(user, request);
    let email = &user.email;
    let own = json!({
        "created_at": instant(BEGINNING), "bio": "", "location": "", "linkedin": "",
        "twitter": "", "discord": "", "website_url": "", "github": "", "job_title": "",
        "pronouns": null, "organization": "", "bot": false, "work_information": null,
        "local_time": null, "last_sign_in_at": null, "confirmed_at": instant(BEGINNING),
        "last_activity_on": format!("{:.10}", instant(world.now)), "email": email, "theme_id": 3, "color_scheme_id": 1,
        "projects_limit": 100_000, "current_sign_in_at": null, "identities": [],
        "can_create_group": true, "can_create_project": true, "two_factor_enabled": false,
        "external": false, "private_profile": false, "commit_email": email,
        "preferred_language": "en",
    });
    if let (Value::Object(body), Value::Object(own)) = (&mut body, own) {
        body.extend(own);
    }
    Ok(Reply::json(200, &body))
}

/// A user as others see them.
pub(super) fn basic(user: &User, request: &Request) -> Value {
    json!({
        "id": user.id, "username": user.username, "public_email": null, "name": user.name,
        "state": user.state, "locked": false, "avatar_url": null,
        "web_url": format!("{}/{}", request.origin(), user.username),
    })
}

/// `GET /personal_access_tokens/self` (GitLab docs: Personal access tokens API).
pub(super) fn token(world: &World, request: &Request) -> Answered {
    let caller = access::somebody(world, request, access::ANY)?;
    let position = world.tokens.iter().position(|token| token.value == caller.token.value);
    let body = json!({
        "id": position.map_or(0, |position| position + 1), "name": "sandbox",
        "revoked": caller.token.revoked, "created_at": instant(BEGINNING), "description": null,
        "scopes": caller.token.scopes, "user_id": caller.user.id,
        "last_used_at": instant(world.now), "active": true,
        "expires_at": caller.token.expires_at.map(|day| day.to_string()),
        "last_used_ips": ["127.0.0.1"],
    });
    Ok(Reply::json(200, &body))
}

/// `GET /version` and `GET /metadata` (GitLab docs: Metadata API).
pub(super) fn version(world: &World, request: &Request) -> Answered {
    access::somebody(world, request, access::READ_USER)?;
    let kas = json!({
        "enabled": false, "externalUrl": null, "externalK8sProxyUrl": null, "version": null,
    });
    let body = json!({
        "version": "18.9.0-pre", "revision": "6714c913625", "kas": kas, "enterprise": false,
    });
    Ok(Reply::json(200, &body))
}
