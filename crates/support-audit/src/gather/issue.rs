//! Finds the audit's issue.

use anyhow::Context as _;
use api::gitlab::{Issue, IssueFilter, IssueState};
use audit::calendar::Period;
use audit::kinds::Kind;
use audit::record::conversation::{BrokenMarker, audit_of_issue, check_unmarked_issue};
use audit::record::description::Adopt;
use audit::record::marker::{Content, Marker, MarkerHeader};
use audit::steps::init_issue;
use clap::Args;
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::operators::{Operators, setting};
use super::threads::read_conversation;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
use crate::tokens::Service;

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
#[derive(Debug, Clone)]
pub(crate) struct AuditIssue {
    /// The issue as it was read.
    pub(crate) issue: Issue,
    /// Which audit it is, by its marker, or by the one that it is to have.
    pub(crate) header: MarkerHeader,
    /// The users whose markers count.
    pub(crate) operators: Operators,
}

impl AuditIssue {
    /// Reads the issue again: it must still be open, and about the same audit.
    pub(crate) async fn read_again(&self, ctx: &Ctx) -> anyhow::Result<Self> {
        let gitlab = ctx.gitlab().await?;
        let issue = gitlab.issue(&ctx.config.audits_project, self.issue.iid).await?;
        ensure_open(&issue)?;
        let audit = |issue: &Issue| audit_of_issue(&issue.title, &issue.description);
        if audit(&issue) != audit(&self.issue) {
            let message = format!("somebody changed the marker of {} meanwhile", issue.web_url);
            return Err(Failure::new(Exit::Conflict, message)
                .hint("look at the issue's history, and run the command again")
                .into());
        }
        Ok(Self { issue, header: self.header, operators: self.operators.clone() })
    }
}

/// Finds the issue that a command is about; an operator must have made it.
pub(crate) async fn resolve_issue(
    ctx: &Ctx,
    selector: &IssueSelector,
    adopt: Adopt,
) -> anyhow::Result<AuditIssue> {
    let operators = Operators::resolve(ctx).await?;
    let issue = match &selector.issue {
        Some(text) => {
            let project = &ctx.config.audits_project;
            let could_not = || format!("could not read the issue {text} of {project}");
            let iid = iid(ctx, text)?;
            ctx.gitlab().await?.issue(project, iid).await.with_context(could_not)?
        }
        None => find_issue(ctx, selector.period, &operators).await?,
    };
    if !operators.trusts(&issue.author) {
        return Err(Failure::new(Exit::Conflict, made_by_stranger(&issue))
            .hint(format!("{} in the configuration makes them one", setting(&issue.author)))
            .into());
    }
    let header = audit_of_issue(&issue.title, &issue.description).map_err(|broken| {
        Failure::new(Exit::Conflict, format!("{}: {broken}", issue.web_url))
            .hint("repair the title or the marker at the end of the description")
    })?;
    let header = match (header, selector.period) {
        (Some(header), Some(period)) if header.period != period => {
            let message = format!("{} is the audit {}", issue.web_url, header.period);
            return Err(Failure::new(Exit::Usage, message)
                .hint("leave --period away, or name its issue")
                .into());
        }
        (Some(header), _) => header,
        (None, period) => {
            let header = period.map(|period| MarkerHeader { kind: ctx.global.kind, period });
            unmarked(ctx, &issue, &operators, header, adopt).await?
        }
    };
    Ok(AuditIssue { issue, header, operators })
}

/// The audit that an issue without a marker is taken over for, if `--adopt` wants that.
async fn unmarked(
    ctx: &Ctx,
    issue: &Issue,
    operators: &Operators,
    named: Option<MarkerHeader>,
    adopt: Adopt,
) -> anyhow::Result<MarkerHeader> {
    let conversation = read_conversation(ctx, issue.iid).await?;
    let by_comments = check_unmarked_issue(&conversation, &operators.ids);
    let lost = match by_comments {
        Err(BrokenMarker::OnlyInComments(header)) => Some(header),
        _ => None,
    };
    match (adopt, named, lost) {
        (Adopt::Yes, Some(header), None) | (Adopt::Yes, None, Some(header)) => Ok(header),
        (Adopt::Yes, Some(named), Some(lost)) if named == lost => Ok(lost),
        (_, _, Some(lost)) => {
            let message = format!(
                "{}: its description has lost its marker, but comments carry that of {}",
                issue.web_url, lost.period
            );
            Err(Failure::new(Exit::Conflict, message)
                .hint(format!("`run --write --adopt --issue {}` puts the marker back", issue.iid))
                .into())
        }
        _ => {
            let message = format!("{} has no marker of ours", issue.web_url);
            Err(Failure::new(Exit::Conflict, message)
                .hint("--adopt with --period takes an issue over that was made by hand")
                .into())
        }
    }
}

/// That an issue counts for nothing, and why.
fn made_by_stranger(issue: &Issue) -> String {
    format!("{} was made by {}, who is not an operator", issue.web_url, issue.author.username)
}

/// Warns of an issue that has our marker and counts for nothing.
pub(crate) fn warn_of_stranger(ctx: &Ctx, issue: &Issue) {
    ctx.ui.warn(&format!(
        "{} and is not looked at; {} would change that",
        made_by_stranger(issue),
        setting(&issue.author)
    ));
}

