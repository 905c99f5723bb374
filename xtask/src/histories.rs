//! `histories`: the promises to people over many more random histories than a test has time for.

use anyhow::ensure;
use clap::Args;

use crate::command::{self, cargo};
use crate::tally;

/// The options of `histories`.
#[derive(Debug, Args)]
pub(crate) struct Histories {
    /// How many histories
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    cases: u32,
    /// What the histories follow from; drawn anew each time without it
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

impl Histories {
    /// Plays the histories. A history that breaks a promise is shrunk and reported.
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let mut tests = cargo("test --release --locked -p audit --test promises product_keeps");
        tests.env("PROPTEST_CASES", self.cases.to_string());
        if let Some(seed) = self.seed {
            tests.env("PROPTEST_RNG_SEED", seed.to_string());
        }
        let (tally, status) = tally::run(&mut tests, tally::of_cargo)?;
        ensure!(status.success(), "{} failed: {status}", command::shown(&tests));
        ensure!(tally.passed > 0, "no promise was found");
        println!("{tally}");
        Ok(())
    }
}
