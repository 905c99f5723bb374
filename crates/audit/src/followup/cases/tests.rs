//! The states of findings, one rule at a time, each on a short story.

mod identity;
mod rounds;
mod story;
mod words;

use story::{ADA, BOB, MIA, OTTO, Story};

#[test]
fn the_clock_runs_from_the_ask_to_the_end() {
    let mut story = Story::new();
    story.expect(&[(1.0, "not asked")]);
    story.ask(1.0, ADA, 1);
    story.expect(&[(1.5, "waiting"), (3.9, "waiting"), (4.0, "overdue")]);
    story.escalate(5.0, ADA, 1, &[MIA.id]);
    story.expect(&[(5.5, "escalated"), (7.9, "escalated"), (8.0, "exhausted")]);
}

#[test]
fn a_promised_end_outranks_the_present_policy() {
    let mut story = Story::new();
    story.ask_until(1.0, ADA, 1, Some(6.0));
    story.expect(&[(5.9, "waiting"), (6.0, "overdue")]);
}

#[test]
fn nobody_is_left_to_escalate_to() {
    let mut story = Story::new();
    story.roster = story.roster.replace("  reports_to: Mia Moss\n", "");
    story.ask(1.0, ADA, 1);
    story.expect(&[(4.0, "exhausted")]);
}

#[test]
fn an_ask_of_somebody_else_is_none() {
    let mut story = Story::new();
    story.ask_of(1.0, ADA, 1, &[BOB.id]);
    story.expect(&[(2.0, "not asked")]);
    assert_eq!(story.entry(2.0).round, 1);
    story.say(1.5, BOB, None, "why me?");
    story.expect(&[(2.0, "not asked")]);
}

#[test]
fn a_fix_shows_on_sources_from_after_the_ask_alone() {
    let mut story = Story::new();
    story.ask(1.0, ADA, 1);
    story.fix();
    story.captured = Some(0.5);
    story.expect(&[(2.0, "waiting"), (4.5, "overdue")]);
    story.captured = Some(1.5);
    story.expect(&[(2.0, "fixed")]);
    story.captured = None;
    story.expect(&[(2.0, "fixed")]);
}

#[test]
fn what_cannot_be_read_is_neither_fixed_nor_passed_over() {
    let mut story = Story::new();
    story.roster = story.roster.replace("  email: ada", "  calendly: [a, b]\n  email: ada");
    story.expect(&[(1.0, "unknown")]);
    story.ask(1.0, ADA, 1);
    story.expect(&[(2.0, "unknown"), (9.0, "unknown")]);
}

#[test]
fn whoever_left_a_complete_roster_is_withdrawn() {
    let mut story = Story::new();
    story.ask(1.0, ADA, 1);
    story.fix();
    story.roster = story.roster.replace("Ada Bianchi", "Eve Else").replace("ada@", "eve@");
    story.roster = story.roster.replace("{id: 1001, username: ada}", "{id: 1009, username: eve}");
    story.expect(&[(2.0, "withdrawn")]);
    assert_eq!(story.entry(2.0).check.id, "link-missing");
    story.recorded_people = Some(9);
    story.expect(&[(2.0, "unknown")]);
    story.recorded_people = None;
    story.roster.push_str("- email: nameless@x.example\n");
    story.expect(&[(2.0, "unknown")]);
}

#[test]
fn what_is_switched_off_or_excluded_is_withdrawn() {
    let mut story = Story::new();
    story.ask(1.0, ADA, 1);
    story.policy.exclude = vec!["ada@x.example".to_owned()];
    story.expect(&[(2.0, "withdrawn")]);
    story.policy.exclude = Vec::new();
    story.policy.checks_off = vec!["link-missing".to_owned()];
    story.expect(&[(2.0, "withdrawn")]);
}

#[test]
fn what_is_for_the_operators_has_no_clock_and_no_answer() {
    let mut story = Story::new();
    story.fix();
    story.roster = story.roster.replace("reports_to: Mia Moss", "reports_to: Nobody");
    story.check = "manager-unresolved";
    story.expect(&[(1.0, "not asked")]);
    story.list(1.0, ADA, 1);
    story.say(1.5, ADA, None, "hello");
    story.expect(&[(2.0, "waiting"), (99.0, "waiting")]);
}

#[test]
fn a_marker_of_a_member_holds_what_no_operator_speaks_of() {
    for (level, round, is_held) in [(20, 1, true), (30, 2, true), (15, 1, false), (0, 1, false)] {
        let mut story = Story::new();
        story.users.push((1010, "olga", level));
        story.ask_by(1.0, 1010, ADA, round, &[]);
        let expected = if is_held { "held" } else { "not asked" };
        story.expect(&[(2.0, expected)]);
        assert_eq!(story.cases(2.0).ignored.len(), usize::from(!is_held), "{level} {round}");
        // An operator's marker of that round outranks it.
        story.ask(2.5, ADA, round);
        story.expect(&[(3.0, "waiting")]);
    }
}

#[test]
fn the_subject_and_whoever_is_mentioned_hold_nothing() {
    let mut story = Story::new();
    story.ask_by(1.0, ADA.id, ADA, 1, &[]);
    story.expect(&[(2.0, "not asked")]);
    let mut story = Story::new();
    story.ask_by(1.0, BOB.id, ADA, 1, &[BOB.id]);
    story.expect(&[(2.0, "not asked")]);
}

#[test]
fn a_like_name_keeps_both_from_being_asked() {
    let mut story = Story::new();
    story.fix();
    story.accounts = Some("Name,Email,Role,Calendly link,Status\nAda Bianchi,ada@home.example,user,https://calendly.com/other,active\nOtto Ohm,otto@x.example,owner,,active\nBob Stone,bob@x.example,user,,active\nMia Moss,mia@x.example,user,,active\n".to_owned());
    story.check = "account-missing";
    story.expect(&[(1.0, "held")]);
    story.check = "outsider";
    story.expect(&[(1.0, "held")]);
    story.policy.aliases.insert("ada@x.example".to_owned(), "ada@home.example".to_owned());
    assert!(story.find(1.0).is_none());
}

#[test]
fn reviews_and_notices_are_listed_in_the_order_of_time() {
    let mut story = Story::new();
    story.ask(2.0, ADA, 1);
    story.review(3.0, true);
    let cases = story.cases(4.0);
    assert_eq!(cases.notices.len(), 1);
    assert_eq!(cases.reviews.iter().map(|review| review.is_complete).collect::<Vec<_>>(), [true]);
    assert_eq!(cases.notices.first().map(|note| note.author.id), Some(OTTO.id));
}
