//! Strikes the lines of a notice that an earlier notice holds already, as when two operators ran at
//! once.
//!
//! The author of the note with the higher id strikes the lines, because the earlier note starts the
//! clock.
//! An ask that was struck escalates to nobody.
//! A later run strikes the lines of a notice whose run was interrupted before it could.

use std::collections::{BTreeSet, HashMap};

use super::notice::{HELP_TITLE, OPERATORS_TITLE, marked_lines};
use super::subjects::{is_about_account, joining_keys};
use crate::markdown::Document;
use crate::plan::Action;
use crate::record::conversation::{Conversation, Note, Thread, ThreadNote};
use crate::record::marker::{Content, Key, KeyKind, Marker, MarkerHeader, Step, StepAction};

/// A notice or a record of the issue, with its steps.
struct Posted<'a> {
    thread: &'a Thread,
    note: &'a Note,
    marker: Marker,
}

/// Plans the edits and deletions by which `author` withdraws what an operator's earlier note holds.
pub fn corrections(
    conversation: &Conversation,
    header: MarkerHeader,
    operators: &BTreeSet<u64>,
    author: u64,
    iid: u64,
) -> Vec<Action> {
    let mut posts: Vec<Posted<'_>> = Vec::new();
    for ThreadNote { thread, note } in conversation.notes() {
        if !operators.contains(&note.author.id) {
            continue;
        }
        let Some(marker) = Marker::of_comment(&note.body) else { continue };
        let may_ask = matches!(marker.content, Content::Notice(_) | Content::Record(_));
        if marker.header == header && may_ask {
            posts.push(Posted { thread, note, marker });
        }
    }
    posts.sort_by_key(|posted| posted.note.id);
    let mut held = HeldSteps::default();
    let mut actions = Vec::new();
    for posted in posts {
        let steps = posted.marker.content.steps();
        if let Content::Record(_) = posted.marker.content {
            held.add_asks_by_hand(steps);
            continue;
        }
        let is_doubled: Vec<bool> = steps.iter().map(|step| held.contain(step)).collect();
        if posted.note.author.id == author && is_doubled.contains(&true) {
            actions.push(posted.strike(iid, &is_doubled));
        }
        for (step, _) in steps.iter().zip(&is_doubled).filter(|(_, is_doubled)| !**is_doubled) {
            held.add(step);
        }
    }
    actions
}

/// The steps of the notices so far, by act, check, round and key.
#[derive(Default)]
struct HeldSteps(HashMap<(&'static str, String, u32, Key), Vec<Step>>);

impl HeldSteps {
    fn index<'s>(
        action: &'static str,
        step: &'s Step,
    ) -> impl Iterator<Item = (&'static str, String, u32, Key)> + 's {
        // Two people may have the same name.
        joining_keys(step).map(move |key| (action, step.check.clone(), step.round, key.clone()))
    }

    fn add(&mut self, step: &Step) {
        if let StepAction::Ask { .. } = step.action {
            self.forget_escalations(step);
        }
        for index in Self::index(step.action.as_str(), step) {
            self.0.entry(index).or_default().push(step.clone());
        }
    }

    fn add_asks_by_hand(&mut self, steps: &[Step]) {
        for step in steps {
            if let StepAction::Sent { .. } = step.action {
                self.forget_escalations(step);
            }
        }
    }

    /// Drops escalations before the ask that counts; the next escalation is then news.
    fn forget_escalations(&mut self, ask: &Step) {
        let escalate = StepAction::Escalate { due: None }.as_str();
        for index in Self::index(escalate, ask) {
            if let Some(escalations) = self.0.get_mut(&index) {
                // A message that was sent by hand may precede the ask.
                let is_sent = matches!(ask.action, StepAction::Sent { .. });
                escalations.retain(|escalation| {
                    !is_same_subject(escalation, ask) || (is_sent && escalation.at >= ask.at)
                });
            }
        }
    }

    fn contain(&self, step: &Step) -> bool {
        Self::index(step.action.as_str(), step)
            .filter_map(|index| self.0.get(&index))
            .flatten()
            .any(|held| says_the_same(held, step))
    }
}

/// Whether two steps about the same key in the same round say the same to the same people.
fn says_the_same(held: &Step, step: &Step) -> bool {
    // An ask that reached another user did not ask this subject.
    let is_to_the_same = match held.action {
        StepAction::Ask { .. } => held.mentioned == step.mentioned,
        _ => true,
    };
    is_to_the_same && is_same_subject(held, step)
}

/// Whether two steps that share a key are about the same subject. An address may be taken over.
fn is_same_subject(held: &Step, step: &Step) -> bool {
    // What was asked under an id that the roster has lost since is no ask.
    let is_same_user = match gitlab_id(held) {
        Some(id) => gitlab_id(step) == Some(id),
        None => true,
    };
    // An account without a holder on the roster is another subject than the person who held it.
    is_about_account(held) == is_about_account(step)
        && may_be_equal(held.account.as_ref(), step.account.as_ref())
        && is_same_user
}

fn gitlab_id(step: &Step) -> Option<&Key> {
    step.keys.iter().find(|key| key.kind == KeyKind::GitLabId)
}

/// Whether two values are equal, or one of them is unknown.
fn may_be_equal<T: PartialEq>(left: Option<T>, right: Option<T>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => left == right,
        _ => true,
    }
}

impl Posted<'_> {
    /// Takes the doubled steps out of the notice, with the lines that say nothing else.
    fn strike(&self, iid: u64, is_doubled: &[bool]) -> Action {
        let note = self.note;
        let is_empty = !is_doubled.contains(&false);
        if is_empty && !self.has_replies() {
            return Action::DeleteComment { iid, note: note.id, expected: note.body.clone() };
        }
        let steps = self.marker.content.steps();
        let kept: Vec<Step> = steps
            .iter()
            .zip(is_doubled)
            .filter(|(_, is_doubled)| !**is_doubled)
            .map(|(step, _)| step.clone())
            .collect();
        let mut marker = self.marker.clone();
        marker.content = Content::Notice(kept);
        let body = Document::assembled(strike_lines(&note.body, &marker, is_doubled));
        Action::EditComment { iid, note: note.id, expected: note.body.clone(), body, marker }
    }

    /// Whether the notice has a reply.
    fn has_replies(&self) -> bool {
        self.thread.notes.iter().any(|note| {
            !note.is_system
                && note.id != self.note.id
                && Marker::of_comment(&note.body)
                    .is_none_or(|marker| !matches!(marker.content, Content::Notice(_)))
        })
    }
}

