//! What cannot be told is not said, and nobody is asked because of it.

use super::team::{CONFIG, configured, demo, team};
use super::{follow_up, state, status};
use crate::support::{AUDITS, TestWorld};

/// An entry of the roster that cannot be read any more.
fn break_entry(test: &TestWorld, name: &str) {
    test.replace_in_roster(&format!("- name: {name}\n"), "- name: [no, name]\n");
}

#[test]
fn a_broken_entry_hides_a_person_and_so_an_outsider_is_none() {
    let test = demo();
    break_entry(&test, "Noémie Tremblay-Roy");
    let ran = follow_up(&test, &[]).success();
    assert!(!ran.stdout.contains("To send to"), "{}", ran.stdout);
    assert!(!ran.stderr.contains("bvance"), "{}", ran.stderr);
    let ran =
        test.run_writing_nothing(&["followups", "--yes", "--sent", "bvance@harborlight.example"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert_eq!(test.notes_with("outsider").len(), 1, "the report alone");
    let unknown = &status(&test)["unknown"];
    assert!(unknown.to_string().contains("outsider while a problem may hide"), "{unknown}");
}

const EXCEPTION: &str = "- check: link-missing\n  email: p001@example.com\n  reason: takes no calls\n  approved_by: maria\n  approved_on: 2026-11-01\n  expires: 2027-11-01\n";

/// Two people without a link, with these exceptions in the audits' project.
fn excepting(exceptions: &str) -> TestWorld {
    let test = configured(team(2), &format!("{CONFIG}[exceptions]\npath = \"exceptions.yml\"\n"));
    test.sandbox.update(|world| {
        world.project(AUDITS).unwrap().add_file("exceptions.yml", exceptions);
    });
    test
}

#[test]
fn exceptions_that_cannot_be_read_may_justify_anybody() {
    for broken in ["- check: link-mising\n", "- check: [", "a: b\n", "- check: link-missing\n"] {
        let test = excepting(&format!("{EXCEPTION}{broken}"));
        let ran = test.run_writing_nothing(&["followups", "--yes"]).exit(4);
        assert!(ran.stderr.contains("exceptions"), "{}", ran.stderr);
        assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
        let ran = test.run_writing_nothing(&["submit-review", "--yes"]);
        assert!([4, 11].contains(&ran.code), "{}", ran.stderr);
    }
}

#[test]
fn what_an_exception_covers_is_asked_of_nobody_until_it_expires() {
    let test = excepting(EXCEPTION);
    follow_up(&test, &[]).success();
    assert_eq!(test.notes_with("@p001").len(), 0);
    assert_eq!(state(&test, "link-missing:p001@example.com"), "justified");
    test.sandbox.update(|world| world.now = "2027-11-02T10:00:00Z".parse().unwrap());
    follow_up(&test, &["--only", "p001"]).success();
    assert_eq!(test.notes_with("@p001").len(), 1);
    // Nobody approves their own.
    let test = excepting(&EXCEPTION.replace("maria", "p001"));
    follow_up(&test, &[]).success();
    assert_eq!(test.notes_with("@p001").len(), 1);
}
