//! The moment of writing: what happens between the reading and the first write is seen.

use sandbox::World;

use super::follow_up;
use super::team::team;
use crate::support::{AUDITS, TestWorld};

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

fn close(world: &mut World) {
    world.close_issue(AUDITS, 1, "maria").unwrap();
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
