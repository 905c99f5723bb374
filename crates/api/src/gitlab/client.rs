//! The client, and what GitLab says about the token's user and about a project.

use super::wire::{Project, TokenInfo, User};
use crate::base_url::segment;
use crate::error::{Error, ErrorKind, Service};
use crate::http::Http;
use crate::options::Options;
use crate::server_time::ServerTime;

/// A client of one GitLab instance.
///
/// A project is named by its full path, such as `group/team`, or by its number.
#[derive(Debug)]
pub struct GitLab {
    pub(super) http: Http,
}

impl GitLab {
    /// Makes a client for the instance at the base URL, which is that of its pages: `/api/v4` is
    /// added here. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoCertificates`], [`ErrorKind::BadToken`] or [`ErrorKind::Client`].
    pub fn new(options: Options) -> Result<Self, Error> {
        Ok(Self { http: Http::new(Service::GitLab, options)? })
    }

    /// The clock of GitLab by its first answer: commands measure waits by it, since this machine's
    /// clock may be wrong. `None` before the first answer, and if that had no valid `Date`.
    pub fn server_time(&self) -> Option<ServerTime> {
        self.http.server_time()
    }

    /// Reads the user whom the token belongs to: `GET /user`, with one of the scopes `read_user`,
    /// `read_api` and `api` (GitLab, "Users API").
    pub async fn user(&self) -> Result<User, Error> {
        let answer = self.http.get("api/v4/user", &[]).await?;
        self.http.json(&answer, "the GitLab user")
    }

    /// Reads what the token may do and until when: `GET /personal_access_tokens/self` (GitLab,
    /// "Personal access tokens API"). `None` if GitLab has no such record, as for tokens of OAuth
    /// and of CI jobs.
    pub async fn token_self(&self) -> Result<Option<TokenInfo>, Error> {
        // GitLab would answer 401, as if the token were not valid.
        if self.http.has_oauth_token() {
            return Ok(None);
        }
        match self.http.get("api/v4/personal_access_tokens/self", &[]).await {
            Ok(answer) => self.http.json(&answer, "the access token's record").map(Some),
            Err(Error { kind: ErrorKind::NotFound { .. }, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads a project: `GET /projects/:id` (GitLab, "Projects API"). GitLab finds a renamed
    /// project by its old path too, so the path in the answer may be another one.
    pub async fn project(&self, project: &str) -> Result<Project, Error> {
        let path = format!("api/v4/projects/{}", segment(project)?);
        let answer = self.http.get(&path, &[]).await?;
        self.http.json(&answer, "the project")
    }
}

/// The path of a call about something in a project; `rest` is encoded.
pub(super) fn project_path(project: &str, rest: &str) -> Result<String, Error> {
    Ok(format!("api/v4/projects/{}/{rest}", segment(project)?))
}
