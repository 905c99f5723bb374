//! What happens on a terminal: prompts, interrupts, progress, colour.

use std::time::Duration;

use sandbox::{Fault, FaultKind};

use crate::keyring::{Keyring, Lock};
use crate::support::{GITLAB_TOKEN, Terminal, TestWorld};

/// Runs a script on which nobody has to type anything.
#[track_caller]
fn watch(test: &TestWorld, script: &str) -> String {
    Terminal::script(test, script).finish()
}

/// Whether a text has colours or other looks.
fn has_color(text: &str) -> bool {
    text.split("\u{1b}[").skip(1).any(|sequence| {
        sequence
            .trim_start_matches(|digit: char| digit.is_ascii_digit() || digit == ';')
            .starts_with('m')
    })
}

#[test]
fn run_without_a_token_asks_for_it_unseen() {
    let test = TestWorld::demo();
    let mut terminal = Terminal::start(&test, "\"$BIN\" run > audit_output.txt");
    terminal.wait_for(&format!("GitLab token for {}", test.gitlab_host()));
    terminal.type_line(GITLAB_TOKEN);
    let shown = terminal.exits(0);
    assert!(!shown.contains(GITLAB_TOKEN), "{shown}");
    assert!(!shown.to_lowercase().contains("keep"), "there is no keyring: {shown}");
    assert!(test.tokens_sent().iter().all(|(_, token)| token == GITLAB_TOKEN));

    let report = test.read("audit_output.txt");
    assert_eq!(report, test.with_token().run(&["run"]).success().stdout);
}

#[test]
fn a_bad_token_at_the_prompt_ends_with_3() {
    for token in ["glpat-strange", "s3cret with spaces"] {
        let test = TestWorld::demo();
        let mut terminal = Terminal::start(&test, "\"$BIN\" run -vv");
        terminal.wait_for("GitLab token");
        terminal.type_line(token);
        let shown = terminal.exits(3);
        assert!(!shown.contains(token), "{shown}");
    }
}

#[test]
fn a_token_from_the_prompt_is_kept_if_the_user_wants() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    for (answer, kept) in [("y", Some(GITLAB_TOKEN)), ("n", None)] {
        let test = keyring.user();
        let mut terminal = Terminal::start(&test, "\"$BIN\" run > report");
        terminal.wait_for("GitLab token");
        terminal.type_line(GITLAB_TOKEN);
        terminal.wait_for("eep it");
        terminal.type_line(answer);
        let shown = terminal.exits(0);
        assert!(!shown.contains(GITLAB_TOKEN), "{shown}");
        assert_eq!(keyring.token(&test.gitlab_host()).as_deref(), kept, "{answer}: {shown}");
    }
}

/// It would be taken the next time, and refused again without a question.
#[test]
fn a_refused_token_is_not_kept() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    let mut terminal = Terminal::start(&test, "\"$BIN\" run > report");
    terminal.wait_for("GitLab token");
    terminal.type_line("glpat-strange");
    let shown = terminal.exits(3);
    assert!(!shown.contains("eep it"), "{shown}");
    assert_eq!(keyring.token(&test.gitlab_host()), None);
}

#[test]
fn login_asks_on_a_terminal() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    let mut terminal = Terminal::start(&test, "\"$BIN\" auth login");
    terminal.wait_for("GitLab token");
    terminal.type_line(GITLAB_TOKEN);
    let shown = terminal.exits(0);
    assert!(!shown.contains(GITLAB_TOKEN), "{shown}");
    assert_eq!(keyring.token(&test.gitlab_host()).as_deref(), Some(GITLAB_TOKEN));
}

/// Does the same several times at once: what an interrupt reaches first may be left to chance.
fn repeatedly(case: impl Fn() + Sync) {
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(&case);
        }
    });
}

