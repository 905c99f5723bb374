//! What people do in the issue: words, reactions, strangers' markers, deletions and edits.

use super::{Player, pick};
use crate::history::Event;
use crate::oracle::{Entry, Oracle, State};
use crate::stage::{GUEST, OTTO, PAT};
use crate::world::{MarkerKind, Note, NoteId, Step, StepKind, UserId};

impl Player<'_> {
    /// Half of the words are those of people who were asked, their managers included.
    pub(super) fn user(&self, who: u8) -> UserId {
        let asked: Vec<UserId> = self
            .stage
            .world
            .issue
            .notes
            .iter()
            .flat_map(|note| note.marker.iter().flat_map(|marker| &marker.steps))
            .flat_map(|step| step.mentioned.iter().copied())
            .collect();
        if who.is_multiple_of(2)
            && let Some(user) = pick(&asked, who / 2)
        {
            return *user;
        }
        let users = &self.stage.world.users;
        users[usize::from(who) % users.len()].id
    }

    pub(super) fn people(&mut self, event: &Event) {
        match event {
            Event::Reply(who, is_there) => {
                let user = self.user(*who);
                let thread = if *is_there { self.stage.notice() } else { 0 };
                self.stage.says(user, thread);
            }
            Event::React(who, note) => {
                let user = self.user(*who);
                let notices: Vec<NoteId> = self
                    .stage
                    .world
                    .issue
                    .notes
                    .iter()
                    .filter(|note| note.marker.is_some())
                    .map(|note| note.id)
                    .collect();
                if let Some(note) = pick(&notices, *note) {
                    self.stage.reacts(user, *note);
                }
            }
            Event::TakeBack(who) => {
                let user = self.user(*who);
                let notes = &mut self.stage.world.issue.notes;
                let last =
                    notes.iter().rposition(|note| note.author == user && note.marker.is_none());
                if let Some(index) = last {
                    notes.remove(index);
                } else {
                    for note in notes {
                        note.reactions.remove(&user);
                    }
                }
            }
            Event::Forge(who, finding, number) => {
                let is_open =
                    |entry: &Entry| !finding.is_multiple_of(2) || entry.state == State::NotAsked;
                let Some(entry) = self.entry(*finding, is_open) else { return };
                let subject = Oracle::new(&self.stage.world, OTTO).user_of(&entry.key);
                let author = match who % 3 {
                    0 => GUEST,
                    1 => PAT,
                    _ => subject.unwrap_or(GUEST),
                };
                let kinds = [StepKind::Ask, StepKind::Accept, StepKind::Fixed, StepKind::Escalate];
                let kind = *pick(&kinds, *number).unwrap_or(&StepKind::Ask);
                let step = self.stage.step(&entry.key, kind);
                // Some strangers mention nobody.
                let mentioned = subject.filter(|_| !number.is_multiple_of(5));
                let mentioned: Vec<UserId> = mentioned.into_iter().collect();
                let step = Step { mentioned, round: entry.round, ..step };
                self.stage.marks(author, MarkerKind::Notice, step);
            }
            _ => {}
        }
    }

    pub(super) fn notes(&mut self, event: &Event) {
        match event {
            Event::DeleteNote(number) => {
                let notes = &self.stage.world.issue.notes;
                // The first report is what the issue begins with.
                if notes.len() > 1 {
                    let index = 1 + usize::from(*number) % (notes.len() - 1);
                    self.stage.world.issue.notes.remove(index);
                }
            }
            Event::EditNote(number, what) => {
                let count = self.stage.world.issue.notes.len();
                if count > 0 {
                    let index = usize::from(*number) % count;
                    edit(&mut self.stage.world.issue.notes[index], *what);
                }
            }
            Event::MentionByHand(who) => {
                let entry = self.entry(*who, |entry| entry.state == State::NotAsked);
                let subject = entry
                    .and_then(|entry| Oracle::new(&self.stage.world, OTTO).user_of(&entry.key));
                let user = subject.unwrap_or_else(|| self.user(*who));
                let note = Note::words(OTTO, 0, "please have a look");
                self.stage.world.append(Note { mentions: vec![user], ..note });
            }
            _ => {}
        }
    }
}

/// Edits a note as a maintainer may: words are added, its marker is taken out while its mentions stay,
/// or its last step.
fn edit(note: &mut Note, what: u8) {
    match what {
        0 => {
            let steps = note.marker.take().into_iter().flat_map(|marker| marker.steps);
            note.mentions.extend(steps.flat_map(|step| step.mentioned));
        }
        1 => {
            if let Some(marker) = &mut note.marker
                && marker.steps.len() > 1
            {
                marker.steps.pop();
            }
        }
        _ => note.words.push_str(", added by hand"),
    }
}
