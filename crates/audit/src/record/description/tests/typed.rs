//! What people typed into our tables and beside them survives every writing.

use super::*;

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

        <!-- support-audit:begin v1 94887a71 2df4785f -->

        Roster `team.yaml`, SHA-256 `4c29`, 2 people, file modified at 2026-11-22T10:00:00Z, by support-audit 1.2.3.

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
    let pasted = report(TEAM).markdown();
    let typed = "- `ada`: on leave until May\n- Excluded: Zed, agreed with legal\n";
    let pasted = pasted.replace("\n## Those", &format!("\n{typed}\n## Those"));
    let link = "<https://gitlab.example/g/p/-/issues/12>";
    let pasted = pasted.replace("| Ada | `ada` |  |", &format!("| Ada | `ada` | {link} |"));
    let text = write(&format!("## Notes\n\n{pasted}"), &report(TEAM), Adopt::Yes).unwrap().text;
    assert!(text.contains(typed) && text.contains(link), "{text}");
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
