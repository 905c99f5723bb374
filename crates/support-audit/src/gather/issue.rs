//! Finds the audit's issue.

use api::gitlab::{Issue, IssueFilter, IssueState};
use api::{Error, ErrorKind, GitLab};
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
use crate::config::Config;
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
    /// Selects the issue with a number.
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
    /// The users whose markers are trusted.
    pub(crate) operators: Operators,
}

impl AuditIssue {
    /// Reads the issue again: it must still be open, and about the same audit.
    pub(crate) async fn read_again(&self, ctx: &Ctx) -> anyhow::Result<Self> {
        let gitlab = ctx.gitlab().await?;
        let issue = read_issue(ctx, gitlab, self.issue.iid).await?;
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
        Some(text) => named_issue(ctx, text).await?,
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

/// Reads an issue of the audits' project, and follows the project if that has moved.
async fn read_issue(ctx: &Ctx, gitlab: &GitLab, iid: u64) -> Result<Issue, Error> {
    let issue = gitlab.issue(ctx.audits_project(), iid).await?;
    if let Some(path) = issue.project_path() {
        ctx.follow_project(path);
    }
    Ok(issue)
}

/// Reads the issue that the user named.
async fn named_issue(ctx: &Ctx, text: &str) -> anyhow::Result<Issue> {
    let not_here = || {
        let message = format!("{text} is not an issue of {}", ctx.audits_project());
        Failure::new(Exit::Usage, message).hint("--issue takes a number, or the issue's address")
    };
    let name = IssueName::parse(text).ok_or_else(not_here)?;
    let is_configured = name.is_in(&ctx.config);
    let gitlab = ctx.gitlab().await?;
    let issue = match read_issue(ctx, gitlab, name.iid).await {
        Ok(issue) => issue,
        // The number is that of an issue in another project, by all that is known.
        Err(Error { kind: ErrorKind::NotFound { .. }, .. }) if !is_configured => {
            return Err(not_here().into());
        }
        Err(error) => {
            let project = ctx.audits_project();
            let message = format!("could not read the issue {text} of {project}");
            return Err(anyhow::Error::new(error).context(message));
        }
    };
    if is_configured || name.is_name_of(&issue) { Ok(issue) } else { Err(not_here().into()) }
}

/// How an issue was named: its number, and what stands before that.
#[derive(Debug, PartialEq, Eq)]
struct IssueName<'a> {
    iid: u64,
    project: NamedProject<'a>,
}

/// What a name of an issue says of its project.
#[derive(Debug, PartialEq, Eq)]
enum NamedProject<'a> {
    /// Nothing, as in `17` and `#17`.
    Unnamed,
    /// Its path, as in `group/audits#17`.
    Path(&'a str),
    /// The address of its page without the scheme, as in `gitlab.example.com/group/audits`.
    Address(&'a str),
}

impl<'a> IssueName<'a> {
    /// Parses a number, a reference or the address of a page; `None` for any other text.
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        if let Some((_, address)) = text.split_once("://") {
            let (project, page) = address.split_once("/-/")?;
            let rest = page.strip_prefix("issues/").or_else(|| page.strip_prefix("work_items/"))?;
            let (number, _) = rest.split_once(['#', '?', '/']).unwrap_or((rest, ""));
            let iid = number.parse().ok()?;
            return Some(Self { iid, project: NamedProject::Address(project) });
        }
        let (path, number) = text.rsplit_once('#').unwrap_or(("", text));
        let iid = number.parse().ok()?;
        let project =
            if path.is_empty() { NamedProject::Unnamed } else { NamedProject::Path(path) };
        Some(Self { iid, project })
    }

    /// Whether the name is that of an issue in the project that is configured, as it is configured.
    fn is_in(&self, config: &Config) -> bool {
        match self.project {
            NamedProject::Unnamed => true,
            NamedProject::Path(path) => path.eq_ignore_ascii_case(&config.audits_project),
            NamedProject::Address(address) => {
                let project = format!("{}/{}", config.url(Service::Gitlab), config.audits_project);
                address.eq_ignore_ascii_case(without_scheme(&project))
            }
        }
    }

    /// Whether GitLab itself names the issue like this: a project that has moved has another path,
    /// and a server may call itself by another host than it is reached at.
    fn is_name_of(&self, issue: &Issue) -> bool {
        match self.project {
            NamedProject::Unnamed => true,
            NamedProject::Path(path) => {
                issue.project_path().is_some_and(|present| present.eq_ignore_ascii_case(path))
            }
            NamedProject::Address(address) => {
                let own = without_scheme(&issue.web_url).split_once("/-/");
                own.is_some_and(|(project, _)| project.eq_ignore_ascii_case(address))
            }
        }
    }
}

/// An address from its host on: whether it is https is not part of a name.
fn without_scheme(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, rest)| rest)
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
    let issues = ctx.gitlab().await?.issues(ctx.audits_project(), filter).await?;
    let mut audits = Audits::default();
    if let Some(path) = issues.first().and_then(Issue::project_path) {
        ctx.follow_project(path);
    }
    for issue in issues {
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
    audited_periods(issue, kind).any(|audited| period.is_none_or(|period| audited == period))
}

