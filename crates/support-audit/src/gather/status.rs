//! Reads how an audit stands.

use audit::steps::status::{self, Issue, Status};

use super::accounts::Need;
use super::conversation::followed;
use super::issue::Wanted;
use super::sources::Inputs;
use crate::ctx::Ctx;
use crate::error::Failure;

/// How the audit stands, and why a source was not read whole.
pub(crate) async fn status(
    ctx: &Ctx,
    inputs: &Inputs,
    wanted: &Wanted,
) -> anyhow::Result<(Status, Option<Failure>)> {
    let mut followed = followed(ctx, inputs, wanted, Need::IfConfigured).await?;
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
