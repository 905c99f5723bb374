//! Writes comments: alone, in threads, and never twice.

use api::{Error, ErrorKind, GitLab};
use audit::plan::Action;
use audit::record::description::stored;

use super::look_twice::{look_twice, unanswered};
use crate::ctx::Ctx;
use crate::gather::ensure_open;

/// Writes a comment, opens a thread or replies in one; its page.
pub(super) async fn comment(
    ctx: &Ctx,
    gitlab: &GitLab,
    action: &Action,
) -> anyhow::Result<Option<String>> {
    let project = &ctx.config.audits_project;
    let (iid, body, marker, written) = match action {
        Action::Comment { iid, body, marker } => {
            ensure_open(&gitlab.issue(project, *iid).await?)?;
            let note = gitlab.create_note(project, *iid, body).await;
            (*iid, body, marker, note.map(|note| Some(note.id)))
        }
        Action::OpenThread { iid, body, marker } => {
            let opened = gitlab.create_discussion(project, *iid, body).await;
            (*iid, body, marker, opened.map(|thread| thread.notes.first().map(|note| note.id)))
        }
        Action::Reply { iid, thread, body, marker } => {
            let note = gitlab.reply(project, *iid, thread, body).await;
            (*iid, body, marker, note.map(|note| Some(note.id)))
        }
        _ => return Ok(None),
    };
    let note = match written {
        Ok(Some(note)) => note,
        Ok(None) => return Ok(None),
        Err(error) if error.may_have_arrived() => {
            ctx.ui.warn(&format!("no answer to the comment ({error}); looking for it"));
            let found = look_for_comment(ctx, gitlab, project, iid, body).await?;
            let what = format!("the comment `{}`", marker.marked.as_str());
            found.ok_or_else(|| unanswered(&what, &error))?
        }
        Err(error) => return Err(anyhow::Error::new(error).context("could not comment")),
    };
    let url = ctx.config.gitlab_url.to_string();
    Ok(Some(format!("{url}/{project}/-/issues/{iid}#note_{note}")))
}

async fn look_for_comment(
    ctx: &Ctx,
    gitlab: &GitLab,
    project: &str,
    iid: u64,
    body: &str,
) -> Result<Option<u64>, Error> {
    let me = gitlab.user().await?;
    look_twice(ctx, async || {
        let notes = gitlab.notes(project, iid).await?;
        let is_it = |note: &&api::gitlab::Note| {
            note.author.id == me.id && stored(&note.body) == stored(body)
        };
        Ok(notes.iter().rev().find(is_it).map(|note| note.id))
    })
    .await
}

/// Resolves a thread, or opens it again; where GitLab does not let us, the words in it must do.
pub(super) async fn resolve(
    ctx: &Ctx,
    gitlab: &GitLab,
    iid: u64,
    thread: &str,
    resolved: bool,
) -> anyhow::Result<()> {
    match gitlab.resolve(&ctx.config.audits_project, iid, thread, resolved).await {
        Ok(_) => Ok(()),
        Err(error)
            if matches!(
                error.kind,
                ErrorKind::Forbidden { .. }
                    | ErrorKind::InsufficientScope { .. }
                    | ErrorKind::NotFound { .. }
            ) =>
        {
            ctx.ui.say(&format!("the thread {thread} could not be resolved: {error}"));
            Ok(())
        }
        // It is only the visible sign: the next run does it, if this one did not arrive.
        Err(error) if error.may_have_arrived() => {
            ctx.ui.warn(&format!("no answer to resolving the thread {thread}: {error}"));
            Ok(())
        }
        Err(error) => Err(anyhow::Error::new(error).context("could not resolve a thread")),
    }
}

/// Deletes comments of ours that somebody else's say already; their mail has gone out.
pub(crate) async fn delete(
    ctx: &Ctx,
    gitlab: &GitLab,
    iid: u64,
    notes: &[u64],
) -> anyhow::Result<()> {
    for note in notes {
        delete_one(ctx, gitlab, iid, *note).await?;
    }
    if !notes.is_empty() {
        let count = notes.len();
        ctx.ui.warn(&format!(
            "somebody else wrote at the same time: {count} of our comments said the same and were deleted, but their e-mails have gone out"
        ));
    }
    Ok(())
}

/// Deletes a comment of ours; one that is gone already is as good.
pub(super) async fn delete_one(
    ctx: &Ctx,
    gitlab: &GitLab,
    iid: u64,
    note: u64,
) -> anyhow::Result<()> {
    match gitlab.delete_note(&ctx.config.audits_project, iid, note).await {
        Ok(()) | Err(Error { kind: ErrorKind::NotFound { .. }, .. }) => Ok(()),
        Err(error) => Err(anyhow::Error::new(error).context("could not delete a comment")),
    }
}
