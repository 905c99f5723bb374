//! On a terminal: the plan is agreed to, and each answer is read.

use super::team::team;
use super::{ASKED, follow_up, state};
use crate::support::{Terminal, TestWorld};

const RUN: &str = "\"$BIN\" followups > pages";

/// Keys that choose among: leave it, accept it, ask again.
const LEAVE: &str = "\r";
const ACCEPT: &str = "\u{1b}[B\r";
const ASK_AGAIN: &str = "\u{1b}[B\u{1b}[B\r";

const QUESTION: &str = "What is to become of it";

/// A team of three who were asked, and the first two of whom have answered.
fn answered() -> TestWorld {
    let test = team(3);
    follow_up(&test, &[]).success();
    test.advance(1);
    test.reply("p001", "p001", "On purpose:\nI take no \u{1b}[31mcalls.");
    test.reply("p002", "p002", "What is this?");
    test.again()
}

/// Says at a choice what is to become of an answer.
fn choose(terminal: &mut Terminal, finding: &str, keys: &str) {
    terminal.wait_for(finding);
    terminal.wait_for(QUESTION);
    terminal.wait_for("Ask again");
    terminal.press(keys);
}

fn agree(terminal: &mut Terminal, answer: &str) {
    terminal.wait_for("Do this?");
    terminal.press(answer);
}

#[test]
fn the_plan_is_agreed_to() {
    for (answer, asked) in [("y", 2), ("n", 0), ("\r", 0)] {
        let test = team(2);
        let mut terminal = Terminal::start(&test, RUN);
        terminal.wait_for("@p002: ");
        agree(&mut terminal, answer);
        let shown = terminal.exits(0);
        assert_eq!(test.notes_with(ASKED).len(), asked, "{answer:?}: {shown}");
        let pages = std::fs::read_to_string(test.path("pages")).unwrap();
        assert_eq!(pages.lines().count(), asked, "{pages}");
        assert!(!shown.contains(QUESTION), "{shown}");
    }
}

#[test]
fn each_answer_is_read_and_something_becomes_of_it() {
    let test = answered();
    let mut terminal = Terminal::start(&test, RUN);
    choose(&mut terminal, "link-missing:p001@example.com", ACCEPT);
    terminal.wait_for("Why is it accepted");
    terminal.press("takes no calls\r");
    terminal.wait_for("Reason: takes no calls");
    agree(&mut terminal, "y");
    choose(&mut terminal, "link-missing:p002@example.com", ASK_AGAIN);
    terminal.wait_for("What to say besides");
    terminal.press("see the handbook\r");
    agree(&mut terminal, "y");
    let shown = terminal.exits(0);
    assert!(shown.contains("p001 answered:\r\n  | On purpose:\r\n  | I take no"), "{shown:?}");
    assert!(!shown.contains("\u{1b}[31mcalls"), "{shown:?}");
    let states =
        ["p001", "p002", "p003"].map(|it| state(&test, &format!("link-missing:{it}@example.com")));
    assert_eq!(states, ["justified", "waiting", "waiting"], "{shown}");
    assert_eq!((test.mentions()["p001"], test.mentions()["p002"]), (1, 2));
    assert_eq!(test.notes_with("Reason: see the handbook").len(), 1);
    let pages = std::fs::read_to_string(test.path("pages")).unwrap();
    assert_eq!(pages.lines().count(), 2, "{pages}");
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
    // Only those that are named are asked about.
    let mut terminal = Terminal::start(&test, "\"$BIN\" followups --only p002");
    choose(&mut terminal, "link-missing:p002@example.com", LEAVE);
    let shown = terminal.exits(0);
    assert!(!shown.contains("p001@"), "{shown}");
}

#[test]
fn an_interrupt_loses_nothing_that_was_said() {
    let script = "\"$BIN\" followups > pages";
    let test = answered();
    let mut terminal = Terminal::start(&test, script);
    choose(&mut terminal, "link-missing:p001@example.com", ACCEPT);
    terminal.wait_for("Why is it accepted");
    terminal.press("takes no calls\r");
    agree(&mut terminal, "y");
    terminal.wait_for("link-missing:p002@example.com");
    terminal.wait_for("Ask again");
    terminal.interrupt_prompt();
    terminal.exits(130);
    assert_eq!(test.notes_marked("accept").len(), 1);
    assert_eq!(state(&test, "link-missing:p001@example.com"), "justified");

    // The next run resolves the first thread, and asks about the second answer alone.
    let test = test.again();
    let mut terminal = Terminal::start(&test, script);
    terminal.wait_for("Resolve the thread");
    agree(&mut terminal, "y");
    choose(&mut terminal, "link-missing:p002@example.com", LEAVE);
    terminal.exits(0);

    let test = team(2);
    let mut terminal = Terminal::start(&test, script);
    terminal.wait_for("Do this?");
    terminal.interrupt_prompt();
    terminal.exits(130);
    assert!(test.sandbox.writes().is_empty());
}

#[test]
fn what_is_not_the_operators_to_accept_is_told_and_the_rest_goes_on() {
    let test = team(1);
    test.replace_in_roster("  calendly: https://calendly.com/olga\n", "");
    follow_up(&test, &[]).success();
    test.advance(1);
    test.reply("olga", "olga", "It is me.");
    test.reply("p001", "p001", "On purpose.");
    let test = test.again();
    let mut terminal = Terminal::start(&test, RUN);
    choose(&mut terminal, "link-missing:olga@example.com", ACCEPT);
    terminal.wait_for("Why is it accepted");
    terminal.press("me\r");
    terminal.wait_for("another operator has to accept it");
    choose(&mut terminal, "link-missing:p001@example.com", ACCEPT);
    terminal.wait_for("Why is it accepted");
    terminal.press("takes no calls\r");
    agree(&mut terminal, "y");
    terminal.exits(0);
    assert_eq!(test.notes_marked("accept").len(), 1);
}
