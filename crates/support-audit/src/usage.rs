//! Parses the command line, and reports what is wrong with it.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, FromArgMatches as _, ValueEnum};

use crate::args::{Color, Format};
use crate::cli::Cli;
use crate::error::{Exit, Failure};
use crate::ui::{self, Ui};

/// Parses the command line.
pub(crate) fn parse() -> Result<Cli, clap::Error> {
    let color = match argument("--color") {
        Some(Color::Always) => clap::ColorChoice::Always,
        Some(Color::Never) => clap::ColorChoice::Never,
        Some(Color::Auto) | None => clap::ColorChoice::Auto,
    };
    Cli::from_arg_matches(&Cli::command().color(color).try_get_matches()?)
}

/// Prints help and version to stdout, and what is wrong with the command line to stderr.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return match ui::report(error.print()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                Ui::plain().error(&failure);
                ExitCode::from(failure.exit as u8)
            }
        };
    }
    let failure = if may_hold_a_token(error) {
        let message = "an argument is not understood; it is not repeated, since it may be a token";
        let failure = Failure::new(Exit::Usage, message)
            .hint("no argument takes a token: `support-audit auth login` asks for it");
        Ui::plain().error(&failure);
        failure
    } else {
        drop(error.print());
        let text = error.to_string();
        let (what, rest) = text.split_once("\n\n").unwrap_or((&text, ""));
        let what: Vec<&str> = what.lines().map(str::trim).collect();
        let tip = rest.lines().find_map(|line| line.trim().strip_prefix("tip: "));
        Failure::new(Exit::Usage, what.join(" ").trim_start_matches("error: "))
            .hint(tip.unwrap_or("try --help"))
    };
    if argument("--format") == Some(Format::Json) {
        ui::print_json_error(&failure);
    }
    ExitCode::from(failure.exit as u8)
}

/// Whether what is wrong with the command line may be a token that somebody typed as an argument.
fn may_hold_a_token(error: &clap::Error) -> bool {
    let is_flag = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) => argument.starts_with('-'),
        _ => false,
    };
    match error.kind() {
        // No command takes a word that nothing announces, so nothing is lost by not repeating it.
        ErrorKind::UnknownArgument => !is_flag,
        ErrorKind::InvalidSubcommand | ErrorKind::InvalidValue => {
            let mut arguments = std::env::args_os();
            arguments.any(|word| word == "auth" || looks_like_token(&word.to_string_lossy()))
        }
        _ => false,
    }
}

/// Whether a word has the form of the services' tokens: long, without spaces, with digits.
fn looks_like_token(word: &str) -> bool {
    let is_token_character =
        |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    word.len() >= 20
        && word.chars().all(is_token_character)
        && word.contains(|character: char| character.is_ascii_digit())
}

/// The value of a flag, in a command line that may be wrong elsewhere.
///
/// The arguments are searched by hand because clap gives up at the first mistake, even where it is told
/// to ignore errors: a flag behind the mistake would not be found.
fn argument<T: ValueEnum>(flag: &str) -> Option<T> {
    let mut arguments = std::env::args_os().filter_map(|argument| argument.into_string().ok());
    while let Some(argument) = arguments.next() {
        let value = match argument.strip_prefix(flag) {
            Some("") => arguments.next(),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => continue,
        };
        if let Some(value) = value {
            return T::from_str(&value, false).ok();
        }
    }
    None
}
