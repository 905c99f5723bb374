//! `breakages`: breaks every rule about people once, and shows that the promises catch it.
//!
//! The sources are copied, and every expression of the table becomes a choice between itself and its
//! broken form, so that one build serves all breakages.

mod table;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail, ensure};
use clap::Args;

use self::table::{BREAKAGES, Breakage};
use crate::command;

/// The options of `breakages`.
#[derive(Debug, Args)]
pub(crate) struct Breakages {
    /// How many histories each breakage is tried with
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    cases: u32,
    /// Only the rules that contain this text
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

/// What chooses a breakage at run time.
const VARIABLE: &str = "BREAKAGE";

impl Breakages {
    /// Tries every breakage; fails if the promises are kept in spite of one.
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let folder = command::target()?.join("breakages");
        let source = folder.join("source");
        copy_workspace(&source)?;
        break_sources(&source.join("crates/audit/src"))?;
        let kept = self.play(&folder, None)?;
        ensure!(kept.is_none(), "the promises are broken without any breakage: {kept:?}");
        let mut missed = 0;
        for (number, breakage) in BREAKAGES.iter().enumerate() {
            if self.only.as_ref().is_some_and(|only| !breakage.rule.contains(only.as_str())) {
                continue;
            }
            if let Some(caught) = self.play(&folder, Some(number))? {
                println!("caught by {caught}: {}", breakage.rule);
            } else {
                missed += 1;
                println!("NOT CAUGHT: {}", breakage.rule);
            }
        }
        ensure!(missed == 0, "{missed} breakages were not caught");
        Ok(())
    }

    /// Plays the histories with one breakage; the promise that was broken first.
    fn play(&self, folder: &Path, number: Option<usize>) -> anyhow::Result<Option<String>> {
        let mut tests = command::cargo(
            "test --release --locked -p audit --test promises -- product_keeps what_once",
        );
        tests
            .current_dir(folder.join("source"))
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("PROPTEST_CASES", self.cases.to_string())
            .env("PROPTEST_RNG_SEED", "1")
            .env("PROPTEST_MAX_SHRINK_ITERS", "0")
            .env_remove(VARIABLE);
        if let Some(number) = number {
            tests.env(VARIABLE, number.to_string());
        }
        outcome(&mut tests)
    }
}

/// What the first failure of the tests says; nothing where all passed.
fn outcome(tests: &mut Command) -> anyhow::Result<Option<String>> {
    let output = tests.output().context("could not start cargo")?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(
        text.contains("test result"),
        "the tests could not be built: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    if output.status.success() {
        return Ok(None);
    }
    let Some((_, rest)) = text.split_once("rule: ") else { return Ok(Some("a panic".to_owned())) };
    Ok(Some(rest.chars().take_while(|letter| letter.is_alphanumeric()).collect()))
}

/// Copies what cargo needs to build the core.
fn copy_workspace(to: &Path) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for name in ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "crates", "xtask", "tests"] {
        copy(&root.join(name), &to.join(name))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    fs::copy(from, to).with_context(|| format!("could not copy {}", from.display()))?;
    Ok(())
}

/// Makes every expression of the table a choice, and adds what chooses.
fn break_sources(source: &Path) -> anyhow::Result<()> {
    for (path, text) in broken_files(source)? {
        fs::write(path, text)?;
    }
    let library = source.join("lib.rs");
    let text = fs::read_to_string(&library)?;
    let chooser = format!(
        "\npub(crate) fn broken(number: usize) -> bool {{\n    \
         static NUMBER: std::sync::LazyLock<Option<usize>> = std::sync::LazyLock::new(|| \
         std::env::var(\"{VARIABLE}\").ok()?.parse().ok());\n    *NUMBER == Some(number)\n}}\n"
    );
    fs::write(library, text + &chooser)?;
    Ok(())
}

/// Where an expression is: the index of its file, its first byte, and the byte after its last one.
type Place = (usize, usize, usize);

