//! Limits, selections, and the calendar.

use jiff::{SignedDuration, Timestamp};

use super::super::{Refusal, Selection, WaitPolicy};
use super::told::{ADA, LINK, OLGA, PETE, edit, told};
use super::world::{Texts, World, member};
use crate::record::marker::{Mark, Marked};

/// A world with so many people without a link, all of whom report to Mia.
fn many(count: u64) -> World {
    let mut world = told();
    for number in 0..count {
        let id = 1_000 + number;
        world.texts.team.push_str(&format!(
            "- {{name: Person P{number}, email: p{number}@x.example, gitlab: {{id: {id}}}, reports_to: Mia Man}}\n"
        ));
        world.users.push(member(id, &format!("p{number}")));
    }
    world
}

#[test]
fn an_issue_takes_5000_comments() {
    let mut world = many(2);
    let thread = {
        world.say(PETE, None, "Hello.");
        world.conversation.threads[0].clone()
    };
    let notes = &mut world.conversation.threads[0].notes;
    for number in 0..4_997 {
        let mut note = thread.notes[0].clone();
        note.id = 10_000 + number;
        notes.push(note);
    }
    let refused = world.due(OLGA, &Selection::default()).unwrap_err();
    assert_eq!(refused, Refusal::TooManyComments { left: 2 });
    assert_eq!(refused.to_string(), "an issue takes 5000 comments, and only 2 are left");
    let selection = Selection { limit: Some(2), ..Selection::default() };
    let due = world.due(OLGA, &selection).unwrap();
    assert_eq!(due.plan.actions.len(), 2);
    assert!(due.plan.notes.contains(&"1 more comments are left out by --limit".to_owned()));
}

#[test]
fn a_recipient_takes_1000_mentions_a_day() {
    let mut world = many(1_000);
    // 999 mentions of Mia were posted within a day, and one before that.
    let marker = World::marker().of(Marked::Escalate);
    let mark = Mark::from(marker).with("to", "20+31");
    let old = world.say(OLGA, None, &format!("Help.\n\n{mark}"));
    world.pass(25);
    world.run(OLGA);
    world.pass(73);
    for _ in 0..999 {
        world.say(OLGA, None, &format!("Help.\n\n{mark}"));
    }
    world.note_mut(old).created_at = world.now - SignedDuration::from_hours(25);
    let refused = world.due(OLGA, &Selection::default()).unwrap_err();
    assert_eq!(refused, Refusal::TooManyMentions { username: "mia".to_owned(), left: 1 });
    assert_eq!(refused.to_string(), "mia would be mentioned more than 1000 times in a day");
    let selection = Selection { limit: Some(1), ..Selection::default() };
    assert_eq!(world.due(OLGA, &selection).unwrap().plan.actions.len(), 1);
    world.pass(25);
    assert!(matches!(
        world.due(OLGA, &Selection::default()),
        Err(Refusal::TooManyMentions { left: 1_000, .. })
    ));
}

#[test]
fn a_limit_is_of_comments_and_the_rest_is_done_next_time() {
    let mut world = many(3);
    let selection = Selection { limit: Some(2), ..Selection::default() };
    for expected in [2, 2, 0] {
        let due = world.due(OLGA, &selection).unwrap();
        assert_eq!(due.plan.actions.len(), expected);
        world.post(&due.plan, OLGA);
    }
    let none = Selection { limit: Some(0), ..Selection::default() };
    world.pass(80);
    assert!(world.due(OLGA, &none).unwrap().plan.is_empty());
}

#[test]
fn only_those_who_are_named_by_what_they_are_known_by() {
    let mut world = many(2);
    for name in ["ada ash", "ADA@x.example", "ada"] {
        let selection = Selection { only: vec![name.to_owned()], ..Selection::default() };
        let due = world.due(OLGA, &selection).unwrap();
        let outline = World::outline(&due);
        assert!(outline.len() == 1 && outline[0].contains("@ada:"), "{name}: {outline:?}");
        assert!(!due.plan.notes.iter().any(|note| note.contains("p0")));
    }
    let selection =
        Selection { only: vec!["ada".to_owned(), "eve".to_owned()], ..Selection::default() };
    assert_eq!(world.due(OLGA, &selection), Err(Refusal::NoSuch("eve".to_owned())));
}

#[test]
fn a_selection_ends_nothing_of_others() {
    let mut world = many(1);
    edit(&mut world.texts.team, "reports_to: Mia Man}", "reports_to: Nobody}");
    edit(&mut world.texts.team, "reports_to: Mia Man", "reports_to: Nobody");
    world.run(OLGA);
    edit(&mut world.texts.team, "reports_to: Nobody", "reports_to: Mia Man");
    edit(&mut world.texts.team, "reports_to: Nobody", "reports_to: Mia Man");
    let only = |name: &str| Selection { only: vec![name.to_owned()], ..Selection::default() };
    let due = world.due(OLGA, &only("ada")).unwrap();
    let outline = World::outline(&due);
    assert!(outline.len() == 1 && outline[0].starts_with("reply: Fixed"), "{outline:?}");
    world.post(&due.plan, OLGA);
    let due = world.due(OLGA, &only("p0@x.example")).unwrap();
    let outline = World::outline(&due);
    assert!(outline.len() == 2 && outline[1] == "resolve", "{outline:?}");
}

