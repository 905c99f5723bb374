//! Reads how an audit stands.

use audit::steps::status::{self, Issue, Status};

use super::accounts::AccountsMode;
use super::conversation::followup_sources;
use super::issue::{IssueSelector, is_closed};
use super::sources::Inputs;
use crate::ctx::Ctx;
use crate::error::Failure;

/// How the audit stands, and why a source was not read whole.
pub(crate) async fn status(
    ctx: &Ctx,
    inputs: &Inputs,
    selector: &IssueSelector,
) -> anyhow::Result<(Status, Option<Failure>)> {
    let mut sources = followup_sources(ctx, inputs, selector, AccountsMode::IfConfigured).await?;
    sources.read_reactions(ctx, ctx.now).await?;
    let issue = &sources.issue.issue;
    let about = Issue {
        url: issue.web_url.clone(),
        is_closed: is_closed(issue),
        closed_by: issue.closed_by.as_ref().map(|user| user.username.clone()),
        has_report: sources.has_report(),
        operator: sources.operator.username.clone(),
    };
    let status = status::status(&sources.facts(ctx, ctx.now), &about);
    Ok((status, sources.incomplete))
}
