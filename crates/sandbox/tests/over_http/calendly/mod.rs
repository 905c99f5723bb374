//! Calendly: who asks and what they may, members, invitations, pages, limits.

mod access;
mod export;
mod invitations;
mod large;
mod memberships;
mod pages;
mod quota;

use jiff::Timestamp;
use sandbox::{Calendly, CalendlyToken, CalendlyUser, Sandbox, World};
use serde_json::{Value, json};

use crate::http::{Seen, send, send_with};

const API: &str = "https://api.calendly.com";
const MEMBERSHIPS: &str = "/organization_memberships";

/// An owner, an admin, a user and somebody of a new kind; `gone` has left. The token of each is
/// `token-of-<name>`.
fn world() -> World {
    let mut calendly =
        Calendly { organization: format!("{API}/organizations/O1"), ..Calendly::default() };
    for (name, role) in [
        ("olga", "owner"),
        ("ada", "admin"),
        ("uma", "user"),
        ("tim", "team_manager"),
        ("gone", "user"),
    ] {
        let email = format!("{name}@example.com");
        let member = calendly.add_member(&email);
        role.clone_into(&mut member.role);
        if name == "gone" {
            member.leave();
        }
        calendly.add_token(CalendlyToken::new(&format!("token-of-{name}"), &email));
    }
    // 2026-11-22 12:00 UTC.
    World { calendly, now: Timestamp::constant(1_795_348_800, 0), ..World::empty() }
}

fn open() -> anyhow::Result<Sandbox> {
    Sandbox::start(world())
}

/// GET as `name`.
fn get(sandbox: &Sandbox, name: &str, path: &str) -> anyhow::Result<Seen> {
    call(sandbox, name, ("GET", path))
}

/// A request without a body as `name`.
fn call(sandbox: &Sandbox, name: &str, (method, path): (&str, &str)) -> anyhow::Result<Seen> {
    let bearer = format!("Bearer token-of-{name}");
    send(&sandbox.calendly_url(), method, path, &[("Authorization", &bearer)])
}

/// POST of JSON as `name`.
fn post(sandbox: &Sandbox, name: &str, path: &str, body: &str) -> anyhow::Result<Seen> {
    let bearer = format!("Bearer token-of-{name}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    send_with(&sandbox.calendly_url(), "POST", path, (&headers, body.as_bytes()))
}

/// The path of an identifier, which is the same at every address of the service.
fn path(uri: &str) -> &str {
    uri.strip_prefix(API).unwrap_or_default()
}

/// The path of the membership of `name`, or of what they have instead after they left.
fn membership(sandbox: &Sandbox, name: &str) -> String {
    let uri = sandbox.update(|world| {
        let mut users = world.calendly.users.iter();
        users.find(|user| user.name == name).map(CalendlyUser::membership_uri)
    });
    path(&uri.unwrap_or_default()).to_owned()
}

/// The first parts of the addresses in a list of members or invitations, in order.
fn names(body: &Value) -> Vec<String> {
    let items = body.get("collection").and_then(Value::as_array).into_iter().flatten();
    let email = |item: &Value| {
        let email = item.pointer("/user/email").or_else(|| item.get("email"));
        let email = email.and_then(Value::as_str).unwrap_or_default();
        email.split('@').next().unwrap_or_default().to_owned()
    };
    items.map(email).collect()
}

/// Refuses any other refusal.
#[track_caller]
fn refuses(seen: &Seen, status: u16, title: &str, message: &str) {
    assert_eq!(seen.status, status, "{}", seen.text());
    let body = json!({"title": title, "message": message});
    assert_eq!(seen.json().ok(), Some(body));
    assert_eq!(seen.header("content-type"), "application/json");
    assert_eq!(seen.header("retry-after"), "");
}

/// Refuses any refusal but a 400 for this parameter.
#[track_caller]
fn refuses_parameter(seen: &Seen, parameter: &str, message: &str) {
    assert_eq!(seen.status, 400, "{}", seen.text());
    let body = json!({
        "title": "Invalid Argument", "message": "The supplied parameters are invalid.",
        "details": [{"parameter": parameter, "message": message}],
    });
    assert_eq!(seen.json().ok(), Some(body));
}
