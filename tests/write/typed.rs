//! What people typed into the report survives every writing.

use super::{is_complete, region, rows, write, written};
use crate::support::TestWorld;

const REASON: &str = "on leave until May, `a \\| b` **asked** 🦉";
const OUTSIDER: &str = "| Zed |zed@example.org | user|  | consultant, see `#12` | keep<br>";
const SHORT_OUTSIDER: &str = "|Yan|yan@example.org|";
const PARAGRAPH: &str = "Asked Ezekiel on Monday:  \n*who?*\n\tin April";

/// A change of the roster.
type Change = fn(&str) -> String;

/// Ezekiel has no link; everything that somebody may type is typed around him.
fn typed() -> TestWorld {
    let test = written();
    test.replace("link-missing <!--", &format!("link-missing {REASON} <!--"));
    let content = test.description();
    let heading = "### Those in Calendly but not part of support team";
    let delimiter = content.split_once(heading).unwrap().1.lines().nth(3).unwrap().to_owned();
    let (before, after) = content.rsplit_once(&delimiter).unwrap();
    let new = format!("{before}{delimiter}\n{OUTSIDER}\n{SHORT_OUTSIDER}{after}");
    let new = new.replacen(heading, &format!("{PARAGRAPH}\n\n{heading}"), 1);
    let new = new.replacen("| Findings |\n", "| Findings | Slack |\n", 1);
    let new = new.replacen("|\n| Anah", "--- |\n| Anah", 1);
    test.edit(|_| new.clone());
    let row = rows(&new).into_iter().find(|row| row.contains("Ezekiel")).unwrap().to_owned();
    test.replace(&row, &format!("{row} #support, *pinged* |"));
    test
}

/// Refuses a description in which any of it is missing.
#[track_caller]
fn keeps_it(test: &TestWorld) {
    let content = test.description();
    for part in [REASON, PARAGRAPH, "| Findings | Slack |", "#support, *pinged*"] {
        assert!(content.contains(part), "{part:?} is lost: {content}");
    }
    let lines: Vec<_> = content.lines().collect();
    assert!(lines.contains(&OUTSIDER) && lines.contains(&SHORT_OUTSIDER), "{content}");
    let has_both = |row: &&str| row.contains(REASON) && row.contains("#support, *pinged* |");
    assert_eq!(rows(&content).into_iter().filter(has_both).count(), 1, "{content}");
}

/// The roster without Ezekiel.
fn leaves(roster: &str) -> String {
    let mut entries: Vec<_> = roster.split("\n- name: ").collect();
    entries.retain(|entry| !entry.starts_with("Ezekiel"));
    entries.join("\n- name: ")
}

#[test]
fn what_was_typed_outlives_every_change_of_the_roster() {
    let changes: [(&str, Change); 5] = [
        ("| Ezra Brightwater |", |content| {
            content.replace("Ezekiel Brightwater", "Ezra Brightwater")
        }),
        ("<https://calendly.com/eb>", |content| {
            let name = "- name: Ezekiel Brightwater\n";
            content.replace(name, &format!("{name}  calendly: https://calendly.com/eb\n"))
        }),
        ("| `brightwater-e` |", |content| content.replace(": ebrightwater\n", ": brightwater-e\n")),
        ("40 people", leaves),
        ("| Newcomer |", |content| {
            content.replacen("\n- name: ", "\n- name: Newcomer\n- name: ", 1)
        }),
    ];
    for (sign, change) in changes {
        let test = typed();
        for _ in 0..2 {
            write(&test, &[]).success();
            keeps_it(&test);
            if !test.description().contains(sign) {
                test.change_roster(change);
            }
        }
        assert!(test.description().contains(sign), "{sign}: {}", test.description());
        is_complete(&test);
    }
}

#[test]
fn what_was_typed_about_somebody_who_left_is_there_when_they_come_back() {
    let test = typed();
    test.change_roster(leaves);
    write(&test, &[]).success();
    test.change_roster(|content| {
        let entry = "- name: Ezekiel Brightwater\n  gitlab:\n    id: 428000\n";
        format!("{}\n{entry}", content.trim_end())
    });
    write(&test, &[]).success();
    keeps_it(&test);
    let content = test.description();
    let his = |row: &&str| row.contains("Ezekiel");
    assert_eq!(rows(&content).into_iter().filter(his).count(), 1, "{content}");
}

#[test]
fn what_was_typed_stays_with_its_person_whatever_the_order_of_the_rows() {
    let test = written();
    let content = test.description();
    let old = rows(&content);
    let typed =
        |(number, row): (usize, &&str)| row.replacen(" <!--", &format!(" T{number}. <!--"), 1);
    let mut new: Vec<String> = old.iter().enumerate().map(typed).collect();
    new.reverse();
    new.remove(7);
    let content = content.replacen(&old.join("\n"), &new.join("\n"), 1);
    test.edit(|_| content.clone());
    test.replace_in_roster("Rosalind", "Rose");
    write(&test, &[]).success();
    let content = test.description();
    assert_eq!(rows(&content).len(), 41, "{content}");
    for (number, row) in old.iter().enumerate().filter(|(number, _)| *number != 40 - 7) {
        let name = row.split('|').nth(1).unwrap().replace("Rosalind", "Rose");
        let typed = format!(" T{number}. <!--");
        let is_of = |row: &&str| row.starts_with(&format!("|{name}|")) && row.contains(&typed);
        assert!(rows(&content).iter().any(is_of), "{name}: {content}");
    }
}

#[test]
fn paragraphs_typed_between_the_tables_stay_apart() {
    const TEXT: &str = "Asked on Monday:\n\n> who?\n\n1. one\n\n   more of one\n\n```\na\n\nb\n```";
    let test = written();
    let heading = "### Those in Calendly but not part of support team";
    test.replace(heading, &format!("{TEXT}\n\n{heading}"));
    test.replace_in_roster("Rosalind", "Rose");
    for _ in 0..2 {
        write(&test, &[]).success();
        assert!(test.description().contains(TEXT), "{}", test.description());
    }
}

#[test]
fn a_row_typed_without_its_outer_bars_stays() {
    let test = written();
    let content = test.description();
    let (before, after) = content.rsplit_once("--- |\n").unwrap();
    let row = "Zed | zed@example.org | user | 2024 | consultant | keep";
    let new = format!("{before}--- |\n{row}\n{after}");
    test.edit(|_| new.clone());
    test.replace_in_roster("Rosalind", "Rose");
    write(&test, &[]).success();
    let content = test.description();
    assert!(content.lines().any(|line| line == row), "{content}");
    assert!(region(&content).contains(row), "the row has left its table: {content}");
}

#[test]
fn a_line_typed_between_two_rows_doubles_nobody() {
    let test = written();
    let content = test.description();
    let row = rows(&content)[20].to_owned();
    let last = rows(&content)[40].to_owned();
    test.replace(&row, &format!("{row}\n\nFrom here on: APAC.\n"));
    test.replace(&last, &last.replacen(" <!--", " typed below <!--", 1));
    test.replace_in_roster("Rosalind", "Rose");
    write(&test, &[]).success();
    let content = test.description();
    assert!(content.contains("From here on: APAC."), "{content}");
    assert_eq!(content.matches("typed below").count(), 1, "{content}");
    let name = format!("|{}|", last.split('|').nth(1).unwrap());
    assert_eq!(content.matches(&name).count(), 1, "{name} is there twice: {content}");
}
