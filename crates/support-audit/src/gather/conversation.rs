//! Reads everything that the follow-ups are derived from.

use std::collections::BTreeSet;
use std::time::Instant;

use api::gitlab::{Member, User};
use audit::followup::{self, Cases, FollowupInput, IssueFacts};
use audit::input::Provenance;
use audit::record::conversation::{self, Reaction};
use audit::record::description::{Adopt, typed};
use audit::record::directory::{Directory, Inquiry, Known, Unmentionable};
use audit::record::marker::{Sizes, SourceDigests};
use audit::report::Report;
use audit::steps::outsiders::{self, Decisions};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;

use super::accounts::AccountsMode;
use super::issue::{AuditIssue, IssueSelector};
use super::record::Record;
use super::sources::{self, Gathered, Inputs, reread_stale_sources};
use super::threads::user;
use super::visibility::Visibility;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
use crate::tokens::Service;

/// How many requests are under way at once where many of a kind are due.
const AT_ONCE: usize = 4;

/// Everything that the follow-ups are derived from.
#[derive(Debug)]
pub(crate) struct FollowupSources {
    /// The audit's issue, with its comments.
    pub(crate) record: Record,
    /// The fresh sources, with what was found.
    pub(crate) report: Report,
    /// Who may be mentioned.
    pub(crate) directory: Directory,
    /// Why a source was not read whole.
    pub(crate) incomplete: Option<Failure>,
    /// The entries of the exceptions that could not be read, with their lines, if there are any.
    pub(crate) unread_exceptions: Option<String>,
    /// Digests of the files that were read.
    pub(crate) digests: SourceDigests,
    /// Sizes that the operator accepts, though they are much smaller than the recorded ones.
    pub(crate) accepted: Sizes,
    /// When the sources were read.
    read_at: Instant,
    mode: AccountsMode,
    /// The usernames of the Support Operations Managers, in order.
    managers: Vec<String>,
    facts: IssueFacts,
    roster_captured_at: Timestamp,
    roster_page: Option<String>,
}

/// Reads the audit's issue with its threads, the sources, and who may be mentioned.
pub(crate) async fn followup_sources(
    ctx: &Ctx,
    inputs: &Inputs,
    selector: &IssueSelector,
    mode: AccountsMode,
) -> anyhow::Result<FollowupSources> {
    // The first answer shows that the token works, and what time it is.
    ctx.user().await?;
    let record = Box::pin(Record::read(ctx, selector, Adopt::No));
    let members = read_members(ctx);
    let sources = Box::pin(sources::read_sources(ctx, inputs, mode));
    let (record, members, sources) = tokio::join!(record, members, sources);
    // Without its issue there is no audit, whatever else has failed.
    let record = record?;
    let directory = members?.directory(&record.issue);
    let gathered = sources::evaluate(ctx, inputs, record.recorded_sizes(), sources?).await?;
    Ok(FollowupSources::new(ctx, record, gathered, directory, mode))
}

impl FollowupSources {
    /// The follow-ups of an issue and of the sources that were read for it.
    pub(crate) fn new(
        ctx: &Ctx,
        record: Record,
        gathered: Gathered,
        directory: Directory,
        mode: AccountsMode,
    ) -> Self {
        let Gathered {
            provenance,
            evaluation,
            digests,
            accepted,
            incomplete,
            unread_exceptions,
            read_at,
        } = captured(&record, gathered);
        let issue = &record.issue.issue;
        let facts = IssueFacts {
            iid: issue.iid,
            url: issue.web_url.clone(),
            created_at: issue.created_at,
            author: user(&issue.author),
            assignees: issue.assignees.iter().map(user).collect(),
        };
        let roster_page = roster_page(ctx, &provenance);
        Self {
            facts,
            roster_captured_at: provenance.read_at,
            roster_page,
            record,
            report: Report::new(provenance, evaluation),
            directory,
            incomplete,
            unread_exceptions,
            digests,
            accepted,
            read_at,
            mode,
            managers: ctx.config.managers.iter().map(|manager| manager.username.clone()).collect(),
        }
    }

    /// What the follow-ups are derived from, at an instant.
    pub(crate) fn input<'a>(&'a self, ctx: &'a Ctx, now: Timestamp) -> FollowupInput<'a> {
        FollowupInput {
            evaluation: self.report.evaluation(),
            policy: &ctx.config.policy,
            conversation: &self.record.conversation,
            description: &self.record.issue.issue.description,
            directory: &self.directory,
            header: self.record.issue.header,
            issue: &self.facts,
            operator: &self.record.operator,
            operators: &self.record.operators,
            managers: &self.managers,
            waits: ctx.config.waits,
            roster_captured_at: self.roster_captured_at,
            roster_page: self.roster_page.as_deref(),
            sources: &self.digests,
            now,
        }
    }

