//! GitLab's rate limits and sizes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

/// The seconds in the windows in which requests are counted.
const WINDOW: i64 = 60;

/// How much GitLab accepts before it refuses more.
///
/// A limit per minute counts for each user, in calendar minutes of the world's clock, and counts
/// refused requests too.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The notes that an issue can hold, system notes among them, before it takes no more
    /// comments; system notes are added all the same. 5,000 on every GitLab (GitLab docs: GitLab
    /// application limits).
    pub notes_per_issue: usize,
    /// The notes that a user may write in a minute with `POST …/notes`; threads and the replies
    /// in them are not counted. None: as many as they like. 60 on GitLab.com (GitLab docs:
    /// GitLab.com settings).
    pub notes_per_minute: Option<u64>,
    /// The `Retry-After` in seconds of the answer to one note more. None: there is none (recorded
    /// from GitLab 18.9); newer versions send 60.
    pub notes_retry_after: Option<u64>,
    /// The issues that a user may open in a minute. None: as many as they like. 200 on GitLab.com
    /// (GitLab docs: GitLab.com settings). There is no `Retry-After` to one more (recorded from
    /// GitLab 18.9).
    pub issues_per_minute: Option<u64>,
    /// The requests that a user may make in a minute. None: as many as they like, and every
    /// answer's `RateLimit-…` headers say that it is the first of 2,000, GitLab.com's number
    /// (GitLab docs: GitLab.com settings). The limits of notes and issues are not in those headers.
    pub requests_per_minute: Option<u64>,
    /// Lists of more items than that have no totals: no `x-total`, no `x-total-pages`, no link to
    /// the last page (GitLab docs: REST API, pagination).
    pub totals_up_to: usize,
}

/// What is counted for each user.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Counted {
    Issues,
    Notes,
    Requests,
}

/// What users have done in the present minute.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts(BTreeMap<(Counted, u64), (i64, u64)>);

impl Default for Limits {
    fn default() -> Self {
        Self {
            notes_per_issue: 5_000,
            notes_per_minute: None,
            notes_retry_after: None,
            issues_per_minute: None,
            requests_per_minute: None,
            totals_up_to: 10_000,
        }
    }
}

impl Counts {
    /// Counts one more, and returns the count of this minute.
    pub(crate) fn count(&mut self, what: Counted, user: u64, now: Timestamp) -> u64 {
        let minute = now.as_second().div_euclid(WINDOW);
        let (counted_in, count) = self.0.entry((what, user)).or_default();
        if *counted_in != minute {
            (*counted_in, *count) = (minute, 0);
        }
        *count += 1;
        *count
    }
}

/// The second in which the window of an instant ends.
pub(crate) fn window_ends(now: Timestamp) -> i64 {
    (now.as_second().div_euclid(WINDOW) + 1) * WINDOW
}
