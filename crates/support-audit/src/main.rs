//! `support-audit` carries out a team's periodic access review.
//!
//! This crate acts: it is the only one that sees `audit`, which thinks, and `api`, which talks.

mod cli;
mod commands;
mod config;
mod ctx;
mod explain;
mod gather;
mod secrets;
mod ui;

use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::cli::{Cli, Command, Format};
use crate::ctx::Ctx;
use crate::explain::{Exit, Failure, explain};
use crate::ui::Ui;

fn main() -> ExitCode {
    forbid_core_dumps();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let ui = Ui::new(&cli.global);
    let is_json = cli.global.format == Some(Format::Json);
    let exit = match run(cli, ui.clone()) {
        Ok(exit) => exit,
        Err(error) => {
            let failure = explain(&error);
            if is_json {
                drop(ui.result(&ui::json_error(&failure)));
            }
            ui.error(&failure);
            failure.exit
        }
    };
    ExitCode::from(exit as u8)
}

/// Prints help and version to stdout, and what is wrong with the command line to stderr.
fn usage(error: &clap::Error) -> ExitCode {
    // A reader who has seen enough is no error.
    drop(error.print());
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
        _ => ExitCode::from(Exit::Usage as u8),
    }
}

fn run(cli: Cli, ui: Ui) -> anyhow::Result<Exit> {
    ui::start_log(cli.global.verbose, &ui);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let exit = runtime.block_on(async {
        tokio::select! {
            exit = command(cli, ui) => exit,
            _ = tokio::signal::ctrl_c() => {
                Err(Failure::new(Exit::Interrupted, "interrupted").into())
            }
        }
    });
    // A prompt that nobody will answer any more must not hold up the end.
    runtime.shutdown_background();
    exit
}

async fn command(cli: Cli, ui: Ui) -> anyhow::Result<Exit> {
    let ctx = Ctx::new(cli.global, ui)?;
    match cli.command {
        Command::Run(run) => run.exec(&ctx).await,
        Command::Auth(auth) => auth.exec(&ctx).await,
        Command::Config => commands::config::show(&ctx),
    }
}

/// A core dump would hold the tokens.
fn forbid_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let nothing = Rlimit { current: Some(0), maximum: Some(0) };
        // A system that does not take it writes core dumps only if it was told to.
        setrlimit(Resource::Core, nothing).ok();
    }
}
