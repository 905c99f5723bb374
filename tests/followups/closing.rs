//! What becomes of a thread when its findings are closed, or found again.

use sandbox::{Answer, Fault, FaultKind, World};

use super::team::{CONFIG, again, configured, team};
use super::{
    ASKED, change_roster, comments, follow_up, holding, hours, marked, mentions, replace, reply,
    state, thread_of, writes, writes_nothing,
};
use crate::support::{AUDITS, Test};

const FIRST: &str = "link-missing:p001@example.com";

/// Gives the first person who has none a link.
fn fix(test: &Test) {
    replace(test, "  reports_to: Bodil Boss\n", "  calendly: https://calendly.com/p001\n");
}

/// Whether the thread of a user is resolved.
fn is_resolved(test: &Test, username: &str) -> bool {
    test.sandbox.update(|world| {
        let id = thread_of(world, username);
        let issue = world.issue(AUDITS, 1).unwrap();
        issue.discussions.iter().find(|it| it.id == id).unwrap().resolved.is_some()
    })
}

/// Resolves the thread of a user by hand.
fn resolve(test: &Test, username: &str, by: &str) {
    test.sandbox.update(|world: &mut World| {
        world.set_access_level(AUDITS, by, 40).unwrap();
        let id = thread_of(world, username);
        world.resolve(AUDITS, 1, &id, by, true).unwrap();
    });
}

/// A team of three who were asked an hour ago.
fn asked() -> Test {
    let test = team(3);
    assert_eq!(follow_up(&test, &[]).code, 0);
    hours(&test, 1);
    test
}

#[test]
fn the_thread_of_what_is_fixed_says_so_and_is_resolved() {
    let test = asked();
    fix(&test);
    let before = test.sandbox.notifications().len();
    let (_, written) = writes(&test, || follow_up(&test, &[]).ends_with(0));
    assert_eq!(written.len(), 2, "{written:?}");
    let [fixed] = marked(&test, "fixed").try_into().unwrap();
    assert!(fixed.body.contains("- `link-missing` of Person 001"), "{}", fixed.body);
    assert!(!fixed.body.contains('@'), "{}", fixed.body);
    assert!(is_resolved(&test, "p001") && !is_resolved(&test, "p002"));
    assert_eq!(test.sandbox.notifications().len(), before, "nobody is mentioned");
    hours(&test, 200);
    assert_eq!(follow_up(&test, &[]).code, 0);
    assert_eq!(marked(&test, "escalate").len(), 2);
    assert_eq!(mentions(&test)["p001"], 1);
}

/// Whoever fixes one thing makes another one wrong: the old one is told to be fixed, and the new one
/// asked, in a thread that must stay open.
#[test]
fn a_thread_in_which_something_new_is_asked_stays_open() {
    let test = asked();
    for number in 1..=3 {
        let link = format!("  calendly: https://calendly.com/p00{number}/30min\n  region: EMEA\n");
        replace(&test, "  reports_to: Bodil Boss\n", &link);
    }
    let ran = follow_up(&test, &[]).ends_with(0);
    assert!(!ran.stderr.contains("meanwhile"), "nobody else is here: {}", ran.stderr);
    for person in ["p001", "p002", "p003"] {
        assert!(!is_resolved(&test, person), "{person}\n{}", ran.stderr);
        assert_eq!(state(&test, &format!("link-missing:{person}@example.com")), "fixed");
        assert_eq!(state(&test, &format!("link-malformed:{person}@example.com")), "waiting");
        assert_eq!(mentions(&test)[person], 2);
    }
    assert_eq!(test.issues()[0].discussions.len(), 3, "each has one thread");
    assert_eq!(writes_nothing(&test, &["followups", "--yes"]).code, 0);
}

