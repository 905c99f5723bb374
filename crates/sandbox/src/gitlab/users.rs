//! Users and members (GitLab docs: Users API, Members API).

use serde_json::{Value, json};

use super::{
    Answered, access, bad_parameter,
    identity::{BEGINNING, basic},
    instant, missing, not_found, page,
    parameters::Parameters,
};
use crate::{
    reply::Reply,
    request::Request,
    world::{Project, User, World},
};

/// `GET /users`: all, or the one with the `username`. Ordinary users do not see blocked users
/// (recorded from GitLab 18.9).
pub(super) fn list(world: &World, request: &Request) -> Answered {
    access::somebody(world, request, access::READ_USER)?;
    let parameters = Parameters::parse(request)?;
    let username = parameters.text("username")?;
    let search = parameters.text("search")?;
    parameters.flag("active")?;
    let none = parameters.flag("blocked")?.unwrap_or(false);
    let sort = parameters.word("sort", &["desc", "asc"])?;
    let mut users: Vec<&User> = world
        .users
        .iter()
        .filter(|user| user.state == "active" && !none)
        .filter(|user| {
            username.as_ref().is_none_or(|name| user.username.eq_ignore_ascii_case(name))
        })
        .filter(|user| search.as_ref().is_none_or(|text| matches(user, text)))
        .collect();
    users.sort_by_key(|user| user.id);
    if sort == "desc" {
        users.reverse();
    }
    let show = |user: &User| basic(user, request);
    let no = "false";
    let fixed = [
        ("active", no),
        ("admins", no),
        ("blocked", no),
        ("exclude_active", no),
        ("exclude_external", no),
        ("exclude_humans", no),
        ("exclude_internal", no),
        ("external", no),
        ("humans", no),
        ("order_by", "id"),
        ("sort", sort),
        ("with_custom_attributes", no),
        ("without_project_bots", no),
        ("without_projects", no),
    ];
    page::by_number(world, request, &fixed, (users, show), true)
}

/// `GET /users/:id`, blocked users too.
pub(super) fn show(world: &World, request: &Request, id: &str) -> Answered {
    access::somebody(world, request, access::READ_USER)?;
    let user = find(world, id)?;
    let mut body = basic(user, request);
    let own = json!({
        "created_at": instant(BEGINNING), "bio": "", "location": "", "linkedin": "",
        "twitter": "", "discord": "", "website_url": "", "github": "", "job_title": "",
        "pronouns": null, "organization": "", "bot": false, "work_information": null,
        "local_time": null, "followers": 0, "following": 0, "is_followed": false,
    });
    if let (Value::Object(body), Value::Object(own)) = (&mut body, own) {
        body.extend(own);
    }
    Ok(Reply::json(200, &body))
}

/// `GET /users/:id/status`.
pub(super) fn status(world: &World, request: &Request, id: &str) -> Answered {
    access::somebody(world, request, access::READ_USER)?;
    let is_busy = find(world, id)?.busy;
    let body = json!({
        "emoji": is_busy.then_some("speech_balloon"), "message": null, "message_html": null,
        "availability": is_busy.then_some("busy"), "clear_status_at": null,
    });
    Ok(Reply::json(200, &body))
}

/// `GET /projects/:id/members` and `…/members/all`, blocked users among them.
pub(super) fn members(world: &World, request: &Request, id: &str) -> Answered {
    let (project, _) = access::project_and_actor(world, request, id)?;
    let parameters = Parameters::parse(request)?;
    let query = parameters.text("query")?.unwrap_or_default();
    let mut users: Vec<&User> = world
        .users
        .iter()
        .filter(|user| project.members.contains_key(&user.username))
        .filter(|user| matches(user, &query))
        .collect();
    users.sort_by_key(|user| user.id);
    let show = |user: &User| shown(project, user, request).unwrap_or_default();
    page::by_number(world, request, &[("id", id)], (users, show), true)
}

/// `GET /projects/:id/members/:user_id` and `…/members/all/:user_id`.
pub(super) fn member(world: &World, request: &Request, id: &str, user: &str) -> Answered {
    let (project, _) = access::project_and_actor(world, request, id)?;
    let user = user.parse().map_err(|_| bad_parameter("user_id is invalid"))?;
    let member = world.user_by_id(user).and_then(|user| shown(project, user, request));
    Ok(Reply::json(200, &member.ok_or_else(missing)?))
}

fn find<'world>(world: &'world World, id: &str) -> Result<&'world User, Reply> {
    let id = id.parse().map_err(|_| bad_parameter("id is invalid"))?;
    world.user_by_id(id).ok_or_else(|| not_found("User"))
}

fn shown(project: &Project, user: &User, request: &Request) -> Option<Value> {
    let level = project.members.get(&user.username)?;
    let mut body = basic(user, request);
    if let Value::Object(body) = &mut body {
        body.insert("access_level".to_owned(), json!(level));
        body.insert("created_at".to_owned(), json!(instant(BEGINNING)));
        body.insert("created_by".to_owned(), Value::Null);
        body.insert("expires_at".to_owned(), Value::Null);
    }
    Some(body)
}

fn matches(user: &User, text: &str) -> bool {
    let text = text.to_lowercase();
    let fields = [&user.username, &user.name, &user.email];
    fields.iter().any(|field| field.to_lowercase().contains(&text))
}
