//! `reconcile`: who really has an account, beside who should.

use audit::accounts::Accounts;
use audit::evaluation::Evaluation;
use audit::followup::{self, Act, Cases, Selection};
use audit::identity::PersonIdx;
use audit::matching::SimilarityIndex;
use audit::plan::Plan;
use audit::record::description::{Adopt, typed};
use audit::report::{Decision, Report};
use audit::steps::explain;
use audit::steps::outsiders::{self, Decisions, Proposal, Undecided};
use audit::steps::removal::{self, Limits, Refusal};
use clap::Args;

use crate::args::Format;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
use crate::execute::{self, WriteFlags};
use crate::gather::{self, AccountsMode, FollowupSources, Gathered, Inputs, IssueSelector, Record};
use crate::tokens::{Service, Stored};
use crate::ui;

/// Compare the roster with the accounts, and get outsiders justified or removed
///
/// Prints the report with both tables. What people typed into the issue as justification or decision
/// is a proposal; what you confirm becomes a comment, and only that counts.
#[derive(Debug, Args)]
pub(crate) struct Reconcile {
    #[command(flatten)]
    inputs: Inputs,
    /// Show how somebody's account was found, or why not: a name, an e-mail address or a username
    #[arg(long, value_name = "PERSON", conflicts_with_all = ["write", "remove", "exit_code"])]
    explain: Option<String>,
    /// Put the report into the audit's issue, and what you confirm of the proposals there
    #[arg(long)]
    write: bool,
    /// Confirm what is proposed about an outsider, without being asked
    #[arg(long, value_name = "EMAIL", requires = "write")]
    decide: Vec<String>,
    /// Remove those from the organisation whose removal was decided, one by one
    #[arg(long, conflicts_with_all = ["write", "accounts"])]
    remove: bool,
    /// Remove this one, without being asked to type the address
    #[arg(long, value_name = "EMAIL", requires = "remove")]
    confirm: Vec<String>,
    /// The largest part of all accounts that may be removed in one run
    #[arg(long, value_name = "PERCENT", default_value_t = 25, requires = "remove",
          value_parser = clap::value_parser!(u8).range(1..=100))]
    max_share: u8,
    /// End with exit code 10 if there are findings or problems
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    selector: IssueSelector,
    #[command(flatten)]
    write_flags: WriteFlags,
}

impl Reconcile {
    pub(crate) async fn exec(self, ctx: &Ctx) -> anyhow::Result<Exit> {
        let writes = self.write || self.remove;
        if self.explain.is_some() {
            ui::format(ctx.global.format, Format::Table, &[Format::Table])?;
        }
        if !writes && (self.write_flags.yes || self.write_flags.dry_run) {
            let message = "--yes and --dry-run go with --write or --remove";
            return Err(Failure::new(Exit::Usage, message).into());
        }
        let record = if writes || self.selector.names_one() {
            Some(Record::read(ctx, &self.selector, Adopt::No).await?)
        } else {
            self.record_if_there(ctx).await?
        };
        let recorded = record.as_ref().map(Record::recorded_sizes).unwrap_or_default();
        let gathered =
            gather::read_sources(ctx, &self.inputs, AccountsMode::Always, recorded).await?;
        if let Some(wanted) = &self.explain {
            explain(ctx, &gathered.evaluation, wanted)?;
            return gathered.incomplete.map_or(Ok(Exit::Success), |failure| Err(failure.into()));
        }
        let Some(record) = record else { return self.without_issue(ctx, gathered) };
        let directory = gather::directory(ctx, ctx.gitlab().await?, &record.issue).await?;
        let sources = FollowupSources::new(ctx, record, gathered, directory);
        let mut comparison = Comparison::new(ctx, sources).await?;
        if !self.write_flags.dry_run {
            let format = ctx.global.format.unwrap_or(Format::Markdown);
            ctx.ui.result(&comparison.sources.report.render(format.into()))?;
        }
        advise(ctx, &comparison.sources.report, &comparison.decisions);
        if let Some(failure) = comparison.sources.incomplete.take() {
            return Err(failure.into());
        }
        let is_clean = comparison.sources.report.is_clean();
        if self.write {
            self.write(ctx, comparison).await?;
        } else if self.remove {
            self.remove(ctx, comparison).await?;
        }
        Ok(if self.exit_code && !is_clean { Exit::Findings } else { Exit::Success })
    }

    /// Prints the report where no issue is known.
    fn without_issue(&self, ctx: &Ctx, gathered: Gathered) -> anyhow::Result<Exit> {
        let Gathered { provenance, evaluation, incomplete, .. } = gathered;
        let report = Report::new(provenance, evaluation);
        let format = ctx.global.format.unwrap_or(Format::Markdown);
        ctx.ui.result(&report.render(format.into()))?;
        advise(ctx, &report, &Decisions::default());
        if let Some(failure) = incomplete {
            return Err(failure.into());
        }
        Ok(if self.exit_code && !report.is_clean() { Exit::Findings } else { Exit::Success })
    }

