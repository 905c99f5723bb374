//! What happens on a terminal: prompts, interrupts, progress, colour. The terminal is a real one.

use std::process::Command;
use std::time::Duration;

use rexpect::ReadUntil;
use rexpect::session::{PtySession, spawn_command};
use rustix::termios::{LocalModes, tcgetattr};
use sandbox::{Fault, FaultKind};

use crate::auth::{gitlab_host, tokens_sent, until};
use crate::keyring::{Keyring, Lock};
use crate::support::Test;

const GITLAB: &str = "sandbox-gitlab-token";

/// A shell on a terminal of its own, which shows what is typed unless a program prevents it.
pub(crate) struct Terminal {
    session: PtySession,
    /// Everything that was shown.
    shown: String,
}

impl Terminal {
    /// Runs a script in which `$BIN` is the program.
    pub(crate) fn start(test: &Test, script: &str) -> Self {
        let program = test.command(&[]);
        let mut shell = Command::new("sh");
        // The shell outlives an interrupt, which goes to it too.
        shell.arg("-c").arg(format!("trap : INT; stty sane; {script}\necho done"));
        shell.env_clear().current_dir(program.get_current_dir().unwrap());
        shell.env("TERM", "xterm-256color").env("BIN", program.get_program());
        shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let session = spawn_command(shell, Some(20_000)).unwrap();
        Self { session, shown: String::new() }
    }

    /// Reads until a text is shown.
    #[track_caller]
    pub(crate) fn waits_for(&mut self, text: &str) {
        match self.session.exp_string(text) {
            Ok(before) => self.shown.push_str(&format!("{before}{text}")),
            Err(error) => panic!("{text:?} was not shown after {:?}: {error}", self.shown),
        }
    }

    /// Waits until nothing that is typed is shown any more: what came before would be lost.
    #[track_caller]
    fn waits_for_prompt(&self) {
        let terminal = self.session.process().get_file_handle().unwrap();
        let is_shown = || tcgetattr(&terminal).unwrap().local_modes.contains(LocalModes::ECHO);
        until("a hidden prompt", || !is_shown());
    }

    /// Presses keys at a prompt.
    #[track_caller]
    pub(crate) fn presses(&mut self, keys: &str) {
        self.waits_for_prompt();
        self.session.send(keys).unwrap();
        self.session.flush().unwrap();
    }

    /// Types a line at a prompt.
    #[track_caller]
    pub(crate) fn types(&mut self, line: &str) {
        self.waits_for_prompt();
        self.session.send_line(line).unwrap();
    }

    /// Answers a question by a key, or by a line that ends in a line break.
    #[track_caller]
    pub(crate) fn answers(&mut self, keys: &str) {
        self.waits_for_prompt();
        self.session.send(keys).unwrap();
        self.session.flush().unwrap();
    }

    /// Chooses from a list by moving down to the entry; the list must end with `last`.
    #[track_caller]
    pub(crate) fn chooses(&mut self, entry: &str, last: &str) {
        let before = self.shown.len();
        self.waits_for(last);
        let offered = self.shown.get(before..).unwrap();
        let mut entries = offered.lines().filter(|line| !line.contains('?'));
        let place = entries.position(|line| line.contains(entry));
        let place = place.unwrap_or_else(|| panic!("{entry:?} is not offered: {offered:?}"));
        // The rest of the line of the question comes first.
        let downs = "j".repeat(place - 1);
        self.answers(&format!("{downs}\r"));
    }

    /// Interrupts the program at its prompt.
    #[track_caller]
    pub(crate) fn interrupts_prompt(&mut self) {
        self.waits_for_prompt();
        // It shows its prompt before it is ready for an interrupt.
        std::thread::sleep(Duration::from_millis(200));
        self.session.send_control('c').unwrap();
    }

    /// Everything that was shown up to the end of the script.
    #[track_caller]
    pub(crate) fn ends(mut self) -> String {
        self.waits_for("done\r\n");
        let rest = self.session.exp_any(vec![ReadUntil::EOF]).unwrap();
        assert_eq!(rest.0, "");
        self.shown
    }
}

