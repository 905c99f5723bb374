//! `followups`, `submit-review` and `status`: who is asked, once, and what becomes of it.

mod acts;
mod answers;
mod closing;
mod doubt;
mod hostile;
mod lost;
mod mails;
mod mentioned;
mod moment;
mod plan;
mod prompts;
mod refused;
mod requests;
mod status;
mod submit_review;
mod team;
mod together;

use crate::support::{AUDITS, Ran, TestWorld};

/// How a ping begins.
const ASKED: &str = ": the access review of Calendly found ";

/// Does what is due.
fn follow_up(test: &TestWorld, arguments: &[&str]) -> Ran {
    test.run(&[&["followups", "--yes"], arguments].concat())
}

/// The JSON document of how the audit stands.
fn status(test: &TestWorld) -> serde_json::Value {
    test.run(&["status", "--format", "json"]).success().json()
}

/// The state of a finding.
#[track_caller]
fn state(test: &TestWorld, finding: &str) -> String {
    let status = status(test);
    let rows = status["findings"].as_array().unwrap();
    let row = rows.iter().find(|row| row["finding"] == finding);
    row.unwrap_or_else(|| panic!("no {finding} in {status:#}"))["state"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Lets the first operator write the comments of a plan by hand.
fn write_by_hand(test: &TestWorld, shown: &serde_json::Value) {
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
