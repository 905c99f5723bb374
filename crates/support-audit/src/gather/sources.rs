//! Reads the roster, the accounts and the exceptions, and evaluates the checks.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use audit::accounts::{Accounts, Capture};
use audit::evaluation::exceptions::{self, Approver};
use audit::evaluation::{Evaluation, Sources};
use audit::identity::file_digest;
use audit::input::{Problem, Provenance, SourceFile};
use audit::record::marker::{Sizes, SourceDigests};
use audit::report::Report;
use audit::roster::Roster;
use clap::Args;
use jiff::civil::Date;

use super::accounts::{self, AccountsMode};
use super::roster::{Source, gitlab_roster, local_roster, parse_roster};
use super::sizes::SizePolicy;
use crate::config::Operator;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
use crate::tokens::Service;

/// The inputs that override the configuration.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Inputs {
    /// A local roster instead of the one in GitLab: a file, a folder, or - for stdin
    #[arg(long, value_name = "PATH")]
    pub(crate) roster: Option<PathBuf>,
    /// Accounts from a file instead of the service: the admins' CSV export, a list of e-mail
    /// addresses, or - for stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) accounts: Option<PathBuf>,
    /// A local file of standing exceptions instead of the one in the audits' project
    #[arg(long, value_name = "FILE")]
    pub(crate) exceptions: Option<PathBuf>,
    /// The day on which exceptions are looked at, where it is not today.
    #[arg(skip)]
    pub(crate) day: Option<Date>,
    /// What is done about sizes that have become much smaller.
    #[arg(skip)]
    pub(crate) sizes: SizePolicy,
}

/// What was read and evaluated.
#[derive(Debug)]
pub(crate) struct Gathered {
    /// Where the roster comes from.
    pub(crate) provenance: Provenance,
    /// What was found.
    pub(crate) evaluation: Evaluation,
    /// Digests of the files that were read, for the markers of what is written.
    pub(crate) digests: SourceDigests,
    /// Sizes that the operator accepts, though they are much smaller than the recorded ones.
    pub(crate) accepted: Sizes,
    /// Why a source was not read whole: how the command ends, if nothing worse happens.
    pub(crate) incomplete: Option<Failure>,
    /// The entries of the exceptions that could not be read, with their lines, if there are any:
    /// somebody may be asked about what is justified.
    pub(crate) unread_exceptions: Option<String>,
    /// When the reading began, by the monotonic clock.
    pub(crate) read_at: Instant,
}

impl Gathered {
    /// Dates sources with the same content as those of `before` like those.
    ///
    /// A plan names the instants at which its sources were read.
    /// With those of another reading it would differ, and whoever thinks about it for longer than [`FRESH`]
    /// would be asked about it again and again, though nothing has changed.
    pub(super) fn keep_instants(&mut self, before: &Report) {
        let provenance = before.provenance();
        let source = |provenance: &Provenance| {
            (provenance.project.clone(), provenance.path.clone(), provenance.sha256.clone())
        };
        if source(&self.provenance) == source(provenance) {
            self.provenance = provenance.clone();
        }
        let accounts = self.evaluation.accounts.as_mut();
        if let (Some(accounts), Some(before)) = (accounts, &before.evaluation().accounts) {
            let again = Capture { read_at: before.capture.read_at, ..accounts.capture.clone() };
            if again == before.capture {
                accounts.capture = again;
            }
        }
    }
}

/// For how long a roster and accounts are as good as just read.
const FRESH: Duration = Duration::from_mins(1);

/// Reads the sources again if they were read too long ago to be written about; nothing while they are
/// fresh, or where they came through a pipe, which gives its content once.
pub(crate) async fn reread_stale_sources(
    ctx: &Ctx,
    inputs: &Inputs,
    mode: AccountsMode,
    recorded: Sizes,
    read_at: Instant,
) -> anyhow::Result<Option<Gathered>> {
    if read_at.elapsed() <= FRESH
        || is_stdin(inputs.roster.as_ref())
        || is_stdin(inputs.accounts.as_ref())
    {
        return Ok(None);
    }
    read_and_evaluate(ctx, inputs, mode, recorded).await.map(Some)
}

fn is_stdin(path: Option<&PathBuf>) -> bool {
    path.is_some_and(|path| path.as_os_str() == "-")
}

/// The roster, the accounts and the exceptions, before anything is concluded from them.
pub(super) struct SourcesRead {
    provenance: Provenance,
    roster: Roster,
    accounts: Option<Accounts>,
    incomplete: Option<Failure>,
    exceptions: Vec<exceptions::Exception>,
    bad_exceptions: Vec<Problem>,
    problems: Vec<Problem>,
    read_at: Instant,
}

/// Reads the sources, and evaluates the checks; `recorded` is how many people and accounts the
/// audit's issue has recorded.
pub(crate) async fn read_and_evaluate(
    ctx: &Ctx,
    inputs: &Inputs,
    mode: AccountsMode,
    recorded: Sizes,
) -> anyhow::Result<Gathered> {
    let sources = Box::pin(read_sources(ctx, inputs, mode)).await?;
    evaluate(ctx, inputs, recorded, sources).await
}

