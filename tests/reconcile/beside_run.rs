//! `run`, which tells of accounts where it can, and never asks for the right to.

use sandbox::{Answer, Fault, FaultKind};
use serde_json::json;

use super::{asked_of_calendly, demo, findings, report, row, rows, type_in};
use crate::support::{TestWorld, VANCE};

const MEMBERS: &str = "/organization_memberships?";

fn server_error() -> FaultKind {
    FaultKind::Answer(Answer::calendly(500, "Internal Server Error", "Something went wrong."))
}

#[test]
fn with_a_token_it_finds_what_reconcile_finds() {
    let test = demo();
    let ran = test.run(&["run", "--format", "json"]).success();
    assert_eq!(findings(&ran.json()), findings(&report(&test, &[])));
    assert!(asked_of_calendly(&test, 0).len() > 2);
}

#[test]
fn without_a_token_accounts_are_unknown_and_nobody_is_asked() {
    let test = TestWorld::demo().with_token();
    let ran = test.run(&["run", "--format", "json"]).success();
    let report = ran.json();
    assert_eq!(asked_of_calendly(&test, 0).len(), 0);
    assert_eq!(report["accounts"], json!(null));
    assert_eq!(report["outsiders"], json!({ "state": "unknown" }));
    assert_eq!(report["summary"]["findings"], 5);
    let people = report["people"].as_array().unwrap();
    assert!(people.iter().all(|person| person["account"] == json!({ "state": "unknown" })));
    assert!(!ran.stderr.contains("Calendly token"), "{}", ran.stderr);
}

#[test]
fn a_file_of_accounts_goes_before_the_token() {
    let test = demo();
    test.write("users.csv", "zed@example.org\n");
    let ran = test.run(&["run", "--accounts", "users.csv"]).success();
    assert!(ran.stdout.contains("`zed@example.org`") && !ran.stdout.contains(VANCE));
    assert_eq!(asked_of_calendly(&test, 0).len(), 0);
}

#[test]
fn a_broken_calendly_costs_no_report() {
    for path in [MEMBERS, "/users/me"] {
        let test = demo();
        test.sandbox.inject(Fault::new(path, server_error()).times(u32::MAX));
        let ran = test.run(&["run"]).exit(5);
        assert!(ran.stdout.contains("link-missing: 1"), "{}", ran.stdout);
        assert!(ran.stdout.contains("accounts not read whole"), "{}", ran.stdout);
        assert!(!ran.stdout.contains("account-missing: "), "{}", ran.stdout);
        assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
        test.run(&["run", "--exit-code"]).exit(5);
    }
    let test = demo().with("CALENDLY_API_TOKEN", "strange");
    let ran = test.run(&["run"]).exit(3);
    assert!(ran.stdout.contains("link-missing: 1"), "{}", ran.stdout);
}

/// The worse of two ends is the end, and both are told.
#[test]
fn an_incomplete_source_goes_before_a_closed_issue() {
    let test = demo().with_issue();
    test.close(1, "nadeyemi");
    test.sandbox.inject(Fault::new(MEMBERS, server_error()).times(u32::MAX));
    let ran = test.run(&["run", "--write", "--yes", "--issue", "1"]).exit(5);
    assert!(ran.stdout.contains("## Support Team"), "{}", ran.stdout);
    assert!(ran.stderr.contains("was closed by nadeyemi"), "{}", ran.stderr);
    assert!(ran.stderr.contains("page 1"), "{}", ran.stderr);
}

#[test]
fn a_later_run_without_accounts_keeps_the_rows_of_outsiders() {
    let test = demo().with_issue();
    test.run(&["reconcile", "--write", "--yes"]).success();
    type_in(&test, VANCE, "Books the demos", "keep");
    let before = rows(&test);
    let without = |test: TestWorld| test.with("CALENDLY_API_TOKEN", "");
    let test = without(test);
    let ran = test.run(&["run", "--write", "--yes"]).success();
    assert_eq!(rows(&test), before, "{}", ran.stderr);
    // Somebody new on the roster is written all the same.
    test.replace_in_roster("Rosalind", "Rose");
    test.run(&["run", "--write", "--yes"]).success();
    assert_eq!(rows(&test), before);
    // And with accounts again, what was typed is still there.
    let test = test.with_accounts();
    test.run(&["run", "--write", "--yes"]).success();
    assert_eq!(rows(&test), before);
    assert!(row(&test, VANCE).contains("Books the demos"));
}

/// Much of the roster is gone, or was not read: everybody who is missing there would be an outsider.
#[test]
fn a_roster_that_has_shrunk_makes_nobody_an_outsider() {
    let test = demo().with_issue();
    test.run(&["reconcile", "--write", "--yes"]).success();
    let before = rows(&test);
    let cut = |test: &TestWorld, people: usize| {
        test.change_roster(|content| {
            let entries: Vec<&str> = content.split_inclusive("\n- ").take(1 + people).collect();
            entries.concat().strip_suffix("- ").unwrap().to_owned()
        });
    };
    // Four people less are no more than a tenth.
    cut(&test, 37);
    let report = report(&test, &[]);
    assert_eq!(report["summary"]["people"], 37, "{report}");
    assert!(super::found(&report, "outsider").len() > 1);
    cut(&test, 30);
    let report = super::report(&test, &[]);
    assert_eq!(super::found(&report, "outsider"), [""; 0]);
    let ran = test.run(&["reconcile", "--write", "--yes"]).success();
    assert!(ran.stdout.contains("more than 10 % smaller than the 41 people"), "{}", ran.stdout);
    assert_eq!(rows(&test), before);
}
