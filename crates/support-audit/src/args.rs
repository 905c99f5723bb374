//! What every command understands, apart from the commands: modules below the command line use it.

use std::path::PathBuf;

use audit::kinds::Kind;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

/// What every command understands.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The configuration file [default: config.toml in the user's folder for support-audit]
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// The form of the output
    #[arg(long, value_enum, global = true)]
    pub(crate) format: Option<Format>,
    /// Which system is audited
    #[arg(long, value_parser = kind_parser(), default_value = Kind::default().spec().id,
          global = true)]
    pub(crate) kind: Kind,
    /// Say more about what is being done; twice for every detail
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
    /// Print only the result and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// When to use colour
    #[arg(long, value_enum, default_value_t, global = true, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Never ask: fail where an answer is needed
    #[arg(long, global = true)]
    pub(crate) no_input: bool,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

/// Settings that can be given for one call; each can also stand in the configuration.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Settings {
    /// GitLab's address
    #[arg(long, value_name = "URL", global = true, help_heading = "Settings")]
    pub(crate) gitlab_url: Option<String>,
    /// Calendly's address
    #[arg(long, value_name = "URL", global = true, help_heading = "Settings")]
    pub(crate) calendly_url: Option<String>,
    /// The GitLab project that holds the audits' issues
    #[arg(long, value_name = "PROJECT", global = true, help_heading = "Settings")]
    pub(crate) project: Option<String>,
    /// The GitLab project that holds the roster
    #[arg(long, value_name = "PROJECT", global = true, help_heading = "Settings")]
    pub(crate) roster_project: Option<String>,
    /// The roster's path in its project: a file, or a folder of files
    #[arg(long, value_name = "PATH", global = true, help_heading = "Settings")]
    pub(crate) roster_path: Option<String>,
    /// The roster's branch, tag or commit
    #[arg(long, value_name = "REF", global = true, help_heading = "Settings")]
    pub(crate) roster_ref: Option<String>,
}

/// The forms of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Markdown, for an issue
    Markdown,
    /// One JSON document, for programs
    Json,
    /// Comma-separated values, for spreadsheets
    Csv,
    /// Aligned columns, for a terminal
    Table,
}

/// When colour is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<Format> for audit::report::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Markdown => Self::Markdown,
            Format::Json => Self::Json,
            Format::Csv => Self::Csv,
            Format::Table => Self::Table,
        }
    }
}

/// Parses `--kind`: the kinds that `audit` knows, by their ids.
fn kind_parser() -> impl TypedValueParser<Value = Kind> {
    let values =
        Kind::ALL.iter().map(|kind| PossibleValue::new(kind.spec().id).help(kind.spec().summary));
    PossibleValuesParser::new(values)
        .try_map(|id| Kind::from_id(&id).ok_or_else(|| format!("{id} is not the id of a kind")))
}
