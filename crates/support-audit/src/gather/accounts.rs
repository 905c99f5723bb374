//! Reads the accounts: from a file, or from the audited service.

use std::path::Path;

use anyhow::Context as _;
use api::calendly::{BrokenPage, Invitation, Listing, Membership};
use audit::accounts::{ADMIN, Account, AccountStatus, Accounts, Export, OWNER};
use audit::identity::AccountId;
use audit::input::{Location, SourceFile};
use audit::kinds::{Kind, calendly};
use jiff::Timestamp;

use crate::ctx::Ctx;
use crate::error::{Exit, Failure, explain};
use crate::tokens::{self, Service, Stored};
use crate::ui;

/// How much a command wants the accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccountsMode {
    /// Where a file or a token is at hand: nobody is asked for one.
    IfConfigured,
    /// It cannot go on without them.
    Always,
}

/// The accounts, if there are any to be read, and why they are not whole.
pub(super) async fn accounts(
    ctx: &Ctx,
    file: Option<&Path>,
    mode: AccountsMode,
) -> anyhow::Result<(Option<Accounts>, Option<Failure>)> {
    if let Some(path) = file {
        let name = path.display().to_string();
        let unread = |error| {
            let message = format!("could not read the accounts {name}: {error}");
            Failure::new(Exit::BadInput, message)
        };
        let file = SourceFile { bytes: read(path).await.map_err(unread)?, name };
        let captured_at = captured_at(ctx, path);
        let kind = Kind::from(ctx.global.kind);
        let accounts = Accounts::from_file(kind.spec().export, &file, captured_at)
            .map_err(|problem| Failure::new(Exit::BadInput, format!("the accounts: {problem}")))?;
        let gaps = &accounts.capture.gaps;
        let incomplete =
            (!gaps.is_empty()).then(|| incomplete_accounts(&accounts, &gaps.join("; ")));
        return Ok((Some(accounts), incomplete));
    }
    if mode == AccountsMode::IfConfigured && !is_configured(ctx).await? {
        return Ok((None, None));
    }
    let _progress = ctx.ui.progress("reading the accounts of Calendly");
    let organization = match organization(ctx).await {
        Ok(organization) => organization,
        // Who cannot be asked has not been read: that is not to say that nobody is there.
        Err(error) => {
            let gaps = vec![explain(&error).message];
            let source = ctx.config.calendly_url.to_string();
            let export = Export { gaps, ..Export::default() };
            let accounts = Accounts::from_service(source, ctx.now(), export);
            return Ok((Some(accounts), Some(as_incomplete(&error))));
        }
    };
    let client = ctx.calendly().await?;
    let members = client.memberships(&organization.uri).await;
    let invited = client.invitations(&organization.uri).await;
    let mut gaps: Vec<String> = unseen(&members, &organization.own).into_iter().collect();
    let mut incomplete = None;
    let mut list = whole(members, &mut gaps, &mut incomplete, |it| account_of_membership(&it));
    list.extend(whole(invited, &mut gaps, &mut incomplete, |it| account_of_invitation(&it)));
    let export = calendly::read_answers(list, gaps);
    let accounts = Accounts::from_service(organization.uri, ctx.now(), export);
    if !accounts.is_complete() && incomplete.is_none() {
        incomplete = Some(incomplete_accounts(&accounts, &accounts.capture.gaps.join("; ")));
    }
    Ok((Some(accounts), incomplete))
}

/// Whether Calendly's token is at hand: in the environment; or in the keyring, which is asked only
/// where GitLab's token came from there, since it may be locked or slow.
async fn is_configured(ctx: &Ctx) -> anyhow::Result<bool> {
    if tokens::is_in_environment(Service::Calendly) || ctx.has_asked_calendly() {
        return Ok(true);
    }
    if tokens::is_in_environment(Service::Gitlab) || !ctx.has_asked_gitlab() {
        return Ok(false);
    }
    Ok(matches!(ctx.token_store(Service::Calendly).find().await?, Stored::Found(..)))
}

