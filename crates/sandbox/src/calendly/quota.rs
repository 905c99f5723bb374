//! How many requests a user may make in a minute (Calendly docs: Rate limits).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

/// How long a window is, in seconds.
const WINDOW: i64 = 60;

/// The limit on each user's requests, and what has been counted so far. A user's window begins
/// with a request and ends a minute later by [`World::now`](crate::World::now). All requests
/// with no valid token count as one user's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// Requests in a minute: 500 on a paid plan, 50 on the free one.
    pub per_minute: u32,
    #[serde(skip)]
    windows: BTreeMap<String, Window>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    start: Timestamp,
    used: u32,
}

/// Whether one request was within the limit, and what is left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub(super) granted: bool,
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// The seconds until the window ends: a duration, not an instant.
    pub(super) seconds_left: i64,
}

impl Default for Quota {
    fn default() -> Self {
        Self { per_minute: 500, windows: BTreeMap::new() }
    }
}

impl Quota {
    /// Counts a request, unless the user has none left.
    pub(super) fn take(&mut self, user: &str, now: Timestamp) -> Turn {
        let fresh = Window { start: now, used: 0 };
        let window = self.windows.entry(user.to_owned()).or_insert(fresh);
        let age = |window: &Window| now.duration_since(window.start).as_secs();
        // A test may also set the clock back.
        if !(0..WINDOW).contains(&age(window)) {
            *window = fresh;
        }
        let granted = window.used < self.per_minute;
        window.used += u32::from(granted);
        Turn {
            granted,
            limit: self.per_minute,
            remaining: self.per_minute.saturating_sub(window.used),
            seconds_left: WINDOW - age(window),
        }
    }
}
