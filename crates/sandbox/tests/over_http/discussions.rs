//! Threads: opening, replying, resolving.

use anyhow::Context as _;
use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::{
    http::{get, write},
    office::{create, field, read, update, with_issue},
};

const THREADS: &str = "projects/1/issues/1/discussions";

/// A thread of `bob`'s in an issue of `dev`'s.
fn with_thread() -> anyhow::Result<(Sandbox, String)> {
    let sandbox = with_issue()?;
    let thread = create(&sandbox, "bob", THREADS, &json!({"body": "Thread start"}))?;
    let path = path_of(&thread)?;
    Ok((sandbox, path))
}

fn path_of(thread: &Value) -> anyhow::Result<String> {
    let id = thread.get("id").and_then(Value::as_str).context("no id")?;
    Ok(format!("{THREADS}/{id}"))
}

fn put(sandbox: &Sandbox, user: &str, path: &str, body: &Value) -> anyhow::Result<u16> {
    Ok(write(sandbox, user, ("PUT", path), body)?.status)
}

#[test]
fn a_thread_holds_its_replies() -> anyhow::Result<()> {
    let (sandbox, thread) = with_thread()?;
    let seen = read(&sandbox, "bob", &thread)?;
    let id = seen["id"].as_str().context("no id")?;
    assert!(id.len() == 40 && id.bytes().all(|digit| digit.is_ascii_hexdigit()), "{id}");
    assert_eq!(seen["individual_note"], false);
    assert_eq!(seen["notes"][0]["type"], "DiscussionNote");
    let reply = create(&sandbox, "gus", &format!("{thread}/notes"), &json!({"body": "yes"}))?;
    assert_eq!((&reply["type"], &reply["resolvable"]), (&json!("DiscussionNote"), &json!(true)));
    assert_eq!((&reply["resolved"], &reply["resolved_by"]), (&json!(false), &Value::Null));
    let seen = read(&sandbox, "bob", &thread)?;
    assert_eq!(field(&seen["notes"], "body"), ["Thread start", "yes"]);
    assert_eq!(seen["notes"][1], reply);
    assert_eq!(read(&sandbox, "bob", &format!("{thread}/notes/2"))?, reply);
    let edited = update(&sandbox, "gus", &format!("{thread}/notes/2"), &json!({"body": "no"}))?;
    assert_eq!(edited["body"], "no");
    let seen = write(&sandbox, "gus", ("DELETE", &format!("{thread}/notes/2")), &Value::Null)?;
    assert_eq!(seen.status, 204);
    assert_eq!(read(&sandbox, "bob", &thread)?["notes"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[test]
fn a_thread_is_resolved_and_opened_again() -> anyhow::Result<()> {
    let (sandbox, thread) = with_thread()?;
    create(&sandbox, "gus", &format!("{thread}/notes"), &json!({"body": "yes"}))?;
    for (query, body, resolved) in [
        ("?resolved=true", Value::Null, true),
        ("?resolved=false", Value::Null, false),
        ("", json!({"resolved": true}), true),
        ("", json!({"resolved": "False"}), false),
    ] {
        let path = format!("{thread}{query}");
        let seen = write(&sandbox, "dev", ("PUT", &path), &body)?;
        assert_eq!(seen.status, 200, "{query} {body}");
        let seen = seen.json()?;
        assert_eq!(field(&seen["notes"], "resolved"), [resolved, resolved]);
        let by = seen["notes"][0]["resolved_by"]["username"].as_str();
        assert_eq!(by, resolved.then_some("dev"));
        assert_eq!(seen["notes"][0]["resolved_at"].is_null(), !resolved);
        assert_ne!(seen["notes"][0]["updated_at"], seen["notes"][0]["created_at"]);
    }
    let note = update(&sandbox, "dev", &format!("{thread}/notes/1"), &json!({"resolved": true}))?;
    assert_eq!(note["resolved"], true);
    let seen = read(&sandbox, "bob", &thread)?;
    assert_eq!(field(&seen["notes"], "resolved"), [true, true], "the thread with the note");
    Ok(())
}

#[test]
fn only_developers_and_the_issues_author_resolve() -> anyhow::Result<()> {
    let (sandbox, thread) = with_thread()?;
    let on_note = format!("{thread}/notes/1");
    for (user, status) in [("gus", 403), ("bob", 403), ("ada", 403), ("max", 200), ("dev", 200)] {
        for path in [&thread, &on_note] {
            assert_eq!(put(&sandbox, user, path, &json!({"resolved": true}))?, status, "{user}");
        }
    }
    let issue = create(&sandbox, "gus", "projects/1/issues", &json!({"title": "of a guest"}))?;
    let threads = format!("projects/1/issues/{}/discussions", issue["iid"]);
    let thread = create(&sandbox, "bob", &threads, &json!({"body": "?"}))?;
    let path = format!("{threads}/{}", thread["id"].as_str().context("no id")?);
    assert_eq!(put(&sandbox, "gus", &path, &json!({"resolved": true}))?, 200);
    Ok(())
}

#[test]
fn a_lone_note_becomes_a_thread_by_a_reply() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    create(&sandbox, "bob", "projects/1/issues/1/notes", &json!({"body": "alone"}))?;
    let found = read(&sandbox, "bob", THREADS)?;
    assert_eq!(found[0]["individual_note"], true);
    let path = path_of(&found[0])?;
    assert_eq!(put(&sandbox, "dev", &path, &json!({"resolved": true}))?, 403);
    create(&sandbox, "ada", &format!("{path}/notes"), &json!({"body": "not any more"}))?;
    let seen = read(&sandbox, "bob", &path)?;
    assert_eq!(seen["individual_note"], false);
    assert_eq!(field(&seen["notes"], "type"), ["DiscussionNote", "DiscussionNote"]);
    assert_eq!(put(&sandbox, "dev", &path, &json!({"resolved": true}))?, 200);
    Ok(())
}

#[test]
fn the_list_is_paged_by_thread_and_holds_activity_too() -> anyhow::Result<()> {
    let (sandbox, thread) = with_thread()?;
    for body in ["a", "b", "c"] {
        create(&sandbox, "gus", &format!("{thread}/notes"), &json!({"body": body}))?;
    }
    update(&sandbox, "bob", "projects/1/issues/1", &json!({"description": "New"}))?;
    create(&sandbox, "bob", "projects/1/issues/1/notes", &json!({"body": "alone"}))?;
    let seen = get(&sandbox, "bob", &format!("{THREADS}?per_page=1"))?;
    assert_eq!((seen.header("x-total"), seen.header("x-next-page")), ("3", "2"));
    assert_eq!(seen.json()?[0]["notes"].as_array().map(Vec::len), Some(4));
    let all = read(&sandbox, "bob", THREADS)?;
    assert_eq!(field(&all, "individual_note"), [false, true, true]);
    let system = format!("{}/notes", path_of(&all[1])?);
    let seen = write(&sandbox, "bob", ("POST", &system), &json!({"body": "x"}))?;
    let text = "400 Bad request - Discussion can not be replied to.";
    assert_eq!((seen.status, seen.json()?["message"].as_str()), (400, Some(text)));
    Ok(())
}

#[test]
fn exactly_one_of_body_and_resolved_is_changed_at_a_time() -> anyhow::Result<()> {
    let (sandbox, thread) = with_thread()?;
    let note = format!("{thread}/notes/1");
    for body in [json!({}), json!({"body": "x", "resolved": true})] {
        assert_eq!(put(&sandbox, "dev", &note, &body)?, 400, "{body}");
    }
    assert_eq!(put(&sandbox, "dev", &thread, &json!({}))?, 400);
    Ok(())
}

#[test]
fn replies_outlive_the_note_that_began_their_thread() -> anyhow::Result<()> {
    let (sandbox, thread) = with_thread()?;
    for body in ["yes", "no"] {
        create(&sandbox, "gus", &format!("{thread}/notes"), &json!({"body": body}))?;
    }
    let first = format!("{thread}/notes/1");
    assert_eq!(write(&sandbox, "gus", ("DELETE", &first), &Value::Null)?.status, 403);
    assert_eq!(write(&sandbox, "bob", ("DELETE", &first), &Value::Null)?.status, 204);
    assert_eq!(write(&sandbox, "bob", ("DELETE", &first), &Value::Null)?.status, 404);
    let left = read(&sandbox, "dev", &thread)?;
    assert_eq!(field(&left["notes"], "body"), ["yes", "no"]);
    assert_eq!(
        (&left["individual_note"], &left["notes"][0]["type"]),
        (&json!(false), &json!("DiscussionNote"))
    );
    create(&sandbox, "ada", &format!("{thread}/notes"), &json!({"body": "still here"}))?;
    let path = "group/audits";
    let id = left["id"].as_str().context("no id")?;
    sandbox.update(|world| world.delete_thread(path, 1, id))?;
    assert_eq!(get(&sandbox, "dev", &thread)?.status, 404);
    assert!(sandbox.update(|world| world.delete_thread(path, 1, id)).is_err());
    Ok(())
}

#[test]
fn what_is_deleted_or_added_between_two_pages_moves_the_rest() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    for body in ["a", "b", "c", "d"] {
        create(&sandbox, "bob", THREADS, &json!({"body": body}))?;
    }
    let page = |number: usize| -> anyhow::Result<(Vec<Value>, String)> {
        let seen = get(&sandbox, "dev", &format!("{THREADS}?per_page=2&page={number}"))?;
        let bodies = seen
            .json()?
            .as_array()
            .into_iter()
            .flatten()
            .map(|thread| thread["notes"][0]["body"].clone())
            .collect();
        Ok((bodies, seen.header("x-total").to_owned()))
    };
    let pair = |one: &str, two: &str| vec![json!(one), json!(two)];
    sandbox.before("&page=2", "GET", |world| {
        world.delete_comment("group/audits", 1, 1).unwrap_or_default();
    });
    assert_eq!(page(1)?, (pair("a", "b"), "4".to_owned()));
    assert_eq!(page(2)?, (vec![json!("d")], "3".to_owned()), "c has moved to the first page");
    sandbox.before("&page=2", "GET", |world| {
        let early = "2026-11-01T00:00:00Z".parse().unwrap_or_default();
        world.comment_at("group/audits", 1, "bob", "e", early).unwrap_or_default();
    });
    assert_eq!(page(1)?, (pair("b", "c"), "3".to_owned()));
    assert_eq!(page(2)?, (pair("c", "d"), "4".to_owned()), "c is on both pages");
    Ok(())
}
