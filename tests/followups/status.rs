//! How the audit stands: `status`.

use super::team::{demo, team, world};
use super::{follow_up, run, status, writes_nothing};
use crate::support::{AUDITS, Test};

/// The stage, and what comes next.
fn stage(test: &Test) -> (String, String) {
    let status = status(test);
    assert_eq!(status["schema"], "support-audit/status/1");
    let field = |key: &str| status[key].as_str().unwrap().to_owned();
    (field("stage"), field("next"))
}

/// Refuses another stage, in either form.
#[track_caller]
fn is_at(test: &Test, word: &str, shown: &str, next: &str) {
    assert_eq!(stage(test), (word.to_owned(), next.to_owned()));
    let table = writes_nothing(test, &["status", "--issue", "1"]).ends_with(0).stdout;
    assert!(table.contains(&format!("\nStage: {shown}; ")), "{table}");
    assert!(table.contains(&format!("\nNext: {next}\n")), "{table}");
}

#[test]
fn each_stage_is_told() {
    let test = team(1);
    is_at(&test, "begun", "begun", "support-audit run --write");
    assert_eq!(run(&test, &["run", "--write", "--yes"]).code, 0);
    let without = super::team::again(&test).with("CALENDLY_API_TOKEN", "");
    let ran = run(&without, &["status", "--format", "json"]).ends_with(0);
    assert_eq!(ran.json()["stage"], "reconciling");
    assert_eq!(ran.json()["next"], "support-audit reconcile --write");
    is_at(&test, "following-up", "following up", "support-audit followups");
    let accept = ["--accept", "link-missing:p001@example.com", "--reason", "x"];
    assert_eq!(follow_up(&test, &accept).code, 0);
    is_at(&test, "ready", "ready for review", "support-audit submit-review");
    assert_eq!(run(&test, &["submit-review", "--yes"]).code, 0);
    is_at(&test, "in-review", "in review", "wait for the manager");
    assert!(status(&test)["summary"].as_str().unwrap().starts_with("olga has asked maria"));

    for (by, words) in [
        ("maria", "closed by maria"),
        ("olga", "closed by olga, who is the operator: a manager should have"),
    ] {
        let test = super::team::again(&test);
        test.sandbox.update(|world| world.close_issue(AUDITS, 1, by).unwrap());
        let closed = run(&test, &["status", "--issue", "1", "--format", "json"]).ends_with(0);
        assert_eq!(closed.json()["stage"], "closed");
        assert_eq!(closed.json()["summary"], words);
        let table = run(&test, &["status", "--period", "FY28-Q1"]).ends_with(0).stdout;
        assert!(table.contains(&format!("Stage: closed; {words}\n")), "{table}");
    }
}

#[test]
fn each_finding_is_told_with_what_comes_next() {
    let test = demo();
    assert_eq!(follow_up(&test, &[]).code, 0);
    let status = status(&test);
    let rows = status["findings"].as_array().unwrap();
    assert_eq!(rows.len(), 12, "{status:#}");
    let row = rows.iter().find(|row| row["check"] == "link-malformed").unwrap();
    assert_eq!(row["finding"], "link-malformed:zhrusovska@example.com");
    assert_eq!(row["subject"], "zhrusovska@example.com");
    assert_eq!(row["name"], "Zuzana Hrušovská");
    assert_eq!(row["state"], "waiting");
    assert_eq!(row["round"], 1);
    assert_eq!(row["evidence"], "https://calendly.com/zhrusovska/30min");
    assert!(row["asked_at"].as_str().unwrap().starts_with("2027-02-01T09:00:00"), "{row:#}");
    assert!(row["due"].as_str().unwrap().starts_with("2027-02-04T09:00:00"), "{row:#}");
    assert_eq!(row["age_hours"], 0, "{row:#}");
    assert!(row["thread"].as_str().unwrap().contains("/-/issues/1#note_"), "{row:#}");
    let outsider = rows.iter().find(|row| row["check"] == "outsider").unwrap();
    assert_eq!((&outsider["state"], &outsider["thread"]), (&"not asked".into(), &().into()));
    let table = run(&test, &["status"]).ends_with(0).stdout;
    let line = "link-malformed:zhrusovska@example.com       waiting    0 h  2027-02-04 09:00";
    assert!(table.lines().any(|it| it == line), "{table}");
    // What is shown can be typed.
    let finding = row["finding"].as_str().unwrap();
    assert_eq!(follow_up(&test, &["--accept", finding, "--reason", "x"]).code, 0);
}

#[test]
fn the_audit_that_is_meant_is_the_open_one() {
    let mut world = world(1);
    let second = super::team::ISSUE.replace("FY28-Q1", "FY28-Q3");
    world.open_issue(AUDITS, "olga", "The next one", &second).unwrap();
    let forged = super::team::ISSUE.replace("FY28-Q1", "FY29-Q1");
    world.open_issue(AUDITS, "p001", "Not one", &forged).unwrap();
    let test = super::team::in_world(world);
    for command in [&["status"][..], &["followups", "--yes"], &["submit-review", "--yes"]] {
        let ran = writes_nothing(&test, command).ends_with(2);
        assert!(ran.stderr.contains("/issues/1, ") && ran.stderr.contains("/issues/2"));
        assert!(ran.stderr.contains("hint: name one by --issue or --period"), "{}", ran.stderr);
        assert!(ran.stderr.contains("/issues/3 is marked as an audit by p001"), "{}", ran.stderr);
    }
    let ran = run(&test, &["status", "--period", "FY28-Q3"]).ends_with(0);
    assert!(ran.stdout.starts_with("FY28-Q3 "), "{}", ran.stdout);
    assert_eq!(run(&test, &["status", "--period", "FY27-Q1"]).code, 1);
    let csv = run(&test, &["status", "--issue", "1", "--format", "csv"]).ends_with(2);
    assert!(csv.stderr.contains("hint: use --format table or json"), "{}", csv.stderr);
}
