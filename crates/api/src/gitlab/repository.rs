//! The contents of a repository: commits, files and archives.

use sha2::{Digest as _, Sha256};

use super::archive::{self, Archive};
use super::client::{GitLab, project_path};
use super::wire::{Commit, RawFile};
use crate::base_url::segment;
use crate::error::{Error, ErrorKind};
use crate::http::Answer;
use crate::sanitize::one_line;

impl GitLab {
    /// Reads the commit that a branch, tag or hash stands for: `GET
    /// /projects/:id/repository/commits/:sha` (GitLab, "Commits API").
    pub async fn commit(&self, project: &str, reference: &str) -> Result<Commit, Error> {
        let path = repository_path(project, &format!("commits/{}", segment(reference)?))?;
        let answer = self.http.get(&path, &[]).await?;
        self.http.json(&answer, "the commit")
    }

    /// Reads a file: `GET /projects/:id/repository/files/:path/raw` (GitLab, "Repository files
    /// API").
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Damaged`] if the contents do not have the hash that came with them, twice.
    pub async fn raw_file(
        &self,
        project: &str,
        path: &str,
        reference: &str,
    ) -> Result<RawFile, Error> {
        let path = repository_path(project, &format!("files/{}/raw", segment(path)?))?;
        self.get_verified(&path, &[("ref", reference)], raw_file).await
    }

    /// Reads a folder with everything in it by one request: `GET
    /// /projects/:id/repository/archive.tar.gz` (GitLab, "Repositories API"). The empty path is
    /// the complete repository.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Damaged`] if the archive cannot be read to its end, twice;
    /// [`ErrorKind::TooLarge`] if it unpacks to more than 256 MiB or 200,000 entries.
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
        let endpoint = repository_path(project, "archive.tar.gz")?;
        self.get_verified(&endpoint, &query, unpack).await
    }

    /// Reads contents that can be verified, and once more if the verification fails.
    async fn get_verified<T>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        verify: impl Fn(Answer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match verify(self.http.get(path, query).await?) {
            Err(Error { kind: ErrorKind::Damaged { .. }, .. }) => {
                verify(self.http.get(path, query).await?)
            }
            verified => verified,
        }
    }
}

/// The path of a call about a project's repository; `rest` is encoded.
fn repository_path(project: &str, rest: &str) -> Result<String, Error> {
    project_path(project, &format!("repository/{rest}"))
}

fn raw_file(answer: Answer) -> Result<RawFile, Error> {
    let commit_id = answer.header("x-gitlab-commit-id").map(str::to_owned);
    let sha256 = answer.header("x-gitlab-content-sha256");
    if commit_id.is_none() && sha256.is_none() {
        let detail = "the answer has none of the headers that GitLab sends with a file".to_owned();
        return Err(answer.call.error(ErrorKind::Decode { expected: "the file", detail }));
    }
    if let Some(expected) = sha256 {
        let computed = format!("{:x}", Sha256::digest(&answer.body));
        if !computed.eq_ignore_ascii_case(expected) {
            let detail = one_line(&format!("SHA-256 is {computed}, not {expected}"));
            return Err(answer.call.error(ErrorKind::Damaged { detail }));
        }
    }
    Ok(RawFile { bytes: answer.body, commit_id })
}

#[expect(clippy::needless_pass_by_value, reason = "the signature of `raw_file`, which keeps it")]
fn unpack(answer: Answer) -> Result<Archive, Error> {
    archive::unpack(&answer.body, archive::LIMITS).map_err(|broken| {
        answer.call.error(match broken {
            archive::Broken::Damaged(detail) => ErrorKind::Damaged { detail: one_line(&detail) },
            archive::Broken::TooLarge(limit) => ErrorKind::TooLarge { limit },
        })
    })
}
