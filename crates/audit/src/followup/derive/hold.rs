//! The reasons for which nobody is asked yet.

use super::Derivation;
use super::step_ref::StepRef;
use crate::check::Check;
use crate::followup::model::{FollowupInput, Hold, Suggestion};
use crate::identity::Subject;

/// The access level from which a stranger's marker holds a finding (GitLab docs: Reporter).
const HOLDING_LEVEL: u64 = 20;

impl Derivation<'_, '_> {
    /// Why nobody is asked about the finding yet, if there is a reason.
    pub(super) fn hold(&self, round: u32) -> Option<Hold> {
        for entry in &self.history.foreign {
            if self.holds(entry, round) {
                return Some(Hold::ForeignMarker(entry.note_ref()));
            }
        }
        suggestion_hold(self.input, self.check, self.subject?)
    }

    /// Whether a stranger's marker holds the finding.
    pub(crate) fn holds(&self, entry: &StepRef<'_>, round: u32) -> bool {
        let author = entry.marked.note.author.id;
        let directory = self.input.directory;
        // Until GitLab has said who the author is, nobody is mentioned.
        let is_member = match directory.access_level(author) {
            Some(level) => level >= HOLDING_LEVEL,
            None => !directory.is_complete,
        };
        let own_mentions = entry.marked.marker.content.steps().iter().map(|step| &step.mentioned);
        let mentions = self.history.steps.iter().map(|counting| &counting.step.mentioned);
        let is_concerned = self.user == Some(author)
            || own_mentions.chain(mentions).any(|mentioned| mentioned.contains(&author));
        // What was said about somebody else's id says nothing about the subject.
        let mut spoken = self.steps_of(entry.step.round).filter(|own| !self.is_former(own));
        is_member && !is_concerned && entry.step.round >= round && spoken.next().is_none()
    }
}

/// The similar names that keep everybody from being asked, whatever else is known of the finding.
pub(crate) fn suggestion_hold(
    input: &FollowupInput<'_>,
    check: &Check,
    subject: Subject,
) -> Option<Hold> {
    let evaluation = input.evaluation;
    let mut suggestions = Vec::new();
    for suggestion in evaluation.suggestions_for(check, subject) {
        let person = evaluation.person(Subject::Person(suggestion.person))?;
        suggestions.push(Suggestion {
            account: evaluation.account(suggestion.account)?.display_name().to_owned(),
            person: person.name.to_string(),
            person_email: person.email.value().map(ToString::to_string),
            reason: suggestion.reason,
        });
    }
    (!suggestions.is_empty()).then_some(Hold::Suggestion(suggestions))
}
