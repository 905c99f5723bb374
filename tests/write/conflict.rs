//! Others who write at the same time.

use expect_test::expect;
use sandbox::{Answer, Done, Fault, FaultKind, World};

use super::{begun, is_complete, reports, write, writes_nothing, written};
use crate::support::{AUDITS, NOW, TestWorld, edit_description};

const ISSUE_PATH: &str = "/issues/1";
const NOTES_PATH: &str = "/issues/1/notes";
const WORDS: &str = "I moved to Zendesk, *Ada*.";

/// Somebody adds a line to the end of the description's first section.
fn speak(world: &mut World) {
    edit_description(world, |content| {
        content.replacen("## Notes", &format!("{WORDS}\n\n## Notes"), 1)
    });
}

/// Lets `change` happen just before the request of this number among those that read the issue
/// by itself; the first is the look before a writing, the second that after it.
fn before_look(test: &TestWorld, number: usize, change: fn(&mut World)) {
    // The notes are read once, at an address that begins with the issue's.
    test.sandbox.before(NOTES_PATH, "GET", |_| {});
    for _ in 1..number {
        test.sandbox.before(ISSUE_PATH, "GET", |_| {});
    }
    test.sandbox.before(ISSUE_PATH, "GET", change);
}

/// Refuses an end other than a report beside the words.
#[track_caller]
fn settles(test: &TestWorld, ran: crate::support::Ran) {
    ran.success();
    is_complete(test);
    assert!(test.description().contains(WORDS), "the words are lost: {}", test.description());
    write(test, &[]).success();
    assert!(test.description().contains(WORDS));
    is_complete(test);
}

#[test]
fn words_written_between_our_read_and_our_writing_are_kept() {
    for (start, is_first) in [(begun as fn() -> TestWorld, true), (written, false)] {
        for hook in [
            |test: &TestWorld| before_look(test, 1, speak),
            |test: &TestWorld| {
                test.sandbox.before(NOTES_PATH, "GET", speak);
            },
        ] {
            let test = start();
            if !is_first {
                test.replace_in_roster("Rosalind", "Rose");
            }
            hook(&test);
            settles(&test, write(&test, &[]));
        }
    }
}

#[test]
fn words_written_just_after_our_writing_are_kept() {
    let test = begun();
    before_look(&test, 2, speak);
    settles(&test, write(&test, &[]));
}

/// Before each writing the notes are read, and then the description; whoever types between the two readings
/// makes it merge once more.
#[test]
fn a_description_that_changes_before_each_of_our_looks_is_merged_three_times() {
    for (typed, code) in [(3, 0), (10, 6)] {
        let test = written();
        test.replace_in_roster("Rosalind", "Rose");
        let report = super::region(&test.description()).to_owned();
        for number in 1..=typed {
            test.sandbox.before(NOTES_PATH, "GET", move |world| {
                let line = format!("Line {number}.\n\n## Notes");
                edit_description(world, |content| content.replacen("## Notes", &line, 1));
            });
        }
        let (ran, writes) = test.writes_during(|| write(&test, &[]));
        ran.exit(code);
        let content = test.description();
        let kept = (1..=typed).filter(|number| content.contains(&format!("Line {number}.\n")));
        // The fourth look is the last one: it finds the description unchanged, or is one too many.
        assert_eq!((kept.count(), writes.len()), if code == 0 { (3, 1) } else { (4, 0) });
        assert_eq!(super::region(&content) == report, code == 6, "{content}");
        // Whoever runs it again starts from what they wrote.
        let again = test.again();
        write(&again, &[]).success();
        assert!(again.description().contains("Line 3.\n"), "{}", again.description());
        is_complete(&again);
    }
}

#[test]
fn words_written_in_the_moment_of_our_writing_are_not_lost_in_silence() {
    let test = begun();
    test.sandbox.before(ISSUE_PATH, "PUT", speak);
    let ran = write(&test, &[]);
    let is_kept = test.description().contains(WORDS);
    assert!(is_kept || ran.code == 6, "code {}: {}", ran.code, ran.stderr);
}

#[test]
fn a_region_that_somebody_removes_after_our_write_is_reported() {
    let test = begun();
    before_look(&test, 2, |world| {
        edit_description(world, |content| content.split_once("<!--").unwrap().0.to_owned());
    });
    write(&test, &[]).exit(6);
}

#[test]
fn a_change_at_the_same_moment_that_gitlab_refuses_is_a_conflict() {
    let test = begun();
    let kind = FaultKind::Answer(Answer::resource_lock());
    test.sandbox.inject(Fault::new(ISSUE_PATH, kind).method("PUT"));
    let before = test.description();
    let ran = write(&test, &[]).exit(6);
    assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
    assert_eq!(test.description(), before);
    assert_eq!((test.sandbox.writes().len(), reports(&test).len()), (2, 0));
    write(&test, &[]).success();
    is_complete(&test);
}

#[test]
fn an_audit_that_is_closed_meanwhile_is_not_written_into() {
    let test = begun();
    let before = test.description();
    before_look(&test, 1, |world| {
        let done = Done { at: NOW.parse().unwrap(), by: 441_680 };
        world.issue(AUDITS, 1).unwrap().closed = Some(done);
    });
    let ran = writes_nothing(&test, &[]);
    assert!([6, 11].contains(&ran.code), "{ran:?}");
    assert_eq!(test.description(), before);
}

#[test]
fn broken_marks_are_reported_and_left_alone() {
    let test = written();
    test.replace_in_roster("Rosalind", "Rose");
    test.replace(super::END, "");
    let before = test.description();
    writes_nothing(&test, &[]).exit(6).messages_are(expect![[r#"
        error: https://gitlab.test/[audits]/-/issues/1: the marks around the report are broken: the lower one is gone
        hint: `run --write --adopt --dry-run` shows how the report would be taken over
    "#]]);
    assert_eq!(test.description(), before);
    write(&test, &["--adopt"]).success();
    is_complete(&test);
}

#[test]
fn an_issue_with_carriage_returns_is_written_like_any_other() {
    let test = begun();
    let crlf = |world: &mut World| {
        let content = &mut world.issue(AUDITS, 1).unwrap().description;
        *content = content.take().map(|content| content.replace('\n', "\r\n"));
    };
    test.sandbox.update(crlf);
    write(&test, &[]).success();
    is_complete(&test);
    test.replace("link-missing <!--", "link-missing on leave <!--");
    test.sandbox.update(crlf);
    test.replace_in_roster("Rosalind", "Rose");
    write(&test, &[]).success();
    let content = test.description();
    assert_eq!(super::rows(&content).len(), 41, "{content}");
    assert_eq!(content.matches("on leave").count(), 1, "{content}");
    assert!(content.contains("| link-missing on leave <!--"), "{content}");
    is_complete(&test);
}

#[test]
fn words_inside_our_marks_are_a_conflict_and_are_kept() {
    let test = written();
    test.replace_in_roster("Rosalind", "Rose");
    before_look(&test, 1, |world| {
        edit_description(world, |content| content.replacen("| <!-- sa", "| on leave <!-- sa", 1));
    });
    let ran = writes_nothing(&test, &[]).exit(6);
    assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
    write(&test, &[]).success();
    assert!(test.description().contains("| on leave <!-- sa"), "{}", test.description());
}
