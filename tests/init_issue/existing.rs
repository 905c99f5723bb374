//! An audit that has been begun already.

use sandbox::{Done, World};

use super::{MARKER, OPERATOR, init, url};
use crate::support::{AUDITS, NOW, TestWorld};

/// What somebody does to the issue.
type Change = fn(&mut World);

/// Opens so many issues that have nothing to do with audits.
fn open_others(test: &TestWorld, count: u32) {
    test.sandbox.update(|world| {
        for number in 0..count {
            let title = format!("Other {number}");
            world.open_issue(AUDITS, "nadeyemi", &title, "Calendly audit FY28-Q1").unwrap();
        }
    });
}

#[test]
fn a_second_run_prints_the_issue_that_is_there() {
    let changes: [(&str, Change); 4] = [
        ("", |_| {}),
        ("closed", |world| {
            let at = NOW.parse().unwrap();
            world.issue(AUDITS, 1).unwrap().closed = Some(Done { at, by: OPERATOR });
        }),
        ("", |world| "Who has Calendly?".clone_into(&mut world.issue(AUDITS, 1).unwrap().title)),
        ("", |world| {
            let content = format!("Rewritten.\n\n  {MARKER}  \n\nMore below.");
            world.edit_description(AUDITS, 1, "nadeyemi", &content).unwrap();
        }),
    ];
    for (word, change) in changes {
        let test = TestWorld::demo().with_token();
        assert_eq!(init(&test, &[]).success().stdout, url(&test, 1));
        test.sandbox.update(change);
        for arguments in [&["--yes"][..], &["--dry-run"], &[], &["--template", "Missing"]] {
            let ran = test.run(&[&["init-issue"], arguments].concat()).success();
            assert_eq!(ran.stdout, url(&test, 1));
            assert!(ran.stderr.contains(word), "{}", ran.stderr);
        }
        assert_eq!(test.sandbox.writes().len(), 1);
    }
}

#[test]
fn the_issue_is_found_among_many() {
    for (before, after, short) in [(150, 0, 0), (0, 150, 0), (150, 20, 7), (99, 2, 99)] {
        let test = TestWorld::demo().with_token();
        open_others(&test, before);
        test.sandbox.update(|world| world.short_pages = short);
        let iid = u64::from(before) + 1;
        assert_eq!(init(&test, &[]).success().stdout, url(&test, iid));
        open_others(&test, after);
        assert_eq!(init(&test, &[]).success().stdout, url(&test, iid));
        assert_eq!(test.sandbox.writes().len(), 1);
    }
}

#[test]
fn each_period_has_an_issue_of_its_own() {
    let test = TestWorld::demo().with_token();
    for (period, iid) in [("FY28-Q1", 1), ("FY28-Q3", 2), ("FY28-Q1", 1), ("FY28-Q3", 2)] {
        assert_eq!(init(&test, &["--period", period]).success().stdout, url(&test, iid));
    }
    assert_eq!(test.issues().len(), 2);
}

#[test]
fn an_issue_with_the_title_and_no_marker_is_for_somebody_to_look_at() {
    for content in ["## Notes\n", &format!("> {MARKER}")] {
        let test = TestWorld::demo().with_token();
        test.sandbox.update(|world| {
            world.open_issue(AUDITS, "ivelderman", "Calendly audit FY28-Q1", content).unwrap()
        });
        let ran = init(&test, &[]).exit(6);
        assert!(ran.stderr.contains(url(&test, 1).trim_end()), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
        assert_eq!(test.sandbox.writes().len(), 0);
        init(&test, &["--period", "FY28-Q3"]).success();
    }
}

#[test]
fn two_issues_for_one_audit_are_reported() {
    let test = TestWorld::demo().with_token();
    init(&test, &[]).success();
    test.sandbox.update(|world| world.open_issue(AUDITS, "ivelderman", "Twin", MARKER).unwrap());
    let ran = init(&test, &[]).success();
    assert_eq!(ran.stdout, url(&test, 1));
    let warning = ran.stderr.lines().find(|line| line.contains(url(&test, 2).trim_end()));
    assert!(warning.is_some_and(|line| line.contains("close")), "{}", ran.stderr);
}

/// What stands in the way of the audit must not be made by anybody who can open an issue.
#[test]
fn a_marker_by_an_untrusted_user_is_not_an_audit() {
    let test = TestWorld::demo().with_token();
    test.sandbox.update(|world| {
        world.open_issue(AUDITS, "zhrusovska", "Mine", MARKER).unwrap();
    });
    let ran = init(&test, &[]).success();
    assert!(ran.stderr.contains("zhrusovska"), "the forger is not named: {}", ran.stderr);
    assert_eq!(ran.stdout, url(&test, 2), "{}", ran.stderr);
    test.run(&["run", "--write", "--yes"]).success();
    let [forged, ours] = test.issues().try_into().unwrap();
    assert_eq!(forged.description.unwrap(), MARKER);
    assert!(ours.description.unwrap().contains("### Support Team"));
    assert_eq!(init(&test, &[]).success().stdout, url(&test, 2));
}

#[test]
fn an_audit_begun_by_another_operator_is_found() {
    let test = TestWorld::demo().with_token();
    test.write("c.toml", "operators = [\"nadeyemi\"]\n");
    test.sandbox
        .update(|world| world.open_issue(AUDITS, "nadeyemi", "Ours, FY28-Q1", MARKER).unwrap());
    assert_eq!(init(&test, &["--config", "c.toml"]).success().stdout, url(&test, 1));
    test.run(&["run", "--write", "--yes", "--config", "c.toml"]).success();
    assert_eq!(test.issues().len(), 1);
}
