//! `reconcile`: who really has an account, beside who should.

use audit::accounts::{Account, Accounts};
use audit::evaluation::{Evaluation, OUTSIDER};
use audit::followup::{Act, Cases, Selection};
use audit::identity::PersonIdx;
use audit::matching::SimilarityIndex;
use audit::plan::Plan;
use audit::record::description::Adopt;
use audit::report::{Decision, Report};
use audit::steps::explain;
use audit::steps::outsiders::{Decisions, Proposal, Undecided};
use audit::steps::removal::{self, Limits, Refusal};
use clap::Args;
use jiff::civil::Date;

use super::sitting::{self, Sitting, plan_resolving_users};
use crate::args::Format;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
use crate::execute::{self, WriteFlags};
use crate::gather::{
    self, AccountsMode, FollowupSources, Gathered, Inputs, IssueSelector, Record, SizeFlags,
};
use crate::tokens::{Service, Stored};
use crate::{services, ui};

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
    /// Decide about an outsider, or confirm what is proposed in the issue
    #[arg(long, value_name = "EMAIL[=keep|remove]", requires = "write")]
    decide: Vec<String>,
    /// Why it is decided so
    #[arg(long, value_name = "TEXT", requires = "decide")]
    reason: Option<String>,
    /// The first day on which a decision to keep counts no more
    #[arg(long, value_name = "DATE", requires = "decide")]
    expires: Option<Date>,
    #[command(flatten)]
    sizes: SizeFlags,
    /// Remove, one by one, the accounts whose removal was decided
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
    pub(crate) async fn exec(mut self, ctx: &Ctx) -> anyhow::Result<Exit> {
        let writes = self.write || self.remove;
        if self.explain.is_some() {
            ui::format(ctx.global.format, Format::Table, &[Format::Table])?;
        }
        if !writes && (self.write_flags.yes || self.write_flags.dry_run) {
            let message = "--yes and --dry-run go with --write or --remove";
            return Err(Failure::new(Exit::Usage, message).into());
        }
        if self.remove && services::token(ctx.global.kind).is_none() {
            return Err(services::cannot_remove(ctx.global.kind).into());
        }
        let named = self.named_decisions()?;
        self.inputs.sizes = self.sizes.policy(self.write, self.write_flags.asks(ctx));
        let record = if writes || self.selector.names_one() {
            Some(Record::read(ctx, &self.selector, Adopt::No).await?)
        } else {
            self.record_if_there(ctx).await?
        };
        let recorded = record.as_ref().map(Record::recorded_sizes).unwrap_or_default();
        if let Some(record) = &record {
            self.inputs.sizes.use_description(&record.issue.issue.description);
        }
        let mode = AccountsMode::Always;
        let gathered = gather::read_and_evaluate(ctx, &self.inputs, mode, recorded).await?;
        if let Some(wanted) = &self.explain {
            explain(ctx, &gathered.evaluation, wanted)?;
            return gathered.incomplete.map_or(Ok(Exit::Success), |failure| Err(failure.into()));
        }
        let Some(record) = record else { return self.without_issue(ctx, gathered) };
        let directory = gather::read_members(ctx).await?.directory(&record.issue);
        let mut sources = FollowupSources::new(ctx, record, gathered, directory, mode);
        let decisions = sources.decisions(ctx).await?;
        if !self.write_flags.dry_run {
            let format = ctx.global.format.unwrap_or(Format::Markdown);
            ctx.ui.result(&sources.report.render(format.into())?)?;
        }
        advise(ctx, &sources.report, &decisions);
        if let Some(failure) = sources.incomplete.take() {
            return Err(failure.into());
        }
        if writes {
            gather::ensure_open(&sources.record.issue.issue)?;
        }
        if self.write {
            self.write(ctx, &mut sources, decisions, &named).await?;
        } else if self.remove {
            sources.refuse_unread_exceptions()?;
            self.remove(ctx, &mut sources).await?;
        }
        let is_clean = sources.report.is_clean();
        Ok(if self.exit_code && !is_clean { Exit::Findings } else { Exit::Success })
    }

    /// What `--decide` names: an address alone confirms what is proposed about it.
    fn named_decisions(&self) -> Result<Vec<NamedDecision>, Failure> {
        let reason = self.reason.clone().unwrap_or_default().trim().to_owned();
        let mut named = Vec::new();
        for text in &self.decide {
            let (name, decision) = match text.rsplit_once('=') {
                None => (text.as_str(), None),
                Some((name, word)) => {
                    let decision = Decision::parse(word).ok_or_else(|| {
                        Failure::new(Exit::Usage, format!("{word} is neither keep nor remove"))
                            .hint("--decide takes EMAIL, EMAIL=keep or EMAIL=remove")
                    })?;
                    (name, Some(decision))
                }
            };
            if decision.is_some() && reason.is_empty() {
                let message = format!("--decide {text} has no reason");
                return Err(Failure::new(Exit::Usage, message)
                    .hint("add --reason TEXT: whoever reviews the audit wants to know why"));
            }
            if self.expires.is_some() && decision == Some(Decision::Remove) {
                let message = "--expires goes with a decision to keep";
                return Err(Failure::new(Exit::Usage, message));
            }
            let reason = decision.map(|_| reason.clone());
            named.push(NamedDecision { name: name.to_owned(), decision, reason });
        }
        Ok(named)
    }

    /// Prints the report where no issue is known.
    fn without_issue(&self, ctx: &Ctx, gathered: Gathered) -> anyhow::Result<Exit> {
        let Gathered { provenance, evaluation, incomplete, .. } = gathered;
        let report = Report::new(provenance, evaluation);
        let format = ctx.global.format.unwrap_or(Format::Markdown);
        ctx.ui.result(&report.render(format.into())?)?;
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

    /// Writes the report, and records what the operator decides.
    ///
    /// On a terminal each decision is stored before the next question; what `--decide` names is part of
    /// the plan.
    async fn write(
        &self,
        ctx: &Ctx,
        sources: &mut FollowupSources,
        mut decisions: Decisions,
        named: &[NamedDecision],
    ) -> anyhow::Result<()> {
        let acts = self.named_acts(sources, ctx, &decisions, named)?;
        if self.write_flags.asks(ctx) {
            self.decide_one_by_one(ctx, sources, &decisions, named).await?;
            decisions = sources.decisions(ctx).await?;
        }
        let plan = self.plan(ctx, sources, &decisions, &acts).await?;
        let replan = async || {
            sources.read_all_again(ctx, &self.inputs, ctx.now()).await?;
            if let Some(failure) = sources.incomplete.take() {
                return Err(failure.into());
            }
            let decisions = sources.decisions(ctx).await?;
            self.plan(ctx, sources, &decisions, &acts).await
        };
        let outcome = execute::apply(ctx, plan, self.write_flags, replan).await?;
        outcome.report(ctx);
        Ok(())
    }

    /// The acts that `--decide` names.
    fn named_acts(
        &self,
        sources: &FollowupSources,
        ctx: &Ctx,
        decisions: &Decisions,
        named: &[NamedDecision],
    ) -> Result<Vec<Act>, Failure> {
        let input = sources.input(ctx, ctx.now());
        let mut acts = Vec::new();
        for NamedDecision { name, decision, reason } in named {
            let proposal = decisions.proposals.iter().find(|proposal| proposal.is_about(name));
            match (decision, proposal) {
                (Some(decision), _) => {
                    let proposal = Proposal {
                        finding: format!("{OUTSIDER}:{name}"),
                        account: name.clone(),
                        decision: *decision,
                        justification: reason.clone().unwrap_or_default(),
                    };
                    acts.push(proposal.act(self.expires));
                }
                (None, Some(proposal)) => acts.push(proposal.act(self.expires)),
                // Who runs the same command again wants nothing else than what is there.
                (None, None)
                    if decisions.ruling(name).is_some_and(|ruling| ruling.is_confirmed) => {}
                (None, None) => {
                    let is_account =
                        input.evaluation.accounts.iter().any(|accounts| {
                            accounts.list.iter().any(|account| account.is_named(name))
                        });
                    let message = if is_account {
                        format!("nothing is proposed about {name} that could be confirmed")
                    } else {
                        format!("no account has the address {name}")
                    };
                    return Err(Failure::new(Exit::Usage, message)
                        .hint("--decide EMAIL=keep --reason TEXT decides without a proposal"));
                }
            }
        }
        Ok(acts)
    }

    /// Asks about what is proposed, and then about each outsider of whom nothing is decided, justified or
    /// proposed.
    async fn decide_one_by_one(
        &self,
        ctx: &Ctx,
        sources: &mut FollowupSources,
        decisions: &Decisions,
        named: &[NamedDecision],
    ) -> anyhow::Result<()> {
        let mut sitting = Sitting::default();
        for proposal in &decisions.proposals {
            if named.iter().any(|named| proposal.is_about(&named.name)) {
                continue;
            }
            let Proposal { account, decision, justification, .. } = proposal;
            let word = decision.as_str();
            let question = format!(
                "Typed in the issue, by nobody we know: {word} {account}: {justification}. Confirm?"
            );
            if ctx.ui.ask(&question, false).await? {
                sitting.store(ctx, sources, &proposal.act(None), ctx.now()).await?;
            }
        }
        for undecided in &decisions.undecided {
            let account = sources.report.evaluation().account(undecided.account).cloned();
            let Some(account) = account else { continue };
            if named.iter().any(|named| account.is_named(&named.name)) {
                continue;
            }
            if let Some(act) = ask_about(ctx, undecided, &account).await? {
                sitting.store(ctx, sources, &act, ctx.now()).await?;
            }
        }
        sitting.finish(ctx, sources, ctx.now()).await
    }

    /// What puts the report into the issue, with the acts of this command.
    async fn plan(
        &self,
        ctx: &Ctx,
        sources: &mut FollowupSources,
        decisions: &Decisions,
        acts: &[Act],
    ) -> anyhow::Result<Plan> {
        let mut plan =
            sources.record.plan(&sources.report, &sources.digests, sources.accepted, Adopt::No)?;
        for proposal in &decisions.proposals {
            if !acts.iter().any(|act| is_about(act, proposal)) {
                let (word, account) = (proposal.decision.as_str(), &proposal.account);
                plan.notes
                    .push(format!("not confirmed: {word} {account}; --decide {account} does it"));
            }
        }
        if !acts.is_empty() {
            let selection = Selection { acts: acts.to_vec(), ..Selection::default() };
            let due = plan_resolving_users(ctx, sources, &selection, ctx.now()).await?;
            let due = due.map_err(|refusal| sitting::refused(&refusal))?;
            plan.actions.extend(due.plan.actions);
            plan.notes.extend(due.plan.notes);
        }
        Ok(plan)
    }

    /// Removes those whose removal was decided and is confirmed one by one.
    async fn remove(&self, ctx: &Ctx, sources: &mut FollowupSources) -> anyhow::Result<()> {
        let own = services::own_account(ctx).await?;
        let limits = Limits { max_share: self.max_share, own: &own };
        let cases = sources.cases(ctx, ctx.now()).await?;
        let confirmed = self.confirmed_removals(ctx, sources, &cases, limits).await?;
        let plan = removal::plan(&sources.input(ctx, ctx.now()), &cases, limits, &confirmed)
            .map_err(|refusal| refused(&refusal))?;
        let replan = async || {
            sources.read_all_again(ctx, &self.inputs, ctx.now()).await?;
            if let Some(failure) = sources.incomplete.take() {
                return Err(failure.into());
            }
            sources.refuse_unread_exceptions()?;
            let cases = sources.cases(ctx, ctx.now()).await?;
            let input = sources.input(ctx, ctx.now());
            Ok(removal::plan(&input, &cases, limits, &confirmed)
                .map_err(|refusal| refused(&refusal))?)
        };
        let outcome = execute::apply(ctx, plan, self.write_flags, replan).await?;
        outcome.report(ctx);
        Ok(())
    }

    /// The names whose removal is confirmed, by `--confirm` or typed one by one. A dry run shows all that
    /// could be.
    async fn confirmed_removals(
        &self,
        ctx: &Ctx,
        sources: &FollowupSources,
        cases: &Cases,
        limits: Limits<'_>,
    ) -> anyhow::Result<Vec<String>> {
        let input = sources.input(ctx, ctx.now());
        let (candidates, _) =
            removal::candidates(&input, cases, limits).map_err(|refusal| refused(&refusal))?;
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
            let typed = ctx.ui.ask_text(&question).await?;
            let typed = typed.trim();
            if typed.eq_ignore_ascii_case(name) {
                confirmed.push(name.to_owned());
            } else if !typed.is_empty() {
                ctx.ui.warn(&format!("{typed} is not {name}, which stays"));
            }
        }
        Ok(confirmed)
    }
}

