//! What must never happen to people, told as scenes of a small team and its audit.

mod decisions;
mod escalation;
mod evidence;
mod identity;
mod notices;
mod operators;
mod removal;
mod silence;
mod small;
mod unknown;
mod voices;
mod volume;
mod window;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::process::Command;
use std::time::{Duration, SystemTime};

use sandbox::{CalendlyToken, Note, Token, Why, World};

use crate::support::{AUDITS, CALENDLY_TOKEN, GITLAB_TOKEN, Printed, ROSTER, Ran, TEAM, TestWorld};

/// When every scene begins: the first day of FY28-Q1.
const START: &str = "2027-02-01T09:00:00Z";

/// The address of an account that is nobody's on the team.
const VENDOR: &str = "v@vendor.example";

/// The GitLab token of olga, who is an operator where [`TWO_OPERATORS`] is the configuration.
const OLGA_TOKEN: &str = "olga-gitlab-token";

/// The managers; otto, whose token it is, runs the audit.
const CONFIG: &str = r#"
managers = [{ username = "nadia", slack = "U0000001004" }, { username = "sam", slack = "U0000001005" }]
"#;

/// As [`CONFIG`], with a second operator.
const TWO_OPERATORS: &str = r#"
operators = [{ id = 1006, username = "otto" }, { id = 1007, username = "olga" }]
managers = [{ username = "nadia", slack = "U0000001004" }, { username = "sam", slack = "U0000001005" }]
"#;

/// Where the comments are read.
const COMMENTS: &str = "/issues/1/discussions";

/// Everybody on the team: user id, name, title, and whom they report to. The usernames are the
/// names in lower case.
const TEAM_MEMBERS: [(u64, &str, &str, &str); 12] = [
    (1001, "Alice", "Support Engineer", "Mia"),
    (1002, "Bob", "Support Engineer", "Mia"),
    (1003, "Mia", "Support Manager", "Nadia"),
    (1004, "Nadia", "Support Operations Manager", "Sam"),
    (1005, "Sam", "Support Operations Manager", "Nadia"),
    (1006, "Otto", "Support Operations Specialist", "Nadia"),
    (1011, "Fay", "Support Engineer", "Mia"),
    (1012, "Gil", "Support Engineer", "Mia"),
    (1013, "Hal", "Support Engineer", "Mia"),
    (1014, "Ivy", "Support Engineer", "Mia"),
    (1015, "Jan", "Support Engineer", "Mia"),
    (1016, "Kim", "Support Engineer", "Mia"),
];

/// Users of GitLab who are not on the roster: a second operator, a reporter and a guest.
const OTHERS: [(u64, &str, u8); 3] = [(1007, "olga", 30), (1020, "eve", 20), (1021, "gus", 10)];

/// A team whose audit finds nothing until a scene breaks something.
struct Audit(TestWorld);

impl Deref for Audit {
    type Target = TestWorld;

    fn deref(&self) -> &TestWorld {
        &self.0
    }
}

/// A roster entry; `extra` is further lines.
fn entry(id: u64, name: &str, title: &str, manager: &str) -> String {
    let username = name.to_lowercase();
    format!(
        "- name: {name}\n  email: {username}@example.com\n  title: {title}\n  \
         reports_to: {manager}\n  calendly: https://calendly.com/{username}\n  \
         gitlab:\n    id: {id}\n    username: {username}\n"
    )
}

/// The roster on which nothing is wrong.
fn clean_roster() -> String {
    TEAM_MEMBERS.iter().map(|&(id, name, title, manager)| entry(id, name, title, manager)).collect()
}

