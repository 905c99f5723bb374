//! Reads the threads of an issue.

use api::gitlab::{Discussion, User};
use audit::record::conversation::{self, Conversation, Note, Thread};

use crate::ctx::Ctx;

/// A user of GitLab as the follow-ups know them.
pub(super) fn user(user: &User) -> conversation::User {
    conversation::User { id: user.id, username: user.username.clone() }
}

/// Reads the threads of an issue.
pub(super) async fn read_conversation(ctx: &Ctx, iid: u64) -> anyhow::Result<Conversation> {
    let project = ctx.audits_project();
    let discussions = ctx.gitlab().await?.discussions(project, iid).await?;
    let threads: Vec<Thread> = discussions.into_iter().map(thread).collect();
    tracing::debug!(project, threads = threads.len(), "read the conversation");
    Ok(Conversation { threads, ..Conversation::default() })
}

fn thread(discussion: Discussion) -> Thread {
    let notes = discussion.notes.into_iter().map(|note| Note {
        id: note.id,
        author: user(&note.author),
        body: note.body,
        created_at: note.created_at,
        is_system: note.system,
    });
    Thread { id: discussion.id, notes: notes.collect() }
}
