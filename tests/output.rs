//! Results that cannot be written, or would be written over what they are made from.

use std::fs::{self, File};
use std::process::{Command, Stdio};

use crate::support::{Printed, Ran, TestWorld};

const ROSTER: &str = "- name: Ann\n  email: ann@example.com\n";

/// A user with a roster of their own.
fn user() -> TestWorld {
    let test = TestWorld::demo();
    test.write("team.yaml", ROSTER);
    test
}

/// Runs the program with its stdout on a device that is full.
fn run_to_full_device(test: &TestWorld, arguments: &[&str]) -> Ran {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = test.command(arguments);
    let child = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    test.wait(child)
}

/// Runs the program without a stdout.
fn run_without_stdout(test: &TestWorld, arguments: &[&str]) -> Ran {
    let program = test.command(arguments);
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec \"$0\" \"$@\" >&-"]).arg(program.get_program()).args(arguments);
    shell.env_clear().current_dir(program.get_current_dir().unwrap());
    for (name, value) in program.get_envs() {
        shell.env(name, value.unwrap());
    }
    test.finish(shell.stdin(Stdio::null()))
}

#[track_caller]
fn says(ran: &Printed, text: &str) {
    assert!(ran.stderr.contains(text), "no {text:?} in {}", ran.stderr);
}

#[test]
#[cfg(target_os = "linux")]
fn a_result_that_cannot_be_written_is_an_error() {
    let test = user();
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["run", "--help"],
        &["help", "settings"],
        &["completions", "bash"],
        &["config"],
        &["run", "--roster", "team.yaml"],
    ] {
        let ran = run_to_full_device(&test, arguments).exit(1);
        says(&ran, "error: could not write the result: No space left on device");
        let ran = run_without_stdout(&test, arguments).exit(1);
        says(&ran, "error: could not write the result: stdout is closed");
    }
    // What has no result needs no stdout, and what nobody wants to see is no error.
    run_without_stdout(&test, &["run", "--roster", "team.yaml", "-o", "report.md"]).success();
    let mut command = test.command(&["run", "--roster", "team.yaml"]);
    let nothing = File::options().read(true).write(true).open("/dev/null").unwrap();
    let child = command.stdout(nothing).stderr(Stdio::piped()).spawn().unwrap();
    test.wait(child).success();
}

#[test]
fn a_report_replaces_the_file_as_a_whole() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    let test = user();
    let save = |file: &str| test.run(&["run", "--roster", "team.yaml", "-o", file]);
    save("report.md").success();
    let report = test.read("report.md");
    assert!(report.contains("## Support Team"), "{report}");

    // Whoever has the old file open reads it to its end; its permissions stay, and so does a link.
    test.write("old.md", "old");
    let path = test.path("old.md");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("old.md", test.path("link.md")).unwrap();
    let before = fs::metadata(&path).unwrap();
    save("link.md").success();
    let after = fs::metadata(&path).unwrap();
    assert_ne!(before.ino(), after.ino());
    assert_eq!(after.permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(test.path("link.md")).unwrap().is_symlink());
    assert!(test.read("old.md").contains("## Support Team"));

    save("no/such/folder.md").exit(1);
    save("/dev/null").success();
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    let names = fs::read_dir(test.path(".")).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = names.filter(|name| name.to_string_lossy().contains("tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_report_is_not_written_over_its_own_input() {
    use std::os::unix::fs::symlink;

    let test = user();
    let accounts = "email,name\nann@example.com,Ann\n";
    test.write("accounts.csv", accounts).write("agents/ann.yaml", ROSTER);
    test.write("exceptions.yaml", "[]\n");
    symlink("team.yaml", test.path("link.yaml")).unwrap();
    let test = test.with_config("[waits]\nperson = \"72h\"\n");
    let before = test.read("config.toml");
    for (roster, output) in [
        ("team.yaml", "team.yaml"),
        ("team.yaml", "./agents/../team.yaml"),
        ("team.yaml", "link.yaml"),
        ("link.yaml", "team.yaml"),
        ("team.yaml", "accounts.csv"),
        ("team.yaml", "exceptions.yaml"),
        ("team.yaml", "config.toml"),
        ("agents", "agents/ann.yaml"),
    ] {
        let inputs = ["--accounts", "accounts.csv", "--exceptions", "exceptions.yaml"];
        let arguments = [&["run", "--roster", roster, "-o", output][..], &inputs].concat();
        let ran = test.run(&arguments).exit(2);
        says(&ran, "it is read from there");
    }
    assert_eq!(
        (test.read("team.yaml"), test.read("agents/ann.yaml")),
        (ROSTER.into(), ROSTER.into())
    );
    assert_eq!((test.read("accounts.csv"), test.read("config.toml")), (accounts.into(), before));
    // A new file may stand beside those of the roster.
    test.run(&["run", "--roster", "agents", "-o", "agents/report.md"]).success();
}
