//! One whole audit with the real binary, from its first issue to the manager's sign-off.
//!
//! What is typed and what comes back is `docs/walkthrough.md`, which is written anew by this test with
//! `UPDATE_EXPECT=1`; `cargo xtask demo` is this test, telling as it goes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use expect_test::expect_file;
use sandbox::World;

use crate::support::{AUDITS, TestWorld};

const TEAM: &str = "gitlab-com/support/team";
const ROSTER: &str = "data/support-team.yaml";

/// Whose token the program uses.
const OPERATOR: &str = "ivelderman";

/// The first day of the first quarter, a Monday.
const START: &str = "2027-02-01T09:00:00Z";

/// The folder that the demonstration leaves its files in.
const FOLDER: &str = "SUPPORT_AUDIT_DEMO";

const HEAD: &str = "\
# A whole audit

This is one audit of the demo world, from its first issue to the manager's sign-off, as `cargo xtask demo` plays it.
The roster has forty-one people, and one fault is planted for each check.
";

/// An audit as it is played, and the text that tells of it.
struct Play {
    test: TestWorld,
    text: String,
    /// The most mails that one run made for one person.
    most_mails: usize,
}

impl Play {
    fn new() -> Self {
        let mut world = World::demo().unwrap();
        world.now = START.parse().unwrap();
        let test = TestWorld::new(world).with_token().with_accounts();
        let mut play = Self { test, text: String::new(), most_mails: 0 };
        play.tell(HEAD);
        play
    }

    fn tell(&mut self, text: &str) {
        if std::env::var_os(FOLDER).is_some() {
            println!("{text}");
        }
        self.text.push_str(&format!("{text}\n"));
    }

    /// Begins a part of the story.
    fn part(&mut self, title: &str, text: &str) {
        self.tell(&format!("## {title}\n"));
        if !text.is_empty() {
            self.tell(&format!("{text}\n"));
        }
    }

    /// Runs the program; what it prints goes to the file, if there is one.
    fn run(&mut self, arguments: &[&str], file: Option<&str>) {
        let before = self.test.sandbox.update(|world| world.mails().count());
        let ran = self.test.run(arguments).success();
        self.most_mails = self.most_mails.max(self.most_mails_since(before));
        let words: Vec<String> = arguments.iter().map(|word| quoted(word)).collect();
        let mut shown = format!("$ support-audit {}", words.join(" "));
        match file {
            Some(file) => {
                shown.push_str(&format!(" > {file}\n{}", ran.stderr));
                keep(file, &ran.stdout);
            }
            None => shown.push_str(&format!("\n{}{}", ran.stderr, ran.stdout)),
        }
        let gitlab = self.test.sandbox.gitlab_url();
        let shown = shown.replace(&gitlab, "https://gitlab.example.com");
        self.tell(&format!("```console\n{}\n```\n", shown.trim_end()));
    }

    /// The most mails that one person got after so many others were sent.
    fn most_mails_since(&self, before: usize) -> usize {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        self.test.sandbox.update(|world| {
            for mail in world.mails().skip(before) {
                *counts.entry(mail.user.clone()).or_default() += 1;
            }
        });
        counts.into_values().max().unwrap_or(0)
    }

    /// Something happens that is not the program's doing.
    fn happens(&mut self, words: &str, change: impl FnOnce(&mut World)) {
        self.test.sandbox.update(change);
        self.tell(&format!("{words}\n"));
    }

    fn description(&self) -> String {
        self.test.issues()[0].description.clone().unwrap()
    }
}

/// Keeps a file for whoever plays the demonstration.
fn keep(name: &str, content: &str) {
    if let Some(folder) = std::env::var_os(FOLDER) {
        std::fs::write(PathBuf::from(folder).join(name), content).unwrap();
    }
}

fn quoted(word: &str) -> String {
    if word.contains(' ') { format!("'{word}'") } else { word.to_owned() }
}

pub(crate) fn hours(number: u64) -> Duration {
    Duration::from_hours(number)
}

