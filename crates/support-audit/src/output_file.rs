//! A file that the user named for a result.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::error::{Exit, Failure};

/// A file for a result, which none of the inputs is in.
///
/// It holds the result before this one until the new one is complete: whoever reads it meanwhile, and
/// whoever is left with it after an interrupt, has a complete file.
#[derive(Debug)]
pub(crate) struct OutputFile {
    /// The path as the user gave it.
    named: PathBuf,
    /// The path without links: a link to the file stays one.
    target: PathBuf,
}

impl OutputFile {
    /// Prepares a file at `path`; nothing is written yet.
    ///
    /// # Errors
    ///
    /// The folder is not there, or the file is one of the `inputs` or in one that is a folder.
    pub(crate) fn new<'a>(
        path: &Path,
        inputs: impl IntoIterator<Item = &'a Path>,
    ) -> Result<Self, Failure> {
        let target = resolve(path).map_err(|error| could_not_write(path, &error))?;
        let is_new = !target.exists();
        for input in inputs {
            // An input that is not there is reported by whoever reads it.
            let Ok(resolved) = fs::canonicalize(input) else { continue };
            if target == resolved || !is_new && target.starts_with(&resolved) {
                let message = format!(
                    "the result cannot be written to {}: it is read from there",
                    path.display()
                );
                return Err(Failure::new(Exit::Usage, message).hint("name another file"));
            }
        }
        Ok(Self { named: path.to_owned(), target })
    }

    /// Replaces the file by `text`.
    pub(crate) fn write(&self, text: &str) -> Result<(), Failure> {
        let written = match fs::metadata(&self.target) {
            Ok(present) if present.is_file() => self.replace(text, Some(&present)),
            // A device or a pipe is written into.
            Ok(_) => fs::write(&self.target, text),
            Err(_) => self.replace(text, None),
        };
        written.map_err(|error| could_not_write(&self.named, &error))
    }

    /// Writes a file beside the target, and then gives it the target's name.
    fn replace(&self, text: &str, present: Option<&fs::Metadata>) -> io::Result<()> {
        let mut name = OsString::from(".");
        name.push(self.target.file_name().unwrap_or_default());
        name.push(format!(".{}.tmp", std::process::id()));
        let beside = self.target.with_file_name(name);
        let file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
        let written = fill(file, text, present).and_then(|()| fs::rename(&beside, &self.target));
        if written.is_err() {
            // The error is worth more than the unfinished file.
            fs::remove_file(&beside).ok();
        }
        written
    }
}

fn fill(mut file: File, text: &str, present: Option<&fs::Metadata>) -> io::Result<()> {
    if let Some(present) = present {
        file.set_permissions(present.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// The path of a file, which need not be there, without links.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    if let Ok(target) = fs::canonicalize(path) {
        return Ok(target);
    }
    let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok(fs::canonicalize(folder.unwrap_or(Path::new(".")))?.join(name))
}

fn could_not_write(path: &Path, error: &io::Error) -> Failure {
    let shown = path.display();
    Failure::new(Exit::Failed, format!("could not write the result to {shown}: {error}"))
}
