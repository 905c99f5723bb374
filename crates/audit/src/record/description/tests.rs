//! Whatever stands in an issue, a writing changes our region and nothing else.

mod forms;
mod typed;
mod untrusted;

use expect_test::expect;

use super::*;
use crate::evaluation::{Evaluation, Policy, Sources};
use crate::input::{Provenance, SourceFile};
use crate::kinds::Kind;
use crate::roster::{OperationsTeam, parse};

fn report(team: &str) -> Report {
    report_at(team, "2026-11-22T10:00:00Z")
}

fn report_at(team: &str, instant: &str) -> Report {
    let (roster, problems) = parse(
        &[SourceFile { name: "team.yaml".to_owned(), bytes: team.into() }],
        "calendly",
        &OperationsTeam::default(),
    );
    let provenance = Provenance {
        project: None,
        path: "team.yaml".to_owned(),
        commit: None,
        sha256: "4c29".to_owned(),
        read_at: instant.parse().unwrap(),
        version: "1.2.3",
    };
    let sources = Sources { roster, problems, ..Sources::default() };
    let today = "2026-11-22".parse().unwrap();
    Report::new(provenance, Evaluation::new(Kind::Calendly, &Policy::default(), sources, today))
}

const TEAM: &str = "- name: Ada\n  gitlab: {id: 1, username: ada}\n- name: Bob\n  calendly: https://calendly.com/bob\n- 7\n";

/// The team after Ada has set her link, Bob has left, and Eve has come.
const LATER: &str = "- name: Ada L.\n  gitlab: {id: 1, username: ada}\n  calendly: https://calendly.com/ada\n- name: Eve\n";

fn written(description: &str, team: &str) -> String {
    write(description, &report(team), Adopt::No).unwrap().text
}

