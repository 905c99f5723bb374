//! `run --write`: the report in the audit's issue, and nothing else touched.

mod choose;
mod conflict;
mod hostile;
mod lost;
mod taken_over;
mod typed;

use expect_test::expect;
use sandbox::Note;

use crate::support::{Ran, TestWorld, Transcript};

const BEGIN: &str = "<!-- support-audit:begin";
const END: &str = "<!-- support-audit:end -->";
const ISSUE: &str = "<!-- support-audit v1 calendly FY28-Q1 issue -->";
const REPORT: &str = "<!-- support-audit v1 calendly FY28-Q1 report -->";

/// A world in which the audit has been begun; its issue is the first.
fn begun() -> TestWorld {
    TestWorld::demo().with_token().with_issue()
}

/// A world in which the report is in the issue.
fn written() -> TestWorld {
    let test = begun();
    write(&test, &[]).success();
    test
}

/// Writes the report without being asked.
fn write(test: &TestWorld, arguments: &[&str]) -> Ran {
    test.run(&[&["run", "--write", "--yes"], arguments].concat())
}

/// Writes the report, and sees that nothing was written to GitLab by that.
#[track_caller]
fn writes_nothing(test: &TestWorld, arguments: &[&str]) -> Ran {
    test.run_writing_nothing(&[&["run", "--write", "--yes"], arguments].concat())
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
fn reports(test: &TestWorld) -> Vec<Note> {
    let [issue] = test.issues().try_into().unwrap();
    issue.notes().filter(|note| is_report(&note.body) && !note.system).cloned().collect()
}

/// Refuses anything but one issue with one region and one comment.
#[track_caller]
fn is_complete(test: &TestWorld) {
    assert_eq!(test.issues().len(), 1);
    let content = test.description();
    region(&content);
    assert_eq!(content.matches(ISSUE).count(), 1, "{content}");
    assert_eq!(reports(test).len(), 1, "{content}");
    let ran = writes_nothing(test, &[]).success();
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
    test.edit(|_| content.clone());
    let ran = write(&test, &[]).success();
    assert!(ran.stdout.contains("## Support Team"), "{}", ran.stdout);
    let content = test.description();
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
    is_complete(&test);
}

#[test]
fn a_description_without_the_section_gets_one_at_its_end() {
    for start in ["", "Text without an end", "# T\n\n```\n## Notes\n```", "- ## Notes"] {
        let test = begun();
        let content = format!("{start}\n\n{ISSUE}");
        test.edit(|_| content.clone());
        write(&test, &[]).success();
        let content = test.description();
        let between = parts(&content).0.strip_prefix(start);
        assert_eq!(between.map(str::trim), Some("## Notes"), "{content}");
        is_complete(&test);
    }
}

#[test]
fn the_first_report_is_recorded_in_a_comment_that_is_never_changed() {
    let test = written();
    let [first] = reports(&test).try_into().unwrap();
    assert!(first.body.contains(&test.roster_commit()), "{}", first.body);
    assert_eq!(first.body.matches("\n| ").count(), 41 + 2 * 2, "{}", first.body);
    assert_eq!(first.author, 457_520);
    test.replace_in_roster("Zuzana", "Suzana");
    write(&test, &[]).success();
    assert!(test.description().contains(&test.roster_commit()));
    assert!(test.description().contains("| Suzana Hrušovská |"));
    let [second] = reports(&test).try_into().unwrap();
    assert_eq!((first.id, first.body), (second.id, second.body));
    assert_eq!(test.sandbox.notifications(), []);
    is_complete(&test);
}

#[test]
fn a_second_run_changes_nothing_also_another_day() {
    let test = written();
    is_complete(&test);
    let test = test.with("SUPPORT_AUDIT_NOW", "2026-11-25T09:00:00Z");
    is_complete(&test);
    writes_nothing(&test, &["--period", "FY28-Q1"]).success();
}

#[test]
fn a_dry_run_shows_the_difference_and_writes_nothing() {
    let test = begun();
    for _ in 0..2 {
        let before = (test.description(), test.sandbox.writes().len());
        let ran = test.run(&["run", "--write", "--dry-run"]).success();
        let added = |line: &str| line.trim().starts_with("+|") && line.contains("Brightwater");
        let shown = ran.stdout.lines().filter(|line| added(line)).count();
        assert_eq!(shown, 1, "{}", ran.stdout);
        assert_eq!((test.description(), test.sandbox.writes().len()), before);
        if reports(&test).is_empty() {
            assert!(ran.stdout.contains("Comment"), "{}", ran.stdout);
            write(&test, &[]).success();
            test.replace_in_roster("Brightwater", "Brightwater Jr");
        } else {
            assert!(!ran.stdout.contains("Comment"), "{}", ran.stdout);
        }
    }
    let is_removed = |line: &str| line.trim().starts_with("-|") && line.contains("Brightwater |");
    let ran = test.run(&["run", "--write", "--dry-run"]).success();
    assert!(ran.stdout.lines().any(is_removed), "{}", ran.stdout);
}

#[test]
fn without_somebody_to_agree_nothing_is_written() {
    let test = begun();
    let mut transcript = Transcript::default();
    for flag in ["--write", "--yes"] {
        transcript.add(flag, test.run_writing_nothing(&["run", "--quiet", flag]).exit(2));
    }
    transcript.is(expect![[r#"
        # --write
        error: this changes things, and nobody is here to agree
        hint: use --yes, or --dry-run
        # --yes
        error: --yes, --dry-run, --issue and --period go with --write
        hint: add --write
    "#]]);
}

#[test]
fn a_local_roster_is_written_too() {
    let test = begun();
    test.write("r.yaml", "- name: Ada\n- name: Bo\n  calendly: https://calendly.com/bo\n");
    let ran = write(&test, &["--roster", "r.yaml", "--exit-code"]).exit(10);
    assert!(ran.stdout.contains("2 people"), "{}", ran.stdout);
    let content = test.description();
    assert_eq!(rows(&content).len(), 2);
    assert!(rows(&content)[0].contains("link-missing"), "{content}");
    writes_nothing(&test, &["--roster", "r.yaml"]).success();
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
    let ran = write(&test, &["--roster", "r.yaml"]).success();
    let content = test.description();
    assert!(content.len() <= 1_048_576);
    assert_eq!(rows(&content).len(), 1, "{}", ran.stderr.len());
    assert!(content.contains("16001 people") && rows(&content)[0].contains("Nobody Linkless"));
    let [issue] = test.issues().try_into().unwrap();
    let bodies: Vec<_> = issue.notes().filter(|note| !note.system).map(|it| &it.body).collect();
    assert!(bodies.len() > 1 && bodies.iter().all(|body| body.chars().count() <= 1_000_000));
    let people = |body: &&String| body.matches("| Person ").count();
    assert_eq!(bodies.iter().map(people).sum::<usize>(), 16_000);
    for (number, body) in (1..).zip(&bodies) {
        let part =
            format!("FY28-Q1 report people=16001 findings=1 part={number}/{} ", bodies.len());
        let marker = body.lines().last().unwrap();
        assert!(marker.contains(&part), "{marker}");
    }
    writes_nothing(&test, &["--roster", "r.yaml"]).success();
}
