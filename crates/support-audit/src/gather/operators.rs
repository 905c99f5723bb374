//! Tells whose writings of ours count.

use api::gitlab::{Issue, User};

use crate::ctx::Ctx;

/// Those whose markers count: an issue's author and assignees, the token's user, and those of the
/// configuration.
#[derive(Debug, Clone)]
pub(crate) struct Operators {
    ids: Vec<u64>,
    usernames: Vec<String>,
}

impl Operators {
    /// The token's user and those of the configuration.
    pub(crate) fn new(ctx: &Ctx, me: &User) -> Self {
        Self { ids: vec![me.id], usernames: ctx.config.operators.clone() }
    }

    /// Whether what `user` wrote counts.
    pub(crate) fn trusts(&self, user: &User) -> bool {
        let is_named = |name: &String| name.eq_ignore_ascii_case(&user.username);
        self.ids.contains(&user.id) || self.usernames.iter().any(is_named)
    }

    /// Adds an issue's author and assignees.
    pub(super) fn add_those_of(&mut self, issue: &Issue) {
        self.ids.push(issue.author.id);
        self.ids.extend(issue.assignees.iter().map(|user| user.id));
    }
}