/// Runs a script on which nobody has to type anything.
#[track_caller]
fn watch(test: &Test, script: &str) -> String {
    Terminal::start(test, script).ends()
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
    let test = Test::new();
    let mut terminal = Terminal::start(&test, "\"$BIN\" run > audit_output.txt; echo code:$?");
    terminal.waits_for(&format!("GitLab token for {}", gitlab_host(&test)));
    terminal.types(GITLAB);
    let shown = terminal.ends();
    assert!(shown.contains("code:0"), "{shown}");
    assert!(!shown.contains(GITLAB), "{shown}");
    assert!(!shown.to_lowercase().contains("keep"), "there is no keyring: {shown}");
    assert!(tokens_sent(&test).iter().all(|(_, token)| token == GITLAB));

    let report = std::fs::read_to_string(test.path("audit_output.txt")).unwrap();
    assert_eq!(report, test.with_token().run(&["run"]).ends_with(0).stdout);
}

#[test]
fn a_bad_token_at_the_prompt_ends_with_3() {
    for token in ["glpat-strange", "s3cret with spaces"] {
        let test = Test::new();
        let mut terminal = Terminal::start(&test, "\"$BIN\" run -vv; echo code:$?");
        terminal.waits_for("GitLab token");
        terminal.types(token);
        let shown = terminal.ends();
        assert!(shown.contains("code:3") && !shown.contains(token), "{shown}");
    }
}

#[test]
fn a_token_from_the_prompt_is_kept_if_the_user_wants() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    for (answer, kept) in [("y", Some(GITLAB)), ("n", None)] {
        let test = keyring.user();
        let mut terminal = Terminal::start(&test, "\"$BIN\" run > report; echo code:$?");
        terminal.waits_for("GitLab token");
        terminal.types(GITLAB);
        terminal.waits_for("eep it");
        terminal.types(answer);
        let shown = terminal.ends();
        assert!(shown.contains("code:0") && !shown.contains(GITLAB), "{shown}");
        assert_eq!(keyring.token(&gitlab_host(&test)).as_deref(), kept, "{answer}: {shown}");
    }
}

/// It would be taken the next time, and refused again without a question.
#[test]
fn a_refused_token_is_not_kept() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    let mut terminal = Terminal::start(&test, "\"$BIN\" run > report; echo code:$?");
    terminal.waits_for("GitLab token");
    terminal.types("glpat-strange");
    let shown = terminal.ends();
    assert!(shown.contains("code:3") && !shown.contains("eep it"), "{shown}");
    assert_eq!(keyring.token(&gitlab_host(&test)), None);
}

#[test]
fn login_asks_on_a_terminal() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    let mut terminal = Terminal::start(&test, "\"$BIN\" auth login; echo code:$?");
    terminal.waits_for("GitLab token");
    terminal.types(GITLAB);
    let shown = terminal.ends();
    assert!(shown.contains("code:0") && !shown.contains(GITLAB), "{shown}");
    assert_eq!(keyring.token(&gitlab_host(&test)).as_deref(), Some(GITLAB));
}

/// The script that tells whether the program left the terminal as it was.
const RESTORED: &str = r#"before=$(stty -g); "$BIN" run; echo code:$?
if [ "$before" = "$(stty -g)" ]; then echo as before; fi; stty -a"#;

/// Refuses a terminal that an interrupted program left without echo or cursor.
#[track_caller]
pub(crate) fn is_restored(shown: &str) {
    assert!(shown.contains("code:130\r\n"), "{shown:?}");
    assert!(shown.contains("as before\r\n"), "{shown:?}");
    let settings: Vec<_> = shown.split_ascii_whitespace().collect();
    assert!(settings.contains(&"echo") && settings.contains(&"icanon"), "{shown:?}");
    let hidden = shown.rfind("\u{1b}[?25l");
    let visible = shown.rfind("\u{1b}[?25h");
    assert!(hidden.is_none() || hidden < visible, "the cursor is hidden: {shown:?}");
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
        let test = Test::new();
        let mut terminal = Terminal::start(&test, RESTORED);
        terminal.waits_for("GitLab token");
        terminal.interrupts_prompt();
        is_restored(&terminal.ends());
        assert!(test.sandbox.requests().is_empty());
    });
}

#[test]
fn an_interrupt_at_a_question_restores_the_terminal() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    repeatedly(|| {
        let test = keyring.user();
        let mut terminal = Terminal::start(&test, RESTORED);
        terminal.waits_for("GitLab token");
        terminal.types(GITLAB);
        terminal.waits_for("eep it");
        terminal.interrupts_prompt();
        is_restored(&terminal.ends());
        assert_eq!(keyring.token(&gitlab_host(&test)), None);
    });
}