    /// The audit's issue, if nobody must be asked for a token and there is one.
    async fn record_if_there(&self, ctx: &Ctx) -> anyhow::Result<Option<Record>> {
        let is_local = self.inputs.roster.is_some();
        let stored = ctx.token_store(Service::Gitlab).find().await?;
        if is_local && !matches!(stored, Stored::Found(..)) {
            return Ok(None);
        }
        match Record::read(ctx, &self.selector, Adopt::No).await {
            Ok(record) => Ok(Some(record)),
            Err(error) => match crate::error::explain(&error) {
                Failure { exit: Exit::Failed | Exit::NotReady | Exit::Usage, message, .. } => {
                    ctx.ui.say(&format!("no justifications and decisions are known: {message}"));
                    Ok(None)
                }
                _ => Err(error),
            },
        }
    }

    /// Writes the report, and records the proposals that the operator confirms.
    async fn write(&self, ctx: &Ctx, mut comparison: Comparison) -> anyhow::Result<()> {
        // An issue that cannot be written into is refused before anything is asked.
        comparison.report_plan()?;
        self.refuse_unproposed(&comparison.decisions)?;
        let asks = !self.write_flags.yes && !self.write_flags.dry_run && ctx.ui.may_ask();
        let report = &comparison.sources.report;
        let own =
            if asks { ask_about(ctx, report, &comparison.decisions).await? } else { Vec::new() };
        let mut confirmed = own.clone();
        for proposal in &comparison.decisions.proposals {
            let Proposal { email, decision, justification, .. } = proposal;
            let is_named = self.decide.iter().any(|named| named.to_lowercase() == *email);
            if let Err(refusal) = comparison.confirm(ctx, std::slice::from_ref(proposal)) {
                if is_named {
                    return Err(refused_act(&refusal).into());
                }
                continue;
            }
            let word = decision.as_str();
            let question =
                format!("Proposed in the issue: {word} {email}: {justification}. Confirm?");
            if is_named || asks && ctx.ui.ask(&question, false).await? {
                confirmed.push(proposal.clone());
            }
        }
        let plan = comparison.plan(ctx, &own, &confirmed)?;
        let replan = async || {
            comparison.read_again(ctx, &self.inputs).await?;
            comparison.plan(ctx, &own, &confirmed)
        };
        let outcome = execute::apply(ctx, plan, self.write_flags, replan).await?;
        outcome.report(ctx);
        Ok(())
    }

    /// Refuses an address of `--decide` about which there is nothing to confirm.
    fn refuse_unproposed(&self, decisions: &Decisions) -> Result<(), Failure> {
        for email in &self.decide {
            let key = email.to_lowercase();
            // Whoever runs the same command again wants nothing but what is there already.
            let is_confirmed = decisions.rulings.get(&key).is_some_and(|it| it.is_confirmed);
            if !is_confirmed && !decisions.proposals.iter().any(|it| it.email == key) {
                let message = format!("nothing is proposed about {email} that could be confirmed");
                return Err(Failure::new(Exit::Usage, message)
                    .hint("type a justification and `keep` or `remove` into the issue's table"));
            }
        }
        Ok(())
    }

    /// Removes those whose removal was decided and is confirmed one by one.
    async fn remove(&self, ctx: &Ctx, mut comparison: Comparison) -> anyhow::Result<()> {
        gather::ensure_open(&comparison.sources.record.issue.issue)?;
        comparison.refuse_unread_exceptions()?;
        let own = gather::organization(ctx).await?.own;
        let limits = Limits { max_share: self.max_share, own: &own };
        let confirmed = self.confirmed_removals(ctx, &comparison, limits).await?;
        let plan = comparison.removal_plan(ctx, limits, &confirmed)?;
        let replan = async || {
            comparison.read_again(ctx, &self.inputs).await?;
            comparison.refuse_unread_exceptions()?;
            Ok(comparison.removal_plan(ctx, limits, &confirmed)?)
        };
        let outcome = execute::apply(ctx, plan, self.write_flags, replan).await?;
        outcome.report(ctx);
        Ok(())
    }

