//! Runs that died, and answers that were lost.

use sandbox::{Answer, Fault, FaultKind};

use super::team::{again, in_world, team, world};
use super::{ASKED, follow_up, holding, mentions, writes, writes_nothing};
use crate::support::Test;

const PEOPLE: usize = 40;

/// Refuses anything but one ping for each of so many people.
#[track_caller]
fn each_is_asked_once(test: &Test, people: usize, context: &str) {
    assert_eq!(holding(test, ASKED).len(), people, "{context}");
    let mentions = mentions(test);
    assert_eq!(mentions.len(), people, "{context}");
    assert!(mentions.values().all(|&count| count == 1), "{context}: {mentions:?}");
}

/// How many requests a whole run makes.
fn requests() -> u32 {
    let test = team(PEOPLE);
    assert_eq!(follow_up(&test, &[]).code, 0);
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
                    let test = again(&test);
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

#[test]
fn what_was_done_in_spite_of_an_error_is_not_done_twice() {
    let error = FaultKind::AnswerAfter(Answer::internal_server_error());
    for kind in [error, FaultKind::CutAfter, FaultKind::Truncate(0)] {
        let test = team(PEOPLE);
        test.sandbox.inject(Fault::new("/discussions", kind).method("POST").times(u32::MAX));
        let (ran, written) = writes(&test, || follow_up(&test, &[]).ends_with(0));
        assert!(ran.stderr.contains("no answer to the comment"), "{}", ran.stderr);
        assert_eq!(written.len(), PEOPLE, "sent once each");
        each_is_asked_once(&test, PEOPLE, &ran.stderr);
        assert_eq!(writes_nothing(&again(&test), &["followups", "--yes"]).code, 0);
    }
}

#[test]
fn a_lost_comment_is_looked_for_twice_before_the_run_ends() {
    let test = team(3);
    test.sandbox.inject(Fault::new("/discussions", FaultKind::CutBefore).method("POST"));
    let ran = follow_up(&test, &[]).ends_with(7);
    assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
    let requests = test.sandbox.requests();
    let posted = requests.iter().position(|it| it.method == "POST").unwrap();
    let looked = requests[posted..].iter().filter(|it| it.path.contains("/issues/1/notes"));
    assert_eq!(looked.count(), 2);
    let test = again(&test);
    assert_eq!(follow_up(&test, &[]).code, 0);
    each_is_asked_once(&test, 3, "");
}
