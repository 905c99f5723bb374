//! A small GitLab: REST API v4. Each route is a function from world and request to reply.

mod access;
mod commits;
mod condition;
mod discussions;
mod files;
mod identity;
mod issue_json;
mod issue_write;
mod issues;
mod labels;
mod notes;
mod page;
mod parameters;
mod projects;
mod reactions;
mod templates;
mod throttle;
mod tree;
mod users;

use jiff::Timestamp;
use serde_json::json;

use self::{parameters::Parameters, throttle::Usage};
use crate::{objects, percent, reply::Reply, request::Request, world::World};

/// An answer, or the refusal that replaces it.
type Answered = Result<Reply, Reply>;

/// What GitLab answers to a request.
pub(crate) fn answer(world: &mut World, request: &Request) -> Reply {
    let usage = Usage::count(world, request);
    if let Some(refusal) = usage.refusal(world) {
        return usage.show(dress(refusal, request), world);
    }
    // A request that cannot be read reaches no route, whoever sent it (recorded from GitLab 18.9).
    let reply = match Parameters::parse(request) {
        Ok(_) => dress(route(world, request).unwrap_or_else(|refusal| refusal), request),
        Err(refusal) => refusal,
    };
    usage.show(reply, world)
}

fn route(world: &mut World, request: &Request) -> Answered {
    let path = request.raw_path().strip_prefix("/api/v4/").ok_or_else(no_route)?;
    let parts: Vec<String> = path.split('/').map(percent::decode).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["projects", id, "issues", rest @ ..] => route_issues(world, request, id, rest),
        _ if request.is_write() => Err(no_route()),
        parts => route_reads(world, request, parts),
    }
}

fn route_reads(world: &World, request: &Request, parts: &[&str]) -> Answered {
    match parts {
        ["user"] => identity::user(world, request),
        ["users"] => users::list(world, request),
        ["users", id] => users::show(world, request, id),
        ["users", id, "status"] => users::status(world, request, id),
        ["personal_access_tokens", "self"] => identity::token(world, request),
        ["version" | "metadata"] => identity::version(world, request),
        ["projects", id] => projects::show(world, request, id),
        ["projects", id, "labels"] => labels::list(world, request, id),
        // Nobody is a member by a group here, so that all are direct members.
        ["projects", id, "members"] | ["projects", id, "members", "all"] => {
            users::members(world, request, id)
        }
        ["projects", id, "members", user] | ["projects", id, "members", "all", user] => {
            users::member(world, request, id, user)
        }
        ["projects", id, "templates", "issues"] => templates::list(world, request, id),
        ["projects", id, "templates", "issues", name] => templates::show(world, request, id, name),
        ["projects", id, "repository", rest @ ..] => match rest {
            ["files", path] => files::show(world, request, id, path),
            ["files", path, "raw"] => files::raw(world, request, id, path),
            ["tree"] => tree::list(world, request, id),
            ["commits"] => commits::list(world, request, id),
            ["commits", reference] => commits::show(world, request, id, reference),
            ["archive" | "archive.tar.gz"] => commits::archive(world, request, id),
            _ => Err(no_route()),
        },
        _ => Err(no_route()),
    }
}

fn route_issues(world: &mut World, request: &Request, id: &str, rest: &[&str]) -> Answered {
    let method = if request.is_write() { request.method.as_str() } else { "GET" };
    match (method, rest) {
        ("GET", []) => issues::list(world, request, id),
        ("POST", []) => issue_write::create(world, request, id),
        ("GET", [iid]) => issues::show(world, request, id, iid),
        ("PUT", [iid]) => issue_write::update(world, request, id, iid),
        ("DELETE", [iid]) => issue_write::delete(world, request, id, iid),
        (method, [iid, "award_emoji", rest @ ..]) => {
            route_reactions(world, request, (id, iid, None), (method, rest))
        }
        (method, [iid, "notes", note, "award_emoji", rest @ ..]) => {
            route_reactions(world, request, (id, iid, Some(note)), (method, rest))
        }
        (method, [iid, "notes", rest @ ..]) => {
            let place = (id, *iid);
            match (method, rest) {
                ("GET", []) => notes::list(world, request, place),
                ("POST", []) => notes::create(world, request, place),
                ("GET", [note]) => notes::show(world, request, place, note),
                ("PUT", [note]) => notes::update(world, request, (place, None), note),
                ("DELETE", [note]) => notes::delete(world, request, (place, None), note),
                _ => Err(no_route()),
            }
        }
        (method, [iid, "discussions", rest @ ..]) => {
            route_discussions(world, request, (id, iid), (method, rest))
        }
        ("GET", [iid, kind @ ("resource_label_events" | "resource_state_events")]) => {
            labels::events(world, request, (id, iid), kind)
        }
        _ => Err(no_route()),
    }
}

