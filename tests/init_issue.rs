//! `init-issue`: one issue for each audit, whoever asks for it and however often.

mod existing;
mod trouble;

use audit::kinds::Kind;
use expect_test::expect;
use jiff::civil::date;
use sandbox::{By, EventKind, Notification, Visibility, Why};

use crate::support::{AUDITS, Ran, Terminal, TestWorld};

const MARKER: &str = "<!-- support-audit v1 calendly FY28-Q1 issue -->";
const OPERATOR: u64 = 457_520;

/// Begins an audit without being asked.
fn init(test: &TestWorld, arguments: &[&str]) -> Ran {
    test.run(&[&["init-issue", "--yes"], arguments].concat())
}

/// The address of an issue, as it stands alone on stdout.
fn url(test: &TestWorld, iid: u64) -> String {
    format!("{}/{AUDITS}/-/issues/{iid}\n", test.sandbox.gitlab_url())
}

/// The text of the project's template, which is replaced by `text` where that is given.
fn template(test: &TestWorld, content: Option<&str>) -> String {
    const PATH: &str = ".gitlab/issue_templates/Calendly.md";
    test.sandbox.update(|world| {
        let project = world.project(AUDITS).unwrap();
        if let Some(content) = content {
            project.add_file(PATH, content);
        }
        let bytes = project.repository.head().unwrap().files[PATH].bytes.to_vec();
        String::from_utf8(bytes).unwrap()
    })
}

#[test]
fn the_issue_is_made_as_the_configuration_says() {
    let test = TestWorld::demo().with_token();
    test.write("c.toml", "[issue]\nlabels = [\"Audit\", \"needs a look\"]\n");
    let ran = init(&test, &["--config", "c.toml"]).success();
    assert_eq!(ran.stdout, url(&test, 1));
    assert!(ran.stderr.contains("FY27-Q4") && ran.stderr.contains("FY28-Q1"), "{}", ran.stderr);
    let [issue] = test.issues().try_into().unwrap();
    assert_eq!(issue.title, "Calendly audit FY28-Q1");
    let content = issue.description.unwrap();
    assert_eq!(content, format!("{}\n\n{MARKER}", template(&test, None).trim_end()));
    assert_eq!(Vec::from_iter(issue.labels), ["Audit", "needs a look"]);
    assert_eq!((issue.author, issue.assignees), (OPERATOR, vec![OPERATOR]));
    assert_eq!(issue.due_date, Some(date(2027, 3, 1)));
    assert_eq!(test.sandbox.writes().len(), 1);
    assert_eq!(test.sandbox.notifications(), []);
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
}

#[test]
fn an_issue_is_confidential_unless_the_project_is_private_or_the_configuration_differs() {
    for (visibility, by_itself) in
        [(Visibility::Private, false), (Visibility::Internal, true), (Visibility::Public, true)]
    {
        for (setting, expected) in [
            ("", by_itself),
            ("confidential = \"auto\"", by_itself),
            ("confidential = true", true),
            ("confidential = false", false),
        ] {
            let test = TestWorld::demo().with_token();
            test.sandbox.update(|world| world.project(AUDITS).unwrap().visibility = visibility);
            test.write("c.toml", format!("[issue]\n{setting}\n"));
            init(&test, &["--config", "c.toml"]).success();
            assert_eq!(test.issues()[0].confidential, expected, "{visibility:?} {setting}");
        }
    }
}

#[test]
fn any_period_can_be_named() {
    for (period, title, due) in [
        ("FY28-Q1", "Calendly audit FY28-Q1", date(2027, 3, 1)),
        ("fy28-q3", "Calendly audit FY28-Q3", date(2027, 9, 1)),
        ("FY27-Q4", "Calendly audit FY27-Q4", date(2026, 12, 22)),
    ] {
        let test = TestWorld::demo().with_token();
        assert_eq!(init(&test, &["--period", period]).success().stdout, url(&test, 1));
        let [issue] = test.issues().try_into().unwrap();
        assert_eq!((issue.title.as_str(), issue.due_date), (title, Some(due)));
    }
    let test = TestWorld::demo().with_token();
    for period in ["FY28", "FY28-Q5", "2028-Q1", ""] {
        assert_eq!(init(&test, &["--period", period]).code, 2, "{period}");
    }
    assert_eq!(test.sandbox.requests().len(), 0);
}

