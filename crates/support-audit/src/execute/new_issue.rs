//! Creates the audit's issue.

use std::time::Duration;

use anyhow::Context as _;
use api::gitlab::{Issue, IssueFilter, NewIssue};
use api::{Error, GitLab};
use audit::plan;
use audit::record::description::marker;
use audit::record::marker::Marker;
use jiff::{SignedDuration, Timestamp};

use super::look_twice::{look_twice, unanswered};
use crate::ctx::Ctx;
use crate::gather::{Operators, warn_of_stranger};

/// After how long an issue that somebody else made at the same moment can be seen.
const SETTLING: Duration = Duration::from_secs(2);

/// Within which time somebody else may have made the same issue, unseen by the plan.
const RECENT: SignedDuration = SignedDuration::from_hours(24);

/// Makes the issue, and tells what GitLab left out and whether somebody else was as quick.
pub(super) async fn create(ctx: &Ctx, new: &plan::NewIssue) -> anyhow::Result<String> {
    let gitlab = ctx.gitlab().await?;
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
            look_for_issue(ctx, new).await?.ok_or_else(|| unanswered("the issue", &error))?
        }
        Err(error) => return Err(anyhow::Error::new(error).context("could not make the issue")),
    };
    for missing in left_out(new, &issue) {
        ctx.ui.warn(&missing);
    }
    let operators = Operators::resolve(ctx).await?;
    // Two runs that make it at the same moment do not see each other's at once.
    ctx.pause(SETTLING).await;
    let (twins, strangers): (Vec<Issue>, Vec<Issue>) =
        with_marker(gitlab, &new.project, &new.marker, issue.created_at - RECENT)
            .await?
            .into_iter()
            .partition(|twin| operators.trusts(&twin.author));
    for stranger in &strangers {
        warn_of_stranger(ctx, stranger);
    }
    for twin in twins.iter().filter(|twin| twin.iid > issue.iid) {
        ctx.ui.warn(&format!("somebody else made another one: close {}", twin.web_url));
    }
    match twins.first() {
        Some(first) if first.iid < issue.iid => {
            ctx.ui.warn(&format!(
                "somebody else made {} at the same time: close {}",
                first.web_url, issue.web_url
            ));
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
    if marker(&issue.description).as_ref() != Some(&new.marker) {
        missing.push("the issue's description came out without its marker".to_owned());
    }
    missing
}

/// Issues with a marker that were made since `created_after`, oldest first.
async fn with_marker(
    gitlab: &GitLab,
    project: &str,
    wanted: &Marker,
    created_after: Timestamp,
) -> Result<Vec<Issue>, Error> {
    let recent = IssueFilter { created_after: Some(created_after), ..IssueFilter::default() };
    let mut issues = gitlab.issues(project, recent).await?;
    issues.retain(|issue| marker(&issue.description).as_ref() == Some(wanted));
    issues.sort_by_key(|issue| issue.iid);
    Ok(issues)
}

/// Looks for an issue whose making was not answered.
async fn look_for_issue(ctx: &Ctx, new: &plan::NewIssue) -> anyhow::Result<Option<Issue>> {
    let gitlab = ctx.gitlab().await?;
    let look = async || {
        let created_after = ctx.now() - RECENT;
        let issues = with_marker(gitlab, &new.project, &new.marker, created_after).await?;
        Ok(issues.into_iter().find(|issue| issue.author.id == new.assignee.0))
    };
    Ok(look_twice(ctx, look).await?)
}
