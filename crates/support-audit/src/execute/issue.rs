//! Makes the audit's issue, and changes its description.

use anyhow::Context as _;
use api::gitlab::{Issue, IssueFilter, NewIssue, Note};
use api::{Error, ErrorKind, GitLab};
use audit::plan;
use audit::record::description::{marker, stored};
use audit::record::marker::Marker;

use super::look_twice::{look_twice, unanswered};
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
use crate::gather::{Operators, ensure_open};

/// Makes the issue, and tells what GitLab left out and whether somebody else was as quick.
pub(super) async fn create_issue(
    ctx: &Ctx,
    gitlab: &GitLab,
    new: &plan::NewIssue,
) -> anyhow::Result<String> {
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
    let operators = Operators::new(ctx, &issue.author);
    let mut twins = with_marker(gitlab, &new.project, new.marker).await?;
    twins.retain(|twin| operators.trusts(&twin.author));
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

/// Looks for an issue whose making was not answered.
async fn look_for_issue(
    ctx: &Ctx,
    gitlab: &GitLab,
    new: &plan::NewIssue,
) -> Result<Option<Issue>, Error> {
    look_twice(ctx, async || {
        let ours = |issue: &Issue| issue.author.id == new.assignee.0;
        Ok(with_marker(gitlab, &new.project, new.marker).await?.into_iter().find(ours))
    })
    .await
}

/// Replaces a description that is still the one which was read.
pub(super) async fn update_description(
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
    ensure_open(&before)?;
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
        Err(error) if error.kind == ErrorKind::Locked => {
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

/// Refuses if somebody changed the description between our last look and our write.
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
    look_twice(ctx, async || {
        let issue = gitlab.issue(project, iid).await?;
        Ok((stored(&issue.description) == stored(text)).then_some(issue))
    })
    .await
}
