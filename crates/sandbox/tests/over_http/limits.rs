//! How much is too much.

use std::time::Duration;

use anyhow::Context as _;
use sandbox::Sandbox;
use serde_json::json;

use crate::{
    http::{Seen, get, write},
    office::{create, read, update, with_issue},
};

const PROJECT: &str = "group/audits";
const ONE: &str = "projects/1/issues/1";
const NOTES: &str = "projects/1/issues/1/notes";
const THREADS: &str = "projects/1/issues/1/discussions";

fn comment(sandbox: &Sandbox, user: &str, path: &str) -> anyhow::Result<Seen> {
    write(sandbox, user, ("POST", path), &json!({"body": "x"}))
}

#[test]
fn an_issue_takes_so_many_comments_and_system_notes_without_end() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    sandbox.update(|world| world.limits.notes_per_issue = 3);
    let thread = create(&sandbox, "bob", THREADS, &json!({"body": "one"}))?;
    update(&sandbox, "bob", ONE, &json!({"title": "a system note counts"}))?;
    assert_eq!(comment(&sandbox, "bob", NOTES)?.status, 201);
    let replies = format!("{THREADS}/{}/notes", thread["id"].as_str().context("no id")?);
    let text = r#"400 Bad request - Note {:base=>["Maximum number of comments exceeded"]}"#;
    for path in [NOTES, THREADS, &replies] {
        let seen = comment(&sandbox, "bob", path)?;
        assert_eq!((seen.status, seen.json()?), (400, json!({"message": text})), "{path}");
    }
    assert!(sandbox.update(|world| world.comment(PROJECT, 1, "bob", "x")).is_err());
    update(&sandbox, "bob", ONE, &json!({"title": "one more"}))?;
    assert_eq!(get(&sandbox, "bob", NOTES)?.header("x-total"), "4");
    sandbox.update(|world| world.limits.notes_per_issue = 5);
    assert_eq!(comment(&sandbox, "bob", &replies)?.status, 201);
    Ok(())
}

#[test]
fn a_user_writes_so_many_notes_a_minute_of_the_worlds_clock() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    sandbox.update(|world| world.limits.notes_per_minute = Some(2));
    let thread = create(&sandbox, "bob", THREADS, &json!({"body": "threads do not count"}))?;
    let replies = format!("{THREADS}/{}/notes", thread["id"].as_str().context("no id")?);
    for status in [201, 201, 429, 429] {
        let seen = comment(&sandbox, "bob", NOTES)?;
        assert_eq!(seen.status, status);
        assert_eq!(seen.header("retry-after"), "");
        assert_eq!(seen.header("ratelimit-remaining"), "1999", "they do not tell of it");
        assert_eq!(comment(&sandbox, "bob", &replies)?.status, 201);
    }
    let error = "This endpoint has been requested too many times. Try again later.";
    let refused = comment(&sandbox, "bob", NOTES)?;
    assert_eq!(refused.json()?, json!({"message": {"error": error}}));
    assert_eq!(comment(&sandbox, "ada", NOTES)?.status, 201, "each by themself");
    assert_eq!(get(&sandbox, "bob", NOTES)?.header("x-total"), "8", "nothing more was written");
    sandbox.update(|world| {
        world.advance(Duration::from_mins(1));
        world.limits.notes_retry_after = Some(60);
    });
    for (status, wait) in [(201, ""), (201, ""), (429, "60")] {
        let seen = comment(&sandbox, "bob", NOTES)?;
        assert_eq!((seen.status, seen.header("retry-after")), (status, wait));
    }
    Ok(())
}

#[test]
fn a_user_sends_so_many_requests_a_minute_and_is_told_how_many_are_left() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    sandbox.update(|world| {
        world.limits.requests_per_minute = Some(2);
        world.advance(Duration::from_secs(45));
    });
    for (status, observed, remaining) in [(200, "1", "1"), (200, "2", "0"), (429, "3", "0")] {
        let seen = get(&sandbox, "bob", ONE)?;
        assert_eq!(seen.status, status);
        assert_eq!(seen.header("ratelimit-limit"), "2");
        assert_eq!(seen.header("ratelimit-observed"), observed);
        assert_eq!(seen.header("ratelimit-remaining"), remaining);
        assert_eq!(seen.header("ratelimit-reset"), "1795348860");
        assert_eq!(seen.header("retry-after"), if status == 429 { "15" } else { "" });
    }
    let seen = comment(&sandbox, "bob", NOTES)?;
    assert_eq!((seen.status, seen.text().as_str()), (429, "Retry later\n"));
    assert_eq!(get(&sandbox, "ada", ONE)?.status, 200);
    sandbox.update(|world| world.advance(Duration::from_secs(15)));
    assert_eq!(read(&sandbox, "bob", NOTES)?, json!([]), "the refused note was not written");
    Ok(())
}

#[test]
fn an_issue_of_thousands_of_comments_is_read_page_by_page() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    sandbox.update(|world| -> anyhow::Result<()> {
        world.quiet = true;
        for number in 0..2_000 {
            let first = world.start_thread(PROJECT, 1, "dev", "@bob, why?")?;
            let thread = world.issue(PROJECT, 1)?.discussion_of(first).unwrap().id.clone();
            for _ in 0..=(number % 2) {
                world.reply(PROJECT, 1, "bob", (&thread, "because"))?;
            }
        }
        Ok(())
    })?;
    let seen = get(&sandbox, "dev", &format!("{THREADS}?per_page=100"))?;
    assert_eq!((seen.header("x-total"), seen.header("x-total-pages")), ("2000", "20"));
    let mut notes = 0;
    for page in 1..=20 {
        let page = read(&sandbox, "dev", &format!("{THREADS}?per_page=100&page={page}"))?;
        let threads = page.as_array().into_iter().flatten();
        let sizes = threads.filter_map(|thread| thread["notes"].as_array()).map(Vec::len);
        notes += sizes.sum::<usize>();
    }
    assert_eq!(notes, 5_000);
    assert_eq!(comment(&sandbox, "bob", NOTES)?.status, 400, "5,000 is what an issue takes");
    Ok(())
}
