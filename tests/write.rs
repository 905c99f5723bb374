//! `run --write`: the report in the audit's issue, and nothing else touched.

mod choose;
mod conflict;
mod hostile;
mod lost;
mod taken_over;
mod typed;

use sandbox::{Note, World};

use crate::support::{AUDITS, Ran, Test};

const TEAM: &str = "gitlab-com/support/team";
const ROSTER: &str = "data/support-team.yaml";
const BEGIN: &str = "<!-- support-audit:begin";
const END: &str = "<!-- support-audit:end -->";
const ISSUE: &str = "<!-- support-audit v1 calendly FY28-Q1 issue -->";
const REPORT: &str = "<!-- support-audit v1 calendly FY28-Q1 report -->";

/// A world in which the audit has been begun; its issue is the first.
fn begun() -> Test {
    let test = Test::audit();
    assert_eq!(test.run(&["init-issue", "--yes"]).code, 0);
    test
}

/// A world in which the report is in the issue.
fn written() -> Test {
    let test = begun();
    assert_eq!(write(&test, &[]).code, 0);
    test
}

/// Writes the report without being asked.
fn write(test: &Test, arguments: &[&str]) -> Ran {
    test.run(&[&["run", "--write", "--yes"], arguments].concat())
}

/// Writes the report, and sees that nothing was written to GitLab by that.
#[track_caller]
fn writes_nothing(test: &Test, arguments: &[&str]) -> Ran {
    let before = test.sandbox.writes().len();
    let ran = write(test, arguments);
    let after: Vec<_> = test.sandbox.writes().into_iter().skip(before).collect();
    assert!(after.is_empty(), "{after:?}\n{}", ran.stderr);
    ran
}

/// The description of the first issue.
fn description(test: &Test) -> String {
    test.issues()[0].description.clone().unwrap_or_default()
}

/// Somebody else changes the description of the first issue.
fn edit(world: &mut World, change: impl Fn(&str) -> String) {
    let old = world.issue(AUDITS, 1).unwrap().description.clone().unwrap_or_default();
    let new = change(&old);
    assert_ne!(new, old, "the edit changes nothing");
    world.edit_description(AUDITS, 1, "nadeyemi", &new).unwrap();
}

/// Somebody else replaces a text by another, once.
#[track_caller]
fn replace(test: &Test, from: &str, to: &str) {
    assert!(description(test).contains(from), "{from:?} is not in {}", description(test));
    test.sandbox.update(|world| edit(world, |content| content.replacen(from, to, 1)));
}

/// Changes the roster.
fn change_roster(test: &Test, change: impl Fn(&str) -> String) {
    test.sandbox.update(|world| {
        let project = world.project(TEAM).unwrap();
        let old = project.repository.head().unwrap().files[ROSTER].bytes.to_vec();
        let old = String::from_utf8(old).unwrap();
        let new = change(&old);
        assert_ne!(new, old, "the change changes nothing");
        project.add_file(ROSTER, new);
    });
}

/// A description in three parts: what stands before the one region of ours, the region with its
/// marks, and what stands behind it.
#[track_caller]
fn parts(content: &str) -> (&str, &str, &str) {
    let mut at = 0;
    let (mut begins, mut ends) = (Vec::new(), Vec::new());
    for line in content.split_inclusive('\n') {
        if line.starts_with(BEGIN) {
            begins.push(at);
        } else if line.trim_end() == END {
            ends.push(at + END.len());
        }
        at += line.len();
    }
    assert_eq!((begins.len(), ends.len()), (1, 1), "{content}");
    assert!(begins[0] < ends[0], "{content}");
    let (rest, after) = content.split_at(ends[0]);
    let (before, inside) = rest.split_at(begins[0]);
    (before, inside, after)
}

/// The region of ours with its marks.
#[track_caller]
fn region(content: &str) -> &str {
    parts(content).1
}

/// The rows of the people, without their line breaks.
fn rows(content: &str) -> Vec<&str> {
    let (_, table) = region(content).split_once("### Support Team\n\n").unwrap();
    table.lines().skip(2).take_while(|line| line.starts_with('|')).collect()
}

