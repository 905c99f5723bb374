//! The terminal: results to stdout, everything else to stderr.

use std::fmt;
use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use api::{PageRead, Wait, WaitReason};
use audit::text::clean;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

use crate::cli::{Color, Format, Global};
use crate::explain::{Exit, Failure};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// Where the program talks to its user.
#[derive(Debug, Clone)]
pub(crate) struct Ui {
    quiet: bool,
    color: ColorChoice,
    may_ask: bool,
    shows_progress: bool,
    /// Whether a result has been printed: there is one document, and nothing behind it.
    has_printed: Arc<AtomicBool>,
    /// The progress that is shown now, which other lines must not break.
    progress: Arc<Mutex<Option<ProgressBar>>>,
    /// Until which second of the shown progress something is waited for.
    wait: Arc<AtomicU64>,
}

impl Ui {
    /// Looks at the streams and at what the user asked for.
    #[expect(clippy::disallowed_methods, reason = "the one place that looks at the streams")]
    pub(crate) fn new(global: &Global) -> Self {
        let stderr = io::stderr();
        // A zero forces nothing (bixense.com/clicolors), though the library takes any value for a yes.
        let forces_nothing = std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| value == "0");
        let color = match global.color {
            Color::Auto if forces_nothing && !stderr.is_terminal() => ColorChoice::Never,
            Color::Auto => AutoStream::choice(&stderr),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        let is_terminal = stderr.is_terminal();
        Self {
            quiet: global.quiet,
            color,
            may_ask: !global.no_input && is_terminal && io::stdin().is_terminal(),
            shows_progress: !global.quiet
                && !is_dumb()
                && !ProgressDrawTarget::stderr().is_hidden(),
            has_printed: Arc::default(),
            progress: Arc::default(),
            wait: Arc::default(),
        }
    }

    /// For what must be said before the user's wishes are known.
    pub(crate) fn plain() -> Self {
        Self {
            quiet: false,
            color: ColorChoice::Never,
            may_ask: false,
            shows_progress: false,
            has_printed: Arc::default(),
            progress: Arc::default(),
            wait: Arc::default(),
        }
    }

    /// Whether somebody is there to answer.
    pub(crate) fn may_ask(&self) -> bool {
        self.may_ask
    }

    /// Whether somebody is there who sees everything and answers.
    #[expect(clippy::disallowed_methods, reason = "the one place that looks at the streams")]
    pub(crate) fn may_guide(&self) -> bool {
        self.may_ask && io::stdout().is_terminal()
    }

    /// Whether stderr takes colour.
    pub(crate) fn has_color(&self) -> bool {
        self.color != ColorChoice::Never
    }

    /// Writes the result to stdout. A reader who has seen enough ends it quietly.
    #[expect(clippy::disallowed_methods, reason = "the one place that writes results")]
    pub(crate) fn result(&self, text: &str) -> anyhow::Result<()> {
        self.has_printed.store(true, Ordering::Relaxed);
        let write = || {
            let mut stdout = io::stdout().lock();
            stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
        };
        match self.aside(write) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => {
                let message = format!("could not write the result: {error}");
                Err(Failure::new(Exit::Failed, message).into())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Whether a result has been printed.
    pub(crate) fn has_printed(&self) -> bool {
        self.has_printed.load(Ordering::Relaxed)
    }

    /// Tells how things stand, unless the user wants quiet.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            self.line(&clean(text));
        }
    }

    /// Tells in several lines how things stand, unless the user wants quiet.
    pub(crate) fn say_lines(&self, text: &str) {
        if !self.quiet {
            self.show_lines(text);
        }
    }

    /// Shows what the user is going to be asked about, however quiet they want it.
    pub(crate) fn show_lines(&self, text: &str) {
        self.line(lines(text).trim_end());
    }

    /// Tells what the user should look at.
    pub(crate) fn warn(&self, text: &str) {
        self.line(&format!("{WARNING}warning:{WARNING:#} {}", clean(text)));
    }

    /// Tells why the command failed.
    pub(crate) fn error(&self, failure: &Failure) {
        self.line(&format!("{ERROR}error:{ERROR:#} {}", clean(&failure.message)));
        if let Some(hint) = &failure.hint {
            self.line(&format!("{HINT}hint:{HINT:#} {}", clean(hint)));
        }
    }

    /// A line to stderr; nobody can be told that stderr is closed.
    #[expect(clippy::disallowed_methods, reason = "the one place that writes to stderr")]
    fn line(&self, line: &str) {
        self.aside(|| {
            let mut stderr = AutoStream::new(io::stderr().lock(), self.color);
            drop(writeln!(stderr, "{line}"));
        });
    }

