//! The users who are mentioned about a finding, and whether that is possible.

use crate::evaluation::handle;
use crate::followup::model::{Case, FollowupInput};
use crate::identity::Subject;
use crate::record::conversation::User;
use crate::record::directory::Unmentionable;

/// The user to mention about a case: the subject, or the user whom `handles` names for it.
pub(crate) fn recipient<'a>(
    input: &FollowupInput<'a>,
    case: &Case,
) -> Result<&'a User, Unmentionable> {
    match case.subject {
        Some(subject @ Subject::Person(_)) => match input.evaluation.person(subject) {
            Some(person) => input.directory.person(person),
            None => Err(Unmentionable::NoHandle),
        },
        Some(Subject::Account(index)) => {
            let account = input.evaluation.account(index);
            match account.and_then(|account| handle(input.policy, account)) {
                Some(username) => input.directory.username(username),
                None => Err(Unmentionable::NoHandle),
            }
        }
        Some(Subject::Organization) | None => Err(Unmentionable::NoHandle),
    }
}

/// Whether a case is about the operator, by id, by the username in the roster, or by `handles`.
pub(crate) fn is_own(input: &FollowupInput<'_>, case: &Case) -> bool {
    let operator = input.operator;
    if case.user == Some(operator.id) {
        return true;
    }
    let username = match case.subject {
        Some(subject @ Subject::Person(_)) => {
            let Some(person) = input.evaluation.person(subject) else { return false };
            if person.gitlab_id.value() == Some(&operator.id) {
                return true;
            }
            person.gitlab_username.value().map(|username| &**username)
        }
        Some(Subject::Account(index)) => {
            let account = input.evaluation.account(index);
            account.and_then(|account| handle(input.policy, account))
        }
        Some(Subject::Organization) | None => None,
    };
    username.is_some_and(|username| username.eq_ignore_ascii_case(&operator.username))
}

/// Whether the subject of a case may be mentioned.
/// A user who has not been looked up yet counts as reachable.
pub(crate) fn recipient_is_reachable(input: &FollowupInput<'_>, case: &Case) -> bool {
    matches!(recipient(input, case), Ok(_) | Err(Unmentionable::NotAsked(_)))
}
