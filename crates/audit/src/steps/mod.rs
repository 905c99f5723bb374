//! The steps of an audit, with a file for each command that plans or shows something.

#[cfg(test)]
mod accounts_without_email;
pub mod explain;
pub mod init_issue;
pub mod outsiders;
pub mod publish;
pub mod removal;
pub mod review;
pub mod status;
