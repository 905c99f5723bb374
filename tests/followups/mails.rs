//! What an audit costs the people whom it asks: the mails that it makes GitLab send.

use std::collections::BTreeMap;

use expect_test::expect;

use super::team::{in_world, world};
use crate::support::TestWorld;

/// An audit whose mails are counted.
struct Counted {
    test: TestWorld,
    /// The most mails that one run made for one person.
    most_per_run: usize,
}

impl Counted {
    /// Runs the program and counts what each person is mailed by it.
    fn run(&mut self, arguments: &[&str]) {
        let before = self.test.sandbox.update(|world| world.mails().count());
        self.test.run(arguments).success();
        let mut mails: BTreeMap<String, usize> = BTreeMap::new();
        self.test.sandbox.update(|world| {
            for mail in world.mails().skip(before) {
                *mails.entry(mail.user.clone()).or_default() += 1;
            }
        });
        self.most_per_run = self.most_per_run.max(mails.into_values().max().unwrap_or(0));
    }

    fn follow_up(&mut self) {
        self.run(&["followups", "--yes"]);
    }

    /// The operator accepts what several people have answered, with one reason.
    fn accept(&mut self, people: &[usize], reason: &str) {
        let findings: Vec<String> =
            people.iter().map(|person| format!("link-missing:p{person:03}@example.com")).collect();
        let mut arguments = vec!["followups", "--yes", "--reason", reason];
        for finding in &findings {
            arguments.extend(["--accept", finding]);
        }
        self.run(&arguments);
    }

    /// People add their links to the roster.
    fn fix(&self, people: &[usize]) {
        for person in people {
            let email = format!("p{person:03}@example.com\n");
            let link = format!("{email}  calendly: https://calendly.com/p{person:03}\n");
            self.test.replace_in_roster(&email, &link);
        }
    }
}

/// Thirteen people are asked: four answer at once, five fix at once or later, four are escalated
/// and then answer or fix.
#[test]
fn an_audit_of_thirteen_people() {
    let mut world = world(13);
    world.quiet = false;
    let mut audit = Counted { test: in_world(world), most_per_run: 0 };
    audit.run(&["run", "--write", "--yes"]);
    audit.run(&["reconcile", "--write", "--yes"]);
    audit.follow_up();
    audit.test.advance(20);
    for person in 1..=4 {
        audit.test.comment(&format!("p{person:03}"), "I am on leave until March.");
    }
    audit.fix(&[5, 6]);
    audit.follow_up();
    audit.accept(&[1, 2, 3, 4], "on leave until March");
    audit.test.advance(54);
    audit.fix(&[7, 8, 9]);
    audit.follow_up();
    audit.test.advance(20);
    for person in 10..=11 {
        audit.test.comment(&format!("p{person:03}"), "Sorry, I take no calls.");
    }
    audit.follow_up();
    audit.accept(&[10, 11], "takes no calls");
    audit.test.advance(30);
    audit.fix(&[12, 13]);
    audit.follow_up();
    audit.run(&["run", "--write", "--yes"]);
    audit.run(&["submit-review", "--yes"]);
    audit.test.close(1, "maria");

    let table = audit.test.sandbox.update(|world| world.mail_table("olga"));
    let total = table.total();
    let summary = format!(
        "{} mails to {} people, {} of them for a mention; at most {} to one person by one run; {} \
         by what people did\n",
        total.from_operator(),
        table.recipients.len(),
        total.mentioned,
        audit.most_per_run,
        total.from_others
    );
    expect![[r#"
        71 mails to 16 people, 16 of them for a mention; at most 1 to one person by one run; 97 by what people did
    "#]].assert_eq(&summary);
}
