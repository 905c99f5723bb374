//! Carries out plans: shows, asks, does, tells. Nothing else writes to GitLab.

use std::time::Duration;

use api::gitlab::{Issue, IssueFilter, NewIssue, Note};
use api::{Error, GitLab};
use audit::accounts::{Account, OWNER, Standing};
use audit::issue::{marker, stored};
use audit::marker::Marker;
use audit::plan::{self, Action, Plan};
use clap::Args;

use anyhow::Context as _;

use crate::ctx::Ctx;
use crate::explain::{Exit, Failure};
use crate::gather::{self, Operators, Organization, account_of_invitation, account_of_membership};

/// How a command that writes goes about it.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Writing {
    /// Do what the plan says without asking
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,
    /// Show the plan, and do nothing
    #[arg(long, conflicts_with = "yes")]
    pub(crate) dry_run: bool,
}

/// What became of a plan.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was shown only.
    Shown,
    /// The user did not agree, and nothing was done.
    Declined,
    /// It was carried out; the pages of what was made or changed, in the plan's order.
    Done(Vec<String>),
}

/// How long to wait before looking whether a write has arrived whose answer was lost.
const PAUSE: Duration = Duration::from_secs(5);

/// Shows a plan, asks, and carries it out.
pub(crate) async fn plan(
    ctx: &Ctx,
    gitlab: &GitLab,
    plan: &Plan,
    writing: Writing,
) -> anyhow::Result<Outcome> {
    if writing.dry_run {
        ctx.ui.result(&crate::ui::lines(&plan.to_string()))?;
        return Ok(Outcome::Shown);
    }
    if plan.is_empty() || writing.yes {
        ctx.ui.say_lines(&plan.to_string());
    }
    if plan.is_empty() {
        return Ok(Outcome::Done(Vec::new()));
    }
    if !writing.yes {
        ctx.ui.show_lines(&plan.to_string());
        if !ctx.ui.may_ask() {
            let message = "this changes things, and nobody is here to agree";
            return Err(Failure::new(Exit::Usage, message).hint("use --yes, or --dry-run").into());
        }
        if !ctx.ui.ask("Do this?", false).await? {
            ctx.ui.say("nothing was changed");
            return Ok(Outcome::Declined);
        }
    }
    let project = &ctx.config.audits_project;
    let mut pages = Vec::new();
    for action in &plan.actions {
        let page = match action {
            Action::CreateIssue(issue) => create_issue(ctx, gitlab, issue).await?,
            Action::UpdateDescription { iid, read, text } => {
                update_description(ctx, gitlab, project, *iid, read, text).await?
            }
            Action::Comment { iid, body, marker } => {
                comment(ctx, gitlab, project, *iid, body, *marker).await?
            }
            Action::Remove(removal) => {
                remove(ctx, removal).await?;
                continue;
            }
        };
        pages.push(page);
    }
    Ok(Outcome::Done(pages))
}

