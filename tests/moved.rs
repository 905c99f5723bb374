//! A project, or an issue, that is no longer where it was.

use expect_test::expect;
use sandbox::{Done, World};

use crate::support::{AUDITS, NOW, Ran, TestWorld};

/// Where the audits' project is after it has moved.
const NEW: &str = "acme/audits";

/// Renames the audits' project, or transfers it to another group.
fn rename(world: &mut World) {
    let project = world.project(AUDITS).unwrap();
    NEW.clone_into(&mut project.path);
    project.renamed_from.push(AUDITS.to_owned());
}

/// An audit that has begun, in a project that has moved since; its accounts can be read.
fn moved() -> TestWorld {
    let test = TestWorld::demo().with_token().with_accounts().with_issue();
    test.sandbox.update(rename);
    test
}

/// Refuses a run that does not say once where the project is now.
#[track_caller]
fn names_new_path(ran: Ran) {
    let ran = ran.success();
    assert_eq!(ran.stderr.matches("has moved to").count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("`gitlab.audits_project`"), "{}", ran.stderr);
}

#[test]
fn a_project_that_has_moved_is_written_into_at_its_new_path() {
    let test = moved();
    test.run(&["run", "--write", "--yes", "--quiet"]).success().messages_are(expect![[r#"
        warning: the project [audits] has moved to acme/audits, which is used instead; set `gitlab.audits_project` to it
    "#]]);
    for command in
        ["reconcile --write --yes", "followups --yes", "submit-review --unresolved --yes"]
    {
        let arguments: Vec<&str> = command.split(' ').collect();
        names_new_path(test.run(&arguments));
    }
    names_new_path(test.run(&["status"]));
    let issue = test.sandbox.update(|world| world.issue(NEW, 1).unwrap().clone());
    assert!(issue.description.unwrap().contains("### Support Team"));
    assert!(issue.discussions.len() > 2, "{:?}", issue.discussions);
    // With the setting as it was asked for nothing is said.
    let test = test.with("SUPPORT_AUDIT_PROJECT", NEW);
    let ran = test.run(&["run", "--write", "--yes"]).success();
    assert!(!ran.stderr.contains("moved"), "{}", ran.stderr);
}

#[test]
fn an_issue_is_made_in_a_project_that_has_moved() {
    let test = TestWorld::demo().with_token();
    test.sandbox.update(rename);
    names_new_path(test.run(&["init-issue", "--yes"]));
    assert_eq!(test.sandbox.update(|world| world.project(NEW).unwrap().issues.len()), 1);
}

#[test]
fn an_issue_is_understood_by_every_address_that_it_has_had() {
    let test = moved();
    test.sandbox.update(|world| world.external_url = Some("https://git.acme.example".to_owned()));
    let gitlab = test.sandbox.gitlab_url();
    for issue in [
        test.issue_url(1),
        format!("https://git.acme.example/{NEW}/-/issues/1"),
        format!("https://git.acme.example/{NEW}/-/work_items/1#note_3"),
        format!("{NEW}#1"),
        format!("{AUDITS}#1"),
    ] {
        let ran = test.run(&["run", "--write", "--dry-run", "--issue", &issue]).success();
        assert!(ran.stdout.contains("issue #1"), "{issue}: {}", ran.stdout);
    }
    for issue in [
        format!("https://git.acme.example/{AUDITS}/-/issues/1"),
        format!("https://git.acme.example/{NEW}-old/-/issues/1"),
        format!("{gitlab}/acme/other/-/issues/1"),
        format!("{gitlab}/acme/other/-/issues/77"),
        "acme/other#1".to_owned(),
    ] {
        let ran = test.run_writing_nothing(&["run", "--write", "--yes", "--issue", &issue]).exit(2);
        assert!(ran.stderr.contains("is not an issue of"), "{issue}: {}", ran.stderr);
    }
}

#[test]
fn an_issue_that_was_moved_is_called_moved() {
    let test = TestWorld::demo().with_token().with_issue();
    test.sandbox.update(|world| {
        let issue = world.issue(AUDITS, 1).unwrap();
        issue.closed = Some(Done { at: NOW.parse().unwrap(), by: 441_680 });
        issue.moved_to = Some(77);
    });
    let ran = test.run_writing_nothing(&["run", "--write", "--yes", "--issue", "1"]).exit(11);
    ran.messages_are(expect![[r#"
        error: https://gitlab.test/[audits]/-/issues/1 was moved to another project
        hint: set `gitlab.audits_project` to that project: the issue's page links to it
    "#]]);
    let ran = test.run_writing_nothing(&["run", "--write", "--yes"]).exit(1);
    ran.messages_are(expect![[r#"
        error: there is no open audit; the latest was moved away: https://gitlab.test/[audits]/-/issues/1
        hint: `support-audit init-issue` makes one
    "#]]);
    let ran = test.run_writing_nothing(&["init-issue", "--yes"]).success();
    assert!(ran.stderr.contains("moved to another project"), "{}", ran.stderr);
}
