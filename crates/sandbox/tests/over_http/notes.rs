//! Notes.

use sandbox::Visibility;
use serde_json::{Value, json};

use crate::{
    http::{get, write},
    office::{create, field, read, update, with_issue},
};

const NOTES: &str = "projects/1/issues/1/notes";

#[test]
fn a_note_has_the_fields_that_gitlab_gives_it() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let note = create(&sandbox, "bob", NOTES, &json!({"body": "  First\r\nnote \n"}))?;
    let mut expected = json!({
        "id": 1, "type": null, "body": "  First\nnote", "created_at": "2026-11-22T12:00:00.001Z",
        "updated_at": "2026-11-22T12:00:00.001Z", "system": false, "noteable_id": 1,
        "noteable_type": "Issue", "project_id": 1, "resolvable": false, "confidential": false,
        "internal": false, "imported": false, "imported_from": "none", "noteable_iid": 1,
        "commands_changes": {},
    });
    expected["author"] = note["author"].clone();
    assert_eq!(note, expected);
    assert_eq!(note["author"]["username"], "bob");
    assert_eq!(read(&sandbox, "gus", &format!("{NOTES}/1"))?, note);
    assert_eq!(read(&sandbox, "gus", "projects/1/issues/1")?["user_notes_count"], 1);
    Ok(())
}

#[test]
fn a_list_is_sorted_and_filtered() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    create(&sandbox, "bob", NOTES, &json!({"body": "one"}))?;
    update(&sandbox, "bob", "projects/1/issues/1", &json!({"description": "New"}))?;
    create(&sandbox, "bob", NOTES, &json!({"body": "two"}))?;
    update(&sandbox, "bob", &format!("{NOTES}/1"), &json!({"body": "one, edited"}))?;
    for (query, ids) in [
        ("", vec![3, 2, 1]),
        ("sort=asc", vec![1, 2, 3]),
        ("order_by=updated_at", vec![1, 3, 2]),
        ("activity_filter=only_comments", vec![3, 1]),
        ("activity_filter=only_activity", vec![2]),
        ("activity_filter=all_notes&sort=asc&per_page=2", vec![1, 2]),
    ] {
        let notes = read(&sandbox, "bob", &format!("{NOTES}?{query}"))?;
        assert_eq!(field(&notes, "id"), ids, "{query}");
    }
    let seen = get(&sandbox, "bob", &format!("{NOTES}?per_page=2"))?;
    let link = format!(
        "<{}/api/v4/{NOTES}?activity_filter=all_notes&id=1&noteable_id=1&order_by=created_at\
         &page=2&per_page=2&sort=desc>; rel=\"next\"",
        sandbox.gitlab_url()
    );
    assert!(seen.header("link").starts_with(&link), "{}", seen.header("link"));
    Ok(())
}

#[test]
fn notes_are_edited_and_deleted_by_their_authors_and_maintainers() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let path = format!("{NOTES}/1");
    create(&sandbox, "bob", NOTES, &json!({"body": "one"}))?;
    let edit = json!({"body": "edited"});
    for (user, status) in [("ada", 403), ("dev", 403), ("gus", 403), ("bob", 200), ("max", 200)] {
        assert_eq!(write(&sandbox, user, ("PUT", &path), &edit)?.status, status, "{user}");
    }
    let note = read(&sandbox, "bob", &path)?;
    assert_eq!(note["body"], "edited");
    assert_ne!(note["created_at"], note["updated_at"]);
    let delete = |user: &str| write(&sandbox, user, ("DELETE", &path), &Value::Null);
    assert_eq!(delete("dev")?.status, 403);
    let seen = delete("bob")?;
    assert_eq!((seen.status, seen.body.len(), seen.header("content-type")), (204, 0, ""));
    assert_eq!(get(&sandbox, "bob", &path)?.status, 404);
    assert_eq!(read(&sandbox, "bob", "projects/1/issues/1/discussions")?, json!([]));
    update(&sandbox, "bob", "projects/1/issues/1", &json!({"title": "New"}))?;
    let seen = write(&sandbox, "max", ("PUT", &format!("{NOTES}/2")), &edit)?;
    assert_eq!(seen.status, 403, "a system note is nobody's to edit");
    Ok(())
}

