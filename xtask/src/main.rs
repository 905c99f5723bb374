//! The tasks of this repository that `cargo build` and `cargo test` cannot express.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a build tool talks to the terminal"
)]

mod bench;
mod breakages;
mod ci;
mod command;
mod conformance;
mod demo;
mod dist;
mod docs;
mod fuzz;
mod histories;
mod system;
mod tally;

use std::process::ExitCode;

use clap::Parser;

/// The tasks of this repository
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Task {
    /// Check formatting, lints, tests, fuzzing, documentation and conformance
    Ci,
    /// Let other clients of GitLab try the sandbox, and read what the program wrote into it
    Conformance,
    /// Play an audit with the real program against the sandbox
    Demo,
    /// Pack the program with its manual pages, completions, licences and checksums
    Dist,
    /// Measure the program beside a Ruby script that does the same
    Bench(bench::Bench),
    /// Feed the parsers of foreign text with whatever reaches most of their code
    Fuzz(fuzz::Fuzz),
    /// Hold the rules of follow-ups against many random histories
    Histories(histories::Histories),
    /// Break every rule about people once, and show that the promises catch it
    Breakages(breakages::Breakages),
    /// Write the generated parts of the documentation
    Docs(docs::Docs),
}

fn main() -> ExitCode {
    let outcome = match Task::parse() {
        Task::Ci => ci::run(),
        Task::Conformance => conformance::run(),
        Task::Demo => demo::run(),
        Task::Dist => dist::run(),
        Task::Bench(bench) => bench.run(),
        Task::Fuzz(fuzz) => fuzz.run(),
        Task::Histories(histories) => histories.run(),
        Task::Breakages(breakages) => breakages.run(),
        Task::Docs(docs) => docs.run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
