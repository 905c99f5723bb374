//! `doctor`: whether everything is there that an audit needs. Its output may be pasted anywhere.

use anyhow::Context as _;
use api::gitlab::TokenInfo;
use jiff::civil::Date;

use crate::args::Format;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure, explain};
use crate::tokens::{self, Service, Stored};
use crate::{gather, services, ui};

/// What came of one look.
enum Diagnosis {
    /// All is well.
    Ok(String),
    /// An audit goes on without it, in part.
    Warning(String, String),
    /// An audit needs it.
    Failed(Failure),
}

/// Checks what an audit needs, one thing after the other, and prints one line for each, with a hint
/// where something is wrong.
pub(crate) async fn exec(ctx: &Ctx) -> anyhow::Result<Exit> {
    ui::format(ctx.global.format, Format::Table, &[Format::Table])?;
    let kind = ctx.global.kind;
    // The clock is GitLab's, which is known from its first answer.
    let gitlab = gitlab(ctx).await;
    let mut lines = vec![
        ("configuration".to_owned(), configuration(ctx)),
        ("clock".to_owned(), clock(ctx)),
        ("GitLab token".to_owned(), token(ctx, Service::Gitlab).await),
        ("GitLab".to_owned(), gitlab),
        ("audits project".to_owned(), audits_project(ctx).await),
        ("issue template".to_owned(), template(ctx).await),
        ("roster".to_owned(), roster(ctx).await),
    ];
    if let Some(service) = services::token(kind) {
        // GitLab's token has its line, whatever is audited.
        if service != Service::Gitlab {
            lines.push((format!("{} token", service.name()), token(ctx, service).await));
        }
        lines.push((kind.spec().system.to_owned(), audited_system(ctx, service).await));
    }
    lines.push(("managers".to_owned(), managers(ctx)));
    let mut exit = Exit::Success;
    for (name, diagnosis) in lines {
        let (sign, text, hint) = match diagnosis {
            Diagnosis::Ok(text) => ("ok", text, None),
            Diagnosis::Warning(text, hint) => ("note", text, Some(hint)),
            Diagnosis::Failed(failure) => {
                if exit == Exit::Success {
                    exit = failure.exit;
                }
                ("bad", failure.message, failure.hint)
            }
        };
        let hint = hint.map(|hint| format!("\n      hint: {hint}")).unwrap_or_default();
        ctx.ui.result(&ui::lines(&format!("{sign:4}  {name}: {text}{hint}")))?;
    }
    Ok(exit)
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

async fn token(ctx: &Ctx, service: Service) -> Diagnosis {
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
            Diagnosis::Ok("typed, for this time".to_owned())
        }
        Ok(Stored::Found(_, source)) => Diagnosis::Ok(format!("from the {source}")),
        Ok(Stored::Nothing) => missing(None),
        Ok(Stored::NoKeyring(reason)) => missing(Some(reason)),
        Err(error) => failed(&error),
    }
}

/// Whether a token is at hand, be it one that was typed at a prompt.
async fn has_token(ctx: &Ctx, service: Service) -> bool {
    ctx.clients.is_connected(service)
        || matches!(ctx.token_store(service).find().await, Ok(Stored::Found(..)))
}

const NO_TOKEN: &str = "not asked, for want of a token";

async fn gitlab(ctx: &Ctx) -> Diagnosis {
    if !has_token(ctx, Service::Gitlab).await {
        return Diagnosis::Warning(NO_TOKEN.to_owned(), Service::Gitlab.login().to_owned());
    }
    let look = async {
        let user = ctx.user().await?;
        anyhow::Ok((user, ctx.gitlab().await?.token_self().await?))
    };
    match look.await {
        Err(error) => failed(&error),
        Ok((user, None)) => Diagnosis::Ok(format!("you are {}", user.username)),
        Ok((user, Some(token))) => scopes(ctx, &user.username, &token),
    }
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

async fn audits_project(ctx: &Ctx) -> Diagnosis {
    if !has_token(ctx, Service::Gitlab).await {
        return Diagnosis::Warning(NO_TOKEN.to_owned(), Service::Gitlab.login().to_owned());
    }
    let project = &ctx.config.audits_project;
    let look = async { anyhow::Ok(ctx.gitlab().await?.project(project).await?) };
    match look.await.with_context(|| format!("could not look at {project}")) {
        Ok(_) => Diagnosis::Ok(project.clone()),
        Err(error) => failed(&error),
    }
}

async fn template(ctx: &Ctx) -> Diagnosis {
    if !has_token(ctx, Service::Gitlab).await {
        return Diagnosis::Warning(NO_TOKEN.to_owned(), Service::Gitlab.login().to_owned());
    }
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
    if !has_token(ctx, Service::Gitlab).await {
        return Diagnosis::Warning(NO_TOKEN.to_owned(), Service::Gitlab.login().to_owned());
    }
    match gather::gitlab_roster(ctx).await {
        Err(error) => failed(&error),
        Ok(source) => {
            let (roster, problems) =
                audit::roster::parse(&source.files, &ctx.config.operations_team);
            let text = format!("{} people, {} problems", roster.people.len(), problems.len());
            if problems.is_empty() {
                Diagnosis::Ok(text)
            } else {
                Diagnosis::Warning(text, "`support-audit run` tells each with its line".to_owned())
            }
        }
    }
}

async fn audited_system(ctx: &Ctx, service: Service) -> Diagnosis {
    if !has_token(ctx, service).await {
        let hint = services::file_hint(ctx.global.kind).to_owned();
        return Diagnosis::Warning(NO_TOKEN.to_owned(), hint);
    }
    match services::check_access(ctx).await {
        Ok(text) => Diagnosis::Ok(text.to_owned()),
        Err(error) => failed(&error),
    }
}

fn managers(ctx: &Ctx) -> Diagnosis {
    match ctx.config.managers.as_slice() {
        [] => {
            let hint = "`managers` in the configuration names who is escalated to and who reviews";
            Diagnosis::Warning("none are configured".to_owned(), hint.to_owned())
        }
        managers => {
            let names: Vec<&str> =
                managers.iter().map(|manager| manager.username.as_str()).collect();
            Diagnosis::Ok(names.join(", "))
        }
    }
}
