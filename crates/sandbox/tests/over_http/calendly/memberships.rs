//! Members: listed, found, removed.

use sandbox::{Answer, Fault, FaultKind};
use serde_json::json;

use super::{
    API, MEMBERSHIPS, call, get, membership, names, open, path, refuses, refuses_parameter,
};

const OTHERS: &str = "This user is not in your organization";

#[test]
fn a_membership_has_every_field() -> anyhow::Result<()> {
    let sandbox = open()?;
    let (uri, person) = sandbox.update(|world| {
        let member = world.calendly.member("TIM@example.com").unwrap();
        "Tim Ng".clone_into(&mut member.name);
        member.joined = "2024-05-06T07:08:09.123456Z".parse().unwrap();
        (member.membership_uri(), member.uri())
    });
    let joined = "2024-05-06T07:08:09.123456Z";
    let user = json!({
        "uri": person, "name": "Tim Ng", "slug": "tim", "email": "tim@example.com",
        "scheduling_url": "https://calendly.com/tim", "timezone": "Etc/UTC", "avatar_url": null,
        "created_at": joined, "updated_at": joined,
    });
    let expected = json!({
        "uri": uri, "role": "team_manager", "user": user, "created_at": joined,
        "updated_at": joined, "organization": format!("{API}/organizations/O1"),
    });
    let seen = get(&sandbox, "ada", path(&uri))?;
    assert_eq!((seen.status, seen.json()?), (200, json!({"resource": expected})));
    let list = get(&sandbox, "ada", &format!("{MEMBERSHIPS}?email=tim@example.com"))?.json()?;
    assert_eq!(list["collection"], json!([expected]));
    let end = json!({
        "count": 1, "next_page": null, "previous_page": null, "next_page_token": null,
        "previous_page_token": null,
    });
    assert_eq!(list["pagination"], end);
    Ok(())
}

#[test]
fn members_are_listed_and_filtered() -> anyhow::Result<()> {
    let sandbox = open()?;
    let uma = sandbox.update(|world| world.calendly.member("uma@example.com").unwrap().uri());
    let ours = format!("organization={API}/organizations/O1");
    for (query, expected) in [
        ("", &["olga", "ada", "uma", "tim"][..]),
        (&ours, &["olga", "ada", "uma", "tim"]),
        ("role=owner", &["olga"]),
        ("role=team_manager", &["tim"]),
        ("role=none", &[]),
        ("email=UMA%40Example.com", &["uma"]),
        ("email=uma", &[]),
        ("email=gone@example.com", &[]),
        (&format!("user={uma}"), &["uma"]),
        (&format!("user={uma}&role=owner"), &[]),
        ("sort=role:desc", &["olga", "ada", "uma", "tim"]),
    ] {
        let seen = get(&sandbox, "ada", &format!("{MEMBERSHIPS}?{query}"))?;
        assert_eq!(names(&seen.json()?), expected, "{query}");
    }
    Ok(())
}

#[test]
fn who_is_no_admin_sees_only_themself() -> anyhow::Result<()> {
    let sandbox = open()?;
    for (name, expected) in [
        ("olga", &["olga", "ada", "uma", "tim"][..]),
        ("uma", &["uma"]),
        ("tim", &["tim"]),
        ("gone", &["gone"]),
    ] {
        assert_eq!(names(&get(&sandbox, name, MEMBERSHIPS)?.json()?), expected, "{name}");
    }
    let seen = get(&sandbox, "uma", &membership(&sandbox, "tim"))?;
    let message = "You do not have permission to access this resource.";
    refuses(&seen, 403, "Permission Denied", message);
    assert_eq!(get(&sandbox, "uma", &membership(&sandbox, "uma"))?.status, 200);
    Ok(())
}

#[test]
fn others_than_ours_are_refused() -> anyhow::Result<()> {
    let sandbox = open()?;
    let gone = sandbox.update(|world| world.calendly.users.last().unwrap().uri());
    for query in [
        format!("organization={API}/organizations/O2"),
        format!("user={gone}"),
        format!("user={API}/users/NOBODY"),
    ] {
        let seen = get(&sandbox, "ada", &format!("{MEMBERSHIPS}?{query}"))?;
        refuses(&seen, 403, "Permission Denied", OTHERS);
    }
    let seen = get(&sandbox, "ada", &membership(&sandbox, "gone"))?;
    refuses(&seen, 403, "Permission Denied", OTHERS);
    for parameter in ["organization", "user"] {
        for value in ["O1", "", "https://api.calendly.com/groups/O1"] {
            let seen = get(&sandbox, "ada", &format!("{MEMBERSHIPS}?{parameter}={value}"))?;
            refuses_parameter(&seen, parameter, "must be a valid URI");
        }
    }
    assert_eq!(get(&sandbox, "ada", &format!("{MEMBERSHIPS}/NONE"))?.status, 404);
    Ok(())
}

