//! Who would have been told, and why.
//!
//! Recorded are mentions, assignments, and new comments to those who follow an issue. Left out is
//! what GitLab also sends mail for: that an issue was closed, opened again, relabelled, moved to
//! another day or milestone, and that people were unassigned; what people choose in their
//! settings, such as to hear of mentions alone; groups and `@all`. Reactions and resolved threads
//! tell nobody (GitLab docs: Notification emails).

use std::collections::BTreeSet;

use crate::{
    issue::{Actor, Desk},
    mentions,
    world::{User, Visibility},
};

/// That somebody was told of something. Nobody is told of what they do themselves, or of what
/// they cannot see.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Notification {
    /// The username, as it was then.
    pub user: String,
    /// Why they in particular.
    pub why: Why,
    /// How.
    pub by: By,
    /// The full path of the project.
    pub project: String,
    /// The number of the issue within the project.
    pub issue: u64,
    /// The note that it is about; none where it is about the issue itself.
    pub note: Option<u64>,
}

/// Why somebody was told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Why {
    /// A text mentions them.
    Mentioned,
    /// The issue was made theirs.
    Assigned,
    /// They had a part in the issue when somebody commented: as its author, its assignee, by
    /// having commented, or by having been mentioned; or they had subscribed to it. Not those who
    /// have unsubscribed: they hear of it when they are mentioned (GitLab docs: Notification
    /// emails).
    Participating,
}

/// How somebody was told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum By {
    /// By e-mail; a mention and an assignment make a to-do item as well.
    Mail,
    /// By a to-do item alone: a mention that an edit added (recorded from GitLab 18.9).
    TodoOnly,
}

/// What somebody is told of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    pub(crate) why: Why,
    pub(crate) by: By,
    pub(crate) note: Option<u64>,
    /// Only those who see internal notes.
    pub(crate) internal: bool,
}

impl Desk<'_> {
    /// Tells the users that the actor did something, as far as they can be told.
    pub(crate) fn tell(&mut self, actor: u64, users: &BTreeSet<u64>, about: About) {
        let told = self
            .users
            .iter()
            .filter(|user| user.id != actor && users.contains(&user.id))
            .filter(|user| self.can_be_told(user, about.internal))
            .map(|user| Notification {
                user: user.username.clone(),
                why: about.why,
                by: about.by,
                project: self.path.to_owned(),
                issue: self.issue.iid,
                note: about.note,
            });
        let told: Vec<Notification> = told.collect();
        self.journal.notifications.extend(told);
    }

    /// The users whom a text mentions.
    pub(crate) fn mentioned(&self, text: &str) -> BTreeSet<u64> {
        let names = mentions::names(text);
        if names.is_empty() {
            return BTreeSet::new();
        }
        let is_named = |user: &&User| names.contains(&user.username.to_ascii_lowercase());
        self.users.iter().filter(is_named).map(|user| user.id).collect()
    }

    fn can_be_told(&self, user: &User, internal: bool) -> bool {
        let actor: Actor = self.as_actor(user);
        user.state == "active"
            && (self.visibility != Visibility::Private || actor.level > 0)
            && actor.may_see(self.issue)
            && (!internal || actor.may_see_internal())
    }
}
