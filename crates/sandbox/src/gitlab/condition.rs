//! `If-Unmodified-Since`, which GitLab respects for deletions only (GitLab docs: Notes API;
//! recorded from GitLab 18.9: updates ignore it).

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use serde_json::json;

use crate::{reply::Reply, request::Request};

/// Refuses a deletion of what has changed after the instant that the request names.
///
/// # Errors
///
/// 412. A time that cannot be read is ignored.
pub(super) fn unmodified(request: &Request, updated_at: Timestamp) -> Result<(), Reply> {
    let sent = request.header("if-unmodified-since");
    let since = sent.and_then(|text| DateTimeParser::new().parse_timestamp(text).ok());
    if since.is_some_and(|since| updated_at > since) {
        return Err(Reply::json(412, &json!({"message": "412 Precondition Failed"})));
    }
    Ok(())
}
