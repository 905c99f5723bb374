//! `bench`: the program beside a Ruby script that does the same, in one run on one machine; then how
//! long descriptions and comments of any shape take to read.

mod measure;
mod report;
mod roster;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use measure::{Contender, Cost, median};
use tempfile::TempDir;

use crate::command::{self, built, cargo};
use crate::system::{self, Program};

/// The script that the program is measured against.
const YARDSTICK: &str = include_str!("bench/yardstick.rb");

const RUBY: Program = Program { name: "ruby", package: "ruby" };
const TIME: Program = Program { name: "time", package: "time" };

/// As many people as a real support team has, and how often they are measured.
const TEAM: (usize, usize) = (300, 15);

/// How often the large roster is measured.
const ROUNDS: usize = 3;

/// Measure the program beside a Ruby script that does the same
#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// The number of people on the large roster
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(2..))]
    people: u32,
}

impl Bench {
    /// Prints the medians as a Markdown table, how a bad entry is reported, and the time that the texts
    /// of an issue take.
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let ruby = prepare()?;
        let people = usize::try_from(self.people)?;
        let folder = tempfile::tempdir().context("could not make a temporary folder")?;
        let (team, team_rounds) = TEAM;
        let comparisons = [
            Comparison::new(&folder, team, team_rounds)?,
            Comparison::new(&folder, people, ROUNDS)?,
        ];
        println!("| People | Roster | Program | Time | Processor time | Peak memory |");
        println!("| ---: | ---: | --- | ---: | ---: | ---: |");
        for comparison in &comparisons {
            println!("{}", comparison.rows(&ruby));
        }
        println!();
        for comparison in &comparisons {
            println!("{}", comparison.agreement());
        }
        println!("{}", bad_entry(&folder, people)?);
        println!();
        command::run(&mut cargo("bench --locked -p audit --bench reading"))
    }
}

/// Provides and builds what is measured; returns the name of the Ruby that is there.
fn prepare() -> anyhow::Result<String> {
    let missing = system::provide(&[RUBY, TIME]);
    ensure!(!missing.contains(&RUBY.name), "missing: ruby, 3.1 or newer, with Psych");
    if !measure::has_gnu_time() {
        eprintln!("missing: GNU time; only the time is measured");
    }
    // Psych can load a file safely since the version that Ruby 3.1 brought.
    let asks = "require 'yaml'; YAML.method(:safe_load_file); print RUBY_VERSION";
    let Some(version) = system::answer("ruby", &["-e", asks]) else {
        bail!("missing: ruby, 3.1 or newer, with Psych; the one that is here is older");
    };
    command::run(&mut cargo("build --locked --release -p support-audit"))?;
    Ok(format!("Ruby {version}"))
}

/// Both programs on the same roster.
struct Comparison {
    people: usize,
    bytes: usize,
    ruby: Cost,
    ours: Cost,
    findings: usize,
}

impl Comparison {
    /// Measures both in turns after one run of each that does not count.
    fn new(folder: &TempDir, people: usize, rounds: usize) -> anyhow::Result<Self> {
        eprintln!("measuring {people} people, {rounds} rounds");
        let text = roster::generate(people);
        let (ruby, ours) = contenders(folder, &text)?;
        ruby.run()?;
        ours.run()?;
        let findings = compare(&ruby, &ours, people)?;
        let mut costs = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            costs.0.push(ruby.run()?);
            costs.1.push(ours.run()?);
        }
        let (ruby, ours) =
            median(&costs.0).zip(median(&costs.1)).context("nothing was measured")?;
        Ok(Self { people, bytes: text.len(), ruby, ours, findings })
    }

    /// Ruby's figures, ours, and the ratio of the two, as rows of a table.
    fn rows(&self, name: &str) -> String {
        let Self { people, bytes, .. } = self;
        let size = megabytes(*bytes as u64);
        let (ruby, ours) = (figures(&self.ruby), figures(&self.ours));
        let mut ratios = ruby;
        for (ratio, ours) in ratios.iter_mut().zip(ours) {
            *ratio = ratio.zip(ours).map(|(ruby, ours)| ruby / ours);
        }
        let [ruby, ours] = [ruby, ours].map(|times| cells(times, [(3, "s"), (2, "s"), (0, "MB")]));
        let ratios = cells(ratios, [(1, "x"); 3]);
        format!(
            "| {people} | {size:.1} MB | {name} | {ruby} |\n\
             | | | support-audit | {ours} |\n\
             | | | ratio | {ratios} |"
        )
    }

    fn agreement(&self) -> String {
        let Self { people, findings, .. } = self;
        format!("{people} people: both print the same rows, with {findings} findings.")
    }
}

