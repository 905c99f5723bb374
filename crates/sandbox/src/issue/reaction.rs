//! Reactions to notes and issues, such as a thumb. They notify nobody.

use jiff::Timestamp;

use super::{Actor, IssueEditor};

/// Names that one can react with: a few of the two thousand that GitLab knows.
const KNOWN: &[&str] = &[
    "100",
    "clap",
    "confused",
    "eyes",
    "grinning",
    "heart",
    "heavy_check_mark",
    "laughing",
    "ok_hand",
    "pray",
    "question",
    "raised_hands",
    "rocket",
    "slight_smile",
    "smile",
    "tada",
    "thinking",
    "thumbsdown",
    "thumbsup",
    "wave",
    "white_check_mark",
    "x",
];

/// Names in [`KNOWN`] that also come in five skin tones, `thumbsup_tone1` to `thumbsup_tone5`.
const TONED: &[&str] =
    &["clap", "ok_hand", "pray", "raised_hands", "thumbsdown", "thumbsup", "wave"];

/// A reaction to a note or an issue.
#[derive(Clone, Debug)]
pub struct Reaction {
    /// The number among all reactions.
    pub id: u64,
    /// The emoji's name without colons, such as `thumbsup`.
    pub name: String,
    /// Whose it is, by their user id.
    pub user: u64,
    /// When.
    pub at: Timestamp,
}

/// What one reacts to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    Issue,
    Note(u64),
}

/// Why there is no reaction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ReactionRefused {
    /// There is nothing to react to.
    Missing,
    /// System notes take no reactions.
    Unreactable,
    UnknownName,
    /// One reacts with one name once.
    Twice,
}

impl IssueEditor<'_> {
    /// Reacts; the answer is the reaction's id. That moves a note's `updated_at`, as in GitLab's
    /// code (not recorded).
    pub(crate) fn react(
        &mut self,
        actor: Actor,
        target: Target,
        name: &str,
    ) -> Result<u64, ReactionRefused> {
        if let Target::Note(note) = target {
            let note = self.issue.note(note).ok_or(ReactionRefused::Missing)?;
            if note.system {
                return Err(ReactionRefused::Unreactable);
            }
        }
        let name = full_name(name);
        if !is_known(name) {
            return Err(ReactionRefused::UnknownName);
        }
        let reactions = self.issue.reactions_to(target).ok_or(ReactionRefused::Missing)?;
        if reactions.iter().any(|own| own.user == actor.user && own.name == name) {
            return Err(ReactionRefused::Twice);
        }
        let (id, at) = (self.journal.next_reaction(), self.tick());
        let reaction = Reaction { id, name: name.to_owned(), user: actor.user, at };
        self.touch_reactions(target, at, |reactions| reactions.push(reaction));
        Ok(id)
    }

    /// Takes the reaction of an id back.
    pub(crate) fn take_back(&mut self, target: Target, id: u64) {
        let at = self.tick();
        self.touch_reactions(target, at, |reactions| reactions.retain(|own| own.id != id));
    }

    fn touch_reactions(
        &mut self,
        target: Target,
        at: Timestamp,
        change: impl FnOnce(&mut Vec<Reaction>),
    ) {
        match target {
            Target::Issue => change(&mut self.issue.reactions),
            Target::Note(id) => {
                if let Some(note) = self.note_mut(id) {
                    change(&mut note.reactions);
                    note.updated_at = at;
                }
            }
        }
    }
}

/// The name that a short name stands for, as GitLab turns one into the other (not recorded).
fn full_name(name: &str) -> &str {
    match name {
        "+1" => "thumbsup",
        "-1" => "thumbsdown",
        name => name,
    }
}

fn is_known(name: &str) -> bool {
    match name.rsplit_once("_tone") {
        Some((name, tone)) => TONED.contains(&name) && matches!(tone, "1" | "2" | "3" | "4" | "5"),
        None => KNOWN.contains(&name),
    }
}
