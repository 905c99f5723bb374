//! Reads what a command needs, and turns it into what `audit` understands.

mod accounts;
mod conversation;
mod issue;
mod operators;
mod record;
mod roster;
mod sizes;
mod sources;
mod status;
mod threads;
mod visibility;

pub(crate) use accounts::AccountsMode;
pub(crate) use conversation::{FollowupSources, followup_sources, read_members};
pub(crate) use issue::{
    IssueSelector, ensure_open, is_closed, is_moved, issues_since, open_audits, resolve_issue,
    warn_of_stranger,
};
pub(crate) use operators::Operators;
pub(crate) use record::Record;
pub(crate) use roster::{gitlab_roster, parse_roster};
pub(crate) use sizes::SizeFlags;
pub(crate) use sources::{Gathered, Inputs, read_and_evaluate};
pub(crate) use status::status;
pub(crate) use visibility::Visibility;