#[test]
fn the_current_quarter_is_taken_if_it_has_an_audit() {
    let test = TestWorld::demo().with_token().with("SUPPORT_AUDIT_NOW", "2026-10-31T23:59:59Z");
    let ran = init(&test, &[]).success();
    let [issue] = test.issues().try_into().unwrap();
    assert_eq!(issue.title, "Calendly audit FY27-Q3");
    assert_eq!(issue.due_date, Some(date(2026, 10, 31)));
    assert!(!ran.stderr.contains("no audit"), "{}", ran.stderr);
}

#[test]
fn a_dry_run_shows_the_plan_and_makes_nothing() {
    let test = TestWorld::demo().with_token();
    test.write("c.toml", "[issue]\nlabels = [\"needs a look\"]\n");
    let ran = test.run(&["init-issue", "--dry-run", "--config", "c.toml"]).success();
    let template = template(&test, None);
    for line in template.lines() {
        assert!(ran.stdout.contains(line), "{line}: {}", ran.stdout);
    }
    let (head, _) = ran.stdout.split_once(template.lines().next().unwrap()).unwrap();
    expect![[r#"
        1. Make the issue "Calendly audit FY28-Q1" in [audits]
           assigned to ivelderman, due on 2027-03-01
           labelled needs a look"#]]
    .assert_eq(&ran.redact(head.trim_end()));
    assert_eq!(test.sandbox.writes().len(), 0);
}

#[test]
fn without_somebody_to_agree_nothing_is_made() {
    let test = TestWorld::demo().with_token();
    let ran = test.run_writing_nothing(&["init-issue"]).exit(2);
    assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
    test.run_writing_nothing(&["init-issue", "--no-input"]).exit(2);
}

#[test]
fn a_missing_template_is_reported_with_those_that_exist() {
    let test = TestWorld::demo().with_token();
    test.sandbox.update(|world| {
        world.project(AUDITS).unwrap().add_file(".gitlab/issue_templates/Other one.md", "x");
    });
    init(&test, &["--template", "Missing"]).exit(4).messages_are(expect![[r#"
        FY27-Q4 has no audit; the next is that of FY28-Q1
        looking for the audit FY28-Q1 in [audits]
        the audit FY27-Q3 is over and has no issue; --period FY27-Q3 makes it
        error: [audits] has no issue template Missing
        hint: it has Calendly, Other one; use --template NAME, or --template builtin
    "#]]);
    assert_eq!(test.sandbox.writes().len(), 0);
    init(&test, &["--template", "Other one"]).success();
    assert!(test.issues()[0].description.as_ref().unwrap().starts_with("x\n"));
}

#[test]
fn a_project_without_templates_is_served_by_the_one_of_the_program() {
    let test = TestWorld::demo().with_token();
    test.sandbox.update(|world| {
        world.project(AUDITS).unwrap().remove_file(".gitlab/issue_templates/Calendly.md");
    });
    init(&test, &[]).exit(4).messages_are(expect![[r#"
        FY27-Q4 has no audit; the next is that of FY28-Q1
        looking for the audit FY28-Q1 in [audits]
        the audit FY27-Q3 is over and has no issue; --period FY27-Q3 makes it
        error: [audits] has no issue template Calendly
        hint: it has none; use --template NAME, or --template builtin
    "#]]);
    init(&test, &["--template", "builtin"]).success();
    let expected = format!("{}\n\n{MARKER}", Kind::Calendly.spec().template.trim_end());
    assert_eq!(test.issues()[0].description, Some(expected));
}

#[test]
fn what_gitlab_leaves_out_in_silence_is_said() {
    let test = TestWorld::demo().with_token();
    test.sandbox.update(|world| {
        let project = world.project(AUDITS).unwrap();
        project.visibility = Visibility::Public;
        project.members.remove("ivelderman");
        project.add_label("known");
    });
    test.write("c.toml", "[issue]\nlabels = [\"known\", \"unknown here\"]\n");
    let ran = init(&test, &["--quiet", "--config", "c.toml"]).success().messages_are(expect![[r#"
        warning: the issue is not assigned to ivelderman: they are no member, or the template says so
        warning: GitLab left out the label unknown here
    "#]]);
    assert_eq!(ran.stdout, url(&test, 1));
}

#[test]
fn how_many_people_will_not_see_the_issue_is_said_before_it_is_made() {
    let test = TestWorld::demo().with_token();
    test.sandbox.update(|world| {
        let project = world.project(AUDITS).unwrap();
        project.visibility = Visibility::Internal;
        project.members.clear();
        for (member, level) in [("nadeyemi", 15), ("mdaubigny", 10), ("ivelderman", 40)] {
            project.add_member(member, level);
        }
    });
    let ran = test.run(&["init-issue", "--dry-run"]).success();
    assert!(ran.stdout.contains("39 of 41"), "{}", ran.stdout);
    test.write("c.toml", "[issue]\nconfidential = false\n");
    let open = test.run(&["init-issue", "--dry-run", "--config", "c.toml"]).success();
    assert!(!open.stdout.contains("of 41"), "{}", open.stdout);
    test.sandbox.update(|world| world.project(AUDITS).unwrap().visibility = Visibility::Private);
    let private = test.run(&["init-issue", "--dry-run"]).success();
    assert!(private.stdout.contains("38 of 41"), "{}", private.stdout);
    let before = init(&test, &[]).success();
    assert!(before.stderr.contains("38 of 41"), "{}", before.stderr);
}

#[test]
fn who_makes_a_confidential_issue_sees_it() {
    let test = TestWorld::demo().with_token();
    test.sandbox.update(|world| {
        let project = world.project(AUDITS).unwrap();
        project.visibility = Visibility::Public;
        project.members.clear();
    });
    let ran = test.run(&["init-issue", "--dry-run"]).success();
    assert!(ran.stdout.contains("40 of 41"), "the author is counted: {}", ran.stdout);
}

/// A project with the labels `later` and `in doubt`, and with this issue template.
fn with_labels(content: &str) -> TestWorld {
    let test = TestWorld::demo().with_token();
    test.sandbox.update(|world| {
        let project = world.project(AUDITS).unwrap();
        project.add_label("later");
        project.add_label("in doubt");
    });
    template(&test, Some(content));
    test
}

#[test]
fn quick_actions_of_the_template_are_text_and_leave_the_marker() {
    for content in [
        "/label ~later ~\"in doubt\"\n\n## Notes\n\nText.\n",
        "## Notes\n\nText.\n/label ~later ~\"in doubt\"",
        "## Notes\n\nText.\n\n/label ~later ~\"in doubt\"\n\n\n",
        "## Notes\n\n- Text.\n\n/label ~later\n/label ~\"in doubt\"\n",
        "/label ~later ~\"in doubt\"",
    ] {
        let test = with_labels(content);
        init(&test, &[]).success();
        test.run(&["run", "--write", "--yes"]).success();
        assert_eq!(init(&test, &[]).success().stdout, url(&test, 1));
        let [issue] = test.issues().try_into().unwrap();
        assert!(issue.events.is_empty(), "{content}: {:?}", issue.events);
        let stored = issue.description.unwrap();
        assert!(stored.ends_with(MARKER) && stored.contains("\\/label ~later"), "{stored}");
    }
}

#[test]
fn quick_actions_of_the_template_run_where_that_is_confirmed_on_a_terminal() {
    let test = with_labels("## Notes\n\nText.\n\n/label ~later\n/label ~\"in doubt\"\n");
    let mut terminal = Terminal::start(&test, "\"$BIN\" init-issue");
    terminal.wait_for("Run them as you");
    terminal.press("y");
    terminal.wait_for("Do this?");
    terminal.press("y");
    terminal.wait_for("/-/issues/1");
    let [issue] = test.issues().try_into().unwrap();
    let mut happened = issue.events.into_iter().map(|event| event.what).collect::<Vec<_>>();
    happened.sort_by_key(|what| format!("{what:?}"));
    let added = |name: &str| EventKind::LabelAdded(name.to_owned());
    assert_eq!(happened, [added("in doubt"), added("later")]);
    let stored = issue.description.unwrap();
    assert!(stored.ends_with(MARKER) && !stored.contains("/label"), "{stored}");
}

#[test]
fn only_those_whom_the_template_mentions_are_notified() {
    let test = TestWorld::demo().with_token();
    template(&test, Some("For @mdaubigny, not `@nadeyemi`.\n\n## Notes\n"));
    init(&test, &[]).success();
    init(&test, &[]).success();
    let expected = Notification {
        user: "mdaubigny".to_owned(),
        why: Why::Mentioned,
        by: By::Mail,
        actor: "ivelderman".to_owned(),
        project: AUDITS.to_owned(),
        issue: 1,
        note: None,
    };
    assert_eq!(test.sandbox.notifications(), [expected]);
}
