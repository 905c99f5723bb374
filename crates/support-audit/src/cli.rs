//! The command line as types; the doc comments are the manual.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands::auth::Auth;
use crate::commands::followups::Followups;
use crate::commands::generate::{Completions, Man};
use crate::commands::help::Help;
use crate::commands::init_issue::InitIssue;
use crate::commands::reconcile::Reconcile;
use crate::commands::run::Run;
use crate::commands::status::Status;
use crate::commands::submit_review::SubmitReview;

const EXAMPLES: &str = "\
Examples:
  support-audit auth login
  support-audit init-issue
  support-audit run > audit_output.txt
  support-audit reconcile --write
  support-audit followups
  support-audit submit-review
  support-audit run --roster support-team.yaml --format table";

const TOPICS: &str = "\
`support-audit` alone, on a terminal, is a guide through the whole audit.
`support-audit help COMMAND` is the manual; also `help environment`, `help exit-codes`, `help formats`.";

/// Carry out a team's periodic access review, from its first issue to the manager's sign-off
#[derive(Debug, Parser)]
#[command(
    name = "support-audit",
    version,
    before_help = EXAMPLES,
    after_help = TOPICS,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

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
    #[arg(long, value_enum, default_value_t, global = true)]
    pub(crate) kind: Kind,
    /// Tell more of what is being done; twice for every detail
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
    /// Tell nothing but the result and errors
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

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    InitIssue(InitIssue),
    Run(Run),
    Reconcile(Reconcile),
    Followups(Followups),
    SubmitReview(SubmitReview),
    Status(Status),
    Auth(Auth),
    /// Print every setting with its value and where that comes from
    Config,
    /// Look whether everything is there that an audit needs
    ///
    /// One line for each thing, with a hint where something is wrong. It holds no secret and may be
    /// pasted into a bug report.
    Doctor,
    Completions(Completions),
    Man(Man),
    Help(Help),
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

/// The kinds of audit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// The team's Calendly organisation
    #[default]
    Calendly,
}

impl From<Kind> for audit::kinds::Kind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Calendly => Self::Calendly,
        }
    }
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use expect_test::expect_file;

    use super::*;

    /// The manual of a command and of those below it, as Markdown.
    fn write(command: &mut clap::Command, path: &str, text: &mut String) {
        let help = command.render_long_help().to_string();
        let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
        text.push_str(&format!("\n## {path}\n\n```text\n{}\n```\n", lines.join("\n").trim_end()));
        for below in command.get_subcommands_mut().filter(|it| !it.is_hide_set()) {
            let path = format!("{path} {}", below.get_name());
            write(below, &path, text);
        }
    }

    #[test]
    fn the_manual_is_that_of_the_program() {
        let mut command = Cli::command().term_width(100);
        command.build();
        let mut text =
            "# The command line\n\nThis is what `--help` says; a test writes it.\n".to_owned();
        write(&mut command, "support-audit", &mut text);
        expect_file!["../../../docs/cli.md"].assert_eq(&text);
    }
}
