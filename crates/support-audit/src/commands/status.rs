//! `status`: how the audit stands.

use audit::status::{self, Issue};
use clap::Args;

use crate::cli::Format;
use crate::ctx::Ctx;
use crate::explain::{Exit, Failure};
use crate::gather::{self, Inputs, Need, Wanted};
use crate::ui;

/// Show the audit's stage, where every finding stands, and what comes next
#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    wanted: Wanted,
}

impl Status {
    pub(crate) async fn exec(self, ctx: &Ctx) -> anyhow::Result<Exit> {
        let format = ui::format(ctx.global.format, Format::Table, &[Format::Table, Format::Json])?;
        let (status, incomplete) = read(ctx, &self.inputs, &self.wanted).await?;
        let text = if format == Format::Json { ui::json(&status)? } else { status.table() };
        ctx.ui.result(&text)?;
        incomplete.map_or(Ok(Exit::Done), |failure| Err(failure.into()))
    }
}

/// How the audit stands, and why a source was not read whole.
pub(super) async fn read(
    ctx: &Ctx,
    inputs: &Inputs,
    wanted: &Wanted,
) -> anyhow::Result<(status::Status, Option<Failure>)> {
    let mut followed = gather::followed(ctx, inputs, wanted, Need::IfConfigured).await?;
    followed.read_reactions(ctx, ctx.now).await?;
    let issue = &followed.issue.issue;
    let about = Issue {
        url: issue.web_url.clone(),
        is_closed: issue.state == "closed",
        closed_by: issue.closed_by.as_ref().map(|user| user.username.clone()),
        has_report: followed.has_report(),
        operator: followed.operator.username.clone(),
    };
    let status = status::status(&followed.facts(ctx, ctx.now), &about);
    Ok((status, followed.incomplete))
}
