//! `auth`: the tokens.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::args::Format;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure, explain};
use crate::tokens::{self, Identity, KeyringTrouble, Service, Stored, TypedToken};
use crate::ui::{self, columns};

/// Keep, show or remove the tokens
#[derive(Debug, Args)]
pub(crate) struct Auth {
    #[command(subcommand)]
    action: Action,
    /// Whose token
    #[arg(long, value_enum, default_value_t, global = true)]
    service: Service,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Check a token and keep it in the OS keyring
    ///
    /// The token is asked for on a terminal and read from stdin otherwise:
    /// `support-audit auth login < token.txt`. No flag takes it, since others can see flags.
    #[command(verbatim_doc_comment)]
    Login,
    /// Show where the token comes from, whose it is, and what it may do
    Status,
    /// Remove the token from the OS keyring
    Logout,
}

impl Auth {
    pub(crate) async fn exec(self, ctx: &Ctx) -> anyhow::Result<Exit> {
        match self.action {
            Action::Login => login(ctx, self.service).await,
            Action::Status => status(ctx, self.service).await,
            Action::Logout => logout(ctx, self.service).await,
        }
    }
}

async fn login(ctx: &Ctx, service: Service) -> anyhow::Result<Exit> {
    let store = ctx.token_store(service);
    let host = store.host();
    store.check_keyring().await.map_err(|trouble| no_keyring(service, trouble))?;
    let text = if ctx.ui.may_ask() {
        ctx.ui.ask_secret(&format!("{} token for {host}", service.name())).await?
    } else {
        ui::read_stdin_line().await.map_err(|error| {
            Failure::new(Exit::Token, format!("could not read the token from stdin: {error}"))
                .hint("pipe it: `support-audit auth login < FILE`")
        })?
    };
    let typed = TypedToken::new(text);
    let identity = ctx.identify(service, typed.token()?).await?;
    store.keep(&typed).await.map_err(|trouble| no_keyring(service, trouble))?;
    ctx.ui.say(&format!("kept the token of {} for {host} in the keyring", identity.user));
    if tokens::is_in_environment(service) {
        ctx.ui.warn(&format!("{} is set and goes before the keyring", service.variable()));
    }
    Ok(Exit::Success)
}

async fn logout(ctx: &Ctx, service: Service) -> anyhow::Result<Exit> {
    let store = ctx.token_store(service);
    let host = store.host();
    let was_there = store.forget().await.map_err(|trouble| no_keyring(service, trouble))?;
    ctx.ui.say(&if was_there {
        format!("removed the token for {host} from the keyring")
    } else {
        format!("the keyring holds no token for {host}")
    });
    Ok(Exit::Success)
}

fn no_keyring(service: Service, trouble: KeyringTrouble) -> Failure {
    Failure::new(Exit::Failed, format!("the keyring cannot be used: {trouble}"))
        .hint(trouble.hint(service))
}

/// What `auth status` tells.
#[derive(Serialize)]
struct Status {
    schema: &'static str,
    service: &'static str,
    host: String,
    source: Option<String>,
    usable: bool,
    user: Option<String>,
    scopes: Option<Vec<String>>,
    expires: Option<String>,
    problem: Option<String>,
}

async fn status(ctx: &Ctx, service: Service) -> anyhow::Result<Exit> {
    let format = ui::format(ctx.global.format, Format::Table, &[Format::Table, Format::Json])?;
    let (status, exit) = examine(ctx, service).await;
    let text = if format == Format::Json { ui::json(&status)? } else { rows(&status) };
    ctx.ui.result(&text)?;
    if exit == Exit::Token {
        let variable = service.variable();
        ctx.ui.say(&if tokens::is_in_environment(service) {
            format!("hint: replace {variable}; or unset it, and `{}` keeps one", service.login())
        } else if let Some(hint) = tokens::unread_variable(service) {
            format!("hint: {hint}")
        } else {
            format!("hint: set {variable}, or `{}` keeps a usable one", service.login())
        });
    }
    Ok(exit)
}

async fn examine(ctx: &Ctx, service: Service) -> (Status, Exit) {
    let store = ctx.token_store(service);
    let mut status = Status {
        schema: "support-audit/auth-status/1",
        service: service.name(),
        host: store.host().to_owned(),
        source: None,
        usable: false,
        user: None,
        scopes: None,
        expires: None,
        problem: None,
    };
    let found = match store.find().await {
        Ok(Stored::Found(token, source)) => {
            status.source = Some(source.to_string());
            ctx.identify(service, token).await
        }
        Ok(Stored::Nothing) => Err(tokens::missing(service, None).into()),
        Ok(Stored::NoKeyring(reason)) => Err(tokens::missing(service, Some(reason)).into()),
        Err(error) => Err(error),
    };
    match found {
        Ok(Identity { user, scopes, expires }) => {
            (status.user, status.scopes, status.expires) = (Some(user), scopes, expires);
            status.usable = true;
            (status, Exit::Success)
        }
        Err(error) => {
            let failure = explain(&error);
            status.problem = Some(failure.message);
            (status, failure.exit)
        }
    }
}

fn rows(status: &Status) -> String {
    let unknown = || "unknown".to_owned();
    let mut rows = vec![
        ["service".to_owned(), status.service.to_owned()],
        ["host".to_owned(), status.host.clone()],
        ["source".to_owned(), status.source.clone().unwrap_or_else(|| "none".to_owned())],
    ];
    if status.usable {
        let scopes = status.scopes.as_ref().map(|scopes| scopes.join(", "));
        rows.extend([
            ["user".to_owned(), status.user.clone().unwrap_or_else(unknown)],
            ["scopes".to_owned(), scopes.unwrap_or_else(unknown)],
            ["expires".to_owned(), status.expires.clone().unwrap_or_else(unknown)],
        ]);
    }
    if let Some(problem) = &status.problem {
        rows.push(["problem".to_owned(), problem.clone()]);
    }
    columns(rows)
}
