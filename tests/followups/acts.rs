//! What operators do of their own accord.

use super::team::{OTTO, again, team};
use super::{
    ASKED, change_roster, comments, follow_up, holding, hours, marked, mentions, replace, reply,
    run, state, thread_of, writes_nothing,
};
use crate::support::Test;

const FIRST: &str = "link-missing:p001@example.com";
const SECOND: &str = "link-missing:p002@example.com";

/// A team of three who were asked an hour ago.
fn asked() -> Test {
    let test = team(3);
    assert_eq!(follow_up(&test, &[]).code, 0);
    hours(&test, 1);
    test
}

/// Accepts findings for a reason.
fn accept(test: &Test, findings: &[&str]) -> crate::support::Ran {
    follow_up(test, &[&["--reason", "takes no calls", "--accept"], findings].concat())
}

#[test]
fn what_is_accepted_is_asked_no_more() {
    let test = asked();
    reply(&test, "p001", "p001", "On purpose.");
    assert_eq!(accept(&test, &[FIRST, SECOND]).code, 0);
    let accepted = marked(&test, "accept");
    assert_eq!(accepted.len(), 2, "each in their thread: {accepted:?}");
    assert!(accepted.iter().all(|note| note.body.contains("Reason: takes no calls")));
    let thread = test.sandbox.update(|world| thread_of(world, "p001"));
    assert_eq!(test.issues()[0].discussion_of(accepted[0].id).unwrap().id, thread);
    hours(&test, 100);
    let ran = follow_up(&test, &[]).ends_with(0);
    assert_eq!(marked(&test, "escalate").len(), 1);
    assert!(ran.stderr.contains(&format!("{FIRST} is justified by olga")), "{}", ran.stderr);
    let threads = &test.issues()[0].discussions;
    assert!(threads.iter().find(|it| it.id == thread).unwrap().resolved.is_some());
    assert_eq!(mentions(&test)["p001"], 1);
}

#[test]
fn what_nobody_was_asked_about_can_be_accepted() {
    let test = team(2);
    assert_eq!(accept(&test, &[FIRST]).code, 0);
    assert_eq!(follow_up(&test, &[]).code, 0);
    assert_eq!(mentions(&test).keys().collect::<Vec<_>>(), ["p002"]);
}

/// A link is wrong, and that is accepted; then it is wrong in another way, and that is accepted too.
#[test]
fn a_second_acceptance_stays() {
    let test = team(2);
    replace(&test, "  reports_to: Bodil Boss\n", "  calendly: https://calendly.com/p001/a\n");
    let finding = "link-malformed:p001@example.com";
    assert_eq!(accept(&test, &[finding]).code, 0);
    assert_eq!(state(&test, finding), "justified");
    replace(&test, "calendly.com/p001/a", "calendly.com/p001/b");
    assert_eq!(state(&test, finding), "not asked");
    let ran = accept(&test, &[finding]).ends_with(0);
    assert_eq!(marked(&test, "accept").len(), 2, "{}", ran.stderr);
    assert_eq!(follow_up(&test, &[]).code, 0);
    assert_eq!(marked(&test, "accept").len(), 2);
    assert_eq!(state(&test, finding), "justified");
    assert_eq!(mentions(&test).keys().collect::<Vec<_>>(), ["p002"]);
}

#[test]
fn a_second_answer_from_elsewhere_stays() {
    let test = asked();
    for words in ["is on leave", "is back, and will do it"] {
        assert_eq!(follow_up(&test, &["--answered", "p001", "--reason", words]).code, 0);
    }
    assert_eq!(marked(&test, "answered").len(), 2);
    hours(&test, 100);
    assert_eq!(follow_up(&test, &[]).code, 0);
    assert_eq!(marked(&test, "answered").len(), 2);
    assert_eq!((marked(&test, "escalate").len(), state(&test, FIRST)), (2, "answered".to_owned()));
}

#[test]
fn what_changes_after_it_was_accepted_is_asked_again() {
    let test = team(1);
    replace(&test, "  reports_to: Bodil Boss\n", "  calendly: https://calendly.com/p001/a\n");
    let finding = "link-malformed:p001@example.com";
    assert_eq!(follow_up(&test, &[]).code, 0);
    hours(&test, 1);
    assert_eq!(accept(&test, &[finding]).code, 0);
    assert_eq!(follow_up(&test, &[]).code, 0);
    assert_eq!(writes_nothing(&test, &["followups", "--yes"]).code, 0);
    replace(&test, "calendly.com/p001/a", "calendly.com/p001/b");
    hours(&test, 1);
    assert_eq!(follow_up(&test, &[]).code, 0);
    assert_eq!((mentions(&test)["p001"], state(&test, finding)), (2, "waiting".to_owned()));
}

