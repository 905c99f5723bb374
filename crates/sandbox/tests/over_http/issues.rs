//! Opening, reading and changing an issue.

use serde_json::{Value, json};

use crate::{
    http::{get, send, write},
    office::{ISSUES, create, field, open, read, update, with_issue},
};

const ONE: &str = "projects/1/issues/1";

#[test]
fn an_issue_has_the_fields_that_gitlab_gives_it() -> anyhow::Result<()> {
    let sandbox = open()?;
    let description = "Hello\r\n\n- [ ] one\n- [x] two \n\n";
    let labels = "calendly,brand-new";
    let body = json!({"title": " Plain ", "description": description, "labels": labels});
    let issue = create(&sandbox, "dev", ISSUES, &body)?;
    assert_eq!(issue, read(&sandbox, "dev", "projects/group%2Faudits/issues/1")?);
    let url = sandbox.gitlab_url();
    let own = format!("{url}/api/v4/projects/1/issues/1");
    let author = json!({
        "id": 3, "username": "dev", "public_email": null, "name": "dev", "state": "active",
        "locked": false, "avatar_url": null, "web_url": format!("{url}/dev"),
    });
    let expected = json!({
        "id": 1, "iid": 1, "project_id": 1, "title": "Plain",
        "description": "Hello\n\n- [ ] one\n- [x] two", "state": "opened",
        "created_at": "2026-11-22T12:00:00.000Z", "updated_at": "2026-11-22T12:00:00.000Z",
        "closed_at": null, "closed_by": null, "labels": ["brand-new", "calendly"],
        "milestone": null, "assignees": [], "author": author, "type": "ISSUE", "assignee": null,
        "user_notes_count": 0, "merge_requests_count": 0, "upvotes": 0, "downvotes": 0,
        "start_date": null, "due_date": null, "confidential": false, "discussion_locked": null,
        "issue_type": "issue", "web_url": format!("{url}/group/audits/-/issues/1"),
        "time_stats": {
            "time_estimate": 0, "total_time_spent": 0, "human_time_estimate": null,
            "human_total_time_spent": null,
        },
        "task_completion_status": {"count": 2, "completed_count": 1}, "has_tasks": false,
        "_links": {
            "self": own, "notes": format!("{own}/notes"),
            "award_emoji": format!("{own}/award_emoji"),
            "project": format!("{url}/api/v4/projects/1"), "closed_as_duplicate_of": null,
        },
        "references": {"short": "#1", "relative": "#1", "full": "group/audits#1"},
        "severity": "UNKNOWN", "subscribed": true, "moved_to_id": null, "imported": false,
        "imported_from": "none", "service_desk_reply_to": null,
    });
    assert_eq!(issue, expected);
    assert_eq!(read(&sandbox, "bob", ONE)?["subscribed"], false);
    Ok(())
}

#[test]
fn the_tag_of_an_issue_gives_304_until_it_changes() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let tag = get(&sandbox, "dev", ONE)?.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let path = format!("/api/v4/{ONE}");
    let headers = [("PRIVATE-TOKEN", "token-of-dev"), ("If-None-Match", tag.as_str())];
    let status = || send(&sandbox.gitlab_url(), "GET", &path, &headers).map(|seen| seen.status);
    assert_eq!(status()?, 304);
    update(&sandbox, "dev", ONE, &json!({"title": "Other"}))?;
    assert_eq!(status()?, 200);
    Ok(())
}

#[test]
fn every_field_can_be_changed() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    for (change, field, after) in [
        (json!({"title": "New"}), "title", json!("New")),
        (json!({"description": "New\n"}), "description", json!("New")),
        (json!({"labels": ["a", "x"]}), "labels", json!(["a", "x"])),
        (json!({"add_labels": "b,calendly"}), "labels", json!(["a", "b", "calendly", "x"])),
        (json!({"remove_labels": ["a", "b"]}), "labels", json!(["calendly", "x"])),
        (json!({"labels": ""}), "labels", json!([])),
        (json!({"due_date": "2026-12-15"}), "due_date", json!("2026-12-15")),
        (json!({"due_date": null}), "due_date", json!(null)),
        (json!({"confidential": "True"}), "confidential", json!(true)),
        (json!({"confidential": false}), "confidential", json!(false)),
        (json!({"discussion_locked": true}), "discussion_locked", json!(true)),
        (json!({"discussion_locked": false}), "discussion_locked", json!(false)),
        (json!({"state_event": "close"}), "state", json!("closed")),
        (json!({"state_event": "reopen"}), "state", json!("opened")),
    ] {
        let seen = update(&sandbox, "bob", ONE, &change)?;
        assert_eq!(seen[field], after, "{change}");
    }
    let notes = read(&sandbox, "bob", "projects/1/issues/1/notes?sort=asc")?;
    let expected = [
        "changed title from **{-Audit-}** to **{+New+}**",
        "changed the description",
        "changed due date to December 15, 2026",
        "removed due date",
        "made the issue confidential",
        "made the issue visible to everyone",
        "locked the discussion in this issue",
        "unlocked the discussion in this issue",
    ];
    assert_eq!(field(&notes, "body"), expected);
    assert!(field(&notes, "system").iter().all(|system| *system == true));
    assert_eq!(read(&sandbox, "bob", ONE)?["user_notes_count"], 0);
    Ok(())
}

