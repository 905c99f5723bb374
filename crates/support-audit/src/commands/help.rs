//! `help`: a command's manual, or one of the topics that belong to all commands.

use audit::kinds::Kind;
use clap::{Args, Command};

use crate::config::{Call, SETTINGS, Setting};
use crate::ctx::variable_names;
use crate::error::{Exit, Failure};
use crate::suggest::nearest;
use crate::ui::Ui;

/// Show the manual of a command, or of a topic: environment, exit-codes, formats, settings
#[derive(Debug, Args)]
pub(crate) struct Help {
    /// A command, or environment, exit-codes, formats or settings
    #[arg(value_name = "COMMAND|TOPIC")]
    about: Vec<String>,
}

/// A topic, and what writes it.
type Topic = (&'static str, fn(Kind) -> String);

const TOPICS: [Topic; 4] = [
    ("environment", environment),
    ("exit-codes", exit_codes),
    ("formats", formats),
    ("settings", settings),
];

impl Help {
    /// Prints the manual; it needs no configuration.
    pub(crate) fn exec(&self, ui: &Ui, kind: Kind, mut command: Command) -> anyhow::Result<Exit> {
        let names: Vec<&str> = self.about.iter().map(String::as_str).collect();
        if let [name] = names.as_slice()
            && let Some((_, topic)) = TOPICS.iter().find(|(topic, _)| topic == name)
        {
            ui.result(&topic(kind))?;
            return Ok(Exit::Success);
        }
        command.build();
        let mut found = &mut command;
        for name in &names {
            let known = known(found);
            found = found.find_subcommand_mut(name).ok_or_else(|| unknown(name, &known))?;
        }
        ui.result(&format!("{}\n", found.render_long_help().to_string().trim_end()))?;
        Ok(Exit::Success)
    }
}

fn known(command: &Command) -> Vec<String> {
    let commands = command.get_subcommands().filter(|command| !command.is_hide_set());
    let topics = TOPICS.iter().map(|(topic, _)| (*topic).to_owned());
    commands.map(|command| command.get_name().to_owned()).chain(topics).collect()
}

fn unknown(name: &str, known: &[String]) -> Failure {
    let failure = Failure::new(Exit::Usage, format!("there is no command or topic {name}"));
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint(format!("there are {}", known.join(", "))),
    }
}

fn environment(_: Kind) -> String {
    let mut text =
        "The environment goes before the configuration file, and flags before both.\n\n".to_owned();
    let width = variable_names().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, meaning) in variable_names() {
        text.push_str(&format!("  {name:width$}  {meaning}\n"));
    }
    text
}

fn settings(kind: Kind) -> String {
    let mut text = "The settings of the configuration file, each with its default:\n".to_owned();
    for Setting { key, default, call, documentation, .. } in SETTINGS {
        let default = default.to_toml(kind);
        text.push_str(&format!("\n  {key} = {}\n", default.as_deref().unwrap_or("(none)")));
        text.push_str(&format!("      {documentation}\n"));
        if let Some(Call { flag, variable, .. }) = call {
            text.push_str(&format!("      for one call: {flag}, or {variable}\n"));
        }
    }
    text
}

fn exit_codes(_: Kind) -> String {
    let mut text = "How commands end:\n\n".to_owned();
    for (exit, meaning) in Exit::ALL {
        text.push_str(&format!("  {:>3}  {meaning}\n", exit as u8));
    }
    let order: Vec<String> = Exit::ORDER.iter().map(|exit| (*exit as u8).to_string()).collect();
    text.push_str(&format!("\nWhere several hold, the first of {} does.\n", order.join(", ")));
    text
}

fn formats(_: Kind) -> String {
    "\
--format gives the form of what a command prints to stdout; all else goes to stderr.

  markdown  tables for an issue: run, reconcile
  table     aligned columns for a terminal
  csv       one table for spreadsheets: run, reconcile
  json      one document with a `schema` field; an error is {\"error\": {\"code\", \"message\", \"hint\"}}

run and reconcile have all four, and print markdown unless told otherwise; status, init-issue,
followups, submit-review, auth status and config have table and json, doctor table alone.
"
    .to_owned()
}
