//! Removes accounts from the audited organisation.

use api::{Error, ErrorKind};
use audit::accounts::{Account, AccountStatus, OWNER};
use audit::identity::comparable_email;
use audit::plan::Removal;

use super::look_twice::PAUSE;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
use crate::gather::{self, Organization, account_of_invitation, account_of_membership};

/// Removes an account that is still the one which was planned, and proves that it is gone.
pub(super) async fn remove(ctx: &Ctx, removal: &Removal) -> anyhow::Result<()> {
    let Removal { id, status, role, .. } = removal;
    let name = removal.name();
    let calendly = ctx.calendly().await?;
    let Organization { uri: organization, own } = gather::organization(ctx).await?;
    let changed = |what: &str| {
        let message = format!("{name} was not removed: {what}");
        Failure::new(Exit::Conflict, message).hint("run `support-audit reconcile` again")
    };
    match find(ctx, &organization, removal).await? {
        None => return Err(changed("there is no such account any more").into()),
        Some(account) if account.role.as_deref() == Some(OWNER) => {
            return Err(changed("it is an owner's by now").into());
        }
        Some(account) if account.is_named(&own) => {
            return Err(changed("it is your own").into());
        }
        Some(account) if account.role != *role => {
            return Err(changed("it has another role by now").into());
        }
        Some(_) => {}
    }
    let removed = match status {
        AccountStatus::Active => calendly.remove_membership(id.as_str()).await,
        AccountStatus::Invited => calendly.revoke_invitation(id.as_str()).await,
    };
    match removed {
        Ok(()) => {}
        Err(error) if error.may_have_arrived() => {
            ctx.ui.warn(&format!("no answer to the removal ({error}); looking for the account"));
            ctx.pause(PAUSE).await;
        }
        Err(error) => return Err(refusal(error, name)),
    }
    if find(ctx, &organization, removal).await?.is_some() {
        let message = format!("{name} is still there after it was removed");
        return Err(Failure::new(Exit::TryLater, message)
            .hint("look at it in Calendly, and run the command again")
            .into());
    }
    ctx.ui.say(&format!("removed {name}"));
    Ok(())
}

/// The account or invitation of the id and the address that were planned, read afresh.
async fn find(ctx: &Ctx, organization: &str, removal: &Removal) -> anyhow::Result<Option<Account>> {
    let calendly = ctx.calendly().await?;
    // Every account of Calendly has an address, and what has none was never read.
    let Some(email) = &removal.email else { return Ok(None) };
    let accounts: Vec<Account> = match removal.status {
        AccountStatus::Active => {
            let members = calendly.memberships_of_email(organization, email).await?;
            members.iter().map(account_of_membership).collect()
        }
        AccountStatus::Invited => {
            let listing = calendly.invitations(organization).await;
            if let Some(broken) = listing.broken {
                return Err(broken.into());
            }
            listing.items.iter().map(account_of_invitation).collect()
        }
    };
    let email = comparable_email(email);
    let is_planned = |account: &Account| {
        account.id == removal.id && account.comparable_email().as_ref() == Some(&email)
    };
    Ok(accounts.into_iter().find(is_planned))
}

/// Why Calendly refused a removal, with what helps.
fn refusal(error: Error, name: &str) -> anyhow::Error {
    let (exit, hint) = match error.kind {
        ErrorKind::ManagedByScim { .. } => (
            Exit::Failed,
            "the organisation is managed by SCIM: remove them in the identity provider",
        ),
        ErrorKind::Forbidden { .. } => (
            Exit::Token,
            "removing takes an owner's or admin's token with the scope organizations:write",
        ),
        _ => return anyhow::Error::new(error).context(format!("could not remove {name}")),
    };
    let message = format!("Calendly refused to remove {name}: {error}");
    Failure::new(exit, message).hint(hint).into()
}
