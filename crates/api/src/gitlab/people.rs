//! Users by name or number, and the members of a project.

use std::collections::HashMap;

use serde::Deserialize;

use super::client::{GitLab, within};
use super::wire::User;
use crate::error::Error;
use crate::pages;

/// A member of a project (GitLab, "Project members API").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Member {
    /// The user's identity, that of [`User::id`].
    pub id: u64,
    /// The handle, without `@`.
    pub username: String,
    /// The display name; empty where the answer has none.
    #[serde(default)]
    pub name: String,
    /// `active`, `blocked` and others, as [`User::state`].
    #[serde(default)]
    pub state: String,
    /// 10 guest, 15 planner, 20 reporter, 30 developer, 40 maintainer, 50 owner, and others.
    pub access_level: u64,
}

impl GitLab {
    /// The user of this name, whatever its case: `GET /users?username=`. Blocked users are shown
    /// to administrators only (GitLab, "Users API").
    pub async fn user_by_name(&self, username: &str) -> Result<Option<User>, Error> {
        let answer = self.http.get("api/v4/users", &[("username", username)]).await?;
        let users: Vec<User> = self.http.json(&answer, "the users of this name")?;
        // Without a name to look for, GitLab answers with everybody.
        Ok(users.into_iter().find(|user| user.username.eq_ignore_ascii_case(username)))
    }

    /// The user with this number, under their present name: `GET /users/:id` (GitLab, "Users API",
    /// get a single user). `None` where GitLab has nobody of this number, or nobody that it shows
    /// to this token.
    pub async fn user_by_id(&self, user_id: u64) -> Result<Option<User>, Error> {
        match self.http.get(&format!("api/v4/users/{user_id}"), &[]).await {
            Ok(answer) => self.http.json(&answer, "the user of this number").map(Some),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All who are members of the project, by themselves, through its groups or by invitation of
    /// a group: `GET /projects/:id/members/all`, all pages (GitLab, "Project members API"). Each
    /// user once, with the highest access level.
    pub async fn members(&self, project: &str) -> Result<Vec<Member>, Error> {
        let path = within(project, "members/all")?;
        Ok(each_once(pages::all(&self.http, &path, &[], "the project's members").await?))
    }

    /// The member of the project who is this user, if any: `GET
    /// /projects/:id/members/all/:user_id` (GitLab, "Project members API").
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when the project is not there or not shown to this token.
    pub async fn member(&self, project: &str, user_id: u64) -> Result<Option<Member>, Error> {
        let path = within(project, &format!("members/all/{user_id}"))?;
        match self.http.get(&path, &[]).await {
            Ok(answer) => self.http.json(&answer, "the project's member").map(Some),
            // GitLab names a project that it does not find, and a proxy says it otherwise.
            Err(Error::NotFound { message, .. }) if message == "404 Not found" => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Older versions of GitLab name a member once for each group that brings them.
fn each_once(members: Vec<Member>) -> Vec<Member> {
    let mut places: HashMap<u64, usize> = HashMap::new();
    let mut once: Vec<Member> = Vec::new();
    for member in members {
        let place = *places.entry(member.id).or_insert(once.len());
        match once.get_mut(place) {
            None => once.push(member),
            Some(known) if known.access_level < member.access_level => *known = member,
            Some(_) => {}
        }
    }
    once
}

#[cfg(test)]
mod tests {
    use crate::error::Error;
    use crate::fake::{Fake, answer, json};
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
        assert!(matches!(gitlab.user_by_id(3).await, Err(Error::Forbidden { .. })));
        assert_eq!(paths(&fake)[..2], ["/gitlab/api/v4/users/2", "/gitlab/api/v4/users/0"]);
    }

    #[tokio::test]
    async fn members_are_read_to_the_last_page_and_named_once() {
        let member = |level: u8| {
            format!(r#"{BOB},"access_level":{level},"created_at":"x","expires_at":null}}"#)
        };
        let carol = r#"{"id":4,"username":"carol","access_level":10}"#;
        let fake = Fake::start(vec![
            json("X-Next-Page: 2\r\n", &format!("[{},{carol}]", member(20))),
            json("X-Next-Page: 3\r\n", &format!("[{}]", member(40))),
            json("", &format!("[{}]", member(10))),
        ]);
        let members = client(&fake).members("acme/team").await.unwrap();
        let found: Vec<_> = members.iter().map(|m| (m.id, &*m.username, m.access_level)).collect();
        assert_eq!(found, [(2, "bob", 40), (4, "carol", 10)]);
        assert_eq!((&*members[0].state, &*members[1].state), ("active", ""));
        assert_eq!(
            paths(&fake)[..2],
            [
                "/gitlab/api/v4/projects/acme%2Fteam/members/all?per_page=100",
                "/gitlab/api/v4/projects/acme%2Fteam/members/all?per_page=100&page=2",
            ]
        );
    }

    #[tokio::test]
    async fn no_member_is_told_from_no_project() {
        let missing = |message: &str| {
            answer("404 Not Found", "", format!(r#"{{"message":"{message}"}}"#).as_bytes())
        };
        let blocked = r#"{"id":5,"username":"eve","state":"blocked","access_level":30}"#;
        let fake = Fake::start(vec![
            json("", blocked),
            missing("404 Not found"),
            missing("404 Project Not Found"),
            answer("404 Not Found", "", b"<title>404 Not Found</title>"),
        ]);
        let gitlab = client(&fake);
        assert_eq!(gitlab.member("a/b", 5).await.unwrap().unwrap().state, "blocked");
        assert_eq!(gitlab.member("a/b", 6).await, Ok(None));
        assert!(matches!(gitlab.member("a/b", 6).await, Err(Error::NotFound { .. })));
        assert!(matches!(gitlab.member("a/b", 6).await, Err(Error::NotFound { .. })));
        assert_eq!(paths(&fake)[0], "/gitlab/api/v4/projects/a%2Fb/members/all/5");
    }
}
