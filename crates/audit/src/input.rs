//! Input: the files of an audit, and the problems of reading them.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// A file as it was read: of the roster, of accounts or of exceptions.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Its name, for problems and findings; `-` for standard input.
    pub name: String,
    /// The file's content.
    pub bytes: Vec<u8>,
}

/// A place in an input as a person looks it up: a file and, if it is known, a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Location {
    /// The file's name as the user gave it, or `-` for standard input.
    pub file: String,
    /// The line, counted from 1; absent if the problem concerns the complete file.
    pub line: Option<u64>,
}

/// A part of an input that could not be read.
///
/// Problems are reported beside everything that could be read; a problem never stops the rest of
/// its input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The place in the input.
    #[serde(flatten)]
    pub location: Location,
    /// What is wrong, as a lower-case sentence without a final stop.
    pub message: String,
    /// Whether the problem may hide a person who should have access.
    ///
    /// Until it is solved, an account of nobody on the roster may be theirs, so nothing follows
    /// from a person's absence.
    pub hides_person: bool,
}

impl Problem {
    /// A problem in a list of accounts, which does not hide a person of the roster.
    pub fn of_account(location: Location, message: impl Into<String>) -> Self {
        Self { location, message: message.into(), hides_person: false }
    }

    /// A problem that may hide a person who should have access.
    pub fn hiding_person(location: Location, message: impl Into<String>) -> Self {
        Self { location, message: message.into(), hides_person: true }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.location, self.message)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        match self.line {
            Some(line) => write!(formatter, ":{line}"),
            None => Ok(()),
        }
    }
}

/// Where a roster comes from, and how to verify that it is the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// The GitLab project's path; absent for a local roster.
    pub project: Option<String>,
    /// The file's or folder's path; `-` for standard input.
    pub path: String,
    /// The id of the commit that was read; absent for a local roster.
    pub commit: Option<String>,
    /// The SHA-256 in hex digits of the file, or of the output of `sha256sum *` in a folder.
    pub sha256: String,
    /// When it was captured: a local file's modification, else the reading.
    pub read_at: Timestamp,
    /// The version of the program that read it.
    pub version: &'static str,
}

/// What precedes the instant of a source that was read at it, in reports.
pub(crate) const READ_AT: &str = "read at";

/// What precedes it where the instant is a file's modification.
pub(crate) const MODIFIED_AT: &str = "file modified at";

impl Provenance {
    /// What the instant is, as reports word it.
    pub(crate) fn instant_is(&self) -> &'static str {
        let is_file = self.project.is_none() && self.path != "-";
        if is_file { MODIFIED_AT } else { READ_AT }
    }
}

/// SHA-256 of a file, in lower-case hex digits.
pub fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// SHA-256 of what `sha256sum` prints for the files below `folder`, in lower-case hex digits.
///
/// The same value comes from `sha256sum * | sha256sum` in that folder, as long as it holds only
/// roster files and the names are sorted byte by byte (`LC_ALL=C`).
/// With folders below it, the files are those that `find * -type f | sort` lists.
pub fn sha256_of_folder(folder: &str, files: &[SourceFile]) -> String {
    let mut lines = String::new();
    for SourceFile { name, bytes } in files {
        let path = name.strip_prefix(folder).unwrap_or(name).trim_start_matches(['/', '\\']);
        lines.push_str(&format!("{}  {}\n", sha256(bytes), path.replace('\\', "/")));
    }
    sha256(lines.as_bytes())
}
