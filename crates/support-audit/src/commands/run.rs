//! `run`: the audit, to stdout.

use std::path::PathBuf;

use audit::report::Report;
use audit::roster;
use clap::Args;

use crate::cli::Format;
use crate::ctx::Ctx;
use crate::explain::{Exit, Failure};
use crate::gather;

/// Print the audit: who is on the roster, and what is to be fixed
///
/// Only the report goes to stdout, so that `support-audit run > audit_output.txt` holds nothing else.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// A local roster instead of the one in GitLab: a file, a folder, or - for stdin
    #[arg(long, value_name = "PATH")]
    roster: Option<PathBuf>,
    /// End with exit code 10 if there are findings or problems
    #[arg(long)]
    exit_code: bool,
}

impl Run {
    pub(crate) async fn exec(self, ctx: &Ctx) -> anyhow::Result<Exit> {
        let source = match &self.roster {
            Some(path) => gather::local_roster(ctx, path).await?,
            None => gather::gitlab_roster(ctx).await?,
        };
        let (roster, mut problems) = roster::parse(&source.files);
        drop(source.files);
        problems.extend(source.problems);
        if roster.people.is_empty() {
            return Err(no_people(&source.provenance.path, &problems).into());
        }
        let kind = ctx.global.kind.into();
        let report = Report::new(kind, &ctx.config.policy, source.provenance, roster, problems);
        let format = ctx.global.format.unwrap_or(Format::Markdown);
        ctx.ui.result(&report.render(format.into()))?;
        ctx.ui.say(&report.summary());
        Ok(if self.exit_code && !report.is_clean() { Exit::Findings } else { Exit::Done })
    }
}

/// How many problems are told where there is no report to hold them.
const TOLD: usize = 5;

fn no_people(path: &str, problems: &[audit::problem::Problem]) -> Failure {
    let mut message = format!("the roster {path} has no usable entry");
    for problem in problems.iter().take(TOLD) {
        message.push_str(&format!("; {problem}"));
    }
    if problems.len() > TOLD {
        message.push_str(&format!("; and {} more", problems.len() - TOLD));
    }
    Failure::new(Exit::Input, message).hint("a roster is a list of people, each with a `name`")
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
