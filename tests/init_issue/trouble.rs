//! Refusals, lost answers, and others who are as quick.

use expect_test::expect;
use sandbox::{Answer, Fault, FaultKind, World};

use super::{MARKER, init, url};
use crate::support::{AUDITS, Printed, TestWorld, Transcript};

/// How many issues were asked for.
fn posts(test: &TestWorld) -> usize {
    test.sandbox.writes().iter().filter(|request| request.method == "POST").count()
}

/// The operator makes the audit's issue from somewhere else.
fn make(world: &mut World) {
    let content = format!("From elsewhere.\n\n## Notes\n\n{MARKER}");
    world.open_issue(AUDITS, "ivelderman", "Calendly audit FY28-Q1", &content).unwrap();
}

#[test]
fn a_refusal_is_reported_and_nothing_is_half_made() {
    let moved = FaultKind::Redirect { status: 307, location: "/api/v4/projects/1/issues".into() };
    let mut transcript = Transcript::default();
    for (case, kind) in [
        ("captcha", FaultKind::Answer(Answer::captcha())),
        ("spam", FaultKind::Answer(Answer::spam())),
        ("forbidden", FaultKind::Answer(Answer::json(403, r#"{"message":"403 Forbidden"}"#))),
        ("bad labels", FaultKind::Answer(Answer::json(400, r#"{"message":"labels are odd"}"#))),
        (
            "not found",
            FaultKind::Answer(Answer::json(404, r#"{"message":"404 Project Not Found"}"#)),
        ),
        ("moved", moved),
    ] {
        let test = TestWorld::demo().with_token();
        test.sandbox.inject(Fault::new("/issues", kind).method("POST"));
        let ran = transcript.add(case, init(&test, &["--quiet"]).exit(1));
        assert_eq!((&*ran.stdout, test.issues().len(), posts(&test)), ("", 0, 1), "{case}");
        assert_eq!(init(&test, &[]).success().stdout, url(&test, 1));
    }
    transcript.is(expect![[r#"
        # captcha
        error: could not make the issue: the service wants a captcha to be solved: Your issue has been recognized as spam. Please, change the content or solve the reCAPTCHA to proceed. (POST gitlab.test/api/v4/projects/[audits]/issues)
        hint: GitLab takes it for spam: write a first issue or comment in the browser
        # spam
        error: could not make the issue: taken for spam: Your issue has been recognized as spam and has been discarded. (POST gitlab.test/api/v4/projects/[audits]/issues)
        hint: GitLab takes it for spam: write a first issue or comment in the browser
        # forbidden
        error: could not make the issue: not allowed: 403 Forbidden (POST gitlab.test/api/v4/projects/[audits]/issues)
        hint: ask for access with the account that `support-audit auth status` names
        # bad labels
        error: could not make the issue: refused with status 400: labels are odd (POST gitlab.test/api/v4/projects/[audits]/issues)
        # not found
        error: could not make the issue: not found: 404 Project Not Found (POST gitlab.test/api/v4/projects/[audits]/issues)
        hint: it may be misspelt, or private and not shown to this token: see `support-audit config` and `support-audit auth status`
        # moved
        error: could not make the issue: moved to /api/v4/projects/1/issues, where nothing was written (POST gitlab.test/api/v4/projects/[audits]/issues)
        hint: the project has moved: set `gitlab.audits_project` to its new path
    "#]]);
}

#[test]
fn a_read_only_token_is_refused_before_anything_else_happens() {
    let test = TestWorld::demo().with_token();
    test.sandbox.update(|world| world.tokens[0].scopes = vec!["read_api".to_owned()]);
    let ran = init(&test, &["--quiet"]).exit(3).messages_are(expect![[r#"
        error: could not make the issue: the token lacks a scope, any of: ai_workflows mcp mcp api read_api (POST gitlab.test/api/v4/projects/[audits]/issues)
        hint: to write it needs `api`, to read `read_api`: `support-audit auth status` shows what it has
    "#]]);
    assert_eq!(ran.stdout, "");
    assert_eq!(test.issues().len(), 0);
}

#[test]
fn a_project_that_is_not_there_is_named() {
    let test = TestWorld::demo().with_token();
    init(&test, &["--project", "no/such"]).exit(1).messages_are(expect![[r#"
        error: could not look at the project no/such: not found: 404 Project Not Found (GET gitlab.test/api/v4/projects/no%2Fsuch)
        hint: it may be misspelt, or private and not shown to this token: see `support-audit config` and `support-audit auth status`
    "#]]);
    assert_eq!(test.sandbox.writes().len(), 0);
    let json = init(&test, &["--project", "no/such", "--format", "json"]).exit(1).json();
    assert_eq!(json["error"]["code"], 1);
}

#[test]
fn a_limit_is_waited_for() {
    let test = TestWorld::demo().with_token();
    let kind = FaultKind::Answer(Answer::too_many_requests_json());
    test.sandbox.inject(Fault::new("/issues", kind).method("POST").times(2));
    assert_eq!(init(&test, &[]).success().stdout, url(&test, 1));
    assert_eq!((test.issues().len(), posts(&test)), (1, 3));
}

#[test]
fn an_issue_whose_answer_was_lost_is_looked_for() {
    for kind in [FaultKind::CutAfter, FaultKind::Truncate(0), FaultKind::Truncate(40)] {
        let test = TestWorld::demo().with_token();
        test.sandbox.inject(Fault::new("/issues", kind.clone()).method("POST"));
        assert_eq!(init(&test, &[]).success().stdout, url(&test, 1), "{kind:?}");
        assert_eq!((test.issues().len(), posts(&test)), (1, 1));
    }
    for answer in [Answer::internal_server_error(), Answer::bad_gateway()] {
        let test = TestWorld::demo().with_token();
        test.sandbox.before("/issues", "POST", make);
        test.sandbox.inject(Fault::new("/issues", FaultKind::Answer(answer)).method("POST"));
        assert_eq!(init(&test, &[]).success().stdout, url(&test, 1));
        assert_eq!((test.issues().len(), posts(&test)), (1, 1));
    }
}

#[test]
fn an_issue_that_appears_late_is_still_found() {
    let test = TestWorld::demo().with_token();
    test.sandbox.inject(Fault::new("/issues", FaultKind::CutBefore).method("POST"));
    for _ in 0..2 {
        test.sandbox.before("/issues?", "GET", |_| {});
    }
    test.sandbox.before("/issues?", "GET", make);
    assert_eq!(init(&test, &[]).success().stdout, url(&test, 1));
    assert_eq!((test.issues().len(), posts(&test)), (1, 1));
}

#[test]
fn an_issue_that_did_not_arrive_is_not_made_blindly() {
    for kind in [
        FaultKind::CutBefore,
        FaultKind::Answer(Answer::internal_server_error()),
        FaultKind::Answer(Answer::text(503, "content/html", "<h1>Deploy in progress</h1>")),
    ] {
        let test = TestWorld::demo().with_token();
        test.sandbox.inject(Fault::new("/issues", kind.clone()).method("POST"));
        let ran = init(&test, &[]).exit(7);
        assert_eq!((test.issues().len(), posts(&test)), (0, 1), "{kind:?}");
        assert!(ran.stdout.is_empty() && ran.stderr.contains("again"), "{ran:?}");
        assert_eq!(init(&test, &[]).success().stdout, url(&test, 1));
        assert_eq!((test.issues().len(), posts(&test)), (1, 2));
    }
}

/// Refuses a run of somebody who was second without being told which issue is to be closed.
#[track_caller]
fn says_what_to_close(ran: &Printed, address: &str) {
    let line = ran.stderr.lines().find(|line| line.contains(address.trim_end()));
    assert!(line.is_some_and(|line| line.contains("close")), "{address}: {}", ran.stderr);
}

#[test]
fn of_two_at_the_same_time_one_is_told_to_close_theirs() {
    let test = TestWorld::demo().with_token();
    test.sandbox.before("/issues", "POST", make);
    let ran = init(&test, &[]).success();
    assert_eq!(ran.stdout, url(&test, 1));
    says_what_to_close(&ran, &url(&test, 2));

    let test = TestWorld::demo().with_token();
    for _ in 0..2 {
        test.sandbox.before("/issues?", "GET", |_| {});
    }
    test.sandbox.before("/issues?", "GET", make);
    let ran = init(&test, &[]).success();
    assert_eq!(ran.stdout, url(&test, 1));
    says_what_to_close(&ran, &url(&test, 2));
}

#[test]
fn an_issue_that_somebody_makes_behind_the_plan_is_printed_instead_of_another() {
    let test = TestWorld::demo().with_token();
    test.sandbox.before("/issues?", "GET", |_| {});
    test.sandbox.before("/issues?", "GET", make);
    let ran = init(&test, &[]).success();
    assert_eq!((ran.stdout.clone(), posts(&test)), (url(&test, 1), 0), "{}", ran.stderr);
}

#[test]
fn two_runs_at_the_same_moment_leave_one_issue_or_say_which_is_to_be_closed() {
    for _ in 0..4 {
        let test = TestWorld::demo().with_token();
        let children = [0, 1].map(|_| test.start(&["init-issue", "--yes"]));
        let runs = children.map(|child| test.wait(child).success());
        for ran in &runs {
            assert_eq!(ran.stdout, url(&test, 1), "{}", ran.stderr);
        }
        if test.issues().len() > 1 {
            let all = format!("{}{}", runs[0].stderr, runs[1].stderr);
            assert!(all.contains(url(&test, 2).trim_end()) && all.contains("close"), "{all}");
        }
        assert_eq!(posts(&test), test.issues().len());
    }
}
