//! Quick actions, in descriptions and in notes: texts and what a GitLab 18.9 did with them.

use sandbox::{Sandbox, Token};
use serde_json::{Value, json};

use crate::{
    http::write,
    office::{ISSUES, create, open, read, update, with_issue, world},
};

const ONE: &str = "projects/1/issues/1";
const NOTES: &str = "projects/1/issues/1/notes";

/// A text, whether it closes the issue, and what of it is stored.
const RECORDED: &[(&str, bool, &str)] = &[
    ("/close", true, ""),
    ("/CLOSE", true, ""),
    ("Lorem ipsum\n/close", true, "Lorem ipsum"),
    (">>>\n/x\n>>>\n\n/close", true, ">>>\n/x\n>>>"),
    ("<!-- HTML comment -->\n/close", true, "<!-- HTML comment -->"),
    ("/close   ", true, ""),
    ("hello\r\n/close\r\n", true, "hello"),
    ("/nosuchcommand x", false, "/nosuchcommand x"),
    ("/close/door", false, "/close/door"),
    ("see /close", false, "see /close"),
    (" /close", false, " /close"),
    ("\\/close", false, "\\/close"),
    ("\u{200b}/close", false, "\u{200b}/close"),
    ("`/close`", false, "`/close`"),
    ("```\n/close\n```", false, "```\n/close\n```"),
    ("~~~\n/close\n~~~", false, "~~~\n/close\n~~~"),
    ("    /close", false, "    /close"),
    ("> /close", false, "> /close"),
    (">>>\n/close\n>>>", false, ">>>\n/close\n>>>"),
    ("- /close", false, "- /close"),
    ("| a |\n| --- |\n| /close |", false, "| a |\n| --- |\n| /close |"),
    ("<!--\n/close\n-->", false, "<!--\n/close\n-->"),
    ("<div>\n/close\n</div>", false, "<div>\n/close\n</div>"),
    ("| a |\n| --- |\n| x\n/close |", false, "| a |\n| --- |\n| x\n/close |"),
    ("| a |\n| --- |\n| x\n\n/close", true, "| a |\n| --- |\n| x"),
    ("/label ~\"a b\" ~c", false, ""),
    ("hi\n/cc @bob", false, "hi\n/cc @bob"),
    ("/close now", true, ""),
    ("\u{a0}/close", false, "\u{a0}/close"),
    ("&#47;close", false, "&#47;close"),
    ("text\\\n/close", true, "text\\"),
    ("*/close*", false, "*/close*"),
    ("---\n/close\n---\ntext", false, "---\n/close\n---\ntext"),
    ("\t/close", false, "\t/close"),
    ("/\u{200b}close", false, "/\u{200b}close"),
];

/// The text of a recorded request that holds `/close` in every place where it does nothing.
const HARMLESS: &str = "do it\n```\n/close\n```\n`/close`\n<!-- /close -->\n<!--\n/close\n-->\n\
    > /close\n\n\t/close\n\ntext /close\n /close";

#[test]
fn descriptions_are_cut_and_carried_out_as_recorded() -> anyhow::Result<()> {
    let sandbox = open()?;
    for &(text, closes, stored) in [(HARMLESS, false, HARMLESS)].iter().chain(RECORDED) {
        let issue = create(&sandbox, "dev", ISSUES, &json!({"title": "t", "description": text}))?;
        assert_eq!(issue["description"], stored, "{text:?}");
        assert_eq!(issue["state"] == "closed", closes, "{text:?}");
        let path = format!("{ISSUES}/{}", issue["iid"]);
        let open = json!({"state_event": "reopen", "description": "other"});
        update(&sandbox, "dev", &path, &open)?;
        let issue = update(&sandbox, "dev", &path, &json!({"description": text}))?;
        assert_eq!(issue["description"], stored, "edited: {text:?}");
        assert_eq!(issue["state"] == "closed", closes, "edited: {text:?}");
    }
    Ok(())
}

#[test]
fn notes_are_cut_and_carried_out_as_recorded() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let thread = create(&sandbox, "dev", &format!("{ONE}/discussions"), &json!({"body": "a"}))?;
    let replies = format!("{ONE}/discussions/{}/notes", thread["id"].as_str().unwrap_or_default());
    for &(text, closes, stored) in RECORDED {
        for path in [NOTES, replies.as_str()] {
            update(&sandbox, "dev", ONE, &json!({"state_event": "reopen"}))?;
            let seen = write(&sandbox, "dev", ("POST", path), &json!({"body": text}))?;
            assert_eq!(seen.status, if stored.is_empty() { 202 } else { 201 }, "{text:?}");
            let note = seen.json()?;
            assert_eq!(note["body"].as_str().unwrap_or_default(), stored, "{text:?}");
            assert_eq!(note["id"].is_null(), stored.is_empty());
            let state = if closes { json!("close") } else { Value::Null };
            assert_eq!(note["commands_changes"]["state_event"], state, "{text:?}");
            let issue = read(&sandbox, "dev", ONE)?;
            assert_eq!(issue["state"] == "closed", closes, "{text:?}");
        }
    }
    let note = update(&sandbox, "dev", &format!("{NOTES}/1"), &json!({"body": "b\n/title c"}))?;
    assert_eq!(note["body"], "b");
    assert_eq!(read(&sandbox, "dev", ONE)?["title"], "c");
    Ok(())
}

