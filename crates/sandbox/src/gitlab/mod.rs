//! A small GitLab: REST API v4. Each route is a function from world and request to reply.

mod access;
mod commits;
mod files;
mod identity;
mod page;
mod projects;
mod tree;

use jiff::Timestamp;
use serde_json::json;

use crate::{objects, percent, reply::Reply, request::Request, world::World};

/// An answer, or the refusal that is given in its place.
type Answered = Result<Reply, Reply>;

/// Requests a user may make in a minute on GitLab.com (GitLab docs: GitLab.com settings).
const LIMIT: u64 = 2_000;

/// What GitLab answers to a request.
pub(crate) fn answer(world: &World, request: &Request) -> Reply {
    let reply = route(world, request).unwrap_or_else(|refusal| refusal);
    dress(reply, world, request)
}

fn route(world: &World, request: &Request) -> Answered {
    let path = request.raw_path().strip_prefix("/api/v4/").ok_or_else(no_route)?;
    if request.is_write() {
        return Err(no_route());
    }
    let parts: Vec<String> = path.split('/').map(percent::decode).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["user"] => identity::user(world, request),
        ["personal_access_tokens", "self"] => identity::token(world, request),
        ["version" | "metadata"] => identity::version(world, request),
        ["projects", id] => projects::show(world, request, id),
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

/// The answer to an address that is no route, which includes an unencoded project path.
fn no_route() -> Reply {
    Reply::json(404, &json!({"error": "404 Not Found"}))
}

/// `404 <what> Not Found`.
fn not_found(what: &str) -> Reply {
    Reply::json(404, &json!({"message": format!("404 {what} Not Found")}))
}

/// The refusal of a parameter, such as `ref is missing`.
fn bad_parameter(text: &str) -> Reply {
    Reply::json(400, &json!({"error": text}))
}

/// An instant as GitLab writes it: `2026-11-22T11:57:17.120Z`.
fn instant(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// Adds the headers that all answers have, and answers 304 to whoever has the same already.
fn dress(mut reply: Reply, world: &World, request: &Request) -> Reply {
    let is_json = reply.header("content-type") == Some("application/json");
    if reply.status == 200 && is_json && request.method == "GET" {
        let mut tag = objects::id("etag", &reply.body);
        tag.truncate(32);
        let tag = format!("W/\"{tag}\"");
        if request.header("if-none-match") == Some(tag.as_str()) {
            reply.status = 304;
            reply.body.clear();
        }
        reply = reply.with("etag", tag);
        reply = reply.with("cache-control", "max-age=0, private, must-revalidate");
    } else if reply.header("cache-control").is_none() {
        reply = reply.with("cache-control", "no-cache");
    }
    let window_ends = world.now.as_second() + 60;
    reply
        .with("vary", "Origin")
        .with("x-frame-options", "SAMEORIGIN")
        .with("x-content-type-options", "nosniff")
        .with("content-security-policy", "default-src 'none'")
        .with("ratelimit-limit", LIMIT.to_string())
        .with("ratelimit-name", "throttle_authenticated_api")
        .with("ratelimit-observed", "1")
        .with("ratelimit-remaining", (LIMIT - 1).to_string())
        .with("ratelimit-reset", window_ends.to_string())
}