/// Reads the roster, the accounts and the exceptions side by side.
pub(super) async fn read_sources(
    ctx: &Ctx,
    inputs: &Inputs,
    mode: AccountsMode,
) -> anyhow::Result<SourcesRead> {
    let read_at = Instant::now();
    if is_stdin(inputs.roster.as_ref()) && is_stdin(inputs.accounts.as_ref()) {
        let message = "--roster and --accounts cannot both be read from stdin";
        return Err(Failure::new(Exit::Usage, message).into());
    }
    if inputs.roster.is_none() {
        // Whether the accounts' token is looked for in the keyring depends on where GitLab's was.
        ctx.gitlab().await?;
    }
    let roster = async {
        match &inputs.roster {
            Some(path) => local_roster(ctx, path).await,
            None => gitlab_roster(ctx).await,
        }
    };
    let accounts = accounts::read_accounts(ctx, inputs.accounts.as_deref(), mode);
    let (roster, accounts, exceptions) = tokio::join!(roster, accounts, exceptions(ctx, inputs));
    // Of several failures, the first to be reported is the one that explains most.
    let Source { files, problems: unread, provenance } = roster?;
    let (roster, mut problems) = parse_roster(ctx, &files);
    problems.extend(unread);
    if roster.people.is_empty() {
        return Err(no_people(&provenance.path, &problems).into());
    }
    let (accounts, incomplete) = accounts?.accounts(ctx)?;
    let (exceptions, bad_exceptions) = exceptions?;
    Ok(SourcesRead {
        provenance,
        roster,
        accounts,
        incomplete,
        exceptions,
        bad_exceptions,
        problems,
        read_at,
    })
}

/// Evaluates the checks, once an operator has said what sizes are right.
pub(super) async fn evaluate(
    ctx: &Ctx,
    inputs: &Inputs,
    recorded: Sizes,
    sources: SourcesRead,
) -> anyhow::Result<Gathered> {
    let SourcesRead {
        provenance,
        roster,
        accounts,
        incomplete,
        exceptions,
        bad_exceptions,
        mut problems,
        read_at,
    } = sources;
    let present = Sizes {
        roster: (!problems.iter().any(|problem| problem.hides_person))
            .then_some(roster.people.len()),
        accounts: accounts
            .as_ref()
            .filter(|accounts| accounts.is_complete())
            .map(|accounts| accounts.list.len()),
    };
    let accepted = inputs.sizes.accept(ctx, recorded, &roster, accounts.as_ref(), present).await?;
    let recorded = accepted.or(recorded);
    let approvers = approvers(ctx, &exceptions).await?;
    let words: Vec<String> = bad_exceptions.iter().map(ToString::to_string).collect();
    let unread_exceptions = (!words.is_empty()).then(|| words.join("; "));
    problems.extend(bad_exceptions);
    let digests = SourceDigests {
        // What was read from GitLab is as it was at that moment, whenever it was the same before.
        roster: provenance.project.is_none().then(|| file_digest(&provenance.sha256).to_owned()),
        accounts: accounts
            .as_ref()
            .filter(|_| inputs.accounts.is_some())
            .map(|accounts| file_digest(&accounts.capture.sha256).to_owned()),
    };
    let sources = Sources {
        roster,
        accounts,
        exceptions,
        approvers,
        problems,
        recorded_people: recorded.roster,
        recorded_accounts: recorded.accounts,
    };
    let kind = ctx.global.kind;
    let day = inputs.day.unwrap_or(ctx.today());
    let evaluation = Evaluation::new(kind, &ctx.config.policy, sources, day);
    Ok(Gathered {
        provenance,
        evaluation,
        digests,
        accepted,
        incomplete,
        unread_exceptions,
        read_at,
    })
}

/// Who may approve exceptions; nothing where neither managers nor operators are configured.
///
/// GitLab is asked for the ids of those who approved something: a subject may have had another name.
async fn approvers(
    ctx: &Ctx,
    exceptions: &[exceptions::Exception],
) -> anyhow::Result<Option<Vec<Approver>>> {
    let config = &ctx.config;
    if config.managers.is_empty() && config.operators.is_empty() {
        return Ok(None);
    }
    let mut approvers = Vec::new();
    for manager in &config.managers {
        approvers.push(Approver { username: manager.username.clone(), id: None });
    }
    for operator in &config.operators {
        match operator {
            Operator::Username(username) => {
                approvers.push(Approver { username: username.clone(), id: None });
            }
            Operator::Id { id, username: Some(username) } => {
                approvers.push(Approver { username: username.clone(), id: Some(*id) });
            }
            Operator::Id { username: None, .. } => {}
        }
    }
    if ctx.clients.is_connected(Service::Gitlab) {
        let own = ctx.user().await?;
        approvers.push(Approver { username: own.username.clone(), id: Some(own.id) });
        for approver in approvers.iter_mut().filter(|approver| approver.id.is_none()) {
            let has_approved = exceptions
                .iter()
                .any(|exception| exception.approved_by.eq_ignore_ascii_case(&approver.username));
            if has_approved {
                let user = ctx.gitlab().await?.user_by_name(&approver.username).await?;
                approver.id = user.map(|user| user.id);
            }
        }
    }
    Ok(Some(approvers))
}

