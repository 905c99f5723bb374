//! What quick actions change, and what GitLab says about it.

use jiff::{Span, ToSpan as _, civil::Date, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::Command;
use crate::issue::{Actor, Changes, Due, IssueEditor, Label, StateChange};

/// The result of quick actions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) changes: Changes,
    /// What GitLab says about them to the user.
    pub(crate) summary: String,
}

/// Interprets the quick actions as the actor's, against the issue as it is before any of them. On a
/// new issue even a guest may set what only planners may change later (recorded from GitLab 18.9).
pub(crate) fn interpret(
    editor: &IssueEditor<'_>,
    actor: Actor,
    commands: &[Command],
    is_new: bool,
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut said = Vec::new();
    let reading = Reading {
        editor,
        actor,
        may_update: is_new || actor.may_update(editor.issue),
        may_set: is_new || actor.may_set_metadata(),
    };
    for command in commands {
        match reading.read(command) {
            Read::Done { changes, message } => {
                outcome.changes = outcome.changes.then(changes);
                said.push(message);
            }
            Read::Failed(message) => said.push(message),
            Read::Silent => {}
            Read::Unavailable => said.push(format!("Could not apply {} command.", command.name)),
        }
    }
    outcome.summary = match said.as_slice() {
        [] => "Failed to apply commands.".to_owned(),
        said => said.join(" "),
    };
    outcome
}

enum Read {
    Done { changes: Changes, message: String },
    Failed(String),
    Silent,
    Unavailable,
}

struct Reading<'editor> {
    editor: &'editor IssueEditor<'editor>,
    actor: Actor,
    may_update: bool,
    may_set: bool,
}

impl Reading<'_> {
    fn read(&self, command: &Command) -> Read {
        let issue = &*self.editor.issue;
        let argument = command.argument.as_str();
        let is_open = issue.closed.is_none();
        let is_locked = issue.discussion_locked == Some(true);
        let has_labels = self.may_set && !issue.labels.is_empty();
        match command.name.as_str() {
            "close" if self.may_update && is_open => state(StateChange::Close, "Closed"),
            "reopen" if self.may_update && !is_open => state(StateChange::Reopen, "Reopened"),
            "title" if self.may_update => {
                let title = Some(argument.to_owned());
                let changes = Changes { title, ..Changes::default() };
                match changes.check() {
                    Ok(()) => done(changes, &format!("Changed the title to \"{argument}\".")),
                    Err(_) => Read::Unavailable,
                }
            }
            "label" | "labels" if self.may_set => self.labels(argument, "Added", |names| Changes {
                add_labels: names,
                ..Changes::default()
            }),
            "relabel" if has_labels => self.labels(argument, "Replaced all labels with", |names| {
                Changes { labels: Some(names), ..Changes::default() }
            }),
            "unlabel" | "remove_label" if has_labels && argument.is_empty() => {
                let labels = Some(Vec::new());
                done(Changes { labels, ..Changes::default() }, "Removed all labels.")
            }
            "unlabel" | "remove_label" if has_labels => self.labels(argument, "Removed", |names| {
                Changes { remove_labels: names, ..Changes::default() }
            }),
            "assign" | "reassign" if self.may_set => self.assign(argument),
            "unassign" if self.may_set && !issue.assignees.is_empty() => {
                let assignees = Some(Vec::new());
                done(Changes { assignees, ..Changes::default() }, "Removed assignee.")
            }
            "confidential" if self.may_set && !issue.confidential => {
                let confidential = Some(true);
                done(
                    Changes { confidential, ..Changes::default() },
                    "Made this issue confidential.",
                )
            }
            "due" if self.may_set => self.due(argument),
            "remove_due_date" if self.may_set && issue.due_date.is_some() => {
                let due_date = Some(Due(None));
                done(Changes { due_date, ..Changes::default() }, "Removed the due date.")
            }
            "lock" if self.may_set && !is_locked => lock(true, "Locked the discussion."),
            "unlock" if self.may_set && is_locked => lock(false, "Unlocked the discussion."),
            "todo" => done(Changes::default(), "Added a to-do item."),
            "subscribe" => subscribe(true, "Subscribed to notifications."),
            "unsubscribe" => subscribe(false, "Unsubscribed from notifications."),
            _ => Read::Unavailable,
        }
    }

    /// Labels that the project does not have are dropped silently.
    fn labels(&self, argument: &str, verb: &str, change: impl Fn(Vec<String>) -> Changes) -> Read {
        let mut names = label_names(argument);
        names.retain(|name| self.editor.labels.iter().any(|label| label.name == *name));
        if names.is_empty() {
            return Read::Silent;
        }
        let references: Vec<String> = names.iter().map(|name| label_reference(name)).collect();
        let noun = if names.len() == 1 { "label" } else { "labels" };
        let message = format!("{verb} {} {noun}.", references.join(" "));
        Read::Done { changes: change(names), message }
    }

    fn assign(&self, argument: &str) -> Read {
        let separated = argument.replace(',', " ");
        let names = separated.split_whitespace().filter(|word| *word != "and");
        let mut users = Vec::new();
        for name in names {
            let username = name.trim_start_matches('@');
            let user = if name == "me" {
                self.editor.user(self.actor.user)
            } else {
                let mut users = self.editor.users.iter();
                users.find(|user| user.username.eq_ignore_ascii_case(username))
            };
            match user {
                Some(user) => users.push(user),
                None => return Read::Failed(format!("Failed to find users for {name}")),
            }
        }
        let Some(first) = users.first() else {
            let text = "Failed to assign a user because no user was found.";
            return Read::Failed(text.to_owned());
        };
        let assignees = Some(vec![first.id]);
        let message = format!("Assigned @{}.", first.username);
        Read::Done { changes: Changes { assignees, ..Changes::default() }, message }
    }

    fn due(&self, argument: &str) -> Read {
        let today = self.editor.now.to_zoned(TimeZone::UTC).date();
        let Some(day) = day(argument, today) else {
            let text = "Failed to set due date because the date format is invalid.";
            return Read::Failed(text.to_owned());
        };
        let message = format!("Set the due date to {}.", day.strftime("%b %-d, %Y"));
        Read::Done {
            changes: Changes { due_date: Some(Due(Some(day))), ..Changes::default() },
            message,
        }
    }
}