fn incomplete_accounts(accounts: &Accounts, gaps: &str) -> Failure {
    let message = format!("the accounts {} are not whole: {gaps}", accounts.capture.source);
    Failure::new(Exit::Incomplete, message).hint("nothing was concluded from who is missing there")
}

/// Why there are more members than the list has, though it came to its end: whoever is neither owner
/// nor admin is shown themself only, and everybody is shown themself.
fn unseen(members: &Listing<Membership>, own: &str) -> Option<String> {
    if members.broken.is_some() {
        return None;
    }
    let is_own = |account: &Account| account.is_named(own);
    let Some(account) = members.items.iter().map(account_of_membership).find(is_own) else {
        return Some("the token's own user is not among the members that were read".to_owned());
    };
    let is_user = account.role.as_deref().is_none_or(|role| role == "user");
    let may_see = account.has_role(OWNER) || account.has_role(ADMIN);
    let reason = "the token is of no owner or admin, who alone are shown everybody";
    (!may_see && (is_user || members.items.len() == 1)).then(|| reason.to_owned())
}

/// A failure to read accounts: a bad token stays one, anything else leaves them incomplete.
fn as_incomplete(error: &anyhow::Error) -> Failure {
    let Failure { exit, message, hint } = explain(error);
    let is_refusal = |cause: &(dyn std::error::Error + 'static)| {
        matches!(
            cause.downcast_ref(),
            Some(api::Error { kind: api::ErrorKind::Forbidden { .. }, .. })
        )
    };
    let (exit, hint) = if error.chain().any(is_refusal) {
        let hint = "it takes the token of an owner or admin with the scopes users:read and organizations:read";
        (Exit::Token, Some(hint.to_owned()))
    } else {
        let exit = if exit == Exit::Token { exit } else { Exit::Incomplete };
        (exit, hint.or_else(|| Some("run the command again".to_owned())))
    };
    Failure { exit, message: format!("the accounts were not read whole: {message}"), hint }
}

fn whole<T>(
    listing: Listing<T>,
    gaps: &mut Vec<String>,
    incomplete: &mut Option<Failure>,
    account: impl Fn(T) -> Account,
) -> Vec<Account> {
    if let Some(broken) = listing.broken {
        let BrokenPage { list, number, items, .. } = &broken;
        gaps.push(format!("page {number} of {list} failed, after {items} were read"));
        incomplete.get_or_insert_with(|| as_incomplete(&anyhow::Error::new(broken)));
    }
    listing.items.into_iter().map(account).collect()
}

/// The organisation of the token.
#[derive(Debug)]
pub(crate) struct Organization {
    /// Its address, as Calendly names it.
    pub(crate) uri: String,
    /// The e-mail address of the token's owner.
    pub(crate) own: String,
}

/// Asks whose token it is, and of which organisation.
pub(crate) async fn organization(ctx: &Ctx) -> anyhow::Result<Organization> {
    let me = ctx.calendly().await?.me().await.context("could not ask Calendly who you are")?;
    Ok(Organization { uri: me.current_organization, own: me.email })
}

/// The account of a member.
pub(crate) fn account_of_membership(membership: &Membership) -> Account {
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

/// The account of somebody who was invited.
pub(crate) fn account_of_invitation(invitation: &Invitation) -> Account {
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
    instant.map(|it| it.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

/// When a file of accounts was captured: its modification time, as whoever exported it did not do so later.
/// For stdin, and where the system keeps no such time, that is now.
pub(super) fn captured_at(ctx: &Ctx, path: &Path) -> Timestamp {
    let modified = match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() && path.as_os_str() != "-" => metadata.modified(),
        _ => return ctx.now(),
    };
    match modified.map(Timestamp::try_from) {
        Ok(Ok(modified)) => ctx.correct(modified).min(ctx.now()),
        _ => ctx.now(),
    }
}

/// Reads a file, or stdin for `-`.
async fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    if path.as_os_str() == "-" { ui::read_stdin().await } else { std::fs::read(path) }
}
