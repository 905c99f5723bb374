//! The order in which the requests were recorded, and what was done between them.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use sandbox::{Sandbox, Token, World};

use super::{
    compare::{Difference, Known, differences},
    source::{Recording, Recordings},
};
use crate::http::{Seen, at, send_with};

const PROJECT: &str = "acme/support/entitlements";

/// The text of the note that is deleted.
const DELETED: &str = "to be deleted";

/// A step of the story.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Sends recorded requests, one after another.
    Replay(&'static [&'static str]),
    /// Sends what was not recorded, to a path of the project: it made what later answers show.
    Do(&'static str, (&'static str, &'static str), &'static str),
    /// Opens issues until the next one will have this number.
    NextIssue(u64),
    /// Lets so many issues a minute be opened from now on.
    IssuesPerMinute(u64),
}

use Step::{Do, IssuesPerMinute, NextIssue, Replay};

const STORY: &[Step] = &[
    Replay(&["user", "version", "users_by_username", "personal_access_tokens_self"]),
    Replay(&["error_401_no_token", "error_401_bad_token", "error_401_bad_bearer"]),
    Replay(&["error_401_expired", "error_403_insufficient_scope"]),
    Replay(&["project_by_path", "project_members_all", "error_404_project", "error_404_route"]),
    Replay(&["error_404_project_not_member"]),
    Replay(&["templates_issues_list", "templates_issues_one", "templates_issues_404"]),
    Replay(&["repository_tree", "commits_of_path", "repository_file_head"]),
    Replay(&["repository_file_json", "repository_file_raw", "repository_file_raw_no_ref"]),
    Replay(&["repository_file_raw_if_none_match", "repository_file_raw_404"]),
    Replay(&["repository_file_raw_bad_ref"]),
    Do("alice", ("POST", "/issues"), r#"{"title": "One"}"#),
    Do(
        "alice",
        ("POST", "/issues"),
        r#"{"title": "Plain issue", "description": "Hello\n\n- [ ] one\n- [x] two", "labels": "calendly,brand-new-label"}"#,
    ),
    Replay(&["issue_create_from_template_with_quick_actions", "issues_list"]),
    Replay(&["issue_create", "issue_get", "issue_update"]),
    Do("alice", ("PUT", "/issues/4"), r#"{"state_event": "close"}"#),
    Do("alice", ("PUT", "/issues/4"), r#"{"description": "Body 2"}"#),
    Replay(&["issues_list_page1", "issues_list_keyset"]),
    Replay(&["error_400_bad_json", "error_400_bad_state", "error_400_issue_update_empty"]),
    Replay(&["error_400_title_blank", "error_400_title_missing", "error_400_title_too_long"]),
    Replay(&["error_400_description_too_long", "error_bad_iid", "error_nul_byte"]),
    Replay(&["error_404_issue", "error_404_issue_not_member"]),
    Replay(&["note_create", "note_create_only_quick_action"]),
    Replay(&["note_create_quick_action_forbidden", "note_create_text_and_quick_actions"]),
    Replay(&["note_create_quick_actions_in_code", "note_create_unknown_quick_action"]),
    Do("alice", ("POST", "/issues/4/notes"), r#"{"body": " /close"}"#),
    Replay(&["error_400_note_blank", "error_400_note_missing", "error_400_note_too_long"]),
    Replay(&["discussion_create", "discussion_reply", "discussion_create_with_quick_action"]),
    Do("alice", ("PUT", "/issues/4"), r#"{"remove_labels": "x"}"#),
    Replay(&["resource_label_events", "discussion_resolve", "discussion_unresolve"]),
    Replay(&["discussion_note_resolve_on_issue", "discussion_resolve_forbidden"]),
    Replay(&["discussion_get", "discussions_list", "notes_list", "notes_list_only_comments"]),
    Replay(&["error_404_discussion", "error_404_discussion_reply"]),
    Replay(&["award_emoji_on_note_create", "award_emoji_on_note_list", "award_emoji_unknown"]),
    Do("alice", ("PUT", "/issues/4"), r#"{"state_event": "close"}"#),
    Replay(&["issue_delete", "issue_create_as_guest"]),
    Do("bob", ("POST", "/issues/4/notes"), r#"{"body": "x"}"#),
    Replay(&["note_create_internal"]),
    Do("bob", ("POST", "/issues/4/notes"), r#"{"body": "x"}"#),
    Do("bob", ("POST", "/issues/4/notes"), r#"{"body": "x"}"#),
    Do("alice", ("POST", "/issues"), r#"{"title": "labels", "labels": ["a", "b", "c"]}"#),
    Replay(&["labels_list", "issues_list_with_label_details"]),
    NextIssue(46),
    Replay(&["issue_create_quick_actions_in_code", "issue_close", "issue_reopen"]),
    Replay(&["resource_state_events", "note_update", "note_update_forbidden"]),
    Replay(&["award_emoji_on_issue_create", "issue_link_create", "error_403_issue_delete"]),
    Do("alice", ("POST", "/issues/4/notes"), r#"{"body": "to be deleted"}"#),
    Replay(&["error_403_note_delete", "note_delete", "error_404_note"]),
    NextIssue(113),
    Do("alice", ("POST", "/issues"), r#"{"title": "thread"}"#),
    Do("alice", ("POST", "/issues/113/discussions"), r#"{"body": "start"}"#),
    Replay(&["discussion_reply_with_quick_action"]),
    IssuesPerMinute(4),
    Do("carol", ("POST", "/issues"), r#"{"title": "rl1"}"#),
    Do("carol", ("POST", "/issues"), r#"{"title": "rl2"}"#),
    Do("carol", ("POST", "/issues"), r#"{"title": "rl3"}"#),
    Do("carol", ("POST", "/issues"), r#"{"title": "rl4"}"#),
    Replay(&["error_429_issue_create", "todos_list", "markdown_render"]),
];

/// The world of the recorded server: `root` is its administrator, `alice` a developer, `bob` a
/// reporter, `carol` a guest, `mallory` no member. The numbers of people and project are equal.
pub(super) fn world() -> World {
    let mut world = World::empty();
    world.now = jiff::Timestamp::constant(1_795_348_800, 0);
    for (username, name) in [
        ("root", "Administrator"),
        ("bob", "Bob"),
        ("alice", "Alice"),
        ("carol", "Carol"),
        ("mallory", "Mallory"),
    ] {
        let user = world.add_user(username);
        name.clone_into(&mut user.name);
        user.email = format!("{username}@example.test");
        let mut token = Token::new(&format!("token-of-{username}"), username, &["api"]);
        token.expires_at = Some(jiff::civil::date(2027, 9, 18));
        world.add_token(token);
    }
    let mut dead = Token::new("token-of-rootexpired", "root", &["api"]);
    dead.expires_at = Some(jiff::civil::date(2026, 11, 22));
    world.add_token(dead);
    world.add_token(Token::new("token-of-rootro", "root", &["read_api"]));
    world.add_project("acme/support/other");
    let project = world.add_project(PROJECT);
    project.add_member("root", 50).add_member("alice", 30).add_member("bob", 20);
    project.add_member("carol", 10);
    for (label, color) in
        [("calendly", "#009966"), ("access::request", "#ff0000"), ("x", "#00ff00")]
    {
        color.clone_into(&mut project.add_label(label).color);
    }
    project.add_file("README.md", "# entitlements\n");
    let template = "<!-- Add \"Calendly\" request. Do not edit below the line. -->\n## Request\n\n\
        - [ ] Name:\n- [ ] Team:\n\n/label ~calendly ~\"access::request\"\n/confidential\n";
    let team = "version: 1\nteam:\n  - handle: alice\n    role: lead\n  - handle: bob\n    \
        role: agent\n";
    project.add_files([
        (".gitlab/issue_templates/Access request.md".to_owned(), b"Access\n".to_vec()),
        (".gitlab/issue_templates/Calendly.md".to_owned(), template.into()),
        ("data/support-team.yaml".to_owned(), team.into()),
    ]);
    world
}

/// What every replayed recording came to, by name.
pub(super) fn replay(
    recordings: &Recordings,
) -> anyhow::Result<BTreeMap<&'static str, Vec<Difference>>> {
    let sandbox = Sandbox::start(world())?;
    let mut known = Known::default();
    let mut outcomes = BTreeMap::new();
    for step in STORY {
        match *step {
            Replay(names) => {
                for &name in names {
                    let Some(recording) = recordings.get(name) else { continue };
                    let seen = ask(&sandbox, recording, &known, name)?;
                    let base = sandbox.gitlab_url();
                    let found = differences(recording, &seen, &base, &mut known);
                    ensure!(outcomes.insert(name, found).is_none(), "{name} is there twice");
                }
            }
            Do(user, (method, path), body) => {
                let path = format!("/api/v4/projects/2{path}");
                let seen = tell(&sandbox, user, (method, &path), body)?;
                ensure!(seen.status < 300, "{method} {path}: {} {}", seen.status, seen.text());
                note_unrecorded(&seen, &mut known);
            }
            NextIssue(iid) => sandbox.update(|world| -> anyhow::Result<()> {
                while 1 + world.open_issue(PROJECT, "alice", "filler", "")? < iid {}
                Ok(())
            })?,
            IssuesPerMinute(limit) => {
                sandbox.update(|world| world.limits.issues_per_minute = Some(limit));
            }
        }
    }
    Ok(outcomes)
}

/// The thread that a recorded reply went to, and the note that was deleted, were not recorded
/// themselves.
fn note_unrecorded(seen: &Seen, known: &mut Known) {
    let body = seen.json().unwrap_or_default();
    let id = at(&body, "id");
    if body.get("individual_note").is_some() {
        let id = id.as_str().unwrap_or_default();
        known.meet("discussion", "4fb2dcc83a96e5d47c46eb0f1f93327a8814a0cd", id);
    }
    if at(&body, "body") == DELETED {
        known.meet("note", "71", &id.to_string());
    }
}

fn ask(
    sandbox: &Sandbox,
    recording: &Recording,
    known: &Known,
    name: &str,
) -> anyhow::Result<Seen> {
    if let Some((path, body)) = unrecorded(name) {
        return tell(sandbox, "alice", ("POST", path), &body);
    }
    let (path, query) = recording.path.split_once('?').unwrap_or((&recording.path, ""));
    let mut before = "";
    let own = path.split('/').map(|part| match std::mem::replace(&mut before, part) {
        "notes" => known.own("note", part),
        "discussions" => known.own("discussion", part),
        _ => part,
    });
    let path = own.collect::<Vec<_>>().join("/");
    let path = if query.is_empty() { path } else { format!("{path}?{query}") };
    let headers: Vec<(&str, &str)> =
        recording.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let body = recording.sent.as_bytes();
    send_with(&sandbox.gitlab_url(), &recording.method, &path, (&headers, body)).context(path)
}

/// Of these only the answer was recorded: their texts are a byte or a character too long.
fn unrecorded(name: &str) -> Option<(&'static str, String)> {
    let (path, field, length) = match name {
        "error_400_description_too_long" => ("/api/v4/projects/2/issues", "description", 1 << 20),
        "error_400_note_too_long" => ("/api/v4/projects/2/issues/4/notes", "body", 1_000_000),
        _ => return None,
    };
    Some((path, format!(r#"{{"title": "t", "{field}": "{}"}}"#, "x".repeat(length + 1))))
}

fn tell(
    sandbox: &Sandbox,
    user: &str,
    (method, path): (&str, &str),
    body: &str,
) -> anyhow::Result<Seen> {
    let token = format!("token-of-{user}");
    let headers = [("PRIVATE-TOKEN", token.as_str()), ("Content-Type", "application/json")];
    send_with(&sandbox.gitlab_url(), method, path, (&headers, body.as_bytes()))
}
