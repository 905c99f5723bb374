//! Runs the program from its command line to its exit code.

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::args::{Format, Global};
use crate::cli::{Cli, Command};
use crate::commands;
use crate::commands::guide::Guide;
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
            exit = run_command(cli, ui) => exit,
            _ = tokio::signal::ctrl_c() => {
                Err(Failure::new(Exit::Interrupted, "interrupted").into())
            }
        }
    });
    // A prompt that nobody will answer any more must not hold up the end.
    runtime.shutdown_background();
    exit
}

async fn run_command(cli: Cli, ui: Ui) -> anyhow::Result<Exit> {
    match cli.command {
        // What describes the command line needs no configuration, which may be broken.
        Some(Command::Help(help)) => help.exec(&ui, cli.global.kind, Cli::command()),
        Some(Command::Completions(completions)) => completions.exec(&ui, Cli::command()),
        Some(Command::Man(man)) => man.exec(&ui, Cli::command()),
        Some(Command::Doctor) => commands::doctor::exec(&Ctx::new(cli.global, ui)?.brief()).await,
        Some(command) => Box::pin(dispatch(command, &Ctx::new(cli.global, ui)?)).await,
        None if ui.may_guide() => Box::pin(guide(cli.global, ui)).await,
        None => {
            ui.show_lines(&Cli::command().render_help().to_string());
            Ok(Exit::Usage)
        }
    }
}

/// Hands each command to its module.
async fn dispatch(command: Command, ctx: &Ctx) -> anyhow::Result<Exit> {
    match command {
        Command::InitIssue(init) => init.exec(ctx).await,
        Command::Run(run) => run.exec(ctx).await,
        Command::Reconcile(reconcile) => Box::pin(reconcile.exec(ctx)).await,
        Command::Followups(followups) => Box::pin(followups.exec(ctx)).await,
        Command::SubmitReview(submit) => submit.exec(ctx).await,
        Command::Status(status) => status.exec(ctx).await,
        Command::Auth(auth) => auth.exec(ctx).await,
        Command::Config => commands::config::show(ctx),
        Command::Doctor => commands::doctor::exec(ctx).await,
        Command::Completions(completions) => completions.exec(&ctx.ui, Cli::command()),
        Command::Man(man) => man.exec(&ctx.ui, Cli::command()),
        Command::Help(help) => help.exec(&ctx.ui, ctx.global.kind, Cli::command()),
    }
}

/// Runs each command that the user chooses in the guide, as if it had been typed, until they leave.
async fn guide(global: Global, ui: Ui) -> anyhow::Result<Exit> {
    let mut guide = Guide::start(global, ui).await?;
    if guide.is_new {
        commands::doctor::exec(&guide.ctx).await?;
    }
    while let Some(arguments) = guide.next_command().await? {
        if let Err(error) = run_typed(&mut guide.ctx, arguments).await {
            guide.report(error)?;
        }
    }
    Ok(Exit::Success)
}

async fn run_typed(ctx: &mut Ctx, arguments: Vec<String>) -> anyhow::Result<()> {
    let typed = Cli::try_parse_from(std::iter::once("support-audit".to_owned()).chain(arguments))?;
    if let Some(command) = typed.command {
        ctx.global.format = typed.global.format;
        Box::pin(dispatch(command, ctx)).await?;
    }
    Ok(())
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
