//! `status`: how the audit stands.

use clap::Args;

use crate::args::Format;
use crate::ctx::Ctx;
use crate::error::Exit;
use crate::gather::{self, Inputs, IssueSelector};
use crate::ui;

/// Show the audit's stage, where every finding stands, and what comes next
#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    selector: IssueSelector,
}

impl Status {
    pub(crate) async fn exec(self, ctx: &Ctx) -> anyhow::Result<Exit> {
        let format = ui::format(ctx.global.format, Format::Table, &[Format::Table, Format::Json])?;
        let (status, incomplete) = gather::status(ctx, &self.inputs, &self.selector).await?;
        let text = if format == Format::Json { ui::json(&status)? } else { status.table() };
        ctx.ui.result(&text)?;
        incomplete.map_or(Ok(Exit::Success), |failure| Err(failure.into()))
    }
}
