//! On a terminal: the plan is agreed to, and each answer is read.

use super::team::{again, team};
use super::{ASKED, follow_up, holding, hours, marked, mentions, replace, reply, state};
use crate::support::Test;
use crate::terminal::{Terminal, is_restored};

const RUN: &str = "\"$BIN\" followups > pages; echo code:$?";

/// Keys that choose among: leave it, accept it, ask again.
const LEAVE: &str = "\r";
const ACCEPT: &str = "\u{1b}[B\r";
const ASK_AGAIN: &str = "\u{1b}[B\u{1b}[B\r";

const QUESTION: &str = "What is to become of it";

/// The same world at its own instant, on a terminal.
fn on_terminal(test: &Test) -> Test {
    let now = test.sandbox.update(|world| world.now.to_string());
    again(test).with("SUPPORT_AUDIT_NOW", now)
}

/// A team of three who were asked, and the first two of whom have answered.
fn answered() -> Test {
    let test = team(3);
    assert_eq!(follow_up(&test, &[]).code, 0);
    hours(&test, 1);
    reply(&test, "p001", "p001", "On purpose:\nI take no \u{1b}[31mcalls.");
    reply(&test, "p002", "p002", "What is this?");
    on_terminal(&test)
}

/// Says at a choice what is to become of an answer.
fn choose(terminal: &mut Terminal, finding: &str, keys: &str) {
    terminal.waits_for(finding);
    terminal.waits_for(QUESTION);
    terminal.waits_for("Ask again");
    terminal.presses(keys);
}

fn agree(terminal: &mut Terminal, answer: &str) {
    terminal.waits_for("Do this?");
    terminal.presses(answer);
}

#[test]
fn the_plan_is_agreed_to() {
    for (answer, asked) in [("y", 2), ("n", 0), ("\r", 0)] {
        let test = team(2);
        let mut terminal = Terminal::start(&test, RUN);
        terminal.waits_for("@p002: ");
        agree(&mut terminal, answer);
        let shown = terminal.ends();
        assert!(shown.contains("code:0"), "{shown}");
        assert_eq!(holding(&test, ASKED).len(), asked, "{answer:?}: {shown}");
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
    terminal.waits_for("Why is it accepted");
    terminal.presses("takes no calls\r");
    terminal.waits_for("Reason: takes no calls");
    agree(&mut terminal, "y");
    choose(&mut terminal, "link-missing:p002@example.com", ASK_AGAIN);
    terminal.waits_for("What to say besides");
    terminal.presses("see the handbook\r");
    agree(&mut terminal, "y");
    let shown = terminal.ends();
    assert!(shown.contains("code:0"), "{shown}");
    assert!(shown.contains("p001 answered:\r\n  | On purpose:\r\n  | I take no"), "{shown:?}");
    assert!(!shown.contains("\u{1b}[31mcalls"), "{shown:?}");
    let states =
        ["p001", "p002", "p003"].map(|it| state(&test, &format!("link-missing:{it}@example.com")));
    assert_eq!(states, ["justified", "waiting", "waiting"], "{shown}");
    assert_eq!((mentions(&test)["p001"], mentions(&test)["p002"]), (1, 2));
    assert_eq!(holding(&test, "Reason: see the handbook").len(), 1);
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
    terminal.waits_for("Why is it accepted");
    terminal.presses("\r");
    let shown = terminal.ends();
    assert!(shown.contains("code:0"), "{shown}");
    assert_eq!(test.sandbox.writes().len(), before, "{shown}");
    // Only those that are named are asked about.
    let mut terminal = Terminal::start(&test, "\"$BIN\" followups --only p002; echo code:$?");
    choose(&mut terminal, "link-missing:p002@example.com", LEAVE);
    let shown = terminal.ends();
    assert!(shown.contains("code:0") && !shown.contains("p001@"), "{shown}");
}

#[test]
fn an_interrupt_loses_nothing_that_was_said() {
    let script = r#"before=$(stty -g); "$BIN" followups > pages; echo code:$?
if [ "$before" = "$(stty -g)" ]; then echo as before; fi; stty -a"#;
    let test = answered();
    let mut terminal = Terminal::start(&test, script);
    choose(&mut terminal, "link-missing:p001@example.com", ACCEPT);
    terminal.waits_for("Why is it accepted");
    terminal.presses("takes no calls\r");
    agree(&mut terminal, "y");
    terminal.waits_for("link-missing:p002@example.com");
    terminal.waits_for("Ask again");
    terminal.interrupts_prompt();
    is_restored(&terminal.ends());
    assert_eq!(marked(&test, "accept").len(), 1);
    assert_eq!(state(&test, "link-missing:p001@example.com"), "justified");

    // The next run resolves the first thread, and asks about the second answer alone.
    let test = on_terminal(&test);
    let mut terminal = Terminal::start(&test, script);
    terminal.waits_for("Resolve the thread");
    agree(&mut terminal, "y");
    choose(&mut terminal, "link-missing:p002@example.com", LEAVE);
    let shown = terminal.ends();
    assert!(shown.contains("code:0"), "{shown}");

    let test = team(2);
    let mut terminal = Terminal::start(&test, script);
    terminal.waits_for("Do this?");
    terminal.interrupts_prompt();
    is_restored(&terminal.ends());
    assert!(test.sandbox.writes().is_empty());
}

#[test]
fn what_is_not_the_operators_to_accept_is_told_and_the_rest_goes_on() {
    let test = team(1);
    replace(&test, "  calendly: https://calendly.com/olga\n", "");
    assert_eq!(follow_up(&test, &[]).code, 0);
    hours(&test, 1);
    reply(&test, "olga", "olga", "It is me.");
    reply(&test, "p001", "p001", "On purpose.");
    let test = on_terminal(&test);
    let mut terminal = Terminal::start(&test, RUN);
    choose(&mut terminal, "link-missing:olga@example.com", ACCEPT);
    terminal.waits_for("Why is it accepted");
    terminal.presses("me\r");
    terminal.waits_for("another operator has to accept it");
    choose(&mut terminal, "link-missing:p001@example.com", ACCEPT);
    terminal.waits_for("Why is it accepted");
    terminal.presses("takes no calls\r");
    agree(&mut terminal, "y");
    let shown = terminal.ends();
    assert!(shown.contains("code:0"), "{shown}");
    assert_eq!(marked(&test, "accept").len(), 1);
}
