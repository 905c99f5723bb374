//! `demo`: an audit with the real program against the sandbox.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, ensure};

mod issue;

use crate::command::{self, built, cargo, without_settings};

/// A step of the demonstration.
enum Step {
    /// The program is run.
    Run {
        /// What is typed behind `support-audit`.
        arguments: &'static [&'static str],
        /// The file in the current folder that takes what it prints, if it is to be kept.
        file: Option<&'static str>,
    },
    /// Somebody replaces a text in the issue's description, in the browser as it were.
    Type { text: &'static str, by: &'static str },
}

/// The instant of the demonstration.
const NOW: &str = "2026-11-22T10:00:00Z";

/// The demonstration, in order.
const STEPS: [Step; 9] = [
    Step::Run { arguments: &["run"], file: Some("audit_output.txt") },
    Step::Run { arguments: &["init-issue", "--yes"], file: None },
    Step::Run { arguments: &["run", "--write", "--yes"], file: Some("audit_output.txt") },
    Step::Type { text: "link-missing <!--", by: "link-missing on leave until May <!--" },
    Step::Run { arguments: &["run", "--write", "--yes"], file: Some("audit_output.txt") },
    Step::Run { arguments: &["reconcile", "--write", "--yes"], file: Some("audit_output.txt") },
    Step::Type {
        text: "| `2024-05-14` |  | <!--",
        by: "| `2024-05-14` | Shows our demos to partners | keep <!--",
    },
    Step::Run {
        arguments: &["reconcile", "--write", "--yes", "--decide", "bvance@harborlight.example"],
        file: Some("audit_output.txt"),
    },
    Step::Run { arguments: &["reconcile"], file: Some("audit_output.txt") },
];

/// What the program must know to reach the sandbox.
const NAMES: [&str; 5] = [
    "SUPPORT_AUDIT_GITLAB_URL",
    "SUPPORT_AUDIT_CALENDLY_URL",
    "GL_TOKEN",
    "CALENDLY_API_TOKEN",
    "SUPPORT_AUDIT_CONFIG",
];

/// Plays all steps against one sandbox, and leaves the issue as it is then.
pub(crate) fn run() -> anyhow::Result<()> {
    command::run(&mut cargo("build --locked -p support-audit -p sandbox"))?;
    let sandbox = Sandbox::start()?;
    STEPS.iter().try_for_each(|step| play(step, &sandbox))?;
    fs::write("audit_issue.md", format!("{}\n", issue::description(&sandbox)?))?;
    eprintln!("the issue is in {}", fs::canonicalize("audit_issue.md")?.display());
    Ok(())
}

fn play(step: &Step, sandbox: &Sandbox) -> anyhow::Result<()> {
    match step {
        Step::Run { arguments, file } => run_program(arguments, *file, sandbox),
        Step::Type { text, by } => {
            eprintln!("(somebody types \"{by}\" into the issue)");
            issue::edit(sandbox, text, by)
        }
    }
}

fn run_program(arguments: &[&str], file: Option<&str>, sandbox: &Sandbox) -> anyhow::Result<()> {
    let mut command = without_settings(&built("debug", "support-audit")?);
    command.args(arguments);
    command.envs(sandbox.environment.iter().map(|(name, value)| (name, value)));
    command.env("SUPPORT_AUDIT_NOW", NOW).stdin(Stdio::null());
    if arguments.first() == Some(&"run") {
        // What it finds without the right to ask Calendly; `reconcile` shows what comes with it.
        command.env_remove("CALENDLY_API_TOKEN");
    }
    let shown = command::shown(&command);
    if let Some(file) = file {
        command.stdout(File::create(file).with_context(|| format!("could not write {file}"))?);
        eprintln!("$ {shown} > {file}");
    } else {
        eprintln!("$ {shown}");
    }
    let status = command.status().context("could not start support-audit")?;
    ensure!(status.success(), "{shown} failed: {status}");
    let Some(file) = file else { return Ok(()) };
    io::stdout().write_all(&fs::read(file)?).context("could not print the output")?;
    eprintln!("the output is in {}", fs::canonicalize(file)?.display());
    Ok(())
}

/// The sandbox as a program of its own; it ends with this value.
struct Sandbox {
    child: Child,
    environment: Vec<(String, String)>,
}

impl Sandbox {
    fn start() -> anyhow::Result<Self> {
        let mut command = Command::new(built("debug", "sandbox")?);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let child = command.spawn().context("could not start the sandbox")?;
        let mut sandbox = Self { child, environment: Vec::new() };
        let output = sandbox.child.stdout.take().context("the sandbox has no output")?;
        sandbox.environment = environment(BufReader::new(output))?;
        Ok(sandbox)
    }
}

impl Sandbox {
    /// The value of an exported name.
    fn value(&self, name: &str) -> anyhow::Result<&str> {
        let found = self.environment.iter().find(|(known, _)| known == name);
        Ok(&found.with_context(|| format!("the sandbox has no {name}"))?.1)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to do about any other failure.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Reads until every name has its value: the sandbox does not close its output.
fn environment(script: impl BufRead) -> anyhow::Result<Vec<(String, String)>> {
    let mut environment = Vec::new();
    let mut missing = NAMES.to_vec();
    for line in script.lines() {
        let line = line.context("could not read what the sandbox prints")?;
        if let Some((name, value)) = export(&line) {
            missing.retain(|wanted| *wanted != name);
            environment.push((name.to_owned(), value));
        }
        if missing.is_empty() {
            return Ok(environment);
        }
    }
    anyhow::bail!("the sandbox ended without a value for {}", missing.join(", "))
}

/// Reads `export NAME='value'`, where `'\''` stands for a quote.
fn export(line: &str) -> Option<(&str, String)> {
    let (name, quoted) = line.strip_prefix("export ")?.split_once('=')?;
    let value = quoted.strip_prefix('\'')?.strip_suffix('\'')?;
    Some((name, value.replace(r"'\''", "'")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_is_read_as_a_shell_would() {
        assert_eq!(export("export A='b=c d'"), Some(("A", "b=c d".to_owned())));
        assert_eq!(export(r"export A='it'\''s'"), Some(("A", "it's".to_owned())));
        assert_eq!(export("export A=''"), Some(("A", String::new())));
        assert_eq!(export("export A=b"), None);
        assert_eq!(export("export A='"), None);
        assert_eq!(export("A='b'"), None);
    }

    #[test]
    fn the_environment_is_complete_or_says_what_is_missing() {
        let script = NAMES.map(|name| format!("export {name}='of {name}'\n")).concat();
        let read = environment(script.as_bytes()).unwrap();
        let expected = NAMES.map(|name| (name.to_owned(), format!("of {name}")));
        assert_eq!(read, expected);

        let script = script.replace("export GL_TOKEN", "# export GL_TOKEN");
        let error = environment(script.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "the sandbox ended without a value for GL_TOKEN");
    }
}
