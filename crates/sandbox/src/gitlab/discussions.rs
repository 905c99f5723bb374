//! Threads of an issue (GitLab docs: Discussions API).

use serde_json::{Map, Value};

use super::{
    Answered,
    access::{self, Found, forbidden},
    bad_parameter,
    issue_json::View,
    not_found, notes, page,
    parameters::Parameters,
};
use crate::{
    issue::{Discussion, Placement, Posted},
    reply::Reply,
    request::Request,
    world::World,
};

/// `GET …/issues/:iid/discussions`: paged by discussion, each with all its notes.
pub(super) fn list(world: &World, request: &Request, (id, iid): (&str, &str)) -> Answered {
    let found = access::issue(world, request, (id, iid), notes::no_issue)?;
    let Found { project, issue, actor } = found;
    let view = View { world, request, project };
    let sees_internal = actor.may_see_internal();
    let discussions = issue.discussions.iter().collect();
    let show = |discussion: &Discussion| view.discussion(issue, discussion, sees_internal);
    let issue_id = issue.id.to_string();
    let fixed = [("id", id), ("noteable_id", issue_id.as_str())];
    page::by_number(world, request, &fixed, (discussions, show), true)
}

/// `GET …/discussions/:discussion_id`.
pub(super) fn show(
    world: &World,
    request: &Request,
    place: (&str, &str),
    discussion: &str,
) -> Answered {
    shown(world, request, place, (200, discussion))
}

/// `GET …/discussions/:discussion_id/notes`: all of them, without pages.
pub(super) fn notes(
    world: &World,
    request: &Request,
    place: (&str, &str),
    discussion: &str,
) -> Answered {
    let found = access::issue(world, request, place, notes::no_issue)?;
    let body = seen(world, request, found, discussion)?;
    Ok(Reply::json(200, body.get("notes").unwrap_or(&Value::Null)))
}

/// `POST …/issues/:iid/discussions`.
pub(super) fn create(world: &mut World, request: &Request, place: (&str, &str)) -> Answered {
    match notes::post(world, request, place, &Placement::NewThread)? {
        Posted::Note { discussion, .. } => shown(world, request, place, (201, &discussion)),
        Posted::CommandsOnly { changes, summary } => Ok(notes::commands_only(&changes, &summary)),
    }
}

/// `POST …/discussions/:discussion_id/notes`.
pub(super) fn reply(
    world: &mut World,
    request: &Request,
    place: (&str, &str),
    discussion: &str,
) -> Answered {
    match notes::post(world, request, place, &Placement::Reply(discussion.to_owned()))? {
        Posted::Note { note, changes, .. } => {
            notes::shown(world, request, (place, None), (201, note, &changes))
        }
        Posted::CommandsOnly { changes, summary } => Ok(notes::commands_only(&changes, &summary)),
    }
}

/// `PUT …/discussions/:discussion_id`: resolves the thread, or opens it again.
pub(super) fn resolve(
    world: &mut World,
    request: &Request,
    place: (&str, &str),
    discussion: &str,
) -> Answered {
    set_resolved(world, request, place, discussion)?;
    shown(world, request, place, (200, discussion))
}

/// `PUT …/discussions/:discussion_id/notes/:note_id`: edits the note or, which is the same as
/// resolving its thread, resolves it.
pub(super) fn update_note(
    world: &mut World,
    request: &Request,
    place: (&str, &str),
    (discussion, note): (&str, &str),
) -> Answered {
    let parameters = Parameters::parse(request)?;
    match (parameters.has("body"), parameters.has("resolved")) {
        (true, true) => return Err(bad_parameter("body, resolved are mutually exclusive")),
        (true, false) => {
            return notes::update(world, request, (place, Some(discussion)), note);
        }
        (false, true) => {}
        (false, false) => {
            let text = "body, resolved are missing, exactly one parameter must be provided";
            return Err(bad_parameter(text));
        }
    }
    let number = notes::number(note)?;
    let shown = |world: &World| {
        notes::shown(world, request, (place, Some(discussion)), (200, number, &Map::new()))
    };
    shown(world)?;
    set_resolved(world, request, place, discussion)?;
    shown(world)
}

/// Resolves or reopens a thread. A lone note cannot be resolved and answers 403 too (recorded from
/// GitLab 18.9).
fn set_resolved(
    world: &mut World,
    request: &Request,
    place: (&str, &str),
    discussion: &str,
) -> Result<(), Reply> {
    let found = access::issue(world, request, place, notes::no_issue)?;
    let Found { project, issue, actor } = found;
    let (project, iid, may_resolve) = (project.id, issue.iid, actor.may_resolve(issue));
    let mut discussions = issue.discussions.iter();
    let thread = discussions.find(|found| found.id == discussion);
    let is_thread = thread.ok_or_else(|| not_found("Discussion"))?.is_thread;
    let resolved = Parameters::parse(request)?.flag("resolved")?;
    let resolved = resolved.ok_or_else(|| bad_parameter("resolved is missing"))?;
    if !may_resolve || !is_thread {
        return Err(forbidden());
    }
    let mut editor = world.issue_editor(project, iid).ok_or_else(notes::no_issue)?;
    editor.resolve(actor, discussion, resolved);
    Ok(())
}

fn shown(
    world: &World,
    request: &Request,
    place: (&str, &str),
    (status, discussion): (u16, &str),
) -> Answered {
    let found = access::issue(world, request, place, notes::no_issue)?;
    Ok(Reply::json(status, &seen(world, request, found, discussion)?))
}

/// A discussion as the caller sees it.
fn seen(
    world: &World,
    request: &Request,
    Found { project, issue, actor }: Found<'_>,
    discussion: &str,
) -> Result<Value, Reply> {
    let view = View { world, request, project };
    let mut discussions = issue.discussions.iter();
    let discussion = discussions.find(|found| found.id == discussion);
    let body = discussion.map_or(Value::Null, |discussion| {
        view.discussion(issue, discussion, actor.may_see_internal())
    });
    if body.is_null() { Err(not_found("Discussion")) } else { Ok(body) }
}