/// Whether a comment ends in the marker of a report, whatever words stand behind those of [`REPORT`].
fn is_report(body: &str) -> bool {
    let beginning = REPORT.trim_end_matches(" -->");
    let last = body.lines().last().unwrap_or_default();
    last.strip_prefix(beginning).is_some_and(|rest| rest.starts_with(' ') && rest.ends_with(" -->"))
}

/// The comments that record the report.
fn reports(test: &Test) -> Vec<Note> {
    let [issue] = test.issues().try_into().unwrap();
    issue.notes().filter(|note| is_report(&note.body) && !note.system).cloned().collect()
}

/// Refuses anything but one issue with one region and one comment.
#[track_caller]
fn is_whole(test: &Test) {
    assert_eq!(test.issues().len(), 1);
    let content = description(test);
    region(&content);
    assert_eq!(content.matches(ISSUE).count(), 1, "{content}");
    assert_eq!(reports(test).len(), 1, "{content}");
    let ran = writes_nothing(test, &[]).ends_with(0);
    assert!(ran.stderr.to_lowercase().contains("nothing to do"), "{}", ran.stderr);
}

#[test]
fn the_report_lands_under_notes_and_all_else_stays_byte_for_byte() {
    let head =
        "# Audit  \n\n```\n## Notes\n```\n\n> ## Notes\n\n\tcode\n\n## Notes\n\n- [x] *done*\n\n\n";
    let tail =
        "## Later\n\n* a\n\t* b  \n\n\n<details>\n\nx\n\n</details>\n\n## Notes\n\nNot here.";
    let test = begun();
    let content = format!("{head}{tail}\n\n{ISSUE}");
    test.sandbox.update(|world| edit(world, |_| content.clone()));
    let ran = write(&test, &[]).ends_with(0);
    assert!(ran.stdout.contains("## Support Team"), "{}", ran.stdout);
    let content = description(&test);
    assert!(content.starts_with(head), "{content}");
    assert!(content.ends_with(&format!("{tail}\n\n{ISSUE}")), "{content}");
    let (before, inside, after) = parts(&content);
    assert_eq!(before.strip_prefix(head).map(str::trim), Some(""));
    assert!(after.trim_start().starts_with("## Later"), "{content}");
    for part in ["\n### Support Team\n", "\n### Those in Calendly but not part of support team\n"] {
        assert_eq!(inside.matches(part).count(), 1, "{inside}");
    }
    assert_eq!(rows(&content).len(), 41);
    assert!(rows(&content)[0].starts_with("| Anahí Quispe Mamani |"), "{}", rows(&content)[0]);
    is_whole(&test);
}

#[test]
fn a_description_without_the_section_gets_one_at_its_end() {
    for start in ["", "Text without an end", "# T\n\n```\n## Notes\n```", "- ## Notes"] {
        let test = begun();
        let content = format!("{start}\n\n{ISSUE}");
        test.sandbox.update(|world| edit(world, |_| content.clone()));
        assert_eq!(write(&test, &[]).code, 0);
        let content = description(&test);
        let between = parts(&content).0.strip_prefix(start);
        assert_eq!(between.map(str::trim), Some("## Notes"), "{content}");
        is_whole(&test);
    }
}

#[test]
fn the_first_report_is_recorded_in_a_comment_that_is_never_changed() {
    let test = written();
    let [first] = reports(&test).try_into().unwrap();
    let commit = |test: &Test| {
        test.sandbox
            .update(|world| world.project(TEAM).unwrap().repository.head().unwrap().id.clone())
    };
    assert!(first.body.contains(&commit(&test)), "{}", first.body);
    assert_eq!(first.body.matches("\n| ").count(), 41 + 2 * 2, "{}", first.body);
    assert_eq!(first.author, 457_520);
    change_roster(&test, |content| content.replacen("Zuzana", "Suzana", 1));
    assert_eq!(write(&test, &[]).code, 0);
    assert!(description(&test).contains(&commit(&test)));
    assert!(description(&test).contains("| Suzana Hrušovská |"));
    let [second] = reports(&test).try_into().unwrap();
    assert_eq!((first.id, first.body), (second.id, second.body));
    assert_eq!(test.sandbox.notifications(), []);
    is_whole(&test);
}

