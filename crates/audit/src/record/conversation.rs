//! The conversation of an audit: the threads of its issue.
//!
//! It is the only memory of the tool.
//! Everything that the follow-ups know is derived from it, from the fresh sources, and from the
//! present instant, on any machine.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use crate::calendar::Period;
use crate::evaluation::is_much_smaller;
pub use crate::identity::User;
use crate::identity::{SubjectId, comparable_email, file_digest};
use crate::record::marker::{Content, Key, Marker, MarkerHeader, Sizes, StepAction};
use crate::text::fold;

/// A note of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The id, which grows with time.
    pub id: u64,
    /// The author.
    pub author: User,
    /// The present text.
    pub body: String,
    /// When GitLab's clock says it was written.
    pub created_at: Timestamp,
    /// Whether GitLab itself wrote it.
    pub is_system: bool,
}

/// A thread, or a single comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Its id.
    pub id: String,
    /// Its notes, in any order.
    pub notes: Vec<Note>,
}

/// A reaction to a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// The user who reacted.
    pub by: User,
    /// When they reacted.
    pub at: Timestamp,
}

/// The conversation of an audit's issue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conversation {
    /// All threads, in any order.
    pub threads: Vec<Thread>,
    /// The reactions to notes, as far as they were read.
    pub reactions: BTreeMap<u64, Vec<Reaction>>,
}

/// The position of a note in time. Of two notes with one instant, the one with the higher id is
/// later.
pub(crate) type Moment = (Timestamp, u64);

impl Note {
    pub(crate) fn moment(&self) -> Moment {
        (self.created_at, self.id)
    }
}

/// A note with its thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ThreadNote<'a> {
    pub(crate) thread: &'a Thread,
    pub(crate) note: &'a Note,
}

/// A note with its marker.
#[derive(Debug, Clone)]
pub(crate) struct MarkedNote<'a> {
    pub(crate) note: &'a Note,
    pub(crate) thread: &'a Thread,
    pub(crate) marker: Marker,
}

/// The notes with a marker of the audit, in the order of time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Markers<'a> {
    /// The notes of operators, which count.
    pub(crate) counting: Vec<MarkedNote<'a>>,
    /// The notes of everybody else, which can only hold a finding.
    pub(crate) foreign: Vec<MarkedNote<'a>>,
}

impl Conversation {
    /// The notes of people, in the order of time.
    ///
    /// Each note occurs once, even if it was read twice because pages moved.
    pub(crate) fn notes(&self) -> Vec<ThreadNote<'_>> {
        let mut notes = Vec::new();
        for thread in &self.threads {
            for note in thread.notes.iter().filter(|note| !note.is_system) {
                notes.push(ThreadNote { thread, note });
            }
        }
        notes.sort_by_key(|entry| entry.note.moment());
        let mut seen = BTreeSet::new();
        notes.retain(|entry| seen.insert(entry.note.id));
        notes
    }

    /// The notes with a marker of the audit.
    pub(crate) fn markers(&self, header: MarkerHeader, operators: &BTreeSet<u64>) -> Markers<'_> {
        let mut markers = Markers::default();
        for ThreadNote { thread, note } in self.notes() {
            let Some(marker) = Marker::of_comment(&note.body) else { continue };
            if marker.header != header {
                continue;
            }
            let list = if operators.contains(&note.author.id) {
                &mut markers.counting
            } else {
                &mut markers.foreign
            };
            list.push(MarkedNote { note, thread, marker });
        }
        markers
    }

    /// The number of notes in the issue, including system notes.
    pub fn count(&self) -> usize {
        let notes = self.threads.iter().flat_map(|thread| &thread.notes);
        notes.map(|note| note.id).collect::<BTreeSet<u64>>().len()
    }

    /// When an operator's comment first named the SHA-256 of a file as its roster or accounts.
    ///
    /// A copy of the file is not newer than that comment, whatever its modification time says.
    /// `None` if the newest notice, report or review names it as well: nothing else was read
    /// meanwhile, so the modification time is right.
    pub fn first_seen(
        &self,
        header: MarkerHeader,
        operators: &BTreeSet<u64>,
        sha256: &str,
    ) -> Option<Timestamp> {
        let digest = file_digest(sha256);
        let names = |marked: &&MarkedNote<'_>| {
            let sources = &marked.marker.sources;
            sources.roster.as_deref() == Some(digest) || sources.accounts.as_deref() == Some(digest)
        };
        let counting = self.markers(header, operators).counting;
        let newest = counting.iter().rfind(|marked| {
            matches!(
                marked.marker.content,
                Content::Notice(..) | Content::Report(_) | Content::Review(_)
            )
        });
        if newest.is_some_and(|marked| names(&marked)) {
            return None;
        }
        counting.iter().find(names).map(|marked| marked.note.created_at)
    }

    /// The sizes that operators recorded last, in a report or by accepting them.
    ///
    /// A report with a much smaller size does not accept it: the larger size counts.
    /// Accounts that removal records name are subtracted.
    pub fn recorded_sizes(&self, header: MarkerHeader, operators: &BTreeSet<u64>) -> Sizes {
        let mut sizes = Sizes::default();
        let mut removed = BTreeSet::new();
        for marked in self.markers(header, operators).counting {
            if let Content::Removal(steps) = &marked.marker.content {
                for step in steps.iter().filter(|step| step.action == StepAction::Removed) {
                    // What an operator removed is not missing.
                    if removed.insert((step.account.clone(), step.keys.clone())) {
                        sizes.accounts = sizes.accounts.map(|size| size.saturating_sub(1));
                    }
                }
            }
            if let Content::Report(report) = &marked.marker.content {
                sizes.roster = Some(recorded_size(report.people, sizes.roster));
                if let (Some(accounts), true) = (report.accounts, report.is_complete) {
                    sizes.accounts = Some(recorded_size(accounts, sizes.accounts));
                }
            }
            sizes.roster = marked.marker.accepted.roster.or(sizes.roster);
            sizes.accounts = marked.marker.accepted.accounts.or(sizes.accounts);
        }
        sizes
    }
}

