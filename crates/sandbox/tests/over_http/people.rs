//! Users, members, labels and templates.

use sandbox::Sandbox;
use serde_json::json;

use crate::{
    http::get,
    office::{create, field, open, read, with_issue, world},
};

#[test]
fn a_user_is_found_by_name_in_any_case_unless_blocked() -> anyhow::Result<()> {
    let sandbox = open()?;
    sandbox.update(|world| world.users[4].state = "blocked".to_owned());
    for (name, ids) in [("bob", vec![4]), ("BOB", vec![4]), ("nobody", vec![]), ("ada", vec![])] {
        let users = read(&sandbox, "gus", &format!("users?username={name}"))?;
        assert_eq!(field(&users, "id"), ids, "{name}");
    }
    let bob = read(&sandbox, "gus", "users/4")?;
    assert_eq!((&bob["username"], &bob["state"]), (&json!("bob"), &json!("active")));
    let seen = get(&sandbox, "gus", "users/99")?;
    assert_eq!((seen.status, seen.json()?), (404, json!({"message": "404 User Not Found"})));
    Ok(())
}

#[test]
fn a_renamed_user_keeps_their_id_notes_and_rights() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    create(&sandbox, "bob", "projects/1/issues/1/notes", &json!({"body": "a"}))?;
    sandbox.update(|world| world.rename_user("bob", "robert"))?;
    assert_eq!(read(&sandbox, "gus", "users?username=bob")?, json!([]));
    let note = read(&sandbox, "bob", "projects/1/issues/1/notes/1")?;
    assert_eq!(note["author"]["username"], "robert");
    assert_eq!(note["author"]["id"], 4);
    Ok(())
}

#[test]
fn members_are_listed_the_blocked_too() -> anyhow::Result<()> {
    let sandbox = open()?;
    sandbox.update(|world| world.users[4].state = "blocked".to_owned());
    let path = "projects/1/members/all";
    let members = read(&sandbox, "gus", path)?;
    assert_eq!(field(&members, "username"), ["olga", "max", "dev", "bob", "ada", "gus"]);
    assert_eq!(field(&members, "access_level"), [50, 40, 30, 20, 20, 10]);
    assert_eq!(members[4]["state"], "blocked");
    let found = read(&sandbox, "gus", &format!("{path}?query=BO"))?;
    assert_eq!(field(&found, "id"), [4]);
    assert_eq!(read(&sandbox, "gus", &format!("{path}/5"))?["state"], "blocked");
    let seen = get(&sandbox, "gus", &format!("{path}/7"))?;
    assert_eq!((seen.status, seen.text().as_str()), (404, r#"{"message":"404 Not found"}"#));
    let seen = get(&sandbox, "gus", &format!("{path}?per_page=4"))?;
    assert_eq!((seen.header("x-total"), seen.header("x-next-page")), ("6", "2"));
    assert_eq!(get(&sandbox, "eve", path)?.status, 404);
    assert_eq!(read(&sandbox, "gus", "projects/1/members")?, members);
    assert_eq!(read(&sandbox, "gus", "projects/1/members/4")?, members[3]);
    Ok(())
}

#[test]
fn an_account_is_blocked_and_let_back_in() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    sandbox.update(|world| world.block_user("ada"))?;
    assert_eq!(read(&sandbox, "gus", "users?username=ada")?, json!([]));
    assert_eq!(read(&sandbox, "gus", "users/5")?["state"], "blocked");
    assert_eq!(read(&sandbox, "gus", "projects/1/members/all/5")?["state"], "blocked");
    let seen = get(&sandbox, "ada", "projects/1/issues/1")?;
    let text = "403 Forbidden - Your account has been blocked.";
    assert_eq!((seen.status, seen.json()?), (403, json!({"message": text})));
    sandbox.update(|world| world.unblock_user("ada"))?;
    assert_eq!(get(&sandbox, "ada", "projects/1/issues/1")?.status, 200);
    assert!(sandbox.update(|world| world.block_user("nobody")).is_err());
    Ok(())
}

#[test]
fn a_membership_changes_and_ends() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let level = |user: u64| -> anyhow::Result<_> {
        let seen = get(&sandbox, "dev", &format!("projects/1/members/all/{user}"))?;
        Ok(if seen.status == 200 { seen.json()?["access_level"].as_u64() } else { None })
    };
    // ada is 5, gus is 6, eve is 7.
    assert_eq!((level(6)?, level(7)?), (Some(10), None));
    sandbox.update(|world| -> anyhow::Result<()> {
        world.set_access_level("group/audits", "gus", 20)?;
        world.set_access_level("group/audits", "eve", 15)?;
        world.remove_member("group/audits", "ada")?;
        assert!(world.remove_member("group/audits", "ada").is_err());
        assert!(world.set_access_level("group/audits", "nobody", 20).is_err());
        Ok(())
    })?;
    assert_eq!((level(5)?, level(6)?, level(7)?), (None, Some(20), Some(15)));
    assert_eq!(get(&sandbox, "ada", "projects/1/issues/1")?.status, 404);
    assert_eq!(get(&sandbox, "eve", "projects/1/issues/1")?.status, 200);
    Ok(())
}

#[test]
fn a_status_tells_who_is_busy() -> anyhow::Result<()> {
    let sandbox = open()?;
    sandbox.update(|world| world.users[3].busy = true);
    for (user, availability) in [("4", json!("busy")), ("5", json!(null))] {
        let status = read(&sandbox, "gus", &format!("users/{user}/status"))?;
        assert_eq!(status["availability"], availability);
    }
    assert_eq!(get(&sandbox, "gus", "users/99/status")?.status, 404);
    Ok(())
}

#[test]
fn labels_are_listed_by_name() -> anyhow::Result<()> {
    let sandbox = open()?;
    create(&sandbox, "dev", "projects/1/issues", &json!({"title": "a", "labels": "new"}))?;
    let labels = read(&sandbox, "gus", "projects/1/labels")?;
    assert_eq!(field(&labels, "name"), ["calendly", "new", "x"]);
    assert_eq!(field(&labels, "id"), [1001, 1003, 1002]);
    let labels = read(&sandbox, "gus", "projects/1/labels?search=cal")?;
    assert_eq!(field(&labels, "name"), ["calendly"]);
    Ok(())
}

#[test]
fn templates_are_those_of_the_default_branch() -> anyhow::Result<()> {
    let mut world = world();
    let project = world.project("group/audits")?;
    for (path, text) in [
        (".gitlab/issue_templates/Calendly.md", "## Request\n\n/label ~calendly\n"),
        (".gitlab/issue_templates/Access request.md", "x"),
        (".gitlab/issue_templates/not a template.txt", "x"),
        ("README.md", "x"),
    ] {
        project.add_file(path, text);
    }
    let sandbox = Sandbox::start(world)?;
    let path = "projects/1/templates/issues";
    let names = ["Access request", "Calendly"].map(|name| json!({"key": name, "name": name}));
    assert_eq!(read(&sandbox, "gus", path)?, json!(names));
    let found = read(&sandbox, "gus", &format!("{path}/Calendly"))?;
    let content = "## Request\n\n/label ~calendly\n";
    assert_eq!(found, json!({"name": "Calendly", "content": content}));
    assert_eq!(read(&sandbox, "gus", &format!("{path}/Access%20request"))?["content"], "x");
    let seen = get(&sandbox, "gus", &format!("{path}/Nope"))?;
    assert_eq!((seen.status, seen.json()?), (404, json!({"message": "404 Template Not Found"})));
    Ok(())
}
