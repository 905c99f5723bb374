//! Writing issues (GitLab docs: Issues API).

use serde_json::json;

use super::{
    Answered, access,
    access::{Found, forbidden},
    bad_parameter, condition,
    issue_json::View,
    missing,
    parameters::Parameters,
    throttle,
};
use crate::{
    issue::{Actor, Changes, Due, Opening, StateChange, TooBig},
    quick_actions::{Command, extract, interpret},
    reply::Reply,
    request::Request,
    world::World,
};

/// The parameters of which an update needs at least one, in the order of GitLab's message
/// (recorded from GitLab 18.9).
const CHANGEABLE: &[&str] = &[
    "assignee_id",
    "assignee_ids",
    "confidential",
    "created_at",
    "description",
    "discussion_locked",
    "due_date",
    "labels",
    "add_labels",
    "remove_labels",
    "milestone_id",
    "state_event",
    "title",
    "issue_type",
];

/// The parameters of an existing issue that only planners may change.
const METADATA: &[&str] = &[
    "assignee_id",
    "assignee_ids",
    "confidential",
    "discussion_locked",
    "due_date",
    "labels",
    "add_labels",
    "remove_labels",
];

/// `POST /projects/:id/issues`, limited per minute; 403 where issues are switched off.
pub(super) fn create(world: &mut World, request: &Request, id: &str) -> Answered {
    throttle::issue(world, request)?;
    let (project, actor) = access::project_and_actor(world, request, id)?;
    if project.issues_disabled {
        return Err(forbidden());
    }
    let number = project.id;
    let parameters = Parameters::parse(request)?;
    if !parameters.has("title") {
        return Err(bad_parameter("title is missing"));
    }
    let (mut changes, commands) = wishes(&parameters, actor)?;
    changes.title = Some(changes.title.unwrap_or_default());
    changes.check().map_err(too_big)?;
    let created_at = parameters.instant("created_at")?.filter(|_| actor.is_owner());
    let opening = Opening { changes, commands, created_at };
    let iid = world.open(number, actor, opening).ok_or_else(missing)?;
    answer(world, request, 201, (id, iid))
}

/// `PUT /projects/:id/issues/:iid`.
pub(super) fn update(world: &mut World, request: &Request, id: &str, iid: &str) -> Answered {
    let Found { project, issue, actor } = access::issue(world, request, (id, iid), missing)?;
    let (number, iid, may_update) = (project.id, issue.iid, actor.may_update(issue));
    let parameters = Parameters::parse(request)?;
    if !CHANGEABLE.iter().any(|name| parameters.has(name)) {
        let names = CHANGEABLE.join(", ");
        let text = format!("{names} are missing, at least one parameter must be provided");
        return Err(bad_parameter(&text));
    }
    let touches_metadata = METADATA.iter().any(|name| parameters.has(name));
    if !may_update || (touches_metadata && !actor.may_set_metadata()) {
        return Err(forbidden());
    }
    let (changes, commands) = wishes(&parameters, actor)?;
    let mut editor = world.issue_editor(number, iid).ok_or_else(missing)?;
    let outcome = interpret(&editor, actor, &commands, false);
    let changes = changes.then(outcome.changes);
    changes.check().map_err(too_big)?;
    editor.change(actor, changes);
    answer(world, request, 200, (id, iid))
}

/// `DELETE /projects/:id/issues/:iid`: for owners.
pub(super) fn delete(world: &mut World, request: &Request, id: &str, iid: &str) -> Answered {
    let Found { project, issue, actor } = access::issue(world, request, (id, iid), missing)?;
    let (number, iid) = (project.id, issue.iid);
    if !actor.is_owner() {
        return Err(forbidden());
    }
    condition::unmodified(request, issue.updated_at)?;
    let project = world.projects.iter_mut().find(|project| project.id == number);
    project.ok_or_else(missing)?.issues.retain(|issue| issue.iid != iid);
    Ok(Reply::nothing())
}

fn answer(world: &World, request: &Request, status: u16, (id, iid): (&str, u64)) -> Answered {
    let found = access::issue(world, request, (id, &iid.to_string()), missing)?;
    let view = View { world, request, project: found.project };
    Ok(Reply::json(status, &view.single(found.issue, found.actor.user)))
}

/// The changes that the parameters ask for, and the quick actions in the description.
fn wishes(parameters: &Parameters, actor: Actor) -> Result<(Changes, Vec<Command>), Reply> {
    let (mut description, mut commands) = (None, Vec::new());
    if parameters.has("description") {
        let (text, found) = extract(&parameters.text("description")?.unwrap_or_default());
        (description, commands) = (Some(text), found);
    }
    if !commands.is_empty() && !actor.may_command {
        return Err(forbidden());
    }
    let title = parameters.text("title")?;
    let trimmed = |title: Option<String>| title.unwrap_or_default().trim().to_owned();
    let title = parameters.has("title").then(|| trimmed(title));
    let one = parameters.numbers("assignee_id")?;
    let due_date = parameters.has("due_date").then(|| {
        let text = parameters.text("due_date").ok().flatten();
        Due(text.and_then(|text| text.parse().ok()))
    });
    let changes = Changes {
        title,
        description,
        labels: parameters.list("labels"),
        add_labels: parameters.list("add_labels").unwrap_or_default(),
        remove_labels: parameters.list("remove_labels").unwrap_or_default(),
        assignees: parameters.numbers("assignee_ids")?.or(one),
        confidential: parameters.flag("confidential")?,
        due_date,
        discussion_locked: parameters.flag("discussion_locked")?,
        state: state_change(parameters)?,
        subscribed: None,
    };
    Ok((changes, commands))
}

fn state_change(parameters: &Parameters) -> Result<Option<StateChange>, Reply> {
    if parameters.text("state_event")?.is_none() {
        return Ok(None);
    }
    Ok(match parameters.word("state_event", &["close", "reopen"])? {
        "close" => Some(StateChange::Close),
        _ => Some(StateChange::Reopen),
    })
}

fn too_big(refused: TooBig) -> Reply {
    let message = match refused {
        TooBig::TitleBlank => json!({"title": ["can't be blank"]}),
        TooBig::Title => json!({"title": ["is too long (maximum is 255 characters)"]}),
        TooBig::Description(bytes) => {
            // A whole number of hundredths of a MiB, as GitLab writes sizes, without end zeros.
            let hundredths = bytes.saturating_mul(100) >> 20;
            let size = format!("{}.{:02}", hundredths / 100, hundredths % 100);
            let size = size.trim_end_matches('0').trim_end_matches('.');
            let text = format!("is too long ({size} MiB). The maximum size is 1 MiB.");
            json!({"description": [text], "work_item_description.description": [text]})
        }
    };
    Reply::json(400, &json!({"message": message}))
}
