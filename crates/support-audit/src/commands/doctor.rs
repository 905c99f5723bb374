//! `doctor`: whether everything is there that an audit needs. Its output may be pasted anywhere.

use anyhow::Context as _;
use api::ErrorKind;
use api::gitlab::{Project, TokenInfo};
use jiff::civil::Date;
use tokio::sync::oneshot;

use crate::args::Format;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure, explain};
use crate::gather::Visibility;
use crate::tokens::{self, Service, Stored};
use crate::{gather, services, ui};

/// The result of one check.
enum Diagnosis {
    /// All is well.
    Ok(String),
    /// An audit goes on without it, in part.
    Warning(String, String),
    /// An audit needs it.
    Failed(Failure),
    /// It was not looked at, for a reason that another line gives.
    Skipped(String),
}

/// The name of what is looked at, and what will come of the look.
type Line = (String, oneshot::Receiver<Diagnosis>);

/// Checks what an audit needs, side by side, and prints one line for each thing, with a hint where
/// something is wrong, as soon as that and those before it are known.
pub(crate) async fn exec(ctx: &Ctx) -> anyhow::Result<Exit> {
    ui::format(ctx.global.format, Format::Table, &[Format::Table])?;
    ctx.ui.result(&line("configuration", &configuration(ctx)))?;
    let mut lines = Vec::new();
    let mut add = |name: &str| {
        let (sender, receiver) = oneshot::channel();
        lines.push((name.to_owned(), receiver));
        sender
    };
    let gitlab = GitLabLines {
        token: add("GitLab token"),
        user: add("GitLab"),
        clock: add("clock"),
        project: add("audits project"),
        template: add("issue template"),
        roster: add("roster"),
        managers: None,
    };
    // GitLab's token has its line, whatever is audited.
    let service = services::token(ctx.global.kind);
    let own_token = service.filter(|service| *service != Service::Gitlab);
    let system_token = own_token.map(|service| add(&format!("{} token", service.name())));
    let system = service.map(|_| add(ctx.global.kind.spec().system));
    let gitlab = GitLabLines { managers: Some(add("managers")), ..gitlab };
    let (exit, (), ()) = tokio::join!(
        print(ctx, lines),
        Box::pin(look_at_gitlab(ctx, gitlab)),
        Box::pin(look_at_system(ctx, service, system_token, system))
    );
    exit
}

/// Prints the lines in their order; gives the exit code of the first that is bad.
async fn print(ctx: &Ctx, lines: Vec<Line>) -> anyhow::Result<Exit> {
    let mut exit = Exit::Success;
    for (name, diagnosis) in lines {
        // Every look ends with a diagnosis.
        let Ok(diagnosis) = diagnosis.await else { continue };
        if let (Exit::Success, Diagnosis::Failed(failure)) = (exit, &diagnosis) {
            exit = failure.exit;
        }
        ctx.ui.result(&line(&name, &diagnosis))?;
    }
    Ok(exit)
}

fn line(name: &str, diagnosis: &Diagnosis) -> String {
    let (sign, text, hint) = match diagnosis {
        Diagnosis::Ok(text) => ("ok", text, None),
        Diagnosis::Warning(text, hint) => ("note", text, Some(hint)),
        Diagnosis::Failed(failure) => ("bad", &failure.message, failure.hint.as_ref()),
        Diagnosis::Skipped(text) => ("note", text, None),
    };
    let hint = hint.map(|hint| format!("\n      hint: {hint}")).unwrap_or_default();
    ui::lines(&format!("{sign:4}  {name}: {text}{hint}"))
}

/// Where the diagnoses go that need GitLab.
struct GitLabLines {
    token: oneshot::Sender<Diagnosis>,
    user: oneshot::Sender<Diagnosis>,
    clock: oneshot::Sender<Diagnosis>,
    project: oneshot::Sender<Diagnosis>,
    template: oneshot::Sender<Diagnosis>,
    roster: oneshot::Sender<Diagnosis>,
    managers: Option<oneshot::Sender<Diagnosis>>,
}

/// Looks at GitLab, and at what is there if it answers.
async fn look_at_gitlab(ctx: &Ctx, lines: GitLabLines) {
    let (has_token, token) = token(ctx, Service::Gitlab).await;
    send(lines.token, token);
    let (is_reached, user) = if has_token { user(ctx).await } else { (false, not_asked()) };
    send(lines.user, user);
    // The clock is GitLab's, which is known from its first answer.
    send(lines.clock, clock(ctx));
    if !is_reached {
        let skipped = || {
            if has_token {
                Diagnosis::Skipped("not asked, since GitLab cannot be reached".to_owned())
            } else {
                not_asked()
            }
        };
        for line in [lines.project, lines.template, lines.roster] {
            send(line, skipped());
        }
        if let Some(line) = lines.managers {
            send(line, managers(ctx, None).await);
        }
        return;
    }
    let project_and_managers = async {
        let (project, diagnosis) = audits_project(ctx).await;
        send(lines.project, diagnosis);
        if let Some(line) = lines.managers {
            send(line, managers(ctx, project.as_ref()).await);
        }
    };
    let template = async { send(lines.template, template(ctx).await) };
    let roster = async { send(lines.roster, roster(ctx).await) };
    tokio::join!(project_and_managers, template, roster);
}

