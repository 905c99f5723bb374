//! `doctor`: whether everything is there that an audit needs. Its output may be pasted anywhere.

use anyhow::Context as _;
use api::gitlab::TokenInfo;
use jiff::civil::Date;

use crate::args::Format;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure, explain};
use crate::tokens::{self, Service, Stored};
use crate::{gather, ui};

/// What came of one look.
enum Diagnosis {
    /// All is well.
    Ok(String),
    /// An audit goes on without it, in part.
    Warning(String, String),
    /// An audit needs it.
    Failed(Failure),
}

/// Looks at the configuration, the tokens, the projects, the template, the roster and Calendly, with
/// one line for each and a hint where something is wrong.
pub(crate) async fn exec(ctx: &Ctx) -> anyhow::Result<Exit> {
    ui::format(ctx.global.format, Format::Table, &[Format::Table])?;
    let mut exit = Exit::Success;
    // The clock is GitLab's, which is known from its first answer.
    let gitlab = gitlab(ctx).await;
    for (name, diagnosis) in [
        ("configuration", configuration(ctx)),
        ("clock", clock(ctx)),
        ("GitLab token", token(ctx, Service::Gitlab).await),
        ("GitLab", gitlab),
        ("audits project", audits_project(ctx).await),
        ("issue template", template(ctx).await),
        ("roster", roster(ctx).await),
        ("Calendly token", token(ctx, Service::Calendly).await),
        ("Calendly", calendly(ctx).await),
        ("managers", managers(ctx)),
    ] {
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
        match service {
            Service::Gitlab => Diagnosis::Failed(failure),
            Service::Calendly => Diagnosis::Warning(
                failure.message,
                "--accounts reads the admins' CSV export instead".to_owned(),
            ),
        }
    };
    match ctx.token_store(service).find().await {
        Ok(Stored::Nothing | Stored::NoKeyring(_)) if is_connected(ctx, service) => {
            Diagnosis::Ok("typed, for this time".to_owned())
        }
        Ok(Stored::Found(_, source)) => Diagnosis::Ok(format!("from the {source}")),
        Ok(Stored::Nothing) => missing(None),
        Ok(Stored::NoKeyring(reason)) => missing(Some(reason)),
        Err(error) => failed(&error),
    }
}

async fn has_token(ctx: &Ctx, service: Service) -> bool {
    is_connected(ctx, service)
        || matches!(ctx.token_store(service).find().await, Ok(Stored::Found(..)))
}

/// Whether a token has been given already, as at a prompt.
fn is_connected(ctx: &Ctx, service: Service) -> bool {
    match service {
        Service::Gitlab => ctx.has_asked_gitlab(),
        Service::Calendly => ctx.has_asked_calendly(),
    }
}

const NO_TOKEN: &str = "not asked, for want of a token";

async fn gitlab(ctx: &Ctx) -> Diagnosis {
    if !has_token(ctx, Service::Gitlab).await {
        return Diagnosis::Warning(NO_TOKEN.to_owned(), Service::Gitlab.login().to_owned());
    }
    let look = async {
        let gitlab = ctx.gitlab().await?;
        let user = gitlab.user().await?;
        anyhow::Ok((user, gitlab.token_self().await?))
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

async fn calendly(ctx: &Ctx) -> Diagnosis {
    if !has_token(ctx, Service::Calendly).await {
        let hint = "--accounts reads the admins' CSV export instead".to_owned();
        return Diagnosis::Warning(NO_TOKEN.to_owned(), hint);
    }
    let look = async {
        let organization = gather::organization(ctx).await?;
        let listing = ctx.calendly().await?.invitations(&organization.uri).await;
        match listing.broken {
            Some(broken) => Err(broken.into()),
            None => anyhow::Ok(()),
        }
    };
    match look.await {
        Ok(()) => Diagnosis::Ok("the organisation can be read".to_owned()),
        Err(error) => {
            // Without the service the hint would lead to GitLab's token.
            let own = "auth status --service calendly`";
            let Failure { exit, message, hint } = explain(&error);
            let hint = hint.map(|hint| hint.replace("auth status`", own));
            Diagnosis::Failed(Failure { exit, message, hint })
        }
    }
}

fn managers(ctx: &Ctx) -> Diagnosis {
    match ctx.config.managers.as_slice() {
        [] => {
            let hint = "`managers` in the configuration names who is escalated to and who reviews";
            Diagnosis::Warning("none are configured".to_owned(), hint.to_owned())
        }
        managers => {
            let names: Vec<&str> = managers.iter().map(|it| it.username.as_str()).collect();
            Diagnosis::Ok(names.join(", "))
        }
    }
}
