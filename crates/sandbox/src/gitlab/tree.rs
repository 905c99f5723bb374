//! `GET /projects/:id/repository/tree` (GitLab docs: Repositories API).

use serde_json::{Value, json};

use super::{Answered, access, not_found, page, parameters::Parameters};
use crate::{
    objects::{self, Entry, Trees},
    request::Request,
    world::World,
};

/// The entries of a directory; with `recursive` also those of the directories in it.
pub(super) fn list(world: &World, request: &Request, id: &str) -> Answered {
    let project = access::readable(world, request, access::READ, id)?;
    let parameter = |name: &str| request.parameter(name).unwrap_or_default();
    let (path, reference) = (parameter("path"), parameter("ref"));
    let path = path.trim_matches('/');
    let parameters = Parameters::parse(request)?;
    let recursive = parameters.flag("recursive")?.unwrap_or(false);
    let pagination = parameters.word("pagination", &["legacy", "keyset", "none"])?;
    let reference = if reference.is_empty() { "HEAD" } else { &reference };
    let commit = project.resolve(reference).ok_or_else(|| not_found("Tree"))?;
    let mut entries = Vec::new();
    collect(&commit.trees, path, recursive, &mut entries).ok_or_else(|| not_found("Tree"))?;
    // GitLab puts directories first; the sort keeps git's order among equals.
    entries.sort_by_key(|entry| !entry.is_directory);
    let recursive = if recursive { "true" } else { "false" };
    if pagination == "keyset" {
        let fixed = [("id", id), ("recursive", recursive)];
        // The path names an entry; the blob id does not, as two files may be equal.
        let token = |entry: &Entry| objects::id("entry", entry.path.as_bytes());
        let items = entries.into_iter().map(|entry| (token(entry), shown(entry))).collect();
        return page::by_token(request, &fixed, items);
    }
    let fixed = [("id", id), ("pagination", pagination), ("recursive", recursive)];
    page::by_number(world, request, &fixed, (entries, shown), true)
}

fn collect<'trees>(
    trees: &'trees Trees,
    path: &str,
    recursive: bool,
    entries: &mut Vec<&'trees Entry>,
) -> Option<()> {
    for entry in trees.entries.get(path)? {
        entries.push(entry);
        if recursive && entry.is_directory {
            collect(trees, &entry.path, recursive, entries)?;
        }
    }
    Some(())
}

fn shown(entry: &Entry) -> Value {
    let (kind, mode) = if entry.is_directory { ("tree", "040000") } else { ("blob", "100644") };
    json!({
        "id": entry.id, "name": entry.name, "type": kind, "path": entry.path, "mode": mode,
    })
}
