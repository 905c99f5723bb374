//! `config`: the effective configuration.

use serde::Serialize;

use crate::args::Format;
use crate::config::ResolvedSetting;
use crate::ctx::Ctx;
use crate::error::Exit;
use crate::ui::{self, columns};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    settings: &'a [ResolvedSetting],
}

/// Prints every setting with its value and its origin.
pub(crate) fn show(ctx: &Ctx) -> anyhow::Result<Exit> {
    let settings = &ctx.config.settings;
    let text = match ui::format(ctx.global.format, Format::Table, &[Format::Table, Format::Json])? {
        Format::Json => ui::json(&Document { schema: "support-audit/config/1", settings })?,
        _ => columns(settings.iter().map(|setting| {
            [setting.key.to_owned(), setting.value.to_string(), setting.origin.to_string()]
        })),
    };
    ctx.ui.result(&text)?;
    Ok(Exit::Success)
}
