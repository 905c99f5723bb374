//! One file of a repository (GitLab docs: Repository files API).

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{Answered, access, bad_parameter, not_found};
use crate::{
    objects, percent,
    reply::Reply,
    repository::{Commit, File},
    request::Request,
    world::{Project, World},
};

/// A file at a commit, with what the answers say about it.
struct Found<'world> {
    file: &'world File,
    path: &'world str,
    reference: String,
    commit_id: &'world str,
    last_commit_id: &'world str,
}

/// `GET|HEAD /projects/:id/repository/files/:path`: JSON with the content in Base64; `ref` is
/// required.
pub(super) fn show(world: &World, request: &Request, id: &str, path: &str) -> Answered {
    let project = access::readable(world, request, access::READ_FILES, id)?;
    let reference = request.parameter("ref").ok_or_else(|| bad_parameter("ref is missing"))?;
    if reference.is_empty() {
        return Err(bad_parameter("ref is empty"));
    }
    let found = find(project, &reference, path)?;
    if request.method == "HEAD" {
        return Ok(found.headers(Reply::bytes(200, "application/json", "")));
    }
    let body = json!({
        "file_name": found.name(), "file_path": found.path, "size": found.file.bytes.len(),
        "encoding": "base64", "content_sha256": found.sha256(), "ref": found.reference,
        "blob_id": found.file.id, "commit_id": found.commit_id,
        "last_commit_id": found.last_commit_id, "execute_filemode": false,
        "content": base64(&found.file.bytes),
    });
    Ok(found.headers(Reply::json(200, &body)))
}

/// `GET|HEAD /projects/:id/repository/files/:path/raw`: the bytes; without `ref` those at the
/// tip of the default branch.
pub(super) fn raw(world: &World, request: &Request, id: &str, path: &str) -> Answered {
    let project = access::readable(world, request, access::READ_FILES, id)?;
    let reference = request.parameter("ref").unwrap_or_default();
    let found = find(project, &reference, path)?;
    let name = found.name();
    let plain: String = name.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
    let encoded = percent::encode(name);
    let disposition = format!("inline; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    let body = if request.method == "HEAD" { Vec::new() } else { found.file.bytes.to_vec() };
    let reply = Reply::bytes(200, "text/plain; charset=utf-8", body)
        .with("cache-control", "max-age=0, private, must-revalidate, no-store, no-cache")
        .with("expires", "Fri, 01 Jan 1990 00:00:00 GMT")
        .with("content-disposition", disposition);
    Ok(found.headers(reply))
}

fn find<'world>(
    project: &'world Project,
    reference: &str,
    path: &str,
) -> Result<Found<'world>, Reply> {
    let effective = if reference.is_empty() { "HEAD" } else { reference };
    let commit: &Commit = project.resolve(effective).ok_or_else(|| not_found("Commit"))?;
    let (path, file) = commit.files.get_key_value(path).ok_or_else(|| not_found("File"))?;
    let changes = project.repository.log(commit, path);
    let last = changes.first().map_or(commit.id.as_str(), |change| &change.id);
    let reference = reference.to_owned();
    Ok(Found { file, path, reference, commit_id: &commit.id, last_commit_id: last })
}

impl Found<'_> {
    fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path, |(_, name)| name)
    }

    fn sha256(&self) -> String {
        objects::hexadecimal(&Sha256::digest(&self.file.bytes))
    }

    fn headers(&self, reply: Reply) -> Reply {
        reply
            .with("x-gitlab-file-name", self.name())
            .with("x-gitlab-file-path", self.path)
            .with("x-gitlab-size", self.file.bytes.len().to_string())
            .with("x-gitlab-encoding", "base64")
            .with("x-gitlab-content-sha256", self.sha256())
            .with("x-gitlab-ref", &self.reference)
            .with("x-gitlab-blob-id", &self.file.id)
            .with("x-gitlab-commit-id", self.commit_id)
            .with("x-gitlab-last-commit-id", self.last_commit_id)
            .with("x-gitlab-execute-filemode", "false")
    }
}

/// Base64 with padding (RFC 4648, §4).
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = (group >> (18 - 6 * digit)) & 63;
            let letter = DIGITS.get(value as usize).copied().unwrap_or(b'=');
            text.push(if digit <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn encodes_as_in_the_rfc() {
        for (plain, encoded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }
}
