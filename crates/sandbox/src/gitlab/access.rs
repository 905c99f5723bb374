//! The caller of a request, and what they may see.

use serde_json::json;

use super::not_found;
use crate::{
    issue::{Actor, Issue},
    reply::Reply,
    request::Request,
    world::{GUEST, Project, Token, User, Visibility, World},
};

/// Scopes that read everything.
pub(super) const READ: &[&str] = &["api", "read_api"];
/// Scopes that read users.
pub(super) const READ_USER: &[&str] = &["read_user", "api", "read_api"];
/// Scopes that read files: `read_repository` is for this one API (GitLab docs: Personal access
/// token scopes).
pub(super) const READ_FILES: &[&str] = &["read_repository", "api", "read_api"];
/// Scopes that write.
pub(super) const WRITE: &[&str] = &["api"];
/// Any scope is enough.
pub(super) const ANY: &[&str] = &[];

/// The access level from which a member of a private project may read its files: reporter
/// (GitLab docs: Permissions and roles).
const READS_FILES: u8 = 20;

/// The user of a valid token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller<'world> {
    pub(super) token: &'world Token,
    pub(super) user: &'world User,
}

/// The caller; `None` without a token.
///
/// # Errors
///
/// 401 for a wrong, expired or revoked token; 403 for a token without any of the scopes, and for
/// a blocked user's.
pub(super) fn caller<'world>(
    world: &'world World,
    request: &Request,
    scopes: &[&str],
) -> Result<Option<Caller<'world>>, Reply> {
    let sent = request.header("private-token").or_else(|| request.bearer());
    let Some(sent) = sent.filter(|sent| !sent.is_empty()) else { return Ok(None) };
    let token = world.tokens.iter().find(|token| token.value == sent);
    let caller = token.and_then(|token| Some(Caller { token, user: world.user(&token.user)? }));
    let caller = caller.ok_or_else(unauthorized)?;
    if caller.token.is_expired(world.now) {
        let text = "Token is expired. You can either do re-authorization or token refresh.";
        return Err(invalid_token(text));
    }
    if caller.token.revoked {
        return Err(invalid_token("Token was revoked. You have to re-authorize from the user."));
    }
    if caller.user.state != "active" {
        return Err(blocked());
    }
    let has_scope = caller.token.scopes.iter().any(|scope| scopes.contains(&scope.as_str()));
    if !scopes.is_empty() && !has_scope {
        return Err(insufficient_scope(request, scopes));
    }
    Ok(Some(caller))
}

/// The caller, who must have sent a token.
///
/// # Errors
///
/// As [`caller`], and 401 where no token was sent.
pub(super) fn somebody<'world>(
    world: &'world World,
    request: &Request,
    scopes: &[&str],
) -> Result<Caller<'world>, Reply> {
    caller(world, request, scopes)?.ok_or_else(unauthorized)
}

/// The project of a number or full path, whatever its case, if the caller can see it.
///
/// # Errors
///
/// 404 for a missing project and for a hidden one alike; for a path that the project had
/// before, 301 to the number (GitLab docs: REST API, redirects) and 405 to all but GET.
pub(super) fn project<'world>(
    world: &'world World,
    request: &Request,
    caller: Option<Caller<'_>>,
    id: &str,
) -> Result<&'world Project, Reply> {
    let number = id.parse::<u64>().ok();
    let mut moved_project = None;
    for project in &world.projects {
        if !can_see(project, caller) {
            continue;
        }
        if Some(project.id) == number || project.path.eq_ignore_ascii_case(id) {
            return Ok(project);
        }
        if project.renamed_from.iter().any(|path| path.eq_ignore_ascii_case(id)) {
            moved_project = moved_project.or(Some(project));
        }
    }
    match moved_project {
        Some(project) if request.method == "GET" => Err(moved(request, project)),
        Some(_) => {
            let text = "Non GET methods are not allowed for moved projects";
            Err(Reply::json(405, &json!({"message": text})))
        }
        None => Err(not_found("Project")),
    }
}

/// The project, as [`project`], if the caller can read its files.
///
/// # Errors
///
/// As [`project`], and 403 for members of a private project below reporter.
pub(super) fn readable<'world>(
    world: &'world World,
    request: &Request,
    scopes: &[&str],
    id: &str,
) -> Result<&'world Project, Reply> {
    let caller = caller(world, request, scopes)?;
    let project = project(world, request, caller, id)?;
    let is_low = level(project, caller).is_none_or(|level| level < READS_FILES);
    if project.visibility == Visibility::Private && is_low {
        return Err(forbidden());
    }
    Ok(project)
}

