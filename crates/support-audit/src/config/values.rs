//! The types of the settings' values, and how each is read and shown.

use api::BaseUrl;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::error::{Exit, Failure};

/// The month in which the fiscal year starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Month {
    January,
    February,
    March,
    April,
    May,
    June,
    July,
    August,
    September,
    October,
    November,
    December,
}

/// The fiscal quarters in which there is an audit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "Vec<i8>")]
pub(crate) struct Quarters(Vec<i8>);

impl Quarters {
    /// The calendar of audits in these quarters of a fiscal year that starts with `start`.
    pub(super) fn calendar(&self, start: Month) -> audit::calendar::Calendar {
        audit::calendar::Calendar::new(start as i8 + 1, &self.0).unwrap_or_default()
    }
}

impl TryFrom<Vec<i8>> for Quarters {
    type Error = &'static str;

    fn try_from(quarters: Vec<i8>) -> Result<Self, Self::Error> {
        if quarters.is_empty() || quarters.iter().any(|quarter| !(1..=4).contains(quarter)) {
            return Err("a quarter is 1, 2, 3 or 4");
        }
        Ok(Self(quarters))
    }
}

/// Whether the issue is confidential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Confidential {
    /// Unless the project is private.
    Auto,
    /// As said.
    Always(bool),
}

impl<'de> Deserialize<'de> for Confidential {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Value {
            Word(String),
            Flag(bool),
        }
        match Value::deserialize(deserializer) {
            Ok(Value::Flag(flag)) => Ok(Self::Always(flag)),
            Ok(Value::Word(word)) if word == "auto" => Ok(Self::Auto),
            _ => Err(serde::de::Error::custom("neither \"auto\" nor true nor false")),
        }
    }
}

impl Serialize for Confidential {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => serializer.serialize_str("auto"),
            Self::Always(flag) => serializer.serialize_bool(*flag),
        }
    }
}

/// Somebody else whose markers count.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Operator {
    /// By username alone, which GitLab is asked about.
    Username(String),
    /// By the id, which decides; the username is for readers.
    Id {
        /// The GitLab user id.
        id: u64,
        /// The GitLab username, without `@`.
        username: Option<String>,
    },
}

/// A Support Operations Manager.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manager {
    /// The GitLab username, without `@`.
    pub(crate) username: String,
    /// The Slack id, for direct messages.
    pub(crate) slack: Option<String>,
}

/// Who must be admin.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct OperationsTeam {
    /// People with one of these focuses.
    pub(crate) focuses: Vec<String>,
    /// People whose title starts with one of these.
    pub(crate) titles: Vec<String>,
}

impl Default for OperationsTeam {
    fn default() -> Self {
        let team = audit::roster::OperationsTeam::default();
        Self { focuses: team.focuses, titles: team.titles }
    }
}

impl From<OperationsTeam> for audit::roster::OperationsTeam {
    fn from(OperationsTeam { focuses, titles }: OperationsTeam) -> Self {
        Self { focuses, titles }
    }
}

/// How long an answer is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Wait(pub(crate) SignedDuration);

impl TryFrom<String> for Wait {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match parse_days(&text).or_else(|| text.parse().ok()) {
            Some(wait) if wait.is_positive() => Ok(Self(wait)),
            _ => Err("not a time to wait"),
        }
    }
}

/// Parses days, such as `3d`, which the library does not: to it a day may be of 23 hours.
fn parse_days(text: &str) -> Option<SignedDuration> {
    let days: i64 = text.trim().strip_suffix('d')?.trim().parse().ok()?;
    SignedDuration::try_from_hours(days.checked_mul(24)?)
}

impl Serialize for Wait {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:#}", self.0))
    }
}

/// Which days count while an answer is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Days {
    /// All of them.
    Calendar,
    /// Monday to Friday.
    Working,
}

/// Parses the address of a service, given as the setting `key`.
pub(super) fn base_url(key: &str, text: &str) -> anyhow::Result<BaseUrl> {
    BaseUrl::parse(text).map_err(|error| {
        let hint = format!("correct {key} where it is set: flag, environment or file");
        Failure::new(Exit::BadInput, format!("{key}: {error}")).hint(hint).into()
    })
}
