//! Whose words and markers stop the clock: answers, and strangers' markers that hold a finding.

use super::*;

impl<'w> Oracle<'w> {
    /// A well-formed marker by anyone else holds a finding only where its author is a member of level
    /// 20 or more, is neither the subject nor mentioned about it, and no counting marker speaks of the
    /// finding in that round.
    pub(super) fn is_held(&self, key: &FindingKey, history: &History<'w>, round: Round) -> bool {
        let world = self.world;
        world.issue.notes.iter().any(|note| {
            let is_member = world.user(note.author).is_some_and(|user| user.level >= 20);
            if note.system || !is_member || world.counts(self.operator, note.author) {
                return false;
            }
            let mut steps = note.marker.iter().flat_map(|marker| &marker.steps);
            steps.any(|step| {
                let mut counting = history.trail.steps.iter();
                let speaks = counting.any(|counted| counted.step.round == step.round);
                let mut counting = history.trail.steps.iter();
                let is_mentioned = step.mentioned.contains(&note.author)
                    || counting.any(|counted| counted.step.mentioned.contains(&note.author));
                self.is_about(key, step)
                    && step.round >= round
                    && !speaks
                    && !is_mentioned
                    && !self.is_subject(key, history, note.author)
            })
        })
    }

    /// Whether a stranger's step may name the finding: by the account, else by any of its keys. While
    /// keys disagree nobody is mentioned.
    pub(super) fn is_about(&self, key: &FindingKey, step: &crate::world::Step) -> bool {
        let own = self.world.keys(&key.subject);
        let is_same = if own.account.is_some() {
            own.account == step.keys.account
        } else {
            let user = self.history(key).user;
            let has_id = step.keys.id.is_some() && [own.id, user].contains(&step.keys.id);
            step.keys.account.is_none() && (has_id || own.email == step.keys.email)
        };
        family(key.check).contains(&step.check) && is_same
    }

    /// An answer, after the ask and without a marker that counts: words of the subject anywhere; words
    /// in the notice's thread of whoever was asked there to help; a reaction of one of these to the
    /// notice that asks them; or an operator's `answered`.
    pub(super) fn is_answered(
        &self,
        key: &FindingKey,
        history: &History<'w>,
        round: Round,
    ) -> bool {
        let recorded =
            history.trail.steps.iter().any(|counted| {
                counted.step.kind == StepKind::Answered && counted.step.round == round
            });
        if recorded {
            return true;
        }
        if key.check.is_for_operators() {
            return false;
        }
        let Some(asked) = Self::asks(key, history, round).map(|ask| ask.instant()).min() else {
            return false;
        };
        if let Some(user) = history.user {
            for ask in Self::asks(key, history, round) {
                if ask.step.kind == StepKind::Ask && self.reacted(ask.note, user) {
                    return true;
                }
            }
            let mut notes = self.world.issue.notes.iter();
            if notes.any(|note| self.are_words_of(note, user) && note.created > asked) {
                return true;
            }
        }
        Self::escalations(history, round, asked).any(|escalation| {
            escalation.step.mentioned.first().is_some_and(|&user| {
                let mut notes = self.world.issue.notes.iter();
                self.reacted(escalation.note, user)
                    || notes.any(|note| {
                        note.thread == escalation.note.thread
                            && note.id > escalation.note.id
                            && self.are_words_of(note, user)
                    })
            })
        })
    }

    /// Words that can answer: not GitLab's own, not a comment of ours.
    pub(super) fn are_words_of(&self, note: &Note, user: UserId) -> bool {
        let is_ours = note.marker.is_some() && self.world.counts(self.operator, note.author);
        note.author == user && !note.system && !is_ours && !note.words.is_empty()
    }

    /// Whether the user reacted to any note of ours in the notice's thread.
    pub(super) fn reacted(&self, notice: &Note, user: UserId) -> bool {
        self.world.issue.notes.iter().any(|note| {
            note.thread == notice.thread
                && note.marker.is_some()
                && self.world.counts(self.operator, note.author)
                && note.reactions.contains(&user)
        })
    }
}
