//! Writings that GitLab refuses, or does not take yet.

use sandbox::{Answer, Fault, FaultKind};

use super::team::team;
use super::{ASKED, follow_up};
use crate::support::TestWorld;

const PEOPLE: usize = 4;

/// A fault for the write of this place, counted from 0.
fn inject(test: &TestWorld, place: u32, answer: Answer) {
    let kind = FaultKind::Answer(answer);
    test.sandbox.inject(Fault::new("/discussions", kind).method("POST").skip(place));
}

#[test]
fn a_refused_comment_ends_the_run_and_the_next_completes_it() {
    for (answer, code, said, hint) in [
        (Answer::json(403, r#"{"message":"403 Forbidden"}"#), 1, "403 Forbidden", "ask for access"),
        (Answer::json(404, r#"{"message":"404 Issue Not Found"}"#), 1, "404 Issue Not", "private"),
        (Answer::json(401, r#"{"message":"401 Unauthorized"}"#), 3, "refused", "auth status"),
        (Answer::resource_lock(), 6, "somebody else", "run it again"),
        (Answer::spam(), 1, "spam", "browser"),
        (Answer::captcha(), 1, "spam", "browser"),
        (Answer::json(400, r#"{"message":"Note {:note=>[\"x\"]}"}"#), 1, "Note {:note", ""),
        (Answer::bad_gateway(), 7, "comment `ask`", "run the command again"),
    ] {
        for place in [0, 2] {
            let test = team(PEOPLE);
            inject(&test, place, answer.clone());
            let (ran, written) = test.writes_during(|| follow_up(&test, &[]).exit(code));
            let place = usize::try_from(place).unwrap();
            assert_eq!(written.len(), place + 1, "sent once: {}", ran.stderr);
            assert_eq!(test.notes_with(ASKED).len(), place, "{}", ran.stderr);
            let error = ran.stderr.lines().find(|line| line.starts_with("error: ")).unwrap();
            assert!(error.contains("comment") && error.contains(said), "{error}");
            let told = ran.stderr.lines().find(|line| line.starts_with("hint: "));
            assert!(told.unwrap_or_default().contains(hint), "{}", ran.stderr);
            follow_up(&test, &[]).success();
            assert_eq!((test.notes_with(ASKED).len(), test.mentions().len()), (PEOPLE, PEOPLE));
        }
    }
}

#[test]
fn a_refusal_is_told_to_programs() {
    let test = team(PEOPLE);
    inject(&test, 1, Answer::json(403, r#"{"message":"403 Forbidden"}"#));
    let ran = follow_up(&test, &["--format", "json"]).exit(1);
    let error = &ran.json()["error"];
    assert_eq!(error["code"], 1);
    assert!(error["message"].as_str().unwrap().contains("403 Forbidden"), "{error:#}");
}

#[test]
fn a_limit_is_waited_for_with_what_the_service_asks() {
    for (answer, seconds) in [
        (Answer::too_many_requests_json().header("retry-after", "7"), 7),
        (Answer::too_many_requests_text().header("retry-after", "30"), 30),
        (Answer::too_many_requests_json(), 60),
    ] {
        let test = team(PEOPLE);
        let kind = FaultKind::Answer(answer);
        test.sandbox.inject(Fault::new("/discussions", kind).method("POST").skip(1).times(2));
        let ran = follow_up(&test, &[]).success();
        let waits: Vec<&str> =
            ran.stderr.lines().filter(|line| line.contains("rate limited")).collect();
        assert_eq!(waits.len(), 2, "{}", ran.stderr);
        let told: u64 = waits[0].split(' ').rev().nth(1).unwrap().parse().unwrap();
        assert!((seconds..seconds + 3).contains(&told), "{}", waits[0]);
        assert_eq!((test.notes_with(ASKED).len(), test.mentions().len()), (PEOPLE, PEOPLE));
    }
}

#[test]
fn a_limit_that_lasts_ends_the_run_and_the_next_completes_it() {
    let test = team(PEOPLE);
    let kind = FaultKind::Answer(Answer::too_many_requests_json());
    test.sandbox.inject(Fault::new("/discussions", kind).method("POST").skip(2).times(u32::MAX));
    let ran = follow_up(&test, &[]).exit(7);
    assert!(ran.stderr.contains("hint: run the command again"), "{}", ran.stderr);
    assert_eq!(test.notes_with(ASKED).len(), 2);
    let test = test.again();
    follow_up(&test, &[]).success();
    assert_eq!((test.notes_with(ASKED).len(), test.mentions().len()), (PEOPLE, PEOPLE));
}

/// The sandbox counts notes as GitLab.com does, and its clock stands still: somebody moves it.
#[test]
fn the_review_waits_for_the_minute_to_pass() {
    let test = team(0);
    test.run(&["run", "--write", "--yes"]).success();
    test.sandbox.update(|world| {
        world.limits.notes_per_minute = Some(0);
        world.limits.notes_retry_after = Some(60);
    });
    for _ in 0..2 {
        test.sandbox.before("/issues/1/notes", "POST", |_| ());
    }
    test.sandbox.before("/issues/1/notes", "POST", |world| {
        world.limits.notes_per_minute = Some(60);
    });
    let ran = test.run(&["submit-review", "--yes"]).success();
    assert_eq!(ran.stderr.matches("rate limited: attempt ").count(), 2, "{}", ran.stderr);
    assert_eq!(test.notes_marked("review").len(), 1);
    assert_eq!(test.mentions().get("maria"), Some(&1));
}

#[test]
fn an_escalation_that_is_refused_in_the_middle_is_completed() {
    let test = team(PEOPLE);
    follow_up(&test, &[]).success();
    test.advance(73);
    test.replace_in_roster("  reports_to: Bodil Boss\n", "  calendly: https://calendly.com/p001\n");
    for place in 0..4 {
        let test = test.again();
        inject(&test, place, Answer::json(403, r#"{"message":"403 Forbidden"}"#));
        follow_up(&test, &[]).exit(1);
        follow_up(&test, &[]).success();
        assert_eq!(test.notes_marked("escalate").len(), PEOPLE - 1);
        assert_eq!(test.notes_marked("fixed").len(), 1);
        assert_eq!(test.mentions()["boss"], PEOPLE - 1);
    }
}
