//! Reads an audit's conversation, and who may be mentioned in it.

use std::time::Instant;

use api::GitLab;
use api::gitlab::{Discussion, User};
use audit::followup::{self, FollowupInput};
use audit::record::conversation::{self, Conversation, Note, Reaction, Resolved, Thread};
use audit::record::description::Adopt;
use audit::record::directory::{Directory, Inquiry, Known, Unmentionable};
use audit::record::marker::{Mark, Marked};
use audit::report::Report;
use jiff::Timestamp;

use super::accounts::AccountsMode;
use super::issue::{AuditIssue, IssueSelector, resolve_issue};
use super::operators::Operators;
use super::sources::{self, Gathered, Inputs, reread_stale_sources};
use super::visibility::Visibility;
use crate::ctx::Ctx;
use crate::error::Failure;

/// Everything that the follow-ups are derived from.
#[derive(Debug)]
pub(crate) struct FollowupSources {
    /// The audit's issue.
    pub(crate) issue: AuditIssue,
    /// Who runs this.
    pub(crate) operator: conversation::User,
    /// The fresh sources, with what was found.
    pub(crate) report: Report,
    /// The threads of the issue.
    pub(crate) conversation: Conversation,
    /// Who may be mentioned.
    pub(crate) directory: Directory,
    /// Why a source was not read whole.
    pub(crate) incomplete: Option<Failure>,
    /// The entries of the exceptions that could not be read, with their lines, if there are any.
    pub(crate) unread_exceptions: Option<String>,
    /// When the sources were read.
    read_at: Instant,
    /// The usernames of the Support Operations Managers, in order.
    managers: Vec<String>,
}

/// Reads the audit's issue with its threads, the sources, and who may be mentioned.
pub(crate) async fn followup_sources(
    ctx: &Ctx,
    inputs: &Inputs,
    selector: &IssueSelector,
    mode: AccountsMode,
) -> anyhow::Result<FollowupSources> {
    let gitlab = ctx.gitlab().await?;
    let project = &ctx.config.audits_project;
    let progress = ctx.ui.progress("reading the audit's issue");
    let issue = resolve_issue(ctx, gitlab, selector, Adopt::No).await?;
    let conversation = conversation(ctx, gitlab, &issue).await?;
    let directory = directory(ctx, gitlab, &issue).await?;
    let me = gitlab.user().await?;
    drop(progress);
    let recorded = recorded_people(&issue, &conversation);
    let Gathered { provenance, evaluation, incomplete, unread_exceptions, read_at } =
        sources::read_sources(ctx, inputs, mode, recorded).await?;
    tracing::debug!(project, threads = conversation.threads.len(), "read the conversation");
    Ok(FollowupSources {
        issue,
        operator: user(&me),
        report: Report::new(provenance, evaluation),
        conversation,
        directory,
        incomplete,
        unread_exceptions,
        read_at,
        managers: ctx.config.managers.iter().map(|it| it.username.clone()).collect(),
    })
}

impl FollowupSources {
    /// What the follow-ups are derived from, at an instant.
    pub(crate) fn facts<'a>(&'a self, ctx: &'a Ctx, now: Timestamp) -> FollowupInput<'a> {
        FollowupInput {
            evaluation: self.report.evaluation(),
            policy: &ctx.config.policy,
            conversation: &self.conversation,
            directory: &self.directory,
            marker: self.issue.marker,
            iid: self.issue.issue.iid,
            managers: &self.managers,
            waits: ctx.config.waits,
            now,
        }
    }

    /// Uses this manager instead of those of the configuration.
    pub(crate) fn use_manager(&mut self, username: &str) {
        self.managers = vec![username.trim_start_matches('@').to_owned()];
    }

    /// Whether a report is recorded in the issue.
    pub(crate) fn has_report(&self) -> bool {
        recorded_people(&self.issue, &self.conversation).is_some()
    }

    /// Whether any Support Operations Manager is known.
    pub(crate) fn has_managers(&self) -> bool {
        !self.managers.is_empty()
    }

    /// Reads the issue, which must be open still, and its threads again.
    pub(crate) async fn read_again(&mut self, ctx: &Ctx) -> anyhow::Result<()> {
        self.issue = self.issue.read_again(ctx).await?;
        let reactions = std::mem::take(&mut self.conversation.reactions);
        self.conversation = conversation(ctx, ctx.gitlab().await?, &self.issue).await?;
        self.conversation.reactions = reactions;
        Ok(())
    }

    /// Reads everything again that may have changed while a plan was looked at: the issue, its threads,
    /// the answers that are reactions, and the roster and the accounts if they are not fresh any more.
    pub(crate) async fn read_all_again(
        &mut self,
        ctx: &Ctx,
        inputs: &Inputs,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        self.read_again(ctx).await?;
        let recorded = recorded_people(&self.issue, &self.conversation);
        let mode = AccountsMode::Always;
        let reread = reread_stale_sources(ctx, inputs, mode, recorded, self.read_at).await?;
        if let Some(gathered) = reread {
            let Gathered { provenance, evaluation, incomplete, unread_exceptions, read_at } =
                gathered;
            self.report = Report::new(provenance, evaluation);
            self.incomplete = incomplete;
            self.unread_exceptions = unread_exceptions;
            self.read_at = read_at;
        }
        self.read_reactions(ctx, now).await
    }

