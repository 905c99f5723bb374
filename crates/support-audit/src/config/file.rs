//! The configuration file.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::error::{Exit, Failure};

/// What the file may hold; every value may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub(super) struct File {
    pub(super) gitlab: GitLab,
    pub(super) roster: Roster,
    pub(super) calendly: Calendly,
    pub(super) calendar: Calendar,
    pub(super) issue: Issue,
    pub(super) managers: Option<Vec<Manager>>,
    pub(super) operators: Option<Vec<String>>,
    pub(super) handles: Option<BTreeMap<String, String>>,
    pub(super) aliases: Option<BTreeMap<String, String>>,
    pub(super) operations_team: Option<OperationsTeam>,
    pub(super) waits: Waits,
    pub(super) checks: Checks,
    pub(super) exclude: Option<Vec<String>>,
    pub(super) exceptions: Exceptions,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub(super) struct GitLab {
    pub(super) url: Option<String>,
    pub(super) audits_project: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub(super) struct Roster {
    pub(super) project: Option<String>,
    pub(super) path: Option<String>,
    pub(super) r#ref: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub(super) struct Calendly {
    pub(super) url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub(super) struct Calendar {
    pub(super) fiscal_start: Option<Month>,
    pub(super) quarters: Option<Quarters>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub(super) struct Issue {
    pub(super) template: Option<Template>,
    pub(super) labels: Option<Vec<String>>,
    pub(super) confidential: Option<Confidential>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub(super) struct Waits {
    pub(super) person: Option<Wait>,
    pub(super) manager: Option<Wait>,
    pub(super) days: Option<Days>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub(super) struct Checks {
    pub(super) off: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub(super) struct Exceptions {
    pub(super) path: Option<String>,
}

/// The month in which the fiscal year starts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Month {
    January,
    #[default]
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

impl Default for Quarters {
    fn default() -> Self {
        Self(vec![1, 3])
    }
}

impl TryFrom<Vec<i8>> for Quarters {
    type Error = String;

    fn try_from(quarters: Vec<i8>) -> Result<Self, String> {
        if quarters.is_empty() || quarters.iter().any(|quarter| !(1..=4).contains(quarter)) {
            return Err("quarters are a list of one or more of 1, 2, 3 and 4".to_owned());
        }
        Ok(Self(quarters))
    }
}

/// The name of the issue's template.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Template(pub(crate) String);

impl Default for Template {
    fn default() -> Self {
        Self("Calendly".to_owned())
    }
}

/// Whether the issue is confidential.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Confidential {
    /// Unless the project is private.
    #[default]
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
            _ => Err(serde::de::Error::custom("confidential is \"auto\", true or false")),
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

/// A Support Operations Manager.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, expecting = "a table with `username`")]
pub(crate) struct Manager {
    /// The GitLab username, without `@`.
    pub(crate) username: String,
    /// The Slack id, for direct messages.
    pub(crate) slack: Option<String>,
}

/// Who must be admin.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
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

impl Default for Wait {
    fn default() -> Self {
        Self(SignedDuration::from_hours(72))
    }
}

impl TryFrom<String> for Wait {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.parse::<SignedDuration>() {
            Ok(wait) if wait.is_positive() => Ok(Self(wait)),
            _ => Err(format!("{text:?} is no time to wait, such as \"72h\"")),
        }
    }
}

impl Serialize for Wait {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:#}", self.0))
    }
}

/// Which days count while an answer is waited for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Days {
    /// All of them.
    #[default]
    Calendar,
    /// Monday to Friday.
    Working,
}

/// Reads the file at `path`.
pub(super) fn read(path: &Path) -> anyhow::Result<File> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::new(Exit::BadInput, format!("could not read the configuration {shown}: {error}"))
    })?;
    toml::from_str(&text).map_err(|error| {
        let before = text.get(..error.span().unwrap_or_default().start).unwrap_or_default();
        let line = before.matches('\n').count();
        // Only the key: a value may be a token that somebody put in the wrong place.
        let content = text.lines().nth(line).unwrap_or_default();
        let content = content.split('=').next().unwrap_or_default().trim();
        let number = line + 1;
        let reason = error.message();
        let message = format!("the configuration {shown} line {number}: {reason} in `{content}`");
        Failure::new(Exit::BadInput, message)
            .hint("`support-audit config` without this file shows the keys and their values")
            .into()
    })
}
