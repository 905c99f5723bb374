//! Calendly: an organisation's members and pending invitations.

use anyhow::Context as _;
use api::calendly::{BrokenPage, Invitation, Listing, Me, Membership};
use api::{Calendly, ErrorKind};
use audit::accounts::{ADMIN, Account, AccountStatus, Export, OWNER};
use audit::identity::AccountId;
use audit::input::Location;
use audit::kinds::calendly::read_answers;
use audit::plan::Removal;
use jiff::Timestamp;

use super::answer::ServiceAccounts;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure, explain};
use crate::tokens::Service;

/// What helps without a token.
pub(super) const FILE_HINT: &str = "--accounts reads the admins' CSV export instead";

/// The client, with the token for its host.
async fn client(ctx: &Ctx) -> anyhow::Result<&Calendly> {
    let connect = async || Ok(Calendly::new(ctx.connect(Service::Calendly).await?)?);
    ctx.clients.calendly.get_or_try_init(connect).await
}

/// The token's user, which is asked for once.
async fn me(ctx: &Ctx) -> anyhow::Result<&Me> {
    let ask = async || client(ctx).await?.me().await.context("could not ask Calendly who you are");
    ctx.clients.calendly_user.get_or_try_init(ask).await
}

/// See [`super::read_accounts`].
pub(super) async fn read_accounts(ctx: &Ctx) -> anyhow::Result<ServiceAccounts> {
    let me = match me(ctx).await {
        Ok(me) => me,
        // An organisation that cannot be read is not an empty one.
        Err(error) => {
            let gaps = vec![explain(&error).message];
            let source = ctx.config.url(Service::Calendly).to_string();
            let export = Export { gaps, ..Export::default() };
            return Ok(ServiceAccounts { source, export, failure: Some(incomplete(&error)) });
        }
    };
    let organization = &me.current_organization;
    let calendly = client(ctx).await?;
    let (members, invitations) =
        tokio::join!(calendly.memberships(organization), calendly.invitations(organization));
    let mut gaps: Vec<String> = unseen(&members, &me.email).into_iter().collect();
    let mut failure = None;
    let mut list = Vec::new();
    list.extend(members.items.iter().map(account_of_membership));
    list.extend(invitations.items.iter().map(account_of_invitation));
    for broken in [members.broken, invitations.broken].into_iter().flatten() {
        let BrokenPage { list, number, items, .. } = &broken;
        gaps.push(format!("page {number} of {list} failed, after {items} were read"));
        failure.get_or_insert_with(|| incomplete(&anyhow::Error::new(broken)));
    }
    let export = read_answers(list, gaps);
    Ok(ServiceAccounts { source: organization.clone(), export, failure })
}

/// Why a list that was read to its end may still lack members: Calendly shows all of them only to
/// owners and admins, and everyone else only themselves.
fn unseen(members: &Listing<Membership>, own_email: &str) -> Option<String> {
    if members.broken.is_some() {
        return None;
    }
    let own_account =
        members.items.iter().map(account_of_membership).find(|account| account.is_named(own_email));
    let Some(account) = own_account else {
        return Some("the token's own user is not among the members that were read".to_owned());
    };
    if account.has_role(OWNER) || account.has_role(ADMIN) {
        return None;
    }
    // A role that this program does not know may be one that is shown everybody: then there are others.
    let is_user = account.role.as_deref().is_none_or(|role| role == "user");
    let reason = "the token is not an owner's or admin's, and only they are shown everybody";
    (is_user || members.items.len() == 1).then(|| reason.to_owned())
}

/// A failure to read the accounts: a bad token stays one, anything else leaves them incomplete.
fn incomplete(error: &anyhow::Error) -> Failure {
    let Failure { exit, message, hint } = explain(error);
    let (exit, hint) = if is_forbidden(error) {
        let hint = "it takes the token of an owner or admin with the scopes users:read and organizations:read";
        (Exit::Token, Some(hint.to_owned()))
    } else {
        let exit = if exit == Exit::Token { exit } else { Exit::Incomplete };
        (exit, hint.or_else(|| Some("run the command again".to_owned())))
    };
    Failure { exit, message: format!("the accounts were not read whole: {message}"), hint }
}