    /// The addresses whose removal is confirmed, by `--confirm` or typed one by one. A dry run shows all
    /// that could be.
    async fn confirmed_removals(
        &self,
        ctx: &Ctx,
        comparison: &Comparison,
        limits: Limits<'_>,
    ) -> anyhow::Result<Vec<String>> {
        let input = comparison.sources.input(ctx, ctx.now());
        let (candidates, _) = removal::candidates(&input, &comparison.cases, limits)
            .map_err(|refusal| refused(&refusal))?;
        let mut confirmed = self.confirm.clone();
        if !confirmed.is_empty() || candidates.is_empty() {
            return Ok(confirmed);
        }
        if self.write_flags.dry_run {
            return Ok(candidates.iter().map(|candidate| candidate.name.to_owned()).collect());
        }
        if !ctx.ui.may_ask() {
            let names: Vec<&str> = candidates.iter().map(|candidate| candidate.name).collect();
            let message = format!("nobody is here to confirm the removal of {}", names.join(", "));
            return Err(Failure::new(Exit::Usage, message)
                .hint("name each of them by --confirm EMAIL")
                .into());
        }
        for candidate in &candidates {
            let name = candidate.name;
            let question = format!("Type {name} to remove it, nothing to leave it");
            if ctx.ui.ask_text(&question).await?.trim().eq_ignore_ascii_case(name) {
                confirmed.push(name.to_owned());
            }
        }
        Ok(confirmed)
    }
}

/// The audit's issue beside the roster and the accounts, as a plan is made from them.
struct Comparison {
    sources: FollowupSources,
    cases: Cases,
    decisions: Decisions,
}

impl Comparison {
    async fn new(ctx: &Ctx, sources: FollowupSources) -> anyhow::Result<Self> {
        let (cases, decisions) = (Cases::default(), Decisions::default());
        let mut comparison = Self { sources, cases, decisions };
        comparison.derive(ctx).await?;
        Ok(comparison)
    }

    /// Derives what was decided and proposed from what was read.
    async fn derive(&mut self, ctx: &Ctx) -> anyhow::Result<()> {
        self.cases = self.sources.cases(ctx, ctx.now()).await?;
        self.decisions = decisions(ctx, &self.sources, &self.cases);
        self.sources.report.set_rulings(self.decisions.rulings.clone());
        Ok(())
    }

    /// Reads the issue and its comments again, and the sources if they are not fresh any more.
    async fn read_again(&mut self, ctx: &Ctx, inputs: &Inputs) -> anyhow::Result<()> {
        self.sources.read_all_again(ctx, inputs, ctx.now()).await?;
        if let Some(failure) = self.sources.incomplete.take() {
            return Err(failure.into());
        }
        self.derive(ctx).await
    }

    /// What puts the report into the issue.
    fn report_plan(&self) -> Result<Plan, Failure> {
        self.sources.record.plan(&self.sources.report, &self.sources.digests, Adopt::No)
    }

    /// What records that the operator confirms these proposals.
    fn confirm(&self, ctx: &Ctx, proposals: &[Proposal]) -> Result<Plan, followup::Refusal> {
        let acts: Vec<Act> = proposals.iter().map(|proposal| proposal.act(None)).collect();
        let selection = Selection { acts, ..Selection::default() };
        let input = self.sources.input(ctx, ctx.now());
        Ok(followup::plan_cases(&input, &self.cases, &selection)?.plan)
    }

    /// What puts the report into the issue, with those of the proposals that are confirmed; `own` are
    /// the operator's own proposals, which nobody has typed into the issue.
    fn plan(&self, ctx: &Ctx, own: &[Proposal], confirmed: &[Proposal]) -> anyhow::Result<Plan> {
        let mut plan = self.report_plan()?;
        let mut recorded: Vec<Proposal> = Vec::new();
        for proposal in self.decisions.proposals.iter().chain(own) {
            let Proposal { email, decision, .. } = proposal;
            let word = decision.as_str();
            if let Err(refusal) = self.confirm(ctx, std::slice::from_ref(proposal)) {
                plan.notes.push(refusal.to_string());
            } else if confirmed.contains(proposal) {
                recorded.push(proposal.clone());
            } else {
                plan.notes.push(format!("not confirmed: {word} {email}; --decide {email} does it"));
            }
        }
        if !recorded.is_empty() {
            let record = self.confirm(ctx, &recorded).map_err(|refusal| refused_act(&refusal))?;
            plan.actions.extend(record.actions);
            plan.notes.extend(record.notes);
        }
        Ok(plan)
    }

    /// What removes those that are confirmed, each with its record.
    fn removal_plan(
        &self,
        ctx: &Ctx,
        limits: Limits<'_>,
        confirmed: &[String],
    ) -> Result<Plan, Failure> {
        let input = self.sources.input(ctx, ctx.now());
        removal::plan(&input, &self.cases, limits, confirmed).map_err(|refusal| refused(&refusal))
    }

    /// Refuses to remove anybody while an exception may justify them unread.
    fn refuse_unread_exceptions(&self) -> Result<(), Failure> {
        let Some(unread) = &self.sources.unread_exceptions else { return Ok(()) };
        let message = format!("nobody was removed: some exceptions cannot be read: {unread}");
        Err(Failure::new(Exit::NotReady, message).hint("repair them: they may justify somebody"))
    }
}