#[test]
fn the_first_report_goes_to_the_end_of_the_section() {
    let description =
        "## Summary\n\nText.\n\n##notes ##\n\n## Notes ##\n\nTyped.\n\n## After\n\nMore.\n";
    let text = written(description, TEAM);
    expect![[r#"
        ## Summary

        Text.

        ##notes ##

        ## Notes ##

        Typed.

        <!-- support-audit:begin v1 94887a71 8a9a6285 5070d986 a501c4d0 a033fa21 -->

        Roster `team.yaml`, SHA-256 `4c29`, 2 people, file modified at 2026-11-22T10:00:00Z, by support-audit 1.2.3.

        - Check unknown while a problem may hide a person: manager-unresolved.

        ### Problems

        - `team.yaml` line 5: the entry is a number, not a mapping

        ### Support Team

        | Name | GitLab | Calendly link | Account | Findings |
        | --- | --- | --- | --- | --- |
        | Ada | `ada` |  | unknown | link-missing <!-- sa v1 people 747428ed46519c1f name:99a563ab gitlab:054d6ded link:e3b0c442 account:b23a6a84 findings:6c2ef3f1 --> |
        | Bob |  | <https://calendly.com/bob> | unknown | <!-- sa v1 people a40d6818058fcab1 name:cd9fb1e1 gitlab:e3b0c442 link:436488ec account:b23a6a84 findings:e3b0c442 --> |

        ### Those in Calendly but not part of support team

        | Name | Email | Role | Since | Justification | Decision |
        | --- | --- | --- | --- | --- | --- |

        2 people, 1 finding (link-missing: 1), 1 problem; accounts unknown.

        <!-- support-audit:end -->

        ## After

        More.
    "#]].assert_eq(&text);
}

#[test]
fn without_the_section_it_is_made_before_the_marker() {
    let marker = "<!-- support-audit v1 calendly FY28-Q1 issue -->";
    for (description, before, after) in [
        ("", "## Notes\n\n<!--", "-->\n\n"),
        ("Text", "Text\n\n## Notes\n\n<!--", "-->\n\n"),
        ("```\n## Notes\n```\n", "```\n## Notes\n```\n\n## Notes\n\n<!--", "-->\n\n"),
        ("> ## Notes\n", "> ## Notes\n\n## Notes\n\n<!--", "-->\n\n"),
        (&format!("Text.\n\n{marker}"), "Text.\n\n## Notes\n\n<!--", &format!("-->\n\n{marker}")),
        // In a list it is somebody's words, and makes no audit of the issue.
        (&format!("- x\n  {marker}\n"), &format!("- x\n  {marker}\n\n## Notes\n\n<!--"), "-->\n\n"),
        (&format!("# notes\n\n{marker}\n"), "# notes\n\n<!--", &format!("-->\n\n{marker}\n")),
    ] {
        let text = written(description, TEAM);
        assert!(text.starts_with(before) && text.ends_with(after), "{text}");
        assert_eq!(super::marker(&text), super::marker(description));
    }
}

#[test]
fn writing_again_changes_nothing() {
    for description in ["", "## Notes\n\nTyped.\n", "A\n\n## Notes\r\n\r\nB\r\n\r\n## C\r\n"] {
        let once = written(description, TEAM);
        assert_eq!(written(&once, TEAM), once);
        assert_eq!(written(&stored(&once), TEAM).trim_end(), stored(&once));
    }
}

#[test]
fn a_later_report_that_says_the_same_is_not_written() {
    let once = written("## Notes\n", TEAM);
    let later = report_at(TEAM, "2026-11-23T10:00:00Z");
    assert_eq!(write(&once, &later, Adopt::No).unwrap().text, once);
    // GitLab has cut the white space behind a region that ends the description.
    let kept = write(&stored(&once), &later, Adopt::No).unwrap().text;
    assert_eq!(stored(&kept), stored(&once));
    let later = report_at(LATER, "2026-11-23T10:00:00Z");
    assert!(write(&once, &later, Adopt::No).unwrap().text.contains("file modified at 2026-11-23"));
}

#[test]
fn broken_marks_are_refused() {
    let once = written("## Notes\n", TEAM);
    let begin = once.lines().find(|line| line.starts_with(BEGIN)).unwrap();
    for (broken, reason) in [
        (once.replace(begin, ""), "the upper one is gone"),
        (once.replace(END, ""), "the lower one is gone"),
        (format!("{once}{once}"), "more than one pair"),
        (once.replace(END, "x").replacen(begin, &format!("{END}\n\n{begin}"), 1), "above"),
        (once.replace(END, &format!("{begin}\n\n{END}")), "more than one pair"),
    ] {
        let error = write(&broken, &report(TEAM), Adopt::No).unwrap_err();
        assert!(error.to_string().contains(reason), "{error}: {broken}");
    }
    let unmarked = once.replace(begin, "").replace(END, "");
    assert_eq!(write(&unmarked, &report(TEAM), Adopt::No), Err(Broken::Unmarked));
    // Marks in code or in a quote are somebody's words.
    for quoted in [format!("```\n{once}```\n"), format!("> {begin}\n\n    {END}\n")] {
        let text = written(&quoted, TEAM);
        assert!(text.starts_with(&quoted), "{text}");
    }
}

#[test]
fn a_pasted_report_is_adopted_with_what_was_typed_into_it() {
    let pasted = report(TEAM)
        .markdown()
        .replace("| link-missing |", "| link-missing on leave |")
        .replace("| Decision |\n| --- | --- | --- | --- | --- | --- |\n", "| Decision |\n| --- | --- | --- | --- | --- | --- |\n| Zed | z@example.com | user | | for the demo | keep |\n");
    let description = format!("Before.\n\n## Notes\n\nMine.\n\n{pasted}\nBehind.\n\n## After\n");
    assert_eq!(write(&description, &report(TEAM), Adopt::No), Err(Broken::Unmarked));
    let text = write(&description, &report(TEAM), Adopt::Yes).unwrap().text;
    expect![[r#"
        Before.

        ## Notes

        Mine.

        <!-- support-audit:begin v1 94887a71 8a9a6285 5070d986 a501c4d0 a033fa21 -->

        Roster `team.yaml`, SHA-256 `4c29`, 2 people, file modified at 2026-11-22T10:00:00Z, by support-audit 1.2.3.

        - Check unknown while a problem may hide a person: manager-unresolved.

        ### Problems

        - `team.yaml` line 5: the entry is a number, not a mapping

        ### Support Team

        | Name | GitLab | Calendly link | Account | Findings |
        | --- | --- | --- | --- | --- |
        | Ada | `ada` |  | unknown | link-missing on leave <!-- sa v1 people 747428ed46519c1f name:99a563ab gitlab:054d6ded link:e3b0c442 account:b23a6a84 findings:6c2ef3f1 --> |
        | Bob |  | <https://calendly.com/bob> | unknown | <!-- sa v1 people a40d6818058fcab1 name:cd9fb1e1 gitlab:e3b0c442 link:436488ec account:b23a6a84 findings:e3b0c442 --> |

        ### Those in Calendly but not part of support team

        | Name | Email | Role | Since | Justification | Decision |
        | --- | --- | --- | --- | --- | --- |
        | Zed | z@example.com | user | | for the demo | keep |

        2 people, 1 finding (link-missing: 1), 1 problem; accounts unknown.

        <!-- support-audit:end -->

        Behind.

        ## After
    "#]].assert_eq(&text);
    assert_eq!(written(&text, TEAM), text);
}

#[test]
fn a_report_beyond_gitlabs_limit_is_shortened() {
    let mut team = String::new();
    for index in 0..20_000 {
        team.push_str(&format!("- name: P {index}\n  calendly: https://calendly.com/p{index}\n"));
    }
    team.push_str("- name: Ada\n");
    let report = report(&team);
    let written = write("## Notes\n", &report, Adopt::No).unwrap();
    assert!(written.is_shortened && written.text.len() < 2_000, "{}", written.text.len());
    assert!(written.text.contains("| Ada |") && written.text.contains("20001 people"));
    let full = "x".repeat(MAX_DESCRIPTION);
    assert!(matches!(write(&full, &report, Adopt::No), Err(Broken::TooLarge(_))));
}

/// In classic line ends each line is one of Markdown; GitLab would make a single one of them.
#[test]
fn a_carriage_return_alone_becomes_a_line_feed() {
    for (text, expected) in
        [("a\r## Notes\r\nb\r\r\nc\r", "a\n## Notes\r\nb\n\r\nc\n"), ("a\r\nb\r\n", "a\r\nb\r\n")]
    {
        assert_eq!(with_line_feeds(text), expected);
    }
    let first = written("## Notes\r\r# After\r", TEAM);
    assert!(first.starts_with("## Notes\n\n<!-- support-audit:begin"), "{first}");
    assert!(first.ends_with("<!-- support-audit:end -->\n\n# After\n"), "{first}");
    assert_eq!(written(&stored(&first), TEAM), stored(&first));
    let line = "<!-- support-audit v1 calendly FY28-Q1 issue -->";
    assert_eq!(marker(&format!("{line}\rb")), Marker::parse(line));
}

/// Our lower mark ends it as long as it stands above that; below, it would hide the rest of the issue.
#[test]
fn a_comment_that_somebody_left_open_among_our_lines_is_refused() {
    for after in ["# After\n", "Behind.\n\n<!-- support-audit v1 calendly FY28-Q1 issue -->\n"] {
        let once = format!("{}{after}", written("## Notes\n", TEAM));
        let open = "<!-- to do";
        let typed = once.replacen("2 people, 1", &format!("{open}\n\n2 people, 1"), 1);
        assert_ne!(typed, once);
        assert_eq!(write(&typed, &report(TEAM), Adopt::No), Err(Broken::Open), "{typed}");
        let closed = typed.replacen(open, &format!("{open} -->"), 1);
        assert!(written(&closed, TEAM).ends_with(&format!("\n{open} -->\n\n{after}")), "{closed}");
    }
}

/// It would hide the lines below it, and what is typed among them would come to light and hide more.
#[test]
fn a_mark_that_goes_on_in_the_next_line_is_none() {
    let once = written("## Notes\n\n# After\n", TEAM);
    let torn = once.replacen(" -->", "\n~~~\n", 1);
    let refused = write(&torn, &report(TEAM), Adopt::No);
    assert!(matches!(refused, Err(Broken::Marks(_) | Broken::Unmarked)), "{refused:?}");
}
