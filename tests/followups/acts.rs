//! What operators do of their own accord.

use super::team::{OTTO, team};
use super::{ASKED, follow_up, state};
use crate::support::{TestWorld, thread_of};

const FIRST: &str = "link-missing:p001@example.com";
const SECOND: &str = "link-missing:p002@example.com";

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
fn what_is_accepted_is_asked_no_more() {
    let test = asked();
    test.reply("p001", "p001", "On purpose.");
    accept(&test, &[FIRST, SECOND]).success();
    let accepted = test.notes_marked("accept");
    assert_eq!(accepted.len(), 2, "each in their thread: {accepted:?}");
    assert!(accepted.iter().all(|note| note.body.contains("Reason: takes no calls")));
    let thread = test.sandbox.update(|world| thread_of(world, "p001"));
    assert_eq!(test.issues()[0].discussion_of(accepted[0].id).unwrap().id, thread);
    test.advance(100);
    let ran = follow_up(&test, &[]).success();
    assert_eq!(test.notes_marked("escalate").len(), 1);
    assert!(ran.stderr.contains(&format!("{FIRST} is justified by olga")), "{}", ran.stderr);
    let threads = &test.issues()[0].discussions;
    assert!(threads.iter().find(|it| it.id == thread).unwrap().resolved.is_some());
    assert_eq!(test.mentions()["p001"], 1);
}

#[test]
fn what_nobody_was_asked_about_can_be_accepted() {
    let test = team(2);
    accept(&test, &[FIRST]).success();
    follow_up(&test, &[]).success();
    assert_eq!(test.mentions().keys().collect::<Vec<_>>(), ["p002"]);
}

/// A link is wrong, and that is accepted; then it is wrong in another way, and that is accepted too.
#[test]
fn a_second_acceptance_stays() {
    let test = team(2);
    test.replace_in_roster(
        "  reports_to: Bodil Boss\n",
        "  calendly: https://calendly.com/p001/a\n",
    );
    let finding = "link-malformed:p001@example.com";
    accept(&test, &[finding]).success();
    assert_eq!(state(&test, finding), "justified");
    test.replace_in_roster("calendly.com/p001/a", "calendly.com/p001/b");
    assert_eq!(state(&test, finding), "not asked");
    let ran = accept(&test, &[finding]).success();
    assert_eq!(test.notes_marked("accept").len(), 2, "{}", ran.stderr);
    follow_up(&test, &[]).success();
    assert_eq!(test.notes_marked("accept").len(), 2);
    assert_eq!(state(&test, finding), "justified");
    assert_eq!(test.mentions().keys().collect::<Vec<_>>(), ["p002"]);
}

