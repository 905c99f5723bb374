//! Which issue is written into, and whose marks count.

use expect_test::expect;

use super::{
    BEGIN, ISSUE, REPORT, begun, is_complete, region, reports, write, writes_nothing, written,
};
use crate::support::{AUDITS, TestWorld};

/// Begins the audits of two periods.
fn two_audits() -> TestWorld {
    let test = begun();
    test.run(&["init-issue", "--yes", "--period", "FY28-Q3"]).success();
    test
}

#[test]
fn an_issue_is_named_by_its_number_or_its_address() {
    let test = two_audits();
    let second = test.issue_url(2);
    for content in [
        "2",
        "#2",
        &format!("{AUDITS}#2"),
        &format!("{second}/"),
        &second,
        &second.replace("/issues/", "/work_items/"),
        &format!("{second}#note_17"),
        &format!("{second}?show=x#y"),
    ] {
        let ran = test.run(&["run", "--write", "--dry-run", "--issue", content]).success();
        assert!(ran.stdout.contains("issue #2"), "{content}: {}", ran.stdout);
    }
}

#[test]
fn what_is_not_an_issue_in_the_project_is_wrong_usage() {
    let test = begun();
    let gitlab = test.sandbox.gitlab_url();
    for issue in [
        "one",
        "",
        "-1",
        &format!("{gitlab}/gitlab-com/support/team/-/issues/1"),
        &format!("{gitlab}/{AUDITS}-old/-/issues/1"),
        &format!("https://gitlab.example.com/{AUDITS}/-/issues/1"),
        &format!("{gitlab}/{AUDITS}/-/merge_requests/1"),
        &format!("{gitlab}/{AUDITS}/-/issues/"),
    ] {
        let ran = writes_nothing(&test, &[&format!("--issue={issue}")]).exit(2);
        assert!(ran.stderr.contains("--issue takes a number"), "{issue}: {}", ran.stderr);
    }
    writes_nothing(&test, &["--issue", "99"]).exit(1).messages_are(expect![[r#"
        error: could not read the issue 99 of [audits]: not found: 404 Not found (GET gitlab.test/api/v4/projects/[audits]/issues/99)
        hint: it may be misspelt, or private and not shown to this token: see `support-audit config` and `support-audit auth status`
    "#]]);
}

#[test]
fn several_open_audits_are_listed() {
    let test = two_audits();
    writes_nothing(&test, &[]).exit(2).messages_are(expect![[r#"
        error: there are several open audits: https://gitlab.test/[audits]/-/issues/1, https://gitlab.test/[audits]/-/issues/2
        hint: name one by --issue or --period
    "#]]);
    write(&test, &["--period", "FY28-Q3"]).success();
    let [first, second] = test.issues().try_into().unwrap();
    assert!(!first.description.unwrap().contains(BEGIN));
    assert!(second.description.unwrap().contains(BEGIN));
    test.close(1, "nadeyemi");
    writes_nothing(&test, &[]).success();
}

#[test]
fn without_an_open_audit_the_latest_closed_one_is_named() {
    let ran = writes_nothing(&TestWorld::demo().with_token(), &[]).exit(1);
    assert!(ran.stderr.contains("init-issue"), "{}", ran.stderr);
    let test = two_audits();
    test.close(1, "nadeyemi");
    test.close(2, "nadeyemi");
    writes_nothing(&test, &[]).exit(1).messages_are(expect![[r#"
        error: there is no open audit; the latest is closed: https://gitlab.test/[audits]/-/issues/2
        hint: `support-audit init-issue` makes one
    "#]]);
    // The latest audit is that of the latest period, whichever issue was made last.
    test.run(&["init-issue", "--yes", "--period", "FY27-Q3"]).success();
    test.close(3, "nadeyemi");
    let ran = writes_nothing(&test, &[]).exit(1);
    assert!(ran.stderr.contains(&format!("closed: {}", test.issue_url(2))), "{}", ran.stderr);
}

#[test]
fn a_closed_audit_is_not_written_into() {
    let test = begun();
    test.close(1, "nadeyemi");
    for arguments in [["--issue", "1"], ["--period", "FY28-Q1"]] {
        let ran = writes_nothing(&test, &arguments).exit(11);
        assert!(ran.stderr.contains("nadeyemi"), "{}", ran.stderr);
        assert!(ran.stdout.contains("## Support Team"), "the report is missing: {}", ran.stdout);
    }
}

#[test]
fn an_audit_of_another_period_than_the_one_named_is_not_written_into() {
    let test = begun();
    let ran = writes_nothing(&test, &["--issue", "1", "--period", "FY28-Q3"]);
    assert_ne!(ran.code, 0, "{}", ran.stderr);
    writes_nothing(&test, &["--period", "FY28-Q3"]).exit(1);
}

#[test]
fn a_marker_by_an_untrusted_user_is_reported_and_not_followed() {
    let test = begun();
    let forge = |content: &str| {
        test.sandbox
            .update(|world| world.open_issue(AUDITS, "zhrusovska", "Mine", content).unwrap())
    };
    forge(ISSUE);
    forge(&ISSUE.replace("Q1", "Q3"));
    let ran = write(&test, &["--quiet"]).success();
    ran.messages_are(expect![[r#"
        warning: https://gitlab.test/[audits]/-/issues/2 was made by zhrusovska, who is not an operator and is not looked at; `operators = [{ id = 438800, username = "zhrusovska" }]` would change that
        warning: https://gitlab.test/[audits]/-/issues/3 was made by zhrusovska, who is not an operator and is not looked at; `operators = [{ id = 438800, username = "zhrusovska" }]` would change that
    "#]]);
    region(&test.description());
    test.close(1, "nadeyemi");
    let ran = writes_nothing(&test, &[]).exit(1);
    assert!(ran.stderr.contains("zhrusovska"), "{}", ran.stderr);
    for issue in test.issues().iter().skip(1) {
        assert!(issue.description.as_ref().unwrap().starts_with("<!-- support-audit v1"));
        assert_eq!(issue.notes().count(), 0);
    }
    test.write("c.toml", "operators = [\"zhrusovska\"]\n");
    writes_nothing(&test, &["--config", "c.toml"]).exit(2).messages_are(expect![[r#"
        the operator zhrusovska is the user 438800; `operators = [{ id = 438800, username = "zhrusovska" }]` keeps that, whoever has the name later
        error: there are several open audits: https://gitlab.test/[audits]/-/issues/2, https://gitlab.test/[audits]/-/issues/3
        hint: name one by --issue or --period
    "#]]);
}

#[test]
fn a_report_that_is_only_quoted_does_not_count() {
    let test = begun();
    for content in [
        format!("> {REPORT}"),
        format!("Was this it?\n\n{REPORT}\n\nI think not."),
        REPORT.replace("FY28-Q1", "FY27-Q3"),
        REPORT.replace("v1", "v9"),
    ] {
        test.comment("ivelderman", &content);
    }
    write(&test, &[]).success();
    assert!(reports(&test).last().unwrap().body.contains("## Support Team"));
}

#[test]
fn the_report_is_found_behind_many_comments() {
    for short in [0, 9] {
        let test = written();
        test.sandbox.update(|world| {
            world.short_pages = short;
            for number in 0..130 {
                world.comment(AUDITS, 1, "nadeyemi", &format!("Comment {number}")).unwrap();
            }
        });
        is_complete(&test);
    }
}

#[test]
fn only_an_operators_comment_counts_as_the_report() {
    let marker = REPORT.replace(" -->", " people=41 findings=0 -->");
    let forged = format!("41 people, all is well.\n\n{marker}");
    let test = begun();
    test.comment("zhrusovska", &forged);
    write(&test, &[]).success();
    let authors: Vec<_> = reports(&test).iter().map(|note| note.author).collect();
    assert_eq!(authors, [438_800, 457_520]);
    writes_nothing(&test, &[]).success();

    let test = begun();
    test.write("c.toml", "operators = [\"zhrusovska\"]\n");
    test.comment("zhrusovska", &forged);
    write(&test, &["--config", "c.toml"]).success();
    assert_eq!(reports(&test).len(), 1);
}
