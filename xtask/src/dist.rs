//! `dist`: an archive to hand out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use cargo_metadata::{DependencyKind, MetadataCommand, Package, PackageId};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest as _, Sha256};

use crate::command::{self, built, cargo, without_settings};

const NAME: &str = "support-audit";

/// The shells that completions are made for, each with the name of its file.
const SHELLS: [(&str, &str); 4] = [
    ("bash", "support-audit.bash"),
    ("zsh", "_support-audit"),
    ("fish", "support-audit.fish"),
    ("powershell", "_support-audit.ps1"),
];

/// Builds the stripped program, and packs it with its manual pages, completions, documentation,
/// licences and checksums.
pub(crate) fn run() -> anyhow::Result<()> {
    command::run(&mut cargo("build --release --locked -p support-audit"))?;
    let program = built("release", NAME)?;
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .other_options(["--locked".to_owned()])
        .exec()
        .context("could not ask cargo for the dependencies")?;
    let version = metadata.packages.iter().find(|package| package.name.as_str() == NAME);
    let version = version.with_context(|| format!("there is no package {NAME}"))?.version.clone();
    let system = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let title = format!("{NAME}-{version}-{system}");
    let dist = metadata.target_directory.as_std_path().join("dist");
    let folder = dist.join(&title);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fill(&folder, &program)?;
    fs::write(folder.join("LICENSES.md"), licences(&metadata)?)?;
    fs::write(folder.join("SHA256SUMS"), sums(&folder)?)?;
    let archive = dist.join(format!("{title}.tar.gz"));
    pack(&folder, &title, &archive)?;
    let sum = sum(&archive)?;
    fs::write(dist.join(format!("{title}.tar.gz.sha256")), format!("{sum}  {title}.tar.gz\n"))?;
    println!("{}", archive.display());
    Ok(())
}

/// Puts the program and what it writes about itself into the folder.
fn fill(folder: &Path, program: &Path) -> anyhow::Result<()> {
    let (man, completions) = (folder.join("man"), folder.join("completions"));
    fs::create_dir_all(&man)?;
    fs::create_dir_all(&completions)?;
    let file = program.file_name().context("the program has no name")?;
    fs::copy(program, folder.join(file))?;
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    fs::copy(root.join("README.md"), folder.join("README.md"))?;
    copy(&root.join("docs"), &folder.join("docs"))?;
    command::run(without_settings(program).arg("man").arg(&man))?;
    for (shell, file) in SHELLS {
        let output = without_settings(program).args(["completions", shell]).output()?;
        ensure!(output.status.success(), "the completions of {shell} could not be made");
        fs::write(completions.join(file), output.stdout)?;
    }
    Ok(())
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to)?;
        } else {
            fs::copy(path, to)?;
        }
    }
    Ok(())
}

/// The licences of all that the program is built from, with their texts as far as they come along.
fn licences(metadata: &cargo_metadata::Metadata) -> anyhow::Result<String> {
    let mut packages: BTreeMap<(String, String), &Package> = BTreeMap::new();
    for id in dependencies(metadata)? {
        let package = &metadata[&id];
        if package.source.is_some() {
            let key = (package.name.to_string(), package.version.to_string());
            packages.insert(key, package);
        }
    }
    let mut text = "# Licences\n\nsupport-audit is licensed under MIT OR Apache-2.0.\nIt is built from these packages:\n\n".to_owned();
    for ((name, version), package) in &packages {
        let licence = package.license.as_deref().unwrap_or("see its text");
        text.push_str(&format!("- {name} {version}: {licence}\n"));
    }
    for ((name, version), package) in &packages {
        let folder = package.manifest_path.parent().context("a package has no folder")?;
        for file in texts(folder.as_std_path())? {
            let title = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let content = fs::read(&file)?;
            let content = String::from_utf8_lossy(&content);
            text.push_str(&format!("\n## {name} {version}: {title}\n\n{}\n", content.trim()));
        }
    }
    Ok(text)
}

/// The files of a package's folder that hold a licence or a notice.
fn texts(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        let is_text = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];
        if path.is_file() && is_text.iter().any(|beginning| name.starts_with(beginning)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Everything that the program is built from: not what only tests or builds use.
fn dependencies(metadata: &cargo_metadata::Metadata) -> anyhow::Result<Vec<PackageId>> {
    let resolve = metadata.resolve.as_ref().context("cargo resolved no dependencies")?;
    let root = metadata.packages.iter().find(|package| package.name.as_str() == NAME);
    let mut found = vec![root.context("there is no program")?.id.clone()];
    let mut next = 0;
    while let Some(id) = found.get(next).cloned() {
        next += 1;
        let node = resolve.nodes.iter().find(|node| node.id == id);
        for dependency in node.into_iter().flat_map(|node| &node.deps) {
            let is_normal =
                dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
            if is_normal && !found.contains(&dependency.pkg) {
                found.push(dependency.pkg.clone());
            }
        }
    }
    Ok(found)
}

fn sum(file: &Path) -> anyhow::Result<String> {
    Ok(format!("{:x}", Sha256::digest(fs::read(file)?)))
}

/// The checksums of all files below the folder, as `sha256sum --check` reads them.
fn sums(folder: &Path) -> anyhow::Result<String> {
    let mut lines = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
                lines.push(format!("{}  {name}\n", sum(&path)?));
            }
        }
    }
    lines.sort_by(|one, other| one.split_once("  ").cmp(&other.split_once("  ")));
    Ok(lines.concat())
}

fn pack(folder: &Path, title: &str, archive: &Path) -> anyhow::Result<()> {
    let file = fs::File::create(archive)?;
    let mut archive = tar::Builder::new(GzEncoder::new(file, Compression::best()));
    archive.append_dir_all(title, folder)?;
    archive.into_inner()?.finish()?;
    Ok(())
}
