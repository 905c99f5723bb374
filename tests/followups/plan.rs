//! What is shown is what is done, and nothing else.

use super::follow_up;
use super::team::{demo, team};

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
        assert_eq!(shown.stdout.contains("Help wanted"), escalates, "{until}");
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
    assert_eq!(planned.len(), 1, "one notice: {shown:#}");
    assert!(planned[0].as_str().unwrap().contains("@ebrightwater: "), "{shown:#}");
    let until = ["followups", "--until", "2027-02-02", "--format", "json"];
    let later = test.run_writing_nothing(&until).success().json();
    assert!(later["plan"][0].as_str().unwrap().contains("@ebrightwater: "), "{later:#}");

    let done = follow_up(&test, &["--format", "json"]).success().json();
    assert_eq!(done["posted"].as_array().unwrap().len(), 1, "{done:#}");
    assert_eq!(done["advice"], shown["advice"]);
    let letter = &done["advice"][0];
    assert_eq!(letter["email"], "bvance@harborlight.example");
    assert!(letter["text"].as_str().unwrap().contains("what do you need it for"), "{letter:#}");
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
