//! Reactions: the statuses and bodies were recorded from GitLab 18.9 where nothing else is said.

use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::{
    http::{get, write},
    office::{create, field, read, update, with_issue},
};

const ONE: &str = "projects/1/issues/1";
const AWARDS: &str = "projects/1/issues/1/notes/1/award_emoji";

/// An issue of `dev`'s with a comment of `bob`'s.
fn with_note() -> anyhow::Result<Sandbox> {
    let sandbox = with_issue()?;
    create(&sandbox, "bob", &format!("{ONE}/notes"), &json!({"body": "@gus?"}))?;
    Ok(sandbox)
}

/// Reacts, and gives back the status and the message.
fn react(sandbox: &Sandbox, user: &str, path: &str, name: &str) -> anyhow::Result<(u16, Value)> {
    let seen = write(sandbox, user, ("POST", path), &json!({"name": name}))?;
    Ok((seen.status, seen.json()?.get("message").cloned().unwrap_or_default()))
}

#[test]
fn a_reaction_has_the_fields_that_gitlab_gives_it_and_tells_nobody() -> anyhow::Result<()> {
    let sandbox = with_note()?;
    let told = sandbox.notifications();
    let award = create(&sandbox, "gus", AWARDS, &json!({"name": "thumbsup"}))?;
    let mut expected = json!({
        "id": 1, "name": "thumbsup", "created_at": "2026-11-22T12:00:00.002Z",
        "updated_at": "2026-11-22T12:00:00.002Z", "awardable_id": 1, "awardable_type": "Note",
        "url": null,
    });
    expected["user"] = read(&sandbox, "gus", &format!("{ONE}/notes/1"))?["author"].clone();
    expected["user"]["id"] = json!(6);
    expected["user"]["username"] = json!("gus");
    expected["user"]["name"] = json!("gus");
    expected["user"]["web_url"] = json!(format!("{}/gus", sandbox.gitlab_url()));
    assert_eq!(award, expected);
    assert_eq!(read(&sandbox, "bob", &format!("{AWARDS}/1"))?, award);
    assert_eq!(read(&sandbox, "bob", AWARDS)?, json!([award]));
    assert_eq!(sandbox.notifications(), told);
    let note = read(&sandbox, "bob", &format!("{ONE}/notes/1"))?;
    assert_eq!(note["updated_at"], "2026-11-22T12:00:00.002Z", "as in GitLab's code");
    assert_eq!(note["created_at"], "2026-11-22T12:00:00.001Z");
    Ok(())
}

#[test]
fn one_reacts_once_with_a_name_that_exists_to_what_one_sees() -> anyhow::Result<()> {
    let sandbox = with_note()?;
    create(&sandbox, "bob", &format!("{ONE}/notes"), &json!({"body": "x", "internal": true}))?;
    update(&sandbox, "bob", ONE, &json!({"title": "New"}))?;
    let made = json!(null);
    let unknown = json!("404 Award Emoji Name is not a valid emoji name Not Found");
    let taken = json!("404 Award Emoji Name has already been taken Not Found");
    let missing = json!("404 Not found");
    let system = json!("404 Award Emoji Awardable cannot be awarded emoji Not Found");
    let note = |id: u64| format!("{ONE}/notes/{id}/award_emoji");
    for (user, path, name, answer) in [
        ("gus", note(1), "thumbsup", (201, &made)),
        ("gus", note(1), "thumbsup", (404, &taken)),
        ("gus", note(1), "+1", (404, &taken)),
        ("ada", note(1), "thumbsup", (201, &made)),
        ("gus", note(1), "thumbsup_tone3", (201, &made)),
        ("gus", note(1), "eyes_tone3", (404, &unknown)),
        ("gus", note(1), "thumbsup_tone6", (404, &unknown)),
        ("gus", note(1), "nosuch", (404, &unknown)),
        ("gus", note(1), "", (404, &unknown)),
        ("gus", note(2), "eyes", (404, &missing)),
        ("ada", note(2), "eyes", (201, &made)),
        ("gus", note(3), "eyes", (404, &system)),
        ("gus", note(9), "eyes", (404, &missing)),
        ("eve", note(1), "eyes", (404, &json!("404 Project Not Found"))),
        ("gus", format!("{ONE}/award_emoji"), "eyes", (201, &made)),
    ] {
        let (status, message) = react(&sandbox, user, &path, name)?;
        assert_eq!((status, &message), answer, "{user} {path} {name}");
    }
    let seen = write(&sandbox, "gus", ("POST", &note(1)), &json!({}))?;
    assert_eq!((seen.status, seen.text().as_str()), (400, r#"{"error":"name is missing"}"#));
    assert_eq!(get(&sandbox, "gus", &note(2))?.status, 404);
    update(&sandbox, "dev", ONE, &json!({"confidential": true}))?;
    let (status, message) = react(&sandbox, "gus", &note(1), "tada")?;
    assert_eq!((status, message), (404, json!("404 Award Emoji Not Found")));
    Ok(())
}

#[test]
fn reactions_are_paged_and_taken_back_by_those_who_made_them() -> anyhow::Result<()> {
    let sandbox = with_note()?;
    for (user, name) in [("gus", "eyes"), ("ada", "eyes"), ("gus", "tada")] {
        create(&sandbox, user, AWARDS, &json!({"name": name}))?;
    }
    let seen = get(&sandbox, "bob", &format!("{AWARDS}?per_page=2"))?;
    assert_eq!((seen.header("x-total"), seen.header("x-next-page")), ("3", "2"));
    let next = format!(
        "<{}/api/v4/{AWARDS}?id=1&issue_iid=1&page=2&per_page=2>; rel=\"next\"",
        sandbox.gitlab_url()
    );
    assert!(seen.header("link").starts_with(&next), "{}", seen.header("link"));
    assert_eq!(field(&seen.json()?, "id"), [1, 2]);
    let delete = |user: &str, id: u64| -> anyhow::Result<u16> {
        let path = format!("{AWARDS}/{id}");
        Ok(write(&sandbox, user, ("DELETE", &path), &Value::Null)?.status)
    };
    assert_eq!(delete("ada", 1)?, 401);
    assert_eq!(delete("gus", 9)?, 404);
    assert_eq!(delete("gus", 1)?, 204);
    assert_eq!(delete("gus", 1)?, 404);
    assert_eq!(field(&read(&sandbox, "bob", AWARDS)?, "id"), [2, 3]);
    create(&sandbox, "gus", AWARDS, &json!({"name": "eyes"}))?;
    assert_eq!(field(&read(&sandbox, "bob", AWARDS)?, "id"), [2, 3, 4]);
    Ok(())
}

#[test]
fn an_issue_counts_its_votes() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let path = format!("{ONE}/award_emoji");
    for (user, name) in [("gus", "thumbsup"), ("ada", "thumbsup"), ("ada", "thumbsdown")] {
        let award = create(&sandbox, user, &path, &json!({"name": name}))?;
        assert_eq!(
            (&award["awardable_type"], &award["awardable_id"]),
            (&json!("Issue"), &json!(1))
        );
    }
    let issue = read(&sandbox, "gus", ONE)?;
    assert_eq!((&issue["upvotes"], &issue["downvotes"]), (&json!(2), &json!(1)));
    Ok(())
}
