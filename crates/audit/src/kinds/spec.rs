//! What the code needs to know about a kind of audit.

use crate::accounts::ExportReader;
use crate::check::Check;

/// What is particular to a kind.
#[derive(Debug)]
pub struct Spec {
    /// The kind's name in settings and markers.
    pub id: &'static str,
    /// The system's name as people write it.
    pub system: &'static str,
    /// What is audited, as `--help` says it beside the kind's id.
    pub summary: &'static str,
    /// The heading of the table of people.
    pub team_heading: &'static str,
    /// The heading of the table of outsiders.
    pub outsiders_heading: &'static str,
    /// The heading of the column that shows a person's link to the system.
    pub link_heading: &'static str,
    /// The name of that column in CSV and JSON.
    pub link_field: &'static str,
    /// The name of the template in the audits' project, where no setting names another.
    pub template_name: &'static str,
    /// The text where the audits' project has no template.
    pub template: &'static str,
    /// The checks, in the order in which reports name them.
    pub checks: &'static [Check],
    /// Reads the accounts of a file.
    pub export: ExportReader,
}