#[test]
fn a_second_run_changes_nothing_also_another_day() {
    let test = written();
    is_whole(&test);
    let test = test.with("SUPPORT_AUDIT_NOW", "2026-11-25T09:00:00Z");
    is_whole(&test);
    assert_eq!(writes_nothing(&test, &["--period", "FY28-Q1"]).code, 0);
}

#[test]
fn a_dry_run_shows_the_difference_and_writes_nothing() {
    let test = begun();
    for _ in 0..2 {
        let before = (description(&test), test.sandbox.writes().len());
        let ran = test.run(&["run", "--write", "--dry-run"]).ends_with(0);
        let added = |line: &str| line.trim().starts_with("+|") && line.contains("Brightwater");
        let shown = ran.stdout.lines().filter(|line| added(line)).count();
        assert_eq!(shown, 1, "{}", ran.stdout);
        assert_eq!((description(&test), test.sandbox.writes().len()), before);
        if reports(&test).is_empty() {
            assert!(ran.stdout.contains("Comment"), "{}", ran.stdout);
            assert_eq!(write(&test, &[]).code, 0);
            change_roster(&test, |content| content.replacen("Brightwater", "Brightwater Jr", 1));
        } else {
            assert!(!ran.stdout.contains("Comment"), "{}", ran.stdout);
        }
    }
    let is_removed = |line: &str| line.trim().starts_with("-|") && line.contains("Brightwater |");
    let ran = test.run(&["run", "--write", "--dry-run"]).ends_with(0);
    assert!(ran.stdout.lines().any(is_removed), "{}", ran.stdout);
}

#[test]
fn without_somebody_to_agree_nothing_is_written() {
    let test = begun();
    let ran = test.run(&["run", "--write"]).ends_with(2);
    assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    assert_eq!(test.sandbox.writes().len(), 1);
    let ran = test.run(&["run", "--yes"]);
    assert_eq!(test.sandbox.writes().len(), 1, "written without --write: {}", ran.stderr);
}

#[test]
fn a_local_roster_is_written_too() {
    let test = begun();
    test.write("r.yaml", "- name: Ada\n- name: Bo\n  calendly: https://calendly.com/bo\n");
    let ran = write(&test, &["--roster", "r.yaml", "--exit-code"]).ends_with(10);
    assert!(ran.stdout.contains("2 people"), "{}", ran.stdout);
    let content = description(&test);
    assert_eq!(rows(&content).len(), 2);
    assert!(rows(&content)[0].contains("link-missing"), "{content}");
    assert_eq!(writes_nothing(&test, &["--roster", "r.yaml"]).code, 0);
}

#[test]
fn a_team_beyond_the_limit_keeps_its_findings_in_the_description() {
    let test = begun();
    let mut roster = String::from("- name: Nobody Linkless\n  email: nobody@example.com\n");
    for number in 0..16_000 {
        roster.push_str(&format!(
            "- name: Person {number}\n  calendly: https://calendly.com/person{number}\n"
        ));
    }
    test.write("r.yaml", roster);
    let ran = write(&test, &["--roster", "r.yaml"]).ends_with(0);
    let content = description(&test);
    assert!(content.len() <= 1_048_576);
    assert_eq!(rows(&content).len(), 1, "{}", ran.stderr.len());
    assert!(content.contains("16001 people") && rows(&content)[0].contains("Nobody Linkless"));
    let [issue] = test.issues().try_into().unwrap();
    let bodies: Vec<_> = issue.notes().filter(|note| !note.system).map(|it| &it.body).collect();
    assert!(bodies.len() > 1 && bodies.iter().all(|body| body.chars().count() <= 1_000_000));
    let people = |body: &&String| body.matches("| Person ").count();
    assert_eq!(bodies.iter().map(people).sum::<usize>(), 16_000);
    for (number, body) in (1..).zip(&bodies) {
        let part = format!("FY28-Q1 report part={number}/{} people=16001 -->", bodies.len());
        assert!(body.ends_with(&part), "{:?}", body.lines().last());
    }
    assert_eq!(writes_nothing(&test, &["--roster", "r.yaml"]).code, 0);
}