/// Removes an account that is still the one which was planned, and proves that it is gone.
async fn remove(ctx: &Ctx, removal: &plan::Removal) -> anyhow::Result<()> {
    let plan::Removal { email, uri, standing, role } = removal;
    let calendly = ctx.calendly().await?;
    let Organization { uri: organization, own } = gather::organization(ctx).await?;
    let changed = |what: &str| {
        let message = format!("{email} was not removed: {what}");
        Failure::new(Exit::Conflict, message).hint("run `support-audit reconcile` again")
    };
    let found = find(ctx, &organization, removal).await?;
    match found.as_slice() {
        [] => return Err(changed("there is no such account any more").into()),
        [account] if account.place.file != *uri => {
            return Err(changed("it is another account by now").into());
        }
        [account] if account.role.as_deref() == Some(OWNER) => {
            return Err(changed("it is an owner's by now").into());
        }
        [account] if account.key() == own.to_lowercase() => {
            return Err(changed("it is your own").into());
        }
        [account] if account.role != *role => {
            return Err(changed("it has another role by now").into());
        }
        [_] => {}
        _ => return Err(changed("several accounts have the address").into()),
    }
    let removed = match standing {
        Standing::Active => calendly.remove_membership(uri).await,
        Standing::Invited => calendly.revoke_invitation(uri).await,
    };
    match removed {
        Ok(()) => {}
        Err(error) if error.may_have_arrived() => {
            ctx.ui.warn(&format!("no answer to the removal ({error}); looking for the account"));
            ctx.pause(PAUSE).await;
        }
        Err(error @ Error::Forbidden { .. }) => {
            let (exit, hint) = if error.to_string().contains("SCIM") {
                let hint =
                    "the organisation is managed by SCIM: remove them in the identity provider";
                (Exit::Failed, hint)
            } else {
                let hint =
                    "removing takes an owner's or admin's token with the scope organizations:write";
                (Exit::Token, hint)
            };
            let message = format!("Calendly refused to remove {email}: {error}");
            return Err(Failure::new(exit, message).hint(hint).into());
        }
        Err(error) => {
            return Err(anyhow::Error::new(error).context(format!("could not remove {email}")));
        }
    }
    if !find(ctx, &organization, removal).await?.is_empty() {
        let message = format!("{email} is still there after it was removed");
        return Err(Failure::new(Exit::Later, message)
            .hint("look at it in Calendly, and run the command again")
            .into());
    }
    ctx.ui.say(&format!("removed {email}"));
    Ok(())
}

/// The accounts, or the invitations, of an address, read afresh.
async fn find(
    ctx: &Ctx,
    organization: &str,
    removal: &plan::Removal,
) -> anyhow::Result<Vec<Account>> {
    let calendly = ctx.calendly().await?;
    let mut found: Vec<Account> = match removal.standing {
        Standing::Active => {
            let members = calendly.memberships_of_email(organization, &removal.email).await?;
            members.iter().map(account_of_membership).collect()
        }
        Standing::Invited => {
            let listing = calendly.invitations(organization).await;
            if let Some(broken) = listing.broken {
                return Err(broken.into());
            }
            listing.items.iter().map(account_of_invitation).collect()
        }
    };
    found.retain(|account| account.key() == removal.email.to_lowercase());
    Ok(found)
}

/// Refuses an issue that is closed: its audit is over.
pub(crate) fn refuse_closed(issue: &Issue) -> Result<(), Failure> {
    if issue.state != "closed" {
        return Ok(());
    }
    let by = issue.closed_by.as_ref().map(|user| format!(" by {}", user.username));
    let message = format!("{} was closed{}", issue.web_url, by.unwrap_or_default());
    Err(Failure::new(Exit::NotReady, message).hint("nothing is written into a closed audit"))
}

/// Makes the issue, and tells what GitLab left out and whether somebody else was as quick.
async fn create_issue(ctx: &Ctx, gitlab: &GitLab, new: &plan::NewIssue) -> anyhow::Result<String> {
    let request = NewIssue {
        title: new.title.clone(),
        description: new.description.clone(),
        labels: new.labels.clone(),
        assignee_ids: vec![new.assignee.0],
        due_date: Some(new.due),
        confidential: new.confidential,
    };
    let issue = match gitlab.create_issue(&new.project, &request).await {
        Ok(issue) => gitlab
            .issue(&new.project, issue.iid)
            .await
            .with_context(|| format!("made {}, but could not look at it", issue.web_url))?,
        Err(error) if error.may_have_arrived() => {
            ctx.ui.warn(&format!("no answer to the new issue ({error}); looking for it"));
            look_for_issue(ctx, gitlab, new)
                .await?
                .ok_or_else(|| unanswered("the issue", &error))?
        }
        Err(error) => return Err(anyhow::Error::new(error).context("could not make the issue")),
    };
    for missing in left_out(new, &issue) {
        ctx.ui.warn(&missing);
    }
    let operators = Operators::of(ctx, &issue.author);
    let mut twins = with_marker(gitlab, &new.project, new.marker).await?;
    twins.retain(|twin| operators.count(&twin.author));
    for twin in twins.iter().filter(|twin| twin.iid > issue.iid) {
        ctx.ui.warn(&format!("somebody made another one: close {}", twin.web_url));
    }
    match twins.first() {
        Some(first) if first.iid < issue.iid => {
            ctx.ui.warn(&format!("somebody was as quick: close {}", issue.web_url));
            Ok(first.web_url.clone())
        }
        _ => Ok(issue.web_url),
    }
}

