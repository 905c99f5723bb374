//! Issues against prepared answers, which are those of GitLab 18.9.

use jiff::civil::date;
use serde_json::{Value, json};

use super::*;
use crate::error::ErrorKind;
use crate::fake::{Fake, Received, answer, json, only_page};
use crate::gitlab::tests::{client, paths};

/// An issue with these fields in front of those that have to be there.
fn text(fields: &str) -> String {
    format!(
        r#"{{{fields}"id":180042,"iid":4,"project_id":2,"title":"Plain issue",
            "created_at":"2026-11-22T12:04:14.783Z","updated_at":"2026-11-22T12:04:16.977Z",
            "author":{{"id":3,"username":"alice","public_email":null,"name":"Alice",
            "state":"active","locked":false,"avatar_url":null,"web_url":"http://h/alice"}},
            "type":"ISSUE","milestone":null,"upvotes":0,"start_date":null,"issue_type":"issue",
            "task_completion_status":{{"count":2,"completed_count":1}}}}"#
    )
}

fn read(fields: &str) -> Issue {
    serde_json::from_str(&text(fields)).unwrap()
}

#[test]
fn a_complete_issue_is_read() {
    let alice = r#"{"id":3,"username":"alice","name":"Alice","state":"active"}"#;
    let issue = read(&format!(
        r#""description":"Body 2","state":"closed","closed_at":"2026-11-22T12:04:16.747Z",
            "closed_by":{alice},"labels":["calendly","x"],"assignees":[{alice}],
            "assignee":{alice},"user_notes_count":7,"due_date":"2026-12-15","confidential":true,
            "discussion_locked":true,"web_url":"http://h/acme/-/issues/4","#
    ));
    assert_eq!((issue.id, issue.iid), (180_042, 4));
    assert_eq!((&*issue.title, &*issue.description), ("Plain issue", "Body 2"));
    assert_eq!(issue.state, "closed");
    assert_eq!(issue.created_at, "2026-11-22T12:04:14.783Z".parse().unwrap());
    assert_eq!(issue.closed_by.as_ref(), Some(&issue.author));
    assert_eq!(issue.assignees, [issue.author]);
    assert_eq!(issue.labels, ["calendly", "x"]);
    assert_eq!(issue.due_date, Some(date(2026, 12, 15)));
    assert!(issue.confidential);
    assert_eq!(issue.web_url, "http://h/acme/-/issues/4");
}

