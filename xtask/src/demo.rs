//! `demo`: a complete audit with the real program against the sandbox.

use std::env;

use anyhow::Context as _;

use crate::command::{self, cargo};

/// The variable that names the folder which the demonstration leaves its files in.
const FOLDER: &str = "SUPPORT_AUDIT_DEMO";

/// Plays the audit of `docs/walkthrough.md`, by running the test that does.
pub(crate) fn run() -> anyhow::Result<()> {
    let folder = env::current_dir().context("could not find the current folder")?;
    let mut play =
        cargo("test --quiet --locked -p support-audit --test e2e -- --exact --nocapture");
    play.arg("walkthrough::the_whole_audit").env(FOLDER, &folder);
    command::run(&mut play)?;
    for file in ["audit_output.txt", "audit_issue.md"] {
        eprintln!("left {}", folder.join(file).display());
    }
    Ok(())
}
