//! Decisions and sizes that are given by flags.

use super::VANCE;
use crate::support::TestWorld;

fn compared() -> TestWorld {
    let test = TestWorld::demo().with_token().with_accounts().with_issue();
    test.run(&["reconcile", "--write", "--yes"]).success();
    test
}

fn state(test: &TestWorld) -> String {
    let status = test.run(&["status", "--format", "json"]).success().json();
    let rows = status["findings"].as_array().unwrap();
    let row = rows.iter().find(|row| row["finding"] == format!("outsider:{VANCE}")).unwrap();
    row["state"].as_str().unwrap().to_owned()
}

#[test]
fn an_outsider_is_decided_about_without_a_proposal() {
    let test = compared();
    let keep = format!("{VANCE}=keep");
    let decide = ["reconcile", "--write", "--yes", "--decide", &keep];
    let ran = test.run_writing_nothing(&decide).exit(2);
    assert!(ran.stderr.contains("has no reason"), "{}", ran.stderr);
    let why = ["--reason", "books the demos", "--expires", "2027-08-01"];
    test.run(&[&decide[..], &why].concat()).success();
    assert_eq!(state(&test), "justified");
    let records = test.notes_marked("record");
    assert_eq!(records.len(), 1);
    assert!(records[0].body.contains("kept until 2027-08-01: `books the demos`"), "{records:?}");
    // The next report shows the decision in the table.
    test.run(&["reconcile", "--write", "--yes"]).success();
    assert!(test.description().contains("| books the demos | keep <!--"), "{}", test.description());
    // The same again changes nothing; the latest word counts.
    test.run_writing_nothing(&[&decide[..], &why].concat()).success();
    test.advance(1);
    let remove = format!("{VANCE}=remove");
    let decide = ["reconcile", "--write", "--yes", "--decide", &remove, "--reason", "left"];
    test.run(&decide).success();
    assert_eq!(state(&test), "to remove");
    let ran =
        test.run_writing_nothing(&["reconcile", "--write", "--yes", "--decide", "x@y.example"]);
    assert!(ran.exit(2).stderr.contains("no account has the address x@y.example"));
}

#[test]
fn a_much_smaller_roster_is_accepted_by_its_size_alone() {
    let test = compared();
    test.change_roster(|roster| {
        let entries: Vec<&str> = roster.split("\n- name:").collect();
        entries[..entries.len() - 10].join("\n- name:") + "\n"
    });
    let write = ["run", "--write", "--yes"];
    let ran = test.run(&write).success();
    assert!(ran.stderr.contains("--accept-size roster=31 accepts it"), "{}", ran.stderr);
    let ran = test.run(&[&write[..], &["--accept-size", "roster=30"]].concat()).exit(11);
    assert!(ran.stderr.contains("the size is 31"), "{}", ran.stderr);
    test.run(&[&write[..], &["--accept-size", "roster=31"]].concat()).success();
    assert_eq!(test.notes_with("accepted-roster=31").len(), 1);
    let ran = test.run_writing_nothing(&write).success();
    assert!(!ran.stderr.contains("accept-size"), "{}", ran.stderr);
}
