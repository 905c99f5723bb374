//! Texts, and what they did on a real server: quick actions and mentions.

use std::path::Path;

use anyhow::Context as _;
use sandbox::{Sandbox, Why};
use serde_json::{Value, json};

use super::{source, story};
use crate::{
    http::{at, write},
    office::{create, read, update},
};

const ISSUES: &str = "projects/2/issues";

/// What of a description and of a note was seen, in the words of the recorded tables.
type Verdict = Vec<(&'static str, Value)>;

fn quick_action(sandbox: &Sandbox, text: &str) -> anyhow::Result<Verdict> {
    let sent = json!({"title": "t", "description": text});
    let described = write(sandbox, "alice", ("POST", ISSUES), &sent)?;
    let issue = described.json()?;
    let plain = create(sandbox, "alice", ISSUES, &json!({"title": "t"}))?;
    let path = format!("{ISSUES}/{}", at(&plain, "iid"));
    let note = write(sandbox, "alice", ("POST", &format!("{path}/notes")), &json!({"body": text}))?;
    let closed = at(&read(sandbox, "alice", &path)?, "state") == "closed";
    Ok(vec![
        ("description_status", json!(described.status)),
        ("closed_by_description", json!(at(&issue, "state") == "closed")),
        ("stored_description", at(&issue, "description").clone()),
        ("note_status", json!(note.status)),
        ("closed_by_note", json!(closed)),
        ("stored_note", at(&note.json()?, "body").clone()),
    ])
}

/// Whom a text of alice's gave a to-do item, as a description and as a note.
fn told(sandbox: &Sandbox, text: &str, in_note: bool) -> anyhow::Result<(u16, Vec<String>)> {
    let description = if in_note { "" } else { text };
    let before = sandbox.notifications().len();
    let sent = json!({"title": "t", "description": description});
    let issue = create(sandbox, "alice", ISSUES, &sent)?;
    let mut status = 201;
    if in_note {
        let path = format!("{ISSUES}/{}/notes", at(&issue, "iid"));
        status = write(sandbox, "alice", ("POST", &path), &json!({"body": text}))?.status;
    }
    let told = sandbox.notifications().split_off(before);
    let mentioned = told.into_iter().filter(|told| told.why == Why::Mentioned);
    Ok((status, mentioned.map(|told| told.user).collect()))
}

fn recorded(name: &str) -> anyhow::Result<Option<Value>> {
    let Some(folder) = source::folder() else { return Ok(None) };
    source::json(&folder.join(Path::new(name))).map(Some)
}

fn sandbox() -> anyhow::Result<Sandbox> {
    let mut world = story::world();
    // The recorded table has a label of two words and one that is unknown.
    world.project("acme/support/entitlements")?.add_label("a b");
    Sandbox::start(world)
}

const SKIPPED: &str = "skipped: there is no folder of recorded answers beside the project";

#[test]
fn quick_actions_do_what_they_did() -> anyhow::Result<()> {
    let Some(table) = recorded("recorded/behaviour_quick_actions.json")? else {
        println!("{SKIPPED}");
        return Ok(());
    };
    let sandbox = sandbox()?;
    let rows = table["results"].as_array().context("no results")?;
    for row in rows {
        let text = row["text"].as_str().context("no text")?;
        for (name, seen) in quick_action(&sandbox, text)? {
            assert_eq!(row[name], seen, "{name} of {text:?}");
        }
    }
    println!("{} texts of quick actions reproduced", rows.len());
    Ok(())
}

#[test]
fn quick_actions_do_what_gitlabs_code_says() -> anyhow::Result<()> {
    let Some(table) = recorded("gitlab-quick-action-vectors.json")? else {
        println!("{SKIPPED}");
        return Ok(());
    };
    let sandbox = sandbox()?;
    let vectors = table["vectors"].as_array().context("no vectors")?;
    for vector in vectors {
        let text = vector["text"].as_str().context("no text")?;
        let sent = json!({"title": "t", "description": text});
        let issue = create(&sandbox, "alice", ISSUES, &sent)?;
        // What executes is cut out of the text; white space at its end goes in any case.
        let stored = issue["description"].as_str().unwrap_or_default();
        let is_cut = stored != text.replace('\r', "").trim_end();
        assert_eq!(json!(is_cut), vector["executes"], "{text:?}");
        let path = format!("{ISSUES}/{}", issue["iid"]);
        update(&sandbox, "alice", &path, &json!({"description": "other"}))?;
        let issue = update(&sandbox, "alice", &path, &json!({"description": text}))?;
        assert_eq!(issue["description"], stored, "edited: {text:?}");
    }
    println!("{} texts of quick actions as in GitLab's code", vectors.len());
    Ok(())
}

#[test]
fn mentions_tell_whom_they_told() -> anyhow::Result<()> {
    let Some(table) = recorded("recorded/behaviour_mentions.json")? else {
        println!("{SKIPPED}");
        return Ok(());
    };
    let sandbox = sandbox()?;
    let mut texts = 0;
    for (kind, in_note) in [("description", false), ("note", true)] {
        for row in table[kind].as_object().context("no rows")?.values() {
            let text = row["text"].as_str().context("no text")?;
            let (status, told) = told(&sandbox, text, in_note)?;
            for (user, recorded) in [("bob", "bob"), ("bob", "bob_todos"), ("carol", "carol")] {
                if let Some(todos) = row.get(recorded).and_then(Value::as_array) {
                    let told = told.iter().filter(|told| *told == user).count();
                    assert_eq!(told, todos.len(), "{user}, {kind} {text:?}");
                }
            }
            assert!(row.get("status").is_none_or(|recorded| *recorded == status), "{text:?}");
            texts += 1;
        }
    }
    println!("{texts} texts with mentions reproduced");
    Ok(())
}
