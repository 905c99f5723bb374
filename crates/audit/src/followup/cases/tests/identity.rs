//! Whose a history is, when people and their keys change.

use super::story::{ADA, Actor, BOB, OTTO, Story};
use crate::followup::{DoubtReason, State};
use crate::record::marker::{Content, StepAction};

/// Ada, with Bob's id by mistake.
const TYPO: Actor = Actor { id: BOB.id, ..ADA };

#[test]
fn a_changed_name_address_or_username_loses_nothing() {
    for (from, to) in [
        ("name: Ada Bianchi", "name: Ada Rossi"),
        ("ada@x.example", "rossi@x.example"),
        ("ada@x.example", "ADA@x.example"),
        ("username: ada", "username: rossi"),
        ("gitlab: {id: 1001, username: ada}", "gitlab: {username: ada}"),
    ] {
        let mut story = Story::new();
        story.ask(1.0, ADA, 1);
        story.roster = story.roster.replacen(from, to, 1);
        if to.ends_with("rossi}") {
            story.users.push((1001, "rossi", 30));
        }
        story.expect(&[(2.0, "waiting"), (4.0, "overdue")]);
    }
}

#[test]
fn an_address_that_changes_before_the_id_does_loses_nothing() {
    let mut story = Story::new();
    let old = Actor { email: "old@x.example", ..ADA };
    story.act(0.5, old, 1, StepAction::Accept);
    story.expect(&[(2.0, "justified")]);
    // Without any id, the name and the mentioned user are left.
    let mut story = Story::new();
    story.roster = story.roster.replace("{id: 1001, username: ada}", "{username: ada}");
    let mut step = story.step(1.0, ADA, 1, StepAction::Ask { due: None });
    step.keys = super::story::keys(None, "old@x.example", "Somebody");
    step.mentioned = vec![ADA.id];
    story.post(1.0, OTTO.id, Content::Notice(vec![step]));
    story.expect(&[(2.0, "waiting")]);
}

#[test]
fn an_id_that_turns_out_to_be_somebody_elses_makes_the_history_doubtful() {
    let mut story = Story::new();
    story.act(1.0, TYPO, 1, StepAction::Accept);
    story.expect(&[(2.0, "in doubt")]);
    let State::InDoubt(doubt) = story.entry(2.0).state else { panic!("no doubt") };
    assert_eq!(doubt.reason, DoubtReason::SeveralSubjects);
    assert_eq!(doubt.subjects, ["Ada Bianchi", "Bob Stone"]);
    assert!(doubt.can_be_ended());
    // Bob's own finding is in doubt too.
    story.roster = story.roster.replace("  calendly: https://calendly.com/bob\n", "");
    let cases = story.cases(2.0);
    let states: Vec<&str> = cases
        .entries()
        .filter(|(_, entry)| entry.check.id == "link-missing")
        .map(|(_, entry)| entry.state.as_str())
        .collect();
    assert_eq!(states, ["in doubt", "in doubt"]);
}

#[test]
fn an_operators_word_ends_a_doubt() {
    let mut story = Story::new();
    story.ask_of(1.0, TYPO, 3, &[BOB.id]);
    story.expect(&[(2.0, "in doubt")]);
    assert_eq!(story.entry(2.0).round, 3);
    let again = story.act(2.0, ADA, 3, StepAction::Again);
    story.expect(&[(2.5, "not asked")]);
    assert_eq!(story.entry(2.5).round, 4);
    story.delete(again);
    story.act(2.0, ADA, 3, StepAction::Accept);
    story.expect(&[(2.5, "justified")]);
    // What comes later with the wrong id is in doubt again.
    story.ask_of(3.0, TYPO, 3, &[BOB.id]);
    story.expect(&[(3.5, "in doubt")]);
}

#[test]
fn asks_of_a_former_id_are_none_and_decisions_are_in_doubt() {
    let former = Actor { id: 1099, ..ADA };
    let mut story = Story::new();
    story.ask(1.0, former, 1);
    story.expect(&[(2.0, "not asked")]);
    assert_eq!(story.entry(2.0).round, 1);
    story.act(2.0, former, 1, StepAction::Accept);
    story.expect(&[(2.5, "in doubt")]);
    story.act(3.0, ADA, 1, StepAction::Again);
    story.expect(&[(3.5, "not asked")]);
    assert_eq!(story.entry(3.5).round, 2);
}

#[test]
fn an_id_or_an_address_that_two_entries_claim_is_neithers() {
    for (entry, reason) in [
        ("- name: Ann\n  email: ann@x.example\n  gitlab: {id: 1001}\n", DoubtReason::SharedId),
        ("- name: Ann\n  email: Ada@x.example\n  gitlab: {id: 1077}\n", DoubtReason::SharedEmail),
    ] {
        let mut story = Story::new();
        story.roster.push_str(entry);
        story.ask(1.0, ADA, 1);
        let cases = story.cases(2.0);
        let entries = cases.entries().filter(|(_, entry)| entry.check.id == "link-missing");
        for (case, entry) in entries {
            let State::InDoubt(doubt) = &entry.state else { panic!("{}: {entry:?}", case.name) };
            assert_eq!(doubt.reason, reason);
            assert!(!doubt.can_be_ended());
        }
    }
}

#[test]
fn an_id_and_a_username_of_different_users_are_a_contradiction() {
    let mut story = Story::new();
    story.roster = story.roster.replace("{id: 1001, username: ada}", "{id: 1001, username: bob}");
    story.expect(&[(2.0, "in doubt")]);
}

#[test]
fn whoever_takes_over_a_mailbox_inherits_nothing() {
    let mut story = Story::new();
    story.ask(1.0, ADA, 1);
    story.roster = story.roster.replace("Ada Bianchi", "Newt Nye");
    story.roster = story.roster.replace("{id: 1001, username: ada}", "{id: 1088, username: newt}");
    story.users.push((1088, "newt", 30));
    story.expect(&[(9.0, "not asked")]);
    story.act(2.0, ADA, 1, StepAction::Accept);
    story.expect(&[(9.0, "in doubt")]);
}
