//! What people do between two runs, played without HTTP and seen over HTTP.

use std::time::Duration;

use anyhow::Context as _;
use sandbox::{By, Notification, Sandbox, Why};
use serde_json::{Value, json};

use crate::{
    http::{get, write},
    office::{create, field, read, with_issue},
};

const PROJECT: &str = "group/audits";
const ONE: &str = "projects/1/issues/1";
const THREADS: &str = "projects/1/issues/1/discussions";

/// What the issue's notes say, in their order.
fn said(sandbox: &Sandbox) -> anyhow::Result<Vec<Value>> {
    Ok(field(&read(sandbox, "dev", &format!("{ONE}/notes?sort=asc&per_page=100"))?, "body"))
}

/// A thread of `dev`'s that mentions `bob`: its discussion's id and its note's.
fn asked(sandbox: &Sandbox) -> anyhow::Result<(String, u64)> {
    let thread = create(sandbox, "dev", THREADS, &json!({"body": "@bob, why?"}))?;
    let id = thread.get("id").and_then(Value::as_str).context("no id")?.to_owned();
    Ok((id, thread.pointer("/notes/0/id").and_then(Value::as_u64).context("no note")?))
}

fn told(sandbox: &Sandbox) -> Vec<(String, Why, By)> {
    let all = sandbox.notifications().into_iter();
    all.map(|Notification { user, why, by, .. }| (user, why, by)).collect()
}

#[test]
fn a_week_goes_by() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let (thread, ping) = asked(&sandbox)?;
    sandbox.update(|world| -> anyhow::Result<()> {
        world.advance(Duration::from_hours(72));
        world.react(PROJECT, 1, ping, "bob", "thumbsup")?;
        world.reply(PROJECT, 1, "bob", (&thread, "because"))?;
        world.advance(Duration::from_hours(72));
        world.resolve(PROJECT, 1, &thread, "dev", true)?;
        world.run_commands(PROJECT, 1, "ada", "/assign @ada\n/label ~x")?;
        world.close_issue(PROJECT, 1, "max")
    })?;
    let notes = &read(&sandbox, "gus", &format!("{THREADS}/{thread}"))?["notes"];
    assert_eq!(notes[1]["created_at"], "2026-11-25T12:00:00.001Z");
    assert_eq!(field(notes, "resolved"), [true, true]);
    assert_eq!(field(notes, "resolved_at"), ["2026-11-28T12:00:00.000Z"; 2]);
    assert_eq!(notes[0]["resolved_by"]["username"], "dev");
    let awards = read(&sandbox, "gus", &format!("{ONE}/notes/{ping}/award_emoji"))?;
    assert_eq!(awards[0]["user"]["username"], "bob");
    assert_eq!(awards[0]["created_at"], "2026-11-25T12:00:00.000Z");
    let issue = read(&sandbox, "gus", ONE)?;
    assert_eq!((&issue["state"], &issue["labels"]), (&json!("closed"), &json!(["x"])));
    assert_eq!(issue["closed_by"]["username"], "max");
    assert_eq!(said(&sandbox)?, ["@bob, why?", "because", "assigned to @ada"], "labels are events");
    Ok(())
}

#[test]
fn comments_come_at_any_time_before_or_after_the_clocks() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let (thread, _) = asked(&sandbox)?;
    sandbox.update(|world| -> anyhow::Result<()> {
        let (before, after) = ("2026-11-20T00:00:00Z".parse()?, "2026-12-01T00:00:00Z".parse()?);
        world.comment_at(PROJECT, 1, "bob", "later", after)?;
        world.comment(PROJECT, 1, "bob", "now")?;
        world.comment_at(PROJECT, 1, "bob", "earlier", before)?;
        world.reply_at(PROJECT, 1, "bob", (&thread, "much later"), after)?;
        Ok(())
    })?;
    assert_eq!(said(&sandbox)?, ["earlier", "@bob, why?", "now", "later", "much later"]);
    let threads = read(&sandbox, "dev", THREADS)?;
    assert_eq!(field(&threads, "individual_note"), [true, false, true, true]);
    assert_eq!(threads[0]["notes"][0]["created_at"], "2026-11-20T00:00:00.000Z");
    assert_eq!(threads[1]["notes"][1]["updated_at"], "2026-12-01T00:00:00.000Z");
    Ok(())
}