/// The world of the scenes, at their beginning.
fn world() -> World {
    let mut world = World::empty();
    world.now = START.parse().unwrap();
    let team = TEAM_MEMBERS.iter().map(|&(id, name, ..)| (id, name.to_lowercase(), 20));
    let others = OTHERS.iter().map(|&(id, name, level)| (id, name.to_owned(), level));
    let users: Vec<(u64, String, u8)> = team.chain(others).collect();
    for (id, username, _) in &users {
        world.add_user(username).id = *id;
    }
    world.add_token(Token::new(GITLAB_TOKEN, "otto", &["api"]));
    world.add_token(Token::new(OLGA_TOKEN, "olga", &["api"]));
    for path in [AUDITS, TEAM] {
        let project = world.add_project(path);
        "master".clone_into(&mut project.default_branch);
        for (_, username, level) in &users {
            project.add_member(username, *level);
        }
        project.add_member("otto", 40);
    }
    world.project(TEAM).unwrap().add_file(ROSTER, clean_roster());
    let template = "Please keep to the handbook.\n\n## Notes\n";
    world.project(AUDITS).unwrap().add_file(".gitlab/issue_templates/Calendly.md", template);
    world.calendly.quota.per_minute = 100_000;
    for (_, name, title, _) in TEAM_MEMBERS {
        let account = world.calendly.add_member(&format!("{}@example.com", name.to_lowercase()));
        let role = match name {
            "Nadia" => "owner",
            _ if title.starts_with("Support Operations") => "admin",
            _ => "user",
        };
        role.clone_into(&mut account.role);
    }
    world.calendly.add_token(CalendlyToken::new(CALENDLY_TOKEN, "otto@example.com"));
    world
}

impl Audit {
    /// The team, whose audit has not begun.
    fn new() -> Self {
        Self::of(world())
    }

    /// A world, seen by otto.
    fn of(world: World) -> Self {
        let test = TestWorld::new(world).with_token();
        Self(test.with("CALENDLY_API_TOKEN", CALENDLY_TOKEN).with_config(CONFIG))
    }

    /// The same with another configuration.
    fn configured(self, config: &str) -> Self {
        Self(self.0.with_config(config))
    }

    /// Makes the issue and records the report with its accounts.
    #[track_caller]
    fn begin(self) -> Self {
        self.run(&["init-issue", "--period", "FY28-Q1", "--yes"]).success();
        self.run(&["reconcile", "--write", "--yes"]).success();
        self
    }

    /// An audit in which Alice was asked about her missing link a day ago, and the roster with the link.
    fn with_alice_asked() -> (Self, String) {
        let audit = Self::new();
        let linked = audit.roster();
        audit.unlink("alice");
        let audit = audit.begin();
        audit.follow_up();
        audit.advance(24);
        (audit, linked)
    }

    /// Asks and escalates what is due.
    #[track_caller]
    fn follow_up(&self) -> Printed {
        self.run(&["followups", "--yes"]).success()
    }

    /// Runs a command, however it ends.
    fn attempt(&self, arguments: &[&str]) {
        drop(self.run(arguments));
    }

    /// Asks for the review.
    fn review(&self) -> Ran {
        self.run(&["submit-review", "--yes"])
    }

    /// Runs the program as olga.
    fn as_olga(&self, arguments: &[&str]) -> Ran {
        self.finish(&mut self.olgas(arguments))
    }

    /// The program as olga starts it.
    fn olgas(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(arguments);
        command.env("GL_TOKEN", OLGA_TOKEN);
        command
    }

    /// The state of a finding as `status` names it; none where it names no such finding.
    #[track_caller]
    fn state(&self, check: &str, who: &str) -> Option<String> {
        let status = self.run(&["status", "--format", "json"]).success().json();
        let findings = status["findings"].as_array().unwrap().iter();
        let is_it = |finding: &&serde_json::Value| {
            let texts = ["name", "subject", "finding"].map(|key| finding[key].as_str().unwrap());
            finding["check"] == check && texts.iter().any(|text| text.contains(who))
        };
        let matching: Vec<_> = findings.filter(is_it).collect();
        assert!(matching.len() <= 1, "{matching:?}");
        matching.first().map(|finding| finding["state"].as_str().unwrap().to_owned())
    }

    /// Refuses any other state of a finding.
    #[track_caller]
    fn is(&self, check: &str, who: &str, state: &str) {
        assert_eq!(self.state(check, who).as_deref(), Some(state), "{check} of {who}");
    }

    /// Refuses a review request, and anything written.
    #[track_caller]
    fn is_not_ready(&self) {
        self.run_writing_nothing(&["submit-review", "--yes"]).exit(11);
    }

    /// Our comments of one content: `report`, `notice`, `record`, `removal` or `review`.
    fn ours(&self, content: &str) -> Vec<Note> {
        self.notes_with(&format!("<!-- support-audit v1 calendly FY28-Q1 {content}"))
    }