/// Seconds, seconds of all processors, and megabytes.
fn figures(cost: &Cost) -> [Option<f64>; 3] {
    let processors = cost.usage.map(|usage| usage.processors.as_secs_f64());
    let memory = cost.usage.map(|usage| megabytes(usage.memory));
    [Some(cost.time.as_secs_f64()), processors, memory]
}

/// The cells of a table with the digits after the point and the unit of each column.
fn cells(figures: [Option<f64>; 3], forms: [(usize, &str); 3]) -> String {
    let cells = figures.into_iter().zip(forms).map(|(figure, (digits, unit))| match figure {
        Some(figure) if figure.is_finite() => format!("{figure:.digits$} {unit}"),
        _ => "not measured".to_owned(),
    });
    cells.collect::<Vec<_>>().join(" | ")
}

#[expect(clippy::cast_precision_loss, reason = "shown with few digits")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Ruby and us, for a roster of this text.
fn contenders(folder: &TempDir, text: &str) -> anyhow::Result<(Contender, Contender)> {
    let [roster, script, settings] =
        ["roster.yaml", "yardstick.rb", "config.toml"].map(|name| folder.path().join(name));
    fs::write(&roster, text)?;
    fs::write(&script, YARDSTICK)?;
    fs::write(&settings, "")?;
    let contender = |words: &[&Path], output| Contender {
        words: words.iter().map(|word| word.as_os_str().to_owned()).collect(),
        output: folder.path().join(output),
        settings: settings.clone(),
    };
    let ours = built("release", "support-audit")?;
    Ok((
        contender(&["ruby".as_ref(), &script, &roster], "ruby.md"),
        contender(&[&ours, "run".as_ref(), "--roster".as_ref(), &roster], "ours.md"),
    ))
}

/// Fails unless both have printed the same row for every person; returns how much was found.
fn compare(ruby: &Contender, ours: &Contender, people: usize) -> anyhow::Result<usize> {
    let (ruby, ours) = (fs::read_to_string(&ruby.output)?, fs::read_to_string(&ours.output)?);
    let (ruby, ours) = (report::rows(&ruby), report::rows(&ours));
    ensure!(ours.len() == people, "{} rows instead of {people}", ours.len());
    ensure!(ruby.len() == people, "{} rows of Ruby instead of {people}", ruby.len());
    if let Some((ruby, ours)) = ruby.iter().zip(&ours).find(|(ruby, ours)| ruby != ours) {
        bail!("different rows:\n  Ruby {ruby:?}\n  ours {ours:?}");
    }
    Ok(report::findings(&ours))
}

/// Plants an entry that cannot be read, and returns how it is reported.
fn bad_entry(folder: &TempDir, people: usize) -> anyhow::Result<String> {
    let (text, place) = roster::generate_with_bad_entry(people);
    let (_, ours) = contenders(folder, &text)?;
    let time = ours.run()?.time.as_secs_f64();
    let report = fs::read_to_string(&ours.output)?;
    let rows = report::rows(&report).len();
    ensure!(rows == people - 1, "{rows} rows beside one bad entry");
    let problem = report.lines().skip_while(|line| *line != "## Problems").nth(2);
    let problem = problem.context("the bad entry is not reported")?;
    let line = report::line_of_problem(problem).context("the problem has no line")?;
    ensure!((place.first_line..=place.last_line).contains(&line), "another line: {problem}");
    Ok(format!(
        "{people} people, a quote not closed in the entry of lines {} to {}: \
         {rows} people after {time:.3} s, and the problem\n  {problem}",
        place.first_line, place.last_line,
    ))
}
