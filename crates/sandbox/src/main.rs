//! Serves a world until it is interrupted, and prints how to reach it.
//!
//! `sandbox [--world FOLDER]`: the demo world, or the one in the folder. Standard output is a
//! shell script that exports the addresses, the first token of each service and the path of the
//! world's configuration file: `eval "$(…)"` it, or read it line by line. When it ends, standard
//! error gets a table of the mails that would have been sent.

use std::{ffi::OsString, io::Write as _, path::Path};

use anyhow::{Context as _, bail};
use sandbox::{Sandbox, World};

const USAGE: &str = "usage: sandbox [--world FOLDER]";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let world = world(&arguments)?;
    let sandbox = Sandbox::start(world)?;
    let script = sandbox.update(|world| exports(&sandbox, world));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // Whoever has read the addresses may end it at once.
        let interruption = interruption().context("waiting for an interrupt")?;
        print(&script).context("printing the addresses")?;
        interruption.await;
        let mails = sandbox.update(|world| mails(world));
        report(&mails).context("printing the mails")
    })
}

fn world(arguments: &[OsString]) -> anyhow::Result<World> {
    match arguments {
        [] => World::demo(),
        [option, folder] if option == "--world" => World::load(Path::new(folder)),
        _ => bail!("{USAGE}"),
    }
}

/// One `export` per line; what the world does not have is left out.
fn exports(sandbox: &Sandbox, world: &World) -> String {
    let token = world.tokens.first().map(|token| token.value.clone());
    let calendly_token = world.calendly.tokens.first().map(|token| token.value.clone());
    let config = world.config.as_ref().map(|path| path.display().to_string());
    [
        ("SUPPORT_AUDIT_GITLAB_URL", Some(sandbox.gitlab_url())),
        ("SUPPORT_AUDIT_CALENDLY_URL", Some(sandbox.calendly_url())),
        ("GL_TOKEN", token),
        ("CALENDLY_API_TOKEN", calendly_token),
        ("SUPPORT_AUDIT_CONFIG", config),
    ]
    .into_iter()
    .filter_map(|(name, value)| {
        let value = value?.replace('\'', r"'\''");
        Some(format!("export {name}='{value}'\n"))
    })
    .collect()
}

/// The table of the mails, with those of the first token's user apart; empty if there were none.
fn mails(world: &World) -> String {
    if world.mails().next().is_none() {
        return String::new();
    }
    let operator = world.tokens.first().map_or("", |token| &token.user);
    format!("Mails, first those that {operator} caused:\n\n{}", world.mail_table(operator))
}

/// Writes to standard error: standard output is a script.
#[expect(clippy::disallowed_methods, reason = "standard output is taken by the addresses")]
fn report(text: &str) -> std::io::Result<()> {
    std::io::stderr().write_all(text.as_bytes())
}

#[expect(clippy::disallowed_methods, reason = "whoever started this program reads it here")]
fn print(text: &str) -> std::io::Result<()> {
    let mut output = std::io::stdout();
    output.write_all(text.as_bytes())?;
    output.flush()
}

/// What ends when the program is to end; listened for as soon as this returns.
#[cfg(unix)]
fn interruption() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn interruption() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupted = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupted.recv().await;
    })
}
