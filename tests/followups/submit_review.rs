//! The audit handed over: `submit-review`.

use sandbox::{Fault, FaultKind};

use super::follow_up;
use super::team::{configured, team};
use crate::support::{AUDITS, Ran, TestWorld};

const FIRST: &str = "link-missing:p001@example.com";

/// Hands the audit over.
fn submit(test: &TestWorld, arguments: &[&str]) -> Ran {
    test.run(&[&["submit-review", "--yes"], arguments].concat())
}

/// An audit of which one thing was fixed and the other accepted, by hand or not.
fn addressed() -> TestWorld {
    let test = team(2);
    test.run(&["run", "--write", "--yes"]).success();
    follow_up(&test, &[]).success();
    test.advance(1);
    test.replace_in_roster("  reports_to: Bodil Boss\n", "  calendly: https://calendly.com/p001\n");
    follow_up(&test, &[]).success();
    let accept = ["--accept", "link-missing:p002@example.com", "--reason", "takes no calls"];
    follow_up(&test, &accept).success();
    test
}

#[test]
fn somebody_has_to_be_the_manager() {
    let test = configured(addressed(), "");
    let ran = test.run_writing_nothing(&["submit-review", "--yes"]).exit(4);
    assert!(ran.stderr.contains("hint: name one by --manager USERNAME"), "{}", ran.stderr);
    let ran = submit(&test, &["--manager", "@mads"]).success();
    assert_eq!(test.mentions().get("mads"), Some(&1), "{}", ran.stderr);
    let test = addressed();
    submit(&test, &["--manager", "mads"]).success();
    assert_eq!(test.mentions().get("mads"), Some(&1), "the flag comes before the configuration");
    for nobody in ["nobody", "blocked", "@", ""] {
        let test = addressed();
        test.sandbox.update(|world| {
            world.add_user("blocked");
            world.set_access_level(AUDITS, "blocked", 40).unwrap();
            world.block_user("blocked").unwrap();
        });
        let ran = test.run_writing_nothing(&["submit-review", "--yes", "--manager", nobody]);
        assert!([2, 11].contains(&ran.code), "{nobody}: {}", ran.stderr);
        assert!(ran.stderr.contains("--manager"), "{nobody}: {}", ran.stderr);
    }
}

#[test]
fn into_a_closed_issue_nothing_is_written() {
    let test = addressed();
    test.sandbox.update(|world| world.close_issue(AUDITS, 1, "maria").unwrap());
    for command in [
        &["submit-review", "--yes", "--issue", "1"][..],
        &["submit-review", "--yes", "--period", "FY28-Q1"],
        &["followups", "--yes", "--issue", "1"],
        &["followups", "--yes", "--issue", "1", "--accept", FIRST, "--reason", "x"],
        &["followups", "--until", "2027-01-01", "--issue", "1"],
    ] {
        let ran = test.run_writing_nothing(command).exit(11);
        assert!(ran.stderr.contains("/issues/1 was closed by maria"), "{}", ran.stderr);
    }
    for command in ["submit-review", "followups"] {
        let ran = test.run_writing_nothing(&[command, "--yes"]).exit(1);
        assert!(ran.stderr.contains("/issues/1"), "the latest closed one: {}", ran.stderr);
    }
    // Closed between reading and writing.
    let test = addressed();
    test.sandbox.inject(Fault::new("/notes", FaultKind::Slow(std::time::Duration::ZERO)));
    test.sandbox.before("/organization_memberships?", "GET", |world| {
        world.close_issue(AUDITS, 1, "maria").unwrap();
    });
    let ran = test.run_writing_nothing(&["submit-review", "--yes"]).exit(11);
    assert!(ran.stderr.contains("was closed by maria"), "{}", ran.stderr);
}
