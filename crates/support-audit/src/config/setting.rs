//! What a setting is: its key, its default, and how it is given.

use crate::args::Settings;

/// A setting as the file, the command line, the environment and the manual know it.
#[derive(Debug)]
pub(crate) struct Setting {
    /// The key in the configuration file, with the table before a dot.
    pub(crate) key: &'static str,
    /// What a value must be, for error messages: they never repeat a value, which may be a token in the
    /// wrong place.
    pub(super) form: &'static str,
    /// The value as TOML where nobody gives one; none where it is then absent.
    pub(crate) default: Option<&'static str>,
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
