//! What exists: users, tokens, projects with their issues, the Calendly organisation.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Context as _;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Deserialize;

use crate::{
    calendly::Calendly,
    issue::{Issue, Journal, Label, add_label},
    limits::Limits,
    repository::{Commit, File, Repository},
};

/// The access level from which a member sees a private project; minimal access, 5, is below it.
pub(crate) const GUEST: u8 = 10;

/// Everything that exists at one instant.
///
/// It is a plain value: change it before [`Sandbox::start`](crate::Sandbox::start), or later in
/// [`Sandbox::update`](crate::Sandbox::update).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// The sandbox's clock. It does not advance by itself: a test moves it.
    ///
    /// Tokens expire and rate-limit windows end by it, every answer carries it as `Date`, and each
    /// thing written gets its time, a millisecond later than the one before. Its first value is
    /// the system's time, unless the world's file or a test sets another.
    #[serde(default = "system_time")]
    pub now: Timestamp,
    /// The users of GitLab.
    #[serde(default)]
    pub users: Vec<User>,
    /// The tokens of GitLab.
    #[serde(default)]
    pub tokens: Vec<Token>,
    /// The projects of GitLab.
    #[serde(default)]
    pub projects: Vec<Project>,
    /// The Calendly organisation.
    #[serde(default)]
    pub calendly: Calendly,
    /// The absolute path of the world's `config.toml`, if it has one: a file for the program under
    /// trial, which the sandbox does not read.
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// By how many items a page of either service is shorter than the client asked, though more
    /// pages follow. GitLab sends such pages because it cuts the page before it drops what the
    /// caller may not see. Here the list stays complete.
    #[serde(default)]
    pub short_pages: usize,
    /// GitLab's rate limits and sizes.
    #[serde(default)]
    pub limits: Limits,
    /// The address that GitLab gives for the pages of its issues, such as
    /// `https://gitlab.example.com`: that of its configuration. None: the one that it is reached at.
    #[serde(default)]
    pub external_url: Option<String>,
    /// Whether notifications for [taking part](crate::Why::Participating) in an issue are left
    /// out. Their number grows with the square of the people in an issue, so tests with thousands
    /// of people set this.
    #[serde(default)]
    pub quiet: bool,
    /// The counters and the notifications so far.
    #[serde(skip)]
    pub journal: Journal,
}

/// A user of GitLab.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The number that never changes.
    pub id: u64,
    /// The handle, without `@`; may change.
    pub username: String,
    /// The display name.
    pub name: String,
    /// The primary e-mail address.
    pub email: String,
    /// `active`, `blocked`, `deactivated` or `banned` (GitLab docs: Users API).
    #[serde(default = "active")]
    pub state: String,
    /// Whether their status says that they are busy (GitLab docs: Users API).
    #[serde(default)]
    pub busy: bool,
}

/// A personal access token of GitLab.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// What the client sends.
    pub value: String,
    /// The username of its owner.
    pub user: String,
    /// What it may do: `api`, `read_api`, `read_user`, `read_repository`, …
    pub scopes: Vec<String>,
    /// The day on which it expires, at 00:00 UTC (GitLab docs: Personal access tokens); `None` for
    /// never.
    #[serde(default)]
    pub expires_at: Option<Date>,
    /// Whether it was revoked before it expired.
    #[serde(default)]
    pub revoked: bool,
    /// Whether it lacks the permission to run quick actions: a text with one is refused with 403
    /// (GitLab docs: Fine-grained permissions for personal access tokens).
    #[serde(default)]
    pub no_quick_actions: bool,
}

/// Who can see a project (GitLab docs: Project and group visibility).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Its members.
    Private,
    /// Everybody who is signed in.
    Internal,
    /// Everybody.
    Public,
}

/// A project of GitLab with its repository.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// The number that never changes.
    pub id: u64,
    /// The full path: `group/subgroup/project`.
    pub path: String,
    /// Who can see it.
    pub visibility: Visibility,
    /// The only branch of the repository.
    pub default_branch: String,
    /// Full paths that it had before. They redirect reads and refuse writes.
    #[serde(default)]
    pub renamed_from: Vec<String>,
    /// Whether it is archived: read as before, written to no more.
    #[serde(default)]
    pub archived: bool,
    /// Whether its issues are switched off for everybody.
    #[serde(default)]
    pub issues_disabled: bool,
    /// Username to access level: 5 minimal access, 10 guest, 15 planner, 20 reporter, 30
    /// developer, 40 maintainer, 50 owner (GitLab docs: Members API).
    #[serde(default)]
    pub members: BTreeMap<String, u8>,
    /// Files and history.
    #[serde(skip)]
    pub repository: Repository,
    /// The labels that its issues may have.
    #[serde(skip)]
    pub labels: Vec<Label>,
    /// The issues, oldest first.
    #[serde(skip)]
    pub issues: Vec<Issue>,
}

