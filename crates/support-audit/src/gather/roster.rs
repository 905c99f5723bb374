//! Reads the roster: from a local path, or from its GitLab repository.

use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};

use api::gitlab::Archive;
use audit::input::{self, Location, Problem, Provenance, SourceFile};
use audit::roster::Roster;
use jiff::Timestamp;

use super::accounts::captured_at;
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

/// The people in a roster's files, and what could not be read of them.
///
/// The audited kind says which field holds a person's link, the configuration who is of the operations
/// team.
pub(crate) fn parse_roster(ctx: &Ctx, files: &[SourceFile]) -> (Roster, Vec<Problem>) {
    let link_field = ctx.global.kind.spec().roster_field;
    audit::roster::parse(files, link_field, &ctx.config.operations_team)
}

/// The endings of the names of files that can hold people.
const ENDINGS: [&str; 3] = [".yaml", ".yml", ".json"];

/// Whether a file's name ends like that of a file with people, whatever the case of its letters.
fn holds_people(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Whether a link may lead to people: to a file of theirs or, where its name has no ending, to a
/// folder.
fn may_lead_to_people(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    holds_people(name) || !name.contains('.') && !is_documentation(name)
}

/// Whether a file describes a folder and is expected beside people: its name begins with a dot or is
/// that of a document.
fn is_documentation(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let is_document = ["readme", "license", "licence", "changelog", "codeowners"]
        .iter()
        .any(|document| name == *document || name.starts_with(&format!("{document}.")));
    let is_markdown = Path::new(&name).extension().is_some_and(|ending| ending == "md");
    name.starts_with('.') || is_markdown || is_document
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
            return Err(no_files(&shown, &problems).into());
        }
        many(&shown, files)
    } else {
        let file = SourceFile { name: shown.clone(), bytes: std::fs::read(path).map_err(failed)? };
        one(file)
    };
    let mut provenance = provenance(ctx, None, shown, None, sha256);
    provenance.read_at = roster_captured_at(ctx, path, &files);
    Ok(Source { files, problems, provenance })
}

/// When a local roster was captured: a folder is as new as its newest file.
fn roster_captured_at(ctx: &Ctx, path: &Path, files: &[SourceFile]) -> Timestamp {
    if !path.is_dir() {
        return captured_at(ctx, path);
    }
    let instants = files.iter().map(|file| captured_at(ctx, Path::new(&file.name)));
    instants.max().unwrap_or(ctx.now())
}

fn one(file: SourceFile) -> (Vec<SourceFile>, String) {
    let sha256 = input::sha256(&file.bytes);
    (vec![file], sha256)
}

fn many(folder: &str, mut files: Vec<SourceFile>) -> (Vec<SourceFile>, String) {
    files.sort_by(|one, other| one.name.cmp(&other.name));
    let sha256 = input::sha256_of_folder(folder, &files);
    (files, sha256)
}

fn no_files(path: &str, problems: &[Problem]) -> Failure {
    let mut message = format!("the folder {path} holds no roster file");
    for problem in problems.iter().take(3) {
        message.push_str(&format!("; {problem}"));
    }
    Failure::new(Exit::BadInput, message).hint("a roster's files end in .yaml, .yml or .json")
}

fn provenance(
    ctx: &Ctx,
    project: Option<String>,
    path: String,
    commit: Option<String>,
    sha256: String,
) -> Provenance {
    let version = env!("CARGO_PKG_VERSION");
    Provenance { project, path, commit, sha256, read_at: ctx.now(), version }
}

/// The files of people in a folder and in those below it; whatever else is there becomes a problem.
///
/// Links are not followed, since they may lead in circles or out of the folder, and only regular
/// files are opened: reading a pipe would wait for its writer.
///
/// # Errors
///
/// The folder itself cannot be listed.
fn folder(root: &Path, problems: &mut Vec<Problem>) -> io::Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    let mut open = Vec::new();
    let mut entries = list(root)?;
    loop {
        for (path, kind) in entries {
            let name = path.display().to_string();
            if kind.is_dir() {
                // The repository of a checked-out roster is not part of it.
                if path.file_name().is_some_and(|name| name != ".git") {
                    open.push(path);
                }
            } else if !kind.is_file() {
                problems.extend(special_file(name, kind.is_symlink()));
            } else if holds_people(&name) {
                match std::fs::read(&path) {
                    Ok(bytes) => files.push(SourceFile { name, bytes }),
                    Err(error) => {
                        problems.push(unread(name, &format!("could not be read: {error}")));
                    }
                }
            } else {
                problems.extend(other_file(name));
            }
        }
        let Some(folder) = open.pop() else { break };
        entries = list(&folder).unwrap_or_else(|error| {
            let name = folder.display().to_string();
            problems.push(unread(name, &format!("the folder could not be read: {error}")));
            Vec::new()
        });
    }
    problems.sort_by(|one, other| one.location.cmp(&other.location));
    Ok(files)
}

