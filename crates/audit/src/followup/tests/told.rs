//! The world of the told tests: Ada has no link, and Mia is her manager.

use super::super::{Due, Selection};
use super::world::{HEAD, Texts, World, member};
use crate::identity::{digest, key_digest};
use crate::plan::Action;
use crate::record::marker::{Item, Mark, Marked};

/// The team of the told tests: Ada has no link, Mia is her manager.
pub(crate) const TEAM: &str = "\
- name: Ada Ash
  email: ada@x.example
  gitlab: {id: 10, username: ada}
  reports_to: Mia Man
- name: Mia Man
  email: mia@x.example
  gitlab: {id: 20, username: mia}
  calendly: https://calendly.com/mia
";

pub(crate) const OLGA: u64 = 1;
pub(crate) const PETE: u64 = 2;
pub(crate) const ADA: u64 = 10;
pub(crate) const XENO: u64 = 40;
pub(crate) const MIA: u64 = 20;
pub(crate) const SAM: u64 = 30;
pub(crate) const BERT: u64 = 50;

/// Ada's finding.
pub(crate) const LINK: &str = "link-missing:ada@x.example";

/// The world of the told tests, run by Olga and Pete, with Sam and Sue to escalate to.
pub(crate) fn told() -> World {
    let names = [
        (OLGA, "olga"),
        (PETE, "pete"),
        (ADA, "ada"),
        (MIA, "mia"),
        (SAM, "sam"),
        (31, "sue"),
        (XENO, "xeno"),
        (BERT, "bert"),
    ];
    let users = names.map(|(id, name)| member(id, name)).to_vec();
    let texts = Texts { team: TEAM.to_owned(), ..Texts::default() };
    let mut world = World::new(texts, users, &[OLGA, PETE]);
    world.managers = vec!["sam".to_owned(), "sue".to_owned()];
    world
}

/// A world with the accounts of Ada, who is its owner, of Mia and of an outsider.
pub(crate) fn with_outsider() -> World {
    let mut world = told();
    edit(
        &mut world.texts.team,
        "  reports_to",
        "  calendly: https://calendly.com/ada\n  reports_to",
    );
    let rows = [
        "Ada,ada@x.example,Owner,https://calendly.com/ada,Active\n",
        "Mia,mia@x.example,User,https://calendly.com/mia,Active\n",
        "Xeno,xeno@y.example,User,,Active\n",
    ];
    world.texts.accounts = Some(format!("{HEAD}{}", rows.concat()));
    world
}

/// The outsider's finding.
pub(crate) const OUTSIDER: &str = "outsider:xeno@y.example";

/// Changes a text where it surely holds what is replaced.
#[track_caller]
pub(crate) fn edit(text: &mut String, from: &str, to: &str) {
    assert!(text.contains(from), "{from} is not in {text}");
    *text = text.replacen(from, to, 1);
}

impl World {
    /// A marker about what is found now, as anybody could copy or type it.
    pub(crate) fn forge(&mut self, marked: Marked, check: &str, email: &str) -> Option<String> {
        let evaluation = self.read();
        let finding = evaluation.findings.iter().find(|finding| {
            let keys = evaluation.keys(finding.about);
            finding.check.id == check
                && keys.iter().any(|key| key.to_string() == format!("email:{email}"))
        })?;
        let item = Item {
            check: check.to_owned(),
            keys: evaluation.keys(finding.about).iter().map(key_digest).collect(),
            evidence: digest(&finding.evidence),
            round: 1,
        };
        let mark = Mark { items: vec![item], ..Mark::from(Self::marker().of(marked)) };
        Some(format!("Look.\n\n{mark}"))
    }

    /// Ada adds a link, good or not.
    pub(crate) fn link(&mut self, link: &str) {
        let lines = format!("  calendly: {link}\n  reports_to: Mia");
        edit(&mut self.texts.team, "  reports_to: Mia", &lines);
    }

    /// Ada takes all her links out again.
    pub(crate) fn unlink(&mut self) {
        let lines = self.texts.team.split_inclusive('\n');
        self.texts.team = lines.filter(|line| !line.contains("calendly.com/ada")).collect();
    }

    /// Ada leaves the roster.
    pub(crate) fn leave(&mut self) {
        let (_, others) = self.texts.team.split_once("- name: Mia").unwrap();
        self.texts.team = format!("- name: Mia{others}");
    }

    /// The name of a finding's state; `gone` where there is none.
    pub(crate) fn word(&mut self, finding: &str) -> &'static str {
        self.state(finding).map_or("gone", |(state, _)| state.as_str())
    }

    pub(crate) fn round(&mut self, finding: &str) -> u32 {
        self.state(finding).map_or(0, |(_, round)| round)
    }

    /// The first lines of all comments that a plan posts, with what else it does.
    pub(crate) fn outline(due: &Due) -> Vec<String> {
        let outline = |action: &Action| match action {
            Action::OpenThread { body, .. } => format!("open: {}", first_line(body)),
            Action::Comment { body, .. } => format!("comment: {}", first_line(body)),
            Action::Reply { body, .. } => format!("reply: {}", first_line(body)),
            Action::Resolve { resolved: true, .. } => "resolve".to_owned(),
            Action::Resolve { resolved: false, .. } => "reopen".to_owned(),
            other => other.to_string(),
        };
        due.plan.actions.iter().map(outline).collect()
    }

    /// What is due for Olga, in outline.
    pub(crate) fn due_now(&mut self) -> Vec<String> {
        Self::outline(&self.due(OLGA, &Selection::default()).unwrap())
    }

    /// What the plan tells besides.
    pub(crate) fn notes(&mut self) -> Vec<String> {
        self.due(OLGA, &Selection::default()).unwrap().plan.notes
    }

    /// The thread in which all is said, and its first note.
    pub(crate) fn only_thread(&self) -> (String, u64) {
        let [thread] = self.conversation.threads.as_slice() else { panic!("not one thread") };
        (thread.id.clone(), thread.notes.first().unwrap().id)
    }

    /// Olga asks Ada, and hours pass.
    pub(crate) fn asked(hours: i64) -> (Self, String, u64) {
        let mut world = told();
        world.run(OLGA);
        world.pass(hours);
        let (thread, ping) = world.only_thread();
        (world, thread, ping)
    }
}

fn first_line(body: &str) -> &str {
    body.lines().next().unwrap_or_default()
}
