//! The people for whom something is due, in the order in which they are due.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::recipient::{recipient, recipient_is_reachable};
use super::{MentionedByHand, Planner};
use crate::followup::mentions::mentioned_usernames;
use crate::followup::model::{Case, Entry, FollowupInput, State};
use crate::followup::names::subject_name;
use crate::record::conversation::{Note, ThreadNote};
use crate::record::marker::Marker;
use crate::text::fold;
use crate::wording::counted;

/// A subject with the findings that are due.
pub(super) struct DuePerson<'p> {
    pub(super) case: &'p Case,
    pub(super) asks: Vec<&'p Entry>,
    pub(super) helps: Vec<&'p Entry>,
    /// When the earliest finding became due. A finding that was never asked about is due now.
    pub(super) due: Timestamp,
}

impl<'p> Planner<'p> {
    /// The people for whom something is due, ordered by when it became due and by name, up to the
    /// limit.
    ///
    /// While the audit is in review, these are only people whom an operator wants to ask again.
    pub(super) fn people(&mut self, cases: &[&'p Case], is_in_review: bool) -> Vec<DuePerson<'p>> {
        let now = self.input.now;
        let by_hand = mentioned_by_hand(self.input);
        let mut people: Vec<DuePerson<'p>> = Vec::new();
        for case in cases {
            let mut helps: Vec<&Entry> = Vec::new();
            let mut asks: Vec<&Entry> = Vec::new();
            for entry in &case.entries {
                // Findings for the operators are listed, and nobody is asked about them.
                if entry.is_for_operators() {
                    continue;
                }
                match entry.state {
                    State::Overdue if !is_in_review => helps.push(entry),
                    State::NotAsked if !is_in_review || entry.again.is_some() => asks.push(entry),
                    _ => {}
                }
            }
            // An operator who asks again insists already.
            let is_wanted = asks.iter().any(|entry| entry.again.is_some());
            if !asks.is_empty() && !is_wanted && self.is_left_to_operator(case, &by_hand) {
                asks.clear();
            }
            if asks.is_empty() && helps.is_empty() {
                continue;
            }
            let due = helps.iter().filter_map(|entry| entry.ask.as_ref()?.due).min();
            people.push(DuePerson { case, asks, helps, due: due.unwrap_or(now) });
        }
        people.sort_by_cached_key(|person| (person.due, fold(&person.case.name).into_owned()));
        if let Some(limit) = self.selection.limit {
            self.limit(&mut people, limit);
        }
        people
    }

    /// Leaves out the people after the limit. A letter is advice and does not count.
    fn limit(&mut self, people: &mut Vec<DuePerson<'p>>, limit: usize) {
        let (mut mentioned, mut left_out) = (0, 0);
        people.retain(|person| {
            let is_mentioned =
                !person.helps.is_empty() || recipient_is_reachable(self.input, person.case);
            if !is_mentioned {
                return true;
            }
            if mentioned == limit {
                left_out += 1;
                return false;
            }
            mentioned += 1;
            true
        });
        if left_out > 0 {
            let people = counted(left_out, "person", "people");
            self.note(format!("--limit leaves out {people}"));
        }
    }

    /// Whether an operator has mentioned the subject by hand and does not insist on a notice.
    fn is_left_to_operator(&mut self, case: &Case, by_hand: &BTreeMap<String, &Note>) -> bool {
        if self.selection.insists_on(self.input, case) {
            return false;
        }
        let Ok(user) = recipient(self.input, case) else { return false };
        let Some(note) = by_hand.get(&user.username.to_lowercase()) else { return false };
        let by_hand = MentionedByHand {
            subject_name: subject_name(self.input, case),
            name: case.name.clone(),
            note: note.id,
            at: note.created_at,
            by: note.author.clone(),
        };
        self.note(format!(
            "{} was mentioned by hand in comment {} by {}: ask with --only {}, or record it with --sent {} --at {}",
            case.name,
            note.id,
            note.author.username,
            by_hand.subject_name,
            by_hand.subject_name,
            note.id
        ));
        self.due.by_hand.push(by_hand);
        true
    }
}

/// The usernames that operators have mentioned in comments without a marker, in lower case, each
/// with the latest of these comments.
fn mentioned_by_hand<'a>(input: &FollowupInput<'a>) -> BTreeMap<String, &'a Note> {
    let mut by_hand = BTreeMap::new();
    for ThreadNote { note, .. } in input.conversation.notes() {
        if input.operators.contains(&note.author.id) && Marker::of_comment(&note.body).is_none() {
            for username in mentioned_usernames(&note.body) {
                by_hand.insert(username, note);
            }
        }
    }
    by_hand
}
