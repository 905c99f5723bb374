//! What outsiders call themselves, and what people type about them, does nothing but stand there.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

use super::{demo, report, rows};
use crate::support::{FORMATS, TestWorld};

/// Names that break a table, mention somebody, run a command or hide something.
const NAMES: [&str; 30] = [
    "@all",
    "hi @nadeyemi",
    "`@nadeyemi",
    "``` @nadeyemi",
    "\\@nadeyemi",
    "\\",
    "&#64;nadeyemi",
    "a\\` @nadeyemi",
    "/close",
    "/assign @nadeyemi",
    "|",
    "a | b",
    "a\\|b",
    "`a | @nadeyemi",
    "x\n/close",
    "x\r\n\r\n/confidential\r\n",
    "-->",
    "<!--",
    "--> @nadeyemi <!-- sa 0 0 -->",
    "<details>",
    "<script>",
    "## Notes",
    "### Those in Calendly but not part of support team",
    "<!-- support-audit:end -->",
    "<!-- support-audit v1 calendly FY28-Q1 decide outsider:00:00:1 decision=keep -->",
    "[x](https://evil.example)",
    "![](https://evil.example/x.png)",
    "#1 !1 ~bug %1 deadbeef01",
    "\u{202e}nadeyemi@",
    "keep",
];

/// E-mail addresses that are odd and yet can be written in an export.
const ADDRESSES: [&str; 6] = [
    "a|b@evil.example",
    "*x*@evil.example",
    "/close@evil.example",
    "~bug@evil.example",
    "#1@evil.example",
    "=1+1@evil.example",
];

/// Outsiders of all these names and addresses, in the organisation of a begun audit.
fn hostile() -> TestWorld {
    let test = demo().with_issue();
    test.calendly(|it| {
        for (number, name) in NAMES.iter().enumerate() {
            it.add_member(&format!("h{number:02}@evil.example")).name = (*name).into();
        }
        for address in ADDRESSES {
            it.add_member(address).role = "@nadeyemi | /close".into();
        }
    });
    test
}

/// The cells of the tables that a reader of Markdown finds in a text, row by row.
fn tables(text: &str) -> Vec<Vec<Vec<String>>> {
    fn content<'a>(node: &'a AstNode<'a>) -> String {
        let own = match &node.data.borrow().value {
            NodeValue::Text(text) => text.to_string(),
            NodeValue::Code(code) => code.literal.clone(),
            _ => String::new(),
        };
        own + &node.children().map(content).collect::<String>()
    }
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    let root = parse_document(&arena, text, &options);
    let is_table = |node: &&AstNode<'_>| matches!(node.data.borrow().value, NodeValue::Table(_));
    let tables = root.descendants().filter(is_table);
    let rows =
        tables.map(|table| table.children().map(|row| row.children().map(content).collect()));
    rows.map(Iterator::collect).collect()
}

#[test]
fn names_and_addresses_do_nothing_but_stand_there() {
    let test = hostile();
    for arguments in [&["reconcile", "--write", "--yes"], &["run", "--write", "--yes"]] {
        let ran = test.run(arguments).success();
        assert_eq!(test.sandbox.notifications(), []);
        let [issue] = test.issues().try_into().unwrap();
        assert!(issue.closed.is_none() && !issue.confidential && issue.events.is_empty());
        assert_eq!(issue.assignees, [457_520]);
        assert_eq!(rows(&test).len(), 1 + NAMES.len() + ADDRESSES.len());
        let texts = [test.description(), ran.stdout, test.notes_marked("report")[0].body.clone()];
        for text in texts {
            let [team, outsiders] = tables(&text).try_into().unwrap();
            assert_eq!((team.len(), outsiders.len()), (42, 38), "{text}");
            assert!(team.iter().all(|row| row.len() == 5), "{team:?}");
            assert!(outsiders.iter().all(|row| row.len() == 6), "{outsiders:?}");
            for address in ADDRESSES {
                // A bar that is escaped within a span of code stays one for a table's readers.
                let is_there = |row: &Vec<String>| row[1] == address;
                assert!(outsiders.iter().any(is_there), "{address}: {outsiders:?}");
            }
            assert_eq!(text.matches("\n/").count(), 0, "{text}");
        }
    }
    test.run_writing_nothing(&["reconcile", "--write", "--yes"]).success();
    // Nobody has decided anything by their name.
    let report = report(&test, &[]);
    let decisions: Vec<_> =
        report["outsiders"]["rows"].as_array().unwrap().iter().map(|it| &it["decision"]).collect();
    assert!(decisions.iter().all(|decision| *decision == "undecided"), "{decisions:?}");
}

#[test]
fn a_spreadsheet_takes_nothing_for_a_formula() {
    let test = hostile();
    let out = test.run(&["reconcile", "--format", "csv"]).success().stdout;
    let row = out.lines().find(|line| line.contains("1+1@evil.example")).unwrap();
    assert!(row.contains(",'=1+1@evil.example,"), "{row}");
    let row = out.lines().find(|line| line.contains("h00@evil.example")).unwrap();
    assert!(row.starts_with("outsiders,'@all,"), "{row}");
}

#[test]
fn a_terminal_is_neither_coloured_nor_moved() {
    let test = demo().with_issue();
    test.calendly(|it| {
        let member = it.add_member("x@evil.example");
        member.name = "\u{1b}[31mTorbjørn Aaseby\u{202e}\u{7}".to_owned();
        member.role = "\u{1b}]0;owned\u{7}".to_owned();
    });
    for form in FORMATS {
        let ran = test.run(&["reconcile", "--format", form]).success();
        let ran = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!ran.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{form}: {ran:?}");
    }
    let ran = test.run(&["reconcile", "--explain", "x@evil.example"]).success();
    assert!(!ran.stdout.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{ran:?}");
}
