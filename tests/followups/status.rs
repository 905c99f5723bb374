//! How the audit stands: `status`.

use super::team::{demo, team, world};
use super::{follow_up, status};
use crate::support::{AUDITS, TestWorld};

/// The stage, and what comes next.
fn stage(test: &TestWorld) -> (String, String) {
    let status = status(test);
    assert_eq!(status["schema"], "support-audit/status/1");
    let field = |key: &str| status[key].as_str().unwrap().to_owned();
    (field("stage"), field("next"))
}

/// Refuses another stage, in either form.
#[track_caller]
fn is_at(test: &TestWorld, word: &str, shown: &str, next: &str) {
    assert_eq!(stage(test), (word.to_owned(), next.to_owned()));
    let table = test.run_writing_nothing(&["status", "--issue", "1"]).success().stdout;
    assert!(table.contains(&format!("\nStage: {shown}; ")), "{table}");
    assert!(table.contains(&format!("\nNext: {next}\n")), "{table}");
}

#[test]
fn each_stage_is_told() {
    let test = team(1);
    is_at(&test, "begun", "begun", "support-audit run --write");
    test.run(&["run", "--write", "--yes"]).success();
    let without = test.again().with("CALENDLY_API_TOKEN", "");
    let ran = without.run(&["status", "--format", "json"]).success();
    assert_eq!(ran.json()["stage"], "reconciling");
    assert_eq!(ran.json()["next"], "support-audit reconcile --write");
    is_at(&test, "following-up", "following up", "support-audit followups");
    let accept = ["--accept", "link-missing:p001@example.com", "--reason", "x"];
    follow_up(&test, &accept).success();
    is_at(&test, "ready", "ready for review", "support-audit submit-review");
    test.run(&["submit-review", "--yes"]).success();
    is_at(&test, "in-review", "in review", "wait for the manager");
    assert!(status(&test)["summary"].as_str().unwrap().starts_with("olga has asked maria"));

    for (by, words) in [
        ("maria", "closed by maria"),
        ("olga", "closed by olga, who is the operator: a manager should have"),
    ] {
        let test = test.again();
        test.sandbox.update(|world| world.close_issue(AUDITS, 1, by).unwrap());
        let closed = test.run(&["status", "--issue", "1", "--format", "json"]).success();
        assert_eq!(closed.json()["stage"], "closed");
        assert_eq!(closed.json()["summary"], words);
        let table = test.run(&["status", "--period", "FY28-Q1"]).success().stdout;
        assert!(table.contains(&format!("Stage: closed; {words}\n")), "{table}");
    }
}

#[test]
fn each_finding_is_told_with_what_comes_next() {
    let test = demo();
    follow_up(&test, &[]).success();
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
    let table = test.run(&["status"]).success().stdout;
    let line = "link-malformed:zhrusovska@example.com       waiting    0 h  2027-02-04 09:00";
    assert!(table.lines().any(|it| it == line), "{table}");
    // What is shown can be typed.
    let finding = row["finding"].as_str().unwrap();
    follow_up(&test, &["--accept", finding, "--reason", "x"]).success();
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
        let ran = test.run_writing_nothing(command).exit(2);
        assert!(ran.stderr.contains("/issues/1, ") && ran.stderr.contains("/issues/2"));
        assert!(ran.stderr.contains("hint: name one by --issue or --period"), "{}", ran.stderr);
        assert!(ran.stderr.contains("/issues/3 is marked as an audit by p001"), "{}", ran.stderr);
    }
    let ran = test.run(&["status", "--period", "FY28-Q3"]).success();
    assert!(ran.stdout.starts_with("FY28-Q3 "), "{}", ran.stdout);
    test.run(&["status", "--period", "FY27-Q1"]).exit(1);
    let csv = test.run(&["status", "--issue", "1", "--format", "csv"]).exit(2);
    assert!(csv.stderr.contains("hint: use --format table or json"), "{}", csv.stderr);
}
