//! Answers that were lost, and runs that died.

use sandbox::{Answer, Fault, FaultKind};

use super::{begun, is_complete, reports, write, written};
use crate::support::{AUDITS, TestWorld};

const NOTES: &str = "/issues/1/notes";
const PUT: (&str, &str) = ("/issues/1", "PUT");
const POST: (&str, &str) = (NOTES, "POST");

/// A fault for the next request of this kind.
fn inject(test: &TestWorld, (path, method): (&str, &str), kind: FaultKind) {
    test.sandbox.inject(Fault::new(path, kind).method(method));
}

/// How many requests of this kind were made.
fn count(test: &TestWorld, (path, method): (&str, &str)) -> usize {
    let writes = test.sandbox.writes();
    writes.iter().filter(|it| it.method == method && it.path.contains(path)).count()
}

#[test]
fn a_write_whose_answer_was_lost_is_looked_for() {
    for request in [PUT, POST] {
        for kind in [FaultKind::CutAfter, FaultKind::Truncate(0), FaultKind::Truncate(50)] {
            let test = begun();
            inject(&test, request, kind.clone());
            let ran = write(&test, &[]).success();
            assert!(ran.stderr.contains("no answer"), "{}", ran.stderr);
            assert_eq!(count(&test, request), 1, "{kind:?}");
            is_complete(&test);
        }
    }
}

#[test]
fn a_write_that_did_not_arrive_is_not_repeated_blindly() {
    for (request, comments) in [(PUT, 0), (POST, 0)] {
        for kind in [
            FaultKind::CutBefore,
            FaultKind::Answer(Answer::internal_server_error()),
            FaultKind::Answer(Answer::bad_gateway()),
        ] {
            let test = begun();
            inject(&test, request, kind.clone());
            let ran = write(&test, &[]).exit(7);
            assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
            assert_eq!((count(&test, request), reports(&test).len()), (1, comments), "{kind:?}");
            write(&test, &[]).success();
            is_complete(&test);
        }
    }
}

#[test]
fn a_refused_write_is_reported_and_the_next_run_completes_it() {
    for request in [PUT, POST] {
        for (status, code) in [(403, 1), (401, 3), (400, 1), (404, 1)] {
            let test = begun();
            let answer = Answer::json(status, r#"{"message":"no such luck"}"#);
            inject(&test, request, FaultKind::Answer(answer));
            let ran = write(&test, &[]).exit(code);
            assert!(ran.stderr.contains("no such luck"), "{}", ran.stderr);
            assert_eq!(count(&test, request), 1);
            write(&test, &[]).success();
            is_complete(&test);
        }
    }
}

#[test]
fn a_comment_that_appears_late_is_not_made_twice() {
    let body = reports(&written())[0].body.clone();
    let comment = move |world: &mut sandbox::World| {
        world.comment(AUDITS, 1, "ivelderman", &body).unwrap();
    };
    let test = begun();
    inject(&test, POST, FaultKind::CutBefore);
    for _ in 0..2 {
        test.sandbox.before(NOTES, "GET", |_| {});
    }
    test.sandbox.before(NOTES, "GET", comment.clone());
    write(&test, &[]).success();
    is_complete(&test);

    let test = begun();
    inject(&test, POST, FaultKind::Answer(Answer::internal_server_error()));
    test.sandbox.before(NOTES, "POST", comment);
    write(&test, &[]).success();
    assert_eq!(count(&test, POST), 1);
    is_complete(&test);
}

#[test]
fn a_limit_is_waited_for() {
    for request in [PUT, POST] {
        let test = begun();
        let kind = FaultKind::Answer(Answer::too_many_requests_json());
        test.sandbox.inject(Fault::new(request.0, kind).method(request.1).times(2));
        write(&test, &[]).success();
        is_complete(&test);
    }
}
