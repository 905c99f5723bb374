//! Reads what a command needs, and turns it into what `audit` understands.

mod accounts;
mod conversation;
mod issue;
mod operators;
mod record;
mod roster;
mod sources;
mod status;

pub(crate) use accounts::{
    Need, Organization, account_of_invitation, account_of_membership, organization,
};
pub(crate) use conversation::{Followed, followed};
pub(crate) use issue::{AuditIssue, Wanted, audit_issue, ensure_open, open_audits};
pub(crate) use operators::Operators;
pub(crate) use record::Record;
pub(crate) use roster::gitlab_roster;
pub(crate) use sources::{Gathered, Inputs, evaluation};
pub(crate) use status::status;
