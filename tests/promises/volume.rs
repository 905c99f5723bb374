//! One entry, or much, stops nobody else.

use std::time::Duration;

use sandbox::{Fault, FaultKind};

use crate::support::{AUDITS, ROSTER, TEAM};

use super::{Audit, VENDOR, clean_roster, entry, world};

/// A team in which so many more people have no link.
fn crowd(people: u64) -> Audit {
    let mut world = world();
    world.quiet = true;
    let mut roster = clean_roster();
    for number in 0..people {
        let name = format!("Person{number:04}");
        let username = name.to_lowercase();
        let linkless = format!("  calendly: https://calendly.com/{username}\n");
        let entry = entry(2000 + number, &name, "Support Engineer", "Mia");
        roster.push_str(&entry.replace(&linkless, ""));
        world.add_user(&username).id = 2000 + number;
        world.project(AUDITS).unwrap().add_member(&username, 20);
        world.calendly.add_member(&format!("{username}@example.com"));
    }
    world.project(TEAM).unwrap().add_file(ROSTER, roster);
    Audit::of(world).begin()
}

/// Refuses anything but one mention of each of so many people.
#[track_caller]
fn everybody_is_asked_once(audit: &Audit, people: usize) {
    let mentions = audit.mentions();
    let asked = mentions.iter().filter(|(name, _)| name.starts_with("person"));
    let counts: Vec<usize> = asked.map(|(_, &count)| count).collect();
    assert_eq!((counts.len(), counts.iter().max()), (people, Some(&1)));
}

#[test]
fn a_hundred_and_fifty_people_are_asked_in_one_write() {
    let audit = crowd(150);
    let (_, writes) = audit.writes_during(|| audit.follow_up());
    assert_eq!(writes.len(), 1);
    everybody_is_asked_once(&audit, 150);
    audit.run_writing_nothing(&["followups", "--yes"]).success();
}

#[test]
fn four_hundred_people_are_asked_in_three_parts_of_one_thread() {
    let audit = crowd(400);
    let (_, writes) = audit.writes_during(|| audit.follow_up());
    assert_eq!(writes.len(), 3);
    everybody_is_asked_once(&audit, 400);
    let notice = audit.ours("notice")[0].id;
    let issues = audit.issues();
    assert_eq!(issues[0].discussion_of(notice).unwrap().notes.len(), 3);
    audit.run_writing_nothing(&["followups", "--yes"]).success();
}

#[test]
fn five_thousand_people_are_asked_in_as_few_comments_as_the_limits_allow() {
    let audit = crowd(5_000);
    let (_, writes) = audit.writes_during(|| audit.follow_up());
    assert_eq!(writes.len(), 5_000_usize.div_ceil(150));
    everybody_is_asked_once(&audit, 5_000);
    audit.run_writing_nothing(&["followups", "--yes"]).success();
}

/// Whatever part of the notice a run dies at, before or after the write arrived.
#[test]
fn a_run_that_dies_between_the_parts_of_a_notice_is_completed_by_the_next() {
    for kind in [FaultKind::CutBefore, FaultKind::CutAfter] {
        for part in 0..3 {
            let audit = crowd(400);
            let died = Fault::new("/discussions", kind.clone()).method("POST").skip(part);
            audit.sandbox.inject(died);
            // A lost answer is looked for; a write that did not arrive ends the run.
            let code = if matches!(kind, FaultKind::CutBefore) { 7 } else { 0 };
            audit.run(&["followups", "--yes"]).exit(code);
            let again = Audit(audit.again());
            again.follow_up();
            everybody_is_asked_once(&again, 400);
            again.run_writing_nothing(&["followups", "--yes"]).success();
        }
    }
}

#[test]
fn a_link_of_a_million_characters_stops_nobody_else() {
    let audit = Audit::new();
    audit.unlink("bob");
    audit.replace_in_roster(
        "calendly.com/alice\n",
        &format!("calendly.com/{}\n", "a".repeat(1_000_000)),
    );
    let audit = audit.begin();
    audit.follow_up();
    assert_eq!(audit.mentioned("bob"), 1);
    assert!(audit.description().len() < 1_048_576);
    audit.run_writing_nothing(&["followups", "--yes"]).success();
}

#[test]
fn thousands_of_operators_findings_do_not_stop_a_run() {
    let mut world = world();
    world.quiet = true;
    let mut roster = clean_roster();
    for number in 0..2_000 {
        let name = format!("Person{number:04}");
        let username = name.to_lowercase();
        roster.push_str(
            &entry(0, &name, "Support Engineer", "Nobody")
                .replace("  gitlab:\n    id: 0\n", "  gitlab:\n"),
        );
        world.calendly.add_member(&format!("{username}@example.com"));
    }
    world.project(TEAM).unwrap().add_file(ROSTER, roster);
    let audit = Audit::of(world);
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    assert_eq!(audit.mentioned("alice"), 1);
    let lines =
        audit.notice().body.lines().filter(|line| line.contains("manager-unresolved")).count();
    assert!((1..=101).contains(&lines), "{lines}");
    audit.run_writing_nothing(&["followups", "--yes"]).success();
}

#[test]
fn a_huge_cell_is_read_in_a_moment() {
    for junk in [format!("| {} |", "x".repeat(900_000)), "<!-- sa ".repeat(125_000)] {
        let audit = Audit::new().begin();
        audit.sandbox.update(|world| {
            let issue = world.issue(AUDITS, 1).unwrap();
            let text = issue.description.clone().unwrap();
            issue.description =
                Some(format!("{}\n\n{text}", junk.get(..1_000_000).unwrap_or(&junk)));
        });
        let start = std::time::Instant::now();
        let ran = audit.finish_in_time(audit.command(&["run", "--write", "--yes"]));
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        assert!([0, 6].contains(&ran.code), "{}", ran.stderr);
    }
}

/// Each row of a table was once compared with each column of its head.
#[test]
fn a_table_with_a_wide_head_is_read_in_a_moment() {
    let audit = Audit::new().begin();
    audit.edit(|text| {
        let (head, rule) = ("| Findings |\n", "| --- | --- | --- | --- | --- |\n");
        let wide = format!("| Findings {}|\n", "| a ".repeat(80_000));
        let rows = "| b |\n".repeat(40_000);
        text.replacen(head, &wide, 1).replacen(rule, &format!("{rule}{rows}"), 1)
    });
    let start = std::time::Instant::now();
    let ran = audit.finish_in_time(audit.command(&["run", "--write", "--yes"]));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert!([0, 6].contains(&ran.code), "{}", ran.stderr);
}

#[test]
fn an_outsider_survives_a_crowded_document() {
    let audit = crowd(30);
    audit.hire_vendor();
    audit.run(&["reconcile", "--write", "--yes"]).success();
    assert!(audit.description().contains(VENDOR));
}

#[test]
fn more_comments_than_an_issue_takes_are_refused_before_the_first() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    let written = audit.issues()[0].notes().count();
    audit.sandbox.update(|world| {
        for _ in written..5_000 {
            world.comment(AUDITS, 1, "gus", "Words.").unwrap();
        }
    });
    audit.run_writing_nothing(&["followups", "--yes"]).exit(11);
}
