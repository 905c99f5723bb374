//! Finds each setting's value: flag before environment before file before default.

use std::fmt;
use std::path::PathBuf;

use anyhow::Context as _;
use audit::kinds::Kind;
use serde::Serialize;
use serde::de::value::UnitDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer as _};
use toml::Spanned;
use toml::de::{DeValue, ValueDeserializer};

use super::environment::variable;
use super::file::FileSettings;
use super::setting::Setting;
use crate::args::Settings;
use crate::error::{Exit, Failure};

/// A setting's value and where it comes from, as `support-audit config` shows them.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ResolvedSetting {
    /// The setting's key.
    pub(crate) key: &'static str,
    /// The value.
    pub(crate) value: serde_json::Value,
    /// Where it comes from.
    pub(crate) origin: Origin,
}

impl ResolvedSetting {
    /// Whether nobody gave the value.
    pub(crate) fn is_default(&self) -> bool {
        self.origin == Origin::Default
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A flag of this call.
    Flag(&'static str),
    /// A variable of the environment.
    Environment(&'static str),
    /// The configuration file.
    File(PathBuf),
    /// The program itself.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(formatter, "flag {flag}"),
            Self::Environment(name) => write!(formatter, "environment {name}"),
            Self::File(path) => write!(formatter, "file {}", path.display()),
            Self::Default => formatter.write_str("default"),
        }
    }
}

impl Serialize for Origin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Finds the settings' values one by one, and keeps what is shown of them.
pub(super) struct SettingsResolver<'a> {
    /// The kind of audit, on which some defaults depend.
    kind: Kind,
    flags: &'a Settings,
    file: Option<FileSettings<'a>>,
    resolved: Vec<ResolvedSetting>,
}

impl<'a> SettingsResolver<'a> {
    /// A resolver for a command line and a configuration file.
    pub(super) fn new(kind: Kind, flags: &'a Settings, file: Option<FileSettings<'a>>) -> Self {
        Self { kind, flags, file, resolved: Vec::new() }
    }

    /// What was found so far, in the order of finding.
    pub(super) fn into_resolved(self) -> Vec<ResolvedSetting> {
        self.resolved
    }

    /// Finds and parses the value of a setting.
    ///
    /// # Errors
    ///
    /// A value that does not parse, or a variable of the environment that is not UTF-8.
    pub(super) fn resolve<T: DeserializeOwned + Serialize>(
        &mut self,
        setting: &Setting,
    ) -> anyhow::Result<T> {
        let (value, origin) = match self.given_for_call(setting)? {
            Some((text, origin)) => (parse_text(setting, text)?, origin),
            None => match self.parse_from_file(setting)? {
                Some(found) => found,
                None => (parse_default(setting, self.kind)?, Origin::Default),
            },
        };
        let shown =
            serde_json::to_value(&value).with_context(|| format!("showing {}", setting.key))?;
        self.resolved.push(ResolvedSetting { key: setting.key, value: shown, origin });
        Ok(value)
    }

    /// What a flag or else the environment says.
    fn given_for_call(&self, setting: &Setting) -> Result<Option<(String, Origin)>, Failure> {
        let Some(call) = &setting.call else { return Ok(None) };
        if let Some(text) = (call.value)(self.flags) {
            return Ok(Some((text.to_owned(), Origin::Flag(call.flag))));
        }
        let text = variable(call.variable)?;
        Ok(text.map(|text| (text, Origin::Environment(call.variable))))
    }

    fn parse_from_file<T: DeserializeOwned>(
        &mut self,
        setting: &Setting,
    ) -> Result<Option<(T, Origin)>, Failure> {
        let Some(file) = &mut self.file else { return Ok(None) };
        let Some(value) = file.take(setting.key) else { return Ok(None) };
        let span = value.span();
        let value = T::deserialize(value.into_deserializer())
            .map_err(|error| file.value_failure(setting, span, &error))?;
        Ok(Some((value, Origin::File(file.path().to_owned()))))
    }
}

/// Parses what was given as a plain text.
fn parse_text<T: DeserializeOwned>(setting: &Setting, text: String) -> Result<T, Failure> {
    let value = Spanned::new(0..0, DeValue::String(text.into()));
    T::deserialize(value.into_deserializer()).map_err(|_| {
        Failure::new(Exit::BadInput, format!("{} must be {}", setting.key, setting.form))
    })
}

fn parse_default<T: DeserializeOwned>(setting: &Setting, kind: Kind) -> anyhow::Result<T> {
    let value = match setting.default.to_toml(kind) {
        None => T::deserialize(UnitDeserializer::<toml::de::Error>::new()),
        Some(text) => ValueDeserializer::parse(&text).and_then(T::deserialize),
    };
    value.with_context(|| format!("the default of {}", setting.key))
}
