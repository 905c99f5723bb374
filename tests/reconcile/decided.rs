//! `--write`: what people typed about outsiders is a proposal; what an operator confirms counts.

use expect_test::expect;

use super::{demo, found, report, row, rows, type_in};
use crate::support::{Ran, Terminal, TestWorld, VANCE};

const REASON: &str = "Books the **demos** of the partner team";

/// A world in which the report with the accounts is in the issue.
fn written() -> TestWorld {
    let test = demo().with_issue();
    write(&test, &[]).success();
    test
}

/// A world in which somebody has typed a justification and a decision about the outsider.
fn typed(decision: &str) -> TestWorld {
    let test = written();
    type_in(&test, VANCE, REASON, decision);
    test
}

/// Writes without being asked.
fn write(test: &TestWorld, arguments: &[&str]) -> Ran {
    test.run(&[&["reconcile", "--write", "--yes"], arguments].concat())
}

/// How the report shows the decision about the outsider.
fn decision(test: &TestWorld) -> String {
    let report = report(test, &[]);
    report["outsiders"]["rows"][0]["decision"].as_str().unwrap().to_owned()
}

#[test]
fn both_tables_come_into_the_issue() {
    let test = written();
    let content = test.description();
    for part in [
        "\n### Support Team\n",
        "| `taaseby` | <https://calendly.com/taaseby> | none | account-missing ",
        "| `m-takanashi` | <https://calendly.com/m-takanashi> | invited | invitation-pending ",
        "| Bartholomew Vance | `bvance@harborlight.example` | user | `2024-05-14` |",
        "- Calendly: owner-count, seen: `mdaubigny@example.com nadeyemi@example.com`.",
        "Accounts `https://api.calendly.com/organizations/SANDBOXORG000001`, SHA-256 ",
    ] {
        assert_eq!(content.matches(part).count(), 1, "{part}: {content}");
    }
    assert_eq!(rows(&test).len(), 1);
    let ran = test.run_writing_nothing(&["reconcile", "--write", "--yes"]).success();
    assert!(ran.stderr.contains("Nothing to do"), "{}", ran.stderr);
    let test = test.with("SUPPORT_AUDIT_NOW", "2026-11-25T09:00:00Z");
    test.run_writing_nothing(&["reconcile", "--write", "--yes"]).success();
}

#[test]
fn what_is_typed_is_a_proposal_that_is_shown_and_does_not_count() {
    let test = typed("keep");
    assert_eq!(decision(&test), "keep (proposed)");
    let ran = test.run_writing_nothing(&["reconcile", "--write", "--yes"]).success();
    for part in [VANCE, "proposed in the issue: keep", REASON, &format!("--decide {VANCE}")] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
    assert_eq!(test.notes_marked("decide").len(), 0);
    assert!(row(&test, VANCE).contains(REASON), "{}", row(&test, VANCE));
    // Without --write nothing is confirmed at all.
    test.run_writing_nothing(&["reconcile", "--decide", VANCE]).exit(2);
}

#[test]
fn nobody_is_decided_who_is_not_an_outsider_with_a_proposal() {
    let test = written();
    for email in [VANCE, "taaseby@example.com", "ghost@example.com"] {
        let arguments = ["reconcile", "--write", "--yes", "--decide", email];
        let ran = test.run_writing_nothing(&arguments).exit(2);
        assert!(ran.stderr.contains(email) && ran.stderr.contains("hint: "), "{}", ran.stderr);
    }
}

#[test]
fn without_somebody_to_agree_nothing_is_written() {
    let test = typed("keep");
    let ran = test.run_writing_nothing(&["reconcile", "--write", "--decide", VANCE]).exit(2);
    assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    for flag in ["--yes", "--dry-run"] {
        test.run_writing_nothing(&["reconcile", flag]).exit(2);
    }
}

#[test]
fn a_closed_audit_is_read_and_not_written_into() {
    let test = typed("keep");
    test.close(1, "nadeyemi");
    for arguments in [
        &["reconcile", "--write", "--yes", "--issue", "1", "--decide", VANCE][..],
        &["reconcile", "--remove", "--yes", "--issue", "1", "--confirm", VANCE],
    ] {
        let ran = test.run_writing_nothing(arguments).exit(11);
        assert!(ran.stderr.contains("closed by nadeyemi"), "{}", ran.stderr);
        assert!(ran.stdout.contains(VANCE), "the report is missing: {}", ran.stdout);
    }
    let read = report(&test, &["--issue", "1"]);
    assert_eq!(read["outsiders"]["rows"][0]["decision"], "keep (proposed)");
    // No audit is open: that is told, and reading goes on.
    test.run_writing_nothing(&["reconcile"]).success().messages_are(expect![[r#"
        no justifications and decisions are known: there is no open audit; the latest is closed: https://gitlab.test/[audits]/-/issues/1
    "#]]);
}

#[test]
fn whoever_joins_the_roster_is_not_an_outsider_any_more() {
    let test = typed("keep");
    write(&test, &["--decide", VANCE]).success();
    test.add_to_roster(&format!("- name: Bartholomew Vance\n  email: {VANCE}\n"));
    assert_eq!(found(&report(&test, &[]), "outsider"), [""; 0]);
    // What was typed is somebody's, and stays.
    write(&test, &[]).success();
    assert!(row(&test, VANCE).contains(REASON));
}

#[test]
fn yes_alone_confirms_nothing_on_a_terminal_either() {
    let test = typed("keep");
    let script = "\"$BIN\" reconcile --write --yes > report";
    let shown = Terminal::start(&test, script).exits(0);
    assert!(shown.contains("not confirmed"), "{shown}");
    assert_eq!(test.notes_marked("decide").len(), 0);
}

#[test]
fn without_an_issue_outsiders_are_undecided() {
    let ran = demo().run_writing_nothing(&["reconcile"]).success();
    assert!(ran.stdout.contains("| undecided |"), "{}", ran.stdout);
    assert!(ran.stderr.contains("there is no open audit"), "{}", ran.stderr);
    demo().run_writing_nothing(&["reconcile", "--write", "--yes"]).exit(1).messages_are(expect![[
        r#"
        error: there is no open audit
        hint: `support-audit init-issue` makes one
    "#
    ]]);
}
