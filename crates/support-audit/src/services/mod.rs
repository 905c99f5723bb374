//! The audited service: what a command asks of it, for every kind.
//!
//! Each function matches on [`Kind`] without a wildcard, so a new kind does not compile until it has
//! an answer to each. A kind whose accounts come from a file only answers [`token`] with `None`, and
//! everything that reads or removes accounts with [`cannot_read`] or [`cannot_remove`].

mod answer;
mod calendly;
mod clients;

use audit::accounts::Account;
use audit::kinds::Kind;
use audit::plan::Removal;

pub(crate) use answer::ServiceAccounts;
pub(crate) use clients::Clients;

use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
use crate::tokens::Service;

/// The service whose token reads and removes the accounts of a kind; `None` for a kind whose accounts
/// come from a file only.
#[expect(clippy::unnecessary_wraps, reason = "every kind so far has an API")]
pub(crate) fn token(kind: Kind) -> Option<Service> {
    match kind {
        Kind::Calendly => Some(Service::Calendly),
    }
}

/// What helps where the kind's token is missing: the file that can be given instead.
pub(crate) const fn file_hint(kind: Kind) -> &'static str {
    match kind {
        Kind::Calendly => calendly::FILE_HINT,
    }
}

/// The refusal to read accounts of a kind that has no API.
pub(crate) fn cannot_read(kind: Kind) -> Failure {
    let message = format!("the accounts of {} can only be read from a file", kind.spec().system);
    Failure::new(Exit::Usage, message).hint(file_hint(kind))
}

/// The refusal to remove accounts of a kind that has no API.
pub(crate) fn cannot_remove(kind: Kind) -> Failure {
    let system = kind.spec().system;
    Failure::new(Exit::Usage, format!("accounts cannot be removed from {system} by this program"))
        .hint(format!("remove them in {system}; the next `support-audit reconcile` proves it"))
}

/// Reads all accounts, for `gather`.
///
/// What prevents the reading is a gap in the accounts, not an error, so that a report can still be made.
///
/// # Errors
///
/// The kind has no API.
pub(crate) async fn read_accounts(ctx: &Ctx) -> anyhow::Result<ServiceAccounts> {
    match ctx.global.kind {
        Kind::Calendly => calendly::read_accounts(ctx).await,
    }
}

/// Checks that accounts can be read, for `doctor`; gives what was found to be in order.
pub(crate) async fn check_access(ctx: &Ctx) -> anyhow::Result<&'static str> {
    match ctx.global.kind {
        Kind::Calendly => calendly::check_access(ctx).await,
    }
}

/// Reads what names the token's own account, which must not be removed by it: its e-mail address or
/// id, as [`Account::is_named`] compares it.
pub(crate) async fn own_account(ctx: &Ctx) -> anyhow::Result<String> {
    match ctx.global.kind {
        Kind::Calendly => calendly::own_account(ctx).await,
    }
}

/// Reads one account again by its id, directly before its removal; `None` if it is gone.
pub(crate) async fn find_account(ctx: &Ctx, removal: &Removal) -> anyhow::Result<Option<Account>> {
    match ctx.global.kind {
        Kind::Calendly => calendly::find_account(ctx, removal).await,
    }
}

/// Removes one account; `execute` alone calls this.
///
/// # Errors
///
/// The refusal of the service with what helps; or the [`api::Error`] itself, which knows whether the
/// removal may have arrived.
pub(crate) async fn remove_account(ctx: &Ctx, removal: &Removal) -> anyhow::Result<()> {
    match ctx.global.kind {
        Kind::Calendly => calendly::remove_account(ctx, removal).await,
    }
}
