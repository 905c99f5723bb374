//! `demo`: an audit with the real program against the sandbox.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::command::{self, built, cargo, without_settings};

/// A command of the demonstration.
struct Step {
    /// What is typed behind `support-audit`.
    arguments: &'static [&'static str],
    /// The instant at which it runs.
    now: &'static str,
    /// The file in the current folder that takes what it prints.
    file: &'static str,
}

/// The demonstration, in order.
const STEPS: [Step; 1] =
    [Step { arguments: &["run"], now: "2026-11-22T10:00:00Z", file: "audit_output.txt" }];

/// What the program must know to reach the sandbox.
const NAMES: [&str; 5] = [
    "SUPPORT_AUDIT_GITLAB_URL",
    "SUPPORT_AUDIT_CALENDLY_URL",
    "GL_TOKEN",
    "CALENDLY_API_TOKEN",
    "SUPPORT_AUDIT_CONFIG",
];

/// Plays all steps against one sandbox.
pub(crate) fn run() -> anyhow::Result<()> {
    command::run(&mut cargo("build --locked -p support-audit -p sandbox"))?;
    let sandbox = Sandbox::start()?;
    STEPS.iter().try_for_each(|step| play(step, &sandbox))
}

fn play(step: &Step, sandbox: &Sandbox) -> anyhow::Result<()> {
    let file = File::create(step.file).with_context(|| format!("could not write {}", step.file))?;
    let mut command = without_settings(&built("debug", "support-audit")?);
    command.args(step.arguments);
    command.envs(sandbox.environment.iter().map(|(name, value)| (name, value)));
    command.env("SUPPORT_AUDIT_NOW", step.now).stdin(Stdio::null()).stdout(file);
    let shown = command::shown(&command);
    eprintln!("$ {shown} > {}", step.file);
    let status = command.status().context("could not start support-audit")?;
    ensure!(status.success(), "{shown} failed: {status}");
    io::stdout().write_all(&fs::read(step.file)?).context("could not print the output")?;
    eprintln!("the output is in {}", fs::canonicalize(step.file)?.display());
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
