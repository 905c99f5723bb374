//! Notes of an issue (GitLab docs: Notes API).

use serde_json::{Map, Value, json};

use super::{
    Answered,
    access::{self, Found, forbidden},
    bad_parameter, bad_request, condition,
    issue_json::View,
    missing, not_found, page,
    parameters::Parameters,
    throttle,
};
use crate::{
    issue::{Discussion, Edited, Note, NoteRefused, Placement, Posted},
    reply::Reply,
    request::Request,
    world::World,
};

/// The answer where the notes' issue is missing or hidden.
pub(super) fn no_issue() -> Reply {
    not_found("Issue")
}

/// `GET …/issues/:iid/notes`.
pub(super) fn list(world: &World, request: &Request, (id, iid): (&str, &str)) -> Answered {
    let Found { project, issue, actor } = access::issue(world, request, (id, iid), no_issue)?;
    let parameters = Parameters::parse(request)?;
    let sort = parameters.word("sort", &["desc", "asc"])?;
    let order = parameters.word("order_by", &["created_at", "updated_at"])?;
    let activity =
        parameters.word("activity_filter", &["all_notes", "only_comments", "only_activity"])?;
    let mut notes: Vec<_> = issue
        .discussions
        .iter()
        .flat_map(|discussion| discussion.notes.iter().map(move |note| (discussion, note)))
        .filter(|(_, note)| match activity {
            "only_comments" => !note.system,
            "only_activity" => note.system,
            _ => true,
        })
        .collect();
    notes.sort_by_key(|(_, note)| {
        (if order == "updated_at" { note.updated_at } else { note.created_at }, note.id)
    });
    if sort == "desc" {
        notes.reverse();
    }
    let view = View { world, request, project };
    let show = |(discussion, note): (&Discussion, &Note)| {
        if note.internal && !actor.may_see_internal() {
            return Value::Null;
        }
        view.note(issue, discussion, note, &Map::new())
    };
    let issue_id = issue.id.to_string();
    let fixed = [("id", id), ("noteable_id", &issue_id), ("order_by", order), ("sort", sort)];
    let fixed = [&fixed[..], &[("activity_filter", activity)]].concat();
    page::by_number(world, request, &fixed, (notes, show), true)
}

/// `GET …/notes/:note_id`.
pub(super) fn show(world: &World, request: &Request, place: (&str, &str), note: &str) -> Answered {
    shown(world, request, (place, None), (200, number(note)?, &Map::new()))
}

/// `POST …/issues/:iid/notes`, limited per minute.
pub(super) fn create(world: &mut World, request: &Request, place: (&str, &str)) -> Answered {
    throttle::note(world, request)?;
    match post(world, request, place, &Placement::Alone)? {
        Posted::Note { note, changes, .. } => {
            shown(world, request, (place, None), (201, note, &changes))
        }
        Posted::CommandsOnly { changes, summary } => Ok(commands_only(&changes, &summary)),
    }
}

/// `PUT …/notes/:note_id`, also within its discussion.
pub(super) fn update(
    world: &mut World,
    request: &Request,
    (place, discussion): ((&str, &str), Option<&str>),
    note: &str,
) -> Answered {
    let note = number(note)?;
    let (project, iid, actor) = authorize_edit(world, request, (place, discussion), note)?;
    let body = body(&Parameters::parse(request)?)?;
    let mut editor = world.issue_editor(project, iid).ok_or_else(no_issue)?;
    let edited = editor.edit(actor, note, &body);
    match edited.map_err(refusal)? {
        Edited::Note => shown(world, request, (place, discussion), (200, note, &Map::new())),
        Edited::CommandsOnly { changes, summary } => Ok(commands_only(&changes, &summary)),
    }
}

/// `DELETE …/notes/:note_id`, also within its discussion.
pub(super) fn delete(
    world: &mut World,
    request: &Request,
    (place, discussion): ((&str, &str), Option<&str>),
    note: &str,
) -> Answered {
    let note = number(note)?;
    let (project, iid, _) = authorize_edit(world, request, (place, discussion), note)?;
    let found = access::issue(world, request, place, no_issue)?.issue.note(note);
    condition::unmodified(request, found.ok_or_else(missing)?.updated_at)?;
    world.issue_editor(project, iid).ok_or_else(no_issue)?.delete(note);
    Ok(Reply::nothing())
}