fn done(changes: Changes, message: &str) -> Read {
    Read::Done { changes, message: message.to_owned() }
}

fn state(state: StateChange, verb: &str) -> Read {
    let changes = Changes { state: Some(state), ..Changes::default() };
    Read::Done { changes, message: format!("{verb} this issue.") }
}

fn lock(locked: bool, message: &str) -> Read {
    done(Changes { discussion_locked: Some(locked), ..Changes::default() }, message)
}

fn subscribe(subscribed: bool, message: &str) -> Read {
    done(Changes { subscribed: Some(subscribed), ..Changes::default() }, message)
}

/// The names in `~a ~"b c"`, or in `a "b c"` where there is no tilde.
fn label_names(argument: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = argument;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',', '~']);
        let (name, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once([' ', '\t', ',', '~']).unwrap_or((rest, "")),
        };
        if name.is_empty() {
            return names;
        }
        names.push(name.to_owned());
        rest = after;
    }
}

/// Reads a day: `2026-12-15`, `today`, `tomorrow`, `in 2 days`,
/// `in 3 weeks`. GitLab reads many more.
fn day(text: &str, today: Date) -> Option<Date> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let later: Span = match words.as_slice() {
        ["today"] => 0.days(),
        ["tomorrow"] => 1.days(),
        ["in", count, "day" | "days"] => count.parse::<i32>().ok()?.days(),
        ["in", count, "week" | "weeks"] => count.parse::<i32>().ok()?.weeks(),
        _ => return text.parse().ok(),
    };
    today.checked_add(later).ok()
}

/// A label as GitLab's messages name it.
fn label_reference(name: &str) -> String {
    if name.contains(' ') { format!("~\"{name}\"") } else { format!("~{name}") }
}

/// The ids of the labels that have one of the names.
fn label_ids(labels: &[Label], names: &[String]) -> Vec<u64> {
    labels.iter().filter(|label| names.contains(&label.name)).map(|label| label.id).collect()
}

/// The ids as a field that is left out where there are no names.
fn label_field(labels: &[Label], names: &[String]) -> Option<Value> {
    if names.is_empty() { None } else { Some(json!(label_ids(labels, names))) }
}

impl Changes {
    /// The changes of quick actions as the API names them, `commands_changes`.
    pub(crate) fn as_fields(&self, labels: &[Label]) -> Map<String, Value> {
        let state = self.state.map(|state| match state {
            StateChange::Close => json!("close"),
            StateChange::Reopen => json!("reopen"),
        });
        let subscription = self
            .subscribed
            .map(|subscribed| json!(if subscribed { "subscribe" } else { "unsubscribe" }));
        let due = self.due_date.map(|due| json!(due.0.map(|day| day.to_string())));
        let fields = [
            ("title", self.title.as_ref().map(|title| json!(title))),
            ("label_ids", self.labels.as_ref().map(|names| json!(label_ids(labels, names)))),
            ("add_label_ids", label_field(labels, &self.add_labels)),
            ("remove_label_ids", label_field(labels, &self.remove_labels)),
            ("assignee_ids", self.assignees.as_ref().map(|users| json!(users))),
            ("confidential", self.confidential.map(|hidden| json!(hidden))),
            ("due_date", due),
            ("discussion_locked", self.discussion_locked.map(|locked| json!(locked))),
            ("state_event", state),
            ("subscription_event", subscription),
        ];
        let present =
            fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        present.collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{day, label_names};

    #[test]
    fn reads_labels_with_and_without_tildes() {
        assert_eq!(label_names("~a ~\"b c\"~d::e, ~f"), ["a", "b c", "d::e", "f"]);
        assert_eq!(label_names("a \"b c\""), ["a", "b c"]);
        assert!(label_names("~").is_empty());
    }

    #[test]
    fn reads_days() {
        let today = date(2026, 11, 22);
        assert_eq!(day("2026-12-15", today), Some(date(2026, 12, 15)));
        assert_eq!(day("in 2 weeks", today), Some(date(2026, 12, 6)));
        assert_eq!(day("tomorrow", today), Some(date(2026, 11, 23)));
        assert_eq!(day("someday", today), None);
    }
}
