//! Plans who is asked to help.

use super::Planner;
use super::people::DuePerson;
use crate::followup::model::AskedHow;
use crate::followup::notice::{AskedBy, HelpLine};
use crate::identity::Subject;
use crate::record::marker::StepAction;

impl<'p> Planner<'p> {
    /// Plans to ask the users of the case's chain to help with the overdue findings.
    pub(super) fn escalate(&mut self, person: &DuePerson<'p>) {
        let (case, input) = (person.case, self.input);
        let (Some(chain), Some(first)) = (&case.chain, person.helps.first()) else { return };
        if !chain.inquiries.is_empty() {
            self.due.inquiries.extend(chain.inquiries.iter().cloned());
            return;
        }
        let users: Vec<u64> =
            chain.manager.iter().chain(&chain.support_manager).map(|user| user.id).collect();
        if users.is_empty() {
            return;
        }
        self.note(format!("escalation for {}: {}", case.name, chain.reasons.join("; ")));
        let due = Some(input.waits.end(input.now, input.waits.manager));
        let Some(ask) = &first.ask else { return };
        let mut findings = Vec::new();
        for entry in &person.helps {
            let step = self.step(case, entry, StepAction::Escalate { due }, users.clone());
            findings.push(self.finding(case, entry, vec![step]));
        }
        self.helps.push(HelpLine {
            manager: chain.manager.clone(),
            support_manager: chain.support_manager.clone(),
            findings,
            asked_at: ask.at,
            asked_by: match ask.how {
                AskedHow::Sent => AskedBy::Email,
                AskedHow::Mentioned | AskedHow::Listed => AskedBy::Note(ask.note.id),
            },
            is_outsider: matches!(case.subject, Some(Subject::Account(_))),
        });
    }
}