/// Replaces a text of the roster.
pub(crate) fn fix_roster(world: &mut World, from: &str, to: &str) {
    let project = world.project(TEAM).unwrap();
    let bytes = project.repository.head().unwrap().files[ROSTER].bytes.to_vec();
    let old = String::from_utf8(bytes).unwrap();
    assert!(old.contains(from), "{from} is not in the roster");
    project.add_file(ROSTER, old.replacen(from, to, 1));
}

/// Replies to the notice that mentions somebody.
pub(crate) fn reply(world: &mut World, username: &str, body: &str) {
    let mention = format!("- @{username}:");
    let issue = world.issue(AUDITS, 1).unwrap();
    let thread = issue
        .discussions
        .iter()
        .find(|thread| thread.notes.first().is_some_and(|note| note.body.contains(&mention)))
        .unwrap()
        .id
        .clone();
    world.reply(AUDITS, 1, username, (&thread, body)).unwrap();
}

#[test]
fn the_whole_audit() {
    let mut play = Play::new();
    begin(&mut play);
    ask(&mut play);
    escalate(&mut play);
    remove(&mut play);
    review(&mut play);
    count_mails(&mut play);
    let issue = play.description();
    keep("audit_issue.md", &format!("{issue}\n"));
    expect_file!["../docs/walkthrough.md"].assert_eq(&format!("{}\n", play.text.trim_end()));
}

fn begin(play: &mut Play) {
    play.part(
        "Day 1: the issue and the report",
        "The report alone needs no issue; the roster and Calendly are read, nothing is written.",
    );
    play.run(&["run"], Some("audit_output.txt"));
    play.tell("Then the audit gets its issue, and the issue its two tables.\n");
    play.run(&["init-issue", "--yes"], None);
    play.run(&["run", "--write", "--yes", "--quiet"], Some("audit_output.txt"));
    play.run(&["reconcile", "--write", "--yes", "--quiet"], Some("audit_output.txt"));
    play.run(&["status", "--quiet"], None);
}

fn ask(play: &mut Play) {
    play.part(
        "Day 1: the notice",
        "One comment asks everybody who has something to fix or to explain, and lists without mentions what only operators can fix.\nSomebody who has no GitLab account gets an e-mail, which the operator sends and records.",
    );
    play.run(&["followups", "--yes"], None);
    play.run(&["followups", "--yes", "--quiet", "--sent", "bvance@harborlight.example"], None);
    play.part("Day 2: an answer and a fix", "");
    play.happens(
        "Torbjørn Aaseby replies to the notice, and Ezekiel Brightwater adds his link to the roster.",
        |world| {
            world.advance(hours(26));
            reply(world, "taaseby", "On purpose: I hand over to Märta in March and take no calls.");
            fix_roster(
                world,
                "  email: ebrightwater@example.com\n",
                "  email: ebrightwater@example.com\n  calendly: https://calendly.com/ebrightwater\n",
            );
        },
    );
    play.run(&["followups", "--yes", "--quiet"], None);
    play.tell("The operator reads the answer, and accepts it.\n");
    let finding = "account-missing:taaseby@example.com";
    let reason = "hands over in March";
    play.run(&["followups", "--yes", "--quiet", "--accept", finding, "--reason", reason], None);
}

