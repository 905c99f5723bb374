//! An issue with everything that a write to it reads or changes.

use std::collections::BTreeMap;

use jiff::{Span, Timestamp, ToSpan as _};

use super::{Done, Event, EventKind, Issue, Label};
use crate::{
    limits::Counts,
    notification::Notification,
    objects,
    world::{GUEST, Project, User, Visibility, World},
};

/// The access level from which a member sees what is confidential and sets labels, assignees
/// and the like: planner (GitLab docs: Permissions and roles).
const PLANNER: u8 = 15;
/// The access level from which a member resolves threads of others.
const DEVELOPER: u8 = 30;
/// The access level from which a member edits and deletes the notes of others.
const MAINTAINER: u8 = 40;
/// The access level that may delete issues and set the times of what it writes.
const OWNER: u8 = 50;

/// The counters and notifications of a world; a new world has an empty one. See
/// [`World::notifications`].
#[derive(Clone, Debug, Default)]
pub struct Journal {
    last_write: Option<Timestamp>,
    /// The number of each project's newest issue, which stays used when the issue is deleted.
    iids: BTreeMap<u64, u64>,
    issues: u64,
    notes: u64,
    discussions: u64,
    events: u64,
    reactions: u64,
    pub(crate) counts: Counts,
    pub(crate) notifications: Vec<Notification>,
}

/// A user who reads or writes in a project.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Actor {
    /// The user id.
    pub(crate) user: u64,
    /// The access level; 0 for a user who is not a member.
    pub(crate) level: u8,
    /// Whether the token may run quick actions.
    pub(crate) may_command: bool,
}

/// An issue with what a write to it needs, borrowed from a world.
#[derive(Debug)]
pub(crate) struct IssueEditor<'world> {
    pub(crate) users: &'world [User],
    pub(crate) project: u64,
    pub(crate) path: &'world str,
    pub(crate) visibility: Visibility,
    pub(crate) members: &'world BTreeMap<String, u8>,
    pub(crate) labels: &'world mut Vec<Label>,
    pub(crate) issue: &'world mut Issue,
    pub(crate) journal: &'world mut Journal,
    pub(crate) now: Timestamp,
    /// See [`Limits`](crate::Limits).
    pub(crate) notes_per_issue: usize,
    /// See [`World`].
    pub(crate) quiet: bool,
}

impl Journal {
    /// The instant of the next write: the world's clock, but later than all writes before.
    pub(crate) fn tick(&mut self, now: Timestamp) -> Timestamp {
        let step: Span = 1.milliseconds();
        let next = self.last_write.and_then(|last| last.checked_add(step).ok());
        let at = next.map_or(now, |next| next.max(now));
        self.last_write = Some(at);
        at
    }

    pub(crate) fn next_issue(&mut self) -> u64 {
        self.issues += 1;
        self.issues
    }

    pub(crate) fn next_iid(&mut self, project: u64) -> u64 {
        let last = self.iids.entry(project).or_default();
        *last += 1;
        *last
    }

    pub(crate) fn next_note(&mut self) -> u64 {
        self.notes += 1;
        self.notes
    }

    pub(crate) fn next_discussion(&mut self) -> String {
        self.discussions += 1;
        objects::id("discussion", self.discussions.to_string().as_bytes())
    }

    pub(crate) fn next_reaction(&mut self) -> u64 {
        self.reactions += 1;
        self.reactions
    }

    fn next_event(&mut self) -> u64 {
        self.events += 1;
        self.events
    }
}

impl Actor {
    pub(crate) fn may_see(self, issue: &Issue) -> bool {
        !issue.confidential || self.level >= PLANNER || issue.is_of(self.user)
    }

    pub(crate) fn may_see_internal(self) -> bool {
        self.level >= PLANNER
    }

    pub(crate) fn may_update(self, issue: &Issue) -> bool {
        self.level >= PLANNER || issue.is_of(self.user)
    }

    pub(crate) fn may_set_metadata(self) -> bool {
        self.level >= PLANNER
    }

    pub(crate) fn may_comment(self, issue: &Issue) -> bool {
        self.level >= GUEST || issue.discussion_locked != Some(true)
    }

    pub(crate) fn may_resolve(self, issue: &Issue) -> bool {
        self.level >= DEVELOPER || issue.author == self.user
    }

    pub(crate) fn may_edit_notes_of(self, author: u64) -> bool {
        self.level >= MAINTAINER || author == self.user
    }

    pub(crate) fn is_owner(self) -> bool {
        self.level >= OWNER
    }
}

impl IssueEditor<'_> {
    /// The instant of the next write.
    pub(crate) fn tick(&mut self) -> Timestamp {
        self.journal.tick(self.now)
    }

    /// The user of an id.
    pub(crate) fn user(&self, id: u64) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    /// The user as an actor in the issue's project.
    pub(crate) fn as_actor(&self, user: &User) -> Actor {
        let level = self.members.get(&user.username).copied().unwrap_or(0);
        Actor { user: user.id, level, may_command: true }
    }

    /// Whether a user is a member of the project.
    pub(crate) fn is_member(&self, user: &User) -> bool {
        self.members.contains_key(&user.username)
    }

    /// Records what happened to the issue.
    pub(crate) fn record(&mut self, by: u64, what: EventKind) -> Done {
        let done = Done { at: self.tick(), by };
        let id = self.journal.next_event();
        self.issue.events.push(Event { id, done, what });
        done
    }

    /// The label of a name, made where it is missing and may be made.
    pub(crate) fn label(&mut self, name: &str, may_create: bool) -> Option<String> {
        if let Some(label) = self.labels.iter().find(|label| label.name == name) {
            return Some(label.name.clone());
        }
        may_create.then(|| add_label(self.project, self.labels, name).name.clone())
    }
}

impl World {
    /// The issue of a project, ready to be written to.
    pub(crate) fn issue_editor(&mut self, project: u64, iid: u64) -> Option<IssueEditor<'_>> {
        let Self { users, projects, journal, .. } = self;
        let (now, quiet, notes_per_issue) = (self.now, self.quiet, self.limits.notes_per_issue);
        let project = projects.iter_mut().find(|found| found.id == project)?;
        let Project { id, path, visibility, members, labels, issues, .. } = project;
        let issue = issues.iter_mut().find(|issue| issue.iid == iid)?;
        let (project, visibility) = (*id, *visibility);
        Some(IssueEditor {
            users,
            project,
            path,
            visibility,
            members,
            labels,
            issue,
            journal,
            now,
            notes_per_issue,
            quiet,
        })
    }
}

/// Adds a label to those of the project of a number.
pub(crate) fn add_label<'labels>(
    project: u64,
    labels: &'labels mut Vec<Label>,
    name: &str,
) -> &'labels mut Label {
    let last = labels.iter().map(|label| label.id).max();
    // Each project has a thousand label ids of its own, so that no id occurs twice.
    let id = last.unwrap_or(project * 1000) + 1;
    labels.push_mut(Label { id, name: name.to_owned(), color: "#6699cc".to_owned() })
}
