//! Plans the list for the operators, and the report of what is settled.

use super::Planner;
use crate::followup::model::{Case, State};
use crate::followup::notice::Settled;
use crate::record::marker::{StepAction, WithdrawalReason};

impl Planner<'_> {
    pub(super) fn list_for_operators(&mut self, case: &Case) {
        for entry in &case.entries {
            if entry.is_for_operators() && entry.state == State::NotAsked {
                let step = self.step(case, entry, StepAction::Ask { due: None }, Vec::new());
                let finding = self.finding(case, entry, vec![step]);
                self.operators.push(finding);
            }
        }
    }

    pub(super) fn report_settled(&mut self, case: &Case) {
        for entry in case.entries.iter().filter(|entry| !entry.is_reported) {
            let (settled, action) = match &entry.state {
                State::Fixed => (Settled::Fixed, StepAction::Fixed),
                State::Gone => (Settled::Gone, StepAction::Gone),
                State::Removed { .. } => (Settled::Removed, StepAction::Removed),
                State::Withdrawn(reason @ WithdrawalReason::Left) => {
                    (Settled::Left, StepAction::Withdrawn { reason: *reason })
                }
                State::Withdrawn(reason) => {
                    (Settled::Withdrawn, StepAction::Withdrawn { reason: *reason })
                }
                _ => continue,
            };
            let step = self.step(case, entry, action, Vec::new());
            let finding = self.finding(case, entry, vec![step]);
            self.settled.push((settled, finding));
        }
    }
}
