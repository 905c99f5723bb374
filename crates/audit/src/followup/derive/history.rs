//! What the markers of an issue say about one finding.

use super::step_ref::StepRef;
use crate::followup::model::Doubt;

/// The steps of markers that concern one finding.
#[derive(Debug, Default)]
pub(crate) struct History<'a> {
    /// The steps that are certainly about the finding, in the order of time.
    pub(crate) steps: Vec<StepRef<'a>>,
    /// Why further steps cannot be attributed.
    pub(crate) doubt: Option<Doubt>,
    /// The last round of the steps in doubt.
    pub(crate) doubtful_round: u32,
    /// The steps of strangers' markers, which may hold the finding.
    pub(crate) foreign: Vec<StepRef<'a>>,
}