/// What was asked for and is not there.
fn left_out(new: &plan::NewIssue, issue: &Issue) -> Vec<String> {
    let mut missing = Vec::new();
    let (id, username) = &new.assignee;
    if !issue.assignees.iter().any(|user| user.id == *id) {
        missing.push(format!(
            "the issue is not assigned to {username}: they are no member, or the template says so"
        ));
    }
    for label in new.labels.iter().filter(|label| !issue.labels.contains(label)) {
        missing.push(format!("GitLab left out the label {label}"));
    }
    if issue.due_date != Some(new.due) {
        let due = issue.due_date.map_or_else(|| "never".to_owned(), |due| due.to_string());
        missing.push(format!("the issue is due {due} instead of {}", new.due));
    }
    if issue.confidential != new.confidential {
        let state = if issue.confidential { "confidential" } else { "not confidential" };
        missing.push(format!("the issue is {state}, unlike what was asked for"));
    }
    if marker(&issue.description) != Some(new.marker) {
        missing.push("the issue's description came out without its marker".to_owned());
    }
    missing
}

async fn with_marker(gitlab: &GitLab, project: &str, wanted: Marker) -> Result<Vec<Issue>, Error> {
    let mut issues = gitlab.issues(project, &IssueFilter::default()).await?;
    issues.retain(|issue| marker(&issue.description) == Some(wanted));
    issues.sort_by_key(|issue| issue.iid);
    Ok(issues)
}

