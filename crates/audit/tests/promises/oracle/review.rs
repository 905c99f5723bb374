//! What may be decided, written and claimed.

use super::*;

impl<'w> Oracle<'w> {
    /// Whether the operator may decide about a finding: never about themself, never while the roster
    /// contradicts or it is held by a stranger's marker. A decision ends a doubt, held or not.
    pub fn may_decide(&self, key: &FindingKey) -> bool {
        let history = self.history(key);
        let is_contradictory = match key.subject {
            Subject::Person(index) => is_contradictory(self.world, index),
            _ => false,
        };
        let is_held = self.entry(key).is_some_and(|entry| {
            entry.state == State::Held && self.is_held(key, &history, entry.round)
        });
        !is_contradictory && !is_held && !self.is_subject(key, &history, self.operator)
    }

    /// Whether the review was asked for: after that, `followups` posts only what is named.
    pub fn is_in_review(&self) -> bool {
        self.notes_of(MarkerKind::Review)
            .any(|note| note.marker.as_ref().is_some_and(|marker| marker.complete))
    }

    pub(super) fn notes_of(&self, kind: MarkerKind) -> impl Iterator<Item = &'w Note> {
        self.world.issue.notes.iter().filter(move |note| {
            !note.system
                && self.world.counts(self.operator, note.author)
                && note.marker.as_ref().is_some_and(|marker| marker.kind == kind)
        })
    }

    /// Why a review must not claim that the audit is complete. Empty: it may be asked for.
    pub fn open(&self) -> Vec<String> {
        let mut open = Vec::new();
        for entry in self.entries() {
            if !entry.state.is_settled() {
                open.push(format!("{:?} is {:?}", entry.key, entry.state));
            }
        }
        let world = self.world;
        let reported = self
            .notes_of(MarkerKind::Report)
            .any(|note| note.marker.as_ref().is_some_and(|marker| marker.complete));
        if world.issue.recorded_accounts.is_none() || !reported {
            open.push("the accounts are not recorded in the issue".to_owned());
        }
        let last = self
            .notes_of(MarkerKind::Notice)
            .chain(self.notes_of(MarkerKind::Removal))
            .map(|note| note.created)
            .max()
            .unwrap_or(0)
            .max(0);
        if captured(world, Check::AccountMissing) <= last {
            open.push("the sources are older than the last notice or removal".to_owned());
        }
        open
    }

    /// Which Support Operations Manager a review mentions: not the operator, where another exists.
    pub fn reviewer(&self) -> Option<UserId> {
        let managers = &self.world.config.managers;
        let mut able = managers.iter().copied().filter(|user| self.world.can_mention(*user));
        let first = able.clone().find(|user| *user != self.operator);
        first.or_else(|| able.next())
    }

    /// Whether the run may write at all: the issue is open, and an operator wrote it.
    pub fn may_write(&self) -> bool {
        !self.world.issue.closed && self.world.counts(self.operator, self.world.issue.author)
    }
}