/// Looks at the audited system.
async fn look_at_system(
    ctx: &Ctx,
    service: Option<Service>,
    token_line: Option<oneshot::Sender<Diagnosis>>,
    line: Option<oneshot::Sender<Diagnosis>>,
) {
    let (Some(service), Some(line)) = (service, line) else { return };
    let (has_token, token) = token(ctx, service).await;
    if let Some(token_line) = token_line {
        send(token_line, token);
    }
    send(line, audited_system(ctx, has_token).await);
}

/// Hands a diagnosis over to be printed.
fn send(line: oneshot::Sender<Diagnosis>, diagnosis: Diagnosis) {
    // Nobody listens any more where a line could not be printed.
    drop(line.send(diagnosis));
}

/// That GitLab was not asked, since there is no token for it.
fn not_asked() -> Diagnosis {
    Diagnosis::Warning(NO_TOKEN.to_owned(), Service::Gitlab.login().to_owned())
}

fn failed(error: &anyhow::Error) -> Diagnosis {
    Diagnosis::Failed(explain(error))
}

fn configuration(ctx: &Ctx) -> Diagnosis {
    let set = ctx.config.settings.iter().filter(|setting| !setting.is_default()).count();
    Diagnosis::Ok(format!(
        "version {}, {set} settings are not the defaults",
        env!("CARGO_PKG_VERSION")
    ))
}

fn clock(ctx: &Ctx) -> Diagnosis {
    let year = ctx.today().year();
    if year < 2026 {
        let hint =
            "set the machine's clock: waits and fiscal quarters are counted by it".to_owned();
        return Diagnosis::Warning(format!("{:.0}", ctx.now()), hint);
    }
    let period = ctx.config.calendar.audit(ctx.today());
    Diagnosis::Ok(format!("{:.0}, the audit is that of {period}", ctx.now()))
}

/// Whether a token of a service is at hand, be it one that was typed at a prompt, and where it is from.
async fn token(ctx: &Ctx, service: Service) -> (bool, Diagnosis) {
    let missing = |trouble| {
        let failure = tokens::missing(service, trouble);
        // Without GitLab there is no audit; accounts can also come from a file.
        if service == Service::Gitlab {
            Diagnosis::Failed(failure)
        } else {
            let hint = services::file_hint(ctx.global.kind).to_owned();
            Diagnosis::Warning(failure.message, hint)
        }
    };
    match ctx.token_store(service).find().await {
        Ok(Stored::Nothing | Stored::NoKeyring(_)) if ctx.clients.is_connected(service) => {
            (true, Diagnosis::Ok("typed, for this time".to_owned()))
        }
        Ok(Stored::Found(_, source)) => (true, Diagnosis::Ok(format!("from the {source}"))),
        Ok(Stored::Nothing) => (false, missing(None)),
        Ok(Stored::NoKeyring(reason)) => (false, missing(Some(reason))),
        Err(error) => (false, failed(&error)),
    }
}

const NO_TOKEN: &str = "not asked, for want of a token";

/// Whether GitLab can be reached, and whose the token is.
async fn user(ctx: &Ctx) -> (bool, Diagnosis) {
    let look = async {
        let user = ctx.user().await?;
        anyhow::Ok((user, ctx.gitlab().await?.token_self().await?))
    };
    match look.await {
        Err(error) => (!is_network_error(&error), failed(&error)),
        Ok((user, None)) => (true, Diagnosis::Ok(format!("you are {}", user.username))),
        Ok((user, Some(token))) => (true, scopes(ctx, &user.username, &token)),
    }
}

fn is_network_error(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let error = cause.downcast_ref::<api::Error>();
        error.is_some_and(|error| matches!(error.kind, ErrorKind::Network { .. }))
    })
}

/// Within how many days the end of a token is told.
const SOON: i32 = 30;

fn scopes(ctx: &Ctx, username: &str, token: &TokenInfo) -> Diagnosis {
    let scopes = token.scopes.join(", ");
    let text = format!("you are {username}, with the scopes {scopes}");
    if !token.scopes.iter().any(|scope| scope == "api") {
        let hint = "writing the issue and its comments needs the scope api";
        return Diagnosis::Warning(text, hint.to_owned());
    }
    let days = |end: Date| end.since(ctx.today()).map_or(SOON, |span| span.get_days());
    match token.expires_at {
        Some(end) if days(end) < SOON => {
            Diagnosis::Warning(format!("{text}, until {end}"), "make a new token before".to_owned())
        }
        _ => Diagnosis::Ok(text),
    }
}

/// The audits' project, if it can be read, and whether an audit can be recorded in it.
async fn audits_project(ctx: &Ctx) -> (Option<Project>, Diagnosis) {
    let path = &ctx.config.audits_project;
    let look = async { anyhow::Ok(ctx.gitlab().await?.project(path).await?) };
    match look.await.with_context(|| format!("could not look at {path}")) {
        Ok(project) => {
            let diagnosis = project_state(path, &project);
            (Some(project), diagnosis)
        }
        Err(error) => (None, failed(&error)),
    }
}

