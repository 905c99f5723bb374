//! `histories`: the rules of follow-ups over many more random histories than a test has time for.

use anyhow::ensure;
use clap::Args;

use crate::command::{self, cargo};
use crate::tally;

/// The options of `histories`.
#[derive(Debug, Args)]
pub(crate) struct Histories {
    /// How many histories, short ones and as many long ones
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    cases: u32,
}

impl Histories {
    /// Runs the properties. A history that breaks a rule is shrunk and reported.
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let mut tests = cargo("test --release --locked -p audit --lib followup::tests::rules");
        tests.env("PROPTEST_CASES", self.cases.to_string());
        let (tally, status) = tally::run(&mut tests, tally::of_cargo)?;
        ensure!(status.success(), "{} failed: {status}", command::shown(&tests));
        ensure!(tally.passed > 0, "no rule was found");
        println!("{tally}");
        Ok(())
    }
}
