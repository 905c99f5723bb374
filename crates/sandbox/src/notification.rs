//! Who is notified of what, and why: the mails and to-do items that GitLab would have sent.
//!
//! The rules are those of GitLab's notification service at the notification level that everybody
//! has at first, *participating* (GitLab docs: Notification emails):
//!
//! * Opening an issue mails its assignees and those whom it mentions.
//! * A new comment mails those whom it mentions and the followers of the issue.
//! * An edit of a comment mails nobody; a mention that it adds makes a to-do item.
//! * An edit of the title or description mails those whom it mentions and did not mention before.
//! * Closing, reopening and reassigning mail the followers; new labels, due dates, system notes,
//!   reactions and resolved threads mail nobody.
//! * One event makes one mail per recipient, whose reason is the strongest that applies.
//! * Nobody is notified of what they do themselves, nor of what they cannot see.
//!
//! Left out are milestones, subscriptions to labels, what people choose in their settings, groups
//! and `@all`.

use std::collections::BTreeSet;

use crate::{
    issue::{Actor, IssueEditor},
    world::{GUEST, User, Visibility},
};

/// A mail or a to-do item that a user got.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Notification {
    /// The username of the recipient, as it was then.
    pub user: String,
    /// Why they in particular.
    pub why: Why,
    /// How.
    pub by: By,
    /// The username, at that time, of the user who caused the notification.
    pub actor: String,
    /// The full path of the project.
    pub project: String,
    /// The number of the issue within the project.
    pub issue: u64,
    /// The note that it is about; `None` if it is about the issue itself.
    pub note: Option<u64>,
}

/// Why a user was notified.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Why {
    /// A text mentions them.
    Mentioned,
    /// The issue was made theirs.
    Assigned,
    /// They follow the issue: they take part in it or have subscribed to it, and have not
    /// unsubscribed. Who has unsubscribed hears of mentions alone (GitLab docs: Notification
    /// emails).
    Participating,
}

/// How a user was notified.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum By {
    /// By e-mail; a mention and an assignment make a to-do item as well.
    Mail,
    /// By a to-do item alone: a mention that an edit of a comment added (recorded from GitLab
    /// 18.9).
    TodoOnly,
}

/// The event that a notification is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    /// The id of the user who caused it.
    pub(crate) actor: u64,
    pub(crate) by: By,
    pub(crate) note: Option<u64>,
    /// Whether only those hear of it who see internal notes.
    pub(crate) internal: bool,
}

impl About {
    /// A mail about the issue itself.
    pub(crate) fn issue(actor: Actor) -> Self {
        Self { actor: actor.user, by: By::Mail, note: None, internal: false }
    }
}

impl IssueEditor<'_> {
    /// Notifies the users of an event, as far as each may hear of it.
    pub(crate) fn notify(&mut self, users: &BTreeSet<u64>, why: Why, about: About) {
        let actor = self.user(about.actor).map(|actor| actor.username.clone()).unwrap_or_default();
        for user in self.users {
            if user.id == about.actor || !users.contains(&user.id) {
                continue;
            }
            if !self.can_be_notified(user, about.internal) {
                continue;
            }
            self.journal.notifications.push(Notification {
                user: user.username.clone(),
                why,
                by: about.by,
                actor: actor.clone(),
                project: self.path.to_owned(),
                issue: self.issue.iid,
                note: about.note,
            });
        }
    }

    /// The followers of the issue; nobody in a [quiet](crate::World::quiet) world.
    pub(crate) fn followers(&self) -> BTreeSet<u64> {
        if self.quiet { BTreeSet::new() } else { self.issue.followers(self.users) }
    }

    fn can_be_notified(&self, user: &User, internal: bool) -> bool {
        let actor: Actor = self.as_actor(user);
        user.state == "active"
            && (self.visibility != Visibility::Private || actor.level >= GUEST)
            && actor.may_see(self.issue)
            && (!internal || actor.may_see_internal())
    }
}

/// The ids of those users who have one of the names, which are in lower case.
pub(crate) fn users_named(users: &[User], names: &BTreeSet<String>) -> BTreeSet<u64> {
    if names.is_empty() {
        return BTreeSet::new();
    }
    users
        .iter()
        .filter(|user| names.contains(&user.username.to_ascii_lowercase()))
        .map(|user| user.id)
        .collect()
}
