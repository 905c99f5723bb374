//! What a test lets people do without HTTP: with all that it brings about, as if by a request.

use std::time::Duration;

use anyhow::{Context as _, bail};

use super::{Actor, Changes, Desk, Issue, Opening, Posted, Where};
use crate::{
    notification::Notification,
    quick_actions::{extract, interpret},
    world::World,
};

impl World {
    /// Moves the clock on.
    pub fn advance(&mut self, by: Duration) {
        self.now = self.now.saturating_add(by).unwrap_or(jiff::Timestamp::MAX);
    }

    /// Who has been told of what, in order.
    pub fn notifications(&self) -> &[Notification] {
        &self.journal.notifications
    }

    /// The issue of a number within the project of a full path.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn issue(&mut self, project: &str, iid: u64) -> anyhow::Result<&mut Issue> {
        let found = self.project(project)?.issues.iter_mut().find(|issue| issue.iid == iid);
        found.with_context(|| format!("{project} has no issue {iid}"))
    }

    /// Opens an issue as a user; the answer is its number within the project.
    ///
    /// # Errors
    ///
    /// There is no such project or user.
    pub fn open_issue(
        &mut self,
        project: &str,
        author: &str,
        title: &str,
        description: &str,
    ) -> anyhow::Result<u64> {
        let id = self.project(project)?.id;
        let actor = self.person(project, author)?;
        let (description, commands) = extract(description);
        let (title, description) = (Some(title.to_owned()), Some(description));
        let changes = Changes { title, description, ..Changes::default() };
        let opening = Opening { changes, commands, created_at: None };
        self.open(id, actor, opening).context("the project is gone")
    }

    /// Comments on an issue as a user, outside any thread; the answer is the note's id.
    ///
    /// # Errors
    ///
    /// There is no such project, issue or user, or GitLab would not take the note.
    pub fn comment(
        &mut self,
        project: &str,
        iid: u64,
        author: &str,
        body: &str,
    ) -> anyhow::Result<u64> {
        self.write(project, iid, author, (Where::Alone, body))
    }

    /// Replies in a discussion as a user; the answer is the note's id.
    ///
    /// # Errors
    ///
    /// As [`World::comment`]; there is no such discussion.
    pub fn reply(
        &mut self,
        project: &str,
        iid: u64,
        author: &str,
        (discussion, body): (&str, &str),
    ) -> anyhow::Result<u64> {
        self.write(project, iid, author, (Where::Reply(discussion.to_owned()), body))
    }

    /// Replaces an issue's description as a user.
    ///
    /// # Errors
    ///
    /// There is no such project, issue or user.
    pub fn edit_description(
        &mut self,
        project: &str,
        iid: u64,
        author: &str,
        text: &str,
    ) -> anyhow::Result<()> {
        let actor = self.person(project, author)?;
        let mut desk = self.desk_at(project, iid)?;
        let (text, commands) = extract(text);
        let description = Changes { description: Some(text), ..Changes::default() };
        let outcome = interpret(&desk, actor, &commands, false);
        desk.change(actor, description.then(outcome.changes));
        Ok(())
    }

    /// Gives a user another username. What they wrote shows the new one, and the old one is
    /// nobody's (recorded from GitLab 18.9).
    ///
    /// # Errors
    ///
    /// There is no such user.
    pub fn rename_user(&mut self, old: &str, new: &str) -> anyhow::Result<()> {
        let user = self.users.iter_mut().find(|user| user.username == old);
        new.clone_into(&mut user.with_context(|| format!("no user is named {old}"))?.username);
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

    fn write(
        &mut self,
        project: &str,
        iid: u64,
        author: &str,
        (place, body): (Where, &str),
    ) -> anyhow::Result<u64> {
        let actor = self.person(project, author)?;
        match self.desk_at(project, iid)?.post(actor, &place, body, (false, None)) {
            Ok(Posted::Note { note, .. }) => Ok(note),
            Ok(Posted::CommandsOnly { .. }) => bail!("the text holds nothing but quick actions"),
            Err(refusal) => bail!("GitLab would not take the note: {refusal:?}"),
        }
    }

    fn person(&mut self, project: &str, username: &str) -> anyhow::Result<Actor> {
        let user = self.user(username).with_context(|| format!("no user is named {username}"))?;
        let (id, username) = (user.id, user.username.clone());
        let level = self.project(project)?.members.get(&username).copied().unwrap_or(0);
        Ok(Actor { user: id, level, may_command: true })
    }

    fn desk_at(&mut self, project: &str, iid: u64) -> anyhow::Result<Desk<'_>> {
        let id = self.project(project)?.id;
        self.desk(id, iid).with_context(|| format!("{project} has no issue {iid}"))
    }
}