    /// Reads the reactions to those pings after which somebody would be escalated at `now`.
    pub(crate) async fn read_reactions(&mut self, ctx: &Ctx, now: Timestamp) -> anyhow::Result<()> {
        let pings = followup::pings_to_look_at(&followup::cases(&self.facts(ctx, now)));
        let gitlab = ctx.gitlab().await?;
        for ping in pings {
            let iid = self.issue.issue.iid;
            let reactions = gitlab.reactions(&ctx.config.audits_project, iid, ping).await?;
            let reactions = reactions
                .iter()
                .map(|it| Reaction { by: user(&it.user), at: it.created_at })
                .collect();
            self.conversation.reactions.insert(ping, reactions);
        }
        Ok(())
    }

    /// Asks GitLab about users.
    pub(crate) async fn inquire(
        &mut self,
        ctx: &Ctx,
        inquiries: impl IntoIterator<Item = Inquiry>,
    ) -> anyhow::Result<()> {
        let gitlab = ctx.gitlab().await?;
        for inquiry in inquiries {
            let found = match &inquiry {
                Inquiry::Id(id) => gitlab.user_by_id(*id).await?,
                Inquiry::Username(username) => gitlab.user_by_name(username).await?,
            };
            match found {
                // Whoever is no member sees what everybody sees.
                Some(found) => self.directory.add(Known {
                    user: user(&found),
                    is_active: found.state == ACTIVE,
                    sees_issue: !self.directory.is_complete,
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

/// The state of a user who is notified.
const ACTIVE: &str = "active";

fn user(user: &User) -> conversation::User {
    conversation::User { id: user.id, username: user.username.clone() }
}

fn recorded_people(issue: &AuditIssue, conversation: &Conversation) -> Option<usize> {
    let notes = conversation.threads.iter().flat_map(|thread| &thread.notes);
    let mut reports: Vec<(u64, Mark)> = notes
        .filter(|note| note.is_by_operator && !note.is_system)
        .filter_map(|note| Some((note.id, Mark::of_comment(&note.body)?)))
        .filter(|(_, mark)| mark.marker == issue.marker.of(Marked::Report))
        .collect();
    reports.sort_by_key(|(id, _)| *id);
    reports.iter().rev().find_map(|(_, mark)| mark.number("people"))
}

/// The threads of the issue.
async fn conversation(
    ctx: &Ctx,
    gitlab: &GitLab,
    issue: &AuditIssue,
) -> anyhow::Result<Conversation> {
    let discussions = gitlab.discussions(&ctx.config.audits_project, issue.issue.iid).await?;
    let threads = discussions.into_iter().map(|it| thread(it, &issue.operators)).collect();
    Ok(Conversation { threads, ..Conversation::default() })
}

fn thread(discussion: Discussion, operators: &Operators) -> Thread {
    let first = discussion.notes.first();
    let is_resolvable = first.is_some_and(|note| note.resolvable);
    let resolved = first.filter(|note| note.resolvable && note.resolved).map(|note| Resolved {
        by: note.resolved_by.as_ref().map(user),
        is_by_operator: note.resolved_by.as_ref().is_some_and(|by| operators.trusts(by)),
        at: note.resolved_at,
    });
    let notes = discussion.notes.into_iter().map(|note| Note {
        id: note.id,
        is_by_operator: operators.trusts(&note.author),
        author: user(&note.author),
        body: note.body,
        created_at: note.created_at,
        is_system: note.system,
    });
    Thread { id: discussion.id, notes: notes.collect(), is_resolvable, resolved }
}

/// Who may be mentioned: the members of the project, and whoever made the issue or has it.
async fn directory(ctx: &Ctx, gitlab: &GitLab, issue: &AuditIssue) -> anyhow::Result<Directory> {
    let project = &ctx.config.audits_project;
    let visibility = Visibility::from_project(&gitlab.project(project).await?);
    let level = visibility.level_to_see(issue.issue.confidential);
    let mut directory = Directory::default();
    directory.is_complete = level.is_some();
    for member in gitlab.members(project).await? {
        let user = conversation::User { id: member.id, username: member.username };
        let is_active = member.state == ACTIVE;
        let sees_issue = level.is_none_or(|level| member.access_level >= level);
        directory.add(Known { user, is_active, sees_issue });
    }
    let issue = &issue.issue;
    for theirs in issue.assignees.iter().chain([&issue.author]) {
        let is_active = theirs.state == ACTIVE;
        directory.add(Known { user: user(theirs), is_active, sees_issue: true });
    }
    Ok(directory)
}
