//! Reads the status of an audit.

use audit::steps::status::{self, Closing, Status};

use super::accounts::AccountsMode;
use super::conversation::followup_sources;
use super::issue::{IssueSelector, is_closed};
use super::sources::Inputs;
use crate::ctx::Ctx;
use crate::error::Failure;

/// Reads the status of an audit, and why a source is not complete.
pub(crate) async fn status(
    ctx: &Ctx,
    inputs: &Inputs,
    selector: &IssueSelector,
) -> anyhow::Result<(Status, Option<Failure>)> {
    let mut sources = followup_sources(ctx, inputs, selector, AccountsMode::IfConfigured).await?;
    sources.read_reactions(ctx, ctx.now()).await?;
    let cases = sources.cases(ctx, ctx.now()).await?;
    let issue = &sources.record.issue.issue;
    let closing = Closing {
        is_closed: is_closed(issue),
        by: issue.closed_by.as_ref().map(|user| user.username.clone()),
    };
    let status = status::status(&sources.input(ctx, ctx.now()), &cases, &closing);
    Ok((status, sources.incomplete))
}
