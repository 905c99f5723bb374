//! Standing exceptions: what is justified beforehand, by whom, and until when.

use expect_test::expect;
use sandbox::{Fault, FaultKind};
use serde_json::{Value, json};

use super::{demo, found, report};
use crate::support::{AUDITS, FORMATS, TestWorld, Transcript, VANCE};

/// An exception for the demo world's outsider.
const GOOD: &str = "\
- check: outsider
  email: BVance@Harborlight.example
  reason: Books the demos.
  approved_by: nadeyemi
  approved_on: 2026-08-01
  expires: 2027-02-01
";

/// The demo world with a local file of exceptions.
fn with_exceptions(list: &str) -> TestWorld {
    let test = demo();
    test.write("e.yaml", list);
    test
}

const ARGUMENTS: [&str; 2] = ["--exceptions", "e.yaml"];

/// The fates of the exceptions of a report, in their order.
fn fates(report: &Value) -> Vec<&str> {
    let exceptions = report["exceptions"].as_array().unwrap().iter();
    exceptions.map(|exception| exception["fate"].as_str().unwrap()).collect()
}

/// Whether the demo world's outsider still has to be justified.
fn is_open(report: &Value) -> bool {
    let rows = report["outsiders"]["rows"].as_array().unwrap();
    let outsider = rows.iter().find(|row| row["email"] == VANCE).unwrap();
    outsider["findings"][0].get("excepted").is_none()
}

#[test]
fn an_exception_justifies_what_it_names_and_nothing_else() {
    let test = with_exceptions(GOOD);
    let report = report(&test, &ARGUMENTS);
    assert_eq!((fates(&report), is_open(&report)), (vec!["used"], false));
    assert_eq!(report["summary"]["findings"], 11);
    // It is found all the same, and told with its reason.
    assert_eq!(found(&report, "outsider"), [VANCE]);
    let outsider = &report["outsiders"]["rows"][0];
    assert_eq!(outsider["findings"][0]["excepted"], true);
    assert_eq!(outsider["justification"], "Books the demos.");
    assert_eq!(outsider["decision"], "keep (exception)");
    for form in FORMATS {
        let arguments = [&["reconcile", "--format", form][..], &ARGUMENTS].concat();
        let out = test.run(&arguments).success().stdout;
        for part in ["Books the demos.", "nadeyemi", "2027-02-01", "1 justified by exceptions"] {
            assert!(out.contains(part), "{form} {part}: {out}");
        }
    }
}

#[test]
fn what_does_not_count_is_reported_in_every_form() {
    for (from, to, fate) in [
        ("expires: 2027-02-01", "expires: 2026-11-22", "expired"),
        ("approved_on: 2026-08-01", "approved_on: 2026-11-23", "approved in the future"),
        ("email: BVance@", "email: other@", "unused"),
        ("check: outsider", "check: link-missing", "unused"),
    ] {
        let test = with_exceptions(&GOOD.replacen(from, to, 1));
        let report = report(&test, &ARGUMENTS);
        assert_eq!((fates(&report), is_open(&report)), (vec![fate], true), "{to}");
        for form in FORMATS {
            let arguments = [&["reconcile", "--format", form][..], &ARGUMENTS].concat();
            let out = test.run(&arguments).success().stdout;
            assert!(out.contains(fate), "{form} {to}: {out}");
        }
    }
    // Its last day is the one before it expires.
    let test = with_exceptions(&GOOD.replace("2027-02-01", "2026-11-23"));
    assert_eq!(fates(&report(&test, &ARGUMENTS)), ["used"]);
}

#[test]
fn a_bad_entry_is_a_problem_with_its_line() {
    let bad = "- check: outsiders\n  reason: x\n  approved_by: a\n  approved_on: 2026-01-01\n  expires: 2027-01-01\n";
    for (text, line) in [(format!("{GOOD}{bad}"), 7), (format!("# A note\n{bad}{GOOD}"), 2)] {
        let test = with_exceptions(&text);
        let report = report(&test, &ARGUMENTS);
        assert_eq!((fates(&report), is_open(&report)), (vec!["used"], false));
        let problem = &report["problems"][0];
        assert_eq!((&problem["file"], &problem["line"]), (&json!("e.yaml"), &json!(line)));
        assert!(problem["message"].as_str().unwrap().contains("outsiders"), "{problem}");
        // It hides nobody of the roster.
        assert_eq!(report["checks_unknown"], json!([]));
        let ran = test.run(&[&["run", "--exit-code"][..], &ARGUMENTS].concat());
        assert_eq!(ran.code, 10);
    }
}

