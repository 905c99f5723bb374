//! Where the sandbox answers other than the recorded server, and why.

/// Recordings of what the sandbox does not serve, and why not.
pub(super) const NOT_SERVED: &[(&str, &str)] = &[
    ("issue_link_create", "nothing under trial links issues"),
    ("markdown_render", "it would take all of GitLab's renderer; `mentions` reads the same text"),
    ("todos_list", "`Sandbox::notifications` tells of mails as well, and to whom"),
];

const COMMITTER: &str = "every commit is by one committer, so that its id is the same in every run";
const MESSAGE: &str = "a commit of the world's files says what was done to them, in one line";

/// Recording, place and reason.
pub(super) const LISTED: &[(&str, &str, &str)] = &[
    ("commits_of_path", "/*/author_email", COMMITTER),
    ("commits_of_path", "/*/author_name", COMMITTER),
    ("commits_of_path", "/*/committer_email", COMMITTER),
    ("commits_of_path", "/*/committer_name", COMMITTER),
    ("commits_of_path", "/*/message", MESSAGE),
    ("commits_of_path", "/*/title", MESSAGE),
    ("personal_access_tokens_self", "/name", "the tokens of a world have no names"),
    ("project_members_all", "/*/created_by", "in a world nobody in particular adds members"),
];