#[test]
fn who_is_removed_keeps_their_account() -> anyhow::Result<()> {
    let sandbox = open()?;
    let uma = membership(&sandbox, "uma");
    let seen = call(&sandbox, "ada", ("DELETE", &uma))?;
    assert_eq!((seen.status, seen.text().as_str()), (204, ""));
    assert_eq!(names(&get(&sandbox, "ada", MEMBERSHIPS)?.json()?), ["olga", "ada", "tim"]);
    assert_eq!(call(&sandbox, "ada", ("DELETE", &uma))?.status, 404);
    assert_eq!(get(&sandbox, "ada", &uma)?.status, 404);
    let me = get(&sandbox, "uma", "/users/me")?.json()?;
    assert_eq!(me["resource"]["email"], "uma@example.com");
    assert_ne!(me["resource"]["current_organization"], format!("{API}/organizations/O1"));
    let writes = sandbox.writes();
    let writes: Vec<(&str, &str)> =
        writes.iter().map(|write| (write.method.as_str(), write.path.as_str())).collect();
    assert_eq!(writes, [("DELETE", uma.as_str()), ("DELETE", uma.as_str())]);
    Ok(())
}

#[test]
fn some_cannot_remove_and_some_cannot_be_removed() -> anyhow::Result<()> {
    let sandbox = open()?;
    sandbox.update(|world| world.calendly.scim = true);
    for (caller, name, message) in [
        ("uma", "tim", "You do not have permission to perform this action"),
        ("tim", "uma", "You do not have permission to perform this action"),
        ("ada", "olga", "You can not change owner role"),
        ("ada", "ada", "You can not remove yourself from organization"),
        ("olga", "olga", "You can not remove yourself from organization"),
        ("ada", "gone", "You cannot modify members from another organization"),
        ("gone", "uma", "You cannot modify members from another organization"),
    ] {
        let seen = call(&sandbox, caller, ("DELETE", &membership(&sandbox, name)))?;
        refuses(&seen, 403, "Permission Denied", message);
    }
    let all = ["olga", "ada", "uma", "tim"];
    assert_eq!(names(&get(&sandbox, "ada", MEMBERSHIPS)?.json()?), all);
    let seen = call(&sandbox, "olga", ("DELETE", &membership(&sandbox, "ada")))?;
    assert_eq!(seen.status, 204, "one admin may remove another, whatever provides the accounts");
    Ok(())
}

#[test]
fn a_removal_may_be_done_though_the_answer_says_otherwise() -> anyhow::Result<()> {
    let sandbox = open()?;
    let (title, message) = (
        "Internal Server Error",
        "The server encountered an unexpected \
        condition that prevented it from fulfilling the request.",
    );
    let answer = Answer::calendly(500, title, message);
    for (kind, name, left) in [
        (FaultKind::Answer(answer.clone()), "uma", &["olga", "ada", "uma", "tim"][..]),
        (FaultKind::AnswerAfter(answer), "uma", &["olga", "ada", "tim"]),
    ] {
        sandbox.inject(Fault::new(MEMBERSHIPS, kind).method("DELETE"));
        let seen = call(&sandbox, "ada", ("DELETE", &membership(&sandbox, name)))?;
        refuses(&seen, 500, title, message);
        assert_eq!(names(&get(&sandbox, "ada", MEMBERSHIPS)?.json()?), left);
    }
    sandbox.inject(Fault::new(MEMBERSHIPS, FaultKind::CutAfter).method("DELETE"));
    assert!(call(&sandbox, "ada", ("DELETE", &membership(&sandbox, "tim"))).is_err());
    assert_eq!(names(&get(&sandbox, "ada", MEMBERSHIPS)?.json()?), ["olga", "ada"]);
    Ok(())
}
