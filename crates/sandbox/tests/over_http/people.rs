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