/// The number of an issue that was named by it or by its address.
fn iid(ctx: &Ctx, text: &str) -> anyhow::Result<u64> {
    let project = format!("{}/{}/-/", ctx.config.url(Service::Gitlab), ctx.config.audits_project);
    let number = match text.strip_prefix(&project) {
        Some(rest) => rest.strip_prefix("issues/").or_else(|| rest.strip_prefix("work_items/")),
        None => Some(text.trim_start_matches('#')),
    };
    let number = number.map(|rest| rest.split(['#', '?']).next().unwrap_or_default());
    number.and_then(|number| number.parse().ok()).ok_or_else(|| {
        let message = format!("{text} is not an issue of {}", ctx.config.audits_project);
        Failure::new(Exit::Usage, message)
            .hint("--issue takes a number, or the issue's address")
            .into()
    })
}

/// The open issues of this kind that count.
pub(crate) async fn open_audits(ctx: &Ctx) -> anyhow::Result<Vec<Issue>> {
    let operators = Operators::resolve(ctx).await?;
    let open = IssueFilter { state: IssueState::Opened, created_after: None };
    Ok(audits(ctx, open, None, &operators).await?.marked)
}

/// The audits among some of a project's issues.
#[derive(Debug, Default)]
struct Audits {
    /// Those with a marker, oldest first.
    marked: Vec<Issue>,
    /// Open issues of operators that have an audit's title and no marker.
    unmarked: Vec<Issue>,
}

/// The audits of this kind, and of the period if there is one, that operators made; open ones that
/// strangers made are named.
async fn audits(
    ctx: &Ctx,
    filter: IssueFilter,
    period: Option<Period>,
    operators: &Operators,
) -> anyhow::Result<Audits> {
    let kind = ctx.global.kind;
    let gitlab = ctx.gitlab().await?;
    let mut audits = Audits::default();
    for issue in gitlab.issues(&ctx.config.audits_project, filter).await? {
        let is_own = operators.trusts(&issue.author);
        let is_open = !is_closed(&issue);
        if is_audit(&issue, kind, period) {
            if is_own {
                audits.marked.push(issue);
            } else if is_open {
                warn_of_stranger(ctx, &issue);
            }
        } else if is_own && is_open && init_issue::has_title(&issue.title, kind, period) {
            audits.unmarked.push(issue);
        }
    }
    Ok(audits)
}

/// How long before its quarter an audit's issue may have been made, at most.
const MADE_AHEAD: SignedDuration = SignedDuration::from_hours(365 * 24);

/// The issues among which that of a period must be, open or closed: a project with a long history is
/// not read back to its beginning.
pub(crate) fn issues_since(ctx: &Ctx, period: Period) -> IssueFilter {
    let start = ctx.config.calendar.start(period).to_zoned(TimeZone::UTC);
    let created_after = start.ok().map(|start| start.timestamp() - MADE_AHEAD);
    IssueFilter { state: IssueState::All, created_after }
}

/// The closed audits of this kind, or those of the period, oldest first.
///
/// Without a period only the latest is of interest, and the project's whole history is read only where
/// the last year has none.
async fn closed_audits(
    ctx: &Ctx,
    period: Option<Period>,
    operators: &Operators,
) -> anyhow::Result<Vec<Issue>> {
    let windows = match period {
        Some(period) => vec![issues_since(ctx, period).created_after],
        None => vec![Some(ctx.now() - MADE_AHEAD), None],
    };
    for created_after in windows {
        let closed = IssueFilter { state: IssueState::Closed, created_after };
        let audits = audits(ctx, closed, period, operators).await?;
        if !audits.marked.is_empty() {
            return Ok(audits.marked);
        }
    }
    Ok(Vec::new())
}

/// Whether an issue's description holds the marker of an audit, maybe beside that of another one.
fn is_audit(issue: &Issue, kind: Kind, period: Option<Period>) -> bool {
    Marker::find_all(&issue.description).iter().any(|marker| {
        marker.content == Content::Issue
            && marker.header.kind == kind
            && period.is_none_or(|period| marker.header.period == period)
    })
}

/// The one open issue of this kind that counts; or the one of `period`, open or closed.
///
/// The open issues are read first, which is a page in most projects; closed ones only where no audit is
/// open.
async fn find_issue(
    ctx: &Ctx,
    period: Option<Period>,
    operators: &Operators,
) -> anyhow::Result<Issue> {
    let filter = IssueFilter { state: IssueState::Opened, created_after: None };
    let Audits { marked: mut open, unmarked } = audits(ctx, filter, period, operators).await?;
    if open.is_empty() {
        for issue in unmarked {
            let conversation = read_conversation(ctx, issue.iid).await?;
            // Its marker was lost; whoever resolves it says so.
            if check_unmarked_issue(&conversation, &operators.ids).is_err() {
                open.push(issue);
            }
        }
    }
    let closed =
        if open.is_empty() { closed_audits(ctx, period, operators).await? } else { Vec::new() };
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
            let period = period.map(|period| period.to_string()).unwrap_or_default();
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