#[test]
fn a_ticked_box_is_noted_by_its_text() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let noted = |description: &str| -> anyhow::Result<Vec<Value>> {
        let notes = format!("{ONE}/notes?sort=asc&per_page=100");
        let before = field(&read(&sandbox, "bob", &notes)?, "body").len();
        update(&sandbox, "bob", ONE, &json!({"description": description}))?;
        Ok(field(&read(&sandbox, "bob", &notes)?, "body").split_off(before))
    };
    for (description, traces) in [
        ("- [ ] one\n- [ ] two", vec!["changed the description"]),
        ("- [x] one\n- [ ] two", vec!["marked the checklist item **one** as completed"]),
        (
            "- [ ] one\n- [x] two",
            vec![
                "marked the checklist item **one** as incomplete",
                "marked the checklist item **two** as completed",
            ],
        ),
        ("- [ ] one\n- [x] three", vec!["changed the description"]),
        ("New\n\n- [x] one\n- [x] three", vec!["marked the checklist item **one** as completed"]),
        ("- [x] one", vec!["changed the description"]),
    ] {
        assert_eq!(noted(description)?, traces, "{description}");
    }
    Ok(())
}

#[test]
fn labels_and_state_leave_events_rather_than_notes() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    update(&sandbox, "bob", ONE, &json!({"add_labels": "x", "state_event": "close"}))?;
    update(&sandbox, "bob", ONE, &json!({"remove_labels": "x", "state_event": "reopen"}))?;
    let labels = read(&sandbox, "ada", &format!("{ONE}/resource_label_events"))?;
    assert_eq!(field(&labels, "action"), ["add", "remove"]);
    assert_eq!(labels[0]["label"]["name"], "x");
    let states = read(&sandbox, "ada", &format!("{ONE}/resource_state_events"))?;
    assert_eq!(field(&states, "state"), ["closed", "reopened"]);
    assert_eq!(states[0]["user"]["username"], "bob");
    assert_eq!(read(&sandbox, "ada", &format!("{ONE}/notes"))?, json!([]));
    Ok(())
}

#[test]
fn closing_tells_who_and_when_and_closing_again_changes_nothing() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let closed = update(&sandbox, "bob", ONE, &json!({"state_event": "close"}))?;
    assert_eq!(closed["closed_by"]["username"], "bob");
    let again = update(&sandbox, "ada", ONE, &json!({"state_event": "close"}))?;
    assert_eq!(again, {
        let mut closed = closed.clone();
        closed["subscribed"] = json!(false);
        closed
    });
    let opened = update(&sandbox, "ada", ONE, &json!({"state_event": "reopen"}))?;
    assert_eq!((&opened["closed_by"], &opened["closed_at"]), (&Value::Null, &Value::Null));
    Ok(())
}

#[test]
fn strangers_and_second_assignees_are_dropped_in_silence() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    // eve is 7 and no member; bob is 4, ada is 5.
    for (assignees, after) in [
        (json!({"assignee_ids": [7]}), vec![]),
        (json!({"assignee_ids": [7, 4, 5]}), vec!["bob"]),
        (json!({"assignee_id": 5}), vec!["ada"]),
        (json!({"assignee_ids": [0]}), vec![]),
        (json!({"assignee_ids": ["4"]}), vec!["bob"]),
        (json!({"assignee_ids": []}), vec![]),
    ] {
        let issue = update(&sandbox, "dev", ONE, &assignees)?;
        assert_eq!(field(&issue["assignees"], "username"), after, "{assignees}");
        assert_eq!(issue["assignee"]["username"].as_str(), after.first().copied());
    }
    let notes = read(&sandbox, "bob", "projects/1/issues/1/notes?sort=asc")?;
    let traces = ["assigned to @bob", "assigned to @ada and unassigned @bob", "unassigned @ada"];
    assert_eq!(field(&notes, "body")[..3], traces);
    Ok(())
}

#[test]
fn everything_written_has_an_instant_of_its_own() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    sandbox.update(|world| world.advance(std::time::Duration::from_hours(72)));
    let first = create(&sandbox, "bob", &format!("{ONE}/notes"), &json!({"body": "a"}))?;
    let second = create(&sandbox, "bob", &format!("{ONE}/notes"), &json!({"body": "b"}))?;
    assert_eq!(first["created_at"], "2026-11-25T12:00:00.000Z");
    assert_eq!(second["created_at"], "2026-11-25T12:00:00.001Z");
    assert_eq!(read(&sandbox, "bob", ONE)?["updated_at"], second["created_at"]);
    Ok(())
}

#[test]
fn a_form_and_a_query_are_as_good_as_json() -> anyhow::Result<()> {
    let sandbox = open()?;
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let headers = [("PRIVATE-TOKEN", "token-of-dev"), kind];
    let form = b"title=One+two&labels[]=a&labels[]=b".as_slice();
    let path = format!("/api/v4/{ISSUES}");
    let seen = crate::http::send_with(&sandbox.gitlab_url(), "POST", &path, (&headers, form))?;
    assert_eq!(seen.status, 201);
    assert_eq!(seen.json()?["labels"], json!(["a", "b"]));
    let seen = write(&sandbox, "dev", ("POST", "projects/1/issues?title=Two"), &Value::Null)?;
    assert_eq!(seen.json()?["title"], "Two");
    Ok(())
}

#[test]
fn an_issue_is_deleted_by_an_owner_and_its_number_stays_used() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    assert_eq!(write(&sandbox, "dev", ("DELETE", ONE), &Value::Null)?.status, 403);
    assert_eq!(write(&sandbox, "olga", ("DELETE", ONE), &Value::Null)?.status, 204);
    assert_eq!(get(&sandbox, "olga", ONE)?.status, 404);
    assert_eq!(create(&sandbox, "dev", ISSUES, &json!({"title": "b"}))?["iid"], 2);
    Ok(())
}
