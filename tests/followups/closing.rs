//! What becomes of a thread when its findings are closed, or found again.

use sandbox::{Answer, Fault, FaultKind, World};

use super::team::{CONFIG, configured, team};
use super::{ASKED, follow_up, state};
use crate::support::{AUDITS, TestWorld, thread_of};

const FIRST: &str = "link-missing:p001@example.com";

/// Gives the first person who has none a link.
fn fix(test: &TestWorld) {
    test.replace_in_roster("  reports_to: Bodil Boss\n", "  calendly: https://calendly.com/p001\n");
}

/// Whether the thread of a user is resolved.
fn is_resolved(test: &TestWorld, username: &str) -> bool {
    test.sandbox.update(|world| {
        let id = thread_of(world, username);
        let issue = world.issue(AUDITS, 1).unwrap();
        issue.discussions.iter().find(|it| it.id == id).unwrap().resolved.is_some()
    })
}

/// Resolves the thread of a user by hand.
fn resolve(test: &TestWorld, username: &str, by: &str) {
    test.sandbox.update(|world: &mut World| {
        world.set_access_level(AUDITS, by, 40).unwrap();
        let id = thread_of(world, username);
        world.resolve(AUDITS, 1, &id, by, true).unwrap();
    });
}

/// A team of three who were asked an hour ago.
fn asked() -> TestWorld {
    let test = team(3);
    follow_up(&test, &[]).success();
    test.advance(1);
    test
}

#[test]
fn the_thread_of_what_is_fixed_says_so_and_is_resolved() {
    let test = asked();
    fix(&test);
    let before = test.sandbox.notifications().len();
    let (_, written) = test.writes_during(|| follow_up(&test, &[]).success());
    assert_eq!(written.len(), 2, "{written:?}");
    let [fixed] = test.notes_marked("fixed").try_into().unwrap();
    assert!(fixed.body.contains("- `link-missing` of Person 001"), "{}", fixed.body);
    assert!(!fixed.body.contains('@'), "{}", fixed.body);
    assert!(is_resolved(&test, "p001") && !is_resolved(&test, "p002"));
    assert_eq!(test.sandbox.notifications().len(), before, "nobody is mentioned");
    test.advance(200);
    follow_up(&test, &[]).success();
    assert_eq!(test.notes_marked("escalate").len(), 2);
    assert_eq!(test.mentions()["p001"], 1);
}

/// Whoever fixes one thing makes another one wrong: the old one is told to be fixed, and the new one
/// asked, in a thread that must stay open.
#[test]
fn a_thread_in_which_something_new_is_asked_stays_open() {
    let test = asked();
    for number in 1..=3 {
        let link = format!("  calendly: https://calendly.com/p00{number}/30min\n  region: EMEA\n");
        test.replace_in_roster("  reports_to: Bodil Boss\n", &link);
    }
    let ran = follow_up(&test, &[]).success();
    assert!(!ran.stderr.contains("meanwhile"), "nobody else is here: {}", ran.stderr);
    for person in ["p001", "p002", "p003"] {
        assert!(!is_resolved(&test, person), "{person}\n{}", ran.stderr);
        assert_eq!(state(&test, &format!("link-missing:{person}@example.com")), "fixed");
        assert_eq!(state(&test, &format!("link-malformed:{person}@example.com")), "waiting");
        assert_eq!(test.mentions()[person], 2);
    }
    assert_eq!(test.issues()[0].discussions.len(), 3, "each has one thread");
    test.run_writing_nothing(&["followups", "--yes"]).success();
}

