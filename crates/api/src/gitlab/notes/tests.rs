//! Notes against prepared answers, which are those of GitLab 18.9.

use super::*;
use crate::fake::{Fake, answer, only_page};
use crate::gitlab::tests::{client, paths};

const ALICE: &str = r#"{"id":3,"username":"alice","name":"Alice","state":"active"}"#;

/// A note with these fields in front of those that have to be there.
fn text(id: u64, fields: &str) -> String {
    format!(
        r#"{{{fields}"id":{id},"type":null,"author":{ALICE},
            "created_at":"2026-11-22T12:04:19.142Z","updated_at":"2026-11-22T12:05:00Z",
            "noteable_id":4,"noteable_type":"Issue","project_id":2,"confidential":false,
            "imported":false,"noteable_iid":4,"commands_changes":{{}}}}"#
    )
}

fn read(fields: &str) -> Note {
    serde_json::from_str(&text(8, fields)).unwrap()
}

#[test]
fn a_complete_note_is_read() {
    let note = read(&format!(
        r#""body":"Thread start","system":false,"resolvable":true,"resolved":true,
            "resolved_by":{ALICE},"resolved_at":"2026-11-22T12:04:24Z","internal":true,"#
    ));
    assert_eq!((note.id, &*note.body, note.author.id), (8, "Thread start", 3));
    assert_eq!(note.created_at, "2026-11-22T12:04:19.142Z".parse().unwrap());
    assert!(!note.system);
    assert!(read(r#""body":"changed the description","system":true,"#).system);
}

#[test]
fn sparse_notes_are_read_too() {
    let note = read(
        r#""body":null,"internal":null,"resolved":null,"resolved_by":null,
        "resolved_at":null,"#,
    );
    assert_eq!(note, read(""));
    assert_eq!((&*note.body, note.system), ("", false));

    let orphan = text(8, "").replace(&format!(r#""author":{ALICE}"#), r#""author":null"#);
    assert_eq!(serde_json::from_str::<Note>(&orphan).unwrap().author.id, 0);
    for field in ["id", "created_at", "author"] {
        let without = text(8, "").replace(&format!(r#""{field}":"#), r#""other":"#);
        // The author's number would stand in for the note's.
        let without = without.replace(ALICE, r#"{"id":3,"username":"alice"}"#);
        assert!(serde_json::from_str::<Note>(&without).is_err(), "{field}");
    }
}

#[tokio::test]
async fn notes_are_listed() {
    let fake =
        Fake::start(vec![only_page(&format!("{},{},{}", text(1, ""), text(2, ""), text(9, "")))]);
    let notes = client(&fake).notes("acme/team", 4).await.unwrap();
    assert_eq!(notes.iter().map(|note| note.id).collect::<Vec<_>>(), [1, 2, 9]);
    let first = "/gitlab/api/v4/projects/acme%2Fteam/issues/4/notes\
        ?order_by=created_at&sort=asc&per_page=100&page=1";
    assert_eq!(paths(&fake), [first]);
}

#[tokio::test]
async fn threads_are_listed_with_their_notes() {
    let thread = |id: &str, lone: bool, notes: &str| {
        format!(r#"{{"id":"{id}","individual_note":{lone},"notes":[{notes}]}}"#)
    };
    let two = format!("{},{}", text(8, ""), text(9, ""));
    let fake = Fake::start(vec![only_page(
        &[thread("cac42d", true, &text(1, "")), thread("25555f", false, &two)].join(","),
    )]);
    let threads = client(&fake).discussions("acme/team", 4).await.unwrap();
    let found: Vec<_> = threads.iter().map(|thread| (&*thread.id, thread.notes.len())).collect();
    assert_eq!(found, [("cac42d", 1), ("25555f", 2)]);
    assert_eq!(
        paths(&fake)[0],
        "/gitlab/api/v4/projects/acme%2Fteam/issues/4/discussions?per_page=100&page=1"
    );
}

#[tokio::test]
async fn notes_threads_and_replies_are_written_and_removed() {
    let made = |text: &str| answer("201 Created", "", text.as_bytes());
    let thread = format!(r#"{{"id":"25555f","individual_note":false,"notes":[{}]}}"#, text(8, ""));
    let fake = Fake::start(vec![
        made(&text(3, "")),
        made(&thread),
        made(&text(9, "")),
        answer("204 No Content", "", b""),
        answer("404 Not Found", "", br#"{"message":"404 Not found"}"#),
    ]);
    let gitlab = client(&fake);
    assert_eq!(gitlab.create_note("acme/team", 4, "one\n").await.unwrap().id, 3);
    let thread = gitlab.create_discussion("acme/team", 4, "@bob").await.unwrap();
    assert_eq!((&*thread.id, thread.notes[0].id), ("25555f", 8));
    assert_eq!(gitlab.reply("acme/team", 4, &thread.id, "two").await.unwrap().id, 9);
    assert_eq!(gitlab.delete_note("acme/team", 4, 71).await, Ok(()));
    let error = gitlab.delete_note("acme/team", 4, 71).await.unwrap_err();
    assert!(matches!(&error.kind, ErrorKind::NotFound { .. }));

    let requests = fake.requests();
    let sent: Vec<_> = requests.iter().map(|r| (r.method(), r.path(), r.body())).collect();
    let path = |rest: &str| format!("/gitlab/api/v4/projects/acme%2Fteam/issues/4/{rest}");
    let expected = [
        ("POST", path("notes"), r#"{"body":"one\n"}"#),
        ("POST", path("discussions"), r#"{"body":"@bob"}"#),
        ("POST", path("discussions/25555f/notes"), r#"{"body":"two"}"#),
        ("DELETE", path("notes/71"), ""),
        ("DELETE", path("notes/71"), ""),
    ];
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn a_thread_that_would_be_another_call_is_not_written_to() {
    let fake = Fake::start(vec![]);
    let gitlab = client(&fake);
    for name in ["", ".", ".."] {
        let reply = gitlab.reply("a/b", 4, name, "x").await.unwrap_err();
        assert_eq!(reply, Error::from(ErrorKind::BadName { name: name.to_owned() }));
    }
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_text_of_quick_actions_makes_no_note() {
    let only = |summary: &str| {
        let body = format!(r#"{{"commands_changes":{{}},"summary":{summary}}}"#);
        answer("202 Accepted", "Content-Type: application/json\r\n", body.as_bytes())
    };
    let fake = Fake::start(vec![
        only(r#"["Could not apply close command.","Closed this.\u001b[2J"]"#),
        only(r#""Closed this issue.""#),
        answer("202 Accepted", "", b"<title>Wait for glpat-s3cret</title>"),
    ]);
    let gitlab = client(&fake);
    let note = gitlab.create_note("a/b", 4, "/close").await.unwrap_err();
    let thread = gitlab.create_discussion("a/b", 4, "/close").await.unwrap_err();
    let reply = gitlab.reply("a/b", 4, "25555f", "/close").await.unwrap_err();
    let summaries = [
        "Could not apply close command., Closed this.",
        "Closed this issue.",
        "Wait for [redacted]",
    ];
    for (error, expected) in [note, thread, reply].into_iter().zip(summaries) {
        assert!(error.may_have_arrived());
        assert!(
            matches!(&error.kind, ErrorKind::CommandsOnly { summary } if summary == expected),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn reactions_are_listed() {
    let reaction = |id: u64, user: &str| {
        format!(
            r#"{{"id":{id},"name":"eyes","user":{user},"created_at":"2026-11-22T12:04:28.175Z",
                "updated_at":"2026-11-22T12:04:29Z","awardable_id":8,"awardable_type":"Note",
                "url":null}}"#
        )
    };
    let fake = Fake::start(vec![
        only_page(&format!("{},{}", reaction(1, ALICE), reaction(2, "null"))),
        answer("404 Not Found", "", br#"{"message":"404 Note Not Found"}"#),
        only_page(&reaction(1, ALICE).replace("created_at", "other")),
    ]);
    let gitlab = client(&fake);
    let reactions = gitlab.reactions("acme/team", 4, 8).await.unwrap();
    let found: Vec<_> = reactions.iter().map(|reaction| reaction.user.id).collect();
    assert_eq!(found, [3, 0]);
    assert_eq!(reactions[0].created_at, "2026-11-22T12:04:28.175Z".parse().unwrap());
    assert!(matches!(
        gitlab.reactions("a/b", 4, 8).await,
        Err(Error { kind: ErrorKind::NotFound { .. }, .. })
    ));
    assert!(matches!(
        gitlab.reactions("a/b", 4, 8).await,
        Err(Error { kind: ErrorKind::Decode { .. }, .. })
    ));
    let path = "/gitlab/api/v4/projects/acme%2Fteam/issues/4/notes/8/award_emoji";
    assert_eq!(paths(&fake)[0], format!("{path}?per_page=100&page=1"));
}