#[test]
fn an_interrupt_at_a_hidden_prompt_restores_the_terminal() {
    repeatedly(|| {
        let test = TestWorld::demo();
        let mut terminal = Terminal::start(&test, "\"$BIN\" run");
        terminal.wait_for("GitLab token");
        terminal.interrupt_prompt();
        terminal.exits(130);
        assert!(test.sandbox.requests().is_empty());
    });
}

#[test]
fn an_interrupt_at_a_question_restores_the_terminal() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    repeatedly(|| {
        let test = keyring.user();
        let mut terminal = Terminal::start(&test, "\"$BIN\" run");
        terminal.wait_for("GitLab token");
        terminal.type_line(GITLAB_TOKEN);
        terminal.wait_for("eep it");
        terminal.interrupt_prompt();
        terminal.exits(130);
        assert_eq!(keyring.token(&test.gitlab_host()), None);
    });
}

#[test]
fn an_interrupt_during_progress_restores_the_terminal() {
    let test = TestWorld::demo().with_token();
    test.sandbox.inject(Fault::new("", FaultKind::Slow(Duration::from_mins(1))));
    let mut terminal = Terminal::start(&test, "\"$BIN\" run");
    terminal.wait_for("support-team.yaml");
    terminal.interrupt();
    terminal.exits(130);
}

#[test]
fn nobody_is_asked_who_could_not_answer() {
    for command in [
        "\"$BIN\" run --no-input",
        "\"$BIN\" run --no-input --color always",
        "\"$BIN\" run < /dev/null",
        "echo x | \"$BIN\" run",
        "\"$BIN\" run 2> talk",
        "\"$BIN\" auth status",
    ] {
        let test = TestWorld::demo();
        let shown = Terminal::start(&test, command).exits(3);
        let talk = std::fs::read_to_string(test.path("talk")).unwrap_or_default();
        for text in [&shown, &talk] {
            assert!(
                !text.contains("token for 127.0.0.1") || text.contains("no GitLab token"),
                "{text}"
            );
        }
    }
}

#[test]
fn what_needs_no_token_asks_for_none() {
    let test = TestWorld::demo();
    test.write("roster.yaml", "- name: Ada\n");
    Terminal::start(&test, "\"$BIN\" run --roster roster.yaml > report").exits(0);
}

/// Without a prompt the terminal would show the token while it is typed.
#[test]
fn login_that_must_not_ask_ends_at_once() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    Terminal::start(&test, "timeout 5 \"$BIN\" auth login --no-input").exits(3);
}

#[test]
fn login_never_shows_what_is_typed() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    let script = "timeout 5 \"$BIN\" auth login 2> talk; echo code:$?; sleep 1";
    let mut terminal = Terminal::start(&test, script);
    // There is no prompt to wait for.
    std::thread::sleep(Duration::from_millis(500));
    terminal.type_now(&format!("{GITLAB_TOKEN}\n"));
    terminal.wait_for("code:");
    assert!(!terminal.shown().contains(GITLAB_TOKEN), "{}", terminal.shown());
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let on_terminal = [
        ("", "", true),
        ("", "--color never", false),
        ("", "--color always", true),
        ("NO_COLOR=1", "", false),
        ("NO_COLOR=1", "--color always", true),
        ("TERM=dumb", "", false),
        ("TERM=dumb", "--color always", true),
        ("CLICOLOR=0", "", false),
    ];
    for (variable, flag, expected) in on_terminal {
        let script = format!("{variable} \"$BIN\" run --roster gone.yaml {flag}");
        let shown = watch(&TestWorld::demo(), &script);
        assert!(shown.contains("gone.yaml"), "{shown}");
        assert_eq!(has_color(&shown), expected, "{script}: {shown:?}");
    }
    let elsewhere = [
        ("", "", false),
        ("", "--color always", true),
        ("", "--color never", false),
        ("CLICOLOR_FORCE=1", "", true),
        ("CLICOLOR_FORCE=0", "", false),
        ("CLICOLOR_FORCE=1", "--color never", false),
        ("NO_COLOR=1 CLICOLOR_FORCE=1", "", false),
    ];
    for (variables, flag, expected) in elsewhere {
        let pairs = variables.split_whitespace().filter_map(|pair| pair.split_once('='));
        let test = pairs.fold(TestWorld::demo().with("TERM", "xterm"), |test, (name, value)| {
            test.with(name, value)
        });
        let arguments = ["run", "--roster", "gone.yaml"].into_iter();
        let arguments: Vec<_> = arguments.chain(flag.split_whitespace()).collect();
        let ran = test.run(&arguments).exit(4);
        assert_eq!(has_color(&ran.stderr), expected, "{variables} {flag}: {:?}", ran.stderr);
    }
}