#[test]
fn sparse_issues_are_read_too() {
    let nulls = r#""description":null,"state":"opened","closed_at":null,"closed_by":null,
        "labels":null,"assignees":null,"due_date":null,"confidential":null,"discussion_locked":null,"#;
    let issue = read(nulls);
    assert_eq!(issue, read(r#""state":"opened","#));
    assert_eq!((&*issue.description, issue.confidential), ("", false));
    assert_eq!(issue.due_date, None);
    assert!(issue.labels.is_empty() && issue.assignees.is_empty() && issue.closed_by.is_none());

    let orphan = text(r#""state":"opened","#).replace(r#""author":{"#, r#""author":null,"x":{"#);
    let issue: Issue = serde_json::from_str(&orphan).unwrap();
    assert_eq!((issue.author.id, &*issue.author.username), (0, ""));
}

#[test]
fn what_decides_is_not_made_up() {
    let whole = text(r#""state":"opened","#);
    for field in ["iid", "state", "created_at", "author"] {
        let without = whole.replace(&format!(r#""{field}":"#), r#""other":"#);
        assert!(serde_json::from_str::<Issue>(&without).is_err(), "{field}");
    }
}

#[tokio::test]
async fn issues_are_filtered() {
    let issue = text(r#""state":"opened","#);
    let fake = Fake::start(vec![only_page(&issue), only_page(""), only_page("")]);
    let gitlab = client(&fake);
    let recent = IssueFilter {
        state: IssueState::Opened,
        created_after: Some("2026-11-22T10:00:00Z".parse().unwrap()),
    };
    assert_eq!(gitlab.issues("acme/team", recent).await.unwrap()[0].iid, 4);
    gitlab.issues("2", IssueFilter::default()).await.unwrap();
    let closed = IssueFilter { state: IssueState::Closed, ..IssueFilter::default() };
    gitlab.issues("2", closed).await.unwrap();
    let filtered = "/gitlab/api/v4/projects/acme%2Fteam/issues?state=opened&order_by=created_at\
        &sort=asc&created_after=2026-11-22T10%3A00%3A00Z&per_page=100&page=1";
    let rest = "order_by=created_at&sort=asc&per_page=100&page=1";
    assert_eq!(
        paths(&fake),
        [
            filtered.to_owned(),
            format!("/gitlab/api/v4/projects/2/issues?state=all&{rest}"),
            format!("/gitlab/api/v4/projects/2/issues?state=closed&{rest}"),
        ]
    );
}

#[tokio::test]
async fn an_issue_is_read_made_and_changed() {
    let issue = text(r#""state":"opened","#);
    let fake = Fake::start(vec![
        json("", &issue),
        answer("201 Created", "", issue.as_bytes()),
        answer("201 Created", "", issue.as_bytes()),
        json("", &issue),
    ]);
    let gitlab = client(&fake);
    assert_eq!(gitlab.issue("acme/team", 4).await.unwrap().id, 180_042);
    let full = NewIssue {
        title: "Calendly audit FY28-Q1".to_owned(),
        description: "## Notes\n".to_owned(),
        labels: vec!["audit::calendly".to_owned(), "x".to_owned()],
        assignee_ids: vec![9001],
        due_date: Some(date(2027, 4, 30)),
        confidential: true,
    };
    assert_eq!(gitlab.create_issue("acme/team", &full).await.unwrap().iid, 4);
    let spare = NewIssue { title: "t".to_owned(), ..NewIssue::default() };
    gitlab.create_issue("acme/team", &spare).await.unwrap();
    assert_eq!(gitlab.update_description("acme/team", 4, "a\n").await.unwrap().iid, 4);

    let requests = fake.requests();
    let methods: Vec<&str> = requests.iter().map(Received::method).collect();
    assert_eq!(methods, ["GET", "POST", "POST", "PUT"]);
    let body = |index: usize| serde_json::from_str::<Value>(requests[index].body()).unwrap();
    let whole = json!({
        "title": "Calendly audit FY28-Q1", "description": "## Notes\n",
        "labels": ["audit::calendly", "x"], "assignee_ids": [9001], "due_date": "2027-04-30",
        "confidential": true,
    });
    assert_eq!(body(1), whole);
    assert_eq!(body(2), json!({ "title": "t", "description": "", "confidential": false }));
    assert_eq!(body(3), json!({ "description": "a\n" }));
    let one = "/gitlab/api/v4/projects/acme%2Fteam/issues/4";
    let all = "/gitlab/api/v4/projects/acme%2Fteam/issues";
    assert_eq!(paths(&fake), [one, all, all, one]);
}

#[tokio::test]
async fn refusals_of_writes_are_distinguished_and_not_repeated() {
    let fake = Fake::start(vec![
        answer("409 Conflict", "", br#"{"message":"409 Conflict: Resource lock"}"#),
        answer("400 Bad Request", "", br#"{"message":{"title":["can't be blank"]}}"#),
        answer("201 Created", "", b"<html><title>Sign in</title>"),
        answer("201 Created", "", br#"{"id":"x"}"#),
    ]);
    let gitlab = client(&fake);
    let error = gitlab.update_description("a/b", 4, "x").await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Locked), "{error:?}");
    let error = gitlab.create_issue("a/b", &NewIssue::default()).await.unwrap_err();
    assert!(error.to_string().contains("title can't be blank (POST "), "{error}");
    assert!(!error.may_have_arrived());
    for _ in 0..2 {
        let error = gitlab.create_issue("a/b", &NewIssue::default()).await.unwrap_err();
        assert!(error.may_have_arrived(), "{error:?}");
    }
    assert_eq!(fake.requests().len(), 4);
}
