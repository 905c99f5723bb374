//! Whatever stands in an issue, a writing changes our region and nothing else.

use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::evaluation::{Evaluation, Policy, Sources};
use crate::input::{Provenance, SourceFile};
use crate::kinds::Kind;
use crate::record::marker::{MarkerHeader, ReportMark};
use crate::roster::{OperationsTeam, parse};

fn report(team: &str) -> Report {
    report_at(team, "2026-11-22T10:00:00Z")
}

fn report_at(team: &str, instant: &str) -> Report {
    let (roster, problems) = parse(
        &[SourceFile { name: "team.yaml".to_owned(), bytes: team.into() }],
        &OperationsTeam::default(),
    );
    let provenance = Provenance {
        project: None,
        path: "team.yaml".to_owned(),
        commit: None,
        sha256: "4c29".to_owned(),
        read_at: instant.parse().unwrap(),
        version: "1.2.3".to_owned(),
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

        <!-- support-audit:begin v1 fe98c710 8a9a6285 5070d986 a501c4d0 a033fa21 -->

        Roster `team.yaml`, SHA-256 `4c29`, 2 people, read at 2026-11-22T10:00:00Z by support-audit 1.2.3.

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
    assert!(write(&once, &later, Adopt::No).unwrap().text.contains("read at 2026-11-23"));
}

#[test]
fn what_was_typed_survives() {
    let once = written("## Notes\n", TEAM);
    let edited = once
        .replace("link-missing <!--", "link-missing on leave until \\| May <!--")
        .replace("| Bob |", "| Bob (contractor) |")
        .replace("| Decision |\n| --- | --- | --- | --- | --- | --- |\n", "| Decision |\n| --- | --- | --- | --- | --- | --- |\n| Zed | z@example.com | user | | for the demo | keep |\n")
        .replace("| Findings |\n| --- |", "| Findings | Seen by |\n| --- | --- |")
        .replace("\n### Those", "\nTyped between.\n\n### Those");
    let text = written(&edited, LATER);
    expect![[r#"
        ## Notes

        <!-- support-audit:begin v1 fe98c710 2df4785f -->

        Roster `team.yaml`, SHA-256 `4c29`, 2 people, read at 2026-11-22T10:00:00Z by support-audit 1.2.3.

        ### Support Team

        | Name | GitLab | Calendly link | Account | Findings | Seen by |
        | --- | --- | --- | --- | --- | --- |
        | Ada L. | `ada` | <https://calendly.com/ada> | unknown | on leave until \| May <!-- sa v1 people 747428ed46519c1f name:ddd52c22 gitlab:054d6ded link:7b54c5b7 account:b23a6a84 findings:e3b0c442 --> |
        | Eve |  |  | unknown | link-missing <!-- sa v1 people b4b0dbc0322da0fb name:b9bae658 gitlab:e3b0c442 link:e3b0c442 account:b23a6a84 findings:6c2ef3f1 --> |
        | Bob (contractor) |  | <https://calendly.com/bob> | unknown | <!-- sa v1 people a40d6818058fcab1 name:cd9fb1e1 gitlab:e3b0c442 link:436488ec account:b23a6a84 findings:e3b0c442 --> |

        ### Those in Calendly but not part of support team

        | Name | Email | Role | Since | Justification | Decision |
        | --- | --- | --- | --- | --- | --- |
        | Zed | z@example.com | user | | for the demo | keep |

        2 people, 1 finding (link-missing: 1), 0 problems; accounts unknown.

        <!-- support-audit:end -->

        Typed between.

    "#]].assert_eq(&text);
    assert_eq!(written(&text, LATER), text);
}

#[test]
fn what_was_typed_comes_to_nobody_else() {
    const SHARED: &str =
        "- name: Ada\n  email: team@example.com\n- name: Bob\n  email: team@example.com\n";
    let once = written("## Notes\n", SHARED);
    let row = |text: &str, name: &str| {
        let begins = format!("| {name} |");
        text.lines().find(|line| line.starts_with(&begins)).map(str::to_owned)
    };
    let ada = row(&once, "Ada").unwrap();
    let edited = once.replace(&ada, &ada.replace(" <!--", " on leave <!--"));
    let without_ada = "- name: Bob\n  email: team@example.com\n";
    for team in [SHARED, without_ada] {
        let text = written(&edited, team);
        assert!(row(&text, "Ada").unwrap().contains("on leave"), "{text}");
        assert!(!row(&text, "Bob").unwrap().contains("on leave"), "{text}");
        assert_eq!(text.matches("| Bob |").count(), 1, "{text}");
    }
}

#[test]
fn who_gets_an_id_or_another_address_keeps_what_was_typed() {
    let teams = [
        "- name: Ada\n  email: ada@example.com\n",
        "- name: Ada\n  email: ada@example.com\n  gitlab: {id: 1, username: ada}\n",
        "- name: Ada L.\n  email: al@example.com\n  gitlab: {id: 1, username: al}\n",
        "- name: Ada L.\n  email: al@example.com\n",
    ];
    let mut text = written("## Notes\n", teams[0]).replace(" <!-- sa", " on leave <!-- sa");
    for team in teams {
        text = written(&text, team);
        assert_eq!(text.matches("on leave").count(), 1, "{text}");
        assert_eq!(text.matches("| Ada").count(), 1, "{text}");
    }
}

#[test]
fn a_column_of_their_own_may_stand_anywhere() {
    let mut once = written("## Notes\n", TEAM);
    for (from, to) in [
        ("| Name | GitLab |", "| Reviewed | Name | GitLab |"),
        (
            "| --- | --- | --- | --- | --- |\n| Ada |",
            "| --- | --- | --- | --- | --- | --- |\n| yes | Ada |",
        ),
        ("\n| Bob |", "\n| no | Bob (she) |"),
    ] {
        once = once.replacen(from, to, 1);
    }
    let rewritten = written(&once, TEAM);
    assert!(rewritten.contains("| Findings | Reviewed |"), "{rewritten}");
    for (name, own) in [("| Ada |", "--> | yes |"), ("| Bob (she) |", "--> | no |")] {
        let line = rewritten.lines().find(|line| line.starts_with(name)).unwrap();
        assert!(line.ends_with(own), "{line}");
    }
    assert_eq!(written(&rewritten, LATER).matches("(she)").count(), 1);
}

#[test]
fn a_changed_head_is_refused() {
    let once = written("## Notes\n", TEAM);
    for (from, to) in [
        ("| Name | GitLab |", "| Reviewed | Name | GitLab |"),
        ("| Name | GitLab |", "| Name |"),
        ("| Findings |", "| Findings (see FAQ) |"),
    ] {
        let edited = once.replacen(from, to, 1);
        assert_ne!(edited, once);
        assert_eq!(write(&edited, &report(TEAM), Adopt::No), Err(Broken::Head), "{to}");
    }
}

#[test]
fn a_line_typed_between_a_heading_and_its_table_leaves_the_table_where_it_is() {
    let once = written("## Notes\n", TEAM);
    let edited = once.replace("support team\n\n|", "support team\n\nSee #12 first.\n\n|");
    assert_ne!(edited, once);
    let row = "| Zed | z@example.com | user | | for the demo | keep |";
    let edited = edited.replace("\n\n2 people", &format!("\n{row}\n\n2 people"));
    let text = written(&edited, LATER);
    let (region, below) = text.split_once(END).unwrap();
    assert!(region.contains(row) && below.contains("See #12 first."), "{text}");
}

#[test]
fn where_something_stays_open_nothing_is_written() {
    for open in ["## Notes\n\n```\nlog", "## Notes\n\n~~~~\n"] {
        assert_eq!(write(open, &report(TEAM), Adopt::No), Err(Broken::Open), "{open}");
    }
}

#[test]
fn what_was_typed_beside_a_pasted_report_is_not_taken_for_ours() {
    let pasted = report(TEAM).render(crate::report::Format::Markdown);
    let typed = "- `ada`: on leave until May\n- Excluded: Zed, agreed with legal\n";
    let pasted = pasted.replace("\n## Those", &format!("\n{typed}\n## Those"));
    let link = "<https://gitlab.example/g/p/-/issues/12>";
    let pasted = pasted.replace("| Ada | `ada` |  |", &format!("| Ada | `ada` | {link} |"));
    let text = write(&format!("## Notes\n\n{pasted}"), &report(TEAM), Adopt::Yes).unwrap().text;
    assert!(text.contains(typed) && text.contains(link), "{text}");
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
        .render(crate::report::Format::Markdown)
        .replace("| link-missing |", "| link-missing on leave |")
        .replace("| Decision |\n| --- | --- | --- | --- | --- | --- |\n", "| Decision |\n| --- | --- | --- | --- | --- | --- |\n| Zed | z@example.com | user | | for the demo | keep |\n");
    let description = format!("Before.\n\n## Notes\n\nMine.\n\n{pasted}\nBehind.\n\n## After\n");
    assert_eq!(write(&description, &report(TEAM), Adopt::No), Err(Broken::Unmarked));
    let text = write(&description, &report(TEAM), Adopt::Yes).unwrap().text;
    expect![[r#"
        Before.

        ## Notes

        Mine.

        <!-- support-audit:begin v1 fe98c710 8a9a6285 5070d986 a501c4d0 a033fa21 -->

        Roster `team.yaml`, SHA-256 `4c29`, 2 people, read at 2026-11-22T10:00:00Z by support-audit 1.2.3.

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

/// Texts that GitLab runs as quick actions when they stand by themselves, and some that it does not.
const QUICK_ACTIONS: [&str; 16] = [
    "/close",
    "/CLOSE",
    "Lorem ipsum\n/close",
    ">>>\n/x\n>>>\n\n/close",
    "<!-- HTML comment -->\n/close",
    "/close   ",
    "hello\r\n/close\r\n",
    "/label ~\"a b\" ~c",
    "<details>\n\n/close\n\n</details>",
    "$$\n/close\n$$",
    "hard break  \n/close",
    "hard break\\\n/close",
    "   \n/close",
    "| a |\n| --- |\n| x\n\n/close",
    "\u{200b}/close",
    "x\n\n    /close",
];

/// What GitLab would act on in a description: lines that begin with a slash in a paragraph at the
/// top, and characters in running text that begin a mention or another reference.
fn live(description: &str) -> Vec<String> {
    use comrak::nodes::NodeValue;
    let arena = comrak::Arena::new();
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    let root = comrak::parse_document(&arena, description, &options);
    let mut live = Vec::new();
    for node in root.descendants() {
        let is_in_link =
            node.ancestors().any(|it| matches!(it.data.borrow().value, NodeValue::Link(_)));
        match &node.data.borrow().value {
            NodeValue::Text(text) if !is_in_link => {
                let is_reference = |it: char| "@#!$%&~".contains(it);
                let is_action = text.starts_with('/');
                if is_action || text.contains(is_reference) {
                    live.push(text.to_string());
                }
            }
            NodeValue::HtmlInline(html) if !html.starts_with("<!-- sa ") => live.push(html.clone()),
            NodeValue::Image(_) | NodeValue::BlockQuote | NodeValue::HtmlBlock(_) => {
                let value = format!("{:?}", node.data.borrow().value);
                if !value.contains("support-audit") {
                    live.push(value);
                }
            }
            _ => {}
        }
    }
    live
}

/// A team of people of whom everything is the text.
fn team_of(text: &str) -> String {
    serde_json::json!([
        { "name": text, "calendly": text, "reports_to": text, "gitlab": { "username": text } },
        { "name": format!("Ada {text}"), "email": text },
        text,
    ])
    .to_string()
}

#[test]
fn no_quick_action_runs_from_a_roster() {
    assert_eq!(live("/close"), ["/close"]);
    assert_eq!(live("Text @all."), ["Text @all."]);
    for text in QUICK_ACTIONS {
        let description = written("## Notes\n", &team_of(text));
        assert_eq!(live(&description), [""; 0], "{text:?}: {description}");
        for comment in
            crate::steps::publish::comment::report(&report(&team_of(text)), &report_marker())
        {
            let (comment, _) = comment;
            assert_eq!(live(&comment), [""; 0], "{text:?}: {comment}");
        }
    }
}

fn report_marker() -> Marker {
    let period = "FY28-Q1".parse().unwrap();
    MarkerHeader { kind: Kind::Calendly, period }.with(Content::Report(ReportMark::default()))
}

/// Lines of which descriptions are made.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => proptest::sample::select(vec![
            "## Notes", "## notes ##", "##Notes", "Notes\n-----", "# After", "### Deeper", "```", "~~~", "> quoted",
            "- item", "| a | b |", "| --- | --- |", "<details>", "</details>", "<!-- comment -->",
            "<!--", "-->", "", "", "    code", "/close", "@all", "text\r", "a\r## Notes", "b\r", "$$", "---", "***",
            "<!-- support-audit v1 calendly FY28-Q1 issue -->", "1. one", "[x]: y", "\\", "`open",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
    ]
}

fn description() -> impl Strategy<Value = String> {
    (proptest::collection::vec(line(), 0..14), any::<bool>()).prop_map(|(lines, ends)| {
        let text = lines.join("\n");
        if ends { format!("{text}\n") } else { text }
    })
}

/// A description without our region, which is one run of lines of it.
fn outside(text: &str) -> Option<(String, String)> {
    let start = text.find(BEGIN)?;
    let end = text.rfind(END)? + END.len();
    Some((text.get(..start)?.to_owned(), text.get(end..)?.to_owned()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_from_a_roster_acts(
        text in "[@#!$%&~/|`<>\\\\\\[\\](){}*_:.a-z0-9\n -]{1,24}"
    ) {
        let description = written("## Notes\n", &team_of(&text));
        prop_assert_eq!(live(&description), [""; 0], "{}", description);
    }

    #[test]
    fn what_was_typed_beside_any_name_stays(
        name in "[@#!$%&~/|`<>\\\\\\[\\](){}*_:.a-z0-9\n -]{1,24}"
    ) {
        let team = |another: &str| {
            serde_json::json!([{ "name": name, "gitlab": { "id": 7 } }, { "name": another }])
                .to_string()
        };
        let first = written("## Notes\n", &team("ada"));
        let rows = |text: &str| text.matches(" <!-- sa ").count();
        // A name that is no name makes no row.
        prop_assume!(rows(&first) == 2);
        let row = first.lines().find(|line| line.contains(" <!-- sa ") && !line.starts_with("| ada |"));
        let typed = row.unwrap().replacen(" <!-- sa ", " on leave <!-- sa ", 1);
        let second = written(&first.replacen(row.unwrap(), &typed, 1), &team("bob"));
        prop_assert_eq!(second.matches("on leave").count(), 1, "{}", second);
        prop_assert_eq!(rows(&second), 2, "{}", second);
        let (cell, _) = typed.split_once(" <!-- sa ").unwrap();
        prop_assert!(second.lines().any(|line| line.starts_with(cell)), "{}", second);
    }

    #[test]
    fn outside_our_region_not_one_byte_differs(description in description()) {
        let Ok(first) = write(&description, &report(TEAM), Adopt::No) else { return Ok(()) };
        // The first writing adds one run of text.
        let (before, after) = outside(&first.text).unwrap();
        let description = with_line_feeds(&description);
        let kept = (0..=description.len())
            .filter_map(|at| description.split_at_checked(at))
            .any(|(above, below)| before.starts_with(above) && after.ends_with(below));
        prop_assert!(kept, "{}", first.text);
        let second = write(&first.text, &report(LATER), Adopt::No).unwrap();
        prop_assert_eq!(outside(&second.text).unwrap(), (before, after));
        let again = write(&second.text, &report(LATER), Adopt::No).unwrap();
        prop_assert_eq!(&again.text, &second.text);
        let again = write(&stored(&second.text), &report(LATER), Adopt::No).unwrap();
        prop_assert_eq!(stored(&again.text), stored(&second.text));
    }
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

#[test]
fn the_remains_of_a_torn_stamp_do_not_hide_the_whole_one() {
    let once = written("## Notes\n", TEAM);
    let torn = once.replacen("6c2ef3f1 --> |", "6c2ef3f1 --> | <!-- sa 747428ed |", 1);
    assert_ne!(torn, once);
    let first = written(&torn, TEAM);
    assert_eq!(written(&first, TEAM), first);
}

/// Its stamp makes a row of it, and as a list it would end the table.
#[test]
fn a_row_that_became_a_list_does_not_part_the_table() {
    let once = written("## Notes\n", TEAM);
    let row = once.lines().find(|line| line.starts_with("| Bob")).unwrap();
    let gone = row.replacen("| Bob", "- Cy", 1).replacen("sa a", "sa f", 1);
    let typed = "| Dee | on leave |";
    let text = once.replacen("### Support", &format!("{gone}\n\n### Support"), 1);
    let text = text.replacen(row, &format!("{row}\n{typed}"), 1);
    let first = written(&text, TEAM);
    assert!(first.contains(&format!("| {gone}\n{typed}\n")), "{first}");
    assert_eq!(written(&first, TEAM), first);
}

/// Nobody can tell which of the copies holds what counts, so all stay, and nothing is taken from a row
/// that does not say whose it is.
#[test]
fn a_copied_row_stays_as_often_as_it_is_there() {
    let once = written("## Notes\n", TEAM);
    let row = once.lines().find(|line| line.starts_with("| Ada")).unwrap();
    let typed = row.replacen(" <!-- sa ", " on leave <!-- sa ", 1);
    let torn = row.replacen(" -->", " --", 1);
    let first = written(&once.replacen(row, &format!("{typed}\n{torn}\n{typed}"), 1), TEAM);
    assert!(first.contains(&format!("{typed}\n{torn}\n{typed}\n")), "{first}");
    assert!(first.contains(row), "{first}");
    assert_eq!(written(&first, TEAM), first);
}

/// Its own cells stand in our columns; those of the other are what was typed behind them.
#[test]
fn of_two_rows_in_one_line_the_first_counts() {
    let once = written("## Notes\n", TEAM);
    let typed = once.replacen(" <!-- sa ", " on leave <!-- sa ", 1);
    let joined = typed.replacen("|\n| Bob", "| Bob", 1);
    assert_ne!(joined, typed);
    let first = written(&joined, TEAM);
    let ada = first.lines().find(|line| line.starts_with("| Ada")).unwrap();
    assert!(
        ada.contains("link-missing on leave <!-- sa v1 people 7") && ada.contains("| Bob |"),
        "{ada}"
    );
    assert_eq!(ada.matches("<!-- sa ").count(), 1, "{ada}");
    assert!(first.lines().any(|line| line.starts_with("| Bob")), "{first}");
    assert_eq!(written(&first, TEAM), first);
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
