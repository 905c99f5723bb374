//! `--adopt`: what was made by hand becomes ours, with what was typed into it.

use expect_test::expect;

use super::{ISSUE, begun, is_complete, region, rows, write, writes_nothing, written};
use crate::support::{AUDITS, TestWorld};

const BELOW: &str = "## After\n\n\ttext  \n\n";
const OUTSIDER: &str = "| Zed | zed@example.org | user | 2024 | **consultant** | keep |";

/// A report that was pasted under Notes by hand, before the program knew issues.
fn pasted(test: &TestWorld) -> String {
    let report = test.run(&["run"]).success().stdout;
    let report = report.replacen("link-missing |", "link-missing on leave |", 1);
    let (before, after) = report.rsplit_once("--- |\n").unwrap();
    format!("{before}--- |\n{OUTSIDER}\n{after}")
}

#[track_caller]
fn keeps_what_was_typed(test: &TestWorld) {
    let content = test.description();
    let inside = region(&content);
    assert!(inside.contains("link-missing on leave") && inside.contains(OUTSIDER), "{content}");
    assert_eq!(content.matches("on leave").count(), 1, "{content}");
    assert_eq!(content.matches("### Support Team").count(), 1, "{content}");
    assert!(!content.contains("\n## Support Team"), "{content}");
    assert_eq!(rows(&content).len(), 41, "{content}");
}

#[test]
fn a_pasted_report_is_reported_and_adopted_when_asked() {
    let test = begun();
    let pasted = pasted(&test);
    let new = format!("Intro.\n\n## Notes\n\nBefore, by Ada.\n\n{pasted}\n{BELOW}{ISSUE}");
    test.edit(|_| new.clone());
    writes_nothing(&test, &[]).exit(6).messages_are(expect![[r#"
        error: https://gitlab.test/[audits]/-/issues/1: the report's tables have no marks around them
        hint: `run --write --adopt --dry-run` shows how they would be taken over
    "#]]);

    let shown = test.run(&["run", "--write", "--adopt", "--dry-run"]).success();
    assert!(shown.stdout.contains("+<!-- support-audit:begin"), "{}", shown.stdout);
    assert_eq!(test.sandbox.writes().len(), 1);

    write(&test, &["--adopt"]).success();
    keeps_what_was_typed(&test);
    let content = test.description();
    assert!(content.starts_with("Intro.\n\n## Notes\n\nBefore, by Ada.\n\n"), "{content}");
    assert!(content.ends_with(&format!("{BELOW}{ISSUE}")), "{content}");
    test.replace_in_roster("Rosalind", "Rose");
    write(&test, &[]).success();
    keeps_what_was_typed(&test);
    is_complete(&test);
}

#[test]
fn a_report_whose_marks_somebody_deleted_is_taken_over() {
    for (without_begin, without_end) in [(true, true), (true, false), (false, true)] {
        let test = written();
        test.replace("link-missing <!--", "link-missing on leave <!--");
        let content = test.description();
        let (before, after) = content.rsplit_once("--- |\n").unwrap();
        let mut new = format!("{before}--- |\n{OUTSIDER}\n{after}");
        let begin = region(&new).lines().next().unwrap().to_owned();
        if without_begin {
            new = new.replacen(&format!("{begin}\n"), "", 1);
        }
        if without_end {
            new = new.replacen(&format!("{}\n", super::END), "", 1);
        }
        test.edit(|_| new.clone());
        writes_nothing(&test, &[]).exit(6);
        write(&test, &["--adopt"]).success();
        keeps_what_was_typed(&test);
        is_complete(&test);
    }
}

#[test]
fn an_issue_that_was_made_by_hand_is_taken_over() {
    for has_report in [false, true] {
        let test = TestWorld::demo().with_token();
        let report = if has_report { pasted(&test) } else { String::new() };
        let content = format!("By hand.\n\n## Notes\n\n{report}");
        test.sandbox.update(|world| {
            world.open_issue(AUDITS, "ivelderman", "Calendly FY28-Q1", &content).unwrap();
        });
        let ran = writes_nothing(&test, &["--issue", "1"]).exit(6);
        assert!(ran.stderr.contains("--adopt"), "{}", ran.stderr);
        assert!(ran.stderr.contains("--period"), "{}", ran.stderr);
        let adopt = ["--issue", "1", "--adopt", "--period", "FY28-Q1"];
        write(&test, &adopt).success();
        let content = test.description();
        assert!(content.starts_with("By hand.\n\n## Notes\n\n"), "{content}");
        assert_eq!(content.matches(ISSUE).count(), 1, "{content}");
        if has_report {
            keeps_what_was_typed(&test);
        }
        writes_nothing(&test, &["--issue", "1"]).success();
        test.write("c.toml", "operators = [\"nadeyemi\"]\n");
        writes_nothing(&test, &["--config", "c.toml"]).success();
        let ran = test.run(&["init-issue", "--yes", "--config", "c.toml"]).success();
        assert!(ran.stdout.ends_with("/issues/1\n"), "{}", ran.stdout);
        assert_eq!(test.issues().len(), 1);
    }
}

#[test]
fn taking_over_changes_nothing_where_there_is_nothing_to_take_over() {
    let test = written();
    writes_nothing(&test, &["--adopt"]).success();
    test.run(&["run", "--adopt"]).exit(2);
}
