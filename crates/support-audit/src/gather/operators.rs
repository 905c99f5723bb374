//! Finds out whose markers are trusted.

use std::collections::BTreeSet;

use api::gitlab::User;

use crate::config::Operator;
use crate::ctx::Ctx;

/// The users whose markers are trusted, by id: the token's user and the configured `operators`.
#[derive(Debug, Clone)]
pub(crate) struct Operators {
    pub(crate) ids: BTreeSet<u64>,
}

impl Operators {
    /// The token's user and those of the configuration; GitLab is asked, once, about those who are
    /// configured by username alone.
    pub(crate) async fn resolve(ctx: &Ctx) -> anyhow::Result<Self> {
        let own = ctx.user().await?;
        let configured = ctx
            .configured_operators
            .get_or_try_init(async || resolve_configured(ctx, own).await)
            .await?;
        let mut ids = configured.clone();
        ids.insert(own.id);
        Ok(Self { ids })
    }

    /// Whether a user's markers are trusted.
    pub(crate) fn trusts(&self, user: &User) -> bool {
        self.ids.contains(&user.id)
    }
}

async fn resolve_configured(ctx: &Ctx, own: &User) -> anyhow::Result<BTreeSet<u64>> {
    let gitlab = ctx.gitlab().await?;
    let mut ids = BTreeSet::new();
    for operator in &ctx.config.operators {
        let username = match operator {
            Operator::Id { id, .. } => {
                ids.insert(*id);
                continue;
            }
            Operator::Username(username) => username.trim_start_matches('@'),
        };
        if username.eq_ignore_ascii_case(&own.username) {
            continue;
        }
        match gitlab.user_by_name(username).await? {
            Some(user) => {
                ctx.ui.say(&format!(
                    "the operator {username} is the user {}; {} keeps that, whoever has the name later",
                    user.id,
                    setting(&user)
                ));
                ids.insert(user.id);
            }
            None => ctx.ui.warn(&format!("GitLab knows no user {username}, who is in `operators`")),
        }
    }
    Ok(ids)
}

/// The line of configuration that makes a user an operator.
pub(crate) fn setting(user: &User) -> String {
    format!("`operators = [{{ id = {}, username = \"{}\" }}]`", user.id, user.username)
}
