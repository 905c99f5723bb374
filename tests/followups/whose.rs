//! Whose issues and comments count, and what the message says to somebody else.

use super::follow_up;
use super::team::{ISSUE, OTTO, team};
use crate::support::{AUDITS, TestWorld};

/// What reads the issue, and what would write into it.
const COMMANDS: [&[&str]; 6] = [
    &["status"],
    &["followups", "--yes"],
    &["run", "--write", "--yes"],
    &["reconcile", "--write", "--yes"],
    &["reconcile", "--remove", "--yes", "--confirm", "x@example.com"],
    &["submit-review", "--yes"],
];

fn stranger_issue(test: &TestWorld) -> u64 {
    let title = "Calendly audit FY28-Q1";
    test.sandbox.update(|world| {
        world.open_issue(AUDITS, "p001", title, &format!("## Notes\n\n{ISSUE}")).unwrap();
        world.project(AUDITS).unwrap().issues.len() as u64
    })
}

#[test]
fn a_strangers_issue_is_named_and_never_written_into() {
    let test = team(1);
    let iid = stranger_issue(&test).to_string();
    for command in COMMANDS {
        let ran = test.run_writing_nothing(&[command, &["--issue", &iid]].concat()).exit(6);
        assert!(ran.stderr.contains("was made by p001, who is not an operator"), "{}", ran.stderr);
        assert!(ran.stderr.contains("`operators = [{ id = "), "{}", ran.stderr);
        assert!(ran.stderr.contains(", username = \"p001\" }]`"), "{}", ran.stderr);
    }
    // It blocks nothing.
    let ran = follow_up(&test, &[]).success();
    assert_eq!(ran.stderr.matches("who is not an operator").count(), 1, "{}", ran.stderr);
    assert_eq!(test.notes_marked("notice").len(), 1);
}

#[test]
fn a_strangers_issue_does_not_keep_the_audit_from_beginning() {
    let test = team(1);
    test.close(1, "maria");
    let other = test.again().with("GL_TOKEN", OTTO).with_config("");
    let ran = other.run(&["init-issue", "--yes", "--template", "builtin"]).success();
    assert!(ran.stdout.ends_with("/issues/2\n"), "{}", ran.stdout);
}

#[test]
fn operators_are_known_by_id_whatever_they_are_called() {
    let test = team(1);
    let ids = test.sandbox.update(|world| {
        ["olga", "otto"].map(|name| world.users.iter().find(|it| it.username == name).unwrap().id)
    });
    let other = test.again().with("GL_TOKEN", OTTO).with_config("");
    other.run(&["status"]).exit(1);
    let by_id = format!("operators = [{{ id = {}, username = \"was olga\" }}]\n", ids[0]);
    let other = other.with_config(&by_id);
    let ran = other.run(&["status"]).success();
    assert!(!ran.stderr.contains("operators"), "{}", ran.stderr);
    // A username alone is resolved, and said with the line that keeps it.
    let other = other.with_config("operators = [\"olga\"]\n");
    let ran = other.run(&["status"]).success();
    let line = format!("`operators = [{{ id = {}, username = \"olga\" }}]`", ids[0]);
    assert!(ran.stderr.contains(&line), "{}", ran.stderr);
    let other = other.with_config("operators = [7]\n");
    let ran = other.run(&["status"]).exit(4);
    assert!(ran.stderr.contains("`operators` must be a list of tables such as"), "{}", ran.stderr);
}

#[test]
fn a_description_whose_marker_does_not_fit_is_not_written_into() {
    let q3 = ISSUE.replace("Q1", "Q3");
    for (description, expected) in [
        (format!("{q3}\n\n## Notes\n\n{ISSUE}"), "markers of different audits: FY28-Q3, FY28-Q1"),
        (
            format!("## Notes\n\n{q3}"),
            "its marker is for FY28-Q3, which its title does not mention",
        ),
    ] {
        let test = team(1);
        follow_up(&test, &[]).success();
        edit(&test, &description);
        for command in COMMANDS {
            let ran = test.run_writing_nothing(command).exit(6);
            assert!(ran.stderr.contains(expected), "{}", ran.stderr);
        }
    }
    let test = team(1);
    follow_up(&test, &[]).success();
    edit(&test, "## Notes\n");
    for command in COMMANDS {
        let ran = test.run_writing_nothing(command).exit(6);
        assert!(ran.stderr.contains("comments carry that of FY28-Q1"), "{}", ran.stderr);
        assert!(ran.stderr.contains("--adopt"), "{}", ran.stderr);
    }
    test.run(&["run", "--write", "--adopt", "--issue", "1", "--yes"]).success();
    assert!(test.description().contains(ISSUE));
    test.run_writing_nothing(&["followups", "--yes"]).success();
}

/// A manager replaces the description of the first issue.
fn edit(test: &TestWorld, description: &str) {
    test.sandbox.update(|world| world.edit_description(AUDITS, 1, "maria", description).unwrap());
}
