//! `support-audit` carries out a team's periodic access review.
//!
//! This crate acts: it is the only one that sees `audit`, which thinks, and `api`, which talks.

mod app;
mod args;
mod cli;
mod clock;
mod commands;
mod config;
mod ctx;
mod error;
mod execute;
mod gather;
mod output_file;
mod services;
mod suggest;
mod tokens;
mod ui;
mod usage;

use std::process::ExitCode;

fn main() -> ExitCode {
    app::run()
}
