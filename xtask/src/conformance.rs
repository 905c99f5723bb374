//! `conformance`: other people's clients of GitLab against the sandbox, and other people's readers of
//! rosters and accounts, both beside the program.

mod clients;
mod served;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use self::served::Served;
use crate::command::{self, built, cargo};
use crate::tally::{self, Tally};

/// What of an audit one operator does on one day.
const AUDIT: [&str; 5] = [
    "init-issue --yes",
    "run --write --yes",
    "reconcile --write --yes",
    "followups --yes",
    "submit-review --unresolved --yes",
];

/// Checks; how many checks passed and failed is the last line on stdout.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut tally = Tally::default();
    let outcome = check(&mut tally);
    println!("{tally}");
    outcome
}

/// Lets every client make the calls of an audit, and read back the one that the program made.
pub(crate) fn check(tally: &mut Tally) -> anyhow::Result<()> {
    let folder = command::target()?.join("conformance");
    let clients = clients::provide(&folder)?;
    // As `ci` has compiled it already: another choice of packages would be compiled anew.
    command::run(&mut cargo("test --workspace --locked --no-run"))?;
    let sandbox = Served::start()?;
    let audit = audit(&sandbox, &folder)?;
    let mut bad = Vec::new();
    for client in clients {
        let mut script = client.script;
        sandbox.show_to(&mut script);
        let (counted, status) = tally::run(script.arg(&audit), tally::of_checks)?;
        println!("{}: {counted}", client.name);
        if !status.success() || counted.failed > 0 || counted.passed == 0 {
            bad.push(client.name);
        }
        *tally += counted;
    }
    ensure!(bad.is_empty(), "it is not as it should be for {}", bad.join(", "));
    Ok(())
}

/// Makes an audit with the program; the folder with what it printed.
fn audit(sandbox: &Served, folder: &Path) -> anyhow::Result<PathBuf> {
    let audit = folder.join("audit");
    if audit.exists() {
        fs::remove_dir_all(&audit).context("could not clear the folder of the audit")?;
    }
    fs::create_dir_all(&audit).context("could not make a folder for the audit")?;
    let mut told = String::new();
    for arguments in AUDIT {
        let (stdout, stderr) = support_audit(sandbox, arguments)?;
        told.push_str(&stderr);
        told.push_str(&stdout);
    }
    let (status, _) = support_audit(sandbox, "status --format json")?;
    fs::write(audit.join("told"), told).context("could not keep what was told")?;
    fs::write(audit.join("status.json"), status).context("could not keep the status")?;
    Ok(audit)
}

/// What the program prints on stdout and on stderr.
fn support_audit(sandbox: &Served, arguments: &str) -> anyhow::Result<(String, String)> {
    let mut program: Command = command::without_settings(&built("debug", "support-audit")?);
    program.args(arguments.split(' ')).stdin(Stdio::null());
    sandbox.show_to(&mut program);
    command::tell(&program);
    let output = program.output().context("could not start support-audit")?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    ensure!(output.status.success(), "support-audit {arguments} failed: {stderr}");
    Ok((stdout, stderr))
}