/// What `--decide` says about an outsider.
#[derive(Debug)]
struct NamedDecision {
    /// The outsider's e-mail address or the account's id, as it was typed.
    name: String,
    /// What is decided; nothing where a proposal is confirmed.
    decision: Option<Decision>,
    reason: Option<String>,
}

/// Whether an act decides about the outsider of a proposal.
fn is_about(act: &Act, proposal: &Proposal) -> bool {
    let (Act::Keep { finding: named, .. } | Act::Remove { finding: named, .. }) = act else {
        return false;
    };
    let subject = named.strip_prefix(OUTSIDER).and_then(|rest| rest.strip_prefix(':'));
    *named == proposal.finding || subject.is_some_and(|name| proposal.is_about(name))
}

/// Tells what the operator should look at.
fn advise(ctx: &Ctx, report: &Report, decisions: &Decisions) {
    let evaluation = report.evaluation();
    for (account, person, reason) in suggestions(evaluation) {
        ctx.ui.say(&format!(
            "{account} may be the account of {person}: {reason}; if so, add it to `aliases`"
        ));
    }
    for Proposal { account, decision, justification, .. } in &decisions.proposals {
        let because = if justification.is_empty() { "" } else { " because: " };
        ctx.ui.say(&format!(
            "proposed in the issue: {} {account}{because}{justification}",
            decision.as_str()
        ));
    }
    for unclear in &decisions.unclear {
        ctx.ui.say(&format!("in the issue: {unclear}"));
    }
    ctx.ui.say(&report.summary());
}

/// Asks about an outsider of whom nothing is decided, justified or proposed.
async fn ask_about(
    ctx: &Ctx,
    undecided: &Undecided,
    account: &Account,
) -> anyhow::Result<Option<Act>> {
    let (key, name, since) = (account.key(), &account.name, &account.since);
    ctx.ui.show_lines(&format!("\n{key} {name}, since {since}, is of nobody on the roster."));
    let choices = ["Leave it undecided", "Keep the account", "Remove the account"];
    let decision = match ctx.ui.choose("What is to become of it", &choices).await? {
        1 => Decision::Keep,
        2 => Decision::Remove,
        _ => return Ok(None),
    };
    let justification = ctx.ui.ask_text("Why").await?.trim().to_owned();
    if decision == Decision::Keep && justification.is_empty() {
        ctx.ui.say("an account is not kept without a justification: it stays undecided");
        return Ok(None);
    }
    let finding = undecided.finding.clone();
    Ok(Some(Proposal { finding, account: key, decision, justification }.act(None)))
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
                suggestions.push((
                    account.name_in_commands().to_owned(),
                    person.name.to_string(),
                    reason,
                ));
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