    /// The text of the only notice.
    #[track_caller]
    fn notice(&self) -> Note {
        let [notice] = self.ours("notice").try_into().unwrap();
        notice
    }

    /// How often somebody was told that they were mentioned.
    fn mentioned(&self, username: &str) -> usize {
        self.mentions().get(username).copied().unwrap_or_default()
    }

    /// The mails for a mention since a number of notifications, by user.
    fn mentioned_during(&self, act: impl FnOnce(&Self)) -> Vec<String> {
        let before = self.sandbox.notifications().len();
        act(self);
        let after = self.sandbox.notifications().split_off(before);
        after.into_iter().filter(|mail| mail.why == Why::Mentioned).map(|mail| mail.user).collect()
    }

    /// The mails that otto and olga caused during an act, by recipient.
    fn mails_during(&self, act: impl FnOnce(&Self)) -> BTreeMap<String, usize> {
        let before = self.sandbox.update(|world| world.mails().count());
        act(self);
        let mut counts = BTreeMap::new();
        self.sandbox.update(|world| {
            for mail in world.mails().skip(before) {
                if matches!(mail.actor.as_str(), "otto" | "olga") {
                    *counts.entry(mail.user.clone()).or_default() += 1;
                }
            }
        });
        counts
    }

    /// Mia changes the description.
    #[track_caller]
    fn edit(&self, change: impl Fn(&str) -> String) {
        let old = self.description();
        let new = change(&old);
        assert_ne!(new, old, "the edit changes nothing");
        self.sandbox.update(|world| world.edit_description(AUDITS, 1, "mia", &new).unwrap());
    }

    /// A comment is deleted.
    fn delete_note(&self, note: u64) {
        self.sandbox.update(|world| world.delete_comment(AUDITS, 1, note).unwrap());
    }

    /// Takes the link out of somebody's entry.
    #[track_caller]
    fn unlink(&self, username: &str) {
        self.replace_in_roster(&format!("  calendly: https://calendly.com/{username}\n"), "");
    }

    /// Takes somebody's account out of the organisation.
    fn drop_account(&self, email: &str) {
        self.calendly(|calendly| calendly.users.retain(|user| user.email != email));
    }

    /// Lets somebody who is nobody's colleague have an account.
    fn hire_vendor(&self) {
        self.calendly(|calendly| {
            calendly.add_member(VENDOR);
        });
    }

    /// Whether an address is a member of the organisation.
    fn has_account(&self, email: &str) -> bool {
        self.sandbox.update(|world| world.calendly.member(email).is_ok())
    }

    /// Takes somebody's entry out of the roster.
    #[track_caller]
    fn dismiss(&self, name: &str) {
        self.change_roster(|roster| {
            let mut entries: Vec<&str> = roster.split("- name: ").collect();
            entries.retain(|entry| entry.lines().next() != Some(name));
            entries.join("- name: ")
        });
    }

    /// Writes a local file whose modification lies so many hours after the beginning.
    fn write_aged(&self, name: &str, content: impl AsRef<[u8]>, hours: i64) {
        self.write(name, content);
        let start: jiff::Timestamp = START.parse().unwrap();
        let seconds = u64::try_from(start.as_second() + hours * 3600).unwrap();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let file = std::fs::File::options().write(true).open(self.path(name)).unwrap();
        file.set_modified(at).unwrap();
    }

    /// The accounts as an admin exports them.
    fn export(&self) -> String {
        self.sandbox.update(|world| world.calendly.members_csv())
    }

    /// Runs a command with something happening after its plan was made, and before it writes: its
    /// next reading of `path` finds it.
    fn run_interrupted(
        &self,
        path: &'static str,
        arguments: &[&str],
        change: impl FnOnce(&mut World) + Send + 'static,
    ) -> Ran {
        let reads = |audit: &Self| {
            let requests = audit.sandbox.requests();
            requests.iter().filter(|it| it.method == "GET" && it.path.contains(path)).count()
        };
        let before = reads(self);
        self.attempt(&[arguments, &["--dry-run"]].concat());
        for _ in 0..reads(self) - before {
            self.sandbox.before(path, "GET", |_| {});
        }
        self.sandbox.before(path, "GET", change);
        self.run(&[arguments, &["--yes"]].concat())
    }
}
