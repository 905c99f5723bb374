//! How a command ends that has read sources and done something with them.

use crate::error::{Exit, Failure, explain};
use crate::ui::Ui;

/// Ends a command: of a source that could not be read completely and of what came of the rest, the one
/// that ranks first decides the exit code, and the other failure is reported here.
pub(super) fn conclude(
    ui: &Ui,
    incomplete: Option<Failure>,
    outcome: anyhow::Result<Exit>,
) -> anyhow::Result<Exit> {
    let Some(incomplete) = incomplete else { return outcome };
    let Err(error) = outcome else { return Err(incomplete.into()) };
    let failed = explain(&error);
    if incomplete.exit.outranks(failed.exit) {
        ui.error(&failed);
        return Err(incomplete.into());
    }
    ui.error(&incomplete);
    Err(error)
}
