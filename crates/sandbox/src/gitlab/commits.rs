//! Commits and their archives (GitLab docs: Commits API, Repositories API).

use serde_json::{Value, json};

use super::{Answered, access, not_found, page};
use crate::{
    archive,
    reply::Reply,
    repository::{COMMITTER, Commit, is_at_or_under},
    request::Request,
    world::{Project, World},
};

/// `GET /projects/:id/repository/commits`: newest first, those of `ref_name` that touch `path`.
pub(super) fn list(world: &World, request: &Request, id: &str) -> Answered {
    let project = access::readable(world, request, access::READ, id)?;
    let reference = request.parameter("ref_name").filter(|name| !name.is_empty());
    let path = request.parameter("path").unwrap_or_default();
    let commits = match project.resolve(reference.as_deref().unwrap_or("HEAD")) {
        Some(tip) => project.repository.log(tip, path.trim_matches('/')),
        None => Vec::new(),
    };
    let show = |commit| shown(project, request, commit);
    let fixed = [("id", id), ("order", "default"), ("trailers", "false")];
    page::by_number(world, request, &fixed, (commits, show), false)
}

/// `GET /projects/:id/repository/commits/:ref`.
pub(super) fn show(world: &World, request: &Request, id: &str, reference: &str) -> Answered {
    let project = access::readable(world, request, access::READ, id)?;
    let commit = project.resolve(reference).ok_or_else(|| not_found("Commit"))?;
    let mut body = shown(project, request, commit);
    let whole = json!({
        "stats": {"additions": 0, "deletions": 0, "total": 0}, "status": null,
        "project_id": project.id, "last_pipeline": null,
    });
    if let (Value::Object(body), Value::Object(whole)) = (&mut body, whole) {
        body.extend(whole);
    }
    Ok(Reply::json(200, &body))
}

/// `GET /projects/:id/repository/archive[.tar.gz]` with `sha` (a ref; by default the default
/// branch) and `path` (a file or directory; by default all). No other format is served.
pub(super) fn archive(world: &World, request: &Request, id: &str) -> Answered {
    let project = access::readable(world, request, access::READ, id)?;
    let parameter = |name: &str| request.parameter(name).filter(|value| !value.is_empty());
    let reference = parameter("sha").unwrap_or_else(|| project.default_branch.clone());
    let path = parameter("path").unwrap_or_default();
    let path = path.trim_matches('/');
    // One text for everything that is not there.
    let commit = project.resolve(&reference).ok_or_else(|| not_found("File"))?;
    if !commit.files.keys().any(|name| is_at_or_under(name, path)) {
        return Err(not_found("File"));
    }
    let reference = reference.replace('/', "-");
    let mut top = format!("{}-{reference}-{}", project.name(), commit.id);
    if !path.is_empty() {
        top.push('-');
        top.push_str(&path.replace('/', "-"));
    }
    let bytes = archive::tar_gz(commit, &top, path).map_err(|_| not_found("File"))?;
    let disposition = format!("attachment; filename=\"{top}.tar.gz\"");
    Ok(Reply::bytes(200, "application/octet-stream", bytes)
        .with("content-disposition", disposition)
        .with("content-transfer-encoding", "binary"))
}

fn shown(project: &Project, request: &Request, commit: &Commit) -> Value {
    let (name, email) = COMMITTER;
    let at = commit.at.strftime("%Y-%m-%dT%H:%M:%S.000+00:00").to_string();
    let web_url = format!("{}/{}/-/commit/{}", request.origin(), project.path, commit.id);
    json!({
        "id": commit.id, "short_id": commit.id.get(..8), "created_at": at,
        "parent_ids": commit.parent.iter().collect::<Vec<_>>(), "title": commit.message,
        "message": commit.message, "author_name": name, "author_email": email,
        "authored_date": at, "committer_name": name, "committer_email": email,
        "committed_date": at, "trailers": {}, "extended_trailers": {}, "web_url": web_url,
    })
}
