//! Findings as a notice names them, with their steps.

use super::Planner;
use crate::followup::model::{Case, Entry, FollowupInput};
use crate::followup::notice::NoticeFinding;
use crate::markdown::is_linkable;
use crate::record::marker::{Step, StepAction};
use crate::roster::Person;
use crate::wording::encode_path;

/// How many characters of a finding's evidence a notice uses.
const MAX_EVIDENCE: usize = 10_000;

impl Planner<'_> {
    pub(crate) fn step(
        &self,
        case: &Case,
        entry: &Entry,
        action: StepAction,
        mentioned: Vec<u64>,
    ) -> Step {
        Step {
            action,
            check: entry.check.id.to_owned(),
            keys: case.keys.clone(),
            account: case.account.clone(),
            evidence: entry.evidence_digest.clone(),
            round: entry.round,
            at: self.input.now,
            mentioned,
        }
    }

    pub(super) fn finding(&self, case: &Case, entry: &Entry, steps: Vec<Step>) -> NoticeFinding {
        let person = case.subject.and_then(|subject| self.input.evaluation.person(subject));
        NoticeFinding {
            check: entry.check.id,
            wording: &entry.check.wording,
            entry: person.and_then(|person| entry_page(self.input, person)),
            subject: case.name.clone(),
            evidence: entry.evidence.chars().take(MAX_EVIDENCE).collect(),
            link_base: self.input.evaluation.kind.spec().link_base,
            steps,
        }
    }
}

/// The address of a person's roster entry, where GitLab shows it.
fn entry_page(input: &FollowupInput<'_>, person: &Person) -> Option<String> {
    let location = input.evaluation.roster.location(person);
    let line = location.line?;
    let page = format!("{}/{}#L{line}", input.roster_page?, encode_path(&location.file));
    is_linkable(&page).then_some(page)
}