/// The sentence that replaces the struck lines.
const STRUCK: &str = "What an earlier notice asks already was taken out of this one.";

/// The text of a notice with its new marker, without the lines all of whose steps are doubled.
fn strike_lines(body: &str, marker: &Marker, is_doubled: &[bool]) -> String {
    let mut lines: Vec<Option<&str>> = body.lines().map(Some).collect();
    let mut steps = is_doubled.iter();
    let mut kept: Vec<(usize, usize)> = Vec::new();
    for (number, count) in step_lines(body, is_doubled.len()) {
        let left = steps.by_ref().take(count).filter(|is_doubled| !**is_doubled).count();
        match lines.get_mut(number) {
            Some(line) if left == 0 => *line = None,
            _ => kept.push((number, left)),
        }
    }
    let mut text: Vec<&str> = Vec::new();
    let mut numbers: Vec<(usize, usize)> = Vec::new();
    let marker_line =
        lines.iter().rposition(|line| line.is_some_and(|line| Marker::parse(line).is_some()));
    let end = marker_line.unwrap_or(lines.len());
    for (number, line) in lines.iter().enumerate().take(end) {
        let Some(line) = line else { continue };
        let mut following = lines.iter().skip(number + 1).take(end - number - 1).flatten();
        let is_empty_section = is_title(line)
            && !following.find(|line| !line.is_empty()).is_some_and(|line| line.starts_with("- "));
        let is_repeated_break = line.is_empty() && text.last().is_none_or(|last| last.is_empty());
        if is_empty_section || is_repeated_break {
            continue;
        }
        if let Some((_, left)) = kept.iter().find(|(kept, _)| *kept == number) {
            numbers.push((text.len(), *left));
        }
        text.push(line);
    }
    let text = text.join("\n");
    let after: Vec<&str> = lines.iter().skip(end + 1).flatten().copied().collect();
    let after = if after.is_empty() { String::new() } else { format!("\n{}", after.join("\n")) };
    format!("{}\n\n{STRUCK}\n\n{}{after}", text.trim_end(), marked_lines(marker, &numbers))
}

/// Whether a line is the title of a list, and is struck with the last item.
fn is_title(line: &str) -> bool {
    line.starts_with(HELP_TITLE) || line.starts_with(OPERATORS_TITLE)
}

/// The numbers of the lines that take steps, each with its number of steps, from the marker.
/// Empty if they do not account for all steps.
fn step_lines(body: &str, steps: usize) -> Vec<(usize, usize)> {
    let marker = body.lines().rev().find(|line| Marker::parse(line).is_some());
    let value = marker.and_then(|line| {
        line.split_ascii_whitespace().find_map(|word| word.strip_prefix("lines="))
    });
    let Some(value) = value else { return Vec::new() };
    let mut lines = Vec::new();
    let mut total = 0;
    for entry in value.split('+') {
        // What cannot be read would strike another line.
        let Some((line, count)) = parse_step_line(entry) else { return Vec::new() };
        lines.push((line, count));
        total += count;
    }
    if total == steps { lines } else { Vec::new() }
}

fn parse_step_line(entry: &str) -> Option<(usize, usize)> {
    let (line, count) = entry.split_once('x')?;
    Some((line.parse().ok()?, count.parse().ok()?))
}

#[cfg(test)]
mod tests;
