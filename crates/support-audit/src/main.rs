//! `support-audit` carries out a team's periodic access review.
//!
//! This crate acts: it is the only one that sees `audit`, which thinks, and `api`, which talks.

mod cli;
mod commands;
mod config;
mod ctx;
mod execute;
mod explain;
mod gather;
mod secrets;
mod ui;

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, FromArgMatches as _};

use crate::cli::{Cli, Command, Format};
use crate::ctx::Ctx;
use crate::explain::{Exit, Failure, explain};
use crate::ui::Ui;

fn main() -> ExitCode {
    forbid_core_dumps();
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let ui = Ui::new(&cli.global);
    let is_json = cli.global.format == Some(Format::Json);
    let exit = match run(cli, ui.clone()) {
        Ok(exit) => exit,
        Err(error) => {
            let failure = explain(&error);
            if is_json && !ui.has_printed() {
                ui::print_json_error(&failure);
            }
            ui.error(&failure);
            failure.exit
        }
    };
    ExitCode::from(exit as u8)
}

/// Prints help and version to stdout, and what is wrong with the command line to stderr.
fn usage(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A reader who has seen enough is no error.
        drop(error.print());
        return ExitCode::SUCCESS;
    }
    let failure = if may_hold_a_token(error) {
        let message = "an argument is not understood; it is not repeated, since it may be a token";
        let failure = Failure::new(Exit::Usage, message)
            .hint("no argument takes a token: `support-audit auth login` asks for it");
        Ui::plain().error(&failure);
        failure
    } else {
        drop(error.print());
        let text = error.to_string();
        let (what, rest) = text.split_once("\n\n").unwrap_or((&text, ""));
        let what: Vec<&str> = what.lines().map(str::trim).collect();
        let tip = rest.lines().find_map(|line| line.trim().strip_prefix("tip: "));
        Failure::new(Exit::Usage, what.join(" ").trim_start_matches("error: "))
            .hint(tip.unwrap_or("try --help"))
    };
    if argument("--format").as_deref() == Some("json") {
        ui::print_json_error(&failure);
    }
    ExitCode::from(failure.exit as u8)
}

/// Whether what is wrong with the command line may be a token that somebody typed behind `auth`.
fn may_hold_a_token(error: &clap::Error) -> bool {
    let is_flag = || match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) => argument.starts_with('-'),
        _ => false,
    };
    let is_foreign = match error.kind() {
        ErrorKind::UnknownArgument => !is_flag(),
        kind => matches!(kind, ErrorKind::InvalidSubcommand | ErrorKind::InvalidValue),
    };
    is_foreign && std::env::args_os().any(|argument| argument == "auth")
}

fn parse() -> Result<Cli, clap::Error> {
    let color = match argument("--color").as_deref() {
        Some("always") => clap::ColorChoice::Always,
        Some("never") => clap::ColorChoice::Never,
        _ => clap::ColorChoice::Auto,
    };
    Cli::from_arg_matches(&Cli::command().color(color).try_get_matches()?)
}

/// The value of a flag in a command line that may not be understood as a whole.
fn argument(flag: &str) -> Option<String> {
    let mut arguments = std::env::args_os().filter_map(|argument| argument.into_string().ok());
    while let Some(argument) = arguments.next() {
        if argument == flag {
            return arguments.next();
        }
        if let Some(value) = argument.strip_prefix(flag).and_then(|rest| rest.strip_prefix('=')) {
            return Some(value.to_owned());
        }
    }
    None
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
    // What tells of the command line needs no configuration, which may be broken.
    match &cli.command {
        Some(Command::Help(help)) => return help.exec(&ui),
        Some(Command::Completions(completions)) => return completions.exec(&ui),
        Some(Command::Man(man)) => return man.exec(&ui),
        _ => {}
    }
    match cli.command {
        Some(command) => commands::exec(command, &Ctx::new(cli.global, ui)?).await,
        None if ui.may_guide() => commands::guide::exec(cli.global, ui).await,
        None => {
            ui.show_lines(&Cli::command().render_help().to_string());
            Ok(Exit::Usage)
        }
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