/// Writes the note of the request.
pub(super) fn post(
    world: &mut World,
    request: &Request,
    (id, iid): (&str, &str),
    place: &Placement,
) -> Result<Posted, Reply> {
    let Found { project, issue, actor } = access::issue(world, request, (id, iid), no_issue)?;
    let (number, iid) = (project.id, issue.iid);
    if !actor.may_comment(issue) {
        return Err(forbidden());
    }
    let parameters = Parameters::parse(request)?;
    let body = body(&parameters)?;
    let internal = parameters.flag("internal")?.unwrap_or(false) && actor.may_see_internal();
    let created_at = parameters.instant("created_at")?.filter(|_| actor.is_owner());
    let mut editor = world.issue_editor(number, iid).ok_or_else(no_issue)?;
    let posted = editor.post(actor, place, &body, (internal, created_at));
    posted.map_err(refusal)
}

/// The answer to a note of quick actions alone, whether or not they were executed.
pub(super) fn commands_only(changes: &Map<String, Value>, summary: &str) -> Reply {
    Reply::json(202, &json!({"commands_changes": changes, "summary": [summary]}))
}

/// One note; where a discussion is given, only a note of that discussion.
pub(super) fn shown(
    world: &World,
    request: &Request,
    ((id, iid), within): ((&str, &str), Option<&str>),
    (status, note, changes): (u16, u64, &Map<String, Value>),
) -> Answered {
    let Found { project, issue, actor } = access::issue(world, request, (id, iid), no_issue)?;
    let found = issue.discussion_of(note).ok_or_else(missing)?;
    let note = issue.note(note).ok_or_else(missing)?;
    if within.is_some_and(|within| within != found.id) {
        return Err(missing());
    }
    // As in GitLab's code, the text differs from that for a note that does not exist.
    if note.internal && !actor.may_see_internal() {
        return Err(not_found("Note"));
    }
    let view = View { world, request, project };
    Ok(Reply::json(status, &view.note(issue, found, note, changes)))
}

/// The number of a note.
pub(super) fn number(note: &str) -> Result<u64, Reply> {
    note.parse().map_err(|_| bad_parameter("note_id is invalid"))
}

/// Allows edits of the caller's own comments and, to maintainers, of everybody's, but never of
/// system notes.
fn authorize_edit(
    world: &World,
    request: &Request,
    (place, within): ((&str, &str), Option<&str>),
    note: u64,
) -> Result<(u64, u64, crate::issue::Actor), Reply> {
    let Found { project, issue, actor } = access::issue(world, request, place, no_issue)?;
    let discussion = issue.discussion_of(note).ok_or_else(missing)?;
    let note = issue.note(note).ok_or_else(missing)?;
    if within.is_some_and(|within| within != discussion.id) {
        return Err(missing());
    }
    if note.system || !actor.may_edit_notes_of(note.author) {
        return Err(forbidden());
    }
    Ok((project.id, issue.iid, actor))
}

fn body(parameters: &Parameters) -> Result<String, Reply> {
    if !parameters.has("body") {
        return Err(bad_parameter("body is missing"));
    }
    Ok(parameters.text("body")?.unwrap_or_default())
}

fn refusal(refused: NoteRefused) -> Reply {
    match refused {
        NoteRefused::Blank => bad_request("Note {:note=>[\"can't be blank\"]}"),
        NoteRefused::TooLong => {
            let text = "is too long (maximum is 1000000 characters)";
            bad_request(&format!("Note {{:note=>[\"{text}\"]}}"))
        }
        // The text is that of GitLab's code; it is not recorded.
        NoteRefused::TooMany => {
            let text = "Maximum number of comments exceeded";
            bad_request(&format!("Note {{:base=>[\"{text}\"]}}"))
        }
        NoteRefused::NoCommands => forbidden(),
        NoteRefused::NoDiscussion => not_found("Discussion"),
        NoteRefused::NoReplies => bad_request("Discussion can not be replied to."),
        NoteRefused::NoNote => missing(),
    }
}
