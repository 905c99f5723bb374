//! Whether and when a failed request is repeated: decisions as functions of values.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

use crate::error::NetworkKind;
use crate::events::WaitReason;
use crate::server_time::parse_date;

/// How often a request is usually made at most, including the first time.
pub(crate) const ATTEMPTS: u32 = 5;

/// The longest wait that a server can demand; beyond it the user decides.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// The wait after a 429 that names none. GitLab counts requests per minute.
const DEFAULT_WAIT: Duration = Duration::from_mins(1);

/// GitLab: the Unix time at which the limit is lifted ("User and IP rate limits", headers).
const RATE_LIMIT_RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// Calendly: the seconds until the limit is lifted ("API rate limits").
const X_RATE_LIMIT_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The outcome of an attempt.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome<'a> {
    /// An answer with this status.
    Answered(u16, &'a HeaderMap),
    /// No complete answer.
    Lost(NetworkKind),
    /// An error that would be the same again, such as a redirect to another host.
    Final,
}

/// What to do after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Take the outcome as it is.
    Accept,
    /// Wait and try again.
    Repeat(WaitReason, Duration),
    /// Give up and report how long the service wants us to wait.
    RateLimited(Duration),
}

/// The waits between attempts if the server demands none: about 0.5, 1, 2 and 4 seconds, each longer
/// by a random part of itself, so that clients do not come back at the same time.
pub(crate) fn backoffs(attempts: u32) -> impl Iterator<Item = Duration> {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(500))
        .with_max_delay(Duration::from_secs(8))
        .with_max_times(attempts.saturating_sub(1) as usize)
        .with_jitter()
        .build()
}

/// Decides what follows an attempt to read; `backoff` is our own next wait, or `None` after the last
/// attempt.
///
/// Our own wait is added to the one that the server demands, because its random part spreads clients.
pub(crate) fn decide(outcome: Outcome<'_>, backoff: Option<Duration>) -> Decision {
    match (outcome, backoff) {
        (Outcome::Answered(429, headers), backoff) => {
            let asked = rate_limit_wait(headers);
            match backoff {
                Some(backoff) if asked <= LONGEST_WAIT => {
                    Decision::Repeat(WaitReason::RateLimited, asked + backoff)
                }
                Some(_) | None => Decision::RateLimited(asked),
            }
        }
        (Outcome::Answered(status @ (500 | 502 | 504), _), Some(backoff)) => {
            Decision::Repeat(WaitReason::Failed(status), backoff)
        }
        (Outcome::Answered(503, headers), Some(backoff)) => {
            let asked = retry_after(headers).unwrap_or(Duration::ZERO);
            if asked <= LONGEST_WAIT {
                Decision::Repeat(WaitReason::Failed(503), asked + backoff)
            } else {
                Decision::Accept
            }
        }
        (Outcome::Lost(kind), Some(backoff)) if kind.may_pass() => {
            Decision::Repeat(WaitReason::Lost(kind), backoff)
        }
        _ => Decision::Accept,
    }
}

/// Decides what follows an attempt to write. Only a 429 says for certain that nothing was done: after
/// anything else the write may have been carried out, or would fail again.
pub(crate) fn decide_write(outcome: Outcome<'_>, backoff: Option<Duration>) -> Decision {
    match outcome {
        Outcome::Answered(429, _) => decide(outcome, backoff),
        _ => Decision::Accept,
    }
}

/// How long a 429 demands to wait. The body is ignored: it has two forms and a configurable text.
fn rate_limit_wait(headers: &HeaderMap) -> Duration {
    retry_after(headers)
        .or_else(|| {
            let reset = number(headers, &RATE_LIMIT_RESET)?;
            let now = u64::try_from(parse_date(text(headers, &DATE)?)?.as_second()).ok()?;
            Some(Duration::from_secs(reset.saturating_sub(now)))
        })
        .or_else(|| number(headers, &X_RATE_LIMIT_RESET).map(Duration::from_secs))
        .unwrap_or(DEFAULT_WAIT)
}

