//! What is shown is what is done, and nothing else.

use super::follow_up;
use super::team::{demo, team};
use crate::support::{Printed, TestWorld};

/// A plan, and what comes behind it.
fn parts(stdout: &str) -> (&str, &str) {
    match stdout.find("\nTo send to ") {
        Some(end) => stdout.split_at(end),
        None => (stdout, ""),
    }
}

/// Shows the plan and carries it out: both say the same.
#[track_caller]
fn is_done_as_shown(test: &TestWorld, arguments: &[&str]) -> Printed {
    let shown = [&["followups", "--dry-run"], arguments].concat();
    let shown = test.run_writing_nothing(&shown).success();
    let (plan, advice) = parts(&shown.stdout);
    let (ran, written) = test.writes_during(|| follow_up(test, arguments).success());
    let (before, after) = ran.stderr.split_once(plan).unwrap_or_else(|| {
        panic!("shown:\n{}\ndone:\n{}", shown.stdout, ran.stderr);
    });
    let is_progress = |line: &str| line.starts_with("reading ") || line.starts_with("writing ");
    assert!(before.lines().chain(after.lines()).all(is_progress), "{before}{after}");
    let actions = plan.lines().filter(|line| line.starts_with(|it: char| it.is_ascii_digit()));
    assert_eq!(written.len(), actions.count(), "{plan}");
    let (pages, given) = parts(&ran.stdout);
    assert_eq!(given, advice);
    assert!(pages.lines().all(|line| line.contains("/-/issues/1#note_")), "{pages}");
    let again = test.run_writing_nothing(&[&["followups", "--yes"], arguments].concat()).success();
    assert!(again.stderr.contains("Nothing to do.\n"), "{}", again.stderr);
    ran
}

#[test]
fn the_plan_that_is_shown_is_the_one_that_is_carried_out() {
    let test = demo();
    let ran = is_done_as_shown(&test, &[]);
    assert!(ran.stdout.contains("\nTo send to bvance@harborlight.example, since no GitLab"));
    test.advance(26);
    test.reply("taaseby", "taaseby", "On purpose.");
    test.replace_in_roster("calendly.com/zhrusovska/30min", "calendly.com/zhrusovska");
    let ran = is_done_as_shown(&test, &[]);
    assert!(ran.stderr.contains("Resolve the thread "), "{}", ran.stderr);
    test.advance(47);
    let ran = is_done_as_shown(&test, &[]);
    assert!(ran.stderr.contains("there is no answer from "), "{}", ran.stderr);
    test.advance(73);
    let ran = is_done_as_shown(&test, &["--only", "zhrusovska@example.com"]);
    assert!(ran.stderr.contains("is fixed"), "{}", ran.stderr);
}

#[test]
fn what_would_be_due_then_is_what_is_due_then() {
    let test = team(3);
    follow_up(&test, &[]).success();
    for (until, escalates) in [
        ("2026-11-24", false),
        ("2026-11-25", true),
        ("2026-11-25T09:59:59Z", false),
        ("2026-11-25T10:00:01Z", true),
    ] {
        let shown = test.run_writing_nothing(&["followups", "--until", until]).success();
        assert_eq!(shown.stdout.contains("@boss @maria: there is no"), escalates, "{until}");
        assert_eq!(shown.stdout.contains("Nothing to do."), !escalates, "{until}");
    }
    let shown = test.run(&["followups", "--until", "2026-11-26"]).success();
    test.sandbox.update(|world| world.now = "2026-11-26T23:59:59Z".parse().unwrap());
    let then = test.run(&["followups", "--dry-run"]).success();
    assert_eq!(shown.stdout, then.stdout);
}

#[test]
fn a_time_that_is_none_is_refused() {
    let test = team(1);
    for arguments in [
        &["followups", "--until", "tomorrow"][..],
        &["followups", "--until", "2026-13-01"],
        &["followups", "--until", "2026-11-26", "--yes"],
        &["followups", "--yes", "--dry-run"],
        &["followups", "--accept", "link-missing:p001@example.com"],
        &["followups", "--answered", "p001@example.com"],
        &["followups", "--yes", "--accept", "link-missing:p001@example.com", "--reason", " "],
    ] {
        let ran = test.run_writing_nothing(arguments).exit(2);
        let is_told = ran.stderr.contains("hint: ") || ran.stderr.contains("--help");
        assert!(is_told, "{}", ran.stderr);
    }
}

#[test]
fn without_a_terminal_it_takes_a_word_to_write() {
    let test = team(2);
    for arguments in [&["followups"][..], &["followups", "--no-input"]] {
        let ran = test.run_writing_nothing(arguments).exit(2);
        assert!(ran.stderr.contains("@p002: "), "{}", ran.stderr);
        assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    }
    assert_eq!(follow_up(&test, &["--quiet"]).success().stderr, "");
    assert_eq!(test.run_writing_nothing(&["followups"]).code, 0, "nothing is asked about nothing");
}

#[test]
fn programs_get_one_document() {
    let test = demo();
    let dry = ["followups", "--dry-run", "--format", "json"];
    let shown = test.run_writing_nothing(&dry).success().json();
    assert_eq!(shown["schema"], "support-audit/followups/1");
    assert_eq!(shown["posted"].as_array().unwrap().len(), 0);
    let planned = shown["plan"].as_array().unwrap();
    assert_eq!(planned.len(), 8, "{shown:#}");
    assert!(planned[0].as_str().unwrap().contains("@ebrightwater: "), "{shown:#}");
    let until = ["followups", "--until", "2027-02-02", "--format", "json"];
    assert_eq!(test.run_writing_nothing(&until).success().json()["plan"], shown["plan"]);

    let done = follow_up(&test, &["--format", "json"]).success().json();
    assert_eq!(done["posted"].as_array().unwrap().len(), 8, "{done:#}");
    assert_eq!(done["advice"], shown["advice"]);
    let letter = &done["advice"][0];
    assert_eq!(letter["email"], "bvance@harborlight.example");
    assert!(letter["text"].as_str().unwrap().contains("Say why you need"), "{letter:#}");
    let again = test.run_writing_nothing(&["followups", "--yes", "--format", "json"]).json();
    assert_eq!(
        (&again["posted"], &again["plan"]),
        (&serde_json::json!([]), &serde_json::json!([]))
    );

    for (arguments, code, word) in [
        (&["followups", "--format", "json", "--yes", "--only", "nobody"][..], 2, "nobody"),
        (&["followups", "--format", "json", "--until", "x"], 2, "x is not a day"),
        (&["status", "--format", "json", "--issue", "77"], 1, "not found"),
        (&["status", "--format", "json", "--period", "nonsense"], 2, "nonsense"),
        (&["status", "--format", "json", "--period", "FY27-Q3"], 1, "there is no audit FY27-Q3"),
        (&["completions", "--format", "json"], 2, "not provided: <SHELL>"),
    ] {
        let ran = test.run(arguments).exit(code);
        let error = &ran.json()["error"];
        assert_eq!(error["code"], code, "{error:#}");
        assert!(error["message"].as_str().unwrap().contains(word), "{error:#}");
        assert!(error["hint"].is_string(), "{error:#}");
    }
    let csv = test.run(&["followups", "--format", "csv"]).exit(2);
    assert!(csv.stderr.contains("hint: use --format table or json"), "{}", csv.stderr);
}
