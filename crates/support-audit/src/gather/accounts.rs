//! Reads the accounts: from a file, or from the audited service.

use std::path::{Path, PathBuf};

use audit::accounts::Accounts;
use audit::input::SourceFile;
use jiff::Timestamp;

use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
use crate::services::{self, ServiceAccounts};
use crate::tokens::{self, Service, Stored};
use crate::ui;

/// Whether a command can go on without the accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccountsMode {
    /// They are read where a file or a token is at hand; nobody is asked for one.
    IfConfigured,
    /// The command cannot go on without them.
    Always,
}

/// What was read of the accounts, before GitLab's clock has said when.
pub(super) enum AccountsRead {
    /// Nothing is configured that could be read.
    Nothing,
    /// A file, or stdin.
    File { path: PathBuf, file: SourceFile },
    /// The answers of the audited service.
    Service(ServiceAccounts),
}

/// Reads the accounts, if there are any to be read.
pub(super) async fn read_accounts(
    ctx: &Ctx,
    file: Option<&Path>,
    mode: AccountsMode,
) -> anyhow::Result<AccountsRead> {
    if let Some(path) = file {
        let name = path.display().to_string();
        let bytes = read(path).await.map_err(|error| {
            let message = format!("could not read the accounts {name}: {error}");
            Failure::new(Exit::BadInput, message)
        })?;
        let file = SourceFile { bytes, name };
        return Ok(AccountsRead::File { path: path.to_owned(), file });
    }
    if !may_read(ctx, mode).await? {
        return Ok(AccountsRead::Nothing);
    }
    let system = ctx.global.kind.spec().system;
    let _progress = ctx.ui.progress(&format!("reading the accounts of {system}"));
    services::read_accounts(ctx).await.map(AccountsRead::Service)
}

impl AccountsRead {
    /// The accounts with the instant of their capture, and why they are not complete.
    pub(super) fn accounts(
        self,
        ctx: &Ctx,
    ) -> Result<(Option<Accounts>, Option<Failure>), Failure> {
        let (accounts, failure) = match self {
            Self::Nothing => return Ok((None, None)),
            Self::File { path, file } => {
                let captured_at = captured_at(ctx, &path);
                let accounts =
                    Accounts::from_file(ctx.global.kind.spec().export, &file, captured_at)
                        .map_err(|problem| {
                            Failure::new(Exit::BadInput, format!("the accounts: {problem}"))
                        })?;
                (accounts, None)
            }
            Self::Service(ServiceAccounts { source, export, failure }) => {
                (Accounts::from_service(source, ctx.now(), export), failure)
            }
        };
        let incomplete = failure.or_else(|| incomplete(&accounts));
        Ok((Some(accounts), incomplete))
    }
}

/// Whether the service is read: where the accounts are wanted always, or its token is at hand.
///
/// # Errors
///
/// The accounts are wanted always, and come from a file only.
async fn may_read(ctx: &Ctx, mode: AccountsMode) -> anyhow::Result<bool> {
    let Some(service) = services::token(ctx.global.kind) else {
        return match mode {
            AccountsMode::IfConfigured => Ok(false),
            AccountsMode::Always => Err(services::cannot_read(ctx.global.kind).into()),
        };
    };
    let is_at_hand = tokens::is_in_environment(service) || ctx.clients.is_connected(service);
    if mode == AccountsMode::Always || is_at_hand {
        return Ok(true);
    }
    // The keyring may be locked or slow, so it is asked only where GitLab's token came from there.
    if tokens::is_in_environment(Service::Gitlab) || !ctx.clients.is_connected(Service::Gitlab) {
        return Ok(false);
    }
    Ok(matches!(ctx.token_store(service).find().await?, Stored::Found(..)))
}

/// Why accounts are not complete, if they have gaps.
fn incomplete(accounts: &Accounts) -> Option<Failure> {
    if accounts.is_complete() {
        return None;
    }
    let gaps = accounts.capture.gaps.join("; ");
    let message = format!("the accounts {} are not whole: {gaps}", accounts.capture.source);
    let hint = "nothing was concluded from who is missing there";
    Some(Failure::new(Exit::Incomplete, message).hint(hint))
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