fn route_discussions(
    world: &mut World,
    request: &Request,
    place: (&str, &str),
    (method, rest): (&str, &[&str]),
) -> Answered {
    match (method, rest) {
        ("GET", []) => discussions::list(world, request, place),
        ("POST", []) => discussions::create(world, request, place),
        ("GET", [discussion]) => discussions::show(world, request, place, discussion),
        ("PUT", [discussion]) => discussions::resolve(world, request, place, discussion),
        ("POST", [discussion, "notes"]) => discussions::reply(world, request, place, discussion),
        ("GET", [discussion, "notes"]) => discussions::notes(world, request, place, discussion),
        ("GET", [_, "notes", note]) => notes::show(world, request, place, note),
        ("PUT", [discussion, "notes", note]) => {
            discussions::update_note(world, request, place, (discussion, note))
        }
        ("DELETE", [discussion, "notes", note]) => {
            notes::delete(world, request, (place, Some(discussion)), note)
        }
        _ => Err(no_route()),
    }
}

fn route_reactions(
    world: &mut World,
    request: &Request,
    place: reactions::Place<'_>,
    (method, rest): (&str, &[&str]),
) -> Answered {
    match (method, rest) {
        ("GET", []) => reactions::list(world, request, place),
        ("POST", []) => reactions::create(world, request, place),
        ("GET", [award]) => reactions::show(world, request, place, award),
        ("DELETE", [award]) => reactions::delete(world, request, place, award),
        _ => Err(no_route()),
    }
}

/// The answer to an address without a route, such as an unencoded project path.
fn no_route() -> Reply {
    Reply::json(404, &json!({"error": "404 Not Found"}))
}

/// `404 <what> Not Found`.
fn not_found(what: &str) -> Reply {
    Reply::json(404, &json!({"message": format!("404 {what} Not Found")}))
}

/// The answer for something missing or hidden whose kind GitLab does not name.
fn missing() -> Reply {
    Reply::json(404, &json!({"message": "404 Not found"}))
}

/// `400 Bad request - <text>`.
fn bad_request(text: &str) -> Reply {
    Reply::json(400, &json!({"message": format!("400 Bad request - {text}")}))
}

/// The refusal of a parameter, such as `ref is missing`.
fn bad_parameter(text: &str) -> Reply {
    Reply::json(400, &json!({"error": text}))
}

/// An instant as GitLab writes it: `2026-11-22T11:57:17.120Z`.
fn instant(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// Adds the headers that every answer has, and turns it into a 304 where the client has the same
/// already.
fn dress(mut reply: Reply, request: &Request) -> Reply {
    let is_json = reply.header("content-type") == Some("application/json");
    if matches!(reply.status, 200 | 201) && is_json && !reply.body.is_empty() {
        let mut tag = objects::id("etag", &reply.body);
        tag.truncate(32);
        let tag = format!("W/\"{tag}\"");
        let is_known = request.header("if-none-match") == Some(tag.as_str());
        if is_known && request.method == "GET" {
            reply.status = 304;
            reply.body.clear();
        }
        reply = reply.with("etag", tag);
        reply = reply.with("cache-control", "max-age=0, private, must-revalidate");
    } else if reply.header("cache-control").is_none() {
        reply = reply.with("cache-control", "no-cache");
    }
    reply
        .with("vary", "Origin")
        .with("x-frame-options", "SAMEORIGIN")
        .with("x-content-type-options", "nosniff")
        .with("content-security-policy", "default-src 'none'")
}
