//! What must never happen to people, judged from the rules alone.
//!
//! `world` models what a run can see, `history` plays random histories over it, `oracle` says what the
//! rules demand, and `judge` compares a run with it. `product` is the only door to the code under
//! test. `examples` holds the oracle to the rules sentence by sentence; `reference` and `mistakes` show
//! that the judge can be satisfied and that it catches each broken promise.
//!
//! A long run: `PROPTEST_CASES=100000 cargo test --release -p audit --test promises keeps`.

#![cfg(test)]
#![expect(unreachable_pub, reason = "the modules of one test crate share these items")]

mod evaluation;
mod examples;
mod history;
mod identity;
mod judge;
mod known;
mod mistakes;
mod oracle;
mod plan;
mod play;
mod product;
mod reference;
mod stage;
mod world;

use proptest::test_runner::{Config, TestCaseError, TestRunner};

/// The number of histories: `PROPTEST_CASES`, or 256. What fails is shrunk in as many steps as
/// `PROPTEST_MAX_SHRINK_ITERS` says, or 20,000.
fn config() -> Config {
    let default = Config::default();
    let max_shrink_iters = default.max_shrink_iters.min(20_000);
    Config { failure_persistence: None, max_shrink_iters, ..default }
}

fn check(product: play::Product<'_>) {
    let result = TestRunner::new(config()).run(&history::histories(), |events| {
        let violations = play::play(&events, product);
        if violations.is_empty() {
            return Ok(());
        }
        Err(TestCaseError::fail(format!("{violations:#?}")))
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn the_reference_keeps_every_promise() {
    check(reference::PRODUCT);
}

#[test]
fn the_product_keeps_every_promise() {
    check(product::PRODUCT);
}
