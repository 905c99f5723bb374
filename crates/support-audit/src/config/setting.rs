//! What a setting is: its key, its default, and how it is given.

use audit::kinds::{Kind, Spec};

use crate::args::Settings;

/// A setting as the file, the command line, the environment and the manual know it.
#[derive(Debug)]
pub(crate) struct Setting {
    /// The key in the configuration file, with the table before a dot.
    pub(crate) key: &'static str,
    /// What a value must be, for error messages: they never repeat a value, which may be a token in the
    /// wrong place.
    pub(super) form: &'static str,
    /// The default value.
    pub(crate) default: DefaultValue,
    /// How it is given for one call.
    pub(crate) call: Option<Call>,
    /// What it is for.
    pub(crate) documentation: &'static str,
}

/// How a setting is given for one call.
#[derive(Debug)]
pub(crate) struct Call {
    /// The flag.
    pub(crate) flag: &'static str,
    /// What the flag was given.
    pub(super) value: fn(&Settings) -> Option<&str>,
    /// The variable of the environment.
    pub(crate) variable: &'static str,
}

/// The value of a setting where nobody gives one.
#[derive(Debug, Clone, Copy)]
pub(crate) enum DefaultValue {
    /// The setting is absent.
    Absent,
    /// The same value for every kind of audit, as TOML.
    Toml(&'static str),
    /// A text that depends on the kind of audit.
    OfKind(fn(&Spec) -> &'static str),
}

impl DefaultValue {
    /// The value as TOML; `None` if the setting is absent.
    pub(crate) fn to_toml(self, kind: Kind) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::Toml(text) => Some(text.to_owned()),
            Self::OfKind(text) => Some(toml::Value::from(text(kind.spec())).to_string()),
        }
    }
}
