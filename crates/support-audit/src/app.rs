//! Runs the program from its command line to its exit code.

use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::args::Format;
use crate::cli::{Cli, Command};
use crate::commands;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure, explain};
use crate::ui::{self, Ui};
use crate::usage::{parse, usage};

/// Parses the command line and carries it out.
pub(crate) fn run() -> ExitCode {
    forbid_core_dumps();
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let ui = Ui::new(&cli.global);
    let is_json = cli.global.format == Some(Format::Json);
    let exit = match start(cli, ui.clone()) {
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

fn start(cli: Cli, ui: Ui) -> anyhow::Result<Exit> {
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
