//! Narrow terminals, wide letters, terminals that cannot move, and waits that are counted down.

use std::time::Duration;

use sandbox::{Answer, Fault, FaultKind};
use unicode_width::UnicodeWidthStr as _;

use crate::support::{Terminal, TestWorld};

/// A roster whose names are narrow, wide, and made of more marks than letters.
const NAMES: [&str; 5] = ["Ada", "小鳥遊 湊", "Z\u{301}u\u{308}zana", "한국 사람", "M\u{e4}rta"];

fn roster() -> TestWorld {
    let test = TestWorld::demo();
    let entries = NAMES.map(|name| format!("- name: \"{name}\"\n  gitlab: {{username: x}}\n"));
    test.write("roster.yaml", entries.concat());
    test
}

#[test]
fn columns_stand_below_each_other() {
    let arguments = ["run", "--roster", "roster.yaml", "--format", "table"];
    let ran = roster().run(&arguments).success();
    let places: Vec<usize> = NAMES
        .iter()
        .map(|name| {
            let line = ran.stdout.lines().find(|line| line.starts_with(name)).unwrap();
            let (before, _) = line.split_once("link-missing").unwrap();
            before.width()
        })
        .collect();
    assert!(places.windows(2).all(|pair| pair[0] == pair[1]), "{places:?}\n{}", ran.stdout);
}

/// Progress and prompts go on where lines are shorter than what they show.
#[test]
fn nothing_breaks_in_forty_columns() {
    let test = TestWorld::demo().with_token().with_accounts();
    let script = "stty cols 40 rows 12; \"$BIN\" run > report && \"$BIN\" init-issue > url";
    let mut terminal = Terminal::start(&test, script);
    terminal.wait_for("Do this?");
    terminal.press("y");
    let shown = terminal.exits(0);
    assert!(!shown.contains("panicked"), "{shown}");
    assert_eq!(test.sandbox.writes().len(), 1);
    let report = test.read("report");
    assert_eq!(report, test.run(&["run"]).success().stdout);
}

#[test]
fn the_guide_fits_forty_columns() {
    let test = TestWorld::demo().with_token().with_accounts();
    let script = "stty cols 40 rows 12; \"$BIN\"";
    let mut terminal = Terminal::start(&test, script);
    terminal.wait_for("What next");
    terminal.choose("Save the report", "Leave");
    terminal.wait_for("the report is in audit_output.txt");
    terminal.wait_for("What next");
    terminal.choose("Leave", "Leave");
    terminal.exits(0);
}

#[test]
fn a_rate_limit_is_counted_down() {
    let answer = Answer::too_many_requests_json().header("retry-after", "3");
    for (variable, counts) in [("", true), ("TERM=dumb", false)] {
        let test = TestWorld::demo().with_token().with("SUPPORT_AUDIT_NOW", "");
        test.sandbox.inject(Fault::new("", FaultKind::Answer(answer.clone())));
        let started = std::time::Instant::now();
        let script = format!("{variable} \"$BIN\" run > report");
        let shown = Terminal::start(&test, &script).exits(0);
        assert!(started.elapsed() >= Duration::from_secs(3), "{shown}");
        assert!(shown.contains("rate limited: attempt"), "{shown}");
        assert_eq!(shown.contains("waiting 2 s"), counts, "{shown:?}");
        assert_eq!(shown.contains("waiting 1 s"), counts, "{shown:?}");
        assert_eq!(shown.contains('\u{1b}'), counts, "{shown:?}");
    }
}