#[test]
fn a_second_answer_from_elsewhere_stays() {
    let test = asked();
    for words in ["is on leave", "is back, and will do it"] {
        follow_up(&test, &["--answered", "p001", "--reason", words]).success();
    }
    assert_eq!(test.notes_marked("answered").len(), 2);
    test.advance(100);
    follow_up(&test, &[]).success();
    assert_eq!(test.notes_marked("answered").len(), 2);
    assert_eq!(
        (test.notes_marked("escalate").len(), state(&test, FIRST)),
        (2, "answered".to_owned())
    );
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

#[test]
fn asking_again_begins_a_new_round() {
    let test = asked();
    test.advance(40);
    test.reply("p001", "p001", "What is this?");
    test.advance(100);
    follow_up(&test, &["--only", "p001"]).success();
    assert_eq!(test.mentions()["p001"], 1, "an answer is followed by nothing");
    let again = ["--ask-again", FIRST, "--reason", "see the handbook"];
    follow_up(&test, &again).success();
    let asked = test.notes_with("@p001: thank you for the answer");
    assert!(asked[0].body.contains("Reason: see the handbook"), "{}", asked[0].body);
    assert_eq!((test.mentions()["p001"], state(&test, FIRST)), (2, "waiting".to_owned()));
    test.advance(71);
    test.run_writing_nothing(&["followups", "--yes", "--only", "p001"]).success();
    test.advance(2);
    follow_up(&test, &["--only", "p001"]).success();
    assert_eq!(test.notes_with("no answer from Person 001").len(), 1);
    // What operators are asked is theirs to read.
    test.replace_in_roster("  reports_to: Bodil Boss\n", "  reports_to: Nobody\n");
    follow_up(&test, &[]).success();
    let operators = "manager-unresolved:p001@example.com";
    let ran = test.run_writing_nothing(&["followups", "--yes", "--ask-again", operators]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
}

#[test]
fn nobody_accepts_their_own() {
    let test = team(0);
    test.replace_in_roster("  calendly: https://calendly.com/olga\n", "");
    follow_up(&test, &[]).success();
    let own = "link-missing:olga@example.com";
    let accept = ["followups", "--yes", "--accept", own, "--reason", "it is me"];
    let ran = test.run_writing_nothing(&accept).exit(2);
    assert!(ran.stderr.contains("Olga Operator is you: another operator"), "{}", ran.stderr);
    // Nor by hand.
    let mark =
        test.notes_marked("ask")[0].body.lines().last().unwrap().replace(" ask ", " accept ");
    test.sandbox.update(|world| {
        let thread = thread_of(world, "olga");
        let body = format!("Accepted.\n\n{mark}");
        world.reply(crate::support::AUDITS, 1, "olga", (&thread, &body)).unwrap();
        world.resolve(crate::support::AUDITS, 1, &thread, "olga", true).unwrap();
    });
    assert_eq!(state(&test, own), "answered");
    let test = test.again().with("GL_TOKEN", OTTO);
    test.run(&accept).success();
    assert_eq!(state(&test, own), "justified");
}

#[test]
fn a_run_can_be_about_some_only() {
    for name in ["p002", "P002@Example.com", "Person 002", "person 002"] {
        let test = team(3);
        follow_up(&test, &["--only", name]).success();
        assert_eq!(test.mentions().keys().collect::<Vec<_>>(), ["p002"], "{name}");
    }
    for several in [&["--only", "p001", "p003"][..], &["--only", "p001", "--only", "p003"]] {
        let test = team(3);
        follow_up(&test, several).success();
        assert_eq!(test.mentions().keys().collect::<Vec<_>>(), ["p001", "p003"]);
    }
    let test = team(3);
    let ran = follow_up(&test, &["--limit", "2"]).success();
    assert!(
        ran.stderr.contains("Note: 1 more comments are left out by --limit."),
        "{}",
        ran.stderr
    );
    assert_eq!(test.notes_with(ASKED).len(), 2);
    test.run_writing_nothing(&["followups", "--yes", "--limit", "0"]).success();
    follow_up(&test, &[]).success();
    assert_eq!(test.notes_with(ASKED).len(), 3);
}

#[test]
fn names_that_name_nobody_are_refused() {
    let test = asked();
    test.change_roster(|old| format!("{old}# another commit\n"));
    for arguments in [
        &["--only", "nobody"][..],
        &["--only", "p001", "nobody"],
        &["--only", "olga"],
        &["--accept", "link-missing:nobody@example.com", "--reason", "x"],
        &["--accept", "link-malformed:p001@example.com", "--reason", "x"],
        &["--sent", "nobody"],
        &["--answered", "nobody", "--reason", "x"],
    ] {
        let arguments = [&["followups", "--yes"], arguments].concat();
        let ran = test.run_writing_nothing(&arguments).exit(2);
        assert!(ran.stderr.contains("error: nothing is found about "), "{}", ran.stderr);
        assert!(ran.stderr.contains("hint: `support-audit status` lists"), "{}", ran.stderr);
    }
    let before = test.notes().len();
    let ran = follow_up(&test, &["--sent", "p001"]).success();
    assert!(ran.stderr.contains("Person 001 was asked already"), "{}", ran.stderr);
    assert_eq!(test.notes().len(), before);
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
