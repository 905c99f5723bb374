//! What the markers say about one finding.

use super::step_ref::StepRef;
use crate::followup::model::Doubt;

/// What is known of a finding from the markers.
#[derive(Debug, Default)]
pub(crate) struct History<'a> {
    /// The steps that are certainly about it, in the order of time.
    pub(crate) steps: Vec<StepRef<'a>>,
    /// Why other steps belong to nobody.
    pub(crate) doubt: Option<Doubt>,
    /// The last round of those steps.
    pub(crate) doubtful_round: u32,
    /// The steps of others, which may hold it.
    pub(crate) foreign: Vec<StepRef<'a>>,
}