#[test]
fn after_a_request_for_the_review_only_what_is_named_is_posted() {
    let mut world = many(2);
    world.run(OLGA);
    let mark = Mark::from(World::marker().of(Marked::Review)).with("complete", "yes");
    let review = world.say(PETE, None, &format!("Please.\n\n{mark}"));
    world.link("https://calendly.com/ada");
    world.pass(80);
    assert_eq!(world.due_now(), [""; 0]);
    let note = "pete has asked for the review: nothing is posted but what is named by --only";
    assert_eq!(world.notes()[0], note);
    let only = |name: &str| Selection { only: vec![name.to_owned()], ..Selection::default() };
    let due = world.due(OLGA, &only("ada")).unwrap();
    assert_eq!(World::outline(&due).len(), 2, "{due:?}");
    let due = world.due(OLGA, &only("p0@x.example")).unwrap();
    assert!(World::outline(&due)[0].contains("there is no answer from Person P0"), "{due:?}");
    // One that is no operator's counts for nothing.
    world.note_mut(review).is_by_operator = false;
    assert_eq!(world.due_now().len(), 4);
    // What only tells how it stands asks for nothing, and takes back what was asked before.
    world.note_mut(review).is_by_operator = true;
    let mark = Mark::from(World::marker().of(Marked::Review)).with("complete", "no");
    world.say(PETE, None, &format!("How it stands.\n\n{mark}"));
    assert_eq!(world.due_now().len(), 4);
}

#[test]
fn one_comment_for_each_person_however_many_findings() {
    let mut world = told();
    world.link("https://calendly.com/mia/x");
    edit(&mut world.texts.team, "https://calendly.com/mia\n", "https://calendly.com/mia/x\n");
    let due = world.run(OLGA);
    assert_eq!(World::outline(&due).len(), 2);
    for thread in &world.conversation.threads {
        let body = &thread.notes[0].body;
        assert!(body.contains("- `link-malformed`") && body.contains("- `link-shared`"), "{body}");
        assert!(body.contains(" found some things about you."), "{body}");
    }
    world.pass(72);
    let due = world.run(OLGA);
    assert_eq!(World::outline(&due).len(), 2, "{due:?}");
    world.texts = Texts { team: super::told::TEAM.to_owned(), ..Texts::default() };
    world.link("https://calendly.com/ada");
    let due = world.run(OLGA);
    assert_eq!(World::outline(&due).iter().filter(|it| it.contains("Fixed")).count(), 2);
}

#[test]
fn working_days_leave_out_saturdays_and_sundays() {
    let end = |start: &str, hours, working_days| {
        let waits = WaitPolicy { working_days, ..WaitPolicy::default() };
        let start: Timestamp = start.parse().unwrap();
        waits.end(start, SignedDuration::from_hours(hours)).to_string()
    };
    for (start, hours, calendar, working) in [
        // Monday, Wednesday, Friday, Saturday and Sunday of 2027.
        ("2027-02-01T10:00:00Z", 72, "2027-02-04T10:00:00Z", "2027-02-04T10:00:00Z"),
        ("2027-02-03T10:00:00Z", 72, "2027-02-06T10:00:00Z", "2027-02-08T10:00:00Z"),
        ("2027-02-05T10:00:00Z", 72, "2027-02-08T10:00:00Z", "2027-02-10T10:00:00Z"),
        ("2027-02-06T10:00:00Z", 72, "2027-02-09T10:00:00Z", "2027-02-11T00:00:00Z"),
        ("2027-02-07T23:59:59Z", 72, "2027-02-10T23:59:59Z", "2027-02-11T00:00:00Z"),
        ("2027-02-05T00:00:00Z", 24, "2027-02-06T00:00:00Z", "2027-02-06T00:00:00Z"),
        ("2027-02-05T12:00:00Z", 240, "2027-02-15T12:00:00Z", "2027-02-19T12:00:00Z"),
    ] {
        assert_eq!(end(start, hours, false), calendar, "{start}");
        assert_eq!(end(start, hours, true), working, "{start}");
    }
    let (mut world, _, ping) = World::asked(0);
    world.waits.working_days = true;
    world.note_mut(ping).created_at = "2027-02-05T10:00:00Z".parse().unwrap();
    world.now = "2027-02-10T09:59:59Z".parse().unwrap();
    assert_eq!(world.word(LINK), "waiting");
    world.now = "2027-02-10T10:00:00Z".parse().unwrap();
    assert_eq!(world.word(LINK), "overdue");
}

#[test]
fn the_waits_are_as_they_are_set() {
    let (mut world, _, _) = World::asked(0);
    world.waits.person = SignedDuration::from_hours(10);
    world.waits.manager = SignedDuration::from_hours(20);
    world.pass(9);
    assert_eq!(world.word(LINK), "waiting");
    world.pass(1);
    world.run(OLGA);
    world.pass(19);
    assert_eq!(world.word(LINK), "escalated");
    world.pass(1);
    assert_eq!(world.word(LINK), "exhausted");
    assert_eq!(world.user(ADA).username, "ada");
}