/// An issue, and who asks for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'world> {
    pub(super) project: &'world Project,
    pub(super) issue: &'world Issue,
    /// Without a token, the user is 0, which is nobody's id.
    pub(super) actor: Actor,
}

/// The issue with the number in a project, if the caller can see it.
///
/// # Errors
///
/// As [`project_and_actor`]; 400 where the number is not one; 404 as `missing` says for an issue
/// that does not exist or is hidden, and for every one of a project without issues.
pub(super) fn issue<'world>(
    world: &'world World,
    request: &Request,
    (id, iid): (&str, &str),
    missing: fn() -> Reply,
) -> Result<Found<'world>, Reply> {
    let (project, actor) = project_and_actor(world, request, id)?;
    if project.issues_disabled {
        return Err(missing());
    }
    let number: u64 = iid.parse().map_err(|_| super::bad_parameter("issue_iid is invalid"))?;
    let mut issues = project.issues.iter();
    let issue = issues.find(|issue| issue.iid == number && actor.may_see(issue));
    Ok(Found { project, issue: issue.ok_or_else(missing)?, actor })
}

/// A project that the caller can see, and the caller as an actor in it.
///
/// # Errors
///
/// As [`project`]; 401 for a write without a token; 403 for a write to an archived project.
pub(super) fn project_and_actor<'world>(
    world: &'world World,
    request: &Request,
    id: &str,
) -> Result<(&'world Project, Actor), Reply> {
    let scopes = if request.is_write() { WRITE } else { READ };
    let caller = caller(world, request, scopes)?;
    if request.is_write() && caller.is_none() {
        return Err(unauthorized());
    }
    let project = project(world, request, caller, id)?;
    if request.is_write() && project.archived {
        return Err(forbidden());
    }
    let level = level(project, caller).unwrap_or(0);
    let may_command = caller.is_some_and(|caller| !caller.token.no_quick_actions);
    Ok((project, Actor { user: caller.map_or(0, |caller| caller.user.id), level, may_command }))
}

/// The caller's access level in a project, if they are a member.
pub(super) fn level(project: &Project, caller: Option<Caller<'_>>) -> Option<u8> {
    project.members.get(&caller?.user.username).copied()
}

fn can_see(project: &Project, caller: Option<Caller<'_>>) -> bool {
    match project.visibility {
        Visibility::Public => true,
        Visibility::Internal => caller.is_some(),
        Visibility::Private => level(project, caller).is_some_and(|level| level >= GUEST),
    }
}

fn moved(request: &Request, project: &Project) -> Reply {
    // Of the address everything stays as it was sent, but for the project.
    let after_id = request.path.splitn(5, '/').nth(4).unwrap_or_default();
    let tail = after_id.find(['/', '?']).and_then(|end| after_id.get(end..)).unwrap_or_default();
    let location = format!("{}/api/v4/projects/{}{tail}", request.origin(), project.id);
    let text = format!("This resource has been moved permanently to {location}.");
    Reply::bytes(301, "text/plain", text).with("location", location)
}

/// The refusal of what the caller can see but not do.
pub(super) fn forbidden() -> Reply {
    Reply::json(403, &json!({"message": "403 Forbidden"}))
}

/// The refusal of a missing or wrong token.
pub(super) fn unauthorized() -> Reply {
    Reply::json(401, &json!({"message": "401 Unauthorized"}))
}

/// The text is that of GitLab's code; it is not recorded.
fn blocked() -> Reply {
    Reply::json(403, &json!({"message": "403 Forbidden - Your account has been blocked."}))
}

fn invalid_token(text: &str) -> Reply {
    let challenge = format!(
        "Bearer realm=\"Protected by OAuth 2.0\", error=\"invalid_token\", \
         error_description=\"{text}\""
    );
    Reply::json(401, &json!({"error": "invalid_token", "error_description": text}))
        .with("www-authenticate", challenge)
}

/// The scopes listed are those that can call the route at all, even only to read, in GitLab's
/// own order (recorded from GitLab 18.9 for the issues of a project).
fn insufficient_scope(request: &Request, scopes: &[&str]) -> Reply {
    let text = "The request requires higher privileges than provided by the access token.";
    let parts: Vec<&str> = request.raw_path().split('/').skip(5).collect();
    let scope = match parts.as_slice() {
        ["issues"] | ["issues", _] => "ai_workflows mcp mcp api read_api".to_owned(),
        _ if scopes == WRITE => "api read_api".to_owned(),
        _ => scopes.join(" "),
    };
    let body = json!({
        "error": "insufficient_scope",
        "error_description": text,
        "scope": scope,
    });
    Reply::json(403, &body)
}
