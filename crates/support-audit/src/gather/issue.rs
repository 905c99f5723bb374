//! Finds the audit's issue, and tells whose writings of ours count.

use anyhow::Context as _;
use api::GitLab;
use api::gitlab::{Issue, IssueFilter};
use audit::calendar::Period;
use audit::kinds::Kind;
use audit::record::description::{Adopt, marker};
use audit::record::marker::MarkerHeader;
use clap::Args;

use super::operators::Operators;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};

/// Which issue a command is about.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct IssueSelector {
    /// The audit's issue, by its number or address [default: that of --period]
    #[arg(long, value_name = "IID|URL")]
    issue: Option<String>,
    /// The period of the audit's issue, open or closed [default: that of the one open issue]
    #[arg(long, value_name = "FY28-Q1")]
    period: Option<Period>,
}

impl IssueSelector {
    /// The issue of a number.
    pub(crate) fn for_iid(iid: u64) -> Self {
        Self { issue: Some(iid.to_string()), period: None }
    }

    /// Whether an issue was named.
    pub(crate) fn names_one(&self) -> bool {
        self.issue.is_some() || self.period.is_some()
    }
}

/// The issue of an audit.
#[derive(Debug)]
pub(crate) struct AuditIssue {
    /// The issue as it was read.
    pub(crate) issue: Issue,
    /// Which audit it is, by its marker, or by the one that it is to have.
    pub(crate) header: MarkerHeader,
    /// Whose writings of ours count.
    pub(crate) operators: Operators,
}

impl AuditIssue {
    /// Reads the issue again: it must be open still, and about the same audit.
    pub(crate) async fn read_again(&self, ctx: &Ctx) -> anyhow::Result<Self> {
        let gitlab = ctx.gitlab().await?;
        let issue = gitlab.issue(&ctx.config.audits_project, self.issue.iid).await?;
        ensure_open(&issue)?;
        if marker(&issue.description) != marker(&self.issue.description) {
            let message = format!("somebody changed the marker of {} meanwhile", issue.web_url);
            return Err(Failure::new(Exit::Conflict, message)
                .hint("look at the issue's history, and run the command again")
                .into());
        }
        Ok(Self { issue, header: self.header, operators: self.operators.clone() })
    }
}

/// Finds the issue that a command is about.
pub(crate) async fn resolve_issue(
    ctx: &Ctx,
    gitlab: &GitLab,
    selector: &IssueSelector,
    adopt: Adopt,
) -> anyhow::Result<AuditIssue> {
    let me = gitlab.user().await?;
    let operators = Operators::new(ctx, &me);
    let issue = match &selector.issue {
        Some(text) => {
            let project = &ctx.config.audits_project;
            let could_not = || format!("could not read the issue {text} of {project}");
            gitlab.issue(project, iid(ctx, text)?).await.with_context(could_not)?
        }
        None => find_issue(ctx, gitlab, selector.period, &operators).await?,
    };
    let header = marker(&issue.description).map(|marker| marker.header);
    let header = match (header, selector.period) {
        (Some(header), Some(period)) if header.period != period => {
            let message = format!("{} is the audit {}", issue.web_url, header.period);
            return Err(Failure::new(Exit::Usage, message)
                .hint("leave --period away, or name its issue")
                .into());
        }
        (Some(header), _) => header,
        (None, Some(period)) if adopt == Adopt::Yes => {
            MarkerHeader { kind: ctx.global.kind.into(), period }
        }
        (None, _) => {
            let message = format!("{} has no marker of ours", issue.web_url);
            return Err(Failure::new(Exit::Conflict, message)
                .hint("--adopt with --period takes an issue over that was made by hand")
                .into());
        }
    };
    Ok(AuditIssue { issue, header, operators })
}

