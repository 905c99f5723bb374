//! Who sees the issues of the audits' project.

use api::gitlab::Project;

/// The access level from which members see confidential issues (GitLab docs: Confidential issues).
const PLANNER: u64 = 15;

/// The access level from which members see a private project's issues.
const GUEST: u64 = 10;

/// Whether everybody sees a project; GitLab leaves that out for some tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    /// Only members see it.
    Private,
    /// Others see it too: anybody, or anybody who is logged in.
    Open,
    /// GitLab does not say.
    Unknown,
}

impl Visibility {
    /// The visibility of a project as GitLab describes it.
    pub(crate) fn from_project(project: &Project) -> Self {
        match project.visibility.as_deref() {
            Some("private") => Self::Private,
            Some(_) => Self::Open,
            None => Self::Unknown,
        }
    }

    /// Whether an issue has to be confidential so that only members see it. An unknown project may be
    /// open, and what is published by mistake stays published.
    pub(crate) fn needs_confidential_issues(self) -> bool {
        self != Self::Private
    }

    /// The access level from which members see an issue, or none if everybody sees it. An unknown
    /// project may be private, and nobody is to be mentioned in an issue that they cannot open.
    pub(crate) fn level_to_see(self, is_confidential: bool) -> Option<u64> {
        match self {
            _ if is_confidential => Some(PLANNER),
            Self::Private | Self::Unknown => Some(GUEST),
            Self::Open => None,
        }
    }
}
