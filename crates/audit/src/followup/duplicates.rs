//! Comments that were posted twice, as when two operators were at work at the same time.

use std::collections::BTreeSet;

use super::FollowupInput;
use super::derive::is_ask;
use crate::record::conversation::Marked as MarkedNote;
use crate::record::marker::{Item, Marked};

/// A comment, as far as a later one may be equal to it.
struct Said<'c, 'a> {
    comment: &'c MarkedNote<'a>,
    /// What it speaks of, as long as nothing later made that a new matter.
    items: BTreeSet<Item>,
}

/// The comments that say what an earlier one says already, as when two operators were at work at the
/// same time: those of `author`, by their numbers.
pub fn duplicates(facts: &FollowupInput<'_>, author: u64) -> Vec<u64> {
    let (counted, _) = facts.conversation.marks(facts.marker);
    let mut by_number: Vec<_> = counted.iter().filter(|it| !it.mark.items.is_empty()).collect();
    by_number.sort_by_key(|marked| marked.note.id);
    let mut ids = Vec::new();
    let mut said: Vec<Said<'_, '_>> = Vec::new();
    for comment in by_number {
        let items = items(comment);
        if said.iter().any(|it| it.says(comment, &items)) {
            ids.extend((comment.note.author.id == author).then_some(comment.note.id));
            continue;
        }
        for earlier in said.iter_mut().filter(|earlier| earlier.ends_with(comment)) {
            earlier.items.retain(|item| !items.contains(item));
        }
        said.push(Said { comment, items });
    }
    ids
}

fn items(comment: &MarkedNote<'_>) -> BTreeSet<Item> {
    // What was seen may differ a little without being worth another comment.
    let item = |it: &Item| Item { evidence: String::new(), ..it.clone() };
    comment.mark.items.iter().map(item).collect()
}

fn kind(comment: &MarkedNote<'_>) -> Marked {
    comment.mark.marker.marked
}

impl Said<'_, '_> {
    /// Whether a later comment says no more than this one.
    fn says(&self, later: &MarkedNote<'_>, items: &BTreeSet<Item>) -> bool {
        let is_step = matches!(
            kind(later),
            Marked::Ask | Marked::Sent | Marked::Escalate | Marked::Fixed | Marked::Withdrawn
        );
        let (one, other) = (self.comment.note, later.note);
        // What an operator says for themself is another's only if it is the same in all.
        let is_same = is_step || one.author.id == other.author.id && one.body == other.body;
        kind(self.comment) == kind(later) && is_same && items.is_subset(&self.items)
    }

    /// Whether a later comment makes what this one says a matter of the past: it asks anew, after the
    /// first ping was deleted, or decides otherwise.
    fn ends_with(&self, later: &MarkedNote<'_>) -> bool {
        !is_ask(self.comment) && is_ask(later)
            || kind(self.comment) == Marked::Decide && kind(later) == Marked::Decide
    }
}
