//! What is read of an entry beside the fields that every roster has.

use super::operations_team::OperationsTeam;

/// What is read of an entry beside its name, addresses and manager.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules<'a> {
    /// The field that holds the person's link to the audited system.
    pub(super) link_field: &'static str,
    /// Who is a member of the operations team: titles and focuses are read only where they may say so.
    pub(super) team: &'a OperationsTeam,
}