#[test]
fn a_file_that_is_not_a_list_of_exceptions_is_refused_with_its_line() {
    let test = demo();
    let contents: [&[u8]; 4] =
        [b"\ncheck: outsider\n", b"- check: \"open\n", b"words", b"- check: \xff\n"];
    let mut transcript = Transcript::default();
    for content in contents {
        test.write("e.yaml", content);
        for command in ["run", "reconcile"] {
            let ran = test.run_writing_nothing(&[&[command][..], &ARGUMENTS].concat()).exit(4);
            assert_eq!(ran.stdout, "");
            if command == "run" {
                transcript.add(format!("{:?}", String::from_utf8_lossy(content)), ran);
            }
        }
    }
    let ran = test.run(&["reconcile", "--exceptions", "gone.yaml"]).exit(4);
    transcript.add("no file", ran);
    transcript.is(expect![[r##"
        # "\ncheck: outsider\n"
        error: the exceptions cannot be read: e.yaml:2: not a YAML list of exceptions: expected sequence start at line 2, column 1
        hint: until they are, nobody can tell what is justified
        # "- check: \"open\n"
        error: the exceptions cannot be read: e.yaml:1: not a YAML list of exceptions: unclosed quote at line 1, column 10
        hint: until they are, nobody can tell what is justified
        # "words"
        error: the exceptions cannot be read: e.yaml:1: not a YAML list of exceptions: expected sequence start at line 1, column 1
        hint: until they are, nobody can tell what is justified
        # "- check: �\n"
        error: the exceptions cannot be read: e.yaml: the text is not valid UTF-8
        hint: until they are, nobody can tell what is justified
        # no file
        no justifications and decisions are known: there is no open audit
        error: could not read the exceptions gone.yaml: No such file or directory (os error 2)
    "##]]);
}

#[test]
fn the_audits_project_may_hold_them() {
    let test = demo();
    let path = "exceptions/calendly.yaml";
    test.write("c.toml", format!("[exceptions]\npath = \"{path}\"\n"));
    let arguments = ["--config", "c.toml"];
    // What is configured and not there is no empty list.
    let ran = test.run(&[&["reconcile"][..], &arguments].concat()).failure();
    ran.messages_are(expect![[r#"
        no justifications and decisions are known: there is no open audit
        error: could not read the exceptions exceptions/calendly.yaml of [audits]: not found: 404 File Not Found (GET gitlab.test/api/v4/projects/[audits]/repository/files/exceptions%2Fcalendly%2Eyaml/raw)
        hint: it may be misspelt, or private and not shown to this token: see `support-audit config` and `support-audit auth status`
    "#]]);

    test.sandbox.update(|world| {
        world.project(AUDITS).unwrap().add_file(path, GOOD);
    });
    let there = report(&test, &arguments);
    assert_eq!((fates(&there), is_open(&there)), (vec!["used"], false));
    assert_eq!(there["exceptions"][0]["file"], path);
    // A local file goes before it.
    test.write("e.yaml", "");
    let local = report(&test, &[&arguments[..], &ARGUMENTS].concat());
    assert_eq!((fates(&local), is_open(&local)), (vec![], true));

    let bad = "\n\nnot a list\n";
    test.sandbox.update(|world| {
        world.project(AUDITS).unwrap().add_file(path, bad);
    });
    test.run(&[&["reconcile"][..], &arguments].concat()).exit(4).messages_are(expect![[r#"
        no justifications and decisions are known: there is no open audit
        error: the exceptions cannot be read: exceptions/calendly.yaml:3: not a YAML list of exceptions: expected sequence start at line 3, column 1
        hint: until they are, nobody can tell what is justified
    "#]]);
    test.sandbox.inject(Fault::new("exceptions%2F", FaultKind::CutBefore).times(u32::MAX));
    test.run(&[&["reconcile"][..], &arguments].concat()).exit(7);
}

/// An exception about accounts is not unused only because nobody has looked at them.
#[test]
fn while_accounts_are_unknown_so_is_the_fate() {
    let test = with_exceptions(GOOD).with("CALENDLY_API_TOKEN", "");
    let arguments = [&["run", "--format", "json"][..], &ARGUMENTS].concat();
    assert_eq!(fates(&test.run(&arguments).success().json()), ["not looked at"]);
}
