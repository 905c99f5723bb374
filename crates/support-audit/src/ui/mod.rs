//! The terminal: results to stdout, everything else to stderr.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use audit::text::clean;
use indicatif::ProgressDrawTarget;

mod log;
mod progress;
mod prompt;
mod running;
mod stdout;

pub(crate) use log::start_log;
pub(crate) use prompt::{read_stdin, read_stdin_line};
pub(crate) use stdout::report;

use self::running::Running;
use crate::args::{Color, Format, Global};
use crate::error::{Exit, Failure};

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
    progress: Arc<Mutex<Running>>,
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
    pub(crate) fn result(&self, text: &str) -> anyhow::Result<()> {
        self.has_printed.store(true, Ordering::Relaxed);
        Ok(self.aside(|| stdout::write_result(text))?)
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
        match self.bar() {
            Some(progress) => progress.suspend(write),
            None => write(),
        }
    }
}

/// Whether the terminal cannot move its cursor.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// `text` line by line, without anything that a terminal would act on.
pub(crate) fn lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(clean).collect();
    format!("{}\n", lines.join("\n"))
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
    audit::text::aligned(&rows)
}