#[test]
fn an_interrupt_during_progress_restores_the_terminal() {
    let test = Test::new().with_token();
    test.sandbox.inject(Fault::new("", FaultKind::Slow(Duration::from_mins(1))));
    let mut terminal = Terminal::start(&test, RESTORED);
    terminal.waits_for("support-team.yaml");
    terminal.session.send_control('c').unwrap();
    is_restored(&terminal.ends());
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
        let test = Test::new();
        let shown = watch(&test, &format!("{command}; echo code:$?"));
        assert!(shown.contains("code:3"), "{command}: {shown}");
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
    let test = Test::new();
    test.write("roster.yaml", "- name: Ada\n");
    let shown = watch(&test, "\"$BIN\" run --roster roster.yaml > report; echo code:$?");
    assert!(shown.contains("code:0"), "{shown}");
}

/// Without a prompt the terminal would show the token while it is typed.
#[test]
fn login_that_must_not_ask_ends_at_once() {
    let test = Test::new();
    let shown = watch(&test, "timeout 5 \"$BIN\" auth login --no-input; echo code:$?");
    assert!(shown.contains("code:2") || shown.contains("code:3"), "{shown}");
}

#[test]
fn login_never_shows_what_is_typed() {
    let test = Test::new();
    let script = "timeout 5 \"$BIN\" auth login 2> talk; echo code:$?; sleep 1";
    let mut terminal = Terminal::start(&test, script);
    // There is no prompt to wait for.
    std::thread::sleep(Duration::from_millis(500));
    terminal.session.send_line(GITLAB).unwrap();
    terminal.waits_for("code:");
    assert!(!terminal.shown.contains(GITLAB), "{}", terminal.shown);
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
        let shown = watch(&Test::new(), &script);
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
        let test = pairs
            .fold(Test::new().with("TERM", "xterm"), |test, (name, value)| test.with(name, value));
        let arguments = ["run", "--roster", "gone.yaml"].into_iter();
        let arguments: Vec<_> = arguments.chain(flag.split_whitespace()).collect();
        let ran = test.run(&arguments).ends_with(4);
        assert_eq!(has_color(&ran.stderr), expected, "{variables} {flag}: {:?}", ran.stderr);
    }
}

#[test]
fn wrong_usage_is_coloured_as_the_user_wants() {
    for (variable, flag, expected) in
        [("", "", true), ("NO_COLOR=1", "", false), ("", "--color never", false)]
    {
        let shown = watch(&Test::new(), &format!("{variable} \"$BIN\" {flag} run --bogus"));
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
        let test = Test::new().with_token();
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
    let test = Test::new().with_token();
    test.sandbox.inject(Fault::new("", FaultKind::Slow(Duration::from_millis(500))));
    let shown = watch(&test, "\"$BIN\" run --color always -v > audit_output.txt; echo code:$?");
    assert!(shown.contains("code:0"), "{shown}");
    assert!(!shown.contains("## Support Team"), "{shown}");
    let report = std::fs::read_to_string(test.path("audit_output.txt")).unwrap();
    assert_eq!(report, test.run(&["run"]).ends_with(0).stdout);
    assert!(!report.contains('\u{1b}') && !report.contains('\r'));
}

#[test]
fn a_plan_is_agreed_to_on_a_terminal_and_the_token_asked_for_once() {
    for (answer, made) in [("y", 1), ("n", 0)] {
        let test = Test::new();
        let script = "\"$BIN\" init-issue > url; echo code:$?; \"$BIN\" config > rest";
        let mut terminal = Terminal::start(&test, script);
        terminal.waits_for("GitLab token");
        terminal.types(GITLAB);
        terminal.waits_for("Do this?");
        terminal.session.send(answer).unwrap();
        terminal.session.flush().unwrap();
        let shown = terminal.ends();
        assert!(shown.contains("code:0"), "{shown}");
        assert!(shown.contains("Calendly audit FY28-Q1"), "{shown}");
        assert_eq!(shown.matches("GitLab token").count(), 2, "asked and answered: {shown}");
        assert_eq!(test.sandbox.writes().len(), made, "{answer}: {shown}");
        let url = std::fs::read_to_string(test.path("url")).unwrap();
        assert_eq!(url.ends_with("/issues/1\n"), made == 1, "{url}");
    }
}
