//! Tells whose writings of ours count.

use api::gitlab::User;

use crate::ctx::Ctx;

/// Those whose markers count: the token's user, and those of the configuration.
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
        self.trusts_name(user.id, &user.username)
    }

    /// Whether what the user of an id and a username wrote counts.
    pub(crate) fn trusts_name(&self, id: u64, username: &str) -> bool {
        let is_named = |name: &String| name.eq_ignore_ascii_case(username);
        self.ids.contains(&id) || self.usernames.iter().any(is_named)
    }
}