    /// The state of every finding at an instant, once GitLab has been asked about everybody who
    /// matters.
    pub(crate) async fn cases(&mut self, ctx: &Ctx, now: Timestamp) -> anyhow::Result<Cases> {
        loop {
            let cases = followup::cases(&self.input(ctx, now));
            if cases.inquiries.is_empty() {
                return Ok(cases);
            }
            self.inquire(ctx, cases.inquiries).await?;
        }
    }

    /// Uses this manager instead of those of the configuration.
    pub(crate) fn use_manager(&mut self, username: &str) {
        self.managers = vec![username.trim_start_matches('@').to_owned()];
    }

    /// Whether any Support Operations Manager is known.
    pub(crate) fn has_managers(&self) -> bool {
        !self.managers.is_empty()
    }

    /// The usernames of the Support Operations Managers, in order.
    pub(crate) fn managers(&self) -> &[String] {
        &self.managers
    }

    /// What was decided and proposed in the issue about outsiders, which the report then shows.
    pub(crate) async fn decisions(&mut self, ctx: &Ctx) -> anyhow::Result<Decisions> {
        if self.report.evaluation().outsiders().next().is_none() {
            return Ok(Decisions::default());
        }
        let cases = self.cases(ctx, ctx.now()).await?;
        let typed = typed(&self.record.issue.issue.description, &self.report);
        let decisions = outsiders::decisions(&self.input(ctx, ctx.now()), &cases, &typed);
        self.report.set_rulings(decisions.rulings.clone());
        Ok(decisions)
    }

    /// Reads everything again that may have changed while a plan was looked at: the issue, its threads,
    /// the reactions, and the roster and the accounts if they are not fresh any more.
    pub(crate) async fn read_all_again(
        &mut self,
        ctx: &Ctx,
        inputs: &Inputs,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        self.read_without_reactions(ctx, inputs).await?;
        self.read_reactions(ctx, now).await
    }

    /// Reads the issue and its threads again, and the roster and the accounts if they are not fresh any
    /// more.
    pub(crate) async fn read_without_reactions(
        &mut self,
        ctx: &Ctx,
        inputs: &Inputs,
    ) -> anyhow::Result<()> {
        self.record.read_again(ctx).await?;
        let recorded = self.accepted.or(self.record.recorded_sizes());
        let reread = reread_stale_sources(ctx, inputs, self.mode, recorded, self.read_at).await?;
        if let Some(mut gathered) = reread {
            gathered.keep_instants(&self.report);
            self.use_sources(ctx, gathered);
        }
        Ok(())
    }

    /// Uses sources that were read or evaluated anew.
    pub(crate) fn use_sources(&mut self, ctx: &Ctx, gathered: Gathered) {
        let Gathered {
            provenance,
            evaluation,
            digests,
            incomplete,
            unread_exceptions,
            read_at,
            ..
        } = captured(&self.record, gathered);
        self.roster_captured_at = provenance.read_at;
        self.roster_page = roster_page(ctx, &provenance);
        self.report = Report::new(provenance, evaluation);
        self.digests = digests;
        self.incomplete = incomplete;
        self.unread_exceptions = unread_exceptions;
        self.read_at = read_at;
    }

    /// Refuses to ask or remove anybody while an exception may justify them unread.
    pub(crate) fn refuse_unread_exceptions(&self) -> Result<(), Failure> {
        let Some(unread) = &self.unread_exceptions else { return Ok(()) };
        let message = format!("some of the exceptions cannot be read: {unread}");
        Err(Failure::new(Exit::BadInput, message)
            .hint("repair them: they may justify somebody, who would be asked or removed"))
    }

    /// Reads the threads again, with their reactions.
    pub(crate) async fn read_again(&mut self, ctx: &Ctx, now: Timestamp) -> anyhow::Result<()> {
        self.record.read_again(ctx).await?;
        self.read_reactions(ctx, now).await
    }

    /// Reads the reactions to the notices that ask about something open.
    pub(crate) async fn read_reactions(&mut self, ctx: &Ctx, now: Timestamp) -> anyhow::Result<()> {
        let mut notes: BTreeSet<u64> = BTreeSet::new();
        for (_, entry) in self.cases(ctx, now).await?.entries() {
            notes.extend(&entry.reaction_notes);
        }
        let gitlab = ctx.gitlab().await?;
        let (project, iid) = (ctx.audits_project(), self.facts.iid);
        let readings = notes.into_iter().map(async |note| {
            let reactions = gitlab.reactions(project, iid, note).await?;
            let by_user = |award: &api::gitlab::Reaction| Reaction {
                by: user(&award.user),
                at: award.created_at,
            };
            anyhow::Ok((note, reactions.iter().map(by_user).collect()))
        });
        let reactions: Vec<(u64, Vec<Reaction>)> =
            stream::iter(readings).buffered(AT_ONCE).try_collect().await?;
        self.record.conversation.reactions.extend(reactions);
        Ok(())
    }

