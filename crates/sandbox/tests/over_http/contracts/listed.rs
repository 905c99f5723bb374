//! The documents' defects, and what the sandbox leaves out, each with its reason.

use std::collections::BTreeSet;

use anyhow::ensure;

/// Where, what, and why that is as it should be. A place that ends in `*` stands for all that
/// begin so.
pub(super) type Row = (&'static str, &'static str, &'static str);

const LOOSE: &str = "the document types counts, flags and levels as text; recorded answers do not";
const ONE: &str = "the document gives a list as one object; recorded answers are lists";
const NO_DOCUMENT: &str = "the documents here leave this route out";
const CUT: &str = "the supplement names few of the fields; all of these were recorded";
const NEWER: &str = "scopes, and the text that speaks of them, are newer than the document";
const NEVER: &str = "no request is known that GitLab or Calendly answers so";

/// Answers that are other than their document says.
pub(super) const ANSWERS: &[Row] = &[
    ("GitLab's Swagger 2.0", "most refusals are not documented", "recorded all the same"),
    ("API_Entities_ContainerExpirationPolicy.enabled", "is no string", LOOSE),
    ("API_Entities_ContainerExpirationPolicy.keep_n", "is no string", LOOSE),
    ("API_Entities_Issue.downvotes", "is no string", LOOSE),
    ("API_Entities_Issue.has_tasks", "is no string", LOOSE),
    ("API_Entities_Issue.imported", "is no string", LOOSE),
    ("API_Entities_Issue.merge_requests_count", "is no string", LOOSE),
    ("API_Entities_Issue.subscribed", "is no string", LOOSE),
    ("API_Entities_Issue.task_completion_status", "is no string", LOOSE),
    ("API_Entities_Issue.upvotes", "is no string", LOOSE),
    ("API_Entities_Issue.user_notes_count", "is no string", LOOSE),
    ("API_Entities_Member.access_level", "is no string", LOOSE),
    ("API_Entities_ProjectAccess.access_level", "is no string", LOOSE),
    ("API_Entities_ProjectAccess.notification_level", "is no string", LOOSE),
    ("API_Entities_Issue", "is a list, not one object", ONE),
    ("API_Entities_TreeObject", "is a list, not one object", ONE),
    ("API_Entities_UserBasic", "is a list, not one object", ONE),
    ("API_Entities_Issue.start_date", "is not documented", "recorded; newer than the document"),
    ("CurrentUser.*", "is not documented", CUT),
    ("Error.error_description", "is not documented", "recorded, of tokens that are dead"),
    ("DELETE /api/v4/projects/{id}/issues/{issue_iid}", "is in no document", NO_DOCUMENT),
    (
        "GET /api/v4/projects/{id}/issues/{issue_iid}/discussions/{discussion_id}/notes/{note_id}",
        "is in no document",
        NO_DOCUMENT,
    ),
    ("GET /api/v4/projects/{id}/issues/{issue_iid}/resource_*", "is in no document", NO_DOCUMENT),
    ("GET /api/v4/projects/{id}/labels", "is in no document", NO_DOCUMENT),
    ("GET /api/v4/projects/{id}/repository/archive", "is in no document", NO_DOCUMENT),
    ("GET /api/v4/users/{id}*", "is in no document", NO_DOCUMENT),
    ("GET /api/v4/personal_access_tokens/self", "404 is documented and not given", NEVER),
    ("GET /users/me", "404 is documented and not given", NEVER),
    ("GET /organization_memberships", "404 is documented and not given", NEVER),
    ("GET /organization_memberships/{uuid}", "400 is documented and not given", NEVER),
    ("DELETE /organization_memberships/{uuid}", "400 is documented and not given", NEVER),
    ("GET /organizations/{org_uuid}/invitations/{uuid}", "400 is documented and not given", NEVER),
    ("GET /users/me 403.message", "is none of the words", NEWER),
    ("GET /organizations/{uuid} 403.message", "is none of the words", NEWER),
];

const NOT_NEEDED: &str = "nothing under trial asks for it";

/// Documented routes that the sandbox does not serve.
pub(super) const ROUTES: &[Row] = &[
    ("DELETE /api/v4/projects/{id}/issues/{issue_iid}/links*", "is not served", NOT_NEEDED),
    ("GET /activity_log_entries", "is not served", NOT_NEEDED),
    ("GET /api/v4/groups/{id}/members/all", "is not served", "the sandbox has no groups"),
    ("GET /api/v4/personal_access_tokens/self/associations", "is not served", NOT_NEEDED),
    ("GET /api/v4/projects/{id}/issues/{issue_iid}/links*", "is not served", NOT_NEEDED),
    ("GET /api/v4/projects/{id}/issues/{issue_iid}/participants", "is not served", NOT_NEEDED),
    ("GET /api/v4/projects/{id}/users", "is not served", NOT_NEEDED),
    ("GET /event_types", "is not served", NOT_NEEDED),
    ("GET /users/{uuid}", "is not served", NOT_NEEDED),
    ("POST /api/v4/markdown", "is not served", "it would take all of GitLab's renderer"),
    ("POST /api/v4/projects/{id}/issues/{issue_iid}/links", "is not served", NOT_NEEDED),
    ("POST /oauth/*", "is not served", "tokens are given to the world, not asked for"),
];

const IGNORED: &str = "the sandbox ignores this parameter, whatever its value";

/// Parameters of which the sandbox takes what the document does not allow.
pub(super) const PARAMETERS: &[Row] = &[
    ("GET /api/v4/projects/{id}", "license takes anything", IGNORED),
    ("GET /api/v4/projects/{id}", "statistics takes anything", IGNORED),
    ("GET /api/v4/projects/{id}", "with_custom_attributes takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/issues", "closed_by_id takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/issues", "due_date takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/issues", "epic_id takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/issues", "health_status takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/issues", "issue_type takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/issues", "iteration_id takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/issues", "milestone_id takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/issues", "not[iteration_id] takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/issues", "not[milestone_id] takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/issues", "not[weight] takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/issues", "weight takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/members/all", "show_seat_info takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/members/all", "state takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/repository/commits", "all takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/repository/commits", "first_parent takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/repository/commits", "order takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/repository/commits", "trailers takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/repository/commits", "with_stats takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/repository/commits/{sha}", "stats takes anything", IGNORED),
    ("GET /api/v4/projects/{id}/repository/files/{file_path}/raw", "lfs takes anything", IGNORED),
    (
        "GET /api/v4/projects/{id}/templates/{type}/{name}",
        "source_template_project_id takes anything",
        IGNORED,
    ),
    ("GET /api/v4/users", "order_by takes anything", IGNORED),
    ("GET /api/v4/users", "pagination takes anything", IGNORED),
    (
        "GET /organization_memberships",
        "role takes anything",
        "a world may invent roles, as Calendly may: they are data",
    ),
];

/// Whether what was found is what is listed, no less and no more.
///
/// # Errors
///
/// It is not; says in what.
pub(super) fn compare(found: &BTreeSet<(String, String)>, listed: &[Row]) -> anyhow::Result<()> {
    let is_same = |row: &Row, (place, what): &(String, String)| {
        let fits = match row.0.strip_suffix('*') {
            Some(start) => place.starts_with(start),
            None => place == row.0,
        };
        fits && what == row.1
    };
    let new = found.iter().filter(|own| !listed.iter().any(|row| is_same(row, own)));
    let new: Vec<String> = new.map(|(place, what)| format!("{place}: {what}")).collect();
    let gone = listed.iter().filter(|row| !found.iter().any(|own| is_same(row, own)));
    let gone: Vec<String> = gone.map(|row| format!("{}: {}", row.0, row.1)).collect();
    ensure!(new.is_empty(), "{} are not listed:\n{}", new.len(), new.join("\n"));
    ensure!(gone.is_empty(), "listed and not so:\n{}", gone.join("\n"));
    Ok(())
}
