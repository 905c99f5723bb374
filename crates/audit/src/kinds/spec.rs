//! Everything that the code needs to know about a kind of audit.

use crate::accounts::ExportReader;
use crate::check::Check;

/// Everything that is specific to a kind.
#[derive(Debug)]
pub struct Spec {
    /// The id of the kind in settings and markers.
    pub id: &'static str,
    /// The system's name as people write it.
    pub system: &'static str,
    /// The description beside the id in `--help`.
    pub summary: &'static str,
    /// The heading of the table of people.
    pub team_heading: &'static str,
    /// The heading of the table of outsiders.
    pub outsiders_heading: &'static str,
    /// The field of a roster's entry that holds the person's link to the system.
    /// It is none of the fields that every roster may have: `name`, `email`, `reports_to`, `gitlab`,
    /// `title`, `focuses`.
    pub roster_field: &'static str,
    /// The heading of the column that shows that link.
    pub link_heading: &'static str,
    /// The name of that column in CSV and JSON.
    pub link_column: &'static str,
    /// What accounts' pages are called where somebody reads by what an account was matched.
    pub page_name: &'static str,
    /// The beginning of the addresses that may be links in Markdown, as `https://host/`; empty if
    /// none may.
    pub link_base: &'static str,
    /// The name of the template in the audits' project, if no setting names another.
    pub template_name: &'static str,
    /// The text of the issue if the audits' project has no template.
    pub template: &'static str,
    /// The checks, in the order in which reports name them.
    pub checks: &'static [Check],
    /// Parses the accounts of a file.
    pub export: ExportReader,
}