async fn exceptions(
    ctx: &Ctx,
    inputs: &Inputs,
) -> anyhow::Result<(Vec<exceptions::Exception>, Vec<Problem>)> {
    let file = match (&inputs.exceptions, &ctx.config.exceptions_path) {
        (Some(path), _) => {
            let name = path.display().to_string();
            let failed = |error| {
                let message = format!("could not read the exceptions {name}: {error}");
                Failure::new(Exit::BadInput, message)
            };
            SourceFile { bytes: std::fs::read(path).map_err(failed)?, name }
        }
        (None, Some(path)) => {
            let project = ctx.audits_project();
            let _progress = ctx.ui.progress(&format!("reading {path} of {project}"));
            let read = ctx.gitlab().await?.raw_file(project, path, "HEAD").await;
            let failed = |error| {
                let message = format!("could not read the exceptions {path} of {project}");
                anyhow::Error::new(error).context(message)
            };
            SourceFile { name: path.clone(), bytes: read.map_err(failed)?.bytes }
        }
        (None, None) => return Ok((Vec::new(), Vec::new())),
    };
    let kind = ctx.global.kind;
    exceptions::parse(kind, &file).map_err(|problem| {
        let message = format!("the exceptions cannot be read: {problem}");
        let hint = "until they are, nobody can tell what is justified";
        Failure::new(Exit::BadInput, message).hint(hint).into()
    })
}

/// How many problems are told where there is no report to hold them.
const TOLD: usize = 5;

fn no_people(path: &str, problems: &[Problem]) -> Failure {
    let mut message = format!("the roster {path} has no usable entry");
    for problem in problems.iter().take(TOLD) {
        message.push_str(&format!("; {problem}"));
    }
    if problems.len() > TOLD {
        message.push_str(&format!("; and {} more", problems.len() - TOLD));
    }
    Failure::new(Exit::BadInput, message).hint("a roster is a list of people, each with a `name`")
}

#[cfg(test)]
mod tests {
    use audit::accounts::Export;
    use audit::evaluation::Policy;
    use audit::kinds::Kind;
    use audit::roster::{OperationsTeam, parse};
    use jiff::Timestamp;

    use super::*;

    const FIRST: &str = "2026-11-22T10:00:00Z";
    const LATER: &str = "2026-11-22T10:02:00Z";

    fn gathered(instant: &str, sha256: &str, gaps: &[&str]) -> Gathered {
        let read_at: Timestamp = instant.parse().unwrap();
        let file = SourceFile { name: "team.yaml".to_owned(), bytes: "- name: Ada\n".into() };
        let (roster, problems) = parse(&[file], "calendly", &OperationsTeam::default());
        let gaps = gaps.iter().map(|gap| (*gap).to_owned()).collect();
        let export = Export { gaps, ..Export::default() };
        let accounts = Accounts::from_service("https://calendly.example".into(), read_at, export);
        let sources = Sources { roster, problems, accounts: Some(accounts), ..Sources::default() };
        let today = "2026-11-22".parse().unwrap();
        let evaluation = Evaluation::new(Kind::Calendly, &Policy::default(), sources, today);
        Gathered {
            provenance: Provenance {
                project: Some("group/team".to_owned()),
                path: "team.yaml".to_owned(),
                commit: Some(instant.to_owned()),
                sha256: sha256.to_owned(),
                read_at,
                version: "1.2.3",
            },
            evaluation,
            digests: SourceDigests::default(),
            accepted: Sizes::default(),
            incomplete: None,
            unread_exceptions: None,
            read_at: Instant::now(),
        }
    }

    /// The instants of the roster and of the accounts once they have been read again.
    fn instants(sha256: &str, gaps: &[&str]) -> (String, String) {
        let first = gathered(FIRST, "4c29", &[]);
        let before = Report::new(first.provenance, first.evaluation);
        let mut again = gathered(LATER, sha256, gaps);
        again.keep_instants(&before);
        let accounts = again.evaluation.accounts.unwrap();
        (again.provenance.read_at.to_string(), accounts.capture.read_at.to_string())
    }

    #[test]
    fn sources_that_are_the_same_keep_the_instants_of_the_first_reading() {
        for (sha256, gaps, roster, accounts) in [
            ("4c29", &[][..], FIRST, FIRST),
            ("77aa", &[][..], LATER, FIRST),
            ("4c29", &["a page is missing"][..], FIRST, LATER),
        ] {
            let expected = (roster.to_owned(), accounts.to_owned());
            assert_eq!(instants(sha256, gaps), expected, "{sha256} {gaps:?}");
        }
    }
}
