//! A small Calendly: API v2. Each route is a function from world and request to reply.

mod access;
mod account;
mod export;
mod identity;
mod invitations;
mod memberships;
mod organization;
mod page;
mod quota;
mod refusal;

pub use account::{CalendlyInvitation, CalendlyToken, CalendlyUser, InvitationStatus};
pub use organization::Calendly;
pub use quota::Quota;

use jiff::Timestamp;

use crate::{percent, reply::Reply, request::Request, world::World};

/// An answer, or the refusal that is given in its place.
type Answered = Result<Reply, Reply>;

/// What Calendly answers to a request.
pub(crate) fn answer(world: &mut World, request: &Request) -> Reply {
    let sender = access::sender(&world.calendly, request);
    let sender = sender.map(|(_, user)| user.id.clone()).unwrap_or_default();
    let turn = world.calendly.quota.take(&sender, world.now);
    let reply = if turn.granted {
        route(world, request).unwrap_or_else(|refusal| refusal)
    } else {
        refusal::too_many_requests()
    };
    reply
        .with("x-ratelimit-limit", turn.limit.to_string())
        .with("x-ratelimit-remaining", turn.remaining.to_string())
        .with("x-ratelimit-reset", turn.seconds_left.to_string())
}

fn route(world: &mut World, request: &Request) -> Answered {
    let path = request.raw_path().strip_prefix('/').unwrap_or_default();
    let parts: Vec<String> = path.split('/').map(percent::decode).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let method = if request.is_write() { request.method.as_str() } else { "GET" };
    match (method, parts.as_slice()) {
        ("GET", ["users", "me"]) => identity::me(world, request),
        ("GET", ["organizations", id]) => identity::organization(world, request, id),
        ("GET", ["organization_memberships"]) => memberships::list(world, request),
        ("GET", ["organization_memberships", id]) => memberships::show(world, request, id),
        ("DELETE", ["organization_memberships", id]) => memberships::remove(world, request, id),
        (method, ["organizations", organization, "invitations", rest @ ..]) => {
            match (method, rest) {
                ("GET", []) => invitations::list(world, request, organization),
                ("POST", []) => invitations::create(world, request, organization),
                ("GET", [id]) => invitations::show(world, request, organization, id),
                ("DELETE", [id]) => invitations::revoke(world, request, organization, id),
                _ => Err(refusal::not_found()),
            }
        }
        _ => Err(refusal::not_found()),
    }
}

/// An instant as Calendly writes it: `2020-01-02T03:04:05.678123Z`.
fn instant(at: Timestamp) -> String {
    format!("{at:.6}")
}
