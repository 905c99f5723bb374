//! `followups`, `submit-review` and `status`: who is asked, once, and what becomes of it.

mod acts;
mod answers;
mod closing;
mod doubt;
mod hostile;
mod lost;
mod mentioned;
mod plan;
mod prompts;
mod refused;
mod requests;
mod status;
mod submit_review;
mod team;
mod together;

use std::collections::BTreeMap;
use std::time::Duration;

use sandbox::{Note, Request, Why, World};

use crate::support::{AUDITS, Ran, Test};

const TEAM: &str = "gitlab-com/support/team";
const ROSTER: &str = "data/support-team.yaml";

/// How a ping begins.
const ASKED: &str = ": the access review of Calendly found ";

/// Runs the program at the instant of the world's clock.
fn run(test: &Test, arguments: &[&str]) -> Ran {
    Ran::of(&mut command(test, arguments))
}

/// The program at the instant of the world's clock, before it is started.
fn command(test: &Test, arguments: &[&str]) -> std::process::Command {
    let now = test.sandbox.update(|world| world.now.to_string());
    let mut command = test.command(arguments);
    command.env("SUPPORT_AUDIT_NOW", now);
    command
}

/// Does what is due.
fn follow_up(test: &Test, arguments: &[&str]) -> Ran {
    run(test, &[&["followups", "--yes"], arguments].concat())
}

/// Lets hours pass.
fn hours(test: &Test, number: u64) {
    test.sandbox.update(|world| world.advance(Duration::from_secs(number * 3600)));
}

/// What a run wrote to either service.
fn writes(test: &Test, run: impl FnOnce() -> Ran) -> (Ran, Vec<Request>) {
    let before = test.sandbox.writes().len();
    let ran = run();
    (ran, test.sandbox.writes().into_iter().skip(before).collect())
}

/// Refuses a run that writes anything.
#[track_caller]
fn writes_nothing(test: &Test, arguments: &[&str]) -> Ran {
    let (ran, written) = writes(test, || run(test, arguments));
    assert!(written.is_empty(), "{written:?}\n{}", ran.stderr);
    ran
}

/// The comments of the issue, without GitLab's own.
fn comments(test: &Test) -> Vec<Note> {
    test.issues()[0].notes().filter(|note| !note.system).cloned().collect()
}

/// The comments that hold a text.
fn holding(test: &Test, part: &str) -> Vec<Note> {
    comments(test).into_iter().filter(|note| note.body.contains(part)).collect()
}

/// The comments whose marker is of this kind.
fn marked(test: &Test, what: &str) -> Vec<Note> {
    let begin = format!("<!-- support-audit v1 calendly FY28-Q1 {what} ");
    let is_it = |note: &Note| note.body.lines().last().is_some_and(|line| line.starts_with(&begin));
    comments(test).into_iter().filter(is_it).collect()
}

/// How often each user was mailed that they were mentioned.
fn mentions(test: &Test) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    for told in test.sandbox.notifications() {
        if told.why == Why::Mentioned {
            *count.entry(told.user).or_default() += 1;
        }
    }
    count
}

/// The id of the thread that mentions a user first.
fn thread_of(world: &mut World, username: &str) -> String {
    let mention = format!("@{username}:");
    let issue = world.issue(AUDITS, 1).unwrap();
    let is_theirs = |note: &Note| note.body.starts_with(&mention);
    let found = issue.discussions.iter().find(|it| it.notes.first().is_some_and(is_theirs));
    found.unwrap().id.clone()
}

/// Replies as a user in the thread that mentions somebody.
fn reply(test: &Test, thread: &str, username: &str, body: &str) -> u64 {
    test.sandbox.update(|world| {
        let thread = thread_of(world, thread);
        world.reply(AUDITS, 1, username, (&thread, body)).unwrap()
    })
}

/// Changes the roster.
fn change_roster(test: &Test, change: impl Fn(&str) -> String) {
    test.sandbox.update(|world| {
        let project = world.project(TEAM).unwrap();
        let bytes = project.repository.head().unwrap().files[ROSTER].bytes.to_vec();
        let old = String::from_utf8(bytes).unwrap();
        let new = change(&old);
        assert_ne!(new, old, "the change changes nothing");
        project.add_file(ROSTER, new);
    });
}

/// Replaces a text of the roster.
fn replace(test: &Test, from: &str, to: &str) {
    change_roster(test, |old| old.replacen(from, to, 1));
}

/// The JSON document of how the audit stands.
fn status(test: &Test) -> serde_json::Value {
    run(test, &["status", "--format", "json"]).ends_with(0).json()
}

/// The state of a finding.
#[track_caller]
fn state(test: &Test, finding: &str) -> String {
    let status = status(test);
    let rows = status["findings"].as_array().unwrap();
    let row = rows.iter().find(|row| row["finding"] == finding);
    row.unwrap_or_else(|| panic!("no {finding} in {status:#}"))["state"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Lets the first operator write the comments of a plan by hand.
fn write_by_hand(test: &Test, shown: &serde_json::Value) {
    test.sandbox.update(|world| {
        for action in shown["plan"].as_array().unwrap() {
            let (head, body) = action.as_str().unwrap().split_once('\n').unwrap();
            let body: Vec<&str> = body.lines().map(str::trim_start).collect();
            let body = body.join("\n");
            let Some(begin) = head.strip_prefix("Reply in the thread ") else {
                world.start_thread(AUDITS, 1, "olga", &body).unwrap();
                continue;
            };
            let begin = begin.trim_end_matches(':');
            let mut threads = world.issue(AUDITS, 1).unwrap().discussions.iter();
            let thread = threads.find(|it| it.id.starts_with(begin)).unwrap().id.clone();
            world.reply(AUDITS, 1, "olga", (&thread, &body)).unwrap();
        }
    });
}
