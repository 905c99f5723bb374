//! Lets a test rename, block and remove users as an administrator would, without HTTP.

use anyhow::Context as _;

use crate::world::{User, World};

impl World {
    /// Gives a user another username. What they wrote shows the new one, and the old one is
    /// nobody's (recorded from GitLab 18.9).
    ///
    /// # Errors
    ///
    /// There is no such user.
    pub fn rename_user(&mut self, old: &str, new: &str) -> anyhow::Result<()> {
        new.clone_into(&mut self.account(old)?.username);
        for token in self.tokens.iter_mut().filter(|token| token.user == old) {
            new.clone_into(&mut token.user);
        }
        for project in &mut self.projects {
            if let Some(level) = project.members.remove(old) {
                project.members.insert(new.to_owned(), level);
            }
        }
        Ok(())
    }

    /// Blocks a user. They stay a member, with the state `blocked`; `GET /users?username=` no
    /// longer finds them (recorded from GitLab 18.9), they get no notifications, and their tokens
    /// are refused.
    ///
    /// # Errors
    ///
    /// There is no such user.
    pub fn block_user(&mut self, username: &str) -> anyhow::Result<()> {
        "blocked".clone_into(&mut self.account(username)?.state);
        Ok(())
    }

    /// Lets a blocked user back in.
    ///
    /// # Errors
    ///
    /// There is no such user.
    pub fn unblock_user(&mut self, username: &str) -> anyhow::Result<()> {
        "active".clone_into(&mut self.account(username)?.state);
        Ok(())
    }

    /// Makes a user a member of a project, or gives a member another of the access levels of
    /// [`Project::members`](crate::Project::members).
    ///
    /// # Errors
    ///
    /// There is no such project or user.
    pub fn set_access_level(
        &mut self,
        project: &str,
        username: &str,
        access_level: u8,
    ) -> anyhow::Result<()> {
        self.account(username)?;
        self.project(project)?.add_member(username, access_level);
        Ok(())
    }

    /// Ends a membership. The user stays the assignee of their issues.
    ///
    /// # Errors
    ///
    /// There is no such project, or they are no member of it.
    pub fn remove_member(&mut self, project: &str, username: &str) -> anyhow::Result<()> {
        let removed = self.project(project)?.members.remove(username);
        removed.with_context(|| format!("{username} is no member of {project}")).map(drop)
    }

    fn account(&mut self, username: &str) -> anyhow::Result<&mut User> {
        let user = self.users.iter_mut().find(|user| user.username == username);
        user.with_context(|| format!("no user is named {username}"))
    }
}
