//! Looks for a write whose answer was lost: it may have arrived, and must not be sent again.

use std::time::Duration;

use api::Error;

use crate::ctx::Ctx;
use crate::error::{Exit, Failure};

/// How long to wait before looking whether a write has arrived whose answer was lost.
pub(super) const PAUSE: Duration = Duration::from_secs(5);

/// Looks for what was written, twice and after a pause each: a request may arrive late.
pub(super) async fn look_twice<T>(
    ctx: &Ctx,
    mut look: impl AsyncFnMut() -> Result<Option<T>, Error>,
) -> Result<Option<T>, Error> {
    for _ in 0..2 {
        ctx.pause(PAUSE).await;
        let written = look().await?;
        if written.is_some() {
            return Ok(written);
        }
    }
    Ok(None)
}

/// The error for a write that has no answer and was not found either.
pub(super) fn unanswered(what: &str, error: &Error) -> Failure {
    Failure::new(Exit::TryLater, format!("could not make {what}: {error}"))
        .hint("it is not there now; run the command again, which looks for it first")
}
