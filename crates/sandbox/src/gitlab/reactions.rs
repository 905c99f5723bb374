//! Reactions to notes and issues (GitLab docs: Emoji reactions API).

use serde_json::{Value, json};

use super::{
    Answered,
    access::{self, Found, unauthorized},
    bad_parameter, condition,
    issue_json::View,
    missing, not_found, notes, page,
    parameters::Parameters,
};
use crate::{
    issue::{Issue, Reaction, ReactionRefused, Target},
    reply::Reply,
    request::Request,
    world::World,
};

/// What is reacted to, as the address says it: project, issue, and note unless it is the issue.
pub(super) type Place<'path> = (&'path str, &'path str, Option<&'path str>);

/// `GET …/award_emoji`, oldest first.
pub(super) fn list(world: &World, request: &Request, place: Place<'_>) -> Answered {
    let (Found { project, issue, .. }, target) = find(world, request, place)?;
    let view = View { world, request, project };
    let reactions = issue.reactions_to(target).unwrap_or_default().iter().collect();
    let show = |reaction: &Reaction| shown(view, issue, target, reaction);
    let (id, iid, _) = place;
    let fixed = [("id", id), ("issue_iid", iid)];
    page::by_number(world, request, &fixed, (reactions, show), true)
}

/// `GET …/award_emoji/:award_id`.
pub(super) fn show(world: &World, request: &Request, place: Place<'_>, award: &str) -> Answered {
    let (Found { project, issue, .. }, target) = find(world, request, place)?;
    let reaction = reaction(issue, target, award)?;
    let view = View { world, request, project };
    Ok(Reply::json(200, &shown(view, issue, target, reaction)))
}

/// `POST …/award_emoji`.
pub(super) fn create(world: &mut World, request: &Request, place: Place<'_>) -> Answered {
    let (Found { project, issue, actor }, target) = find(world, request, place)?;
    let (number, iid, may_react) = (project.id, issue.iid, actor.may_comment(issue));
    let parameters = Parameters::parse(request)?;
    if !parameters.has("name") {
        return Err(bad_parameter("name is missing"));
    }
    let name = parameters.text("name")?.unwrap_or_default();
    if !may_react {
        return Err(not_found("Award Emoji"));
    }
    let mut editor = world.issue_editor(number, iid).ok_or_else(missing)?;
    let award = editor.react(actor, target, &name).map_err(refusal)?;
    let (Found { project, issue, .. }, target) = find(world, request, place)?;
    let reaction = reaction(issue, target, &award.to_string())?;
    let view = View { world, request, project };
    Ok(Reply::json(201, &shown(view, issue, target, reaction)))
}

/// `DELETE …/award_emoji/:award_id`: the caller's own; for another user's, GitLab's code answers
/// 401.
pub(super) fn delete(
    world: &mut World,
    request: &Request,
    place: Place<'_>,
    award: &str,
) -> Answered {
    let (Found { project, issue, actor }, target) = find(world, request, place)?;
    let (number, iid) = (project.id, issue.iid);
    let (award, user, at) = {
        let reaction = reaction(issue, target, award)?;
        (reaction.id, reaction.user, reaction.at)
    };
    if user != actor.user {
        return Err(unauthorized());
    }
    condition::unmodified(request, at)?;
    world.issue_editor(number, iid).ok_or_else(missing)?.take_back(target, award);
    Ok(Reply::nothing())
}

/// The issue, and the note where there is one; a hidden note answers as a missing one does.
fn find<'world>(
    world: &'world World,
    request: &Request,
    (id, iid, note): Place<'_>,
) -> Result<(Found<'world>, Target), Reply> {
    let hidden = || not_found("Award Emoji");
    let found = access::issue(world, request, (id, iid), hidden)?;
    let Some(note) = note else { return Ok((found, Target::Issue)) };
    let note = notes::number(note)?;
    let seen =
        found.issue.note(note).filter(|note| !note.internal || found.actor.may_see_internal());
    seen.ok_or_else(missing)?;
    Ok((found, Target::Note(note)))
}

fn reaction<'issue>(
    issue: &'issue Issue,
    target: Target,
    award: &str,
) -> Result<&'issue Reaction, Reply> {
    let id: u64 = award.parse().map_err(|_| bad_parameter("award_id is invalid"))?;
    let mut reactions = issue.reactions_to(target).unwrap_or_default().iter();
    reactions.find(|own| own.id == id).ok_or_else(missing)
}

fn shown(view: View<'_>, issue: &Issue, target: Target, reaction: &Reaction) -> Value {
    let (kind, id) = match target {
        Target::Issue => ("Issue", issue.id),
        Target::Note(note) => ("Note", note),
    };
    let at = super::instant(reaction.at);
    json!({
        "id": reaction.id, "name": reaction.name, "user": view.user(reaction.user),
        "created_at": at, "updated_at": at, "awardable_id": id, "awardable_type": kind,
        "url": null,
    })
}

/// The text for an unknown name and the status for the same one twice were recorded from GitLab
/// 18.9; the other texts are those of its code.
fn refusal(refused: ReactionRefused) -> Reply {
    match refused {
        ReactionRefused::Missing => missing(),
        ReactionRefused::Unreactable => not_found("Award Emoji Awardable cannot be awarded emoji"),
        ReactionRefused::UnknownName => not_found("Award Emoji Name is not a valid emoji name"),
        ReactionRefused::Twice => not_found("Award Emoji Name has already been taken"),
    }
}
