//! Changing an issue, and the traces that it leaves: system notes, events, notifications.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};

use super::{
    Actor, Done, EventKind, Issue, IssueEditor,
    traces::{description_changed, title_changed},
};
use crate::{
    notification::{About, Why, users_named},
    quick_actions::{Command, interpret},
    world::World,
};

/// The biggest title, in characters.
const TITLE: usize = 255;
/// The biggest description, in bytes (recorded from GitLab 18.9).
const DESCRIPTION: usize = 1_048_576;

/// What a text may do to an issue's state.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum StateChange {
    Close,
    Reopen,
}

/// A text that does not fit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum TooBig {
    TitleBlank,
    Title,
    /// So many bytes.
    Description(usize),
}

/// When an issue is due; `None` for never.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Due(pub(crate) Option<Date>);

/// Changes of an issue; a field without a value stays as it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) labels: Option<Vec<String>>,
    pub(crate) add_labels: Vec<String>,
    pub(crate) remove_labels: Vec<String>,
    pub(crate) assignees: Option<Vec<u64>>,
    pub(crate) confidential: Option<bool>,
    pub(crate) due_date: Option<Due>,
    pub(crate) discussion_locked: Option<bool>,
    pub(crate) state: Option<StateChange>,
    pub(crate) subscribed: Option<bool>,
}

/// An issue that is about to be opened; the texts have passed [`Changes::check`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Opening {
    pub(crate) changes: Changes,
    /// The quick actions that were in the description.
    pub(crate) commands: Vec<Command>,
    /// When, if an owner says so.
    pub(crate) created_at: Option<Timestamp>,
}

impl Changes {
    /// Whether the texts fit.
    pub(crate) fn check(&self) -> Result<(), TooBig> {
        if let Some(title) = &self.title {
            if title.is_empty() {
                return Err(TooBig::TitleBlank);
            }
            if title.chars().count() > TITLE {
                return Err(TooBig::Title);
            }
        }
        match self.description.as_ref().map(String::len) {
            Some(bytes) if bytes > DESCRIPTION => Err(TooBig::Description(bytes)),
            _ => Ok(()),
        }
    }

    /// These wishes and then the others, which win.
    pub(crate) fn then(mut self, others: Self) -> Self {
        self.add_labels.extend(others.add_labels);
        self.remove_labels.extend(others.remove_labels);
        Self {
            title: others.title.or(self.title),
            description: others.description.or(self.description),
            labels: others.labels.or(self.labels),
            assignees: others.assignees.or(self.assignees),
            confidential: others.confidential.or(self.confidential),
            due_date: others.due_date.or(self.due_date),
            discussion_locked: others.discussion_locked.or(self.discussion_locked),
            state: others.state.or(self.state),
            subscribed: others.subscribed.or(self.subscribed),
            add_labels: self.add_labels,
            remove_labels: self.remove_labels,
        }
    }
}

impl World {
    /// Opens an issue; `None` if there is no such project.
    pub(crate) fn open(&mut self, project: u64, actor: Actor, opening: Opening) -> Option<u64> {
        let Opening { changes, commands, created_at } = opening;
        let at = self.journal.tick(self.now);
        let id = self.journal.next_issue();
        let found = self.projects.iter_mut().find(|found| found.id == project)?;
        let iid = self.journal.next_iid(project);
        let created_at = created_at.unwrap_or(at);
        found.issues.push(Issue {
            id,
            iid,
            title: changes.title.clone().unwrap_or_default(),
            description: changes.description.clone(),
            labels: BTreeSet::new(),
            author: actor.user,
            assignees: Vec::new(),
            confidential: false,
            due_date: None,
            discussion_locked: None,
            closed: None,
            moved_to: None,
            created_at,
            updated_at: created_at,
            discussions: Vec::new(),
            events: Vec::new(),
            reactions: Vec::new(),
            subscriptions: [(actor.user, true)].into(),
        });
        let mut editor = self.issue_editor(project, iid)?;
        let outcome = interpret(&editor, actor, &commands, true);
        editor.settle(actor, changes.then(outcome.changes), true);
        editor.issue.updated_at = created_at;
        editor.notify_of_opening(actor);
        Some(iid)
    }
}

