//! Nothing from a roster acts in an issue, and nothing outside our region changes.

use proptest::prelude::*;

use super::*;
use crate::record::marker::{MarkerHeader, ReportMark};

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
