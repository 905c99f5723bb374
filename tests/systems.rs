//! Which files may name the audited system: everything else is the same for every kind.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use audit::kinds::Kind;

/// The files of the binary that name a system beside its module in `services`: each holds a row or an
/// arm for every system.
const BINARY: [&str; 5] =
    ["args.rs", "config/table.rs", "services/clients.rs", "services/mod.rs", "tokens/service.rs"];

/// The file of the core that names the systems, beside their folders in `kinds`.
const CORE: [&str; 1] = ["kinds/mod.rs"];

#[test]
fn only_its_own_files_name_an_audited_system() {
    for kind in Kind::ALL {
        let id = kind.spec().id;
        refuse("support-audit", &BINARY, id, &format!("services/{id}.rs"));
        refuse("audit", &CORE, id, &format!("kinds/{id}/"));
    }
}

/// Refuses files of a crate that name a system, but for those allowed and the system's own.
#[track_caller]
fn refuse(name: &str, allowed: &[&str], id: &str, own: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("src");
    let mut files = files_that_name(&folder, id);
    files.retain(|file| !file.starts_with(own) && !allowed.contains(&file.as_str()));
    assert!(files.is_empty(), "{name} names {id} in {files:#?}");
}

/// The source files below a folder that hold a word, in whatever case, outside their tests.
fn files_that_name(folder: &Path, word: &str) -> BTreeSet<String> {
    let mut sources = BTreeMap::new();
    let mut open: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(path.read_dir().unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        sources.insert(name, std::fs::read_to_string(&path).unwrap());
    }
    // Tests play an audit of some system, and name it.
    let tests: BTreeSet<&str> = sources
        .values()
        .flat_map(|text| text.split("#[cfg(test)]\n").skip(1))
        .filter_map(|rest| rest.lines().next()?.split("mod ").nth(1)?.strip_suffix(';'))
        .collect();
    let mut names = BTreeSet::new();
    for (name, text) in &sources {
        let mut modules = name.trim_end_matches(".rs").split('/');
        let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        if !modules.any(|module| tests.contains(module)) && shipped.to_lowercase().contains(word) {
            names.insert(name.clone());
        }
    }
    names
}
