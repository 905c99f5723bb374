//! The commands, a file each.

pub(crate) mod auth;
mod conclude;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod followups;
pub(crate) mod generate;
pub(crate) mod guide;
pub(crate) mod help;
pub(crate) mod init_issue;
pub(crate) mod reconcile;
pub(crate) mod run;
mod sitting;
pub(crate) mod status;
pub(crate) mod submit_review;