/// The breakages of each expression, with their numbers: one may be broken in several ways.
type Choices = BTreeMap<Place, Vec<(usize, &'static Breakage)>>;

/// The files in which something is broken, with their new text.
fn broken_files(source: &Path) -> anyhow::Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    read_sources(source, &mut files)?;
    let choices = find_choices(&files)?;
    let mut broken: BTreeMap<usize, String> = BTreeMap::new();
    // From the end, so that what comes before keeps its place.
    let mut next = (usize::MAX, usize::MAX);
    for ((index, from, to), breakages) in choices.iter().rev() {
        let Some(file) = files.get(*index) else { continue };
        let is_apart = *index != next.0 || *to <= next.1;
        ensure!(is_apart, "two breakages overlap in {}", file.path.display());
        next = (*index, *from);
        let text = broken.entry(*index).or_insert_with(|| file.text.clone());
        let expression = text.get(*from..*to).unwrap_or_default().to_owned();
        let mut choice = String::from("(");
        for (number, breakage) in breakages {
            choice += &format!("if crate::broken({number}) {{ {} }} else ", breakage.broken);
        }
        choice += &format!("{{ {expression} }})");
        text.replace_range(*from..*to, &choice);
    }
    let path = |index: usize| files.get(index).map(|file| file.path.clone());
    Ok(broken.into_iter().filter_map(|(index, text)| Some((path(index)?, text))).collect())
}

/// Finds the expression of every breakage; fails unless it is there once.
fn find_choices(files: &[SourceText]) -> anyhow::Result<Choices> {
    let mut choices = Choices::new();
    for (number, breakage) in BREAKAGES.iter().enumerate() {
        let mut places: Vec<Place> = Vec::new();
        for (index, file) in files.iter().enumerate() {
            places.extend(file.find(breakage).into_iter().map(|(from, to)| (index, from, to)));
        }
        let [place] = places.as_slice() else {
            bail!("\"{}\" is there {} times: {}", breakage.snippet, places.len(), breakage.rule);
        };
        choices.entry(*place).or_default().push((number, breakage));
    }
    Ok(choices)
}

/// A source file; its tests are not looked at.
struct SourceText {
    path: PathBuf,
    text: String,
    /// The text with every run of blanks as one blank, and where each byte of it comes from.
    folded: String,
    origins: Vec<usize>,
}

impl SourceText {
    fn new(path: PathBuf, text: String) -> Self {
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        let (mut folded, mut origins) = (String::new(), Vec::new());
        for (origin, letter) in product.char_indices() {
            if letter.is_whitespace() && folded.ends_with(' ') {
                continue;
            }
            let letter = if letter.is_whitespace() { ' ' } else { letter };
            folded.push(letter);
            origins.resize(folded.len(), origin);
        }
        Self { path, text, folded, origins }
    }

    /// Where the expression of a breakage begins and ends, for each place of its snippet.
    fn find(&self, breakage: &Breakage) -> Vec<(usize, usize)> {
        let mut places = Vec::new();
        for (start, _) in self.folded.match_indices(breakage.snippet) {
            let Some(offset) = breakage.snippet.find(breakage.expression) else { continue };
            let from = start + offset;
            let last = from + breakage.expression.len() - 1;
            if let (Some(from), Some(last)) = (self.origins.get(from), self.origins.get(last)) {
                places.push((*from, last + 1));
            }
        }
        places
    }
}

fn read_sources(folder: &Path, files: &mut Vec<SourceText>) -> anyhow::Result<()> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    for path in paths {
        if path.file_stem().is_some_and(|name| name == "tests") {
            continue;
        }
        if path.is_dir() {
            read_sources(&path, files)?;
        } else {
            let text = fs::read_to_string(&path)?;
            files.push(SourceText::new(path, text));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_breakage_is_still_possible() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/audit/src");
        let broken = broken_files(&source).map(|files| files.len());
        assert!(broken.as_ref().is_ok_and(|count| *count > 0), "{broken:?}");
        for breakage in BREAKAGES {
            let count = breakage.snippet.matches(breakage.expression).count();
            assert_eq!(count, 1, "{}", breakage.rule);
        }
    }
}
