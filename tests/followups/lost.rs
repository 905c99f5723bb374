//! Runs that died, and answers that were lost.

use std::collections::BTreeMap;

use sandbox::{Answer, Fault, FaultKind, Note, World};

use super::team::{in_world, team, world};
use super::{ASKED, follow_up};
use crate::support::TestWorld;

const PEOPLE: usize = 40;

/// Refuses anything but one ping for each of so many people.
#[track_caller]
fn each_is_asked_once(test: &TestWorld, people: usize, context: &str) {
    assert_eq!(test.notes_with(ASKED).len(), people, "{context}");
    let mentions = test.mentions();
    assert_eq!(mentions.len(), people, "{context}");
    assert!(mentions.values().all(|&count| count == 1), "{context}: {mentions:?}");
}

/// How many requests a whole run makes.
fn requests() -> u32 {
    let test = team(PEOPLE);
    follow_up(&test, &[]).success();
    each_is_asked_once(&test, PEOPLE, "the clean run");
    u32::try_from(test.sandbox.requests().len()).unwrap()
}

/// Lets a run die at each of its requests, and sees that another run completes its work.
fn survives(kind: &FaultKind) {
    let all = requests();
    assert!(all > 40 + 10, "{all}");
    let base = world(PEOPLE);
    // Two halves side by side.
    std::thread::scope(|scope| {
        for half in 0..2 {
            let base = &base;
            scope.spawn(move || {
                for number in (1..=all).filter(|number| number % 2 == half) {
                    let test = in_world(base.clone());
                    test.dies_at(number, kind.clone());
                    let dead = follow_up(&test, &[]);
                    let context = format!("{number} of {all}, {kind:?}\n{}", dead.stderr);
                    assert!(dead.code != 0 || number == all, "{context}");
                    let test = test.again();
                    let ran = follow_up(&test, &[]);
                    assert_eq!(ran.code, 0, "{context}\n{}", ran.stderr);
                    each_is_asked_once(&test, PEOPLE, &context);
                }
            });
        }
    });
}

#[test]
fn a_run_that_died_before_any_of_its_requests_is_completed() {
    survives(&FaultKind::CutBefore);
}

#[test]
fn a_run_that_died_after_any_of_its_requests_is_completed() {
    survives(&FaultKind::CutAfter);
}

/// A run that asks, asks again, escalates, tells what is fixed or gone, opens and resolves threads.
fn everything() -> World {
    let test = team(8);
    follow_up(&test, &[]).success();
    let link = |test: &TestWorld, person: &str, link: &str| {
        let entry = format!("username: {person} }}\n");
        test.replace_in_roster(&entry, &format!("{entry}  calendly: {link}\n"));
    };
    test.advance(1);
    link(&test, "p005", "https://calendly.com/p005");
    follow_up(&test, &["--only", "p005"]).success();
    let accept = ["--accept", "link-missing:p002@example.com", "--reason", "takes no calls"];
    follow_up(&test, &accept).success();
    test.advance(73);
    link(&test, "p001", "https://calendly.com/p001");
    link(&test, "p004", "https://calendly.com/p004/30min");
    test.replace_in_roster("  calendly: https://calendly.com/p005\n", "");
    test.change_roster(|old| old.split_once("- name: Person 008").unwrap().0.to_owned());
    test.sandbox.update(|world| {
        world.calendly.member("p008@example.com").unwrap().leave();
        world.clone()
    })
}

/// What an issue has come to: its marks, which of its threads are resolved, and who was mentioned.
fn outcome(test: &TestWorld) -> (Vec<String>, usize, BTreeMap<String, usize>) {
    let last = |note: Note| note.body.lines().last().unwrap().to_owned();
    let mut marks: Vec<String> = test.notes().into_iter().map(last).collect();
    marks.sort();
    let threads = &test.issues()[0].discussions;
    (marks, threads.iter().filter(|it| it.resolved.is_some()).count(), test.mentions())
}

#[test]
fn a_later_run_that_died_at_any_of_its_requests_is_completed() {
    let base = everything();
    let clean = in_world(base.clone());
    let ran = follow_up(&clean, &[]).success();
    let expected = outcome(&clean);
    let kinds =
        ["ask", "escalate", "fixed", "withdrawn"].map(|kind| clean.notes_marked(kind).len());
    assert_eq!((kinds, expected.1), ([10, 3, 3, 1], 3), "{}", ran.stderr);
    let all = u32::try_from(clean.sandbox.requests().len()).unwrap();
    for number in 1..=all {
        for kind in [FaultKind::CutBefore, FaultKind::CutAfter] {
            let test = in_world(base.clone());
            test.dies_at(number, kind.clone());
            let dead = follow_up(&test, &[]);
            let context = format!("{number} of {all}, {kind:?}\n{}", dead.stderr);
            let test = test.again();
            follow_up(&test, &[]).success();
            assert_eq!(outcome(&test), expected, "{context}");
            test.run_writing_nothing(&["followups", "--yes"]).success();
        }
    }
}

#[test]
fn what_was_done_in_spite_of_an_error_is_not_done_twice() {
    let error = FaultKind::AnswerAfter(Answer::internal_server_error());
    for kind in [error, FaultKind::CutAfter, FaultKind::Truncate(0)] {
        let test = team(PEOPLE);
        test.sandbox.inject(Fault::new("/discussions", kind).method("POST").times(u32::MAX));
        let (ran, written) = test.writes_during(|| follow_up(&test, &[]).success());
        assert!(ran.stderr.contains("no answer to the comment"), "{}", ran.stderr);
        assert_eq!(written.len(), PEOPLE, "sent once each");
        each_is_asked_once(&test, PEOPLE, &ran.stderr);
        test.again().run_writing_nothing(&["followups", "--yes"]).success();
    }
}

#[test]
fn a_lost_comment_is_looked_for_twice_before_the_run_ends() {
    let test = team(3);
    test.sandbox.inject(Fault::new("/discussions", FaultKind::CutBefore).method("POST"));
    let ran = follow_up(&test, &[]).exit(7);
    assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
    let requests = test.sandbox.requests();
    let posted = requests.iter().position(|it| it.method == "POST").unwrap();
    let looked = requests[posted..].iter().filter(|it| it.path.contains("/issues/1/notes"));
    assert_eq!(looked.count(), 2);
    let test = test.again();
    follow_up(&test, &[]).success();
    each_is_asked_once(&test, 3, "");
}
