//! `followups`, `submit-review` and `status`: who is asked, once, and what becomes of it.

mod acts;
mod answers;
mod doubt;
mod hostile;
mod mails;
mod moment;
mod plan;
mod refused;
mod requests;
mod sitting;
mod submit_review;
mod team;
mod whose;

use crate::support::{Ran, TestWorld};

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