    /// Does something while no progress stands in the way.
    fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match progress {
            Some(progress) => progress.suspend(write),
            None => write(),
        }
    }

    /// Shows that something takes its time, until what is returned is dropped.
    pub(crate) fn progress(&self, doing: &str) -> Progress {
        let doing = clean(doing).into_owned();
        if self.shows_progress {
            self.end_progress();
            let bar = ProgressBar::new_spinner();
            self.show(bar, "{spinner} {msg} ({prefix}{elapsed}){wait}", doing);
        } else {
            self.say(&doing);
        }
        Progress { ui: self.clone() }
    }

    /// Shows how many of so many things are done, until what is returned is dropped.
    pub(crate) fn count(&self, doing: &str, all: usize) -> Progress {
        let doing = clean(doing).into_owned();
        if self.shows_progress {
            self.end_progress();
            let bar = ProgressBar::new(u64::try_from(all).unwrap_or(u64::MAX));
            let template = "{spinner} {msg} {pos} of {len} [{bar:30}] about {eta} left{wait}";
            self.show(bar, template, doing);
        } else {
            self.say(&format!("{doing} {all}"));
        }
        Progress { ui: self.clone() }
    }

    /// Shows a progress, with the seconds that are left of a wait.
    fn show(&self, bar: ProgressBar, template: &str, doing: String) {
        self.wait.store(0, Ordering::Relaxed);
        let until = Arc::clone(&self.wait);
        let left = move |state: &ProgressState, writer: &mut dyn fmt::Write| {
            let left = until.load(Ordering::Relaxed).saturating_sub(state.elapsed().as_secs());
            if left > 0 {
                // It writes into memory.
                write!(writer, ", waiting {left} s").ok();
            }
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.with_key("wait", left));
        }
        bar.set_message(doing);
        bar.enable_steady_tick(Duration::from_millis(120));
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar);
    }

    /// Tells of a wait before a request is repeated, and counts down where progress is shown.
    pub(crate) fn waits(&self, wait: &Wait) {
        let reason = match wait.reason {
            WaitReason::RateLimited => "rate limited",
            WaitReason::Retrying => "no good answer",
        };
        let Wait { attempt, attempts, .. } = wait;
        let seconds = wait.delay.as_secs_f64().ceil();
        self.say(&format!("{reason}: attempt {attempt} of {attempts} in {seconds} s"));
        let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(bar) = progress {
            let until = bar.elapsed().saturating_add(wait.delay).as_secs() + 1;
            self.wait.store(until, Ordering::Relaxed);
        }
    }

    /// Tells how much of a list has been read, beside the progress that is shown.
    pub(crate) fn has_read(&self, page: &PageRead) {
        let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(bar) = progress {
            let PageRead { list, number, items } = page;
            bar.set_prefix(format!("{items} in {number} pages of {list}, "));
        }
    }

    /// Takes away the progress that is shown: a prompt must not be drawn over.
    fn end_progress(&self) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = progress.take() {
            bar.finish_and_clear();
        }
    }

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

/// Whether the terminal cannot move its cursor.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Progress that is shown until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    ui: Ui,
}

impl Progress {
    /// One more thing is done.
    pub(crate) fn advance(&self) {
        let progress = self.ui.progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(bar) = progress {
            bar.inc(1);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.ui.end_progress();
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

/// `text` line by line, without anything that a terminal would act on.
pub(crate) fn lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(clean).collect();
    format!("{}\n", lines.join("\n"))
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

/// The form of a command's output, if the command has it.
pub(crate) fn format(
    wanted: Option<Format>,
    default: Format,
    known: &[Format],
) -> anyhow::Result<Format> {
    let format = wanted.unwrap_or(default);
    if known.contains(&format) {
        return Ok(format);
    }
    let name = |format: &Format| format!("{format:?}").to_lowercase();
    let known: Vec<String> = known.iter().map(name).collect();
    let message = format!("this command has no form `{}`", name(&format));
    Err(Failure::new(Exit::Usage, message)
        .hint(format!("use --format {}", known.join(" or ")))
        .into())
}

/// A value as one JSON document that a terminal does not act on.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> anyhow::Result<String> {
    Ok(audit::text::json(value)?)
}

/// Prints an error as a JSON document; it is told on stderr as well, so nobody misses it here.
#[expect(clippy::disallowed_methods, reason = "the one place that writes errors as results")]
pub(crate) fn print_json_error(failure: &Failure) {
    let Failure { exit, message, hint } = failure;
    let code = *exit as u8;
    let error = serde_json::json!({ "error": { "code": code, "message": message, "hint": hint } });
    drop(io::stdout().write_all(json(&error).unwrap_or_default().as_bytes()));
}

/// Rows whose columns are as wide as their widest cell.
pub(crate) fn columns<const N: usize>(rows: impl IntoIterator<Item = [String; N]>) -> String {
    let rows: Vec<[String; N]> =
        rows.into_iter().map(|row| row.map(|cell| clean(&cell).into_owned())).collect();
    audit::text::columns(&rows)
}

/// Starts the log that `-v` asks for.
#[expect(clippy::disallowed_methods, reason = "the log goes to stderr")]
pub(crate) fn start_log(verbosity: u8, ui: &Ui) {
    let level = match verbosity {
        0 => return,
        1 => tracing::Level::DEBUG,
        _ => tracing::Level::TRACE,
    };
    // Other crates' logs may hold what they send, and so a token.
    let ours = Targets::new().with_target("api", level).with_target("support_audit", level);
    let lines = tracing_subscriber::fmt::layer()
        .without_time()
        .with_ansi(ui.has_color())
        .with_writer(io::stderr);
    let subscriber = tracing_subscriber::registry().with(lines.with_filter(ours));
    // It is set once, here.
    drop(tracing::subscriber::set_global_default(subscriber));
}
