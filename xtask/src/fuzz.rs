//! `fuzz`: the parsers of foreign text, fed with whatever reaches most of their code.

use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context as _, bail, ensure};
use clap::Args;

use crate::command::{self, cargo};

/// The parsers, by the names of their targets in `fuzz/fuzz_targets`.
const TARGETS: [&str; 6] = ["accounts", "complaint", "exceptions", "issue", "marker", "roster"];

/// What makes the compiler count which code runs, as `cargo fuzz` does it; the stable one knows how.
const FLAGS: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg",
    "fuzzing",
];

/// What bounds a run: bytes of an input, MiB of memory, seconds for one input.
const BOUNDS: [&str; 3] = ["-max_len=65536", "-rss_limit_mb=512", "-timeout=20"];

/// The options of `fuzz`.
#[derive(Debug, Args)]
pub(crate) struct Fuzz {
    /// For how many seconds each target runs
    #[arg(long, value_name = "N", default_value_t = 10)]
    seconds: u32,
    /// How many inputs each target is given, however long that takes
    #[arg(long, value_name = "N", conflicts_with = "seconds")]
    runs: Option<u32>,
    /// The number that the inputs follow from, and from the corpus alone; without it, other ones in
    /// each run
    #[arg(long, value_name = "N")]
    seed: Option<u32>,
    /// The target to run; without it, all of them
    #[arg(value_parser = TARGETS)]
    target: Option<String>,
}

impl Fuzz {
    /// What every change goes through: the corpus and nearly the same inputs for all, so that a
    /// change answers for itself and not for the luck of the draw.
    pub(crate) const SHORT: Self =
        Self { seconds: 0, runs: Some(10_000), seed: Some(1), target: None };

    /// Builds the targets and runs them; stops at the first input that breaks something.
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let (host, target) = (host()?, command::target()?);
        let mut build = cargo("build --manifest-path fuzz/Cargo.toml --release --locked --target");
        build.arg(&host).arg("--target-dir").arg(&target);
        build.env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
        command::run(&mut build)?;
        let is_meant = |name: &&str| self.target.as_deref().is_none_or(|target| target == *name);
        for name in TARGETS.into_iter().filter(is_meant) {
            let program = target.join(&host).join("release").join(name);
            let found = target.join("fuzz").join(name);
            match self.seed {
                Some(_) => self.fuzz(name, &program, tempfile::tempdir()?.path())?,
                None => self.fuzz(name, &program, &found)?,
            }
        }
        Ok(())
    }

    /// Runs a target; what it finds beyond the corpus goes to `found`.
    fn fuzz(&self, name: &str, program: &Path, found: &Path) -> anyhow::Result<()> {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz"));
        let artifacts = folder.join("artifacts").join(name);
        for needed in [found, &artifacts] {
            fs::create_dir_all(needed)
                .with_context(|| format!("could not make {}", needed.display()))?;
        }
        let mut run = Command::new(program);
        run.current_dir(folder).stdin(Stdio::null()).args(BOUNDS);
        run.arg("-print_final_stats=1");
        run.arg(match self.runs {
            Some(runs) => format!("-runs={runs}"),
            None => format!("-max_total_time={}", self.seconds),
        });
        run.args(self.seed.map(|seed| format!("-seed={seed}")));
        run.arg(format!("-dict=dictionaries/{name}.dict"));
        run.arg(format!("-artifact_prefix=artifacts/{name}/"));
        run.arg(found).arg(Path::new("corpus").join(name));
        let shown = command::shown(&run);
        eprintln!("$ {shown}");
        let output = run.output().with_context(|| format!("could not start {shown}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            eprint!("{said}");
            let written = said.lines().find_map(|line| line.split_once("Test unit written to "));
            match written {
                Some((_, input)) => bail!("{name} fails on fuzz/{input}: put it into its corpus"),
                None => bail!("{shown} failed: {}", output.status),
            }
        }
        let figures = Figures::of(&said).with_context(|| format!("{name} told no figures"))?;
        ensure!(figures.runs > 0, "{name} has run nothing");
        let Figures { runs, edges } = figures;
        println!("{name}: {runs} runs, {edges} edges of the code");
        Ok(())
    }
}

/// What a target reports at its end.
#[derive(Debug, PartialEq, Eq)]
struct Figures {
    runs: u64,
    edges: u64,
}

impl Figures {
    fn of(said: &str) -> Option<Self> {
        let last = |label: &str| {
            let (_, rest) = said.rsplit_once(label)?;
            rest.split_whitespace().next()?.parse().ok()
        };
        Some(Self { runs: last("stat::number_of_executed_units:")?, edges: last(" cov: ")? })
    }
}

/// The machine that this is, as the compiler names it: so build scripts are not counted in.
fn host() -> anyhow::Result<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output().context("could not start rustc")?;
    let said = String::from_utf8(output.stdout).context("rustc said something else than text")?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not tell its host")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_what_a_target_says() {
        let said = "#2\tINITED cov: 11 ft: 12 corp: 1/1b\n#9\tDONE   cov: 1234 ft: 5678 corp: 3/9Kb lim: 4096 exec/s: 0 rss: 40Mb\nDone 9 runs in 11 second(s)\nstat::number_of_executed_units: 9\nstat::average_exec_per_sec:     0\n";
        assert_eq!(Figures::of(said), Some(Figures { runs: 9, edges: 1234 }));
        assert_eq!(Figures::of("no figures"), None);
    }

    #[test]
    fn every_target_has_its_files() {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz"));
        let names = |inner: &str| {
            let entries = fs::read_dir(folder.join(inner)).unwrap();
            let stem =
                |path: std::path::PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
            let mut names: Vec<_> = entries.map(|entry| stem(entry.unwrap().path())).collect();
            names.sort();
            names
        };
        for inner in ["fuzz_targets", "dictionaries", "corpus"] {
            assert_eq!(names(inner), TARGETS, "{inner}");
        }
    }
}
