//! GitLab's REST API v4: one method for each call.
//!
//! | file | what it holds |
//! | --- | --- |
//! | this one | who asks, and what is in a repository |
//! | `archive` | unpacking a folder of a repository |
//! | `people` | users by name or number, and the members of a project |
//! | `templates` | the texts that issues are made from |
//! | `issues`, `notes` | issues, what is said in them, and reactions |
//! | `wire` | the types of answers that several of these read |
//!
//! Writes are sent once. Where one fails, [`Error::may_have_arrived`] tells whether it may have
//! been done all the same.

mod archive;
mod issues;
mod notes;
mod people;
mod templates;
mod wire;

use sha2::{Digest as _, Sha256};

use crate::base::segment;
use crate::error::Error;
use crate::foreign::clean;
use crate::http::{Answer, Http, Scheme};
use crate::options::Options;
use crate::page;

pub use archive::{Archive, ArchiveFile};
pub use issues::{Issue, IssueFilter, IssueState, NewIssue};
pub use notes::{Discussion, Note, Reaction};
pub use people::Member;
pub use wire::{Commit, Project, RawFile, TokenInfo, TreeEntry, User};

/// GitLab, and the right to ask it.
///
/// A project is named by its full path, such as `group/team`, or by its number.
#[derive(Debug)]
pub struct GitLab {
    http: Http,
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

    /// The commit that a branch, tag or hash stands for:
    /// `GET /projects/:id/repository/commits/:sha`.
    pub async fn commit(&self, project: &str, reference: &str) -> Result<Commit, Error> {
        let path = repository(project, &format!("commits/{}", segment(reference)?))?;
        let answer = self.http.get(&path, &[]).await?;
        self.http.json(&answer, "the commit")
    }

    /// The entries of a folder, not of those within it: `GET /projects/:id/repository/tree`, all
    /// pages. The empty path is the root.
    pub async fn tree(
        &self,
        project: &str,
        path: &str,
        reference: &str,
    ) -> Result<Vec<TreeEntry>, Error> {
        let query = [("path", path), ("ref", reference)];
        page::all(&self.http, &repository(project, "tree")?, &query, "the folder's entries").await
    }

    /// A file: `GET /projects/:id/repository/files/:path/raw`.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] when the contents are, twice, not those of the hash that came with them.
    pub async fn raw_file(
        &self,
        project: &str,
        path: &str,
        reference: &str,
    ) -> Result<RawFile, Error> {
        let path = repository(project, &format!("files/{}/raw", segment(path)?))?;
        self.undamaged(&path, &[("ref", reference)], raw_file).await
    }

    /// A folder with all that is in it, in one request:
    /// `GET /projects/:id/repository/archive.tar.gz`. The empty path is the whole repository.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] when the archive cannot be read to its end, twice;
    /// [`Error::TooLarge`] when it unpacks to more than 256 MiB or 200,000 entries.
    pub async fn archive(
        &self,
        project: &str,
        commit_id: &str,
        path: &str,
    ) -> Result<Archive, Error> {
        let mut query = vec![("sha", commit_id)];
        if !path.is_empty() {
            query.push(("path", path));
        }
        let endpoint = repository(project, "archive.tar.gz")?;
        self.undamaged(&endpoint, &query, unpacked).await
    }

    /// Reads contents that can be checked, and reads them once more if the check fails.
    async fn undamaged<T>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        read: impl Fn(Answer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match read(self.http.get(path, query).await?) {
            Err(Error::Damaged { .. }) => read(self.http.get(path, query).await?),
            read => read,
        }
    }
}

/// The path of a call about what is in a project; `rest` is encoded.
fn within(project: &str, rest: &str) -> Result<String, Error> {
    Ok(format!("api/v4/projects/{}/{rest}", segment(project)?))
}

/// The path of a call about a project's repository; `rest` is encoded.
fn repository(project: &str, rest: &str) -> Result<String, Error> {
    within(project, &format!("repository/{rest}"))
}

fn raw_file(answer: Answer) -> Result<RawFile, Error> {
    let file = RawFile {
        commit_id: answer.header("x-gitlab-commit-id"),
        last_commit_id: answer.header("x-gitlab-last-commit-id"),
        blob_id: answer.header("x-gitlab-blob-id"),
        sha256: answer.header("x-gitlab-content-sha256"),
        bytes: answer.body,
    };
    if file.commit_id.is_none() && file.sha256.is_none() {
        let detail = "the answer has none of the headers that GitLab sends with a file".to_owned();
        return Err(Error::Decode { call: answer.call, expected: "the file", detail });
    }
    if let Some(expected) = &file.sha256 {
        let found = format!("{:x}", Sha256::digest(&file.bytes));
        if !found.eq_ignore_ascii_case(expected) {
            let detail = clean(&format!("SHA-256 is {found}, not {expected}"));
            return Err(Error::Damaged { call: answer.call, detail });
        }
    }
    Ok(file)
}

#[expect(clippy::needless_pass_by_value, reason = "one signature with `raw_file`, which keeps it")]
fn unpacked(answer: Answer) -> Result<Archive, Error> {
    archive::unpack(&answer.body, archive::LIMITS).map_err(|broken| match broken {
        archive::Broken::Damaged(detail) => {
            Error::Damaged { call: answer.call.clone(), detail: clean(&detail) }
        }
        archive::Broken::TooLarge(limit) => Error::TooLarge { call: answer.call.clone(), limit },
    })
}

#[cfg(test)]
mod tests;
