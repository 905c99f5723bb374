//! `run`: the audit, to stdout.

use std::path::{Path, PathBuf};

use audit::plan::Plan;
use audit::record::description::Adopt;
use audit::record::directory::Directory;
use audit::report::Report;
use clap::Args;

use super::conclude::conclude;
use crate::args::Format;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
use crate::execute::{self, WriteFlags};
use crate::gather::{
    self, AccountsMode, FollowupSources, Gathered, Inputs, IssueSelector, Record, SizeFlags,
};
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
        if let Some(record) = &record {
            self.inputs.sizes.use_description(&record.issue.issue.description);
        }
        let mode = AccountsMode::IfConfigured;
        let gathered = gather::read_and_evaluate(ctx, &self.inputs, mode, recorded).await?;
        let Some(record) = record else {
            return self.without_issue(ctx, gathered, output.as_ref());
        };
        let has_outsiders = gathered.evaluation.outsiders().next().is_some();
        let directory = if has_outsiders {
            gather::read_members(ctx).await?.directory(&record.issue)
        } else {
            Directory::default()
        };
        let mut sources = FollowupSources::new(ctx, record, gathered, directory, mode);
        sources.decisions(ctx).await?;
        if !self.write_flags.dry_run {
            self.print(ctx, &sources.report, output.as_ref())?;
        }
        let incomplete = sources.incomplete.take();
        let is_clean = sources.report.is_clean();
        let written = self.write(ctx, &mut sources, adopt).await;
        conclude(&ctx.ui, incomplete, written.map(|()| self.exit(is_clean)))
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

    /// Prints the report and writes it nowhere.
    fn without_issue(
        &self,
        ctx: &Ctx,
        gathered: Gathered,
        output: Option<&OutputFile>,
    ) -> anyhow::Result<Exit> {
        let Gathered { provenance, evaluation, incomplete, .. } = gathered;
        let report = Report::new(provenance, evaluation);
        self.print(ctx, &report, output)?;
        conclude(&ctx.ui, incomplete, Ok(self.exit(report.is_clean())))
    }

    fn print(&self, ctx: &Ctx, report: &Report, output: Option<&OutputFile>) -> anyhow::Result<()> {
        let format = ctx.global.format.unwrap_or(Format::Markdown);
        let text = report.render(format.into())?;
        match (output, &self.output) {
            (Some(file), Some(path)) => {
                file.write(&text)?;
                ctx.ui.say(&format!("the report is in {}", path.display()));
            }
            _ => ctx.ui.result(&text)?,
        }
        ctx.ui.say(&report.summary());
        Ok(())
    }

    fn exit(&self, is_clean: bool) -> Exit {
        if self.exit_code && !is_clean { Exit::Findings } else { Exit::Success }
    }

    async fn write(
        &self,
        ctx: &Ctx,
        sources: &mut FollowupSources,
        adopt: Adopt,
    ) -> anyhow::Result<()> {
        let planned = plan(sources, adopt)?;
        let replan = async || {
            sources.read_without_reactions(ctx, &self.inputs).await?;
            sources.decisions(ctx).await?;
            Ok(plan(sources, adopt)?)
        };
        let outcome = execute::apply(ctx, planned, self.write_flags, replan).await?;
        outcome.report(ctx);
        Ok(())
    }
}

fn plan(sources: &FollowupSources, adopt: Adopt) -> Result<Plan, Failure> {
    sources.record.plan(&sources.report, &sources.digests, sources.accepted, adopt)
}
