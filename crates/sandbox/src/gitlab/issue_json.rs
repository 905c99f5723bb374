//! An issue and its notes as JSON, with the fields of GitLab 18.9 (recorded).

use serde_json::{Map, Value, json};

use super::{identity::basic, instant};
use crate::{
    issue::{Discussion, Done, Issue, Label, Note},
    markdown,
    request::Request,
    world::{Project, World},
};

/// What rendering needs: the world, the request and the project.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'world> {
    pub(super) world: &'world World,
    pub(super) request: &'world Request,
    pub(super) project: &'world Project,
}

impl View<'_> {
    /// The user with the id; null if there is no such user any more.
    pub(super) fn user(self, id: u64) -> Value {
        self.world.user_by_id(id).map_or(Value::Null, |user| basic(user, self.request))
    }

    fn done(self, done: Option<Done>) -> (Value, Value) {
        match done {
            Some(done) => (json!(instant(done.at)), self.user(done.by)),
            None => (Value::Null, Value::Null),
        }
    }

    /// An issue as it is in a list.
    pub(super) fn issue(self, issue: &Issue) -> Value {
        let (closed_at, closed_by) = self.done(issue.closed);
        let assignees: Vec<Value> = issue.assignees.iter().map(|user| self.user(*user)).collect();
        let tasks = markdown::tasks(issue.description.as_deref().unwrap_or_default());
        let (count, completed) = (tasks.len(), tasks.iter().filter(|task| task.is_done).count());
        let notes = issue.notes().filter(|note| !note.system).count();
        let votes = |name| issue.reactions.iter().filter(|vote| vote.name == name).count();
        let mut body = json!({
            "id": issue.id, "iid": issue.iid, "project_id": self.project.id,
            "title": issue.title, "description": issue.description,
            "state": if issue.closed.is_some() { "closed" } else { "opened" },
            "created_at": instant(issue.created_at), "updated_at": instant(issue.updated_at),
            "closed_at": closed_at, "closed_by": closed_by, "labels": issue.labels,
            "milestone": null, "assignee": assignees.first(), "assignees": assignees,
            "author": self.user(issue.author), "type": "ISSUE", "user_notes_count": notes,
            "merge_requests_count": 0, "upvotes": votes("thumbsup"),
            "downvotes": votes("thumbsdown"), "start_date": null,
            "due_date": issue.due_date.map(|day| day.to_string()),
            "confidential": issue.confidential, "discussion_locked": issue.discussion_locked,
            "issue_type": "issue", "has_tasks": count == 0,
            "time_stats": {
                "time_estimate": 0, "total_time_spent": 0, "human_time_estimate": null,
                "human_total_time_spent": null,
            },
            "task_completion_status": {"count": count, "completed_count": completed},
            "severity": "UNKNOWN", "moved_to_id": issue.moved_to, "imported": false,
            "imported_from": "none", "service_desk_reply_to": null,
        });
        if let Value::Object(body) = &mut body {
            body.extend(self.links(issue));
            // Odd, but recorded: only an issue without tasks has a status of its tasks.
            if count == 0 {
                let none = if issue.description.is_none() { "" } else { NO_TASKS };
                body.insert("task_status".to_owned(), json!(none));
            }
        }
        body
    }

    /// An issue by itself, as the user sees it.
    pub(super) fn single(self, issue: &Issue, user: u64) -> Value {
        let subscribed = match issue.subscriptions.get(&user) {
            Some(&chosen) => chosen,
            None => issue.participants(&self.world.users).contains(&user),
        };
        let mut body = self.issue(issue);
        if let Value::Object(body) = &mut body {
            body.insert("subscribed".to_owned(), json!(subscribed));
        }
        body
    }

    fn links(self, issue: &Issue) -> Map<String, Value> {
        let (origin, path, iid) = (self.request.origin(), &self.project.path, issue.iid);
        let project = format!("{origin}/api/v4/projects/{}", self.project.id);
        let own = format!("{project}/issues/{iid}");
        let short = format!("#{iid}");
        let pages = self.world.external_url.as_deref().unwrap_or(&origin);
        [
            ("web_url", json!(format!("{pages}/{path}/-/issues/{iid}"))),
            (
                "_links",
                json!({
                    "self": own, "notes": format!("{own}/notes"), "project": project,
                    "award_emoji": format!("{own}/award_emoji"), "closed_as_duplicate_of": null,
                }),
            ),
            (
                "references",
                json!({"short": short, "relative": short, "full": format!("{path}#{iid}")}),
            ),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
    }

    /// A discussion with its notes, without those that are hidden.
    pub(super) fn discussion(
        self,
        issue: &Issue,
        discussion: &Discussion,
        sees_internal: bool,
    ) -> Value {
        let visible = discussion.notes.iter().filter(|note| sees_internal || !note.internal);
        let notes: Vec<Value> =
            visible.map(|note| self.note(issue, discussion, note, &Map::new())).collect();
        if notes.is_empty() {
            return Value::Null;
        }
        json!({"id": discussion.id, "individual_note": !discussion.is_thread, "notes": notes})
    }

    /// A note; `changes` are those of the quick actions that came with it.
    pub(super) fn note(
        self,
        issue: &Issue,
        discussion: &Discussion,
        note: &Note,
        changes: &Map<String, Value>,
    ) -> Value {
        let kind = discussion.is_thread.then_some("DiscussionNote");
        let mut body = json!({
            "id": note.id, "type": kind, "body": note.body, "author": self.user(note.author),
            "created_at": instant(note.created_at), "updated_at": instant(note.updated_at),
            "system": note.system, "noteable_id": issue.id, "noteable_type": "Issue",
            "project_id": self.project.id, "resolvable": discussion.is_thread,
            "confidential": note.internal, "internal": note.internal, "imported": false,
            "imported_from": "none", "noteable_iid": issue.iid, "commands_changes": changes,
        });
        if let Value::Object(body) = &mut body
            && discussion.is_thread
        {
            let (resolved_at, resolved_by) = self.done(discussion.resolved);
            body.insert("resolved".to_owned(), json!(discussion.resolved.is_some()));
            body.insert("resolved_at".to_owned(), resolved_at);
            body.insert("resolved_by".to_owned(), resolved_by);
        }
        body
    }
}

const NO_TASKS: &str = "0 of 0 checklist items completed";

/// A label as it is in an issue with `with_labels_details` and in an event.
pub(super) fn label(label: &Label) -> Value {
    json!({
        "id": label.id, "name": label.name, "description": null, "description_html": "",
        "text_color": text_color(&label.color), "color": label.color,
    })
}

/// White or nearly black, as far as the contrast to white is too low for GitLab: below 2.4
/// (GitLab design: Color; the two of the recorded labels fit).
fn text_color(background: &str) -> &'static str {
    let digits = background.trim_start_matches('#');
    let channel = |at: usize| {
        let pair = digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let part = f64::from(pair.unwrap_or(0)) / 255.0;
        if part <= 0.039_28 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4);
    if 1.05 / (luminance + 0.05) >= 2.4 { "#FFFFFF" } else { "#1F1E24" }
}