/// The latest period whose audit an issue is.
fn audited_period(issue: &Issue, kind: Kind) -> Option<Period> {
    audited_periods(issue, kind).max()
}

fn audited_periods(issue: &Issue, kind: Kind) -> impl Iterator<Item = Period> {
    Marker::find_all(&issue.description)
        .into_iter()
        .filter(move |marker| marker.content == Content::Issue && marker.header.kind == kind)
        .map(|marker| marker.header.period)
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
    let kind = ctx.global.kind;
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
    let latest = closed.iter().max_by_key(|issue| (audited_period(issue, kind), issue.iid));
    match (open.pop(), open.is_empty(), latest) {
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
        (None, _, latest) => {
            let latest = latest.map(|issue| {
                let state = if is_moved(issue) { "was moved away" } else { "is closed" };
                format!("; the latest {state}: {}", issue.web_url)
            });
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

/// Whether an issue was moved to another project, where it goes on; what is left here is closed.
pub(crate) fn is_moved(issue: &Issue) -> bool {
    issue.moved_to_id.is_some()
}

/// Refuses an issue that is closed: its audit is over, or goes on elsewhere.
pub(crate) fn ensure_open(issue: &Issue) -> Result<(), Failure> {
    if !is_closed(issue) {
        return Ok(());
    }
    if is_moved(issue) {
        let message = format!("{} was moved to another project", issue.web_url);
        return Err(Failure::new(Exit::NotReady, message)
            .hint("set `gitlab.audits_project` to that project: the issue's page links to it"));
    }
    let by = issue.closed_by.as_ref().map(|user| format!(" by {}", user.username));
    let message = format!("{} was closed{}", issue.web_url, by.unwrap_or_default());
    Err(Failure::new(Exit::NotReady, message).hint("nothing is written into a closed audit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_is_named_by_number_reference_or_address() {
        let address = |address| NamedProject::Address(address);
        for (text, project) in [
            ("17", NamedProject::Unnamed),
            (" #17 ", NamedProject::Unnamed),
            ("group/audits#17", NamedProject::Path("group/audits")),
            ("https://h.example/group/audits/-/issues/17", address("h.example/group/audits")),
            ("http://h.example:80/a/b/-/work_items/17", address("h.example:80/a/b")),
            ("https://h.example/git/a/b/-/issues/17#note_5", address("h.example/git/a/b")),
            ("https://h.example/a/b/-/issues/17?x=y", address("h.example/a/b")),
            ("https://h.example/a/b/-/issues/17/", address("h.example/a/b")),
        ] {
            assert_eq!(IssueName::parse(text), Some(IssueName { iid: 17, project }), "{text}");
        }
        for text in [
            "",
            "#",
            "x",
            "-1",
            "17 18",
            "group/audits#",
            "https://h.example/a/b/-/merge_requests/17",
            "https://h.example/a/b/-/issues/x",
            "https://h.example/a/b/17",
        ] {
            assert_eq!(IssueName::parse(text), None, "{text}");
        }
    }
}