#[test]
fn an_internal_note_is_dropped_from_a_guests_page_and_still_counted() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    sandbox.update(|world| -> anyhow::Result<()> {
        world.project("group/audits")?.visibility = Visibility::Internal;
        Ok(())
    })?;
    for (body, internal) in [("a", false), ("b", true), ("c", false)] {
        create(&sandbox, "bob", NOTES, &json!({"body": body, "internal": internal}))?;
    }
    for (user, ids, bodies) in [("bob", vec![3, 2], 3), ("gus", vec![3], 2), ("eve", vec![3], 2)] {
        let seen = get(&sandbox, user, &format!("{NOTES}?per_page=2"))?;
        assert_eq!(field(&seen.json()?, "id"), ids, "{user}");
        assert_eq!((seen.header("x-total"), seen.header("x-next-page")), ("3", "2"));
        let threads = read(&sandbox, user, "projects/1/issues/1/discussions")?;
        assert_eq!(threads.as_array().map(Vec::len), Some(bodies), "{user}");
        let single = get(&sandbox, user, &format!("{NOTES}/2"))?.status;
        assert_eq!(single, if user == "bob" { 200 } else { 404 });
    }
    Ok(())
}

#[test]
fn an_owner_may_set_the_time_of_a_note() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let body = json!({"body": "old", "created_at": "2026-11-01T00:00:00Z"});
    let note = create(&sandbox, "olga", NOTES, &body)?;
    assert_eq!(note["created_at"], "2026-11-01T00:00:00.000Z");
    let note = create(&sandbox, "max", NOTES, &body)?;
    assert_eq!(note["created_at"], "2026-11-22T12:00:00.001Z");
    Ok(())
}

#[test]
fn what_is_back_dated_stands_where_its_time_says() -> anyhow::Result<()> {
    const THREADS: &str = "projects/1/issues/1/discussions";
    let sandbox = with_issue()?;
    let lone = create(&sandbox, "bob", NOTES, &json!({"body": "lone"}))?;
    let thread = create(&sandbox, "bob", THREADS, &json!({"body": "thread"}))?;
    let dated =
        |body: &str, day: u8| json!({"body": body, "created_at": format!("2026-11-{day:02}")});
    let old = create(&sandbox, "olga", THREADS, &dated("old", 2))?;
    assert_eq!(old["notes"][0]["created_at"], "2026-11-02T00:00:00.000Z");
    create(&sandbox, "olga", NOTES, &dated("future", 30))?;
    update(&sandbox, "bob", "projects/1/issues/1", &json!({"title": "New"}))?;
    let starts = || -> anyhow::Result<Vec<Value>> {
        let threads = read(&sandbox, "bob", THREADS)?;
        let threads = threads.as_array().into_iter().flatten();
        Ok(threads.map(|thread| thread["notes"][0]["body"].clone()).collect())
    };
    let system = "changed title from **{-Audit-}** to **{+New+}**";
    assert_eq!(starts()?, ["old", "lone", "thread", system, "future"]);
    let replies = format!("{THREADS}/{}/notes", thread["id"].as_str().unwrap());
    create(&sandbox, "olga", &replies, &dated("first", 1))?;
    assert_eq!(starts()?, ["first", "old", "lone", system, "future"]);
    let notes = read(&sandbox, "bob", &format!("{NOTES}?sort=asc"))?;
    let expected = ["first", "old", "lone", "thread", system, "future"];
    assert_eq!(field(&notes, "body"), expected);
    let first = notes[0]["id"].clone();
    write(&sandbox, "olga", ("DELETE", &format!("{NOTES}/{first}")), &Value::Null)?;
    write(&sandbox, "bob", ("DELETE", &format!("{NOTES}/{}", lone["id"])), &Value::Null)?;
    assert_eq!(starts()?, ["old", "thread", system, "future"]);
    Ok(())
}
