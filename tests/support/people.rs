//! What people do in a world while the program does not run, and what they find there.

use std::collections::BTreeMap;

use sandbox::{Calendly, Issue, Note, Service, Why, World};

use super::{AUDITS, ROSTER, TEAM, TestWorld};

impl TestWorld {
    /// The issues of the audits' project, oldest first.
    pub(crate) fn issues(&self) -> Vec<Issue> {
        self.sandbox.update(|world| world.project(AUDITS).unwrap().issues.clone())
    }

    /// The description of the first issue.
    #[track_caller]
    pub(crate) fn description(&self) -> String {
        self.issues()[0].description.clone().unwrap_or_default()
    }

    /// The comments of the first issue, without GitLab's own.
    #[track_caller]
    pub(crate) fn notes(&self) -> Vec<Note> {
        self.issues()[0].notes().filter(|note| !note.system).cloned().collect()
    }

    /// The comments of the first issue that hold a text.
    #[track_caller]
    pub(crate) fn notes_with(&self, text: &str) -> Vec<Note> {
        self.notes().into_iter().filter(|note| note.body.contains(text)).collect()
    }

    /// The comments of the first issue whose markers record this step.
    #[track_caller]
    pub(crate) fn notes_marked(&self, step: &str) -> Vec<Note> {
        let notes = self.notes().into_iter();
        notes.filter(|note| comment_step(&note.body) == Some(step)).collect()
    }

    /// The tokens that were sent, each with the service that got it.
    pub(crate) fn tokens_sent(&self) -> Vec<(Service, String)> {
        let names = ["private-token", "authorization", "job-token"];
        let requests = self.sandbox.requests();
        let sent = requests.iter().flat_map(|request| {
            let tokens = names.iter().filter_map(|name| request.header(name));
            tokens.map(|token| (request.service, token.to_owned()))
        });
        sent.collect()
    }

    /// How often each user was mailed that they were mentioned.
    pub(crate) fn mentions(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for notification in self.sandbox.notifications() {
            if notification.why == Why::Mentioned {
                *counts.entry(notification.user).or_default() += 1;
            }
        }
        counts
    }

    /// A manager changes the description of the first issue.
    #[track_caller]
    pub(crate) fn edit(&self, change: impl Fn(&str) -> String) {
        self.sandbox.update(|world| edit_description(world, change));
    }

    /// A manager replaces the first occurrence of a text in the description of the first issue.
    #[track_caller]
    pub(crate) fn replace(&self, from: &str, to: &str) {
        self.edit(|content| content.replacen(from, to, 1));
    }

    /// Somebody comments on the first issue; gives the comment's number.
    pub(crate) fn comment(&self, username: &str, body: &str) -> u64 {
        self.sandbox.update(|world| world.comment(AUDITS, 1, username, body).unwrap())
    }

    /// Somebody replies in the thread that mentions `asked`; gives the reply's number.
    pub(crate) fn reply(&self, asked: &str, username: &str, body: &str) -> u64 {
        self.sandbox.update(|world| {
            let thread = thread_of(world, asked);
            world.reply(AUDITS, 1, username, (&thread, body)).unwrap()
        })
    }

    /// Somebody closes an issue.
    pub(crate) fn close(&self, iid: u64, username: &str) {
        self.sandbox.update(|world| world.close_issue(AUDITS, iid, username).unwrap());
    }

    /// The roster.
    pub(crate) fn roster(&self) -> String {
        self.sandbox.update(roster)
    }

    /// Somebody changes the roster.
    #[track_caller]
    pub(crate) fn change_roster(&self, change: impl Fn(&str) -> String) {
        self.sandbox.update(|world| {
            let old = roster(world);
            let new = change(&old);
            assert_ne!(new, old, "the change changes nothing");
            world.project(TEAM).unwrap().add_file(ROSTER, new);
        });
    }

    /// Somebody replaces the first occurrence of a text in the roster.
    #[track_caller]
    pub(crate) fn replace_in_roster(&self, from: &str, to: &str) {
        self.change_roster(|content| content.replacen(from, to, 1));
    }

    /// Somebody adds to the end of the roster.
    pub(crate) fn add_to_roster(&self, entry: &str) {
        self.change_roster(|content| format!("{}\n{entry}", content.trim_end()));
    }

    /// The id of the commit that holds the roster.
    pub(crate) fn roster_commit(&self) -> String {
        self.sandbox
            .update(|world| world.project(TEAM).unwrap().repository.head().unwrap().id.clone())
    }

    /// Somebody changes the Calendly organisation.
    pub(crate) fn calendly(&self, change: impl FnOnce(&mut Calendly)) {
        self.sandbox.update(|world| change(&mut world.calendly));
    }
}

/// The step that a comment's marker records: the word behind the audit's.
pub(crate) fn comment_step(body: &str) -> Option<&str> {
    let marker = body.lines().last()?.strip_prefix("<!-- support-audit v1 calendly FY28-Q1 ")?;
    let (step, rest) = marker.split_once(' ')?;
    rest.ends_with("-->").then_some(step)
}

/// A manager changes the description of the first issue.
#[track_caller]
pub(crate) fn edit_description(world: &mut World, change: impl Fn(&str) -> String) {
    let old = world.issue(AUDITS, 1).unwrap().description.clone().unwrap_or_default();
    let new = change(&old);
    assert_ne!(new, old, "the edit changes nothing");
    world.edit_description(AUDITS, 1, "nadeyemi", &new).unwrap();
}

fn roster(world: &mut World) -> String {
    let bytes =
        world.project(TEAM).unwrap().repository.head().unwrap().files[ROSTER].bytes.to_vec();
    String::from_utf8(bytes).unwrap()
}

/// The id of the thread that mentions a user first.
pub(crate) fn thread_of(world: &mut World, username: &str) -> String {
    let mention = format!("@{username}:");
    let issue = world.issue(AUDITS, 1).unwrap();
    let is_theirs = |note: &Note| note.body.contains(&mention);
    let thread = issue.discussions.iter().find(|it| it.notes.first().is_some_and(is_theirs));
    thread.unwrap_or_else(|| panic!("nobody has asked {username}")).id.clone()
}
