//! Who one is, and what a token may do.

use sandbox::{CalendlyToken, Sandbox, Service};
use serde_json::json;

use super::{API, MEMBERSHIPS, call, get, membership, open, post, refuses, world};
use crate::http::send;

const NO_ACCESS: &str = "You do not have permission to access this resource.";

#[test]
fn me_is_the_owner_of_the_token() -> anyhow::Result<()> {
    let sandbox = open()?;
    let seen = get(&sandbox, "ada", "/users/me")?;
    assert_eq!(seen.status, 200);
    assert_eq!(seen.header("content-type"), "application/json");
    let uri = sandbox.update(|world| world.calendly.member("ada@example.com").unwrap().uri());
    let beginning = "2025-01-01T08:00:00.000000Z";
    let expected = json!({
        "uri": uri, "name": "ada", "slug": "ada", "email": "ada@example.com",
        "scheduling_url": "https://calendly.com/ada", "timezone": "Etc/UTC", "avatar_url": null,
        "created_at": beginning, "updated_at": beginning,
        "current_organization": format!("{API}/organizations/O1"),
    });
    assert_eq!(seen.json()?, json!({"resource": expected}));
    let requests = sandbox.requests();
    let services: Vec<Service> = requests.iter().map(|request| request.service).collect();
    assert_eq!(services, [Service::Calendly]);
    Ok(())
}

#[test]
fn without_a_valid_token_nothing_is_told() -> anyhow::Result<()> {
    let sandbox = open()?;
    for headers in [
        &[][..],
        &[("Authorization", "Bearer nope")],
        &[("Authorization", "Basic token-of-ada")],
        &[("PRIVATE-TOKEN", "token-of-ada")],
    ] {
        for path in ["/users/me", "/organizations/O1", MEMBERSHIPS, "/organizations/O1/invitations"]
        {
            let seen = send(&sandbox.calendly_url(), "GET", path, headers)?;
            refuses(&seen, 401, "Unauthenticated", "The access token is invalid");
        }
    }
    Ok(())
}

#[test]
fn what_is_no_route_is_not_found() -> anyhow::Result<()> {
    let sandbox = open()?;
    for place in [
        ("GET", "/nope"),
        ("GET", "/"),
        ("GET", "/api/v4/user"),
        ("POST", "/users/me"),
        ("PUT", "/organization_memberships/X"),
        ("POST", MEMBERSHIPS),
        ("PATCH", "/organizations/O1/invitations"),
        ("GET", "/organizations/O1/nope"),
    ] {
        let seen = call(&sandbox, "ada", place)?;
        let message = "The server could not find the requested resource.";
        refuses(&seen, 404, "Resource Not Found", message);
    }
    assert_eq!(sandbox.writes().len(), 4);
    Ok(())
}

#[test]
fn an_organization_is_told_to_its_own() -> anyhow::Result<()> {
    let sandbox = open()?;
    let seen = get(&sandbox, "uma", "/organizations/O1")?.json()?;
    assert_eq!(seen["resource"]["uri"], format!("{API}/organizations/O1"));
    let seen = get(&sandbox, "gone", "/organizations/O1")?;
    refuses(&seen, 403, "Permission Denied", NO_ACCESS);
    let me = get(&sandbox, "gone", "/users/me")?.json()?;
    let own = me["resource"]["current_organization"].as_str().unwrap_or_default().to_owned();
    let seen = get(&sandbox, "gone", super::path(&own))?.json()?;
    assert_eq!(seen["resource"]["uri"], own);
    assert_eq!(get(&sandbox, "ada", super::path(&own))?.status, 403);
    assert_eq!(get(&sandbox, "ada", "/organizations/NONE")?.status, 404);
    Ok(())
}

#[test]
fn scopes_open_what_they_should() -> anyhow::Result<()> {
    let scopes = ["users:read", "organizations:read", "organizations:write", "groups:write", ""];
    let mut world = world();
    for scope in scopes {
        let token = CalendlyToken::new(&format!("token-of-{scope}"), "ada@example.com");
        let scopes: Vec<&str> = scope.split(' ').filter(|scope| !scope.is_empty()).collect();
        world.calendly.add_token(token.limited_to(&scopes));
    }
    let sandbox = Sandbox::start(world)?;
    let member = membership(&sandbox, "uma");
    let invitations = "/organizations/O1/invitations";
    for (scope, [me, reads, writes]) in scopes.into_iter().zip([
        [true, false, false],
        [false, true, false],
        [false, true, true],
        [false, false, false],
        [false, false, false],
    ]) {
        for (place, allowed) in [
            (("GET", "/users/me"), me),
            (("GET", "/organizations/O1"), reads),
            (("GET", MEMBERSHIPS), reads),
            (("GET", member.as_str()), reads),
            (("GET", invitations), reads),
            (("DELETE", member.as_str()), writes),
            (("DELETE", "/organizations/O1/invitations/X"), writes),
        ] {
            let seen = call(&sandbox, scope, place)?;
            if allowed {
                assert_ne!(seen.status, 403, "{scope} {place:?}");
            } else {
                let message = "Permission denied or insufficient scope";
                refuses(&seen, 403, "Permission Denied", message);
            }
        }
        let seen = post(&sandbox, scope, invitations, r#"{"email":"new@example.com"}"#)?;
        assert_eq!(seen.status, if writes { 201 } else { 403 }, "{scope}");
    }
    Ok(())
}
