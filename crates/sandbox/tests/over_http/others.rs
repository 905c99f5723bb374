//! What others do between two requests, and writes whose answers are lost.

use sandbox::{Answer, Fault, FaultKind};
use serde_json::{Value, json};

use crate::{
    http::write,
    office::{ISSUES, create, field, open, read, update, with_issue},
};

const PROJECT: &str = "group/audits";
const ONE: &str = "projects/1/issues/1";

#[test]
fn somebody_edits_between_our_reading_and_our_writing() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    sandbox.before("/issues/1", "PUT", |world| {
        world.edit_description(PROJECT, 1, "bob", "Theirs").unwrap();
    });
    assert_eq!(read(&sandbox, "dev", ONE)?["description"], "Hello");
    update(&sandbox, "dev", ONE, &json!({"title": "Ours"}))?;
    assert_eq!(read(&sandbox, "dev", ONE)?["description"], "Theirs");
    update(&sandbox, "dev", ONE, &json!({"description": "Ours"}))?;
    assert_eq!(read(&sandbox, "dev", ONE)?["description"], "Ours", "the hook ran once");
    let notes = read(&sandbox, "dev", &format!("{ONE}/notes?sort=asc"))?;
    assert_eq!(notes[0]["body"], "changed the description");
    assert_eq!(notes[0]["author"]["username"], "bob");
    Ok(())
}

#[test]
fn people_write_without_http() -> anyhow::Result<()> {
    let sandbox = open()?;
    let (note, reply) = sandbox.update(|world| -> anyhow::Result<_> {
        let iid = world.open_issue(PROJECT, "dev", "Audit", "hi @bob\n\n/label ~x")?;
        let note = world.comment(PROJECT, iid, "bob", "yes?\n/close")?;
        let discussion = world.issue(PROJECT, iid)?.discussion_of(note).unwrap().id.clone();
        let reply = world.reply(PROJECT, iid, "gus", (&discussion, "no"))?;
        world.issue(PROJECT, iid)?.title.push('!');
        assert!(world.comment(PROJECT, iid, "bob", "/reopen").is_err());
        assert!(world.comment(PROJECT, 9, "bob", "x").is_err());
        assert!(world.reply(PROJECT, iid, "bob", ("beef", "x")).is_err());
        Ok((note, reply))
    })?;
    let issue = read(&sandbox, "dev", ONE)?;
    assert_eq!((&issue["title"], &issue["description"]), (&json!("Audit!"), &json!("hi @bob")));
    assert_eq!((&issue["labels"], &issue["state"]), (&json!(["x"]), &json!("opened")));
    let threads = read(&sandbox, "dev", &format!("{ONE}/discussions"))?;
    assert_eq!(field(&threads[0]["notes"], "id"), [note, reply]);
    assert_eq!(sandbox.notifications()[0].user, "bob");
    Ok(())
}

#[test]
fn a_write_whose_answer_is_lost_is_done_all_the_same() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let threads = format!("{ONE}/discussions");
    for (kind, method, path, body) in [
        (FaultKind::CutAfter, "POST", threads.as_str(), json!({"body": "once"})),
        (FaultKind::CutBefore, "POST", &threads, json!({"body": "never"})),
        (FaultKind::CutAfter, "PUT", ONE, json!({"description": "once"})),
        (FaultKind::CutAfter, "POST", ISSUES, json!({"title": "once"})),
        (FaultKind::Truncate(10), "POST", ISSUES, json!({"title": "twice"})),
    ] {
        sandbox.inject(Fault::new("/issues", kind).method(method));
        assert!(write(&sandbox, "dev", (method, path), &body).is_err(), "{path}");
    }
    let notes = read(&sandbox, "dev", &format!("{ONE}/notes?activity_filter=only_comments"))?;
    assert_eq!(field(&notes, "body"), ["once"]);
    assert_eq!(read(&sandbox, "dev", ONE)?["description"], "once");
    let issues = read(&sandbox, "dev", ISSUES)?;
    assert_eq!(field(&issues, "title"), ["twice", "once", "Audit"]);
    Ok(())
}

#[test]
fn a_write_may_be_done_though_the_answer_is_an_error() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let kind = FaultKind::AnswerAfter(Answer::internal_server_error());
    sandbox.inject(Fault::new("/issues/1", kind).method("PUT"));
    let seen = write(&sandbox, "dev", ("PUT", ONE), &json!({"title": "done"}))?;
    assert_eq!(seen.status, 500);
    assert_eq!(read(&sandbox, "dev", ONE)?["title"], "done");
    Ok(())
}

#[test]
fn a_conflict_or_a_limit_writes_nothing() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    for (answer, status) in
        [(Answer::resource_lock(), 409), (Answer::too_many_requests_json(), 429)]
    {
        sandbox.inject(Fault::new("/issues/1", FaultKind::Answer(answer)).method("PUT"));
        let seen = write(&sandbox, "dev", ("PUT", ONE), &json!({"title": "x"}))?;
        assert_eq!(seen.status, status);
        assert_eq!(seen.header("retry-after"), "");
    }
    assert_eq!(read(&sandbox, "dev", ONE)?["title"], "Audit");
    assert_eq!(sandbox.writes().len(), 3);
    Ok(())
}

#[test]
fn the_same_requests_give_the_same_world() -> anyhow::Result<()> {
    let run = || -> anyhow::Result<Value> {
        let sandbox = with_issue()?;
        create(&sandbox, "dev", &format!("{ONE}/discussions"), &json!({"body": "a"}))?;
        update(&sandbox, "bob", ONE, &json!({"description": "b"}))?;
        let mut threads = read(&sandbox, "dev", &format!("{ONE}/discussions"))?;
        // The port is another each time.
        for thread in threads.as_array_mut().into_iter().flatten() {
            thread["notes"][0]["author"] = Value::Null;
        }
        Ok(threads)
    };
    assert_eq!(run()?, run()?);
    Ok(())
}
