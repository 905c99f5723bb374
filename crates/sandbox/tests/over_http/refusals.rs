//! What GitLab refuses, and who may not see what. The texts were recorded from GitLab 18.9.

use sandbox::{Sandbox, Token, Visibility};
use serde_json::{Value, json};

use crate::{
    http::{get, send, send_with, write},
    office::{ISSUES, create, field, open, read, update, with_issue, world},
};

const ONE: &str = "projects/1/issues/1";

#[test]
fn bad_parameters_are_refused_in_gitlabs_words() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let missing = "assignee_id, assignee_ids, confidential, created_at, description, \
        discussion_locked, due_date, labels, add_labels, remove_labels, milestone_id, \
        state_event, title, issue_type are missing, at least one parameter must be provided";
    let too_long = "is too long (1 MiB). The maximum size is 1 MiB.";
    let too_long = json!({"message": {
        "description": [too_long], "work_item_description.description": [too_long],
    }});
    let blank = json!({"message": {"title": ["can't be blank"]}});
    let long_title = json!({"message": {"title": ["is too long (maximum is 255 characters)"]}});
    let notes = format!("{ONE}/notes");
    let blank_note = "400 Bad request - Note {:note=>[\"can't be blank\"]}";
    let long_note = "400 Bad request - Note {:note=>[\"is too long (maximum is 1000000 \
        characters)\"]}";
    for (method, path, body, answer) in [
        ("POST", ISSUES, json!({}), json!({"error": "title is missing"})),
        ("POST", ISSUES, json!({"title": ""}), blank.clone()),
        ("POST", ISSUES, json!({"title": " \t"}), blank.clone()),
        ("PUT", ONE, json!({"title": ""}), blank),
        ("POST", ISSUES, json!({"title": "é".repeat(256)}), long_title),
        ("PUT", ONE, json!({"description": "é".repeat(524_288) + "a"}), too_long),
        ("PUT", ONE, json!({}), json!({"error": missing})),
        (
            "PUT",
            ONE,
            json!({"state_event": "x"}),
            json!({
                "error": "state_event does not have a valid value",
            }),
        ),
        ("GET", "projects/1/issues/abc", Value::Null, json!({"error": "issue_iid is invalid"})),
        (
            "GET",
            "projects/1/issues?state=bogus",
            Value::Null,
            json!({
                "error": "state does not have a valid value",
            }),
        ),
        ("POST", &notes, json!({}), json!({"error": "body is missing"})),
        ("POST", &notes, json!({"body": ""}), json!({"message": blank_note})),
        ("POST", &notes, json!({"body": " \n "}), json!({"message": blank_note})),
        ("POST", &notes, json!({"body": "é".repeat(1_000_001)}), json!({"message": long_note})),
    ] {
        let seen = write(&sandbox, "dev", (method, path), &body)?;
        assert_eq!((seen.status, seen.json()?), (400, answer), "{method} {path}");
    }
    let fits = json!({"title": "é".repeat(255), "description": "é".repeat(524_288) + "\n"});
    assert_eq!(write(&sandbox, "dev", ("POST", ISSUES), &fits)?.status, 201);
    let fits = json!({"body": "é".repeat(1_000_000)});
    assert_eq!(write(&sandbox, "dev", ("POST", &notes), &fits)?.status, 201);
    Ok(())
}