/// The wait of `Retry-After`: seconds, or a date, which is compared with the server's own `Date`.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    if let Some(seconds) = number(headers, &RETRY_AFTER) {
        return Some(Duration::from_secs(seconds));
    }
    let until = parse_date(text(headers, &RETRY_AFTER)?)?;
    let now = parse_date(text(headers, &DATE)?)?;
    // A negative duration is a date in the past: nothing is left to wait for.
    Some(Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;
    use crate::error::{ProxyFault, TlsFault};

    const BACKOFF: Duration = Duration::from_millis(700);
    const NOW: (&str, &str) = ("date", "Sun, 22 Nov 2026 12:00:00 GMT");

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn which_outcomes_are_repeated() {
        let none = HeaderMap::new();
        let failed = |status| Decision::Repeat(WaitReason::Failed(status), BACKOFF);
        let lost = |kind| Decision::Repeat(WaitReason::Lost(kind), BACKOFF);
        let refused = NetworkKind::Proxy(ProxyFault::Refused);
        let no_proxy = NetworkKind::Proxy(ProxyFault::NotConnected);
        for (outcome, expected) in [
            (Outcome::Answered(500, &none), failed(500)),
            (Outcome::Answered(502, &none), failed(502)),
            (Outcome::Answered(503, &none), failed(503)),
            (Outcome::Answered(504, &none), failed(504)),
            (Outcome::Lost(NetworkKind::Timeout), lost(NetworkKind::Timeout)),
            (Outcome::Lost(NetworkKind::NameUnresolved), lost(NetworkKind::NameUnresolved)),
            (Outcome::Lost(NetworkKind::NotConnected), lost(NetworkKind::NotConnected)),
            (Outcome::Lost(NetworkKind::Cut), lost(NetworkKind::Cut)),
            (Outcome::Lost(no_proxy), lost(no_proxy)),
            (Outcome::Lost(refused), Decision::Accept),
            (Outcome::Lost(NetworkKind::NameNotFound), Decision::Accept),
            (Outcome::Lost(NetworkKind::Tls(TlsFault::Expired)), Decision::Accept),
            (Outcome::Final, Decision::Accept),
            (Outcome::Answered(200, &none), Decision::Accept),
            (Outcome::Answered(400, &none), Decision::Accept),
            (Outcome::Answered(401, &none), Decision::Accept),
            (Outcome::Answered(403, &none), Decision::Accept),
            (Outcome::Answered(404, &none), Decision::Accept),
            (Outcome::Answered(501, &none), Decision::Accept),
        ] {
            assert_eq!(decide(outcome, Some(BACKOFF)), expected, "{outcome:?}");
        }
    }

    #[test]
    fn of_writes_only_a_429_is_repeated() {
        let none = HeaderMap::new();
        for status in 200..600 {
            let decided = decide_write(Outcome::Answered(status, &none), Some(BACKOFF));
            let again = Decision::Repeat(WaitReason::RateLimited, DEFAULT_WAIT + BACKOFF);
            assert_eq!(decided, if status == 429 { again } else { Decision::Accept }, "{status}");
        }
        for outcome in [
            Outcome::Lost(NetworkKind::NotConnected),
            Outcome::Lost(NetworkKind::Timeout),
            Outcome::Lost(NetworkKind::Cut),
            Outcome::Final,
        ] {
            assert_eq!(decide_write(outcome, Some(BACKOFF)), Decision::Accept, "{outcome:?}");
        }
        let decided = decide_write(Outcome::Answered(429, &none), None);
        assert_eq!(decided, Decision::RateLimited(DEFAULT_WAIT));
    }

    #[test]
    fn nothing_is_repeated_after_the_last_attempt() {
        let none = HeaderMap::new();
        for (outcome, expected) in [
            (Outcome::Answered(500, &none), Decision::Accept),
            (Outcome::Answered(503, &none), Decision::Accept),
            (Outcome::Lost(NetworkKind::Cut), Decision::Accept),
            (Outcome::Answered(429, &none), Decision::RateLimited(DEFAULT_WAIT)),
        ] {
            assert_eq!(decide(outcome, None), expected, "{outcome:?}");
        }
    }

    #[test]
    fn how_long_a_429_waits() {
        for (pairs, seconds) in [
            (&[][..], 60),
            (&[("retry-after", "7")], 7),
            (&[("retry-after", " 0 ")], 0),
            (&[("retry-after", "7"), ("ratelimit-reset", "9999999999"), NOW], 7),
            (&[("retry-after", "Sun, 22 Nov 2026 12:01:30 GMT"), NOW], 90),
            (&[("retry-after", "Sun, 22 Nov 2026 11:00:00 GMT"), NOW], 0),
            (&[("retry-after", "Sun, 22 Nov 2026 12:01:30 GMT")], 60),
            (&[("retry-after", "soon")], 60),
            (&[("retry-after", "-5")], 60),
            // 2026-11-22T12:00:45Z
            (&[("ratelimit-reset", "1795348845"), NOW], 45),
            (&[("ratelimit-reset", "1795348000"), NOW], 0),
            (&[("ratelimit-reset", "1795348845")], 60),
            (&[("ratelimit-reset", "x"), NOW], 60),
            (&[("x-ratelimit-reset", "12")], 12),
            (&[("retry-after", "soon"), ("x-ratelimit-reset", "12")], 12),
            // Calendly names seconds, GitLab an instant.
            (&[("x-ratelimit-limit", "500"), ("x-ratelimit-reset", "12"), NOW], 12),
            (&[("ratelimit-reset", "1795348845"), ("x-ratelimit-reset", "12"), NOW], 45),
        ] {
            let headers = headers(pairs);
            let expected = Duration::from_secs(seconds) + BACKOFF;
            assert_eq!(
                decide(Outcome::Answered(429, &headers), Some(BACKOFF)),
                Decision::Repeat(WaitReason::RateLimited, expected),
                "{pairs:?}",
            );
        }
    }

    #[test]
    fn a_long_wait_is_left_to_the_user() {
        let decided = |text: &'static str| {
            let headers = headers(&[("retry-after", text)]);
            decide(Outcome::Answered(429, &headers), Some(BACKOFF))
        };
        let five_minutes = Duration::from_mins(5);
        assert_eq!(
            decided("300"),
            Decision::Repeat(WaitReason::RateLimited, five_minutes + BACKOFF)
        );
        assert_eq!(decided("301"), Decision::RateLimited(Duration::from_secs(301)));
        assert_eq!(
            decided("18446744073709551615"),
            Decision::RateLimited(Duration::from_secs(u64::MAX))
        );
    }

    #[test]
    fn maintenance_may_name_its_end() {
        for (text, expected) in [
            ("20", Decision::Repeat(WaitReason::Failed(503), Duration::from_secs(20) + BACKOFF)),
            ("3600", Decision::Accept),
        ] {
            let headers = headers(&[("retry-after", text)]);
            assert_eq!(decide(Outcome::Answered(503, &headers), Some(BACKOFF)), expected);
        }
    }

    #[test]
    fn backoffs_grow_with_jitter_and_end() {
        let waits: Vec<Duration> = backoffs(ATTEMPTS).collect();
        assert_eq!(waits.len(), 4);
        assert_eq!(backoffs(1).count(), 0);
        for (wait, least) in waits.iter().zip([500, 1000, 2000, 4000]) {
            let least = Duration::from_millis(least);
            assert!((least..=least * 2).contains(wait), "{wait:?}");
        }
        assert_ne!(
            waits,
            backoffs(ATTEMPTS).collect::<Vec<_>>(),
            "two clients would come back in step"
        );
    }
}
