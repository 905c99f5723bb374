//! The steps of an audit: a file each for what a command plans or shows.

#[cfg(test)]
mod accounts_without_email;
pub mod explain;
pub mod init_issue;
pub mod outsiders;
pub mod publish;
pub mod removal;
pub mod review;
pub mod status;
