//! A world from a folder.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, bail, ensure};

use crate::World;

/// Where the world of [`World::demo`] is.
const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/worlds/demo");

impl World {
    /// Reads a world from a folder:
    ///
    /// * `world.toml`: the fields of [`World`], by their names;
    /// * `repos/<full path of a project>/…`: the files on its default branch;
    /// * `config.toml`, which may be missing: see [`World::config`].
    ///
    /// # Errors
    ///
    /// A file cannot be read, `world.toml` does not have this shape, an id, path, username or
    /// token is there twice, or something names a user who does not exist.
    pub fn load(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("world.toml");
        let reading = || format!("reading {}", path.display());
        let text = fs::read_to_string(&path).with_context(reading)?;
        let mut world: Self = toml::from_str(&text).with_context(reading)?;
        world.check().with_context(reading)?;
        for project in &mut world.projects {
            let root = folder.join("repos").join(&project.path);
            let mut files = BTreeMap::new();
            if root.is_dir() {
                collect(&root, "", &mut files)?;
            }
            project.add_files(files);
        }
        let config = folder.join("config.toml");
        if config.exists() {
            let reading = || format!("finding {}", config.display());
            world.config = Some(config.canonicalize().with_context(reading)?);
        }
        Ok(world)
    }

    /// The demo world: an invented support team of 41 people, their Calendly organisation, and
    /// an empty audits project, with exactly one planted fault for each check of the roster and
    /// of the accounts. The head of `worlds/demo/world.toml` lists them.
    ///
    /// # Errors
    ///
    /// As [`World::load`]: the folder of this crate's sources must still be there.
    pub fn demo() -> anyhow::Result<Self> {
        Self::load(Path::new(DEMO))
    }

    fn check(&self) -> anyhow::Result<()> {
        unique("user id", self.users.iter().map(|user| user.id.to_string()))?;
        unique("username", self.users.iter().map(|user| user.username.to_lowercase()))?;
        unique("token", self.tokens.iter().map(|token| token.value.clone()))?;
        unique("project id", self.projects.iter().map(|project| project.id.to_string()))?;
        unique("project path", self.projects.iter().map(|project| project.path.to_lowercase()))?;
        let calendly = &self.calendly;
        unique("Calendly user id", calendly.users.iter().map(|user| user.id.clone()))?;
        unique("Calendly address", calendly.users.iter().map(|user| user.email.to_lowercase()))?;
        unique("Calendly token", calendly.tokens.iter().map(|token| token.value.clone()))?;
        let owners = self.tokens.iter().map(|token| &token.user);
        let members = self.projects.iter().flat_map(|project| project.members.keys());
        for username in owners.chain(members) {
            ensure!(self.user(username).is_some(), "no user has the username {username}");
        }
        for token in &calendly.tokens {
            let known = calendly.users.iter().any(|user| user.email == token.user);
            ensure!(known, "no Calendly user has the e-mail address {}", token.user);
        }
        Ok(())
    }
}

fn unique(what: &str, values: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let mut seen = BTreeSet::new();
    for value in values {
        if let Some(value) = seen.replace(value) {
            bail!("the {what} {value} is there twice");
        }
    }
    Ok(())
}

/// Reads the files under `folder`, whose path in the repository is `prefix`.
fn collect(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> anyhow::Result<()> {
    let reading = || format!("reading {}", folder.display());
    for entry in fs::read_dir(folder).with_context(reading)? {
        let entry = entry.with_context(reading)?;
        let Ok(name) = entry.file_name().into_string() else {
            bail!("a file name in {} is not Unicode", folder.display());
        };
        let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if entry.path().is_dir() {
            collect(&entry.path(), &path, files)?;
        } else {
            let reading = || format!("reading {}", entry.path().display());
            files.insert(path, fs::read(entry.path()).with_context(reading)?);
        }
    }
    Ok(())
}
