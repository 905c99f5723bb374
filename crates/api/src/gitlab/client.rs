//! Who asks GitLab, and what it says of them and of a project.

use super::wire::{Project, TokenInfo, User};
use crate::base_url::segment;
use crate::error::Error;
use crate::http::{Http, Scheme};
use crate::options::Options;

/// GitLab, and the right to ask it.
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
    /// [`Error::NoCertificates`] or [`Error::Client`].
    pub fn new(options: Options) -> Result<Self, Error> {
        Ok(Self { http: Http::new(options, Scheme::PrivateToken)? })
    }

    /// Who the token belongs to: `GET /user`, one of the scopes `read_user`, `read_api`, `api`.
    pub async fn user(&self) -> Result<User, Error> {
        let answer = self.http.get("api/v4/user", &[]).await?;
        self.http.json(&answer, "the GitLab user")
    }

    /// What the token may do and until when: `GET /personal_access_tokens/self`. `None` where
    /// GitLab has no such record, as for tokens of CI jobs.
    pub async fn token_self(&self) -> Result<Option<TokenInfo>, Error> {
        match self.http.get("api/v4/personal_access_tokens/self", &[]).await {
            Ok(answer) => self.http.json(&answer, "the access token's record").map(Some),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A project: `GET /projects/:id`. A renamed one is found by its old path too.
    pub async fn project(&self, project: &str) -> Result<Project, Error> {
        let path = format!("api/v4/projects/{}", segment(project)?);
        let answer = self.http.get(&path, &[]).await?;
        self.http.json(&answer, "the project")
    }
}

/// The path of a call about what is in a project; `rest` is encoded.
pub(super) fn within(project: &str, rest: &str) -> Result<String, Error> {
    Ok(format!("api/v4/projects/{}/{rest}", segment(project)?))
}
