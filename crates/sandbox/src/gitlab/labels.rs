//! Labels, and what happened to an issue's labels and state (GitLab docs: Labels API, Resource
//! label events API, Resource state events API).

use serde_json::{Value, json};

use super::{
    Answered,
    access::{self, Found},
    instant,
    issue_json::{View, label},
    notes, page,
    parameters::Parameters,
};
use crate::{
    issue::{Event, EventKind, Label},
    request::Request,
    world::World,
};

/// `GET /projects/:id/labels`.
pub(super) fn list(world: &World, request: &Request, id: &str) -> Answered {
    let (project, _) = access::project_and_actor(world, request, id)?;
    let search = Parameters::parse(request)?.text("search")?.unwrap_or_default().to_lowercase();
    let mut labels: Vec<_> =
        project.labels.iter().filter(|label| label.name.to_lowercase().contains(&search)).collect();
    labels.sort_by(|one, other| one.name.cmp(&other.name));
    let fixed = [("id", id), ("include_ancestor_groups", "true"), ("with_counts", "false")];
    page::by_number(world, request, &fixed, (labels, listed_label), true)
}

/// A label with the fields that only the list has.
fn listed_label(of_project: &Label) -> Value {
    let mut body = label(of_project);
    if let Value::Object(body) = &mut body {
        body.insert("subscribed".to_owned(), json!(false));
        body.insert("priority".to_owned(), Value::Null);
        body.insert("is_project_label".to_owned(), json!(true));
    }
    body
}

/// `GET …/issues/:iid/resource_label_events` and `…/resource_state_events`.
pub(super) fn events(
    world: &World,
    request: &Request,
    (id, iid): (&str, &str),
    kind: &str,
) -> Answered {
    let found = access::issue(world, request, (id, iid), notes::no_issue)?;
    let Found { project, issue, .. } = found;
    let view = View { world, request, project };
    let shown = |event: &Event| {
        let own = match &event.what {
            EventKind::Closed | EventKind::Reopened if kind == "resource_label_events" => {
                return None;
            }
            EventKind::LabelAdded(_) | EventKind::LabelRemoved(_)
                if kind == "resource_state_events" =>
            {
                return None;
            }
            EventKind::Closed => state("closed"),
            EventKind::Reopened => state("reopened"),
            EventKind::LabelAdded(name) | EventKind::LabelRemoved(name) => {
                let is_added = matches!(event.what, EventKind::LabelAdded(_));
                let known = project.labels.iter().find(|label| label.name == *name);
                let action = if is_added { "add" } else { "remove" };
                json!({"label": known.map(label), "action": action})
            }
        };
        let mut body = json!({
            "id": event.id, "user": view.user(event.done.by),
            "created_at": instant(event.done.at), "resource_type": "Issue",
            "resource_id": issue.id,
        });
        if let (Value::Object(body), Value::Object(own)) = (&mut body, own) {
            body.extend(own);
        }
        Some(body)
    };
    let events: Vec<Value> = issue.events.iter().filter_map(shown).collect();
    let issue_id = issue.id.to_string();
    let fixed = [("id", id), ("eventable_id", issue_id.as_str())];
    page::by_number(world, request, &fixed, (events, |event| event), true)
}

fn state(state: &str) -> Value {
    json!({"source_commit": null, "source_merge_request_id": null, "state": state})
}