impl IssueEditor<'_> {
    /// Changes the issue and notifies the users whom the change concerns.
    pub(crate) fn change(&mut self, actor: Actor, changes: Changes) {
        let says_more = changes.title.is_some() || changes.description.is_some();
        let known = if says_more { self.issue.mentions() } else { BTreeSet::new() };
        self.settle(actor, changes, false);
        if says_more {
            let mut names = self.issue.mentions();
            names.retain(|name| !known.contains(name));
            let added = users_named(self.users, &names);
            self.notify(&added, Why::Mentioned, About::issue(actor));
        }
    }

    /// Changes what differs. A new issue is made so from the start, without system notes.
    fn settle(&mut self, actor: Actor, changes: Changes, is_new: bool) {
        let mut traces = Vec::new();
        if let Some(title) = changes.title.filter(|title| *title != self.issue.title) {
            traces.push(title_changed(&self.issue.title, &title));
            self.issue.title = title;
        }
        let old = self.issue.description.as_deref().unwrap_or_default();
        if let Some(text) = changes.description.filter(|text| text != old) {
            traces.extend(description_changed(old, &text));
            self.issue.description = Some(text);
        }
        if let Some(assignees) = changes.assignees {
            traces.extend(self.assign(actor, &assignees, is_new));
        }
        if let Some(Due(due)) = changes.due_date.filter(|due| due.0 != self.issue.due_date) {
            self.issue.due_date = due;
            traces.push(match due {
                Some(day) => format!("changed due date to {}", day.strftime("%B %-d, %Y")),
                None => "removed due date".to_owned(),
            });
        }
        if let Some(hidden) = changes.confidential.filter(|new| *new != self.issue.confidential) {
            self.issue.confidential = hidden;
            let seen = if hidden { "confidential" } else { "visible to everyone" };
            traces.push(format!("made the issue {seen}"));
        }
        let was_locked = self.issue.discussion_locked.unwrap_or(false);
        if let Some(locked) = changes.discussion_locked.filter(|new| *new != was_locked) {
            self.issue.discussion_locked = Some(locked);
            let verb = if locked { "locked" } else { "unlocked" };
            traces.push(format!("{verb} the discussion in this issue"));
        }
        if let Some(subscribed) = changes.subscribed {
            self.issue.subscriptions.insert(actor.user, subscribed);
        }
        let labels = (changes.labels, changes.add_labels, changes.remove_labels);
        let relabelled = self.relabel(actor, labels);
        let moved = changes.state.is_some_and(|state| self.set_state(actor, state));
        if !traces.is_empty() || relabelled || moved {
            self.issue.updated_at = self.tick();
        }
        if !is_new {
            for trace in traces {
                self.note_activity(actor.user, &trace);
            }
        }
    }

    fn set_state(&mut self, actor: Actor, state: StateChange) -> bool {
        match (state, self.issue.closed) {
            (StateChange::Close, None) => {
                let done: Done = self.record(actor.user, EventKind::Closed);
                self.issue.closed = Some(done);
                self.notify(&self.followers(), Why::Participating, About::issue(actor));
                true
            }
            (StateChange::Reopen, Some(_)) => {
                self.record(actor.user, EventKind::Reopened);
                self.issue.closed = None;
                self.notify(&self.followers(), Why::Participating, About::issue(actor));
                true
            }
            _ => false,
        }
    }

    /// Labels that are unknown are made if the actor may; else they are dropped in silence.
    fn relabel(
        &mut self,
        actor: Actor,
        (all, added, removed): (Option<Vec<String>>, Vec<String>, Vec<String>),
    ) -> bool {
        let before = self.issue.labels.clone();
        let mut after = match &all {
            Some(_) => BTreeSet::new(),
            None => before.clone(),
        };
        let may_create = actor.may_set_metadata();
        for name in all.iter().flatten().chain(&added) {
            after.extend(self.label(name, may_create));
        }
        after.retain(|name| !removed.contains(name));
        // The events are in the order of the labels' numbers, as far as was recorded.
        let names: Vec<String> = self.labels.iter().map(|label| label.name.clone()).collect();
        for name in names.iter().filter(|name| !before.contains(*name)) {
            if after.contains(name) {
                self.record(actor.user, EventKind::LabelAdded(name.clone()));
            }
        }
        for name in names.iter().filter(|name| !after.contains(*name)) {
            if before.contains(name) {
                self.record(actor.user, EventKind::LabelRemoved(name.clone()));
            }
        }
        let changed = after != before;
        self.issue.labels = after;
        changed
    }

    /// Makes the issue the first member's of those wanted: the free edition has one assignee. The
    /// answer is the system note.
    fn assign(&mut self, actor: Actor, wanted: &[u64], is_new: bool) -> Option<String> {
        let mut after = wanted.to_vec();
        after.retain(|&user| self.user(user).is_some_and(|user| self.is_member(user)));
        after.truncate(1);
        let before = std::mem::replace(&mut self.issue.assignees, after.clone());
        let added: BTreeSet<u64> =
            after.iter().copied().filter(|user| !before.contains(user)).collect();
        let removed: Vec<u64> = before.into_iter().filter(|user| !after.contains(user)).collect();
        if !is_new {
            self.notify_of_reassignment(actor, &added, &removed);
        }
        let added = self.references(added);
        let removed = self.references(removed);
        match (added.as_str(), removed.as_str()) {
            ("", "") => None,
            (added, "") => Some(format!("assigned to {added}")),
            ("", removed) => Some(format!("unassigned {removed}")),
            (added, removed) => Some(format!("assigned to {added} and unassigned {removed}")),
        }
    }

    /// The users as a system note names them: `@ada, @bob`.
    fn references(&self, users: impl IntoIterator<Item = u64>) -> String {
        let mut references = Vec::new();
        for id in users {
            if let Some(user) = self.user(id) {
                references.push(format!("@{}", user.username));
            }
        }
        references.join(", ")
    }

    /// The assignees and those whom the issue mentions; who is both gets one mail.
    fn notify_of_opening(&mut self, actor: Actor) {
        let assignees: BTreeSet<u64> = self.issue.assignees.iter().copied().collect();
        let mentioned = users_named(self.users, &self.issue.mentions());
        let others = mentioned.difference(&assignees).copied().collect();
        self.notify(&assignees, Why::Assigned, About::issue(actor));
        self.notify(&others, Why::Mentioned, About::issue(actor));
    }

    /// The new assignees, those whose the issue was before, and the followers.
    fn notify_of_reassignment(&mut self, actor: Actor, added: &BTreeSet<u64>, removed: &[u64]) {
        if added.is_empty() && removed.is_empty() {
            return;
        }
        let mut others = self.followers();
        others.extend(removed);
        others.retain(|user| !added.contains(user));
        self.notify(added, Why::Assigned, About::issue(actor));
        self.notify(&others, Why::Participating, About::issue(actor));
    }
}
