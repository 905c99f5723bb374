//! The commands, a file each.

pub(crate) mod auth;
pub(crate) mod config;
pub(crate) mod init_issue;
pub(crate) mod reconcile;
pub(crate) mod run;
