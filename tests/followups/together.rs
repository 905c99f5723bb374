//! Two operators at work at the same time.

use std::collections::BTreeMap;
use std::process::{Child, Stdio};
use std::time::Duration;

use sandbox::{Fault, FaultKind};

use super::team::{OTTO, again, team};
use super::{command, follow_up, hours, marked, mentions, run, write_by_hand, writes_nothing};
use crate::auth::until;
use crate::support::{Ran, Test};

const PEOPLE: usize = 23;

/// Starts one operator's run.
fn start(test: &Test, token: &str) -> Child {
    let mut command = command(test, &["followups", "--yes"]);
    command.env("GL_TOKEN", token).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// How many comments a run says it has deleted, since somebody else's said the same.
fn told(ran: &Ran) -> usize {
    let lines = ran.stderr.lines().filter(|line| line.contains("their e-mails have gone out"));
    let number = |line: &str| line.split(' ').find_map(|word| word.parse::<usize>().ok());
    lines.map(|line| number(line).unwrap()).sum()
}

/// Refuses more or less than one comment of a kind about each of the team, each in a thread of
/// their own, and mails that nobody was told of.
#[track_caller]
fn is_one_for_each(test: &Test, what: &str, twice: usize, mails: usize, context: &str) {
    let comments = marked(test, what);
    assert_eq!(comments.len(), PEOPLE, "{context}");
    let mut about: BTreeMap<&str, usize> = BTreeMap::new();
    for comment in &comments {
        let marker = comment.body.lines().last().unwrap();
        *about.entry(marker.split(' ').nth(6).unwrap()).or_default() += 1;
    }
    assert_eq!(about.len(), PEOPLE, "{context}: {about:?}");
    assert_eq!(mails, PEOPLE + twice, "what was told: {twice}; {context}");
    for token in ["sandbox-gitlab-token", OTTO] {
        let test = again(test).with("GL_TOKEN", token);
        assert_eq!(writes_nothing(&test, &["followups", "--yes"]).code, 0, "{context}");
    }
}

/// How many mails have told people that they were asked.
fn mails(test: &Test) -> usize {
    let mentions = mentions(test);
    mentions.iter().filter(|(user, _)| user.starts_with('p')).map(|(_, count)| count).sum()
}

#[test]
fn a_second_run_in_the_middle_of_the_first_doubles_nothing() {
    let mut all = 0;
    for place in [0, 1, 2, 9, 10, 11, 20, 22] {
        let test = team(PEOPLE);
        let slow = FaultKind::Slow(Duration::from_secs(1));
        test.sandbox.inject(Fault::new("/discussions", slow).method("POST").skip(place));
        let first = start(&test, "sandbox-gitlab-token");
        let place = usize::try_from(place).unwrap();
        until("the first run's write", || test.sandbox.writes().len() > place);
        let second = Ran::of_child(start(&test, OTTO));
        let first = Ran::of_child(first);
        let context = format!("{place}\n{}\n{}", first.stderr, second.stderr);
        assert_eq!((first.code, second.code), (0, 0), "{context}");
        let twice = told(&first) + told(&second);
        all += twice;
        is_one_for_each(&test, "ask", twice, mails(&test), &context);
    }
    assert!(all > 0, "none was written twice: the runs were not at work at the same time");
}

#[test]
fn runs_at_the_very_same_time_leave_one_comment_for_each() {
    for _ in 0..4 {
        let test = team(PEOPLE);
        let runs = [start(&test, "sandbox-gitlab-token"), start(&test, OTTO)].map(Ran::of_child);
        let context = format!("{}\n{}", runs[0].stderr, runs[1].stderr);
        assert_eq!((runs[0].code, runs[1].code), (0, 0), "{context}");
        let twice = runs.iter().map(told).sum();
        is_one_for_each(&test, "ask", twice, mails(&test), &context);
        hours(&test, 73);
        let test = again(&test);
        let runs = [start(&test, "sandbox-gitlab-token"), start(&test, OTTO)].map(Ran::of_child);
        let context = format!("{}\n{}", runs[0].stderr, runs[1].stderr);
        assert_eq!((runs[0].code, runs[1].code), (0, 0), "{context}");
        let twice = runs.iter().map(told).sum();
        is_one_for_each(&test, "escalate", twice, mentions(&test)["boss"], &context);
    }
}

/// As when a schedule and a person use the same token.
#[test]
fn runs_of_one_operator_at_the_very_same_time_leave_one_comment_for_each() {
    for _ in 0..4 {
        let test = team(PEOPLE);
        let runs = [0, 1].map(|_| start(&test, "sandbox-gitlab-token")).map(Ran::of_child);
        let context = format!("{}\n{}", runs[0].stderr, runs[1].stderr);
        assert_eq!((runs[0].code, runs[1].code), (0, 0), "{context}");
        assert_eq!(marked(&test, "ask").len(), PEOPLE, "{context}");
        assert_eq!(writes_nothing(&test, &["followups", "--yes"]).code, 0, "{context}");
    }
}

/// A run dies after it has written what somebody else had written meanwhile.
#[test]
fn what_a_dead_run_left_twice_is_deleted_by_the_next() {
    let test = team(PEOPLE);
    let shown = run(&test, &["followups", "--dry-run", "--format", "json", "--limit", "9"]);
    assert_eq!(Ran::of_child(start(&test, OTTO)).code, 0);
    write_by_hand(&test, &shown.ends_with(0).json());
    assert_eq!((marked(&test, "ask").len(), mails(&test)), (PEOPLE + 9, PEOPLE + 9));
    // Who has written the first ones leaves them.
    let other = again(&test).with("GL_TOKEN", OTTO);
    assert_eq!(writes_nothing(&other, &["followups", "--yes"]).code, 0);
    let shown = writes_nothing(&test, &["followups", "--dry-run"]).ends_with(0).stdout;
    assert_eq!(shown.matches("Delete the comment ").count(), 9, "{shown}");
    let ran = follow_up(&test, &[]).ends_with(0);
    assert_eq!(told(&ran), 9, "{}", ran.stderr);
    is_one_for_each(&test, "ask", 9, mails(&test), &ran.stderr);
    assert!(marked(&test, "ask").iter().all(|note| note.author == 2), "otto's are the first");
}
