//! The answers to an ask: replies, reactions, and what an operator recorded.

use std::collections::BTreeSet;

use super::Derivation;
use super::step_ref::{StepRef, note_ref};
use crate::followup::model::{Answer, AnswerContent};
use crate::record::conversation::ThreadNote;
use crate::record::marker::StepAction;

impl Derivation<'_, '_> {
    /// The answers of a round, in the order of time.
    pub(super) fn answers(&self, round: u32) -> Vec<Answer> {
        let mut answers = Vec::new();
        for entry in self.steps_of(round).filter(|entry| !self.is_former(entry)) {
            if entry.step.action == StepAction::Answered {
                answers.push(Answer {
                    author: entry.marked.note.author.clone(),
                    at: entry.step.at,
                    note: entry.note_ref(),
                    content: AnswerContent::Recorded { step: entry.index },
                });
            }
        }
        // A finding that is listed for the operators asks nobody.
        if !self.is_for_operators() {
            self.add_words_of_subject(round, &mut answers);
            self.add_words_of_managers(round, &mut answers);
            self.add_reactions(round, &mut answers);
        }
        answers.sort_by_key(|answer| (answer.at, answer.note.id));
        answers.dedup_by(|answer, earlier| {
            answer.note.id == earlier.note.id
                && answer.content == earlier.content
                && answer.author == earlier.author
        });
        answers
    }

    /// Comments of the subject count anywhere in the issue.
    fn add_words_of_subject(&self, round: u32, answers: &mut Vec<Answer>) {
        let asked = self.asks(round).map(StepRef::moment).min();
        let (Some(asked), Some(user)) = (asked, self.user) else { return };
        for reply in self.replies.of_author(user) {
            if reply.note.moment() > asked {
                answers.push(reply_answer(*reply));
            }
        }
    }

    /// Comments of a user who was asked to help count in the thread of the notice.
    fn add_words_of_managers(&self, round: u32, answers: &mut Vec<Answer>) {
        for escalation in self.escalations(round) {
            let Some(manager) = escalation.step.mentioned.first() else { continue };
            for reply in self.replies.of_author(*manager) {
                if reply.thread.id == escalation.marked.thread.id
                    && reply.note.moment() > escalation.moment()
                {
                    answers.push(reply_answer(*reply));
                }
            }
        }
    }

    /// A reaction to any comment of a notice answers everything that the notice asks of that user.
    fn add_reactions(&self, round: u32, answers: &mut Vec<Answer>) {
        let asked = self.asks(round).map(|entry| (entry, self.user));
        let escalated =
            self.escalations(round).map(|entry| (entry, entry.step.mentioned.first().copied()));
        for (entry, user) in asked.chain(escalated) {
            let Some(user) = user else { continue };
            for part in self.replies.parts_of_notice(&entry.marked.thread.id) {
                let reactions = self.input.conversation.reactions.get(&part.note.id);
                for reaction in reactions.into_iter().flatten() {
                    if reaction.by.id == user && reaction.at >= entry.moment().0 {
                        answers.push(Answer {
                            author: reaction.by.clone(),
                            at: reaction.at,
                            note: note_ref(*part),
                            content: AnswerContent::Reaction,
                        });
                    }
                }
            }
        }
    }

    pub(super) fn reaction_notes(&self, round: u32) -> BTreeSet<u64> {
        let threads = self.asks(round).chain(self.escalations(round));
        let parts = threads.flat_map(|entry| self.replies.parts_of_notice(&entry.marked.thread.id));
        parts.map(|part| part.note.id).collect()
    }
}

fn reply_answer(ThreadNote { thread, note }: ThreadNote<'_>) -> Answer {
    Answer {
        author: note.author.clone(),
        at: note.created_at,
        note: note_ref(ThreadNote { thread, note }),
        content: AnswerContent::Words(note.body.clone()),
    }
}
