//! GitLab's REST API v4: one method for each call.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `client` | the client, the token's user and projects |
//! | `repository` | commits, files and archives |
//! | `archive` | unpacking an archive |
//! | `people` | users by name or number, and the members of a project |
//! | `templates` | issue templates |
//! | `issues`, `notes` | issues, their comments, and reactions to those |
//! | `wire` | the types of answers that several of these read |
//!
//! Writes are sent once. [`Error::may_have_arrived`](crate::Error::may_have_arrived) says whether a
//! failed write may have been carried out all the same.

mod archive;
mod client;
mod issues;
mod notes;
mod people;
mod repository;
mod templates;
mod wire;

#[cfg(test)]
mod tests;

pub use archive::{Archive, ArchiveFile};
pub use client::GitLab;
pub use issues::{Issue, IssueFilter, IssueState, NewIssue, References};
pub use notes::{Discussion, Note, Reaction};
pub use people::Member;
pub use wire::{Commit, Project, RawFile, TokenInfo, User};