/// The number of an issue that was named by it or by its address.
fn iid(ctx: &Ctx, text: &str) -> anyhow::Result<u64> {
    let project = format!("{}/{}/-/", ctx.config.gitlab_url, ctx.config.audits_project);
    let number = match text.strip_prefix(&project) {
        Some(rest) => rest.strip_prefix("issues/").or_else(|| rest.strip_prefix("work_items/")),
        None => Some(text.trim_start_matches('#')),
    };
    let number = number.map(|rest| rest.split(['#', '?']).next().unwrap_or_default());
    number.and_then(|number| number.parse().ok()).ok_or_else(|| {
        let message = format!("{text} is no issue of {}", ctx.config.audits_project);
        Failure::new(Exit::Usage, message)
            .hint("--issue takes a number, or the issue's address")
            .into()
    })
}

/// The open issues of this kind whose markers count.
pub(crate) async fn open_audits(ctx: &Ctx, gitlab: &GitLab) -> anyhow::Result<Vec<Issue>> {
    let operators = Operators::new(ctx, &gitlab.user().await?);
    Ok(audits(ctx, gitlab, None, &operators).await?.0)
}

/// The issues of this kind, and of the period if there is one, whose markers count: the open ones and
/// the closed ones. Those of others are told.
async fn audits(
    ctx: &Ctx,
    gitlab: &GitLab,
    period: Option<Period>,
    operators: &Operators,
) -> anyhow::Result<(Vec<Issue>, Vec<Issue>)> {
    let kind = Kind::from(ctx.global.kind);
    let mut issues = gitlab.issues(&ctx.config.audits_project, &IssueFilter::default()).await?;
    issues.retain(|issue| {
        marker(&issue.description).is_some_and(|marker| {
            marker.header.kind == kind && period.is_none_or(|period| marker.header.period == period)
        })
    });
    let (ours, others): (Vec<Issue>, Vec<Issue>) =
        issues.into_iter().partition(|issue| operators.trusts(&issue.author));
    for other in others.iter().filter(|issue| !is_closed(issue)) {
        ctx.ui.warn(&format!(
            "{} is marked as an audit by {}, who is not among `operators`",
            other.web_url, other.author.username
        ));
    }
    Ok(ours.into_iter().partition(|issue| !is_closed(issue)))
}

/// The one open issue of this kind whose marker counts; or the one of `period`, open or closed.
async fn find_issue(
    ctx: &Ctx,
    gitlab: &GitLab,
    period: Option<Period>,
    operators: &Operators,
) -> anyhow::Result<Issue> {
    let (mut open, closed) = audits(ctx, gitlab, period, operators).await?;
    match (open.pop(), open.is_empty(), closed.last()) {
        (Some(issue), true, _) => Ok(issue),
        (Some(issue), false, _) => {
            let pages: Vec<&str> =
                open.iter().chain([&issue]).map(|issue| issue.web_url.as_str()).collect();
            let message = format!("there are several open audits: {}", pages.join(", "));
            Err(Failure::new(Exit::Usage, message).hint("name one by --issue or --period").into())
        }
        (None, _, Some(issue)) if period.is_some() => Ok(issue.clone()),
        (None, ..) if period.is_some() => {
            let period = period.map(|it| it.to_string()).unwrap_or_default();
            let message = format!("there is no audit {period}");
            Err(Failure::new(Exit::Failed, message)
                .hint(format!("`support-audit init-issue --period {period}` makes one"))
                .into())
        }
        (None, _, closed) => {
            let latest = closed.map(|issue| format!("; the latest is closed: {}", issue.web_url));
            let message = format!("there is no open audit{}", latest.unwrap_or_default());
            Err(Failure::new(Exit::Failed, message)
                .hint("`support-audit init-issue` makes one")
                .into())
        }
    }
}

/// Whether an issue is closed. A state that GitLab adds one day counts as open: it can be written into
/// until GitLab says otherwise.
pub(crate) fn is_closed(issue: &Issue) -> bool {
    issue.state == "closed"
}

/// Refuses an issue that is closed: its audit is over.
pub(crate) fn ensure_open(issue: &Issue) -> Result<(), Failure> {
    if !is_closed(issue) {
        return Ok(());
    }
    let by = issue.closed_by.as_ref().map(|user| format!(" by {}", user.username));
    let message = format!("{} was closed{}", issue.web_url, by.unwrap_or_default());
    Err(Failure::new(Exit::NotReady, message).hint("nothing is written into a closed audit"))
}
