//! Invitations: listed, made, accepted, revoked.

use sandbox::{InvitationStatus, Sandbox};
use serde_json::json;

use super::{
    API, MEMBERSHIPS, call, get, names, open, path, post, refuses, refuses_parameter, world,
};

const INVITATIONS: &str = "/organizations/O1/invitations";
const SCIM: &str = "You cannot perform this action for an organization with SCIM enabled.";

/// Three invitations, made in another order than they stand in, one of each status.
fn with_invitations() -> anyhow::Result<Sandbox> {
    let mut world = world();
    for (name, day, status) in [
        ("pia", 3, InvitationStatus::Pending),
        ("uma", 1, InvitationStatus::Accepted),
        ("dan", 2, InvitationStatus::Declined),
    ] {
        let at = format!("2026-11-0{day}T00:00:00Z").parse()?;
        world.calendly.invite(&format!("{name}@example.com"), at).status = status;
    }
    Sandbox::start(world)
}

fn invitation(sandbox: &Sandbox, name: &str) -> String {
    let uri = sandbox.update(|world| {
        let mut all = world.calendly.invitations.iter();
        let found = all.find(|one| one.email == format!("{name}@example.com"));
        found.map(|found| world.calendly.invitation_uri(found))
    });
    path(&uri.unwrap_or_default()).to_owned()
}

#[test]
fn invitations_are_listed_filtered_and_sorted() -> anyhow::Result<()> {
    let sandbox = with_invitations()?;
    for (query, expected) in [
        ("", &["uma", "dan", "pia"][..]),
        ("sort=created_at", &["uma", "dan", "pia"]),
        ("sort=created_at:asc", &["uma", "dan", "pia"]),
        ("sort=created_at:desc", &["pia", "dan", "uma"]),
        ("status=pending", &["pia"]),
        ("status=accepted", &["uma"]),
        ("status=declined", &["dan"]),
        ("email=PIA@example.com", &["pia"]),
        ("email=pia@example.com&status=declined", &[]),
        ("count=2", &["uma", "dan"]),
    ] {
        let seen = get(&sandbox, "ada", &format!("{INVITATIONS}?{query}"))?;
        assert_eq!(names(&seen.json()?), expected, "{query}");
    }
    for (parameter, value, message) in [
        ("status", "Pending", "must be one of: pending, accepted, declined"),
        ("sort", "email:asc", "is invalid"),
        ("count", "0", "must be greater than or equal to 1"),
    ] {
        let seen = get(&sandbox, "ada", &format!("{INVITATIONS}?{parameter}={value}"))?;
        refuses_parameter(&seen, parameter, message);
    }
    Ok(())
}

#[test]
fn an_invitation_has_every_field() -> anyhow::Result<()> {
    let sandbox = with_invitations()?;
    let day = |day| format!("2026-11-0{day}T00:00:00.000000Z");
    let pia = invitation(&sandbox, "pia");
    let mut expected = json!({
        "uri": format!("{API}{pia}"), "organization": format!("{API}/organizations/O1"),
        "email": "pia@example.com", "status": "pending", "created_at": day(3),
        "updated_at": day(3), "last_sent_at": day(3),
    });
    assert_eq!(get(&sandbox, "ada", &pia)?.json()?, json!({"resource": expected}));
    let user = sandbox.update(|world| -> anyhow::Result<String> {
        world.calendly.invitations[0].last_sent_at = None;
        let at = "2026-11-05T00:00:00Z".parse()?;
        let user = world.calendly.accept_invitation("PIA@example.com", at)?;
        assert_eq!((user.role.as_str(), user.joined), ("user", at));
        let uri = user.uri();
        assert!(world.calendly.accept_invitation("pia@example.com", at).is_err());
        Ok(uri)
    })?;
    expected["status"] = json!("accepted");
    expected["updated_at"] = json!(day(5));
    expected["last_sent_at"] = json!(null);
    expected["user"] = json!(user);
    assert_eq!(get(&sandbox, "ada", &pia)?.json()?, json!({"resource": expected}));
    let members = get(&sandbox, "ada", MEMBERSHIPS)?.json()?;
    assert_eq!(names(&members).last().map(String::as_str), Some("PIA"));
    Ok(())
}

