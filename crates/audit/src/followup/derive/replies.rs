//! Indexes of the comments in which answers are looked up.

use std::collections::{BTreeSet, HashMap};

use crate::followup::model::FollowupInput;
use crate::record::conversation::{MarkedNote, ThreadNote};
use crate::record::marker::Content;

/// The comments that may hold answers, and the comments of notices by their threads.
#[derive(Debug, Default)]
pub(crate) struct Replies<'a> {
    by_author: HashMap<u64, Vec<ThreadNote<'a>>>,
    notices_by_thread: HashMap<&'a str, Vec<ThreadNote<'a>>>,
}

impl<'a> Replies<'a> {
    pub(crate) fn new(input: &FollowupInput<'a>, counting: &'a [MarkedNote<'a>]) -> Self {
        let mut replies = Self::default();
        let marked: BTreeSet<u64> = counting.iter().map(|marked| marked.note.id).collect();
        for entry in input.conversation.notes() {
            if !marked.contains(&entry.note.id) {
                replies.by_author.entry(entry.note.author.id).or_default().push(entry);
            }
        }
        for MarkedNote { note, thread, marker } in counting {
            if matches!(marker.content, Content::Notice(_)) {
                let notices = replies.notices_by_thread.entry(&thread.id).or_default();
                notices.push(ThreadNote { thread, note });
            }
        }
        replies
    }

    pub(super) fn of_author(&self, user: u64) -> &[ThreadNote<'a>] {
        self.by_author.get(&user).map(Vec::as_slice).unwrap_or_default()
    }

    /// The comments of a notice, all of which are in one thread.
    pub(super) fn parts_of_notice(&self, thread: &str) -> &[ThreadNote<'a>] {
        self.notices_by_thread.get(thread).map(Vec::as_slice).unwrap_or_default()
    }
}
