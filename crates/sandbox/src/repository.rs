//! The files of a project and their history on its one branch.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, ToSpan as _};

use crate::objects::{self, Trees};

/// The instant of every repository's first commit; each further one is a minute later. Fixed,
/// because it goes into the commit's id, which must be the same in every run.
const FIRST_COMMIT: Timestamp = Timestamp::constant(1_767_600_000, 0);

/// Who commits everything.
pub(crate) const COMMITTER: (&str, &str) = ("Sandbox", "sandbox@example.com");

/// A file's content and its git blob id.
#[derive(Clone, Debug)]
pub struct File {
    /// The content; shared between the commits that hold the file unchanged.
    pub bytes: Arc<[u8]>,
    /// The git blob id: 40 hexadecimal digits.
    pub id: String,
}

impl File {
    pub(crate) fn new(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self { id: objects::id("blob", &bytes), bytes: bytes.into() }
    }
}

/// A state of all files.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The git commit id: 40 hexadecimal digits, computed as git does, so equal for equal
    /// content and history.
    pub id: String,
    /// The parent commit; `None` for the first commit.
    pub parent: Option<String>,
    /// What was done, one line.
    pub message: String,
    /// When.
    pub at: Timestamp,
    /// Path from the repository's root to file.
    pub files: BTreeMap<String, File>,
    pub(crate) trees: Trees,
}

/// The history of the default branch, oldest commit first. An older commit stays readable by
/// its id after the branch has moved on.
#[derive(Clone, Debug, Default)]
pub struct Repository {
    commits: Vec<Commit>,
}

impl Repository {
    /// The tip of the branch; `None` while the repository is empty.
    pub fn head(&self) -> Option<&Commit> {
        self.commits.last()
    }

    /// Adds a commit whose files are those of the tip after `change`. A change of nothing makes
    /// no commit, as with git.
    pub fn commit(&mut self, message: &str, change: impl FnOnce(&mut BTreeMap<String, File>)) {
        let head = self.head();
        let mut files = head.map(|commit| commit.files.clone()).unwrap_or_default();
        change(&mut files);
        let trees = objects::trees(&files);
        if head.is_some_and(|commit| commit.trees.root == trees.root) {
            return;
        }
        let parent = head.map(|commit| commit.id.clone());
        let minutes = i64::try_from(self.commits.len()).unwrap_or(0).minutes();
        let at = FIRST_COMMIT + minutes;
        let id = commit_id(&trees.root, parent.as_deref(), at, message);
        self.commits.push(Commit { id, parent, message: message.to_owned(), at, files, trees });
    }

    /// The commit whose id is the text or begins with it. Fewer than seven digits match nothing.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Commit> {
        if id.len() < 7 {
            return None;
        }
        self.commits.iter().find(|commit| commit.id.starts_with(id))
    }

    /// The commits up to `tip` that changed something at or under `path`, newest first; an empty
    /// path is the complete repository.
    pub(crate) fn log(&self, tip: &Commit, path: &str) -> Vec<&Commit> {
        let mut changes = Vec::new();
        let mut before: Vec<(&str, &str)> = Vec::new();
        for commit in &self.commits {
            let now: Vec<(&str, &str)> = commit
                .files
                .iter()
                .filter(|(name, _)| is_at_or_under(name, path))
                .map(|(name, file)| (name.as_str(), file.id.as_str()))
                .collect();
            if now != before {
                changes.push(commit);
                before = now;
            }
            if commit.id == tip.id {
                break;
            }
        }
        changes.reverse();
        changes
    }
}

/// Whether `name` is the file `path` or lies in the directory `path`.
pub(crate) fn is_at_or_under(name: &str, path: &str) -> bool {
    match name.strip_prefix(path) {
        Some(rest) => path.is_empty() || rest.is_empty() || rest.starts_with('/'),
        None => false,
    }
}

fn commit_id(tree: &str, parent: Option<&str>, at: Timestamp, message: &str) -> String {
    let parent = parent.map(|parent| format!("parent {parent}\n")).unwrap_or_default();
    let (name, email) = COMMITTER;
    let person = format!("{name} <{email}> {} +0000", at.as_second());
    let content =
        format!("tree {tree}\n{parent}author {person}\ncommitter {person}\n\n{message}\n");
    objects::id("commit", content.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{File, Repository, is_at_or_under};

    fn put(repository: &mut Repository, path: &str, text: &str) -> String {
        repository.commit(&format!("Write {path}"), |files| {
            files.insert(path.to_owned(), File::new(text));
        });
        repository.head().unwrap().id.clone()
    }

    #[test]
    fn equal_histories_have_equal_ids() {
        let (mut one, mut two) = (Repository::default(), Repository::default());
        assert_eq!(put(&mut one, "a", "1"), put(&mut two, "a", "1"));
        assert_ne!(put(&mut one, "a", "2"), put(&mut two, "a", "3"));
    }

    #[test]
    fn a_change_of_nothing_makes_no_commit() {
        let mut repository = Repository::default();
        let first = put(&mut repository, "a", "1");
        assert_eq!(put(&mut repository, "a", "1"), first);
    }

    #[test]
    fn the_log_of_a_path_holds_what_changed_it() {
        let mut repository = Repository::default();
        let first = put(&mut repository, "data/a", "1");
        let second = put(&mut repository, "b", "1");
        let third = put(&mut repository, "data/a", "2");
        let log = |tip: &str, path: &str| -> Vec<String> {
            let tip = repository.by_id(tip).unwrap();
            repository.log(tip, path).iter().map(|commit| commit.id.clone()).collect()
        };
        assert_eq!(log(&third, "data/a"), [third.as_str(), &first]);
        assert_eq!(log(&third, ""), [third.as_str(), &second, &first]);
        assert_eq!(log(&second, "data"), [first.as_str()]);
        assert_eq!(log(&third, "dat"), Vec::<String>::new());
    }

    #[test]
    fn a_commit_is_found_by_seven_digits_not_by_six() {
        let mut repository = Repository::default();
        let id = put(&mut repository, "a", "1");
        assert!(repository.by_id(id.get(..7).unwrap()).is_some());
        assert!(repository.by_id(id.get(..6).unwrap()).is_none());
    }

    #[test]
    fn under_means_whole_names() {
        assert!(is_at_or_under("data/a", "data"));
        assert!(is_at_or_under("data", "data"));
        assert!(is_at_or_under("data", ""));
        assert!(!is_at_or_under("database", "data"));
    }
}