    /// Asks GitLab about users.
    pub(crate) async fn inquire(
        &mut self,
        ctx: &Ctx,
        inquiries: impl IntoIterator<Item = Inquiry>,
    ) -> anyhow::Result<()> {
        let gitlab = ctx.gitlab().await?;
        let questions = inquiries.into_iter().map(async |inquiry| {
            let user = match &inquiry {
                Inquiry::Id(id) => gitlab.user_by_id(*id).await?,
                Inquiry::Username(username) => gitlab.user_by_name(username).await?,
            };
            anyhow::Ok((inquiry, user))
        });
        let answers: Vec<(Inquiry, Option<User>)> =
            stream::iter(questions).buffered(AT_ONCE).try_collect().await?;
        for (inquiry, found) in answers {
            match found {
                // Whoever is no member sees what everybody sees.
                Some(found) => self.directory.add(Known {
                    user: user(&found),
                    is_active: found.state == ACTIVE,
                    sees_issue: !self.directory.is_complete,
                    access_level: 0,
                }),
                None => self.directory.add_nobody(inquiry),
            }
        }
        Ok(())
    }

    /// Asks GitLab about the Support Operations Managers, where that is not known yet.
    pub(crate) async fn resolve_managers(&mut self, ctx: &Ctx) -> anyhow::Result<()> {
        let unknown: Vec<Inquiry> = self
            .managers
            .iter()
            .filter_map(|username| match self.directory.username(username) {
                Err(Unmentionable::NotAsked(inquiry)) => Some(inquiry),
                _ => None,
            })
            .collect();
        self.inquire(ctx, unknown).await
    }
}

/// Sources as they were captured: a file is no newer than the first comment that names its digest,
/// whenever it was copied.
fn captured(record: &Record, mut gathered: Gathered) -> Gathered {
    let first_seen = |digest: Option<&String>| {
        let header = record.issue.header;
        record.conversation.first_seen(header, &record.operators, digest?)
    };
    if let Some(first) = first_seen(gathered.digests.roster.as_ref()) {
        let captured_at = &mut gathered.provenance.read_at;
        *captured_at = first.min(*captured_at);
    }
    let first = first_seen(gathered.digests.accounts.as_ref());
    if let (Some(first), Some(accounts)) = (first, gathered.evaluation.accounts.as_mut()) {
        let captured_at = &mut accounts.capture.read_at;
        *captured_at = first.min(*captured_at);
    }
    gathered
}

/// The page below which GitLab shows a roster's files as they were read.
fn roster_page(ctx: &Ctx, provenance: &Provenance) -> Option<String> {
    let project = provenance.project.as_ref()?;
    let reference = provenance.commit.as_deref().unwrap_or(&ctx.config.roster.reference);
    Some(format!("{}/{project}/-/blob/{reference}", ctx.config.url(Service::Gitlab)))
}

/// The state of a user who is notified.
const ACTIVE: &str = "active";

/// The members of the audits' project, and who else sees it.
pub(crate) struct Members {
    visibility: Visibility,
    members: Vec<Member>,
}

/// Reads who is a member of the audits' project, and who else sees it.
pub(crate) async fn read_members(ctx: &Ctx) -> anyhow::Result<Members> {
    let gitlab = ctx.gitlab().await?;
    let project = ctx.audits_project();
    let (read, members) = tokio::join!(gitlab.project(project), gitlab.members(project));
    Ok(Members { visibility: Visibility::from_project(&read?), members: members? })
}

impl Members {
    /// Who may be mentioned: the members of the project, and whoever made the issue or has it.
    pub(crate) fn directory(self, issue: &AuditIssue) -> Directory {
        let level = self.visibility.level_to_see(issue.issue.confidential);
        let mut directory = Directory::default();
        directory.is_complete = level.is_some();
        for member in self.members {
            let user = conversation::User { id: member.id, username: member.username };
            let is_active = member.state == ACTIVE;
            let sees_issue = level.is_none_or(|level| member.access_level >= level);
            let access_level = member.access_level;
            directory.add(Known { user, is_active, sees_issue, access_level });
        }
        let issue = &issue.issue;
        for participant in issue.assignees.iter().chain([&issue.author]) {
            let is_active = participant.state == ACTIVE;
            let access_level = directory.access_level(participant.id).unwrap_or_default();
            let user = user(participant);
            directory.add(Known { user, is_active, sees_issue: true, access_level });
        }
        directory
    }
}