#[test]
fn an_instance_that_resolves_nothing_works_by_words_alone() {
    for (status, message) in [(403, "403 Forbidden"), (404, "404 Not Found")] {
        let test = asked();
        fix(&test);
        let answer = Answer::json(status, &format!(r#"{{"message":"{message}"}}"#));
        let refused = Fault::new("/discussions/", FaultKind::Answer(answer)).method("PUT");
        test.sandbox.inject(refused.times(u32::MAX));
        let ran = follow_up(&test, &[]).ends_with(0);
        assert!(ran.stderr.contains("could not be resolved"), "{}", ran.stderr);
        assert!(!is_resolved(&test, "p001"));
        let before = comments(&test).len();
        assert_eq!(follow_up(&test, &[]).code, 0);
        assert_eq!(comments(&test).len(), before);
        assert_eq!(state(&test, FIRST), "fixed");
        // It is found again, and the thread cannot be opened again either.
        replace(&test, "  calendly: https://calendly.com/p001\n", "");
        assert_eq!(follow_up(&test, &[]).code, 0);
        assert_eq!(mentions(&test)["p001"], 2);
        assert_eq!(state(&test, FIRST), "waiting");
    }
}

#[test]
fn a_lost_answer_to_resolving_is_made_up_for() {
    for kind in [FaultKind::CutBefore, FaultKind::CutAfter] {
        let test = asked();
        fix(&test);
        test.sandbox.inject(Fault::new("/discussions/", kind).method("PUT"));
        assert_eq!(follow_up(&test, &[]).code, 0);
        assert_eq!(follow_up(&again(&test), &[]).code, 0);
        let test = again(&test);
        assert_eq!(follow_up(&test, &[]).code, 0);
        assert!(is_resolved(&test, "p001"));
        assert_eq!(marked(&test, "fixed").len(), 1);
    }
}

#[test]
fn what_is_found_again_begins_a_new_round_in_the_same_thread() {
    let test = asked();
    fix(&test);
    assert_eq!(follow_up(&test, &[]).code, 0);
    hours(&test, 100);
    replace(&test, "  calendly: https://calendly.com/p001\n", "");
    let ran = follow_up(&test, &["--only", "p001"]).ends_with(0);
    assert!(ran.stderr.contains("Open the thread"), "{}", ran.stderr);
    assert!(!is_resolved(&test, "p001"));
    assert_eq!(mentions(&test)["p001"], 2);
    let rounds: Vec<String> = holding(&test, ASKED).into_iter().map(|note| note.body).collect();
    assert!(rounds.iter().any(|body| body.contains(":2 to=")), "{rounds:?}");
    hours(&test, 71);
    assert_eq!(writes_nothing(&test, &["followups", "--yes", "--only", "p001"]).code, 0);
    hours(&test, 2);
    assert_eq!(follow_up(&test, &["--only", "p001"]).code, 0);
    assert_eq!(marked(&test, "escalate").len(), 1);
}

#[test]
fn a_thread_that_is_resolved_by_hand() {
    for (by, expected) in
        [("otto", "justified"), ("p001", "answered"), ("boss", "waiting"), ("p002", "waiting")]
    {
        let test = asked();
        resolve(&test, "p001", by);
        assert_eq!(state(&test, FIRST), expected, "{by}");
        hours(&test, 73);
        assert_eq!(follow_up(&test, &[]).code, 0);
        let escalated = holding(&test, "no answer from Person 001").len();
        assert_eq!(escalated, usize::from(expected == "waiting"), "{by}");
    }
    // An answer that comes later than the resolving operator's does not undo it.
    let test = asked();
    resolve(&test, "p001", "otto");
    reply(&test, "p001", "p001", "Thanks!");
    assert_eq!(state(&test, FIRST), "justified");
}

#[test]
fn whoever_leaves_or_is_left_out_is_let_go() {
    let test = asked();
    change_roster(&test, |old| old.split_once("- name: Person 003").unwrap().0.to_owned());
    test.sandbox.update(|world| world.calendly.member("p003@example.com").unwrap().leave());
    let config = format!("exclude = [\"p002@example.com\"]\n{CONFIG}");
    let test = configured(test, &config);
    let ran = follow_up(&test, &["--only", "p002@example.com"]).ends_with(0);
    assert_eq!(marked(&test, "withdrawn").len(), 1, "{}", ran.stderr);
    assert!(is_resolved(&test, "p002"));
    assert_eq!(follow_up(&test, &[]).code, 0);
    let withdrawn = marked(&test, "withdrawn");
    assert_eq!(withdrawn.len(), 2, "{withdrawn:?}");
    assert!(withdrawn.iter().all(|note| !note.body.contains('@')), "{withdrawn:?}");
    assert!(is_resolved(&test, "p003") && !is_resolved(&test, "p001"));
    assert_eq!(writes_nothing(&test, &["followups", "--yes"]).code, 0, "it is said once");

    let config = format!("{CONFIG}[checks]\noff = [\"link-missing\"]\n");
    let test = configured(again(&asked()), &config);
    assert_eq!(follow_up(&test, &[]).code, 0);
    assert_eq!(marked(&test, "withdrawn").len(), 3);
    assert_eq!(state(&test, FIRST), "withdrawn");
}
