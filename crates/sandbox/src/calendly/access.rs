//! Who asks, and what they may do.

use super::{
    account::{CalendlyToken, CalendlyUser},
    organization::Calendly,
    refusal::{denied, unauthenticated},
};
use crate::{reply::Reply, request::Request};

/// Reads who one is.
pub(super) const USERS_READ: &str = "users:read";
/// Reads the organisation, its members and its invitations.
pub(super) const READ: &str = "organizations:read";
/// Removes members, invites and revokes; includes [`READ`].
pub(super) const WRITE: &str = "organizations:write";

/// The token that was sent and its owner, if there are such.
pub(super) fn sender<'world>(
    calendly: &'world Calendly,
    request: &Request,
) -> Option<(&'world CalendlyToken, &'world CalendlyUser)> {
    let sent = request.bearer()?;
    let token = calendly.tokens.iter().find(|token| token.value == sent)?;
    let user = calendly.users.iter().find(|user| user.email == token.user)?;
    Some((token, user))
}

/// The caller.
///
/// # Errors
///
/// 401 without a valid token, 403 for one without the scope.
pub(super) fn caller<'world>(
    calendly: &'world Calendly,
    request: &Request,
    scope: &str,
) -> Result<&'world CalendlyUser, Reply> {
    let (token, user) = sender(calendly, request).ok_or_else(unauthenticated)?;
    if has_scope(token, scope) {
        Ok(user)
    } else {
        Err(denied("Permission denied or insufficient scope"))
    }
}

fn has_scope(token: &CalendlyToken, scope: &str) -> bool {
    let Some(scopes) = &token.scopes else { return true };
    // The scope of writing includes that of reading (Calendly docs: Scopes).
    let wider = scope.strip_suffix(":read").map(|what| format!("{what}:write"));
    scopes.iter().any(|has| has == scope || Some(has) == wider.as_ref())
}
