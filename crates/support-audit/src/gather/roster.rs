//! Reads the roster: from a local path, or from its GitLab repository.

use std::io;
use std::path::{Path, PathBuf};

use api::gitlab::Archive;
use audit::input::{self, Location, Problem, Provenance, SourceFile};

use crate::config::RosterSource;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure};
use crate::ui;

/// A roster as it was read, before it is understood.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its files, in the order of their names.
    pub(crate) files: Vec<SourceFile>,
    /// What could not be read at all.
    pub(crate) problems: Vec<Problem>,
    /// Where it comes from.
    pub(crate) provenance: Provenance,
}

/// The endings of the names of files that can hold people.
const ENDINGS: [&str; 3] = [".yaml", ".yml", ".json"];

fn holds_people(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Reads a roster from a file, a folder, or stdin (`-`).
pub(crate) async fn local_roster(ctx: &Ctx, path: &Path) -> anyhow::Result<Source> {
    let shown = path.display().to_string();
    let failed = |error: io::Error| {
        Failure::new(Exit::BadInput, format!("could not read the roster {shown}: {error}"))
    };
    let mut problems = Vec::new();
    let (files, sha256) = if path == Path::new("-") {
        let file =
            SourceFile { name: shown.clone(), bytes: ui::read_stdin().await.map_err(failed)? };
        one(file)
    } else if path.is_dir() {
        let files = folder(path, &mut problems).map_err(failed)?;
        if files.is_empty() {
            return Err(no_files(&shown).into());
        }
        many(files)
    } else {
        let file = SourceFile { name: shown.clone(), bytes: std::fs::read(path).map_err(failed)? };
        one(file)
    };
    let provenance = provenance(ctx, None, shown, None, sha256);
    Ok(Source { files, problems, provenance })
}

fn one(file: SourceFile) -> (Vec<SourceFile>, String) {
    let sha256 = input::sha256(&file.bytes);
    (vec![file], sha256)
}

fn many(mut files: Vec<SourceFile>) -> (Vec<SourceFile>, String) {
    files.sort_by(|one, other| one.name.cmp(&other.name));
    let sha256 = input::sha256_of_folder(&files);
    (files, sha256)
}

fn no_files(path: &str) -> Failure {
    Failure::new(Exit::BadInput, format!("the folder {path} holds no roster file"))
        .hint("a roster's files end in .yaml, .yml or .json")
}

fn provenance(
    ctx: &Ctx,
    project: Option<String>,
    path: String,
    commit: Option<String>,
    sha256: String,
) -> Provenance {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    Provenance { project, path, commit, sha256, read_at: ctx.now(), version }
}

/// The files of a folder; what cannot be read is a problem.
fn folder(path: &Path, problems: &mut Vec<Problem>) -> io::Result<Vec<SourceFile>> {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        let name = entry.display().to_string();
        if entry.is_dir() {
            if holds_people_below(&entry) {
                problems.push(unread(name, "the folder within the roster's folder was not read"));
            }
        } else if holds_people(&name) {
            match std::fs::read(&entry) {
                Ok(bytes) => files.push(SourceFile { name, bytes }),
                Err(error) => problems.push(unread(name, &format!("could not be read: {error}"))),
            }
        }
    }
    Ok(files)
}

fn holds_people_below(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return true };
    entries.flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            holds_people_below(&path)
        } else {
            holds_people(&path.to_string_lossy())
        }
    })
}

fn unread(file: String, message: &str) -> Problem {
    Problem {
        location: Location { file, line: None },
        message: message.to_owned(),
        hides_person: true,
    }
}

/// Reads the roster from its GitLab repository, in one request for a file and two for a folder.
pub(crate) async fn gitlab_roster(ctx: &Ctx) -> anyhow::Result<Source> {
    let gitlab = ctx.gitlab().await?;
    let RosterSource { project, path, reference } = &ctx.config.roster;
    let path = path.trim_matches('/');
    let _progress = ctx.ui.progress(&format!("reading {path} of {project} at {reference}"));
    if holds_people(path) {
        let file = gitlab
            .raw_file(project, path, reference)
            .await
            .map_err(|error| in_project(error, ctx, path))?;
        let (files, sha256) = one(SourceFile { name: path.to_owned(), bytes: file.bytes });
        let provenance =
            provenance(ctx, Some(project.clone()), path.to_owned(), file.commit_id, sha256);
        return Ok(Source { files, problems: Vec::new(), provenance });
    }
    let commit =
        gitlab.commit(project, reference).await.map_err(|error| in_project(error, ctx, path))?;
    let archive = gitlab
        .archive(project, &commit.id, path)
        .await
        .map_err(|error| in_project(error, ctx, path))?;
    if archive.commit_id.as_ref().is_some_and(|id| *id != commit.id) {
        let message = format!("the archive of {path} is not of commit {}", commit.id);
        return Err(Failure::new(Exit::TryLater, message).hint("run the command again").into());
    }
    let (files, problems) = archived(archive, path);
    if files.is_empty() {
        return Err(no_files(path).into());
    }
    let (files, sha256) = many(files);
    let provenance =
        provenance(ctx, Some(project.clone()), path.to_owned(), Some(commit.id), sha256);
    Ok(Source { files, problems, provenance })
}

/// The files of the folder `path` within an archive, and what of it cannot be read.
fn archived(archive: Archive, path: &str) -> (Vec<SourceFile>, Vec<Problem>) {
    let below = |name: &str| match path {
        "" | "." => Some(name.to_owned()),
        path => name.strip_prefix(path)?.strip_prefix('/').map(str::to_owned),
    };
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for file in archive.files {
        match below(&file.path) {
            Some(name) if !holds_people(&name) => {}
            Some(name) if name.contains('/') => problems
                .push(unread(file.path, "the file in a folder within the roster's was not read")),
            Some(_) => files.push(SourceFile { name: file.path, bytes: file.bytes }),
            None => {}
        }
    }
    let skipped = archive.skipped.into_iter().filter(|name| holds_people(name));
    problems.extend(skipped.map(|name| unread(name, "is a link and was not read")));
    (files, problems)
}

/// Says where the roster was looked for.
fn in_project(error: api::Error, ctx: &Ctx, path: &str) -> anyhow::Error {
    let RosterSource { project, reference, .. } = &ctx.config.roster;
    anyhow::Error::new(error)
        .context(format!("could not read the roster {path} of {project} at {reference}"))
}