impl World {
    /// A world without users, tokens, projects and accounts.
    pub fn empty() -> Self {
        Self {
            now: system_time(),
            users: Vec::new(),
            tokens: Vec::new(),
            projects: Vec::new(),
            calendly: Calendly::default(),
            config: None,
            short_pages: 0,
            limits: Limits::default(),
            external_url: None,
            quiet: false,
            journal: Journal::default(),
        }
    }

    /// Adds an active user whose name is the username, and returns it to set the rest.
    pub fn add_user(&mut self, username: &str) -> &mut User {
        let id = 1 + self.users.iter().map(|user| user.id).max().unwrap_or(0);
        let (username, name) = (username.to_owned(), username.to_owned());
        let email = format!("{username}@example.com");
        self.users.push_mut(User { id, username, name, email, state: active(), busy: false })
    }

    /// Adds a token.
    pub fn add_token(&mut self, token: Token) {
        self.tokens.push(token);
    }

    /// Adds a private project without members or files, with the default branch `main`, and
    /// returns it to set the rest.
    pub fn add_project(&mut self, path: &str) -> &mut Project {
        let id = 1 + self.projects.iter().map(|project| project.id).max().unwrap_or(0);
        self.projects.push_mut(Project {
            id,
            path: path.to_owned(),
            visibility: Visibility::Private,
            default_branch: "main".to_owned(),
            renamed_from: Vec::new(),
            archived: false,
            issues_disabled: false,
            members: BTreeMap::new(),
            repository: Repository::default(),
            labels: Vec::new(),
            issues: Vec::new(),
        })
    }

    /// The project of a full path.
    ///
    /// # Errors
    ///
    /// There is none of that path.
    pub fn project(&mut self, path: &str) -> anyhow::Result<&mut Project> {
        let project = self.projects.iter_mut().find(|project| project.path == path);
        project.with_context(|| format!("the world has no project {path}"))
    }

    /// Gives a project another path; from now on the old one answers with a redirect.
    ///
    /// # Errors
    ///
    /// No project has the old path.
    pub fn rename_project(&mut self, old: &str, new: &str) -> anyhow::Result<()> {
        let project = self.project(old)?;
        project.renamed_from.push(old.to_owned());
        new.clone_into(&mut project.path);
        Ok(())
    }

    /// The user of an id.
    pub(crate) fn user_by_id(&self, id: u64) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    /// The user of a username, whatever its case.
    pub(crate) fn user(&self, username: &str) -> Option<&User> {
        self.users.iter().find(|user| user.username.eq_ignore_ascii_case(username))
    }
}

impl Token {
    /// A token that does not expire.
    pub fn new(value: &str, user: &str, scopes: &[&str]) -> Self {
        Self {
            value: value.to_owned(),
            user: user.to_owned(),
            scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
            expires_at: None,
            revoked: false,
            no_quick_actions: false,
        }
    }

    /// Whether it has expired at the instant.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|day| day <= now.to_zoned(TimeZone::UTC).date())
    }
}

impl Project {
    /// Makes a user a member, with one of the access levels of [`Project::members`].
    pub fn add_member(&mut self, username: &str, access_level: u8) -> &mut Self {
        self.members.insert(username.to_owned(), access_level);
        self
    }

    /// Makes a label, for issues to have.
    pub fn add_label(&mut self, name: &str) -> &mut Label {
        add_label(self.id, &mut self.labels, name)
    }

    /// Writes a file, new or over the one there, as one commit.
    pub fn add_file(&mut self, path: &str, bytes: impl Into<Vec<u8>>) -> &mut Self {
        self.add_files([(path.to_owned(), bytes.into())])
    }

    /// Writes several files as one commit.
    pub fn add_files(&mut self, written: impl IntoIterator<Item = (String, Vec<u8>)>) -> &mut Self {
        self.repository.commit("Write files", |files| {
            files.extend(written.into_iter().map(|(path, bytes)| (path, File::new(bytes))));
        });
        self
    }

    /// Removes a file in one commit. A missing file is not an error.
    pub fn remove_file(&mut self, path: &str) -> &mut Self {
        self.repository.commit("Remove a file", |files| {
            files.remove(path);
        });
        self
    }

    /// The commit that a ref means: the default branch, `HEAD`, or a commit id.
    pub(crate) fn resolve(&self, reference: &str) -> Option<&Commit> {
        if reference == "HEAD" || reference == self.default_branch {
            self.repository.head()
        } else {
            self.repository.by_id(reference)
        }
    }

    /// The last part of the path.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(&self.path, |(_, name)| name)
    }
}

fn active() -> String {
    "active".to_owned()
}

#[expect(clippy::disallowed_methods, reason = "a new world starts at the present")]
fn system_time() -> Timestamp {
    Timestamp::now()
}
