//! The rules of follow-ups over random histories.

use proptest::prelude::*;

use super::history::History;
use super::steps::{Step, step};

/// As many histories as `PROPTEST_CASES` says, else as many as an ordinary run has time for.
fn config(ordinary: u32) -> ProptestConfig {
    let config = ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..ProptestConfig::default()
    };
    let cases = if config.cases == USUAL { ordinary } else { config.cases };
    ProptestConfig { cases, ..config }
}

/// How many cases there are where nobody asks for a number (proptest, `Config::cases`).
const USUAL: u32 = 256;

/// The rules are asserted at every step, each by its name: see `guards`.
fn go(steps: Vec<Step>, knows_members: bool) -> Result<(), TestCaseError> {
    let mut history = History::new(knows_members);
    for step in steps {
        history.step(step)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(1_500))]

    #[test]
    fn all_rules_hold_in_short_histories(
        steps in prop::collection::vec(step(), 5..12), knows_members: bool
    ) {
        go(steps, knows_members)?;
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn all_rules_hold_in_long_histories(
        steps in prop::collection::vec(step(), 12..40), knows_members: bool
    ) {
        go(steps, knows_members)?;
    }
}