#[test]
fn comments_are_edited_and_deleted() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let (thread, ping) = asked(&sandbox)?;
    let before = told(&sandbox).len();
    let reply = sandbox.update(|world| -> anyhow::Result<u64> {
        world.advance(Duration::from_hours(1));
        world.edit_comment(PROJECT, 1, ping, "@bob and @ada, why?\n/label ~x")?;
        let reply = world.reply(PROJECT, 1, "gus", (&thread, "me?"))?;
        world.edit_description(PROJECT, 1, "dev", "New")?;
        assert!(world.edit_comment(PROJECT, 1, 99, "x").is_err());
        assert!(world.edit_comment(PROJECT, 1, reply + 1, "x").is_err(), "a system note");
        assert!(world.edit_comment(PROJECT, 1, ping, "").is_err());
        assert!(world.delete_comment(PROJECT, 1, 99).is_err());
        Ok(reply)
    })?;
    let note = read(&sandbox, "gus", &format!("{ONE}/notes/{ping}"))?;
    assert_eq!(note["body"], "@bob and @ada, why?");
    assert_eq!(note["author"]["username"], "dev");
    assert_ne!(note["created_at"], note["updated_at"]);
    assert_eq!(read(&sandbox, "gus", ONE)?["labels"], json!(["x"]));
    let first = told(&sandbox)[before].clone();
    assert_eq!(first, ("ada".to_owned(), Why::Mentioned, By::TodoOnly));
    sandbox.update(|world| world.delete_comment(PROJECT, 1, ping))?;
    let left = read(&sandbox, "gus", &format!("{THREADS}/{thread}"))?;
    assert_eq!(field(&left["notes"], "id"), [reply]);
    sandbox.update(|world| world.delete_comment(PROJECT, 1, reply))?;
    assert_eq!(get(&sandbox, "gus", &format!("{THREADS}/{thread}"))?.status, 404);
    Ok(())
}

#[test]
fn people_do_only_what_gitlab_lets_them() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let (thread, ping) = asked(&sandbox)?;
    sandbox.update(|world| -> anyhow::Result<()> {
        let lone = world.comment(PROJECT, 1, "bob", "lone")?;
        let lone = world.issue(PROJECT, 1)?.discussion_of(lone).unwrap().id.clone();
        assert!(world.resolve(PROJECT, 1, &thread, "bob", true).is_err());
        assert!(world.resolve(PROJECT, 1, &lone, "dev", true).is_err());
        assert!(world.resolve(PROJECT, 1, "beef", "dev", true).is_err());
        assert!(world.react(PROJECT, 1, ping, "bob", "nosuch").is_err());
        assert!(world.react(PROJECT, 1, 99, "bob", "eyes").is_err());
        world.react(PROJECT, 1, ping, "bob", "eyes")?;
        assert!(world.react(PROJECT, 1, ping, "bob", "eyes").is_err());
        assert!(world.close_issue(PROJECT, 1, "gus").is_err());
        assert!(world.run_commands(PROJECT, 1, "bob", "hello\n/close").is_err());
        assert_eq!(world.run_commands(PROJECT, 1, "bob", "/close")?, "Closed this issue.");
        let refused = world.run_commands(PROJECT, 1, "gus", "/reopen")?;
        assert_eq!(refused, "Could not apply reopen command.");
        world.reopen_issue(PROJECT, 1, "bob")?;
        assert!(world.issue(PROJECT, 1)?.closed.is_none());
        let opened = world.start_thread(PROJECT, 1, "gus", "mine")?;
        assert!(world.issue(PROJECT, 1)?.discussion_of(opened).unwrap().is_thread);
        Ok(())
    })
}

#[test]
fn everybody_who_may_see_it_is_told_of_a_note_but_the_blocked() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    sandbox.update(|world| world.block_user("ada"))?;
    create(&sandbox, "dev", THREADS, &json!({"body": "@bob @ada @gus @eve"}))?;
    let mail = |user: &str, why| (user.to_owned(), why, By::Mail);
    let expected = [mail("bob", Why::Mentioned), mail("gus", Why::Mentioned)];
    assert_eq!(told(&sandbox), expected, "eve is no member");
    let confidential = json!({"confidential": true});
    assert_eq!(write(&sandbox, "dev", ("PUT", ONE), &confidential)?.status, 200);
    sandbox.update(|world| world.unblock_user("ada"))?;
    create(&sandbox, "dev", &format!("{ONE}/notes"), &json!({"body": "@bob @ada @gus @eve"}))?;
    let more = [mail("bob", Why::Mentioned), mail("ada", Why::Mentioned)];
    assert_eq!(told(&sandbox)[2..], more, "a guest does not see it");
    Ok(())
}

#[test]
fn who_follows_an_issue_hears_of_replies_and_who_has_left_of_mentions() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let (thread, _) = asked(&sandbox)?;
    let reply = |user: &str, body: &str| -> anyhow::Result<Vec<(String, Why, By)>> {
        let before = told(&sandbox).len();
        let path = format!("{THREADS}/{thread}/notes");
        create(&sandbox, user, &path, &json!({"body": body}))?;
        Ok(told(&sandbox).split_off(before))
    };
    let mail = |user: &str, why| (user.to_owned(), why, By::Mail);
    sandbox.update(|world| world.run_commands(PROJECT, 1, "max", "/subscribe"))?;
    let [max, dev] = ["max", "dev"].map(|user| mail(user, Why::Participating));
    assert_eq!(reply("bob", "because")?, [max.clone(), dev]);
    sandbox.update(|world| world.run_commands(PROJECT, 1, "dev", "/unsubscribe"))?;
    assert_eq!(reply("bob", "and so")?, [max]);
    sandbox.update(|world| world.quiet = true);
    assert_eq!(reply("bob", "@dev?")?, [mail("dev", Why::Mentioned)]);
    Ok(())
}
