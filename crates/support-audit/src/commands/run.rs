//! `run`: the audit, to stdout.

use std::path::{Path, PathBuf};
use std::time::Instant;

use audit::plan::Plan;
use audit::record::description::Adopt;
use audit::record::marker::{Sizes, SourceDigests};
use audit::report::Report;
use clap::Args;

use crate::args::Format;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure, explain};
use crate::execute::{self, WriteFlags};
use crate::gather::{self, AccountsMode, Gathered, Inputs, IssueSelector, Record, SizeFlags};
use crate::output_file::OutputFile;

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
    sizes: SizeFlags,
    #[command(flatten)]
    selector: IssueSelector,
    #[command(flatten)]
    write_flags: WriteFlags,
}

impl Run {
    pub(crate) async fn exec(mut self, ctx: &Ctx) -> anyhow::Result<Exit> {
        if !self.write
            && (self.write_flags.yes || self.write_flags.dry_run || self.selector.names_one())
        {
            let message = "--yes, --dry-run, --issue and --period go with --write";
            return Err(Failure::new(Exit::Usage, message).hint("add --write").into());
        }
        let output = self.output_file(ctx)?;
        self.inputs.sizes = self.sizes.policy(self.write, self.write_flags.asks(ctx));
        let adopt = if self.adopt { Adopt::Yes } else { Adopt::No };
        let record =
            if self.write { Some(Record::read(ctx, &self.selector, adopt).await?) } else { None };
        let recorded = record.as_ref().map(Record::recorded_sizes).unwrap_or_default();
        let mode = AccountsMode::IfConfigured;
        let Gathered { provenance, evaluation, digests, accepted, incomplete, read_at, .. } =
            gather::read_sources(ctx, &self.inputs, mode, recorded).await?;
        let report = Report::new(provenance, evaluation);
        if !(self.write && self.write_flags.dry_run) {
            let format = ctx.global.format.unwrap_or(Format::Markdown);
            let text = report.render(format.into());
            match (&output, &self.output) {
                (Some(file), Some(path)) => {
                    file.write(&text)?;
                    ctx.ui.say(&format!("the report is in {}", path.display()));
                }
                _ => ctx.ui.result(&text)?,
            }
            ctx.ui.say(&report.summary());
        }
        let is_clean = report.is_clean();
        let written = match record {
            Some(record) => {
                let reading = Reading { record, report, digests, accepted, read_at };
                self.write(ctx, reading, adopt).await
            }
            None => Ok(()),
        };
        match (incomplete, written) {
            (Some(failure), Err(error)) => Err(first(ctx, failure, error)),
            (Some(failure), Ok(())) => Err(failure.into()),
            (None, Err(error)) => Err(error),
            (None, Ok(())) if self.exit_code && !is_clean => Ok(Exit::Findings),
            (None, Ok(())) => Ok(Exit::Success),
        }
    }

    /// The file for the report, which must not be one that the audit reads; nothing for stdout.
    fn output_file(&self, ctx: &Ctx) -> Result<Option<OutputFile>, Failure> {
        let path = self.output.as_deref().filter(|path| *path != Path::new("-"));
        let Some(path) = path else { return Ok(None) };
        let Inputs { roster, accounts, exceptions, .. } = &self.inputs;
        let inputs = [roster, accounts, exceptions, &ctx.config.file];
        let inputs = inputs.into_iter().filter_map(Option::as_deref);
        OutputFile::new(path, inputs.filter(|input| *input != Path::new("-"))).map(Some)
    }

    async fn write(&self, ctx: &Ctx, mut reading: Reading, adopt: Adopt) -> anyhow::Result<()> {
        let plan = reading.plan(adopt)?;
        let replan = async || {
            reading.read_again(ctx, &self.inputs).await?;
            Ok(reading.plan(adopt)?)
        };
        let outcome = execute::apply(ctx, plan, self.write_flags, replan).await?;
        outcome.report(ctx);
        Ok(())
    }
}

/// The audit's issue, and the sources that are written into it.
struct Reading {
    record: Record,
    report: Report,
    digests: SourceDigests,
    accepted: Sizes,
    read_at: Instant,
}

impl Reading {
    fn plan(&self, adopt: Adopt) -> Result<Plan, Failure> {
        self.record.plan(&self.report, &self.digests, self.accepted, adopt)
    }

    /// Reads the issue again, and the sources if they are not fresh any more.
    async fn read_again(&mut self, ctx: &Ctx, inputs: &Inputs) -> anyhow::Result<()> {
        self.record.read_again(ctx).await?;
        let recorded = self.accepted.or(self.record.recorded_sizes());
        let mode = AccountsMode::IfConfigured;
        let reread =
            gather::reread_stale_sources(ctx, inputs, mode, recorded, self.read_at).await?;
        if let Some(gathered) = reread {
            self.report = Report::new(gathered.provenance, gathered.evaluation);
            self.digests = gathered.digests;
            self.read_at = gathered.read_at;
        }
        Ok(())
    }
}

/// Of a source that was not read whole and a writing that failed the one by which the command ends;
/// the other one is told here.
fn first(ctx: &Ctx, incomplete: Failure, error: anyhow::Error) -> anyhow::Error {
    let failed = explain(&error);
    if matches!(failed.exit, Exit::TryLater | Exit::NotReady) {
        ctx.ui.error(&failed);
        return incomplete.into();
    }
    ctx.ui.error(&incomplete);
    error
}