fn is_forbidden(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let error: Option<&api::Error> = cause.downcast_ref();
        error.is_some_and(|error| matches!(error.kind, ErrorKind::Forbidden { .. }))
    })
}

/// See [`super::check_access`].
pub(super) async fn check_access(ctx: &Ctx) -> anyhow::Result<&'static str> {
    let organization = &me(ctx).await?.current_organization;
    // Everybody may list themself as a member: only the invitations show whether it is an admin's token.
    match client(ctx).await?.invitations(organization).await.broken {
        Some(broken) => Err(broken.into()),
        None => Ok("the organisation can be read"),
    }
}

/// See [`super::own_account`].
pub(super) async fn own_account(ctx: &Ctx) -> anyhow::Result<String> {
    Ok(me(ctx).await?.email.clone())
}

/// See [`super::find_account`].
pub(super) async fn find_account(ctx: &Ctx, removal: &Removal) -> anyhow::Result<Option<Account>> {
    match removal.status {
        AccountStatus::Active => find_member(ctx, removal).await,
        AccountStatus::Invited => find_invitation(ctx, removal).await,
    }
}

async fn find_member(ctx: &Ctx, removal: &Removal) -> anyhow::Result<Option<Account>> {
    let calendly = client(ctx).await?;
    match calendly.membership(removal.id.as_str()).await {
        Ok(membership) => Ok(membership.as_ref().map(account_of_membership)),
        // Calendly refuses a membership of another organisation, and does not say whether a removed user
        // has one under the same id. The members of this organisation decide then.
        Err(error) if matches!(error.kind, ErrorKind::Forbidden { .. }) => {
            // Every account of Calendly has an address: what has none was never read.
            let Some(email) = &removal.email else { return Ok(None) };
            let organization = &me(ctx).await?.current_organization;
            let members = calendly.memberships_of_email(organization, email).await?;
            let membership =
                members.iter().find(|membership| membership.uri == removal.id.as_str());
            Ok(membership.map(account_of_membership))
        }
        Err(error) => Err(error.into()),
    }
}

async fn find_invitation(ctx: &Ctx, removal: &Removal) -> anyhow::Result<Option<Account>> {
    let organization = &me(ctx).await?.current_organization;
    let listing = client(ctx).await?.invitations(organization).await;
    if let Some(broken) = listing.broken {
        return Err(broken.into());
    }
    let invitation = listing.items.iter().find(|invitation| invitation.uri == removal.id.as_str());
    Ok(invitation.map(account_of_invitation))
}

/// See [`super::remove_account`].
pub(super) async fn remove_account(ctx: &Ctx, removal: &Removal) -> anyhow::Result<()> {
    let calendly = client(ctx).await?;
    let removed = match removal.status {
        AccountStatus::Active => calendly.remove_membership(removal.id.as_str()).await,
        AccountStatus::Invited => calendly.revoke_invitation(removal.id.as_str()).await,
    };
    removed.map_err(|error| refusal(error, removal.name()))
}

/// Why Calendly refused a removal, with what helps.
fn refusal(error: api::Error, name: &str) -> anyhow::Error {
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

fn account_of_membership(membership: &Membership) -> Account {
    let Membership { uri, role, user, created_at, .. } = membership;
    Account {
        id: AccountId::new(uri.clone()),
        email: Some(user.email.clone()),
        name: user.name.clone(),
        role: Some(role.trim().to_lowercase()).filter(|role| !role.is_empty()),
        page: Some(user.scheduling_url.clone()).filter(|page| !page.is_empty()),
        status: AccountStatus::Active,
        since: day(created_at.as_ref()),
        location: Location { file: uri.clone(), line: None },
    }
}

fn account_of_invitation(invitation: &Invitation) -> Account {
    let Invitation { uri, email, created_at, .. } = invitation;
    Account {
        id: AccountId::new(uri.clone()),
        email: Some(email.clone()),
        name: String::new(),
        role: None,
        page: None,
        status: AccountStatus::Invited,
        since: day(created_at.as_ref()),
        location: Location { file: uri.clone(), line: None },
    }
}

fn day(instant: Option<&Timestamp>) -> String {
    instant.map(|instant| instant.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}
