//! The limit on requests.

use jiff::SignedDuration;
use sandbox::{CalendlyToken, Sandbox};

use super::{call, get, open, refuses};
use crate::http::{Seen, send};

/// The limit, what is left of it, and for how many seconds.
fn limits(seen: &Seen) -> [Option<i64>; 3] {
    ["limit", "remaining", "reset"]
        .map(|name| seen.header(&format!("x-ratelimit-{name}")).parse().ok())
}

fn wait(sandbox: &Sandbox, milliseconds: i64) {
    sandbox.update(|world| world.now += SignedDuration::from_millis(milliseconds));
}

#[test]
fn every_answer_tells_what_is_left() -> anyhow::Result<()> {
    let sandbox = open()?;
    assert_eq!(limits(&get(&sandbox, "ada", "/users/me")?), [500, 499, 60].map(Some));
    assert_eq!(limits(&get(&sandbox, "ada", "/nope")?), [500, 498, 60].map(Some));
    assert_eq!(limits(&call(&sandbox, "ada", ("DELETE", "/x"))?), [500, 497, 60].map(Some));
    assert_eq!(
        limits(&get(&sandbox, "uma", "/users/me")?),
        [500, 499, 60].map(Some),
        "each has their own"
    );
    let second = CalendlyToken::new("token-of-second", "ada@example.com");
    sandbox.update(|world| world.calendly.add_token(second));
    assert_eq!(limits(&get(&sandbox, "second", "/users/me")?), [500, 496, 60].map(Some));
    let seen = send(&sandbox.calendly_url(), "GET", "/users/me", &[])?;
    assert_eq!((seen.status, limits(&seen)), (401, [500, 499, 60].map(Some)));
    Ok(())
}

#[test]
fn a_used_up_minute_ends_by_the_clock_of_the_world() -> anyhow::Result<()> {
    let sandbox = open()?;
    sandbox.update(|world| world.calendly.quota.per_minute = 2);
    assert_eq!(limits(&get(&sandbox, "ada", "/users/me")?), [2, 1, 60].map(Some));
    wait(&sandbox, 20_500);
    assert_eq!(limits(&get(&sandbox, "ada", "/users/me")?), [2, 0, 40].map(Some));
    for (milliseconds, left) in [(0, 40), (39_000, 1), (499, 1)] {
        wait(&sandbox, milliseconds);
        let seen = call(&sandbox, "ada", ("DELETE", "/organization_memberships/X"))?;
        refuses(&seen, 429, "Too Many Requests", "The rate limit is exceeded.");
        assert_eq!(limits(&seen), [2, 0, left].map(Some));
    }
    assert_eq!(get(&sandbox, "uma", "/users/me")?.status, 200, "others have their own");
    wait(&sandbox, 1);
    let seen = get(&sandbox, "ada", "/users/me")?;
    assert_eq!((seen.status, limits(&seen)), (200, [2, 1, 60].map(Some)));
    assert_eq!(sandbox.writes().len(), 3, "a refused request is still seen");
    Ok(())
}

#[test]
fn a_limited_write_does_nothing() -> anyhow::Result<()> {
    let sandbox = open()?;
    sandbox.update(|world| world.calendly.quota.per_minute = 0);
    let uma = super::membership(&sandbox, "uma");
    assert_eq!(call(&sandbox, "ada", ("DELETE", &uma))?.status, 429);
    assert!(sandbox.update(|world| world.calendly.member("uma@example.com").is_ok()));
    Ok(())
}
