//! What a report says, and that it says no more, whatever stands in the roster.

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};
use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::evaluation::{Evaluation, Policy, Sources};
use crate::input::{Provenance, SourceFile};
use crate::kinds::Kind;
use crate::roster::{OperationsTeam, parse};

fn report(text: &str, policy: &Policy) -> Report {
    let bytes = text.as_bytes().to_vec();
    let (roster, problems) = parse(
        &[SourceFile { name: "data/team.yaml".to_owned(), bytes }],
        "calendly",
        &OperationsTeam::default(),
    );
    let provenance = Provenance {
        project: Some("group/team".to_owned()),
        path: "data/team.yaml".to_owned(),
        commit: Some("0123abcd".to_owned()),
        sha256: "4c29".to_owned(),
        read_at: "2026-11-22T10:00:00.5Z".parse().unwrap(),
        version: "1.2.3",
    };
    let sources = Sources { roster, problems, ..Sources::default() };
    let today = "2026-11-22".parse().unwrap();
    Report::new(provenance, Evaluation::new(Kind::Calendly, policy, sources, today))
}

const TEAM: &str = "\
- name: Zoë 李
  email: zoe@example.com
  calendly: https://calendly.com/zoe
  gitlab: {id: 1, username: zoe}
- name: \"| x |\"
  email: =1+1@example.com
  reports_to: nobody
  gitlab: {id: 2, username: \"@all\"}
- name: \"B\\x1b[31mob\\u202e\"
  email: [bob]
  calendly: https://calendly.com/bob/30min
- just a text
- name: Eve
  calendly: https://calendly.com/eve
";

fn check(format: Format, expected: &Expect) {
    let policy = Policy {
        checks_off: vec!["link-malformed".to_owned()],
        exclude: vec!["eve".to_owned(), "@nobody".to_owned()],
        ..Policy::default()
    };
    expected.assert_eq(&report(TEAM, &policy).render(format).unwrap());
}

#[test]
fn as_markdown() {
    check(
        Format::Markdown,
        &expect![[r#"
            Roster `group/team` `data/team.yaml` at commit `0123abcd`, SHA-256 `4c29`, 4 people, read at 2026-11-22T10:00:00Z, by support-audit 1.2.3.

            - Check off: link-malformed.
            - Check unknown while a problem may hide a person: manager-unresolved.
            - Excluded: Eve.
            - Excluded, but not on the roster: `@nobody`.

            ## Problems

            - `data/team.yaml` line 10: `` `email` is a list, not an e-mail address ``
            - `data/team.yaml` line 12: the entry is a text, not a mapping

            ## Support Team

            | Name | GitLab | Calendly link | Account | Findings |
            | --- | --- | --- | --- | --- |
            | `B[31mob` |  | <https://calendly.com/bob/30min> | unknown |  |
            | Eve |  | <https://calendly.com/eve> | unknown | excluded |
            | Zoë 李 | `zoe` | <https://calendly.com/zoe> | unknown |  |
            | `\| x \|` | `all` |  | unknown | link-missing |

            ## Those in Calendly but not part of support team

            | Name | Email | Role | Since | Justification | Decision |
            | --- | --- | --- | --- | --- | --- |

            4 people, 1 finding (link-missing: 1), 2 problems; accounts unknown.
        "#]],
    );
}

#[test]
fn as_a_table() {
    check(
        Format::Table,
        &expect![[r#"
            Roster group/team data/team.yaml at commit 0123abcd, SHA-256 4c29, 4 people, read at 2026-11-22T10:00:00Z, by support-audit 1.2.3
            Check off: link-malformed
            Check unknown while a problem may hide a person: manager-unresolved
            Excluded: Eve
            Excluded, but not on the roster: @nobody

            PROBLEMS
            data/team.yaml:10  `email` is a list, not an e-mail address
            data/team.yaml:12  the entry is a text, not a mapping

            SUPPORT TEAM
            Name     GitLab  Calendly link                   Account  Findings
            B[31mob          https://calendly.com/bob/30min  unknown
            Eve              https://calendly.com/eve        unknown  excluded
            Zoë 李   zoe     https://calendly.com/zoe        unknown
            | x |    all                                     unknown  link-missing

            THOSE IN CALENDLY BUT NOT PART OF SUPPORT TEAM
            Name  Email  Role  Since  Justification  Decision

            4 people, 1 finding (link-missing: 1), 2 problems; accounts unknown
        "#]],
    );
}

#[test]
fn as_csv() {
    check(
        Format::Csv,
        &expect![[r#"
            table,name,email,gitlab,calendly_link,account,findings,role,since,justification,decision,file,line,message,sha256
            provenance,,,,,,,,,,,data/team.yaml,,"group/team at commit 0123abcd; read at 2026-11-22T10:00:00Z, by support-audit 1.2.3; 4 people, 1 finding (link-missing: 1), 2 problems; accounts unknown",4c29
            check-off,,,,,,link-malformed,,,,,,,Check off: link-malformed,
            check-unknown,,,,,,manager-unresolved,,,,,,,Check unknown while a problem may hide a person: manager-unresolved,
            excluded,Eve,,,,,,,,,,,,Excluded: Eve,
            excluded-nobody,'@nobody,,,,,,,,,,,,"Excluded, but not on the roster: @nobody",
            problem,,,,,,,,,,,data/team.yaml,10,"`email` is a list, not an e-mail address",
            problem,,,,,,,,,,,data/team.yaml,12,"the entry is a text, not a mapping",
            support-team,B[31mob,unreadable,,https://calendly.com/bob/30min,unknown,,,,,,data/team.yaml,9,,
            support-team,Eve,,,https://calendly.com/eve,unknown,excluded,,,,,data/team.yaml,13,,
            support-team,Zoë 李,zoe@example.com,zoe,https://calendly.com/zoe,unknown,,,,,,data/team.yaml,1,,
            support-team,| x |,'=1+1@example.com,all,,unknown,link-missing,,,,,data/team.yaml,5,,
        "#]],
    );
}

#[test]
fn as_json() {
    check(
        Format::Json,
        &expect![[r#"
            {"schema":"support-audit/report/1","kind":"calendly","provenance":{"project":"group/team","path":"data/team.yaml","commit":"0123abcd","sha256":"4c29","read_at":"2026-11-22T10:00:00.5Z","version":"1.2.3"},"problems":[{"file":"data/team.yaml","line":10,"message":"`email` is a list, not an e-mail address","hides_person":true},{"file":"data/team.yaml","line":12,"message":"the entry is a text, not a mapping","hides_person":true}],"checks_off":["link-malformed"],"checks_unknown":["manager-unresolved","link-mismatch","account-missing","invitation-pending","outsider","owner-count","admin-missing","admin-unexpected"],"excluded":["Eve"],"excluded_nobody":["@nobody"],"exceptions":[],"accounts":null,"people":[{"subject":"name:b\u001b[31mob\u202e","name":"B\u001b[31mob\u202e","email":null,"gitlab":null,"calendly_link":"https://calendly.com/bob/30min","unreadable":["email"],"account":{"state":"unknown"},"excluded":false,"findings":[],"file":"data/team.yaml","line":9},{"subject":"name:eve","name":"Eve","email":null,"gitlab":null,"calendly_link":"https://calendly.com/eve","account":{"state":"unknown"},"excluded":true,"findings":[],"file":"data/team.yaml","line":13},{"subject":"gitlab:1","name":"Zoë 李","email":"zoe@example.com","gitlab":"zoe","calendly_link":"https://calendly.com/zoe","account":{"state":"unknown"},"excluded":false,"findings":[],"file":"data/team.yaml","line":1},{"subject":"gitlab:2","name":"| x |","email":"=1+1@example.com","gitlab":"all","calendly_link":null,"account":{"state":"unknown"},"excluded":false,"findings":[{"check":"link-missing","asked":"the person","evidence":"","fix":"Add `calendly:` with the address of your main Calendly page to your entry in the roster."}],"file":"data/team.yaml","line":5}],"outsiders":{"state":"unknown"},"organization":[],"summary":{"people":4,"findings":1,"problems":2,"seats":null,"text":"4 people, 1 finding (link-missing: 1), 2 problems; accounts unknown"}}
        "#]],
    );
}

#[test]
fn a_report_is_clean_without_findings_and_problems() {
    let clean = "- name: Ada\n  calendly: https://calendly.com/ada\n";
    assert!(report(clean, &Policy::default()).is_clean());
    assert!(!report("- name: Ada\n", &Policy::default()).is_clean());
    assert!(!report(&format!("{clean}- 7\n"), &Policy::default()).is_clean());
    let off = Policy { checks_off: vec!["link-missing".to_owned()], ..Policy::default() };
    assert!(report("- name: Ada\n", &off).is_clean());
}

#[test]
fn nobody_is_missed_as_a_manager_who_may_be_hidden_behind_a_problem() {
    let text = "- name: Ada\n  calendly: https://calendly.com/ada\n  reports_to: Mia\n";
    let findings = |report: &Report| {
        report.evaluation.findings.iter().map(|it| it.check.id).collect::<Vec<_>>()
    };
    assert_eq!(findings(&report(text, &Policy::default())), ["manager-unresolved"]);
    let hidden = report(&format!("{text}- name: \"Mia\n"), &Policy::default());
    assert_eq!(findings(&hidden), [""; 0]);
    for format in [Format::Markdown, Format::Json, Format::Csv, Format::Table] {
        let text = hidden.render(format).unwrap();
        assert!(text.contains("manager-unresolved"), "{text}");
    }
}

#[test]
fn people_are_excluded_by_address_username_or_name() {
    let text = "- name: Ada Lovelace\n  email: ada@example.com\n  gitlab: {username: al}\n";
    for wanted in ["ADA@example.com", "AL", "ada  lovelace"] {
        let policy = Policy { exclude: vec![wanted.to_owned()], ..Policy::default() };
        assert!(report(text, &policy).is_clean(), "{wanted}");
    }
    let policy = Policy { exclude: vec!["ada".to_owned()], ..Policy::default() };
    assert!(!report(text, &policy).is_clean());
}

/// What GitLab makes of a report: its blocks, and the cells of its tables.
fn blocks(markdown: &str) -> Vec<String> {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    let root = parse_document(&arena, markdown, &options);
    root.children()
        .map(|block| match &block.data.borrow().value {
            NodeValue::Table(_) => {
                let cells: Vec<_> = block.children().map(|row| row.children().count()).collect();
                format!("table {cells:?}")
            }
            NodeValue::Heading(_) => "heading".to_owned(),
            NodeValue::List(_) => format!("list {}", block.children().count()),
            NodeValue::Paragraph => "paragraph".to_owned(),
            other => format!("{other:?}"),
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_roster_holds_the_report_keeps_its_form(
        people in proptest::collection::vec(
            ("\\PC{1,20}|[|`\\\\@/\n -]{1,9}", "\\PC{0,20}|[|`\\\\@/\n]{0,9}", "\\PC{0,20}"),
            1..6,
        ),
        exclude in "\\PC{1,20}",
    ) {
        let entries: Vec<_> = people
            .iter()
            .map(|(name, link, handle)| serde_json::json!({
                "name": format!("x{name}"), "calendly": link, "gitlab": {"username": handle}, "reports_to": link,
            }))
            .collect();
        let policy = Policy { exclude: vec![exclude], ..Policy::default() };
        let text = serde_json::to_string(&entries).unwrap();
        let report = report(&text, &policy);
        let people = report.evaluation.roster.people.len();
        let markdown = report.markdown();
        let notes = report.notes().len();
        let mut expected = vec!["paragraph".to_owned(), format!("list {notes}")];
        if !report.evaluation.problems.is_empty() {
            expected.extend(["heading".to_owned(), format!("list {}", report.evaluation.problems.len())]);
        }
        let rows = vec![5; people + 1];
        expected.extend(["heading".to_owned(), format!("table {rows:?}")]);
        expected.extend(["heading".to_owned(), "table [6]".to_owned(), "paragraph".to_owned()]);
        prop_assert_eq!(blocks(&markdown), expected, "{}", markdown);
        for format in [Format::Markdown, Format::Json, Format::Csv, Format::Table] {
            for line in report.render(format).unwrap().lines() {
                prop_assert_eq!(crate::text::clean(line), line);
            }
        }
        let csv = report.render(Format::Csv).unwrap();
        let mut reader = ::csv::Reader::from_reader(csv.as_bytes());
        for record in reader.records() {
            for cell in &record.unwrap() {
                prop_assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{}", cell);
            }
        }
        let json: serde_json::Value = serde_json::from_str(&report.render(Format::Json).unwrap()).unwrap();
        for person in json["people"].as_array().unwrap() {
            let name = person["name"].as_str().unwrap();
            let was_given = |entry: &serde_json::Value| entry["name"].as_str().map(str::trim) == Some(name);
            prop_assert!(entries.iter().any(was_given), "{}", name);
        }
    }
}

/// Cells are found by their keys, and written in the order of the columns.
#[test]
fn the_keys_and_the_columns_of_a_table_have_one_order() {
    assert_eq!(columns::outsiders().map(|column| column.key), columns::OUTSIDERS_KEYS);
    for kind in Kind::ALL {
        assert_eq!(columns::people(kind.spec()).map(|column| column.key), columns::PEOPLE_KEYS);
    }
}
