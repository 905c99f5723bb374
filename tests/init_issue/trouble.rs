//! Refusals, lost answers, and others who are as quick.

use sandbox::{Answer, Fault, FaultKind, World};

use super::{MARKER, init, url};
use crate::support::{AUDITS, Printed, TestWorld};

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
fn a_refusal_is_told_and_nothing_is_half_made() {
    let moved = FaultKind::Redirect { status: 307, location: "/api/v4/projects/1/issues".into() };
    for (kind, word) in [
        (FaultKind::Answer(Answer::captcha()), "captcha"),
        (FaultKind::Answer(Answer::spam()), "spam"),
        (FaultKind::Answer(Answer::json(403, r#"{"message":"403 Forbidden"}"#)), "not allowed"),
        (FaultKind::Answer(Answer::json(400, r#"{"message":"labels are odd"}"#)), "labels are odd"),
        (FaultKind::Answer(Answer::json(404, r#"{"message":"404 Project Not Found"}"#)), "404"),
        (moved, "moved"),
    ] {
        let test = TestWorld::demo().with_token();
        test.sandbox.inject(Fault::new("/issues", kind).method("POST"));
        let ran = init(&test, &[]).exit(1);
        assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
        assert!(ran.stderr.contains("error: ") && ran.stdout.is_empty(), "{ran:?}");
        assert_eq!((test.issues().len(), posts(&test)), (0, 1), "{word}");
        assert_eq!(init(&test, &[]).success().stdout, url(&test, 1));
    }
}

#[test]
fn a_token_that_may_only_read_is_told_before_anything_else_happens() {
    let test = TestWorld::demo().with_token();
    test.sandbox.update(|world| world.tokens[0].scopes = vec!["read_api".to_owned()]);
    let ran = init(&test, &[]).exit(3);
    assert!(ran.stderr.contains("api") && ran.stdout.is_empty(), "{ran:?}");
    assert_eq!(test.issues().len(), 0);
}

#[test]
fn a_project_that_is_not_there_is_named() {
    let test = TestWorld::demo().with_token();
    let ran = init(&test, &["--project", "no/such"]).exit(1);
    assert!(ran.stderr.contains("such") && ran.stderr.contains("hint: "), "{}", ran.stderr);
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
fn of_two_who_are_as_quick_one_is_told_to_close_theirs() {
    let test = TestWorld::demo().with_token();
    test.sandbox.before("/issues", "POST", make);
    let ran = init(&test, &[]).success();
    assert_eq!(ran.stdout, url(&test, 1));
    says_what_to_close(&ran, &url(&test, 2));

    let test = TestWorld::demo().with_token();
    test.sandbox.before("/issues?", "GET", |_| {});
    test.sandbox.before("/issues?", "GET", make);
    let ran = init(&test, &[]).success();
    assert_eq!(ran.stdout, url(&test, 1));
    says_what_to_close(&ran, &url(&test, 2));
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
