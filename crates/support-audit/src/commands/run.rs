//! `run`: the audit, to stdout.

use std::path::PathBuf;

use audit::issue::{Adopt, Broken};
use audit::recording::{self, Comment, Target};
use audit::report::Report;
use audit::roster;
use clap::Args;

use crate::cli::Format;
use crate::ctx::Ctx;
use crate::execute::{self, Outcome, Writing};
use crate::explain::{Exit, Failure};
use crate::gather::{self, AuditIssue, Wanted};

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
    /// Put the report into the audit's issue, and the first time also into a comment
    #[arg(long)]
    write: bool,
    /// Take over a report that was pasted into the issue by hand, with what was typed into it
    #[arg(long, requires = "write")]
    adopt: bool,
    #[command(flatten)]
    wanted: Wanted,
    #[command(flatten)]
    writing: Writing,
}

impl Run {
    pub(crate) async fn exec(self, ctx: &Ctx) -> anyhow::Result<Exit> {
        if !self.write && (self.writing.yes || self.writing.dry_run || self.wanted.names_one()) {
            let message = "--yes, --dry-run, --issue and --period go with --write";
            return Err(Failure::new(Exit::Usage, message).into());
        }
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
        if !(self.write && self.writing.dry_run) {
            let format = ctx.global.format.unwrap_or(Format::Markdown);
            ctx.ui.result(&report.render(format.into()))?;
            ctx.ui.say(&report.summary());
        }
        if self.write {
            let adopt = if self.adopt { Adopt::Yes } else { Adopt::No };
            write(ctx, &report, &self.wanted, adopt, self.writing).await?;
        }
        Ok(if self.exit_code && !report.is_clean() { Exit::Findings } else { Exit::Done })
    }
}

/// Writes the report into the audit's issue.
async fn write(
    ctx: &Ctx,
    report: &Report,
    wanted: &Wanted,
    adopt: Adopt,
    writing: Writing,
) -> anyhow::Result<()> {
    let gitlab = ctx.gitlab().await?;
    let progress = ctx.ui.progress("reading the audit's issue");
    let AuditIssue { issue, marker, operators } =
        gather::audit_issue(ctx, gitlab, wanted, adopt).await?;
    execute::refuse_closed(&issue)?;
    let notes = gitlab.notes(&ctx.config.audits_project, issue.iid).await?;
    let comments: Vec<Comment<'_>> = notes
        .iter()
        .filter(|note| operators.count(&note.author))
        .map(|note| Comment { body: &note.body })
        .collect();
    drop(progress);
    let target = Target { iid: issue.iid, description: &issue.description, marker };
    let plan = recording::plan(report, &target, &comments, adopt).map_err(|broken| {
        let failure = Failure::new(Exit::Conflict, format!("{}: {broken}", issue.web_url));
        match broken {
            Broken::Head => {
                failure.hint("give the table its head again; further columns go behind it")
            }
            Broken::Open => failure.hint("close it in the issue's description"),
            Broken::Marks(_) => failure.hint("repair the two marks in the issue's description"),
            Broken::Unmarked => {
                failure.hint("--adopt --dry-run shows how they would be taken over")
            }
            Broken::TooLarge(_) => failure.hint("make the description shorter"),
        }
    })?;
    if let Outcome::Done(pages) = execute::plan(ctx, gitlab, &plan, writing).await? {
        for page in pages {
            ctx.ui.say(&format!("written: {page}"));
        }
    }
    Ok(())
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
