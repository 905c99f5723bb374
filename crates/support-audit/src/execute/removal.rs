//! Removes accounts from the audited system, and proves that each is gone.

use audit::accounts::OWNER;
use audit::identity::comparable_email;
use audit::plan::Removal;

use super::look_twice::PAUSE;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
use crate::services;

/// Removes an account that is still as it was when the plan was made, and reads it again to prove that
/// it is gone.
pub(super) async fn remove(ctx: &Ctx, removal: &Removal) -> anyhow::Result<()> {
    let name = removal.name();
    if let Some(change) = find_change(ctx, removal).await? {
        let message = format!("{name} was not removed: {change}");
        return Err(Failure::new(Exit::Conflict, message)
            .hint("run `support-audit reconcile` again")
            .into());
    }
    if let Err(error) = services::remove_account(ctx, removal).await {
        match error.downcast_ref::<api::Error>() {
            // A removal is never sent twice: whether the account is gone says whether it arrived.
            Some(lost) if lost.may_have_arrived() => {
                let message = format!("no answer to the removal ({lost}); looking for the account");
                ctx.ui.warn(&message);
                ctx.pause(PAUSE).await;
            }
            _ => return Err(error),
        }
    }
    if services::find_account(ctx, removal).await?.is_some() {
        let system = ctx.global.kind.spec().system;
        let message = format!("{name} is still there after it was removed");
        return Err(Failure::new(Exit::TryLater, message)
            .hint(format!("look at it in {system}, and run the command again"))
            .into());
    }
    ctx.ui.say(&format!("removed {name}"));
    Ok(())
}

/// Reads the account afresh and says what has changed about it since it was planned to be removed.
async fn find_change(ctx: &Ctx, removal: &Removal) -> anyhow::Result<Option<&'static str>> {
    let own_account = services::own_account(ctx).await?;
    let Some(account) = services::find_account(ctx, removal).await? else {
        return Ok(Some("there is no such account any more"));
    };
    Ok(if account.comparable_email() != removal.email.as_deref().map(comparable_email) {
        Some("it has another address by now")
    } else if account.role.as_deref() == Some(OWNER) {
        Some("it is an owner's by now")
    } else if account.is_named(&own_account) {
        Some("it is your own")
    } else if account.role != removal.role {
        Some("it has another role by now")
    } else {
        None
    })
}
