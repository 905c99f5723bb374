//! The commands, a file each.

pub(crate) mod auth;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod followups;
pub(crate) mod generate;
pub(crate) mod guide;
pub(crate) mod help;
pub(crate) mod init_issue;
pub(crate) mod reconcile;
pub(crate) mod run;
pub(crate) mod status;
pub(crate) mod submit_review;

use crate::cli::Command;
use crate::ctx::Ctx;
use crate::error::Exit;

/// Carries out a command.
pub(crate) async fn exec(command: Command, ctx: &Ctx) -> anyhow::Result<Exit> {
    match command {
        Command::InitIssue(init) => init.exec(ctx).await,
        Command::Run(run) => run.exec(ctx).await,
        Command::Reconcile(reconcile) => reconcile.exec(ctx).await,
        Command::Followups(followups) => followups.exec(ctx).await,
        Command::SubmitReview(submit) => submit.exec(ctx).await,
        Command::Status(status) => status.exec(ctx).await,
        Command::Auth(auth) => auth.exec(ctx).await,
        Command::Config => config::show(ctx),
        Command::Doctor => doctor::exec(ctx).await,
        Command::Completions(completions) => completions.exec(&ctx.ui),
        Command::Man(man) => man.exec(&ctx.ui),
        Command::Help(help) => help.exec(&ctx.ui),
    }
}
