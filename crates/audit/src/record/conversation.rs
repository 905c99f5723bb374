//! The conversation of an audit: the threads of its issue, as they were read.
//!
//! It is the only memory that the tool has.
//! Everything that the follow-ups know is derived from it, from the fresh roster and accounts, and from the
//! present instant, on any machine.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use crate::calendar::Period;
use crate::evaluation::is_much_smaller;
pub use crate::identity::User;
use crate::identity::{SubjectId, comparable_email, file_digest};
use crate::record::marker::{Content, Key, Marker, MarkerHeader, Sizes};
use crate::text::fold;

/// A note of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its id, which grows with time.
    pub id: u64,
    /// Who wrote it.
    pub author: User,
    /// Its present text.
    pub body: String,
    /// When it was written, by GitLab's clock.
    pub created_at: Timestamp,
    /// Whether GitLab itself wrote it.
    pub is_system: bool,
}

/// A thread, or a comment that stands alone.
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
    /// By whom.
    pub by: User,
    /// When.
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

/// When a note was written, for comparisons: of two notes of one instant, the higher id is later.
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

/// A note with a marker of an audit.
#[derive(Debug, Clone)]
pub(crate) struct MarkedNote<'a> {
    pub(crate) note: &'a Note,
    pub(crate) thread: &'a Thread,
    pub(crate) marker: Marker,
}

/// The notes with a marker of an audit, in the order of time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Markers<'a> {
    /// By operators: these count.
    pub(crate) counting: Vec<MarkedNote<'a>>,
    /// By anybody else: at most, they hold a finding.
    pub(crate) foreign: Vec<MarkedNote<'a>>,
}

impl Conversation {
    /// The notes of people, in the order of time.
    ///
    /// Each is there once, though it may have been read twice while pages moved.
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

    /// The number of notes of the issue, system notes included.
    pub fn count(&self) -> usize {
        let notes = self.threads.iter().flat_map(|thread| &thread.notes);
        notes.map(|note| note.id).collect::<BTreeSet<u64>>().len()
    }

    /// When the first comment of an operator names the SHA-256 of a file as its roster or accounts.
    ///
    /// A copy of the file is no newer than that, whatever its modification says.
    /// Nothing where the newest notice, report or review names it as well: then nothing else was read
    /// meanwhile, so the file is as new as its modification.
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

    /// The sizes of roster and accounts that operators recorded last, in a report or by accepting them.
    ///
    /// A report about much less than before is not an acceptance of that: the larger size stays.
    pub fn recorded_sizes(&self, header: MarkerHeader, operators: &BTreeSet<u64>) -> Sizes {
        let mut sizes = Sizes::default();
        for marked in self.markers(header, operators).counting {
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

/// The audit that an issue belongs to, by its description and its title; nothing where no marker is.
///
/// # Errors
///
/// [`BrokenMarker`] where somebody has changed the description or the title, so that every comment would
/// be read as another audit's.
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

/// Whether an issue without a marker is an audit's all the same, by the comments of operators.
///
/// # Errors
///
/// [`BrokenMarker::OnlyInComments`] where it is.
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

/// The name or e-mail address that a comment of ours holds in a code span, of somebody whom a marker
/// names by these digests only.
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
    /// The note that opened it.
    pub fn first(&self) -> Option<&Note> {
        self.notes.iter().min_by_key(|note| note.moment())
    }
}

#[cfg(test)]
mod tests;
