//! What is in a repository: commits, folders, files and archives.

use sha2::{Digest as _, Sha256};

use super::archive::{self, Archive};
use super::client::{GitLab, within};
use super::wire::{Commit, RawFile, TreeEntry};
use crate::base_url::segment;
use crate::error::Error;
use crate::http::Answer;
use crate::pages;
use crate::sanitize::clean;

impl GitLab {
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
        pages::all(&self.http, &repository(project, "tree")?, &query, "the folder's entries").await
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
