//! On a terminal: each answer is decided and stored, then the notice is agreed to.

use super::team::team;
use super::{follow_up, state};
use crate::support::{Terminal, TestWorld};

const RUN: &str = "\"$BIN\" followups > pages";

/// Keys that choose among: leave it, accept it, ask again.
const LEAVE: &str = "\r";
const ACCEPT: &str = "\u{1b}[B\r";
const ASK_AGAIN: &str = "\u{1b}[B\u{1b}[B\r";

/// A team of three who were asked, and the first two of whom have answered.
fn answered() -> TestWorld {
    let test = team(3);
    follow_up(&test, &[]).success();
    test.advance(1);
    test.comment("p001", "On purpose:\nI take no \u{1b}[31mcalls.");
    test.comment("p002", "What is this?");
    test.again()
}

/// Decides at the terminal what is to become of an answer.
fn choose(terminal: &mut Terminal, finding: &str, keys: &str) {
    terminal.wait_for(&format!("What is to become of {finding}"));
    terminal.wait_for("Ask again");
    terminal.press(keys);
}

#[test]
fn each_decision_is_stored_before_the_next_question() {
    let test = answered();
    let mut terminal = Terminal::start(&test, RUN);
    choose(&mut terminal, "link-missing:p001@example.com", ACCEPT);
    terminal.wait_for("Why is it accepted");
    terminal.press("takes no calls\r");
    choose(&mut terminal, "link-missing:p002@example.com", ASK_AGAIN);
    assert_eq!(test.notes_marked("record").len(), 1, "stored before the second question");
    terminal.wait_for("What to say besides");
    terminal.press("see the handbook\r");
    // Whoever stops here has recorded both, in one comment.
    terminal.wait_for("Do this?");
    terminal.interrupt_prompt();
    let shown = terminal.exits(130);
    assert!(!shown.contains("\u{1b}[31mcalls"), "{shown:?}");
    let records = test.notes_marked("record");
    assert_eq!(records.len(), 1, "{records:#?}");
    assert!(records[0].body.contains("`takes no calls`"), "{}", records[0].body);
    assert!(records[0].body.contains("`see the handbook`"), "{}", records[0].body);
    let states = || {
        ["p001", "p002", "p003"]
            .map(|name| state(&test, &format!("link-missing:{name}@example.com")))
    };
    assert_eq!(states(), ["justified", "not asked", "waiting"]);
    assert_eq!(test.notes_marked("notice").len(), 1);

    // The next run asks again, with the operator's words.
    follow_up(&test, &[]).success();
    let notices = test.notes_marked("notice");
    assert_eq!(notices.len(), 2);
    let again = &notices[1].body;
    assert!(again.contains("- @p002: thank you for your reply"), "{again}");
    assert!(again.contains("`olga` writes: `see the handbook`"), "{again}");
    assert!(!again.contains("@p001") && !again.contains("@p003"), "{again}");
    assert_eq!(states(), ["justified", "waiting", "waiting"]);
    test.run_writing_nothing(&["followups", "--yes"]).success();
}

#[test]
fn an_answer_may_wait_and_a_reason_is_needed() {
    let test = answered();
    let before = test.sandbox.writes().len();
    let mut terminal = Terminal::start(&test, RUN);
    choose(&mut terminal, "link-missing:p001@example.com", LEAVE);
    choose(&mut terminal, "link-missing:p002@example.com", ACCEPT);
    terminal.wait_for("Why is it accepted");
    terminal.press("\r");
    let shown = terminal.exits(0);
    assert_eq!(test.sandbox.writes().len(), before, "{shown}");
}

#[test]
fn a_record_that_somebody_changed_meanwhile_is_left_alone() {
    let test = answered();
    let mut terminal = Terminal::start(&test, RUN);
    choose(&mut terminal, "link-missing:p001@example.com", ACCEPT);
    terminal.wait_for("Why is it accepted");
    terminal.press("takes no calls\r");
    terminal.wait_for("What is to become of link-missing:p002@example.com");
    terminal.wait_for("Ask again");
    let record = test.notes_marked("record")[0].clone();
    let edited = format!("Looked at by Olga.\n\n{}", record.body);
    test.sandbox.update(|world| {
        world.edit_comment(crate::support::AUDITS, 1, record.id, &edited).unwrap();
    });
    terminal.press(ACCEPT);
    terminal.wait_for("Why is it accepted");
    terminal.press("is new\r");
    let shown = terminal.exits(0);
    let records = test.notes_marked("record");
    assert_eq!(records.len(), 2, "{shown}");
    assert_eq!(records[0].body, edited);
    assert!(records[1].body.contains("`is new`"), "{}", records[1].body);
}

#[test]
fn the_notice_is_agreed_to_and_planned_anew_if_something_changed() {
    for (answer, asked) in [("y", 1), ("n", 0), ("\r", 0)] {
        let test = team(2);
        let mut terminal = Terminal::start(&test, RUN);
        terminal.wait_for("Do this?");
        terminal.press(answer);
        terminal.exits(0);
        assert_eq!(test.notes_marked("notice").len(), asked, "{answer:?}");
    }
    let test = team(2);
    let mut terminal = Terminal::start(&test, RUN);
    terminal.wait_for("Do this?");
    test.replace_in_roster(
        "  reports_to: Bodil Boss\n- name: Person 002",
        "  reports_to: Bodil Boss\n  calendly: https://calendly.com/p001\n- name: Person 002",
    );
    test.comment("otto", "Nothing to see.");
    terminal.press("y");
    terminal.exits(0);
    // The roster was read a moment ago: its change is seen by the next run.
    assert_eq!(test.notes_marked("notice").len(), 1);
}
