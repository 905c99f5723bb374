//! Notes for the operator beside the plan.

use jiff::Timestamp;

use super::Planner;
use crate::followup::model::{Case, State};
use crate::followup::names::{finding_name, state_clause};
use crate::wording::counted;

impl<'p> Planner<'p> {
    /// Notes the findings that an operator has to look at, and how many are waiting.
    pub(super) fn report_states(&mut self, cases: &[&'p Case]) {
        let mut waiting: Vec<Option<Timestamp>> = Vec::new();
        for case in cases {
            for entry in &case.entries {
                match &entry.state {
                    State::Unknown(_)
                    | State::InDoubt(_)
                    | State::ToRemove(_)
                    | State::Held(_)
                    | State::Answered
                    | State::Exhausted => {
                        let name = finding_name(self.input, case, entry);
                        self.note(format!("{name} {}", state_clause(entry)));
                    }
                    State::Waiting { .. } | State::Escalated { .. } => {
                        waiting.push(entry.state.until());
                    }
                    _ => {}
                }
            }
        }
        if !waiting.is_empty() {
            let findings = counted(waiting.len(), "finding is", "findings are");
            let next = waiting.iter().flatten().min();
            let next = next.map(|at| format!(", the next until {}", crate::dates::deadline(*at)));
            self.note(format!("{findings} waiting{}", next.unwrap_or_default()));
        }
    }

    /// Notes each author of a marker that has no effect.
    pub(super) fn report_ignored(&mut self) {
        for ignored in &self.cases.ignored {
            let note = &ignored.note;
            let (name, id) = (&note.author.username, note.author.id);
            self.note(format!(
                "comment {} by {name} holds a marker of ours and has no effect; an operator's would, by `operators = [{{ id = {id}, username = \"{name}\" }}]`",
                note.id
            ));
        }
    }
}
