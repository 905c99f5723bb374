//! Users by name or number, and the members of a project.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::client::{GitLab, project_path};
use super::wire::User;
use crate::error::{Error, ErrorKind};
use crate::pages;

/// A member of a project (GitLab, "Project members API").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Member {
    /// The number of the user, the same as [`User::id`].
    pub id: u64,
    /// The handle, without `@`.
    pub username: String,
    /// `active`, `blocked` and others, as [`User::state`].
    #[serde(default)]
    pub state: String,
    /// 10 guest, 15 planner, 20 reporter, 30 developer, 40 maintainer, 50 owner, and others.
    pub access_level: u64,
}

impl GitLab {
    /// Finds the user with this name, in whatever case: `GET /users?username=` (GitLab, "Users
    /// API"). Only administrators are shown blocked users.
    pub async fn user_by_name(&self, username: &str) -> Result<Option<User>, Error> {
        let answer = self.http.get("api/v4/users", &[("username", username)]).await?;
        let users: Vec<User> = self.http.json(&answer, "the users of this name")?;
        // To the empty name GitLab answers with everybody.
        Ok(users.into_iter().find(|user| user.username.eq_ignore_ascii_case(username)))
    }

    /// Reads the user with this number, under the present name: `GET /users/:id` (GitLab, "Users
    /// API", get a single user). `None` if GitLab has no such user, or does not show them to this
    /// token.
    pub async fn user_by_id(&self, user_id: u64) -> Result<Option<User>, Error> {
        match self.http.get(&format!("api/v4/users/{user_id}"), &[]).await {
            Ok(answer) => self.http.json(&answer, "the user of this number").map(Some),
            Err(Error { kind: ErrorKind::NotFound { .. }, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Lists the members of a project, be it directly, through its groups or through an invited
    /// group: `GET /projects/:id/members/all` (GitLab, "Project members API"). Each user comes
    /// once, with the highest access level.
    pub async fn members(&self, project: &str) -> Result<Vec<Member>, Error> {
        let path = project_path(project, "members/all")?;
        let key = |member: &Member| (member.id, member.access_level);
        let members = pages::all(&self.http, &path, &[], "the project's members", key).await?;
        Ok(highest_levels(members))
    }
}

/// Keeps the highest access level of each user: older versions of GitLab list a member once for
/// each group that brings them.
fn highest_levels(members: Vec<Member>) -> Vec<Member> {
    let mut by_id: BTreeMap<u64, Member> = BTreeMap::new();
    for member in members {
        match by_id.get(&member.id) {
            Some(known) if known.access_level >= member.access_level => {}
            Some(_) | None => {
                by_id.insert(member.id, member);
            }
        }
    }
    by_id.into_values().collect()
}

#[cfg(test)]
mod tests {
    use crate::error::{Error, ErrorKind};
    use crate::fake::{Fake, answer, json, only_page};
    use crate::gitlab::tests::{client, paths};

    const BOB: &str = r#"{"id":2,"username":"bob","public_email":null,"name":"Bob",
        "state":"active","locked":false,"avatar_url":null,"web_url":"http://h/bob""#;

    #[tokio::test]
    async fn a_user_is_found_by_name_or_not_at_all() {
        let fake = Fake::start(vec![
            json("", &format!("[{BOB}}}]")),
            json("", "[]"),
            json("", &format!("[{BOB}}}]")),
        ]);
        let gitlab = client(&fake);
        assert_eq!(gitlab.user_by_name("BoB").await.unwrap().unwrap().id, 2);
        assert_eq!(gitlab.user_by_name("a&b=c").await, Ok(None));
        assert_eq!(gitlab.user_by_name("").await, Ok(None));
        assert_eq!(paths(&fake)[0], "/gitlab/api/v4/users?username=BoB");
        assert_eq!(paths(&fake)[1], "/gitlab/api/v4/users?username=a%26b%3Dc");
    }

    #[tokio::test]
    async fn a_user_is_found_by_number_or_not_at_all() {
        let fake = Fake::start(vec![
            json("", &format!("{BOB}}}")),
            answer("404 Not Found", "", br#"{"message":"404 User Not Found"}"#),
            answer("403 Forbidden", "", br#"{"message":"403 Forbidden"}"#),
        ]);
        let gitlab = client(&fake);
        assert_eq!(gitlab.user_by_id(2).await.unwrap().unwrap().username, "bob");
        assert_eq!(gitlab.user_by_id(0).await, Ok(None));
        assert!(matches!(
            gitlab.user_by_id(3).await,
            Err(Error { kind: ErrorKind::Forbidden { .. }, .. })
        ));
        assert_eq!(paths(&fake)[..2], ["/gitlab/api/v4/users/2", "/gitlab/api/v4/users/0"]);
    }

    #[tokio::test]
    async fn members_are_listed_once_with_their_highest_level() {
        let member = |level: u8| {
            format!(r#"{BOB},"access_level":{level},"created_at":"x","expires_at":null}}"#)
        };
        let carol = r#"{"id":4,"username":"carol","access_level":10}"#;
        let fake = Fake::start(vec![only_page(&format!(
            "{},{carol},{},{}",
            member(20),
            member(40),
            member(10)
        ))]);
        let members = client(&fake).members("acme/team").await.unwrap();
        let found: Vec<_> = members.iter().map(|m| (m.id, &*m.username, m.access_level)).collect();
        assert_eq!(found, [(2, "bob", 40), (4, "carol", 10)]);
        assert_eq!((&*members[0].state, &*members[1].state), ("active", ""));
        assert_eq!(
            paths(&fake),
            ["/gitlab/api/v4/projects/acme%2Fteam/members/all?per_page=100&page=1"]
        );
    }
}