/// Whether an audit can be recorded in a project, which is configured to be at `path`.
fn project_state(path: &str, project: &Project) -> Diagnosis {
    let present = &project.path_with_namespace;
    let unusable =
        |text: String, hint: &str| Diagnosis::Failed(Failure::new(Exit::Failed, text).hint(hint));
    if project.archived {
        let hint = "unarchive it, or set `gitlab.audits_project` to another one";
        return unusable(format!("{present} is archived, so nothing can be written into it"), hint);
    }
    if project.issues_access_level.as_deref() == Some("disabled") {
        let hint = "switch them on in the project's settings";
        return unusable(format!("issues are switched off in {present}"), hint);
    }
    if path.parse::<u64>().is_err() && !present.eq_ignore_ascii_case(path) {
        let hint = "set `gitlab.audits_project` to the new path".to_owned();
        return Diagnosis::Warning(format!("{path} has moved to {present}"), hint);
    }
    Diagnosis::Ok(present.clone())
}

async fn template(ctx: &Ctx) -> Diagnosis {
    let name = &ctx.config.template;
    let look =
        async { anyhow::Ok(ctx.gitlab().await?.template(&ctx.config.audits_project, name).await?) };
    match look.await.with_context(|| format!("could not read the template {name}")) {
        Ok(_) => Diagnosis::Ok(name.clone()),
        // Another template does not help whoever is not let in.
        Err(error) if explain(&error).exit == Exit::Token => failed(&error),
        Err(error) => {
            let hint = "`init-issue --template builtin` does without".to_owned();
            Diagnosis::Warning(explain(&error).message, hint)
        }
    }
}

async fn roster(ctx: &Ctx) -> Diagnosis {
    match gather::gitlab_roster(ctx).await {
        Err(error) => failed(&error),
        Ok(source) => {
            let (roster, problems) = gather::parse_roster(ctx, &source.files);
            let text = format!("{} people, {} problems", roster.people.len(), problems.len());
            if problems.is_empty() {
                Diagnosis::Ok(text)
            } else {
                Diagnosis::Warning(text, "`support-audit run` tells each with its line".to_owned())
            }
        }
    }
}

async fn audited_system(ctx: &Ctx, has_token: bool) -> Diagnosis {
    if !has_token {
        let hint = services::file_hint(ctx.global.kind).to_owned();
        return Diagnosis::Warning(NO_TOKEN.to_owned(), hint);
    }
    match services::check_access(ctx).await {
        Ok(text) => Diagnosis::Ok(text.to_owned()),
        Err(error) => failed(&error),
    }
}

/// Whether the Support Operations Managers can be mentioned in the audit's issue; without the project
/// that holds it, whether there are any.
async fn managers(ctx: &Ctx, project: Option<&Project>) -> Diagnosis {
    let managers = &ctx.config.managers;
    if managers.is_empty() {
        let hint = "`managers` in the configuration names who is escalated to and who reviews";
        return Diagnosis::Warning("none are configured".to_owned(), hint.to_owned());
    }
    let faults = match project {
        Some(project) => manager_faults(ctx, project).await,
        None => Ok(vec![None; managers.len()]),
    };
    let faults = match faults.context("could not look for the managers") {
        Ok(faults) => faults,
        Err(error) => return failed(&error),
    };
    let mut names = Vec::new();
    for (manager, fault) in managers.iter().zip(&faults) {
        let fault = fault.map(|fault| format!(" ({fault})")).unwrap_or_default();
        names.push(format!("{}{fault}", manager.username));
    }
    let names = names.join(", ");
    if faults.iter().any(Option::is_some) {
        let hint = "who cannot be mentioned is neither escalated to nor asked for the review: correct `managers`, or give them access";
        return Diagnosis::Warning(names, hint.to_owned());
    }
    Diagnosis::Ok(names)
}

/// Why each manager cannot be mentioned; nothing for those who can.
async fn manager_faults(ctx: &Ctx, project: &Project) -> anyhow::Result<Vec<Option<&'static str>>> {
    let gitlab = ctx.gitlab().await?;
    let visibility = Visibility::from_project(project);
    let is_confidential = ctx.config.confidential.unwrap_or(visibility.needs_confidential_issues());
    let level = visibility.level_to_see(is_confidential);
    let members = gitlab.members(&project.id.to_string()).await?;
    let mut faults = Vec::new();
    for manager in &ctx.config.managers {
        let username = manager.username.trim_start_matches('@');
        let member = members.iter().find(|member| member.username.eq_ignore_ascii_case(username));
        let state = match member {
            Some(member) => Some(member.state.clone()),
            None => gitlab.user_by_name(username).await?.map(|user| user.state),
        };
        let access_level = member.map_or(0, |member| member.access_level);
        faults.push(match state.as_deref() {
            None => Some("no such user"),
            Some("active") if level.is_some_and(|level| access_level < level) => {
                Some("cannot see the issue")
            }
            Some("active") => None,
            Some(_) => Some("blocked"),
        });
    }
    Ok(faults)
}
