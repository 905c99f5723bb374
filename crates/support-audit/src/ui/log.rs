//! The log that `-v` asks for.

use std::io;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

use super::Ui;

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
