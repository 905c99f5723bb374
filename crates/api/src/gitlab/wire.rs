//! The types of GitLab's answers: only fields that are used are declared, and those that an older
//! or another edition of GitLab may leave out are optional.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

/// A user (GitLab, "Users API").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct User {
    /// The number, which stays when the username changes.
    pub id: u64,
    /// The handle, without `@`.
    pub username: String,
    /// `active`, `blocked`, `deactivated`, `banned` and others; empty if the answer has none.
    #[serde(default)]
    pub state: String,
}

/// Reads an author. For one that it no longer has, GitLab sends `null`, which becomes a user with
/// the number 0 and without a name: nobody has this number.
pub(crate) fn author<'de, D: Deserializer<'de>>(field: D) -> Result<User, D::Error> {
    let author: Option<User> = Option::deserialize(field)?;
    Ok(author.unwrap_or(User { id: 0, username: String::new(), state: String::new() }))
}

/// The record of a personal, project or group access token (GitLab, "Personal access tokens API").
/// The token itself is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TokenInfo {
    /// What the token may do: `api`, `read_api`, `read_repository` and others.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The day on which the token stops working, at 00:00 UTC; `None` if it never does.
    #[serde(default)]
    pub expires_at: Option<Date>,
}

/// A project (GitLab, "Projects API").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Project {
    /// The number, which stays when the project moves.
    pub id: u64,
    /// The full path, such as `group/team`.
    pub path_with_namespace: String,
    /// `private`, `internal` or `public`; `None` if the answer does not say.
    #[serde(default)]
    pub visibility: Option<String>,
    /// Whether it can only be read.
    #[serde(default)]
    pub archived: bool,
    /// Who can use its issues: `disabled`, `private` (members) or `enabled`; `None` if the answer does
    /// not say.
    #[serde(default)]
    pub issues_access_level: Option<String>,
}

/// A commit (GitLab, "Commits API").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Commit {
    /// The full hash.
    pub id: String,
}

/// A file at a commit (GitLab, "Repository files API", raw file).
#[derive(Clone, PartialEq, Eq)]
pub struct RawFile {
    /// The contents, which have the SHA-256 that the server sent, if it sent one.
    pub bytes: Vec<u8>,
    /// The commit that the reference stood for (`X-Gitlab-Commit-Id`).
    pub commit_id: Option<String>,
}

impl std::fmt::Debug for RawFile {
    /// Shows the length instead of the contents, which may be megabytes about people.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("RawFile")
            .field("length", &self.bytes.len())
            .field("commit_id", &self.commit_id)
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
    fn complete_answers_are_read() {
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
        assert_eq!(token.scopes, ["api"]);

        let project: Project = read(
            r#"{"id":2,"description":null,"path_with_namespace":"acme/support/entitlements",
                "default_branch":"main","web_url":"http://h/acme","visibility":"private"}"#,
        );
        assert_eq!(project.path_with_namespace, "acme/support/entitlements");
        assert_eq!(project.visibility.as_deref(), Some("private"));

        let commit: Commit =
            read(r#"{"id":"99651f8","committed_date":"2026-11-22T14:00:53.000+02:00"}"#);
        assert_eq!(commit.id, "99651f8");
    }

    #[test]
    fn sparse_answers_are_read_too() {
        let user: User = read(r#"{"id":3,"username":"alice"}"#);
        assert_eq!(user.state, "");
        let token: TokenInfo = read(r#"{"expires_at":null}"#);
        assert_eq!((token.scopes, token.expires_at), (Vec::new(), None));
        let project: Project =
            read(r#"{"id":2,"path_with_namespace":"a/b","default_branch":null}"#);
        assert_eq!(project.visibility, None);
    }

    #[test]
    fn debug_of_a_file_hides_its_contents() {
        let file = RawFile { bytes: b"name: Ada".to_vec(), commit_id: None };
        let text = format!("{file:?}");
        assert!(text.contains("length: 9") && !text.contains("65, 100"), "{text}");
    }
}
