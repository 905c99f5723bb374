//! Git's object ids, so that what the sandbox calls a blob, tree or commit is what git calls so.
//!
//! An object's id is the SHA-1 of its kind, its length and its content
//! (Pro Git, "Git Internals: Git Objects").

use std::collections::{BTreeMap, BTreeSet};

use sha1::{Digest as _, Sha1};

use crate::repository::File;

/// The hexadecimal id of an object; `kind` is `blob`, `tree` or `commit`.
pub(crate) fn id(kind: &str, content: &[u8]) -> String {
    hexadecimal(&digest(kind, content))
}

fn digest(kind: &str, content: &[u8]) -> [u8; 20] {
    let mut sha = Sha1::new();
    sha.update(format!("{kind} {}\0", content.len()));
    sha.update(content);
    sha.finalize().into()
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// One line of a directory: a file or a directory in it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) name: String,
    /// From the root of the repository.
    pub(crate) path: String,
    pub(crate) is_directory: bool,
}

/// Every directory of a commit by its path (the root is the empty path), with its entries in
/// git's order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trees {
    pub(crate) entries: BTreeMap<String, Vec<Entry>>,
    pub(crate) root: String,
}

/// The directories that hold these files.
pub(crate) fn trees(files: &BTreeMap<String, File>) -> Trees {
    let mut unfinished: BTreeMap<String, Vec<(Entry, [u8; 20])>> = BTreeMap::new();
    let mut directories = BTreeSet::from([String::new()]);
    for (path, file) in files {
        let (parent, name) = split(path);
        let bytes = digest("blob", &file.bytes);
        let entry = Entry { id: file.id.clone(), name, path: path.clone(), is_directory: false };
        unfinished.entry(parent.clone()).or_default().push((entry, bytes));
        let mut parent = parent;
        while directories.insert(parent.clone()) {
            parent = split(&parent).0;
        }
    }
    let mut deepest_first: Vec<String> = directories.into_iter().collect();
    deepest_first.sort_by_key(|path| std::cmp::Reverse(depth(path)));
    let mut trees = Trees::default();
    for path in deepest_first {
        let mut entries = unfinished.remove(&path).unwrap_or_default();
        // Git compares a directory as if its name ended in a slash.
        entries.sort_by_key(|(entry, _)| {
            format!("{}{}", entry.name, if entry.is_directory { "/" } else { "" })
        });
        let bytes = digest("tree", &content(&entries));
        if path.is_empty() {
            trees.root = hexadecimal(&bytes);
        } else {
            let (parent, name) = split(&path);
            let id = hexadecimal(&bytes);
            let entry = Entry { id, name, path: path.clone(), is_directory: true };
            unfinished.entry(parent).or_default().push((entry, bytes));
        }
        trees.entries.insert(path, entries.into_iter().map(|(entry, _)| entry).collect());
    }
    trees
}

fn content(entries: &[(Entry, [u8; 20])]) -> Vec<u8> {
    let mut content = Vec::new();
    for (entry, bytes) in entries {
        let mode = if entry.is_directory { "40000" } else { "100644" };
        content.extend_from_slice(format!("{mode} {}\0", entry.name).as_bytes());
        content.extend_from_slice(bytes);
    }
    content
}

fn split(path: &str) -> (String, String) {
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    (parent.to_owned(), name.to_owned())
}

fn depth(path: &str) -> usize {
    if path.is_empty() { 0 } else { 1 + path.matches('/').count() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{id, trees};
    use crate::repository::File;

    #[test]
    fn blob_ids_are_those_of_git_hash_object() {
        assert_eq!(id("blob", b""), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(id("blob", b"hello\n"), "ce013625030ba8dba906f756967f9e9ca394464a");
    }

    #[test]
    fn tree_ids_are_those_of_git_write_tree() {
        let files: BTreeMap<String, File> = ["README.md", "a/b/c", "a.b", "a/z"]
            .into_iter()
            .map(|path| (path.to_owned(), File::new(path)))
            .collect();
        let trees = trees(&files);
        assert_eq!(trees.root, "7d01950a048dd72331a8f33a4c8c5d38e019059b");
        let names = |path: &str| -> Vec<&str> {
            trees.entries[path].iter().map(|entry| entry.name.as_str()).collect()
        };
        assert_eq!(names(""), ["README.md", "a.b", "a"]);
        assert_eq!(names("a"), ["b", "z"]);
        assert_eq!(trees.entries["a"][0].path, "a/b");
    }
}
