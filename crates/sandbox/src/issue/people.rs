//! Lets a test change issues as a user, without HTTP but with every effect that a request has.

use std::time::Duration;

use anyhow::{Context as _, ensure};

use super::{Actor, Changes, Issue, IssueEditor, Opening, StateChange};
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

    /// The mails and to-do items that were sent so far, in order.
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

    /// Opens an issue as a user, and returns its number within the project.
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
        let mut editor = self.editor(project, iid)?;
        let (text, commands) = extract(text);
        let description = Changes { description: Some(text), ..Changes::default() };
        let outcome = interpret(&editor, actor, &commands, false);
        editor.change(actor, description.then(outcome.changes));
        Ok(())
    }

    /// Executes quick actions as a user, without a comment: `/assign @ada`, `/label ~x`,
    /// `/due tomorrow`, … They leave system notes or, for labels and state, events. Returns what
    /// GitLab says about them, which may be that it could not execute them.
    ///
    /// # Errors
    ///
    /// There is no such project, issue or user; the text holds something else.
    pub fn run_commands(
        &mut self,
        project: &str,
        iid: u64,
        username: &str,
        text: &str,
    ) -> anyhow::Result<String> {
        let actor = self.person(project, username)?;
        let mut editor = self.editor(project, iid)?;
        let (rest, commands) = extract(text);
        ensure!(rest.is_empty(), "not quick actions: {rest}");
        let outcome = interpret(&editor, actor, &commands, false);
        editor.change(actor, outcome.changes);
        Ok(outcome.summary)
    }

    /// Closes an issue as a user; one that is closed stays as it is.
    ///
    /// # Errors
    ///
    /// There is no such project, issue or user, or they may not.
    pub fn close_issue(&mut self, project: &str, iid: u64, username: &str) -> anyhow::Result<()> {
        self.set_state(project, iid, username, StateChange::Close)
    }

    /// Opens a closed issue again as a user; one that is open stays as it is.
    ///
    /// # Errors
    ///
    /// There is no such project, issue or user, or they may not.
    pub fn reopen_issue(&mut self, project: &str, iid: u64, username: &str) -> anyhow::Result<()> {
        self.set_state(project, iid, username, StateChange::Reopen)
    }

    fn set_state(
        &mut self,
        project: &str,
        iid: u64,
        username: &str,
        state: StateChange,
    ) -> anyhow::Result<()> {
        let actor = self.person(project, username)?;
        let mut editor = self.editor(project, iid)?;
        ensure!(actor.may_update(editor.issue), "{username} may not change issue {iid}");
        editor.change(actor, Changes { state: Some(state), ..Changes::default() });
        Ok(())
    }

    /// A user as an actor in a project.
    pub(super) fn person(&mut self, project: &str, username: &str) -> anyhow::Result<Actor> {
        let user = self.user(username).with_context(|| format!("no user is named {username}"))?;
        let (id, username) = (user.id, user.username.clone());
        let level = self.project(project)?.members.get(&username).copied().unwrap_or(0);
        Ok(Actor { user: id, level, may_command: true })
    }

    pub(super) fn editor(&mut self, project: &str, iid: u64) -> anyhow::Result<IssueEditor<'_>> {
        let id = self.project(project)?.id;
        self.issue_editor(id, iid).with_context(|| format!("{project} has no issue {iid}"))
    }
}