#[test]
fn asking_again_begins_a_new_round() {
    let test = asked();
    hours(&test, 40);
    reply(&test, "p001", "p001", "What is this?");
    hours(&test, 100);
    assert_eq!(follow_up(&test, &["--only", "p001"]).code, 0);
    assert_eq!(mentions(&test)["p001"], 1, "an answer is followed by nothing");
    let again = ["--ask-again", FIRST, "--reason", "see the handbook"];
    assert_eq!(follow_up(&test, &again).code, 0);
    let asked = holding(&test, "@p001: thank you for the answer");
    assert!(asked[0].body.contains("Reason: see the handbook"), "{}", asked[0].body);
    assert_eq!((mentions(&test)["p001"], state(&test, FIRST)), (2, "waiting".to_owned()));
    hours(&test, 71);
    assert_eq!(writes_nothing(&test, &["followups", "--yes", "--only", "p001"]).code, 0);
    hours(&test, 2);
    assert_eq!(follow_up(&test, &["--only", "p001"]).code, 0);
    assert_eq!(holding(&test, "no answer from Person 001").len(), 1);
    // What operators are asked is theirs to read.
    replace(&test, "  reports_to: Bodil Boss\n", "  reports_to: Nobody\n");
    assert_eq!(follow_up(&test, &[]).code, 0);
    let operators = "manager-unresolved:p001@example.com";
    let ran = writes_nothing(&test, &["followups", "--yes", "--ask-again", operators]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
}

#[test]
fn nobody_accepts_their_own() {
    let test = team(0);
    replace(&test, "  calendly: https://calendly.com/olga\n", "");
    assert_eq!(follow_up(&test, &[]).code, 0);
    let own = "link-missing:olga@example.com";
    let accept = ["followups", "--yes", "--accept", own, "--reason", "it is me"];
    let ran = writes_nothing(&test, &accept).ends_with(2);
    assert!(ran.stderr.contains("Olga Operator is you: another operator"), "{}", ran.stderr);
    // Nor by hand.
    let mark = marked(&test, "ask")[0].body.lines().last().unwrap().replace(" ask ", " accept ");
    test.sandbox.update(|world| {
        let thread = thread_of(world, "olga");
        let body = format!("Accepted.\n\n{mark}");
        world.reply(crate::support::AUDITS, 1, "olga", (&thread, &body)).unwrap();
        world.resolve(crate::support::AUDITS, 1, &thread, "olga", true).unwrap();
    });
    assert_eq!(state(&test, own), "answered");
    let test = again(&test).with("GL_TOKEN", OTTO);
    assert_eq!(run(&test, &accept).code, 0);
    assert_eq!(state(&test, own), "justified");
}

#[test]
fn a_run_can_be_about_some_only() {
    for name in ["p002", "P002@Example.com", "Person 002", "person 002"] {
        let test = team(3);
        assert_eq!(follow_up(&test, &["--only", name]).code, 0);
        assert_eq!(mentions(&test).keys().collect::<Vec<_>>(), ["p002"], "{name}");
    }
    for several in [&["--only", "p001", "p003"][..], &["--only", "p001", "--only", "p003"]] {
        let test = team(3);
        assert_eq!(follow_up(&test, several).code, 0);
        assert_eq!(mentions(&test).keys().collect::<Vec<_>>(), ["p001", "p003"]);
    }
    let test = team(3);
    let ran = follow_up(&test, &["--limit", "2"]).ends_with(0);
    assert!(
        ran.stderr.contains("Note: 1 more comments are left out by --limit."),
        "{}",
        ran.stderr
    );
    assert_eq!(holding(&test, ASKED).len(), 2);
    assert_eq!(writes_nothing(&test, &["followups", "--yes", "--limit", "0"]).code, 0);
    assert_eq!(follow_up(&test, &[]).code, 0);
    assert_eq!(holding(&test, ASKED).len(), 3);
}

#[test]
fn names_that_name_nobody_are_refused() {
    let test = asked();
    change_roster(&test, |old| format!("{old}# another commit\n"));
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
        let ran = writes_nothing(&test, &arguments).ends_with(2);
        assert!(ran.stderr.contains("error: nothing is found about "), "{}", ran.stderr);
        assert!(ran.stderr.contains("hint: `support-audit status` lists"), "{}", ran.stderr);
    }
    let before = comments(&test).len();
    let ran = follow_up(&test, &["--sent", "p001"]).ends_with(0);
    assert!(ran.stderr.contains("Person 001 was asked already"), "{}", ran.stderr);
    assert_eq!(comments(&test).len(), before);
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
        let ran = test.run(&[&["followups", "--yes"], arguments].concat()).ends_with(2);
        assert!(ran.stderr.contains(error) && ran.stderr.contains(hint), "{}", ran.stderr);
    }
    assert_eq!(test.sandbox.requests().len(), before);
}