/// What a folder holds, links being links.
fn list(folder: &Path) -> io::Result<Vec<(PathBuf, FileType)>> {
    std::fs::read_dir(folder)?
        .map(|entry| {
            let entry = entry?;
            Ok((entry.path(), entry.file_type()?))
        })
        .collect()
}

/// The problem of a link, a pipe, a socket or a device, which are never opened.
fn special_file(name: String, is_link: bool) -> Option<Problem> {
    if is_documentation(&name) {
        return None;
    }
    let message = if is_link {
        "is a link and was not read"
    } else {
        "is not a regular file and was not read"
    };
    let hides_person = may_lead_to_people(&name);
    Some(Problem { hides_person, ..unread(name, message) })
}

/// The problem of a file whose name is not that of a file with people; documents need none.
fn other_file(name: String) -> Option<Problem> {
    let message = "was not read, since its name does not end in .yaml, .yml or .json";
    (!is_documentation(&name)).then(|| Problem { hides_person: false, ..unread(name, message) })
}

fn unread(file: String, message: &str) -> Problem {
    Problem::hiding_person(Location { file, line: None }, message)
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
        return Err(no_files(path, &problems).into());
    }
    let (files, sha256) = many(path, files);
    let provenance =
        provenance(ctx, Some(project.clone()), path.to_owned(), Some(commit.id), sha256);
    Ok(Source { files, problems, provenance })
}

/// The files of people below the folder `path` within an archive; whatever else is there becomes a
/// problem.
fn archived(archive: Archive, path: &str) -> (Vec<SourceFile>, Vec<Problem>) {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for file in archive.files {
        if !is_below(&file.path, path) {
            continue;
        }
        if holds_people(&file.path) {
            files.push(SourceFile { name: file.path, bytes: file.bytes });
        } else {
            problems.extend(other_file(file.path));
        }
    }
    for name in archive.skipped {
        // The folder itself may be a link, and then nothing of it is in the archive.
        if is_below(&name, path) || name == path {
            problems.extend(special_file(name, true));
        }
    }
    (files, problems)
}

/// Whether a file is in a folder of the repository or below it; the root is empty or `.`.
fn is_below(file: &str, folder: &str) -> bool {
    let is_root = matches!(folder, "" | ".");
    is_root || file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Says where the roster was looked for.
fn in_project(error: api::Error, ctx: &Ctx, path: &str) -> anyhow::Error {
    let RosterSource { project, reference, .. } = &ctx.config.roster;
    anyhow::Error::new(error)
        .context(format!("could not read the roster {path} of {project} at {reference}"))
}

#[cfg(test)]
mod tests {
    use api::gitlab::ArchiveFile;

    use super::*;

    #[test]
    fn an_archive_is_read_with_its_folders_and_whatever_the_case_of_endings() {
        let file = |path: &str| ArchiveFile { path: path.to_owned(), bytes: Vec::new() };
        let archive = Archive {
            commit_id: None,
            files: [
                "team/Ben.YML",
                "team/a/ann.Yaml",
                "team/a/b/cy.Json",
                "team/dee.yaml.bak",
                "team/README.md",
                "team-old/fay.yaml",
            ]
            .map(file)
            .to_vec(),
            skipped: ["team/link.YAML", "team/folder", "team/README", "other/link.yaml"]
                .map(str::to_owned)
                .to_vec(),
        };
        let (files, problems) = archived(archive, "team");
        let names: Vec<_> = files.iter().map(|file| &*file.name).collect();
        assert_eq!(names, ["team/Ben.YML", "team/a/ann.Yaml", "team/a/b/cy.Json"]);
        let problems: Vec<_> = problems
            .iter()
            .map(|problem| (&*problem.location.file, problem.hides_person))
            .collect();
        let expected =
            [("team/dee.yaml.bak", false), ("team/link.YAML", true), ("team/folder", true)];
        assert_eq!(problems, expected);
    }
}
