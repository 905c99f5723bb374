//! GitLab's REST API v4: one method for each call.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `client` | who asks, and what GitLab says of them and of a project |
//! | `repository` | what is in a repository |
//! | `archive` | unpacking a folder of a repository |
//! | `people` | users by name or number, and the members of a project |
//! | `templates` | the texts that issues are made from |
//! | `issues`, `notes` | issues, what is said in them, and reactions |
//! | `wire` | the types of answers that several of these read |
//!
//! Writes are sent once. Where one fails, [`Error::may_have_arrived`](crate::Error::may_have_arrived) tells whether it may have
//! been done all the same.

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
pub use issues::{Issue, IssueFilter, IssueState, NewIssue};
pub use notes::{Discussion, Note, Reaction};
pub use people::Member;
pub use wire::{Commit, Project, RawFile, TokenInfo, TreeEntry, User};
