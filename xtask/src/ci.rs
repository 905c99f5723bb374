//! `ci`: everything that must hold before a change is taken.

use crate::command::{self, cargo};
use crate::conformance;
use crate::fuzz::Fuzz;
use crate::system::{self, Program};
use crate::tally::{self, Tally};

/// What the test with a real keyring starts.
const KEYRING: [Program; 3] = [
    Program { name: "gnome-keyring-daemon", package: "gnome-keyring" },
    Program { name: "dbus-run-session", package: "dbus" },
    Program { name: "secret-tool", package: "libsecret-tools" },
];

/// The shells whose completion is tried; bash is expected to be there.
const SHELLS: [Program; 2] =
    [Program { name: "zsh", package: "zsh" }, Program { name: "fish", package: "fish" }];

/// The number that random properties follow from, so that a change answers for itself and not for the
/// luck of the draw; `cargo test` and `cargo xtask histories` draw anew each time.
const SEED: &str = "1";

/// Checks the workspace; how many tests and checks passed and failed is the last line on stdout.
pub(crate) fn run() -> anyhow::Result<()> {
    prepare();
    let mut tally = None;
    let outcome = check(&mut tally);
    if let Some(tally) = tally {
        println!("{tally}");
    }
    outcome
}

/// Goes on without what it cannot provide, and says so.
fn prepare() {
    for (programs, left_out) in [
        (&KEYRING[..], "the test with a real keyring is left out"),
        (&SHELLS[..], "the tests of completion in them are left out"),
    ] {
        let missing = system::provide(programs);
        if !missing.is_empty() {
            eprintln!("missing: {}; {left_out}", missing.join(", "));
        }
    }
    if std::env::var_os("CC").is_none() && !["cc", "gcc", "clang"].into_iter().any(system::has) {
        eprintln!("missing: a C compiler (cc); libdbus and ring cannot be compiled without one");
    }
    if std::env::var_os("CXX").is_none() && !["c++", "g++", "clang++"].into_iter().any(system::has)
    {
        eprintln!("missing: a C++ compiler (c++); the fuzz targets cannot be built without one");
    }
}

/// Stops at the first step that fails; `tally` is set as soon as the tests have run.
fn check(tally: &mut Option<Tally>) -> anyhow::Result<()> {
    command::run(&mut cargo("fmt --all --check"))?;
    command::run(&mut cargo("fmt --manifest-path fuzz/Cargo.toml --check"))?;
    command::run(&mut cargo("clippy --workspace --all-targets --locked -- -D warnings"))?;
    let mut tests = cargo("test --workspace --locked --no-fail-fast");
    tests.env("PROPTEST_RNG_SEED", SEED);
    let (counted, status) = tally::run(&mut tests, tally::of_cargo)?;
    *tally = Some(counted);
    anyhow::ensure!(status.success(), "{} failed: {status}", command::shown(&tests));
    Fuzz::SHORT.run()?;
    command::run(cargo("doc --workspace --no-deps --locked").env("RUSTDOCFLAGS", "-D warnings"))?;
    conformance::check(tally.get_or_insert_default())
}
