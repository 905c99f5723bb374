//! What a task needs from the system: looked for, and installed where that can be done.

use std::env;
use std::process::{Command, Stdio};

use crate::command;

/// A program, and the Debian package that has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Program {
    /// The program's name.
    pub(crate) name: &'static str,
    /// The package's name.
    pub(crate) package: &'static str,
}

/// Installs the programs that are missing, as root on Debian; returns those that still are.
pub(crate) fn provide(programs: &[Program]) -> Vec<&'static str> {
    let missing = missing(programs);
    if missing.is_empty() || !has("apt-get") || !is_root() {
        return missing.iter().map(|program| program.name).collect();
    }
    let packages: Vec<&str> = missing.iter().map(|program| program.package).collect();
    // The lists of packages may be absent or old; they are fetched only then.
    if install(&packages).is_err() && apt_get(&["update", "--quiet"]).is_ok() {
        install(&packages).ok();
    }
    self::missing(programs).iter().map(|program| program.name).collect()
}

/// Whether a program of this name is in the search path.
pub(crate) fn has(name: &str) -> bool {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(&file).is_file())
}

/// What a program prints, without the space around it; nothing if it fails.
pub(crate) fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    let is_good = output.status.success();
    is_good.then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn missing(programs: &[Program]) -> Vec<Program> {
    programs.iter().filter(|program| !has(program.name)).copied().collect()
}

fn is_root() -> bool {
    answer("id", &["-u"]).is_some_and(|id| id == "0")
}

fn install(packages: &[&str]) -> anyhow::Result<()> {
    apt_get(&[&["install", "--quiet", "--yes", "--no-install-recommends"], packages].concat())
}

fn apt_get(arguments: &[&str]) -> anyhow::Result<()> {
    let mut apt_get = Command::new("apt-get");
    apt_get.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command::run(apt_get.stdin(Stdio::null()).stdout(std::io::stderr()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_programs_in_the_search_path_are_there() {
        assert!(has("cargo"));
        assert!(!has("a-program-that-nobody-has"));
    }
}
