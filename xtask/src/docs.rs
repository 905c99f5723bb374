//! `docs`: the parts of the documentation that are generated from the program itself.

use anyhow::ensure;
use clap::Args;

use crate::command::{self, cargo};
use crate::tally;

/// Write the generated parts of the documentation
#[derive(Debug, Args)]
pub(crate) struct Docs {
    /// Only check that they are up to date
    #[arg(long)]
    check: bool,
}

impl Docs {
    /// Lets the tests that compare the documentation write it instead.
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let mut tests = cargo("test --locked -p support-audit -- docs walkthrough the_manual");
        if self.check {
            tests.env_remove("UPDATE_EXPECT");
        } else {
            tests.env("UPDATE_EXPECT", "1");
        }
        let (tally, status) = tally::run(&mut tests, tally::of_cargo)?;
        ensure!(status.success(), "{} failed: {status}", command::shown(&tests));
        ensure!(tally.passed > 0, "no test of the documentation was found");
        Ok(())
    }
}