fn recorded_size(reported: usize, before: Option<usize>) -> usize {
    before.filter(|before| is_much_smaller(reported, *before)).unwrap_or(reported)
}

/// Why an issue cannot be taken for the issue of one audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrokenMarker {
    /// The description holds markers of different audits.
    Several(Vec<MarkerHeader>),
    /// The title does not hold the marker's period.
    PeriodNotInTitle(Period),
    /// The description holds no marker, but operators have written marked comments.
    OnlyInComments(MarkerHeader),
}

impl fmt::Display for BrokenMarker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Several(headers) => {
                let periods: Vec<String> =
                    headers.iter().map(|header| header.period.to_string()).collect();
                write!(
                    formatter,
                    "its description holds markers of different audits: {}",
                    periods.join(", ")
                )
            }
            Self::PeriodNotInTitle(period) => {
                write!(formatter, "its marker is for {period}, which its title does not mention")
            }
            Self::OnlyInComments(header) => write!(
                formatter,
                "its description has lost its marker, but comments carry that of {}",
                header.period
            ),
        }
    }
}

/// The audit of an issue, by its description and its title; `None` without a marker.
///
/// # Errors
///
/// [`BrokenMarker`] if somebody has changed the description or the title.
/// Every comment would otherwise be read as one of another audit.
pub fn audit_of_issue(
    title: &str,
    description: &str,
) -> Result<Option<MarkerHeader>, BrokenMarker> {
    let mut headers: Vec<MarkerHeader> = Vec::new();
    for marker in Marker::find_all(description) {
        if marker.content == Content::Issue && !headers.contains(&marker.header) {
            headers.push(marker.header);
        }
    }
    match headers.as_slice() {
        [] => Ok(None),
        [header] if mentions_period(title, header.period) => Ok(Some(*header)),
        [header] => Err(BrokenMarker::PeriodNotInTitle(header.period)),
        _ => Err(BrokenMarker::Several(headers)),
    }
}

/// Checks whether an issue without a marker is nevertheless an audit's, by the comments of
/// operators.
///
/// # Errors
///
/// [`BrokenMarker::OnlyInComments`] if it is.
pub fn check_unmarked_issue(
    conversation: &Conversation,
    operators: &BTreeSet<u64>,
) -> Result<(), BrokenMarker> {
    for ThreadNote { note, .. } in conversation.notes() {
        if let Some(marker) = Marker::of_comment(&note.body)
            && operators.contains(&note.author.id)
        {
            return Err(BrokenMarker::OnlyInComments(marker.header));
        }
    }
    Ok(())
}

fn mentions_period(title: &str, period: Period) -> bool {
    let period = period.to_string();
    let mut words = title.split(|letter: char| !letter.is_alphanumeric() && letter != '-');
    words.any(|word| word.eq_ignore_ascii_case(&period))
}

/// The name or e-mail address of a subject, which the marker names by these digests only.
/// A comment of ours holds it in a code span.
pub(crate) fn name_in_comment<'b>(body: &'b str, keys: &[Key]) -> Option<&'b str> {
    body.split('`').find(|text| {
        let names = [
            SubjectId::Email(comparable_email(text)),
            SubjectId::Account((*text).to_owned()),
            SubjectId::Name(fold(text).into_owned()),
        ];
        names.iter().any(|name| keys.contains(&Key::new(name)))
    })
}

impl Thread {
    /// The note that opened the thread.
    pub fn first(&self) -> Option<&Note> {
        self.notes.iter().min_by_key(|note| note.moment())
    }
}

#[cfg(test)]
mod tests;
