//! `completions` and `man`: what shells and manuals need to know of the command line.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;

use crate::error::{Exit, Failure};
use crate::ui::Ui;

/// Print what a shell needs to complete this command line
///
/// bash: `support-audit completions bash > ~/.local/share/bash-completion/completions/support-audit`
///
/// zsh: `support-audit completions zsh > ~/.zfunc/_support-audit`, with `fpath+=~/.zfunc`
///
/// fish: `support-audit completions fish > ~/.config/fish/completions/support-audit.fish`
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn exec(&self, ui: &Ui, mut command: Command) -> anyhow::Result<Exit> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, NAME, &mut script);
        // Its script for bash takes the hyphen of the name for the border of a subcommand in one of
        // two places, and would complete nothing behind a subcommand.
        let script = String::from_utf8_lossy(&script);
        ui.result(&script.replace("support__subcmd__audit", "support__audit"))?;
        Ok(Exit::Success)
    }
}

/// Write the manual pages into a folder
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The folder, which is made if it is not there
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

const NAME: &str = "support-audit";

impl Man {
    pub(crate) fn exec(&self, ui: &Ui, command: Command) -> anyhow::Result<Exit> {
        let shown = self.folder.display();
        let write = move || {
            std::fs::create_dir_all(&self.folder)?;
            clap_mangen::generate_to(command, &self.folder)
        };
        write().map_err(|error| {
            Failure::new(Exit::Failed, format!("could not write manual pages to {shown}: {error}"))
        })?;
        ui.say(&format!("wrote the manual pages to {shown}"));
        Ok(Exit::Success)
    }
}