#[test]
fn a_nul_and_broken_json_are_refused() -> anyhow::Result<()> {
    let sandbox = open()?;
    let seen = write(&sandbox, "dev", ("POST", ISSUES), &json!({"title": "a\0b"}))?;
    assert_eq!((seen.status, seen.text().as_str()), (400, "Bad Request"));
    assert_eq!(seen.header("content-type"), "text/plain");
    let headers = [("PRIVATE-TOKEN", "token-of-dev"), ("Content-Type", "application/json")];
    let body = b"{\"title\":".as_slice();
    let path = "/api/v4/projects/1/issues";
    let seen = send_with(&sandbox.gitlab_url(), "POST", path, (&headers, body))?;
    assert_eq!((seen.status, seen.text().as_str()), (400, r#"{"error":"Invalid JSON format"}"#));
    Ok(())
}

#[test]
fn writing_needs_a_token_of_the_scope_api() -> anyhow::Result<()> {
    let mut world = world();
    for scope in ["read_api", "read_user", "read_repository"] {
        world.add_token(Token::new(&format!("token-of-{scope}"), "dev", &[scope]));
    }
    let sandbox = Sandbox::start(world)?;
    create(&sandbox, "dev", ISSUES, &json!({"title": "a"}))?;
    let body = json!({"title": "b", "body": "b"});
    for scope in ["read_api", "read_user", "read_repository"] {
        for (method, path) in
            [("POST", ISSUES), ("PUT", ONE), ("POST", "projects/1/issues/1/notes")]
        {
            let seen = write(&sandbox, scope, (method, path), &body)?;
            assert_eq!(seen.status, 403, "{scope} {path}");
            assert_eq!(seen.json()?["error"], "insufficient_scope");
        }
    }
    assert_eq!(get(&sandbox, "read_api", ONE)?.status, 200);
    assert_eq!(get(&sandbox, "read_repository", ONE)?.status, 403);
    let url = sandbox.gitlab_url();
    let path = "/api/v4/projects/1/issues";
    assert_eq!(send(&url, "POST", path, &[])?.status, 401);
    assert_eq!(send(&url, "POST", path, &[("PRIVATE-TOKEN", "nope")])?.status, 401);
    Ok(())
}

#[test]
fn what_is_not_there_and_what_is_hidden_are_not_found() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let body = json!({"body": "x"});
    for (user, method, path, text) in [
        ("dev", "GET", "projects/1/issues/99", "404 Not found"),
        ("dev", "PUT", "projects/1/issues/99", "404 Not found"),
        ("dev", "GET", "projects/1/issues/1/notes/99", "404 Not found"),
        ("dev", "PUT", "projects/1/issues/1/notes/99", "404 Not found"),
        ("dev", "GET", "projects/1/issues/99/notes", "404 Issue Not Found"),
        ("dev", "PUT", "projects/1/issues/1/discussions/beef?resolved=1", DISCUSSION),
        ("dev", "POST", "projects/1/issues/1/discussions/beef/notes", DISCUSSION),
        ("eve", "GET", ONE, "404 Project Not Found"),
        ("eve", "POST", ISSUES, "404 Project Not Found"),
        ("dev", "POST", "projects/nope%2Fnope/issues", "404 Project Not Found"),
    ] {
        let body = if method == "GET" { &Value::Null } else { &body };
        let seen = write(&sandbox, user, (method, path), body)?;
        assert_eq!((seen.status, seen.json()?), (404, json!({"message": text})), "{path}");
    }
    Ok(())
}

const DISCUSSION: &str = "404 Discussion Not Found";

#[test]
fn a_confidential_issue_is_hidden_from_guests_who_have_no_part_in_it() -> anyhow::Result<()> {
    let sandbox = open()?;
    create(&sandbox, "dev", ISSUES, &json!({"title": "a", "confidential": true}))?;
    let seen = get(&sandbox, "gus", ONE)?;
    assert_eq!((seen.status, seen.text().as_str()), (404, r#"{"message":"404 Not found"}"#));
    assert_eq!(read(&sandbox, "gus", ISSUES)?, json!([]));
    assert_eq!(get(&sandbox, "gus", &format!("{ONE}/discussions"))?.status, 404);
    assert_eq!(get(&sandbox, "bob", ONE)?.status, 200);
    // gus is 6.
    update(&sandbox, "dev", ONE, &json!({"assignee_ids": [6]}))?;
    assert_eq!(get(&sandbox, "gus", ONE)?.status, 200);
    let own = json!({"title": "b", "confidential": true});
    create(&sandbox, "gus", ISSUES, &own)?;
    assert_eq!(field(&read(&sandbox, "gus", ISSUES)?, "iid"), [2, 1]);
    Ok(())
}

#[test]
fn a_guest_sets_what_they_like_when_opening_an_issue_and_not_afterwards() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let body = json!({
        "title": "guest issue", "labels": "calendly,unknown", "confidential": true,
        "assignee_ids": [3],
    });
    let issue = create(&sandbox, "gus", ISSUES, &body)?;
    assert_eq!(issue["labels"], json!(["calendly"]), "a guest makes no labels");
    assert_eq!(issue["confidential"], true);
    assert_eq!(issue["assignee"]["username"], "dev");
    let own = "projects/1/issues/2";
    for (path, body, status) in [
        (own, json!({"labels": "x"}), 403),
        (own, json!({"assignee_ids": []}), 403),
        (own, json!({"title": "mine", "description": "mine"}), 200),
        (own, json!({"state_event": "close"}), 200),
        (ONE, json!({"title": "not mine"}), 403),
    ] {
        let seen = write(&sandbox, "gus", ("PUT", path), &body)?;
        assert_eq!(seen.status, status, "{path} {body}");
    }
    Ok(())
}

#[test]
fn anybody_reads_the_issues_of_a_public_project_and_users_write_there() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    sandbox.update(|world| -> anyhow::Result<()> {
        world.project("group/audits")?.visibility = Visibility::Public;
        Ok(())
    })?;
    let seen = send(&sandbox.gitlab_url(), "GET", &format!("/api/v4/{ONE}"), &[])?;
    assert_eq!(seen.status, 200);
    create(&sandbox, "eve", &format!("{ONE}/notes"), &json!({"body": "me too"}))?;
    assert_eq!(write(&sandbox, "eve", ("PUT", ONE), &json!({"title": "x"}))?.status, 403);
    update(&sandbox, "dev", ONE, &json!({"discussion_locked": true}))?;
    let seen = write(&sandbox, "eve", ("POST", &format!("{ONE}/notes")), &json!({"body": "x"}))?;
    assert_eq!(seen.status, 403);
    Ok(())
}
