//! The command line as types; the doc comments are the manual.

use clap::{Parser, Subcommand};

use crate::args::Global;
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
`support-audit help COMMAND` is the manual; also `help environment`, `help exit-codes`, `help formats`,
`help settings`.";

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
        for below in command.get_subcommands_mut().filter(|command| !command.is_hide_set()) {
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
