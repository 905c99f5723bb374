//! GitLab's limits per minute (GitLab docs: Rate limits).

use super::access;
use crate::{
    fault::Answer,
    limits::{Counted, window_ends},
    reply::Reply,
    request::Request,
    world::World,
};

/// Requests a user may make in a minute on GitLab.com (GitLab docs: GitLab.com settings).
const LIMIT: u64 = 2_000;

/// How many requests the caller has made in this minute, and how many are allowed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    limit: u64,
    observed: u64,
}

impl Usage {
    /// Counts the request, if it has a valid token.
    pub(super) fn count(world: &mut World, request: &Request) -> Self {
        let Some(limit) = world.limits.requests_per_minute else {
            return Self { limit: LIMIT, observed: 1 };
        };
        let caller = access::caller(world, request, access::ANY).ok().flatten();
        let observed = match caller.map(|caller| caller.user.id) {
            Some(user) => world.journal.counts.count(Counted::Requests, user, world.now),
            None => 1,
        };
        Self { limit, observed }
    }

    /// The refusal, if the request is beyond the limit.
    pub(super) fn refusal(self, world: &World) -> Option<Reply> {
        let wait = window_ends(world.now) - world.now.as_second();
        let refused = Answer::too_many_requests_text().header("retry-after", &wait.to_string());
        (self.observed > self.limit).then(|| refused.into())
    }

    /// Adds the `RateLimit-…` headers.
    pub(super) fn show(self, reply: Reply, world: &World) -> Reply {
        reply
            .with("ratelimit-limit", self.limit.to_string())
            .with("ratelimit-name", "throttle_authenticated_api")
            .with("ratelimit-observed", self.observed.to_string())
            .with("ratelimit-remaining", self.limit.saturating_sub(self.observed).to_string())
            .with("ratelimit-reset", window_ends(world.now).to_string())
    }
}

/// Counts a note that the caller wants to write.
///
/// # Errors
///
/// 429 beyond the limit; as [`access::caller`].
pub(super) fn note(world: &mut World, request: &Request) -> Result<(), Reply> {
    let limit = world.limits.notes_per_minute;
    write(world, request, (Counted::Notes, limit), world.limits.notes_retry_after)
}

/// Counts an issue that the caller wants to open.
///
/// # Errors
///
/// As [`note`].
pub(super) fn issue(world: &mut World, request: &Request) -> Result<(), Reply> {
    let limit = world.limits.issues_per_minute;
    write(world, request, (Counted::Issues, limit), None)
}

fn write(
    world: &mut World,
    request: &Request,
    (what, limit): (Counted, Option<u64>),
    retry_after: Option<u64>,
) -> Result<(), Reply> {
    let Some(limit) = limit else { return Ok(()) };
    let user = access::somebody(world, request, access::WRITE)?.user.id;
    if world.journal.counts.count(what, user, world.now) <= limit {
        return Ok(());
    }
    let refused = Answer::too_many_requests_json();
    Err(match retry_after {
        Some(seconds) => refused.header("retry-after", &seconds.to_string()).into(),
        None => refused.into(),
    })
}