/// Looks twice, after a pause each: what arrives late must not be made again.
async fn look_for_issue(
    ctx: &Ctx,
    gitlab: &GitLab,
    new: &plan::NewIssue,
) -> Result<Option<Issue>, Error> {
    for _ in 0..2 {
        ctx.pause(PAUSE).await;
        let ours = |issue: &Issue| issue.author.id == new.assignee.0;
        let found = with_marker(gitlab, &new.project, new.marker).await?.into_iter().find(ours);
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn unanswered(what: &str, error: &Error) -> Failure {
    Failure::new(Exit::Later, format!("could not make {what}: {error}"))
        .hint("it is not there now; run the command again, which looks for it first")
}

/// Replaces a description that is still the one which was read.
async fn update_description(
    ctx: &Ctx,
    gitlab: &GitLab,
    project: &str,
    iid: u64,
    read: &str,
    text: &str,
) -> anyhow::Result<String> {
    let changed = || {
        Failure::new(Exit::Conflict, format!("somebody changed issue #{iid} meanwhile"))
            .hint("run the command again: it starts from what they wrote")
    };
    let last_note = last_note(gitlab, project, iid).await?;
    let before = gitlab.issue(project, iid).await?;
    refuse_closed(&before)?;
    if before.description != read {
        return Err(changed().into());
    }
    let written = match gitlab.update_description(project, iid, text).await {
        Ok(_) => gitlab.issue(project, iid).await?,
        Err(error) if error.may_have_arrived() => {
            ctx.ui.warn(&format!("no answer to the new description ({error}); looking for it"));
            let found = look_for_description(ctx, gitlab, project, iid, text).await?;
            found.ok_or_else(|| unanswered("the new description", &error))?
        }
        Err(error @ Error::Locked { .. }) => {
            return Err(anyhow::Error::new(changed()).context(error.to_string()));
        }
        Err(error) => {
            return Err(anyhow::Error::new(error).context("could not change the description"));
        }
    };
    if stored(&written.description) != stored(text) {
        let message = format!("issue #{iid} is not as it was written: somebody wrote as well");
        return Err(Failure::new(Exit::Conflict, message)
            .hint("look at the issue's history, and run the command again")
            .into());
    }
    refuse_overwritten(gitlab, project, iid, last_note).await?;
    Ok(written.web_url)
}

/// Tells whether somebody changed the description between our last look and our writing.
///
/// GitLab takes no condition with a change, so that moment stays; but it notes each change.
async fn refuse_overwritten(
    gitlab: &GitLab,
    project: &str,
    iid: u64,
    last_note: u64,
) -> anyhow::Result<()> {
    let notes = gitlab.notes(project, iid).await?;
    // A ticked item of a checklist changes the description, and is noted in words of its own.
    let changes = ["changed the description", "marked the checklist item", "marked the task"];
    let is_change = |note: &&Note| {
        note.system && changes.iter().any(|beginning| note.body.starts_with(beginning))
    };
    let mut changes: Vec<_> =
        notes.iter().filter(|note| note.id > last_note).filter(is_change).collect();
    changes.sort_by_key(|note| note.id);
    // Our own is the last.
    changes.pop();
    let Some(change) = changes.last() else { return Ok(()) };
    let message = format!(
        "{} changed issue #{iid} in the moment of our writing, which has replaced it",
        change.author.username
    );
    Err(Failure::new(Exit::Conflict, message)
        .hint("bring their words back from the issue's history")
        .into())
}

/// The highest number of the issue's notes, which grow with time.
async fn last_note(gitlab: &GitLab, project: &str, iid: u64) -> Result<u64, Error> {
    let notes = gitlab.notes(project, iid).await?;
    Ok(notes.iter().map(|note| note.id).max().unwrap_or(0))
}

async fn look_for_description(
    ctx: &Ctx,
    gitlab: &GitLab,
    project: &str,
    iid: u64,
    text: &str,
) -> Result<Option<Issue>, Error> {
    for _ in 0..2 {
        ctx.pause(PAUSE).await;
        let issue = gitlab.issue(project, iid).await?;
        if stored(&issue.description) == stored(text) {
            return Ok(Some(issue));
        }
    }
    Ok(None)
}

async fn comment(
    ctx: &Ctx,
    gitlab: &GitLab,
    project: &str,
    iid: u64,
    body: &str,
    marker: Marker,
) -> anyhow::Result<String> {
    refuse_closed(&gitlab.issue(project, iid).await?)?;
    let note = match gitlab.create_note(project, iid, body).await {
        Ok(note) => note.id,
        Err(error) if error.may_have_arrived() => {
            ctx.ui.warn(&format!("no answer to the comment ({error}); looking for it"));
            let found = look_for_comment(ctx, gitlab, project, iid, body).await?;
            found.ok_or_else(|| unanswered(&format!("the comment {marker}"), &error))?
        }
        Err(error) => return Err(anyhow::Error::new(error).context("could not comment")),
    };
    let url = ctx.config.gitlab_url.to_string();
    Ok(format!("{url}/{project}/-/issues/{iid}#note_{note}"))
}

async fn look_for_comment(
    ctx: &Ctx,
    gitlab: &GitLab,
    project: &str,
    iid: u64,
    body: &str,
) -> Result<Option<u64>, Error> {
    let me = gitlab.user().await?;
    for _ in 0..2 {
        ctx.pause(PAUSE).await;
        let notes = gitlab.notes(project, iid).await?;
        let is_it = |note: &&Note| note.author.id == me.id && stored(&note.body) == stored(body);
        let found = notes.iter().rev().find(is_it);
        if let Some(note) = found {
            return Ok(Some(note.id));
        }
    }
    Ok(None)
}