#[test]
fn who_is_invited_is_pending_until_they_are_members() -> anyhow::Result<()> {
    let sandbox = open()?;
    let body = r#"{"email": " new@example.com "}"#;
    let seen = post(&sandbox, "ada", INVITATIONS, body)?;
    assert_eq!(seen.status, 201);
    let made = seen.json()?["resource"].clone();
    let now = "2026-11-22T12:00:00.000000Z";
    assert_eq!((&made["email"], &made["status"]), (&json!("new@example.com"), &json!("pending")));
    assert_eq!((&made["created_at"], &made["last_sent_at"]), (&json!(now), &json!(now)));
    let uri = made["uri"].as_str().unwrap_or_default();
    assert_eq!(get(&sandbox, "ada", path(uri))?.json()?["resource"], made);
    assert_eq!(names(&get(&sandbox, "ada", MEMBERSHIPS)?.json()?).len(), 4);
    let seen = post(&sandbox, "ada", INVITATIONS, r#"{"email": "NEW@example.com"}"#)?;
    refuses(&seen, 400, "Already Invited", "NEW@example.com has already been invited");
    assert_eq!(call(&sandbox, "ada", ("DELETE", path(uri)))?.status, 204);
    assert_eq!(get(&sandbox, "ada", path(uri))?.status, 404);
    let again = post(&sandbox, "ada", INVITATIONS, body)?.json()?;
    assert_ne!(again["resource"]["uri"], made["uri"], "what is revoked does not come back");
    // Whoever left may come back, with the account that they have.
    let seen = post(&sandbox, "ada", INVITATIONS, r#"{"email": "gone@example.com"}"#)?;
    assert_eq!(seen.status, 201);
    sandbox.update(|world| {
        let now = world.now;
        world.calendly.accept_invitation("gone@example.com", now).map(drop)
    })?;
    let members = get(&sandbox, "ada", MEMBERSHIPS)?.json()?;
    assert_eq!(names(&members), ["olga", "ada", "uma", "tim", "gone"]);
    assert_eq!(members["collection"][4]["role"], "user");
    assert_eq!(sandbox.writes().len(), 5);
    Ok(())
}

#[test]
fn who_declined_may_be_invited_again() -> anyhow::Result<()> {
    let sandbox = with_invitations()?;
    let seen = post(&sandbox, "ada", INVITATIONS, r#"{"email": "dan@example.com"}"#)?;
    assert_eq!(seen.status, 201);
    let seen = get(&sandbox, "ada", &format!("{INVITATIONS}?email=dan@example.com"))?.json()?;
    let status = |index: usize| seen["collection"][index]["status"].clone();
    assert_eq!([status(0), status(1)], [json!("declined"), json!("pending")]);
    Ok(())
}

#[test]
fn not_everything_can_be_invited() -> anyhow::Result<()> {
    let sandbox = open()?;
    for body in ["", "{}", "[]", "nonsense", r#"{"email": null}"#, r#"{"email": " "}"#] {
        refuses_parameter(&post(&sandbox, "ada", INVITATIONS, body)?, "email", "must be filled");
    }
    for email in ["x", "x@y", "@example.com", "a b@example.com"] {
        let body = json!({"email": email}).to_string();
        let seen = post(&sandbox, "ada", INVITATIONS, &body)?;
        refuses(&seen, 400, "Invalid Email", &format!("{email} is an invalid email format"));
    }
    let seen = post(&sandbox, "ada", INVITATIONS, r#"{"email": "Uma@example.com"}"#)?;
    let message = "Uma@example.com is already in the organization";
    refuses(&seen, 400, "Already Organization Member", message);
    assert!(names(&get(&sandbox, "ada", INVITATIONS)?.json()?).is_empty());
    Ok(())
}

#[test]
fn some_may_not_invite_or_revoke() -> anyhow::Result<()> {
    let sandbox = with_invitations()?;
    let denied = "Permission Denied";
    let (short, long) =
        ("You do not have permission", "You do not have permission to access this resource.");
    let body = r#"{"email": "new@example.com"}"#;
    let pia = invitation(&sandbox, "pia");
    refuses(&post(&sandbox, "uma", INVITATIONS, body)?, 403, denied, short);
    refuses(&post(&sandbox, "gone", INVITATIONS, body)?, 403, denied, short);
    for (name, place, message) in [
        ("uma", ("GET", INVITATIONS), long),
        ("gone", ("GET", INVITATIONS), long),
        ("uma", ("GET", &pia), long),
        ("gone", ("GET", &pia), long),
        ("uma", ("DELETE", &pia), long),
        ("gone", ("DELETE", &pia), short),
    ] {
        refuses(&call(&sandbox, name, place)?, 403, denied, message);
    }
    let seen = call(&sandbox, "ada", ("DELETE", &invitation(&sandbox, "uma")))?;
    let message = "The invitation has already been accepted.";
    refuses(&seen, 400, "Invitation Already Accepted", message);
    assert_eq!(call(&sandbox, "ada", ("GET", "/organizations/O2/invitations"))?.status, 404);
    assert_eq!(call(&sandbox, "ada", ("DELETE", &format!("{INVITATIONS}/X")))?.status, 404);
    sandbox.update(|world| world.calendly.scim = true);
    refuses(&post(&sandbox, "ada", INVITATIONS, body)?, 403, denied, SCIM);
    refuses(&call(&sandbox, "ada", ("DELETE", &pia))?, 403, denied, SCIM);
    assert_eq!(names(&get(&sandbox, "ada", INVITATIONS)?.json()?).len(), 3, "nothing changed");
    Ok(())
}

#[test]
fn another_organization_has_no_invitations() -> anyhow::Result<()> {
    let sandbox = with_invitations()?;
    let me = get(&sandbox, "gone", "/users/me")?.json()?;
    let own = me["resource"]["current_organization"].as_str().unwrap_or_default().to_owned();
    let own = format!("{}/invitations", path(&own));
    assert!(names(&get(&sandbox, "gone", &own)?.json()?).is_empty());
    let seen = post(&sandbox, "gone", &own, r#"{"email": "new@example.com"}"#)?;
    let message = "You already sent all the invitations allotted to you with a trial account.";
    refuses(&seen, 403, "Permission Denied", message);
    Ok(())
}
