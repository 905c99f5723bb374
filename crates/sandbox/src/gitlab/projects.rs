//! `GET /projects/:id` (GitLab docs: Projects API).

use serde_json::{Map, Value, json};

use super::{Answered, access, identity::BEGINNING, instant};
use crate::{
    percent,
    reply::Reply,
    request::Request,
    world::{Project, Visibility, World},
};

/// The fields that are the same for every project here.
const SETTINGS: &str = include_str!("project_settings.json");

/// The access level from which a member sees confidential issues, and so a count of them.
const PLANNER: u8 = 15;

/// One project.
pub(super) fn show(world: &World, request: &Request, id: &str) -> Answered {
    let caller = access::caller(world, request, access::READ)?;
    let project = access::project(world, request, caller, id)?;
    let mut body: Map<String, Value> = serde_json::from_str(SETTINGS).unwrap_or_default();
    for part in [names(project, request), links(project, request)] {
        if let Value::Object(part) = part {
            body.extend(part);
        }
    }
    let level = access::level(project, caller);
    let sees_all = level.is_some_and(|level| level >= PLANNER);
    let open = project.issues.iter().filter(|issue| issue.closed.is_none());
    let open = open.filter(|issue| sees_all || !issue.confidential).count();
    body.insert("open_issues_count".to_owned(), json!(open));
    body.insert("archived".to_owned(), json!(project.archived));
    if project.issues_disabled {
        without_issues(&mut body);
    }
    let access = level.map(|level| json!({"access_level": level, "notification_level": 3}));
    body.insert("permissions".to_owned(), json!({"project_access": access, "group_access": null}));
    Ok(Reply::json(200, &Value::Object(body)))
}

/// A project whose issues are switched off has no number of them and no link to them (GitLab's
/// entity of projects; not recorded).
fn without_issues(body: &mut Map<String, Value>) {
    body.remove("open_issues_count");
    body.insert("issues_enabled".to_owned(), json!(false));
    body.insert("issues_access_level".to_owned(), json!("disabled"));
    if let Some(Value::Object(links)) = body.get_mut("_links") {
        links.remove("issues");
    }
}

fn names(project: &Project, request: &Request) -> Value {
    let Project { id, path, default_branch, repository, .. } = project;
    let (group, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (_, group_name) = group.rsplit_once('/').unwrap_or(("", group));
    let visibility = match project.visibility {
        Visibility::Private => "private",
        Visibility::Internal => "internal",
        Visibility::Public => "public",
    };
    let branch = repository.head().map(|_| default_branch);
    let changed = repository.head().map_or(BEGINNING, |head| head.at);
    json!({
        "id": id, "name": name, "path": name, "path_with_namespace": path,
        "name_with_namespace": path.replace('/', " / "),
        "default_branch": branch, "empty_repo": branch.is_none(), "visibility": visibility,
        "created_at": instant(BEGINNING), "updated_at": instant(changed),
        "last_activity_at": instant(changed),
        "namespace": {
            "id": id + 1000, "name": group_name, "path": group_name, "kind": "group",
            "full_path": group, "avatar_url": null,
            "parent_id": group.contains('/').then_some(id + 2000),
            "web_url": format!("{}/groups/{group}", request.origin()),
        },
    })
}

fn links(project: &Project, request: &Request) -> Value {
    let origin = request.origin();
    let host = origin.trim_start_matches("http://");
    let (host_name, _) = host.split_once(':').unwrap_or((host, ""));
    let web = format!("{origin}/{}", project.path);
    let own = format!("{origin}/api/v4/projects/{}", project.id);
    let head = project.repository.head();
    let readme = head
        .filter(|head| head.files.contains_key("README.md"))
        .map(|_| format!("{web}/-/blob/{}/README.md", percent::encode(&project.default_branch)));
    json!({
        "web_url": web, "http_url_to_repo": format!("{web}.git"), "readme_url": readme,
        "ssh_url_to_repo": format!("git@{host_name}:{}.git", project.path),
        "_links": {
            "self": own, "issues": format!("{own}/issues"),
            "merge_requests": format!("{own}/merge_requests"),
            "repo_branches": format!("{own}/repository/branches"),
            "labels": format!("{own}/labels"), "events": format!("{own}/events"),
            "members": format!("{own}/members"),
            "cluster_agents": format!("{own}/cluster_agents"),
        },
    })
}