/// Tells what the operator should look at.
fn advise(ctx: &Ctx, report: &Report, decisions: &Decisions) {
    let evaluation = report.evaluation();
    for (account, person, reason) in suggestions(evaluation) {
        ctx.ui.say(&format!(
            "{account} may be the account of {person}: {reason}; if so, add it to `aliases`"
        ));
    }
    for Proposal { email, decision, justification, .. } in &decisions.proposals {
        let because = if justification.is_empty() { "" } else { " because: " };
        ctx.ui.say(&format!(
            "proposed in the issue: {} {email}{because}{justification}",
            decision.as_str()
        ));
    }
    for unclear in &decisions.unclear {
        ctx.ui.say(&format!("in the issue: {unclear}"));
    }
    ctx.ui.say(&report.summary());
}

/// Asks about each outsider of whom nothing is decided, justified or proposed.
async fn ask_about(
    ctx: &Ctx,
    report: &Report,
    decisions: &Decisions,
) -> anyhow::Result<Vec<Proposal>> {
    let mut proposals = Vec::new();
    for Undecided { finding, account } in &decisions.undecided {
        let Some(account) = report.evaluation().account(*account) else { continue };
        let email = account.key();
        let name = if account.name.is_empty() { "" } else { &account.name };
        let since = &account.since;
        ctx.ui.show_lines(&format!("\n{email} {name}, since {since}, is of nobody on the roster."));
        let choices = ["Leave it undecided", "Keep the account", "Remove the account"];
        let decision = match ctx.ui.choose("What is to become of it", &choices).await? {
            1 => Decision::Keep,
            2 => Decision::Remove,
            _ => continue,
        };
        let justification = ctx.ui.ask_text("Why").await?.trim().to_owned();
        if decision == Decision::Keep && justification.is_empty() {
            ctx.ui.say("an account is not kept without a justification: it stays undecided");
            continue;
        }
        let finding = finding.clone();
        proposals.push(Proposal { finding, email, decision, justification });
    }
    Ok(proposals)
}

fn refused(refusal: &Refusal) -> Failure {
    let failure = Failure::new(Exit::NotReady, format!("nobody was removed: {refusal}"));
    match refusal {
        Refusal::Unknown(_) => failure.hint("`support-audit run` tells what is in doubt"),
        Refusal::Off => failure.hint("take it out of `checks.off`"),
        Refusal::TooMany { .. } => {
            failure.hint("look at the accounts again; --max-share allows it")
        }
        Refusal::Undecided(_) => {
            failure.hint("`support-audit reconcile --write` records the decisions of the issue")
        }
        Refusal::Several(..) => failure.hint("--confirm takes an account's id as well"),
        Refusal::Stays(..) => failure.hint("leave it out of those that --confirm names"),
    }
}

/// Why an act is refused.
fn refused_act(refusal: &followup::Refusal) -> Failure {
    let exit = if refusal.is_usage() { Exit::Usage } else { Exit::NotReady };
    Failure::new(exit, refusal.to_string())
}

/// What was decided and proposed in the issue.
fn decisions(ctx: &Ctx, sources: &FollowupSources, cases: &Cases) -> Decisions {
    let typed = typed(&sources.record.issue.issue.description, &sources.report);
    let input = sources.input(ctx, ctx.now());
    outsiders::decisions(&input, cases, &typed)
}

/// Accounts of nobody on the roster with the people who may be meant, and why.
fn suggestions(evaluation: &Evaluation) -> Vec<(String, String, &'static str)> {
    let is_free = |person: PersonIdx| evaluation.matching.for_person(person).is_empty();
    let likeness = SimilarityIndex::new(&evaluation.roster, is_free);
    let mut suggestions = Vec::new();
    for (index, account) in evaluation.accounts.iter().flat_map(Accounts::enumerate) {
        if evaluation.matching.holder(index).is_some() {
            continue;
        }
        for (person, reason) in likeness.suggest(account) {
            if let Some(person) = evaluation.roster.person(person) {
                suggestions.push((account.email.clone(), person.name.to_string(), reason));
            }
        }
    }
    suggestions
}

fn explain(ctx: &Ctx, evaluation: &Evaluation, wanted: &str) -> anyhow::Result<()> {
    let explained = explain::explain(evaluation, wanted);
    if explained.is_empty() {
        let message = format!("nobody on the roster and no account is called {wanted}");
        return Err(Failure::new(Exit::Failed, message)
            .hint("give a whole name, an e-mail address or a GitLab username")
            .into());
    }
    ctx.ui.result(&ui::lines(&explained))
}
