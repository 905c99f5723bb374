//! What may know what: the arrows between the crates, and the doors within them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// The only arrows between our crates.
const ARROWS: [(&str, &str, DependencyKind); 3] = [
    ("support-audit", "api", DependencyKind::Normal),
    ("support-audit", "audit", DependencyKind::Normal),
    ("support-audit", "sandbox", DependencyKind::Development),
];

/// What the crate that thinks may stand on: none of it opens files, sockets or terminals for it.
const PURE: [&str; 12] = [
    "csv",
    "jiff",
    "pulldown-cmark",
    "rayon",
    "serde",
    "serde-saphyr",
    "serde_json",
    "sha2",
    "similar",
    "unicode-general-category",
    "unicode-normalization",
    "unicode-width",
];

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Our crates as their manifests describe them; nothing is resolved, so no network is needed.
fn crates() -> Vec<Package> {
    let mut command = MetadataCommand::new();
    command.manifest_path(root().join("Cargo.toml")).no_deps();
    command.other_options(["--offline".to_owned()]).exec().unwrap().packages
}

#[test]
fn our_crates_know_each_other_only_as_designed() {
    let crates = crates();
    let ours: BTreeSet<&str> = crates.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(ours, BTreeSet::from(["api", "audit", "sandbox", "support-audit", "xtask"]));
    let mut arrows = Vec::new();
    for one in &crates {
        for other in one.dependencies.iter().filter(|other| ours.contains(&*other.name)) {
            assert!(other.path.is_some(), "{} takes {} from elsewhere", one.name, other.name);
            arrows.push((one.name.as_str(), &*other.name, other.kind));
        }
        // A path that leads out of the workspace would be one more crate of ours.
        let strangers = one.dependencies.iter().filter(|other| !ours.contains(&*other.name));
        let strangers: Vec<_> = strangers.filter(|other| other.path.is_some()).collect();
        assert!(strangers.is_empty(), "{strangers:?}");
    }
    arrows.sort_by_key(|(from, to, _)| (*from, *to));
    assert_eq!(arrows, ARROWS);
}

#[test]
fn the_crate_that_thinks_stands_on_nothing_that_acts() {
    let crates = crates();
    let audit = crates.iter().find(|one| one.name == "audit").unwrap();
    let normal = |one: &&cargo_metadata::Dependency| one.kind != DependencyKind::Development;
    let names: BTreeSet<_> =
        audit.dependencies.iter().filter(normal).map(|one| &*one.name).collect();
    assert_eq!(names, BTreeSet::from(PURE));
    let is_library =
        audit.targets.iter().all(|target| !target.is_custom_build() && !target.is_bin());
    assert!(is_library, "{:?}", audit.targets);
}

/// Every file with one of the endings below the folders, by its path from the workspace.
fn files(folders: &[&str], endings: &[&str]) -> BTreeMap<String, String> {
    let root = root();
    let mut found = BTreeMap::new();
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let name = path.file_name().unwrap().to_owned();
            // What is built, what git keeps, and the pretended repositories are not ours to tidy.
            if !["target", ".git", "worlds"].iter().any(|skipped| name == *skipped) {
                open.extend(path.read_dir().unwrap().map(|entry| entry.unwrap().path()));
            }
        } else if path.extension().is_some_and(|end| endings.iter().any(|ending| end == *ending)) {
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            found.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
    assert!(!found.is_empty(), "no files in {folders:?}");
    found
}

/// Every source file of ours.
fn sources() -> BTreeMap<String, String> {
    files(&["crates", "xtask", "tests"], &["rs"])
}

/// Refuses lines that hold one of the words, except where it may stand.
#[track_caller]
fn refuse(sources: &BTreeMap<String, String>, words: &[&str], may: impl Fn(&str, &str) -> bool) {
    let lines = sources.iter().flat_map(|(name, text)| {
        text.lines().enumerate().map(move |(index, line)| (name, index + 1, line))
    });
    let found: Vec<_> = lines
        .filter(|(name, _, line)| words.iter().any(|word| line.contains(word)) && !may(name, line))
        .map(|(name, number, line)| format!("{name}:{number}: {}", line.trim()))
        .collect();
    assert!(found.is_empty(), "one of {words:?} stands in\n{}", found.join("\n"));
}

#[test]
fn the_crate_that_thinks_touches_nothing_outside() {
    let words = [
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "std::thread",
        "std::os",
        "SystemTime",
        "Instant",
        "Timestamp::now",
        "Zoned::now",
        "println!",
        "eprint",
        "print!(",
        "io::stdin",
        "include_bytes!",
        "env!(",
        "extern \"",
    ];
    let sources = files(&["crates/audit/src"], &["rs"]);
    refuse(&sources, &words, |_, line| line.trim_start().starts_with("//"));
    // The same by another way in.
    for (name, text) in &sources {
        for group in text.split("use std::{").skip(1) {
            let group = group.split(';').next().unwrap_or_default();
            let mut words = group.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            let doors = ["fs", "env", "net", "process", "thread", "os", "SystemTime", "Instant"];
            let door = words.find(|word| doors.contains(word));
            assert_eq!(door, None, "{name}: use std::{{{group}");
        }
    }
}

#[test]
fn one_folder_knows_where_tokens_are() {
    let words = ["GL_TOKEN", "CALENDLY_API_TOKEN", "keyring::", "keyring_store", "expose_secret"];
    refuse(&files(&["crates/support-audit/src"], &["rs"]), &words, |name, line| {
        // Documentation may name the variables.
        name.contains("src/tokens/") || line.trim_start().starts_with("///")
    });
}

#[test]
fn one_folder_touches_the_streams() {
    let words = ["io::stdout", "io::stderr", "io::stdin", "println!", "eprint", "Term::std"];
    let sources = files(&["crates/support-audit/src", "crates/api/src"], &["rs"]);
    refuse(&sources, &words, |name, _| name.starts_with("crates/support-audit/src/ui/"));
}

#[test]
fn one_file_reads_the_clock() {
    let words = ["Timestamp::now", "Zoned::now", "SystemTime::now"];
    refuse(&files(&["crates/support-audit/src"], &["rs"]), &words, |name, _| {
        name == "crates/support-audit/src/clock.rs"
    });
}

#[test]
fn nothing_is_silenced_or_left_undone() {
    // Put together, so that this file does not hold them.
    let words = ["#[al|low(", "#![al|low(", "#[ig|nore", "to|do!(", "unimple|mented!(", "d|bg!("];
    let words = words.map(|word| word.replace('|', ""));
    refuse(&sources(), &words.each_ref().map(|word| &**word), |_, _| false);
}

#[test]
fn every_source_file_says_what_it_is_for() {
    for (name, text) in sources() {
        let line = text.lines().next().unwrap_or_default();
        assert!(line.strip_prefix("//! ").is_some_and(|said| !said.is_empty()), "{name}: {line:?}");
    }
}

#[test]
fn no_line_ends_with_a_space_and_every_file_with_a_line() {
    for (name, text) in files(&["."], &["rs", "toml", "md", "yml"]) {
        for (index, line) in text.lines().enumerate() {
            assert_eq!(line, line.trim_end(), "{name}:{}", index + 1);
        }
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{name} ends otherwise");
    }
}
