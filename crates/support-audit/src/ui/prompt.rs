//! Questions to the user, and what is typed or piped in.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use audit::text::clean;

use super::{Ui, is_dumb};
use crate::error::{Exit, Failure};

impl Ui {
    /// Asks for a secret, which is not shown while it is typed.
    pub(crate) async fn ask_secret(&self, question: &str) -> anyhow::Result<String> {
        self.end_progress();
        let question = clean(question).into_owned();
        answered(move || dialoguer::Password::new().with_prompt(question).interact()).await
    }

    /// Asks for one of several things, by its place; the first is what Enter takes.
    pub(crate) async fn choose(&self, question: &str, things: &[&str]) -> anyhow::Result<usize> {
        self.end_progress();
        let question = clean(question).into_owned();
        let things: Vec<String> = things.iter().map(|thing| clean(thing).into_owned()).collect();
        if is_dumb() {
            return self.choose_by_number(&question, &things).await;
        }
        answered(move || {
            dialoguer::Select::new().with_prompt(question).items(&things).default(0).interact()
        })
        .await
    }

    /// Asks for one of several things where no list can be redrawn.
    async fn choose_by_number(&self, question: &str, things: &[String]) -> anyhow::Result<usize> {
        for (number, thing) in (1..).zip(things) {
            self.show_lines(&format!("{number}  {thing}"));
        }
        let question = format!("{question} (1 to {}, 1 by itself)", things.len());
        loop {
            match self.ask_text(&question).await?.trim() {
                "" => return Ok(0),
                typed => match typed.parse::<usize>() {
                    Ok(number) if (1..=things.len()).contains(&number) => return Ok(number - 1),
                    _ => self.show_lines(&format!("there is no {typed}")),
                },
            }
        }
    }

    /// Asks for a line of text, which may be empty.
    pub(crate) async fn ask_text(&self, question: &str) -> anyhow::Result<String> {
        self.end_progress();
        let question = clean(question).into_owned();
        answered(move || {
            dialoguer::Input::new().with_prompt(question).allow_empty(true).interact_text()
        })
        .await
    }

    /// Asks a question that is answered by yes or no.
    pub(crate) async fn ask(&self, question: &str, default: bool) -> anyhow::Result<bool> {
        self.end_progress();
        let question = clean(question).into_owned();
        answered(move || {
            dialoguer::Confirm::new().with_prompt(question).default(default).interact()
        })
        .await
    }
}

/// The answer to a prompt.
///
/// A prompt switches off the terminal's echo or hides its cursor, and an interrupt, which drops what
/// is being done here, would leave them so.
async fn answered<T: Send + 'static>(
    prompt: impl FnOnce() -> dialoguer::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    let terminal = Terminal::remember();
    let answer = tokio::task::spawn_blocking(prompt)
        .await
        .map_err(|error| Failure::new(Exit::Failed, format!("could not ask: {error}")))?;
    match answer {
        Ok(answer) => {
            terminal.leave_as_it_is();
            Ok(answer)
        }
        Err(dialoguer::Error::IO(error)) if error.kind() == io::ErrorKind::Interrupted => {
            Err(Failure::new(Exit::Interrupted, "interrupted").into())
        }
        Err(error) => Err(Failure::new(Exit::Usage, format!("could not ask: {error}")).into()),
    }
}

/// The terminal's settings before a prompt, which come back when this is dropped.
struct Terminal {
    #[cfg(unix)]
    settings: Option<rustix::termios::Termios>,
}

impl Terminal {
    fn remember() -> Self {
        Self {
            #[cfg(unix)]
            settings: rustix::termios::tcgetattr(io::stdin()).ok(),
        }
    }

    /// The prompt has ended by itself and has left everything as it was.
    fn leave_as_it_is(self) {
        std::mem::forget(self);
    }
}

impl Drop for Terminal {
    /// Brings back the settings and the cursor, and leaves the prompt's line.
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(settings) = &self.settings {
            // A terminal that is gone needs no settings.
            let now = rustix::termios::OptionalActions::Now;
            rustix::termios::tcsetattr(io::stdin(), now, settings).ok();
        }
        let terminal = console::Term::stderr();
        drop(terminal.show_cursor());
        drop(terminal.write_line(""));
    }
}

/// Reads all of stdin, without being in the way of an interrupt.
pub(crate) async fn read_stdin() -> io::Result<Vec<u8>> {
    blocking(|| {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        Ok(bytes)
    })
    .await
}

/// Reads the first line of stdin, which must not be a terminal: it would show what is typed.
pub(crate) async fn read_stdin_line() -> io::Result<String> {
    if io::stdin().is_terminal() {
        return Err(io::Error::other("it is a terminal, which would show it"));
    }
    blocking(|| {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        Ok(line)
    })
    .await
}

async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
}
