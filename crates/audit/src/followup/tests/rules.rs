//! The rules of follow-ups over random histories.

use proptest::prelude::*;

use super::history::History;
use super::steps::{Plot, plot};

/// As many histories as `PROPTEST_CASES` says, else as many as an ordinary run has time for.
fn config(ordinary: u32) -> ProptestConfig {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let cases = if config.cases == USUAL { ordinary } else { config.cases };
    ProptestConfig { cases, ..config }
}

/// How many cases there are where nobody asks for a number (proptest, `Config::cases`).
const USUAL: u32 = 256;

/// The rules are asserted at every step, each by its name: see `guards`.
fn go(plot: Plot) -> Result<(), TestCaseError> {
    let mut history = History::new(plot.focus, plot.knows_members);
    for step in plot.steps {
        history.step(step)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(1_200))]

    #[test]
    fn all_rules_hold_in_short_histories(plot in plot(3..12)) {
        go(plot)?;
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn all_rules_hold_in_long_histories(plot in plot(12..38)) {
        go(plot)?;
    }
}
