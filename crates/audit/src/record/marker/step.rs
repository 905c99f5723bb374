//! One act about one finding, and its form in a marker.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::action::{StepAction, WithdrawalReason};
use super::key::{Key, is_hex};
use crate::identity::{EVIDENCE_LENGTH, KEY_LENGTH};

/// One act about one finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The act.
    pub action: StepAction,
    /// The check's id, which this version may not know.
    pub check: String,
    /// The keys by which the subject was known.
    pub keys: Vec<Key>,
    /// The digest of the account's own id, if the finding is about an account.
    pub account: Option<String>,
    /// The digest of the evidence: see [`crate::identity::digest`].
    pub evidence: String,
    /// The round, from 1.
    pub round: u32,
    /// The instant of the act by GitLab's clock, to the second.
    pub at: Timestamp,
    /// The ids of the users whom this comment mentions for it.
    ///
    /// The first user of an escalation is the one whose reply answers.
    /// This is the manager, or the Support Operations Manager if no manager is mentioned.
    pub mentioned: Vec<u64>,
}

/// More rounds than an audit ever has. We never write a larger number.
const MAX_ROUND: u32 = 1_000_000;

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, check, keys, account, evidence, round, at, mentioned } = self;
        let keys: Vec<String> = keys.iter().map(Key::to_string).collect();
        let (name, keys) = (action.as_str(), keys.join("+"));
        write!(formatter, "{name}/{check}/{keys}/{evidence}/{round}/at={}", compact(*at))?;
        if let Some(account) = account {
            write!(formatter, "/account={account}")?;
        }
        match action {
            StepAction::Ask { due: Some(due) }
            | StepAction::Escalate { due: Some(due) }
            | StepAction::Sent { due: Some(due) } => write!(formatter, "/due={}", compact(*due))?,
            StepAction::Keep { until: Some(until) } => write!(formatter, "/until={until}")?,
            StepAction::Withdrawn { reason } => write!(formatter, "/reason={}", reason.as_str())?,
            _ => {}
        }
        if !mentioned.is_empty() {
            let ids: Vec<String> = mentioned.iter().map(u64::to_string).collect();
            write!(formatter, "/to={}", ids.join("+"))?;
        }
        Ok(())
    }
}

/// The form of instants in markers.
const INSTANT: &str = "%Y%m%dT%H%M%SZ";

fn compact(instant: Timestamp) -> String {
    instant.strftime(INSTANT).to_string()
}

fn parse_instant(text: &str) -> Option<Timestamp> {
    let civil = jiff::civil::DateTime::strptime(INSTANT, text).ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The named values of a step.
#[derive(Debug, Default)]
struct StepValues {
    at: Option<Timestamp>,
    due: Option<Timestamp>,
    until: Option<Date>,
    reason: Option<WithdrawalReason>,
    account: Option<String>,
    mentioned: Vec<u64>,
}

impl StepValues {
    /// Parses the values and skips unknown ones.
    ///
    /// An invalid value makes the step unreadable, because the rest of the step would mean
    /// something else.
    fn parse<'a>(parts: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut values = Self::default();
        for part in parts {
            match part.split_once('=') {
                Some(("at", value)) => values.at = Some(parse_instant(value)?),
                Some(("due", value)) => values.due = Some(parse_instant(value)?),
                Some(("until", value)) => values.until = Some(value.parse().ok()?),
                Some(("reason", value)) => {
                    let mut reasons = WithdrawalReason::ALL.into_iter();
                    values.reason = Some(reasons.find(|reason| reason.as_str() == value)?);
                }
                Some(("account", value)) => {
                    values.account = Some(is_hex(value, KEY_LENGTH).then(|| value.to_owned())?);
                }
                Some(("to", value)) => {
                    let ids: Result<Vec<u64>, _> = value.split('+').map(str::parse).collect();
                    values.mentioned = ids.ok()?;
                }
                _ => {}
            }
        }
        Some(values)
    }
}

impl Step {
    pub(super) fn parse(word: &str) -> Option<Self> {
        let mut parts = word.split('/');
        let (name, check) = (parts.next()?, parts.next()?);
        let (keys, evidence, round) = (parts.next()?, parts.next()?, parts.next()?);
        let keys: Option<Vec<Key>> = keys.split('+').map(Key::parse).collect();
        let round = round.parse().ok().filter(|round| (1..=MAX_ROUND).contains(round))?;
        if !is_slug(check) || !is_hex(evidence, EVIDENCE_LENGTH) {
            return None;
        }
        let values = StepValues::parse(parts)?;
        Some(Self {
            action: StepAction::parse(name, &values)?,
            check: check.to_owned(),
            keys: keys?,
            account: values.account,
            evidence: evidence.to_owned(),
            round,
            at: values.at?,
            mentioned: values.mentioned,
        })
    }
}

/// Whether a text consists of lower-case words joined by single hyphens, as ids of kinds and checks
/// do.
fn is_slug(text: &str) -> bool {
    text.split('-').all(|word| {
        !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

impl StepAction {
    fn parse(name: &str, values: &StepValues) -> Option<Self> {
        let StepValues { due, until, reason, .. } = *values;
        Some(match name {
            "ask" => Self::Ask { due },
            "escalate" => Self::Escalate { due },
            "fixed" => Self::Fixed,
            "withdrawn" => Self::Withdrawn { reason: reason? },
            "gone" => Self::Gone,
            "removed" => Self::Removed,
            "accept" => Self::Accept,
            "keep" => Self::Keep { until },
            "remove" => Self::Remove,
            "again" => Self::Again,
            "sent" => Self::Sent { due },
            "answered" => Self::Answered,
            _ => return None,
        })
    }
}
