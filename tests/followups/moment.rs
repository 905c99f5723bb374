//! The moment of writing: what happens between the reading and the first write is seen.

use sandbox::World;

use super::team::team;
use super::{ASKED, follow_up, state};
use crate::support::{AUDITS, Terminal, TestWorld, thread_of};

/// Lets `change` happen directly before the first write of a command: after everything that its
/// `--dry-run` reads of the issue, and before it is read once more.
fn before_first_write(test: &TestWorld, command: &[&str], change: fn(&mut World)) {
    let before = test.sandbox.requests().len();
    test.run(&[command, &["--dry-run"]].concat()).success();
    let requests = test.sandbox.requests();
    let of_issue = |path: &str| path.contains("/issues/1");
    let reads = requests[before..].iter().filter(|it| !it.is_write() && of_issue(&it.path));
    for _ in reads {
        test.sandbox.before("/issues/1", "GET", |_| {});
    }
    test.sandbox.before("/issues/1", "GET", change);
}

/// A team of two who were asked longer ago than the wait.
fn overdue() -> TestWorld {
    let test = team(2);
    follow_up(&test, &[]).success();
    test.advance(73);
    test.again()
}

fn answer(world: &mut World) {
    let thread = thread_of(world, "p001");
    world.reply(AUDITS, 1, "p001", (&thread, "On purpose.")).unwrap();
}

fn close(world: &mut World) {
    world.close_issue(AUDITS, 1, "maria").unwrap();
}

#[test]
fn nobody_is_escalated_who_answers_at_the_last_moment() {
    let test = overdue();
    before_first_write(&test, &["followups"], answer);
    let ran = test.run_writing_nothing(&["followups", "--yes"]).exit(6);
    assert!(ran.stderr.contains("hint: run the command again"), "{}", ran.stderr);
    follow_up(&test, &[]).success();
    assert_eq!(state(&test, "link-missing:p001@example.com"), "answered");
    assert_eq!(test.notes_marked("escalate").len(), 1);
    assert_eq!(test.notes_with("no answer from Person 001").len(), 0);
}

#[test]
fn an_issue_that_is_closed_at_the_last_moment_is_not_written_into() {
    for command in [
        &["followups"][..],
        &["run", "--write"],
        &["reconcile", "--write"],
        &["submit-review", "--unresolved"],
    ] {
        let test = overdue();
        before_first_write(&test, command, close);
        let ran = test.run_writing_nothing(&[command, &["--yes"]].concat()).exit(11);
        assert!(ran.stderr.contains("was closed by maria"), "{command:?}: {}", ran.stderr);
    }
}

#[test]
fn a_plan_that_has_changed_behind_the_prompt_is_shown_and_asked_about_anew() {
    for (agreed, escalated) in [("y", 1), ("n", 0)] {
        let test = overdue();
        let mut terminal = Terminal::start(&test, "\"$BIN\" followups");
        terminal.wait_for("Do this?");
        test.sandbox.update(answer);
        terminal.press("y");
        terminal.wait_for("something has changed meanwhile; this is the plan now");
        terminal.wait_for("Do this?");
        terminal.press(agreed);
        if agreed == "y" {
            // The answer is asked about next.
            terminal.wait_for("Ask again");
            terminal.press("\r");
        } else {
            terminal.wait_for("nothing was changed");
            terminal.wait_for("Ask again");
            terminal.press("\r");
        }
        let shown = terminal.exits(0);
        assert_eq!(test.notes_marked("escalate").len(), escalated, "{shown}");
        assert_eq!(test.notes_with("no answer from Person 001").len(), 0);
        assert_eq!(test.notes_with(ASKED).len(), 2);
    }
}
