//! What operators do of their own accord.

use super::team::team;
use super::{follow_up, state};
use crate::support::TestWorld;

const FIRST: &str = "link-missing:p001@example.com";
/// A team of three who were asked an hour ago.
fn asked() -> TestWorld {
    let test = team(3);
    follow_up(&test, &[]).success();
    test.advance(1);
    test
}

/// Accepts findings for a reason.
fn accept(test: &TestWorld, findings: &[&str]) -> crate::support::Ran {
    follow_up(test, &[&["--reason", "takes no calls", "--accept"], findings].concat())
}

#[test]
fn what_nobody_was_asked_about_can_be_accepted() {
    let test = team(2);
    accept(&test, &[FIRST]).success();
    follow_up(&test, &[]).success();
    assert_eq!(test.mentions().keys().collect::<Vec<_>>(), ["p002"]);
}

#[test]
fn what_changes_after_it_was_accepted_is_asked_again() {
    let test = team(1);
    test.replace_in_roster(
        "  reports_to: Bodil Boss\n",
        "  calendly: https://calendly.com/p001/a\n",
    );
    let finding = "link-malformed:p001@example.com";
    follow_up(&test, &[]).success();
    test.advance(1);
    accept(&test, &[finding]).success();
    follow_up(&test, &[]).success();
    test.run_writing_nothing(&["followups", "--yes"]).success();
    test.replace_in_roster("calendly.com/p001/a", "calendly.com/p001/b");
    test.advance(1);
    follow_up(&test, &[]).success();
    assert_eq!((test.mentions()["p001"], state(&test, finding)), (2, "waiting".to_owned()));
}

/// What no finding can be called is refused before anything is read.
#[test]
fn misspelt_findings_are_told_at_once() {
    let test = asked();
    let before = test.sandbox.requests().len();
    for (arguments, error, hint) in [
        (
            &["--accept", FIRST, "link-mising:p002@example.com", "--reason", "x"][..],
            "error: there is no check link-mising",
            "hint: did you mean `link-missing`?",
        ),
        (&["--ask-again", "p001"], "error: there is no check p001", "hint: there are "),
        (
            &["--accept", "link-missing", "--reason", "x"],
            "error: link-missing names nobody",
            "hint: a finding is named as link-missing:SUBJECT",
        ),
        (&["--reason", "x"], "error: --reason says nothing", "hint: it goes with --accept"),
    ] {
        let ran = test.run(&[&["followups", "--yes"], arguments].concat()).exit(2);
        assert!(ran.stderr.contains(error) && ran.stderr.contains(hint), "{}", ran.stderr);
    }
    assert_eq!(test.sandbox.requests().len(), before);
}
