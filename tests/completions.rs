//! Completion, tried in the shells themselves.

use std::path::Path;
use std::process::{Command, Stdio};

use rexpect::session::spawn_command;

use crate::support::TestWorld;

/// What somebody types, and what the shell makes of it.
const LINES: [(&str, &str); 4] = [
    ("support-audit rec", "reconcile"),
    ("support-audit --for", "--format"),
    ("support-audit auth logi", "login"),
    ("support-audit run --format ta", "table"),
];

/// Whether a shell is there; where it is not, its test says so and is left out.
fn has(shell: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap();
    let is_there = std::env::split_paths(&path).any(|folder| folder.join(shell).is_file());
    if !is_there {
        println!("missing: {shell}; its completion is not tried");
    }
    is_there
}

/// A home with the script for a shell, which `help completions` tells to write there.
fn home_with(shell: &str, file: &str) -> TestWorld {
    let test = TestWorld::demo();
    let script = test.run(&["completions", shell]).success();
    assert_eq!(script.stderr, "");
    test.write(file, script.stdout);
    test
}

/// A shell in the test's home, with no user's configuration.
fn shell(test: &TestWorld, name: &str, arguments: &[&str]) -> Command {
    let mut shell = Command::new(name);
    shell.args(arguments).env_clear().current_dir(test.path("")).stdin(Stdio::null());
    let bin = Path::new(env!("CARGO_BIN_EXE_support-audit")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    shell.env("HOME", test.path("")).env("TERM", "xterm").env("LC_ALL", "C.UTF-8");
    shell.env("PATH", format!("{}:{path}", bin.display()));
    shell
}

/// What a shell that must not fail prints.
#[track_caller]
fn printed(mut shell: Command) -> String {
    let output = shell.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && errors.is_empty(), "{shell:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn bash_completes() {
    if !has("bash") {
        return;
    }
    let test = home_with("bash", "completion");
    for (line, completed) in LINES {
        let words: Vec<&str> = line.split(' ').collect();
        let last = words.len() - 1;
        let script = format!(
            "source ./completion\n\
             how=$(complete -p support-audit)\n\
             how=${{how#*-F }}\n\
             COMP_WORDS=({line}) COMP_CWORD={last}\n\
             ${{how%% *}} support-audit '{}' '{}'\n\
             printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words[last],
            words[last - 1],
        );
        let options = ["--norc", "--noprofile", "-e", "-c", &script];
        let offered = printed(shell(&test, "bash", &options));
        let offered: Vec<&str> = offered.lines().map(str::trim).collect();
        assert_eq!(offered, [completed], "{line}");
    }
}

#[test]
fn fish_completes() {
    if !has("fish") {
        return;
    }
    let test = home_with("fish", ".config/fish/completions/support-audit.fish");
    for (line, completed) in LINES {
        let script = format!("complete -C '{line}'");
        let offered = printed(shell(&test, "fish", &["-c", &script]));
        // Each stands with its description behind a tab.
        let offered: Vec<&str> =
            offered.lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(offered, [completed], "{line}");
    }
}

#[test]
fn zsh_completes() {
    if !has("zsh") {
        return;
    }
    let test = home_with("zsh", ".zfunc/_support-audit");
    for (line, completed) in LINES {
        let mut zsh = shell(&test, "zsh", &["-f", "-i"]);
        zsh.stdin(Stdio::inherit()).env("PS1", "ready> ");
        let mut session = spawn_command(zsh, Some(20_000)).unwrap();
        session.exp_string("ready> ").unwrap();
        session
            .send_line("fpath+=~/.zfunc; autoload -U compinit; compinit -D -u; PS1='set> '")
            .unwrap();
        session.exp_string("set> ").unwrap();
        // The command is not run: its line is printed instead.
        session.send(&format!("{line}\t")).unwrap();
        session.send_control('a').unwrap();
        session.send("print -r - 'is:' ").unwrap();
        session.send_line("").unwrap();
        let (_, shown) = session.exp_regex("\nis: [^\r]*").unwrap();
        let (command, _) = line.rsplit_once(' ').unwrap();
        assert_eq!(shown.trim(), format!("is: {command} {completed}"));
        session.send_line("exit").unwrap();
    }
}
