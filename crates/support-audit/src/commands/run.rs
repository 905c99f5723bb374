//! `run`: the audit, to stdout.

use std::path::{Path, PathBuf};

use api::GitLab;
use api::gitlab::Note;
use audit::issue::{Adopt, Broken};
use audit::recording::{self, Comment, Target};
use audit::report::Report;
use clap::Args;

use crate::cli::Format;
use crate::ctx::Ctx;
use crate::execute::{self, Outcome, Writing};
use crate::explain::{Exit, Failure, explain};
use crate::gather::{self, AuditIssue, Gathered, Inputs, Need, Operators, Wanted};

/// Print the audit: who is on the roster, and what is to be fixed
///
/// Only the report goes to stdout, so that `support-audit run > audit_output.txt` holds nothing else.
#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    inputs: Inputs,
    /// The file for the report, or - for stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
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
            return Err(Failure::new(Exit::Usage, message).hint("add --write").into());
        }
        let adopt = if self.adopt { Adopt::Yes } else { Adopt::No };
        let record =
            if self.write { Some(Record::read(ctx, &self.wanted, adopt).await?) } else { None };
        let recorded = record.as_ref().and_then(Record::recorded_people);
        let Gathered { provenance, evaluation, incomplete, .. } =
            gather::evaluation(ctx, &self.inputs, Need::IfConfigured, recorded).await?;
        let report = Report::new(provenance, evaluation);
        if !(self.write && self.writing.dry_run) {
            let format = ctx.global.format.unwrap_or(Format::Markdown);
            let text = report.render(format.into());
            match &self.output {
                Some(path) if path != Path::new("-") => save(ctx, path, &text)?,
                _ => ctx.ui.result(&text)?,
            }
            ctx.ui.say(&report.summary());
        }
        let written = match &record {
            Some(record) => self.write(ctx, record, &report, adopt).await,
            None => Ok(()),
        };
        match (incomplete, written) {
            (Some(failure), Err(error)) => Err(first(ctx, failure, error)),
            (Some(failure), Ok(())) => Err(failure.into()),
            (None, Err(error)) => Err(error),
            (None, Ok(())) if self.exit_code && !report.is_clean() => Ok(Exit::Findings),
            (None, Ok(())) => Ok(Exit::Done),
        }
    }

    async fn write(
        &self,
        ctx: &Ctx,
        record: &Record,
        report: &Report,
        adopt: Adopt,
    ) -> anyhow::Result<()> {
        let plan = record.plan(report, adopt)?;
        let outcome = execute::plan(ctx, ctx.gitlab().await?, &plan, self.writing).await?;
        tell(ctx, outcome);
        Ok(())
    }
}

/// Of a source that was not read whole and a writing that failed the one by which the command ends;
/// the other one is told here.
fn first(ctx: &Ctx, incomplete: Failure, error: anyhow::Error) -> anyhow::Error {
    let failed = explain(&error);
    if matches!(failed.exit, Exit::Later | Exit::NotReady) {
        ctx.ui.error(&failed);
        return incomplete.into();
    }
    ctx.ui.error(&incomplete);
    error
}

fn save(ctx: &Ctx, path: &Path, text: &str) -> Result<(), Failure> {
    let shown = path.display();
    std::fs::write(path, text).map_err(|error| {
        Failure::new(Exit::Failed, format!("could not write the report to {shown}: {error}"))
    })?;
    ctx.ui.say(&format!("the report is in {shown}"));
    Ok(())
}

/// Tells which pages were written.
pub(super) fn tell(ctx: &Ctx, outcome: Outcome) {
    if let Outcome::Done(pages) = outcome {
        for page in pages {
            ctx.ui.say(&format!("written: {page}"));
        }
    }
}

/// The issue in which an audit is recorded, with its comments.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) issue: AuditIssue,
    notes: Vec<Note>,
}

impl Record {
    /// Reads the audit's issue, open or closed.
    pub(super) async fn read(ctx: &Ctx, wanted: &Wanted, adopt: Adopt) -> anyhow::Result<Self> {
        let gitlab: &GitLab = ctx.gitlab().await?;
        let _progress = ctx.ui.progress("reading the audit's issue");
        let issue = gather::audit_issue(ctx, gitlab, wanted, adopt).await?;
        let mut notes = gitlab.notes(&ctx.config.audits_project, issue.issue.iid).await?;
        notes.sort_by_key(|note| note.id);
        Ok(Self { issue, notes })
    }

    /// The comments of operators, in their order.
    pub(super) fn comments(&self) -> Vec<Comment<'_>> {
        let operators: &Operators = &self.issue.operators;
        let ours = self.notes.iter().filter(|note| !note.system && operators.count(&note.author));
        ours.map(|note| Comment { body: &note.body, author: &note.author.username }).collect()
    }

    /// How many people the roster had when it was last recorded.
    pub(super) fn recorded_people(&self) -> Option<usize> {
        recording::recorded_people(self.issue.marker, &self.comments())
    }

    /// What is to be done so that the issue, which must be open, holds the report.
    pub(super) fn plan(&self, report: &Report, adopt: Adopt) -> Result<audit::plan::Plan, Failure> {
        let AuditIssue { issue, marker, .. } = &self.issue;
        execute::refuse_closed(issue)?;
        let target = Target { iid: issue.iid, description: &issue.description, marker: *marker };
        recording::plan(report, &target, &self.comments(), adopt).map_err(|broken| {
            let failure = Failure::new(Exit::Conflict, format!("{}: {broken}", issue.web_url));
            match broken {
                Broken::Head => {
                    failure.hint("give the table its head again; further columns go behind it")
                }
                Broken::Open => failure.hint("close it in the issue's description"),
                Broken::Marks(_) => failure.hint("repair the two marks in the issue's description"),
                Broken::Unmarked => failure
                    .hint("`run --write --adopt --dry-run` shows how they would be taken over"),
                Broken::TooLarge(_) => failure.hint("make the description shorter"),
            }
        })
    }
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
