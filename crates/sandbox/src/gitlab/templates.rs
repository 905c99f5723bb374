//! Issue templates (GitLab docs: Project templates API).

use serde_json::json;

use super::{Answered, access, not_found, page};
use crate::{
    reply::Reply,
    request::Request,
    world::{Project, World},
};

const FOLDER: &str = ".gitlab/issue_templates/";

/// `GET /projects/:id/templates/issues`: those of the default branch.
pub(super) fn list(world: &World, request: &Request, id: &str) -> Answered {
    let (project, _) = access::project_and_actor(world, request, id)?;
    let names = templates(project).map(|(name, _)| name).collect();
    let show = |name: &str| json!({"key": name, "name": name});
    page::by_number(world, request, &[("id", id), ("type", "issues")], (names, show), true)
}

/// `GET /projects/:id/templates/issues/:name`.
pub(super) fn show(world: &World, request: &Request, id: &str, name: &str) -> Answered {
    let (project, _) = access::project_and_actor(world, request, id)?;
    let found = templates(project).find(|(found, _)| *found == name);
    let (name, bytes) = found.ok_or_else(|| not_found("Template"))?;
    let content = String::from_utf8_lossy(bytes);
    Ok(Reply::json(200, &json!({"name": name, "content": content})))
}

/// Name and content of each.
fn templates(project: &Project) -> impl Iterator<Item = (&str, &[u8])> {
    let files = project.repository.head().into_iter().flat_map(|head| &head.files);
    files.filter_map(|(path, file)| {
        let name = path.strip_prefix(FOLDER)?.strip_suffix(".md")?;
        (!name.contains('/')).then_some((name, &*file.bytes))
    })
}
