//! The sandbox as a program, and where it serves.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::command::{self, built};

/// The variable that the sandbox exports last.
const LAST: &str = "SUPPORT_AUDIT_CONFIG";

/// A running sandbox with the demo world, which ends with this.
#[derive(Debug)]
pub(super) struct Served {
    child: Child,
    exports: Vec<(String, String)>,
}

impl Served {
    /// Starts it; it serves when this returns.
    pub(super) fn start() -> anyhow::Result<Self> {
        let mut program = Command::new(built("debug", "sandbox")?);
        command::tell(&program);
        let started = program.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut served =
            Self { child: started.context("could not start the sandbox")?, exports: Vec::new() };
        let output = served.child.stdout.take().context("the sandbox has no output")?;
        for line in BufReader::new(output).lines() {
            let line = line.context("could not read what the sandbox prints")?;
            let export = parse(&line).with_context(|| format!("no export: {line}"))?;
            let is_last = export.0 == LAST;
            served.exports.push(export);
            if is_last {
                break;
            }
        }
        ensure!(served.exports.iter().any(|(name, _)| name == LAST), "the sandbox has ended");
        Ok(served)
    }

    /// Tells a program where it is.
    pub(super) fn show_to(&self, program: &mut Command) {
        program.envs(self.exports.iter().map(|(name, value)| (name, value)));
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads a line such as `export NAME='value'`.
fn parse(line: &str) -> Option<(String, String)> {
    let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
    let value = value.strip_prefix('\'')?.strip_suffix('\'')?;
    Some((name.to_owned(), value.replace(r"'\''", "'")))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn an_export_is_read_as_a_shell_would() {
        let export = |name: &str, value: &str| Some((name.to_owned(), value.to_owned()));
        assert_eq!(parse("export A='x y'"), export("A", "x y"));
        assert_eq!(parse(r"export B='it'\''s'"), export("B", "it's"));
        assert_eq!(parse("A='x'"), None);
        assert_eq!(parse("export A=x"), None);
    }
}