#[test]
fn each_quick_action_does_what_it_says() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    for (text, summary, field, after) in [
        ("/label ~calendly ~x", "Added ~calendly ~x labels.", "labels", json!(["calendly", "x"])),
        ("/unlabel ~x", "Removed ~x label.", "labels", json!(["calendly"])),
        ("/relabel x", "Replaced all labels with ~x label.", "labels", json!(["x"])),
        ("/label ~nope", "Failed to apply commands.", "labels", json!(["x"])),
        ("/unlabel", "Removed all labels.", "labels", json!([])),
        ("/title A new one", "Changed the title to \"A new one\".", "title", json!("A new one")),
        ("/due 2026-12-15", "Set the due date to Dec 15, 2026.", "due_date", json!("2026-12-15")),
        ("/remove_due_date", "Removed the due date.", "due_date", json!(null)),
        ("/confidential", "Made this issue confidential.", "confidential", json!(true)),
        ("/confidential", "Could not apply confidential command.", "confidential", json!(true)),
        ("/lock", "Locked the discussion.", "discussion_locked", json!(true)),
        ("/unlock", "Unlocked the discussion.", "discussion_locked", json!(false)),
        ("/subscribe", "Subscribed to notifications.", "subscribed", json!(true)),
        ("/unsubscribe", "Unsubscribed from notifications.", "subscribed", json!(false)),
        ("/todo", "Added a to-do item.", "state", json!("opened")),
        ("/weight 3", "Could not apply weight command.", "state", json!("opened")),
        ("/close\n/todo", "Closed this issue. Added a to-do item.", "state", json!("closed")),
        ("/close", "Could not apply close command.", "state", json!("closed")),
        ("/reopen", "Reopened this issue.", "state", json!("opened")),
    ] {
        let seen = write(&sandbox, "bob", ("POST", NOTES), &json!({"body": text}))?;
        assert_eq!(seen.status, 202, "{text}");
        assert_eq!(seen.json()?["summary"], json!([summary]), "{text}");
        assert_eq!(read(&sandbox, "bob", ONE)?[field], after, "{text}");
    }
    for (text, assignee) in
        [("/assign @ada @dev", Some("ada")), ("/unassign", None), ("/assign me", Some("bob"))]
    {
        write(&sandbox, "bob", ("POST", NOTES), &json!({"body": text}))?;
        let issue = read(&sandbox, "bob", ONE)?;
        assert_eq!(issue["assignee"]["username"].as_str(), assignee, "{text}");
    }
    Ok(())
}

#[test]
fn text_and_quick_actions_make_a_note_that_tells_the_changes() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    update(&sandbox, "dev", ONE, &json!({"state_event": "close"}))?;
    let body = json!({"body": "Text before\n\n/reopen\n/label ~calendly"});
    let note = create(&sandbox, "dev", NOTES, &body)?;
    assert_eq!(note["body"], "Text before");
    assert_eq!(note["commands_changes"], json!({"add_label_ids": [1001], "state_event": "reopen"}));
    let again = read(&sandbox, "dev", &format!("{NOTES}/{}", note["id"]))?;
    assert_eq!(again["commands_changes"], json!({}));
    Ok(())
}

#[test]
fn a_guest_may_not_close_by_a_note_what_they_may_not_close() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let seen = write(&sandbox, "gus", ("POST", NOTES), &json!({"body": "/close"}))?;
    assert_eq!(seen.status, 202);
    let expected = json!({"commands_changes": {}, "summary": ["Could not apply close command."]});
    assert_eq!(seen.json()?, expected);
    assert_eq!(read(&sandbox, "gus", ONE)?["state"], "opened");
    Ok(())
}

#[test]
fn a_templates_quick_actions_run_when_the_issue_is_opened() -> anyhow::Result<()> {
    let sandbox = open()?;
    let description = "<!-- Add \"Calendly\" request. -->\n## Request\n\n- [ ] Name:\n\n\
        /label ~calendly ~\"access::request\"\n/confidential\n";
    sandbox.update(|world| -> anyhow::Result<()> {
        world.project("group/audits")?.add_label("access::request");
        Ok(())
    })?;
    let issue =
        create(&sandbox, "dev", ISSUES, &json!({"title": "t", "description": description}))?;
    let stored = "<!-- Add \"Calendly\" request. -->\n## Request\n\n- [ ] Name:";
    assert_eq!(issue["description"], stored);
    assert_eq!(issue["labels"], json!(["access::request", "calendly"]));
    assert_eq!(issue["confidential"], true);
    assert_eq!(read(&sandbox, "dev", NOTES)?, json!([]), "a new issue has no activity");
    Ok(())
}

#[test]
fn a_token_without_quick_actions_is_refused_the_whole_text() -> anyhow::Result<()> {
    let mut world = world();
    let token = Token::new("token-of-fine", "dev", &["api"]);
    world.add_token(Token { no_quick_actions: true, ..token });
    let sandbox = Sandbox::start(world)?;
    create(&sandbox, "fine", ISSUES, &json!({"title": "t", "description": "/nosuchcommand"}))?;
    let text = "text\n/close";
    for (method, path, body) in [
        ("POST", ISSUES, json!({"title": "t", "description": text})),
        ("PUT", ONE, json!({"description": text})),
        ("POST", NOTES, json!({"body": text})),
    ] {
        assert_eq!(write(&sandbox, "fine", (method, path), &body)?.status, 403, "{path}");
    }
    assert_eq!(read(&sandbox, "fine", ISSUES)?.as_array().map(Vec::len), Some(1));
    Ok(())
}
