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
        let module = id.replace('-', "_");
        refuse("support-audit", &BINARY, id, &format!("services/{module}.rs"));
        refuse("audit", &CORE, id, &format!("kinds/{module}/"));
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

/// The source files below a folder that hold a system's id, in whatever spelling, outside their
/// tests.
fn files_that_name(folder: &Path, id: &str) -> BTreeSet<String> {
    let id = spelled_plainly(id);
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
        let names_id = spelled_plainly(shipped).contains(&id);
        if names_id && !modules.any(|module| tests.contains(module)) {
            names.insert(name.clone());
        }
    }
    names
}

/// A text in lower case and without what joins words, so that `gitlab-group`, `GitlabGroup`,
/// `gitlab_group` and `GitLab group` are the same.
fn spelled_plainly(text: &str) -> String {
    text.to_lowercase().replace(['-', '_', ' '], "")
}

#[test]
fn an_id_is_found_in_every_spelling() {
    let spellings = ["gitlab-group", "GitlabGroup", "gitlab_group", "GITLAB_GROUP", "GitLab group"];
    for spelling in spellings {
        assert_eq!(spelled_plainly(spelling), "gitlabgroup", "{spelling}");
    }
}
