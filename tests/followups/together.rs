//! Two operators at work at the same time.

use std::collections::BTreeMap;
use std::process::{Child, Stdio};
use std::time::Duration;

use sandbox::{Fault, FaultKind};

use super::team::{OTTO, team};
use super::{follow_up, write_by_hand};
use crate::support::{Printed, TestWorld, until};

const PEOPLE: usize = 23;

/// Starts one operator's run.
fn start(test: &TestWorld, token: &str) -> Child {
    let mut command = test.command(&["followups", "--yes"]);
    command.env("GL_TOKEN", token).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// How many comments a run says it has deleted, since somebody else's said the same.
fn told(ran: &Printed) -> usize {
    let lines = ran.stderr.lines().filter(|line| line.contains("their e-mails have gone out"));
    let number = |line: &str| line.split(' ').find_map(|word| word.parse::<usize>().ok());
    lines.map(|line| number(line).unwrap()).sum()
}

/// Refuses more or less than one comment of a kind about each of the team, each in a thread of
/// their own, and mails that nobody was told of.
#[track_caller]
fn is_one_for_each(test: &TestWorld, what: &str, twice: usize, mails: usize, context: &str) {
    let comments = test.notes_marked(what);
    assert_eq!(comments.len(), PEOPLE, "{context}");
    let mut about: BTreeMap<&str, usize> = BTreeMap::new();
    for comment in &comments {
        let marker = comment.body.lines().last().unwrap();
        *about.entry(marker.split(' ').nth(6).unwrap()).or_default() += 1;
    }
    assert_eq!(about.len(), PEOPLE, "{context}: {about:?}");
    assert_eq!(mails, PEOPLE + twice, "what was told: {twice}; {context}");
    for token in ["sandbox-gitlab-token", OTTO] {
        let test = test.again().with("GL_TOKEN", token);
        test.run_writing_nothing(&["followups", "--yes"]).success();
    }
}

/// How many mails have told people that they were asked.
fn mails(test: &TestWorld) -> usize {
    let mentions = test.mentions();
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
        let second = test.wait(start(&test, OTTO));
        let first = test.wait(first);
        let context = format!("{place}\n{}\n{}", first.stderr, second.stderr);
        assert_eq!((first.code, second.code), (0, 0), "{context}");
        let twice = told(&first) + told(&second);
        all += twice;
        is_one_for_each(&test, "ask", twice, mails(&test), &context);
    }
    assert!(all > 0, "none was written twice: the runs were not at work at the same time");
}

/// Lets two runs start together. One of them may see the other's first write before its own, and then
/// writes nothing.
#[track_caller]
fn race(test: &TestWorld, tokens: [&str; 2]) -> [Printed; 2] {
    let runs = tokens.map(|token| start(test, token)).map(|run| test.wait(run));
    let codes = runs.each_ref().map(|ran| ran.code);
    assert!([[0, 0], [0, 6], [6, 0]].contains(&codes), "{codes:?}");
    runs.map(|ran| {
        let code = ran.code;
        ran.exit(code)
    })
}

#[test]
fn runs_at_the_very_same_time_leave_one_comment_for_each() {
    for _ in 0..4 {
        let test = team(PEOPLE);
        let runs = race(&test, ["sandbox-gitlab-token", OTTO]);
        let context = format!("{}\n{}", runs[0].stderr, runs[1].stderr);
        let twice = runs.iter().map(told).sum();
        is_one_for_each(&test, "ask", twice, mails(&test), &context);
        test.advance(73);
        let test = test.again();
        let runs = race(&test, ["sandbox-gitlab-token", OTTO]);
        let context = format!("{}\n{}", runs[0].stderr, runs[1].stderr);
        let twice = runs.iter().map(told).sum();
        is_one_for_each(&test, "escalate", twice, test.mentions()["boss"], &context);
    }
}

/// As when a schedule and a person use the same token.
#[test]
fn runs_of_one_operator_at_the_very_same_time_leave_one_comment_for_each() {
    for _ in 0..4 {
        let test = team(PEOPLE);
        let runs = race(&test, ["sandbox-gitlab-token"; 2]);
        let context = format!("{}\n{}", runs[0].stderr, runs[1].stderr);
        assert_eq!(test.notes_marked("ask").len(), PEOPLE, "{context}");
        test.run_writing_nothing(&["followups", "--yes"]).success();
    }
}

/// A run dies after it has written what somebody else had written meanwhile.
#[test]
fn what_a_dead_run_left_twice_is_deleted_by_the_next() {
    let test = team(PEOPLE);
    let shown = test.run(&["followups", "--dry-run", "--format", "json", "--limit", "9"]);
    test.wait(start(&test, OTTO)).success();
    write_by_hand(&test, &shown.success().json());
    assert_eq!((test.notes_marked("ask").len(), mails(&test)), (PEOPLE + 9, PEOPLE + 9));
    // Who has written the first ones leaves them.
    let other = test.again().with("GL_TOKEN", OTTO);
    other.run_writing_nothing(&["followups", "--yes"]).success();
    let shown = test.run_writing_nothing(&["followups", "--dry-run"]).success().stdout;
    assert_eq!(shown.matches("Delete the comment ").count(), 9, "{shown}");
    let ran = follow_up(&test, &[]).success();
    assert_eq!(told(&ran), 9, "{}", ran.stderr);
    is_one_for_each(&test, "ask", 9, mails(&test), &ran.stderr);
    assert!(test.notes_marked("ask").iter().all(|note| note.author == 2), "otto's are the first");
}
