//! Starting programs: cargo, and what it has built.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

/// Cargo with these arguments, at the root of the workspace.
pub(crate) fn cargo(arguments: &str) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut command = Command::new(cargo);
    command.args(arguments.split_whitespace()).current_dir(root);
    command
}

/// Tells what is started, starts it, and fails if it does.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    tell(command);
    let status = command.status().with_context(|| format!("could not start {}", shown(command)))?;
    ensure!(status.success(), "{} failed: {status}", shown(command));
    Ok(())
}

/// Says on stderr what is started.
pub(crate) fn tell(command: &Command) {
    eprintln!("$ {}", shown(command));
}

/// The command as it would be typed.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_stem().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// The target folder that this program is in.
pub(crate) fn target() -> anyhow::Result<PathBuf> {
    let this = env::current_exe().context("could not tell where this program is")?;
    let target = this.ancestors().nth(2).context("this program is in no target folder")?;
    Ok(target.to_owned())
}

/// The path of a program that cargo has built.
pub(crate) fn built(profile: &str, name: &str) -> anyhow::Result<PathBuf> {
    Ok(target()?.join(profile).join(name).with_extension(env::consts::EXE_EXTENSION))
}

/// A program that does not see the settings in the user's environment.
pub(crate) fn without_settings(program: &Path) -> Command {
    let mut command = Command::new(program);
    let is_setting = |name: &str| name.starts_with("SUPPORT_AUDIT_");
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_setting)) {
        command.env_remove(name);
    }
    command
}
