//! The types of GitLab's answers: only what is used is declared, and what an older or another
//! edition of GitLab may leave out is optional.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

/// A user (GitLab, "Users API").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct User {
    /// The identity that stays when the username changes.
    pub id: u64,
    /// The handle, without `@`.
    pub username: String,
    /// The display name; empty where the answer has none.
    #[serde(default)]
    pub name: String,
    /// `active`, `blocked`, `deactivated`, `banned` and others; empty where the answer has none.
    #[serde(default)]
    pub state: String,
}

/// An author. One that GitLab no longer has, which it tells by `null`, becomes a user with the
/// number 0 and without a name, which is nobody's.
pub(crate) fn author<'de, D: Deserializer<'de>>(field: D) -> Result<User, D::Error> {
    let nobody =
        || User { id: 0, username: String::new(), name: String::new(), state: String::new() };
    Ok(Option::deserialize(field)?.unwrap_or_else(nobody))
}

/// A personal, project or group access token as GitLab knows it (GitLab, "Personal access tokens
/// API"). The token itself is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TokenInfo {
    /// What its owner called it.
    #[serde(default)]
    pub name: String,
    /// What it may do: `api`, `read_api`, `read_repository` and others.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The day on which it stops working, at 00:00 UTC; `None`: never.
    #[serde(default)]
    pub expires_at: Option<Date>,
    /// Whether it works now.
    #[serde(default = "works")]
    pub active: bool,
    /// Whether it was taken back.
    #[serde(default)]
    pub revoked: bool,
}

/// A token that GitLab answers to works.
fn works() -> bool {
    true
}

/// A project (GitLab, "Projects API").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Project {
    /// The identity that stays when the project moves.
    pub id: u64,
    /// The full path, such as `group/team`.
    pub path_with_namespace: String,
    /// The default branch; `None` while the repository is empty or not visible.
    #[serde(default)]
    pub default_branch: Option<String>,
    /// Its page; empty where the answer has none.
    #[serde(default)]
    pub web_url: String,
    /// `private`, `internal` or `public`; `None` where the answer does not say.
    #[serde(default)]
    pub visibility: Option<String>,
}

/// A commit (GitLab, "Commits API").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Commit {
    /// The full hash.
    pub id: String,
    /// When it was committed.
    #[serde(default)]
    pub committed_date: Option<Timestamp>,
}

/// One entry of a folder (GitLab, "Repositories API", repository tree).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TreeEntry {
    /// The path from the repository's root.
    pub path: String,
    /// `blob` (a file or a symlink), `tree` (a folder) or `commit` (a submodule).
    #[serde(rename = "type")]
    pub kind: String,
}

/// A file at a commit (GitLab, "Repository files API", raw file).
#[derive(Clone, PartialEq, Eq)]
pub struct RawFile {
    /// The contents, checked against `sha256` where the server sends it.
    pub bytes: Vec<u8>,
    /// The commit that the reference stood for (`X-Gitlab-Commit-Id`).
    pub commit_id: Option<String>,
    /// The last commit that changed the file (`X-Gitlab-Last-Commit-Id`).
    pub last_commit_id: Option<String>,
    /// The hash of the contents as git keeps them (`X-Gitlab-Blob-Id`).
    pub blob_id: Option<String>,
    /// The SHA-256 of the contents in hex digits, as told by the server
    /// (`X-Gitlab-Content-Sha256`).
    pub sha256: Option<String>,
}

impl std::fmt::Debug for RawFile {
    /// Shows the length in place of the contents, which may be megabytes about people.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("RawFile")
            .field("length", &self.bytes.len())
            .field("commit_id", &self.commit_id)
            .field("last_commit_id", &self.last_commit_id)
            .field("blob_id", &self.blob_id)
            .field("sha256", &self.sha256)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn read<T: serde::de::DeserializeOwned>(text: &str) -> T {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn whole_answers_are_read() {
        let user: User = read(
            r#"{"id":3,"username":"alice","public_email":null,"name":"Alice","state":"active","bot":false}"#,
        );
        assert_eq!((user.id, &*user.username, &*user.state), (3, "alice", "active"));

        let token: TokenInfo = read(
            r#"{"id":5,"name":"test","revoked":false,"created_at":"2026-11-22T11:57:19.184Z",
                "description":null,"scopes":["api"],"user_id":3,"active":false,
                "expires_at":"2027-09-18","last_used_ips":["127.0.0.1"]}"#,
        );
        assert_eq!(token.expires_at, Some(date(2027, 9, 18)));
        assert_eq!((token.scopes, token.active), (vec!["api".to_owned()], false));

        let project: Project = read(
            r#"{"id":2,"description":null,"path_with_namespace":"acme/support/entitlements",
                "default_branch":"main","web_url":"http://h/acme","visibility":"private"}"#,
        );
        assert_eq!(project.default_branch.as_deref(), Some("main"));

        let commit: Commit =
            read(r#"{"id":"99651f8","committed_date":"2026-11-22T14:00:53.000+02:00"}"#);
        assert_eq!(commit.committed_date, Some("2026-11-22T12:00:53Z".parse().unwrap()));
    }

    #[test]
    fn spare_answers_are_read_too() {
        let user: User = read(r#"{"id":3,"username":"alice"}"#);
        assert_eq!(user.name, "");
        let token: TokenInfo = read(r#"{"expires_at":null}"#);
        assert_eq!((token.active, token.revoked, token.expires_at), (true, false, None));
        let project: Project =
            read(r#"{"id":2,"path_with_namespace":"a/b","default_branch":null}"#);
        assert_eq!((project.default_branch, project.visibility), (None, None));
        let commit: Commit = read(r#"{"id":"99651f8"}"#);
        assert_eq!(commit.committed_date, None);
    }

    #[test]
    fn debug_of_a_file_hides_its_contents() {
        let file = RawFile {
            bytes: b"name: Ada".to_vec(),
            commit_id: None,
            last_commit_id: None,
            blob_id: None,
            sha256: None,
        };
        let text = format!("{file:?}");
        assert!(text.contains("length: 9") && !text.contains("65, 100"), "{text}");
    }
}
