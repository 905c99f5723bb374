//! What every service answers about its accounts.

use audit::accounts::Export;

use crate::error::Failure;

/// What a service answered about its accounts.
pub(crate) struct ServiceAccounts {
    /// The organisation's address, or the service's where it could not be asked.
    pub(crate) source: String,
    /// The accounts, and why there may be more.
    pub(crate) export: Export,
    /// The failure that left them incomplete, if a request failed.
    pub(crate) failure: Option<Failure>,
}