#[test]
fn wrong_usage_is_coloured_as_the_user_wants() {
    for (variable, flag, expected) in
        [("", "", true), ("NO_COLOR=1", "", false), ("", "--color never", false)]
    {
        let shown = watch(&TestWorld::demo(), &format!("{variable} \"$BIN\" {flag} run --bogus"));
        assert!(shown.contains("--bogus"), "{shown}");
        assert_eq!(has_color(&shown), expected, "{variable} {flag}: {shown:?}");
    }
}

#[test]
fn progress_is_for_terminals() {
    let slow = || Fault::new("", FaultKind::Slow(Duration::from_millis(700)));
    let doing = "reading data/support-team.yaml";
    for (command, escapes, said) in [
        ("\"$BIN\" run > report", true, true),
        ("NO_COLOR=1 \"$BIN\" run > report", true, true),
        ("\"$BIN\" run --quiet > report", false, false),
        ("\"$BIN\" run 2> talk > report; cat talk", false, true),
        ("TERM=dumb \"$BIN\" run > report", false, true),
    ] {
        let test = TestWorld::demo().with_token();
        test.sandbox.inject(slow());
        let shown = watch(&test, command);
        assert_eq!(shown.contains('\u{1b}'), escapes, "{command}: {shown:?}");
        assert_eq!(shown.contains(doing), said, "{command}: {shown:?}");
        assert!(!has_color(&shown) || !command.contains("NO_COLOR"), "{command}: {shown:?}");
        if escapes {
            // What comes after it is that its line is wiped out.
            let (_, rest) = shown.rsplit_once(doing).unwrap();
            assert!(rest.contains("\u{1b}[2K") || rest.contains("\u{1b}[K"), "{shown:?}");
        }
    }
}

#[test]
fn a_file_gets_nothing_but_the_report() {
    let test = TestWorld::demo().with_token();
    test.sandbox.inject(Fault::new("", FaultKind::Slow(Duration::from_millis(500))));
    let shown =
        Terminal::start(&test, "\"$BIN\" run --color always -v > audit_output.txt").exits(0);
    assert!(!shown.contains("## Support Team"), "{shown}");
    let report = test.read("audit_output.txt");
    assert_eq!(report, test.run(&["run"]).success().stdout);
    assert!(!report.contains('\u{1b}') && !report.contains('\r'));
}

#[test]
fn a_plan_is_agreed_to_on_a_terminal_and_the_token_asked_for_once() {
    for (answer, made) in [("y", 1), ("n", 0)] {
        let test = TestWorld::demo();
        let script = "\"$BIN\" init-issue > url; echo code:$?; \"$BIN\" config > rest";
        let mut terminal = Terminal::start(&test, script);
        terminal.wait_for("GitLab token");
        terminal.type_line(GITLAB_TOKEN);
        terminal.wait_for("Do this?");
        terminal.press(answer);
        let shown = terminal.exits(0);
        assert!(shown.contains("Calendly audit FY28-Q1"), "{shown}");
        assert_eq!(shown.matches("GitLab token").count(), 2, "asked and answered: {shown}");
        assert_eq!(test.sandbox.writes().len(), made, "{answer}: {shown}");
        let url = test.read("url");
        assert_eq!(url.ends_with("/issues/1\n"), made == 1, "{url}");
    }
}