fn escalate(play: &mut Play) {
    play.part(
        "Day 4: the escalation",
        "Seventy-two hours after the notice, the managers of those who have not replied are asked to help, and the Support Operations Manager.",
    );
    play.happens("Three days have passed since the notice.", |world| world.advance(hours(47)));
    play.run(&["followups", "--yes"], None);
    play.part("Day 7: most of it is fixed", "");
    play.happens(
        "Links are set right, an invitation is accepted, and the operators set right who owns and manages the organisation.",
        |world| {
            world.advance(hours(73));
            fix_roster(world, "calendly.com/zhrusovska/30min", "calendly.com/zhrusovska");
            fix_roster(
                world,
                "calendly.com/pstclairboone",
                "calendly.com/philippa-stclair-boone",
            );
            fix_roster(world, "reports_to: Cornelius Faircloth", "reports_to: Nkechi Adeyemi-Strand");
            let now = world.now;
            let harjit = world.calendly.member("hdhillonwhyte@example.com").unwrap().slug.clone();
            let shared = "email: hdhillonwhyte@example.com";
            fix_shared(world, shared, &format!("https://calendly.com/{harjit}"));
            let joined = world.calendly.accept_invitation("m-takanashi@example.com", now).unwrap();
            "m-takanashi".clone_into(&mut joined.slug);
            for (email, role) in [
                ("mdaubigny@example.com", "admin"),
                ("wambuinh@example.com", "admin"),
                ("carrieta@example.com", "user"),
            ] {
                role.clone_into(&mut world.calendly.member(email).unwrap().role);
            }
        },
    );
    play.run(&["followups", "--yes", "--quiet"], None);
    play.run(&["status", "--quiet"], None);
}

/// Gives a person of the roster another link.
pub(crate) fn fix_shared(world: &mut World, email: &str, link: &str) {
    let project = world.project(TEAM).unwrap();
    let bytes = project.repository.head().unwrap().files[ROSTER].bytes.to_vec();
    let old = String::from_utf8(bytes).unwrap();
    let (before, entry) = old.split_once(email).unwrap();
    let (between, after) = entry.split_once("calendly: ").unwrap();
    let (_, after) = after.split_once('\n').unwrap();
    project.add_file(ROSTER, format!("{before}{email}{between}calendly: {link}\n{after}"));
}

fn remove(play: &mut Play) {
    play.part(
        "Day 7: the outsider",
        "Nobody has justified the account of the outsider: somebody types `remove` into the issue's table, an operator confirms it, and the account is removed.",
    );
    let old = play.description();
    let line = old.lines().find(|line| line.contains("bvance@")).unwrap().to_owned();
    let new = line.replacen("|  | <!--", "|  | remove <!--", 1);
    assert_ne!(line, new);
    play.happens("Maëlle D'Aubigny types `remove` beside Bartholomew Vance.", |world| {
        world.edit_description(AUDITS, 1, "mdaubigny", &old.replace(&line, &new)).unwrap();
    });
    let email = "bvance@harborlight.example";
    play.run(
        &["reconcile", "--write", "--yes", "--quiet", "--decide", email],
        Some("audit_output.txt"),
    );
    play.run(&["reconcile", "--remove", "--yes", "--confirm", email], Some("audit_output.txt"));
    play.run(&["followups", "--yes", "--quiet"], None);
}

fn review(play: &mut Play) {
    play.part(
        "Day 7: the review",
        "Nothing is open any more, and a manager is asked to review and close.",
    );
    play.happens("An hour later, everything is read once more.", |world| world.advance(hours(1)));
    play.run(&["run", "--write", "--yes", "--quiet"], Some("audit_output.txt"));
    play.run(&["submit-review", "--yes"], None);
    play.happens("Nkechi Adeyemi-Strand looks it over, and closes the issue.", |world| {
        world.advance(hours(5));
        world.close_issue(AUDITS, 1, "nadeyemi").unwrap();
    });
    play.run(&["status", "--quiet", "--issue", "1"], None);
}

/// What the audit cost its people, on a GitLab where everybody keeps the usual settings.
fn count_mails(play: &mut Play) {
    play.part(
        "The mails",
        "GitLab mails each comment to everybody who takes part in the issue.\nCounted are the mails of the operator's doing by their reason, and beside them those of people's own replies and of the closing.",
    );
    let table = play.test.sandbox.update(|world| world.mail_table(OPERATOR));
    let (total, people) = (table.total(), table.recipients.len());
    let most = play.most_mails;
    play.tell(&format!(
        "The audit made {} mails to {people} people, {} of them for a mention, and no run more than {most} to one person; what people did made {} more.\n",
        total.from_operator(),
        total.mentioned,
        total.from_others
    ));
    play.tell(&table.to_string());
}
