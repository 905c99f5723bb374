//! How long a program runs and computes, and how much memory it needs at most.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use crate::command;
use crate::system;

/// A program whose runs are measured.
#[derive(Debug)]
pub(super) struct Contender {
    /// The command line that starts it.
    pub(super) words: Vec<OsString>,
    /// The file that takes what it prints.
    pub(super) output: PathBuf,
    /// A configuration file without settings.
    pub(super) settings: PathBuf,
}

/// What a run needed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    /// From its start to its end.
    pub(super) time: Duration,
    /// The figures of GNU time, if it is installed.
    pub(super) usage: Option<Usage>,
}

/// What a run took from the machine.
#[derive(Debug, Clone, Copy)]
pub(super) struct Usage {
    /// The time of all processors, which neighbours on a busy machine hardly change.
    pub(super) processors: Duration,
    /// The largest resident set, in bytes.
    pub(super) memory: u64,
}

impl Contender {
    /// Runs the program once.
    pub(super) fn run(&self) -> anyhow::Result<Cost> {
        let figures = has_gnu_time().then(|| self.output.with_extension("figures"));
        let mut command = self.command(figures.as_deref())?;
        command.env("SUPPORT_AUDIT_CONFIG", &self.settings);
        command.stdin(Stdio::null()).stdout(File::create(&self.output)?).stderr(Stdio::piped());
        let start = Instant::now();
        let ended = command.output().with_context(|| format!("could not start {self}"))?;
        let time = start.elapsed();
        let words = String::from_utf8_lossy(&ended.stderr);
        ensure!(ended.status.success(), "{self} failed: {}\n{words}", ended.status);
        let usage = figures.map(|file| read_usage(&file)).transpose()?;
        Ok(Cost { time, usage })
    }

    /// The command, with GNU time in front of it if there is a file for its figures.
    fn command(&self, figures: Option<&Path>) -> anyhow::Result<Command> {
        let (program, arguments) = self.words.split_first().context("no program")?;
        let Some(figures) = figures else {
            let mut command = command::without_settings(program.as_ref());
            command.args(arguments);
            return Ok(command);
        };
        let mut command = command::without_settings("time".as_ref());
        command.args(["--format", "%M %U %S", "--output"]).arg(figures).args(&self.words);
        Ok(command)
    }
}

impl std::fmt::Display for Contender {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<_> = self.words.iter().map(|word| word.to_string_lossy()).collect();
        formatter.write_str(&words.join(" "))
    }
}

/// Whether more than the time can be measured: others' `time` have other options.
pub(super) fn has_gnu_time() -> bool {
    system::answer("time", &["--version"]).is_some()
}

fn read_usage(file: &Path) -> anyhow::Result<Usage> {
    let text = fs::read_to_string(file).context("could not read what `time` wrote")?;
    usage(&text).with_context(|| format!("`time` wrote {text:?}"))
}

/// Reads kibibytes, seconds in the program and seconds in the system.
fn usage(text: &str) -> Option<Usage> {
    let mut words = text.split_whitespace();
    let memory = words.next()?.parse::<u64>().ok()? * 1024;
    let mut seconds = || Duration::try_from_secs_f64(words.next()?.parse().ok()?).ok();
    Some(Usage { processors: seconds()? + seconds()?, memory })
}

/// The medians of several runs.
pub(super) fn median(costs: &[Cost]) -> Option<Cost> {
    let usages = || costs.iter().filter_map(|cost| cost.usage);
    let processors = middle(usages().map(|usage| usage.processors).collect());
    let memory = middle(usages().map(|usage| usage.memory).collect());
    let usage = processors.zip(memory).map(|(processors, memory)| Usage { processors, memory });
    Some(Cost { time: middle(costs.iter().map(|cost| cost.time).collect())?, usage })
}

fn middle<T: Ord + Copy>(mut values: Vec<T>) -> Option<T> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_that_of_each_figure() {
        let cost =
            |seconds, words| Cost { time: Duration::from_secs(seconds), usage: usage(words) };
        let costs = [cost(9, "1 0.5 0.25"), cost(1, "7 0.1 0.1"), cost(2, "3 9 0.5")];
        let Cost { time, usage } = median(&costs).unwrap();
        let Usage { processors, memory } = usage.unwrap();
        assert_eq!((time, memory), (Duration::from_secs(2), 3072));
        assert_eq!(processors, Duration::from_millis(750));

        assert!(median(&[]).is_none());
        assert!(median(&[cost(1, "Command terminated")]).unwrap().usage.is_none());
    }
}