#[test]
fn an_instance_that_resolves_nothing_works_by_words_alone() {
    for (status, message) in [(403, "403 Forbidden"), (404, "404 Not Found")] {
        let test = asked();
        fix(&test);
        let answer = Answer::json(status, &format!(r#"{{"message":"{message}"}}"#));
        let refused = Fault::new("/discussions/", FaultKind::Answer(answer)).method("PUT");
        test.sandbox.inject(refused.times(u32::MAX));
        let ran = follow_up(&test, &[]).success();
        assert!(ran.stderr.contains("could not be resolved"), "{}", ran.stderr);
        assert!(!is_resolved(&test, "p001"));
        let before = test.notes().len();
        follow_up(&test, &[]).success();
        assert_eq!(test.notes().len(), before);
        assert_eq!(state(&test, FIRST), "fixed");
        // It is found again, and the thread cannot be opened again either.
        test.replace_in_roster("  calendly: https://calendly.com/p001\n", "");
        follow_up(&test, &[]).success();
        assert_eq!(test.mentions()["p001"], 2);
        assert_eq!(state(&test, FIRST), "waiting");
    }
}

#[test]
fn a_lost_answer_to_resolving_is_made_up_for() {
    for kind in [FaultKind::CutBefore, FaultKind::CutAfter] {
        let test = asked();
        fix(&test);
        test.sandbox.inject(Fault::new("/discussions/", kind).method("PUT"));
        follow_up(&test, &[]).success();
        follow_up(&test.again(), &[]).success();
        let test = test.again();
        follow_up(&test, &[]).success();
        assert!(is_resolved(&test, "p001"));
        assert_eq!(test.notes_marked("fixed").len(), 1);
    }
}

#[test]
fn what_is_found_again_begins_a_new_round_in_the_same_thread() {
    let test = asked();
    fix(&test);
    follow_up(&test, &[]).success();
    test.advance(100);
    test.replace_in_roster("  calendly: https://calendly.com/p001\n", "");
    let ran = follow_up(&test, &["--only", "p001"]).success();
    assert!(ran.stderr.contains("Open the thread"), "{}", ran.stderr);
    assert!(!is_resolved(&test, "p001"));
    assert_eq!(test.mentions()["p001"], 2);
    let rounds: Vec<String> = test.notes_with(ASKED).into_iter().map(|note| note.body).collect();
    assert!(rounds.iter().any(|body| body.contains(":2 to=")), "{rounds:?}");
    test.advance(71);
    test.run_writing_nothing(&["followups", "--yes", "--only", "p001"]).success();
    test.advance(2);
    follow_up(&test, &["--only", "p001"]).success();
    assert_eq!(test.notes_marked("escalate").len(), 1);
}

#[test]
fn a_thread_that_is_resolved_by_hand() {
    for (by, expected) in
        [("otto", "justified"), ("p001", "answered"), ("boss", "waiting"), ("p002", "waiting")]
    {
        let test = asked();
        resolve(&test, "p001", by);
        assert_eq!(state(&test, FIRST), expected, "{by}");
        test.advance(73);
        follow_up(&test, &[]).success();
        let escalated = test.notes_with("no answer from Person 001").len();
        assert_eq!(escalated, usize::from(expected == "waiting"), "{by}");
    }
    // An answer that comes later than the resolving operator's does not undo it.
    let test = asked();
    resolve(&test, "p001", "otto");
    test.reply("p001", "p001", "Thanks!");
    assert_eq!(state(&test, FIRST), "justified");
}

#[test]
fn whoever_leaves_or_is_left_out_is_let_go() {
    let test = asked();
    test.change_roster(|old| old.split_once("- name: Person 003").unwrap().0.to_owned());
    test.sandbox.update(|world| world.calendly.member("p003@example.com").unwrap().leave());
    let config = format!("exclude = [\"p002@example.com\"]\n{CONFIG}");
    let test = configured(test, &config);
    let ran = follow_up(&test, &["--only", "p002@example.com"]).success();
    assert_eq!(test.notes_marked("withdrawn").len(), 1, "{}", ran.stderr);
    assert!(is_resolved(&test, "p002"));
    follow_up(&test, &[]).success();
    let withdrawn = test.notes_marked("withdrawn");
    assert_eq!(withdrawn.len(), 2, "{withdrawn:?}");
    assert!(withdrawn.iter().all(|note| !note.body.contains('@')), "{withdrawn:?}");
    assert!(is_resolved(&test, "p003") && !is_resolved(&test, "p001"));
    assert_eq!(test.run_writing_nothing(&["followups", "--yes"]).code, 0, "it is said once");

    let config = format!("{CONFIG}[checks]\noff = [\"link-missing\"]\n");
    let test = configured(asked().again(), &config);
    follow_up(&test, &[]).success();
    assert_eq!(test.notes_marked("withdrawn").len(), 3);
    assert_eq!(state(&test, FIRST), "withdrawn");
}
