//! What is an answer, and what is none.

use super::super::{Act, Selection, State, cases, pings_to_look_at};
use super::told::{ADA, BERT, LINK, MIA, OLGA, PETE, SAM, edit, told};
use super::world::World;
use crate::record::conversation::{Reaction, Resolved};

#[test]
fn of_the_subject_anywhere_and_after_the_ping() {
    for is_here in [true, false] {
        let mut world = told();
        world.say(ADA, None, "Good morning.");
        world.run(OLGA);
        world.pass(73);
        assert_eq!(world.word(LINK), "overdue");
        let thread = world.conversation.threads[1].id.clone();
        world.say(ADA, Some(&*thread).filter(|_| is_here), "It is meant.");
        assert_eq!(world.word(LINK), "answered");
    }
}

#[test]
fn a_deleted_answer_is_no_answer_and_an_edited_one_stays() {
    let (mut world, thread, _) = World::asked(1);
    let answer = world.say(ADA, Some(&thread), "It is meant.");
    world.note_mut(answer).body = "It was meant.".to_owned();
    assert_eq!(world.word(LINK), "answered");
    world.delete(answer);
    world.pass(72);
    assert_eq!(world.word(LINK), "overdue");
}

#[test]
fn it_counts_for_what_had_been_asked_when_it_was_written() {
    let malformed = "link-malformed:ada@x.example";
    let (mut world, thread, _) = World::asked(1);
    world.say(ADA, Some(&thread), "It is meant.");
    world.link("https://calendly.com/ada/x");
    world.run(OLGA);
    assert_eq!(world.word(malformed), "waiting");
    world.say(ADA, Some(&thread), "This, too.");
    assert_eq!(world.word(malformed), "answered");
}

#[test]
fn of_those_whom_the_thread_mentioned_in_that_thread() {
    let (mut world, thread, _) = World::asked(1);
    world.say(MIA, Some(&thread), "She is away.");
    world.pass(72);
    // Nobody had mentioned her.
    assert_eq!(world.word(LINK), "overdue");
    world.run(OLGA);
    world.say(MIA, None, "Elsewhere.");
    world.say(BERT, Some(&thread), "I wonder.");
    world.say_system(Some(&thread));
    assert_eq!(world.word(LINK), "escalated");
    let note = world.say(MIA, Some(&thread), "She is away.");
    assert_eq!(world.word(LINK), "answered");
    world.delete(note);
    world.say(SAM, Some(&thread), "I look into it.");
    assert_eq!(world.word(LINK), "answered");
}

#[test]
fn an_answer_about_one_is_none_about_another() {
    let mut world = told();
    world.texts.team.push_str(
        "- {name: Bert Bo, email: bert@x.example, gitlab: {id: 50}, reports_to: Mia Man}\n",
    );
    world.run(OLGA);
    world.pass(72);
    world.run(OLGA);
    let about_ada = &world.conversation.threads[0];
    assert!(about_ada.notes[0].body.starts_with("@ada"));
    let thread = about_ada.id.clone();
    world.say(MIA, Some(&thread), "She is away.");
    let other = "link-missing:bert@x.example";
    assert_eq!((world.word(LINK), world.word(other)), ("answered", "escalated"));
    world.say(BERT, Some(&thread), "And I?");
    assert_eq!(world.word(other), "answered");
}

#[test]
fn notes_of_other_operators_are_none() {
    let (mut world, thread, _) = World::asked(1);
    world.say(PETE, Some(&thread), "Hello?");
    world.say(OLGA, Some(&thread), "Hello?");
    world.pass(72);
    assert_eq!(world.word(LINK), "overdue");
    // Even where the thread mentions an operator, who is the manager.
    world.managers = vec!["pete".to_owned()];
    world.run(OLGA);
    world.say(PETE, Some(&thread), "I am on it.");
    assert_eq!(world.word(LINK), "escalated");
    // What an operator says of their own finding is an answer.
    world.operators.insert(ADA);
    world.say(ADA, None, "I know.");
    assert_eq!(world.word(LINK), "answered");
}

#[test]
fn a_reaction_to_the_ping_of_the_subject_or_of_those_it_mentioned() {
    let (mut world, _, ping) = World::asked(1);
    world.react(BERT, ping);
    world.react(MIA, ping);
    world.pass(72);
    assert_eq!(world.word(LINK), "overdue");
    world.react(ADA, ping);
    assert_eq!(world.word(LINK), "answered");
    let early =
        Reaction { by: world.user(ADA).clone(), at: "2027-01-01T00:00:00Z".parse().unwrap() };
    world.reactions.insert(ping, vec![early]);
    assert_eq!(world.word(LINK), "overdue");
    world.reactions.clear();
    world.run(OLGA);
    let escalation = world.conversation.threads[0].notes[1].id;
    // Reactions are read only for what would be escalated now.
    let to_read = world.with_facts(|facts| pings_to_look_at(&cases(facts)));
    assert_eq!(to_read, [0; 0]);
    let reaction = Reaction { by: world.user(MIA).clone(), at: world.now };
    world.conversation.reactions.insert(escalation, vec![reaction]);
    assert_eq!(world.word(LINK), "answered");
}

#[test]
fn a_reaction_to_what_came_before_a_ping_that_was_made_anew_is_none() {
    let (mut world, _, ping) = World::asked(80);
    world.run(OLGA);
    let escalation = world.conversation.threads[0].notes[1].id;
    world.delete(ping);
    world.run(OLGA);
    let reaction = Reaction { by: world.user(MIA).clone(), at: world.now };
    world.conversation.reactions.insert(escalation, vec![reaction]);
    assert_eq!(world.word(LINK), "waiting");
}

#[test]
fn reactions_are_looked_at_before_anybody_is_escalated() {
    let (mut world, _, ping) = World::asked(72);
    let to_read = world.with_facts(|facts| pings_to_look_at(&cases(facts)));
    assert_eq!(to_read, [ping]);
    world.now = world.now.checked_sub(jiff::SignedDuration::from_hours(1)).unwrap();
    let to_read = world.with_facts(|facts| pings_to_look_at(&cases(facts)));
    assert_eq!(to_read, [0; 0]);
}

#[test]
fn resolved_by_its_subject_a_thread_is_answered() {
    let (mut world, thread, _) = World::asked(1);
    world.resolve(ADA, &thread);
    world.pass(100);
    assert_eq!(world.word(LINK), "answered");
    world.unresolve(&thread);
    assert_eq!(world.word(LINK), "overdue");
    // Whoever it was: nobody is pinged.
    world.thread_mut(&thread).resolved =
        Some(Resolved { by: None, is_by_operator: false, at: None });
    assert_eq!(world.word(LINK), "answered");
}

#[test]
fn resolved_by_anybody_else_it_is_nothing() {
    let (mut world, thread, _) = World::asked(1);
    world.resolve(BERT, &thread);
    world.pass(72);
    assert_eq!(world.word(LINK), "overdue");
    let outline = world.due_now();
    assert!(outline[0] == "reopen" && outline[1].starts_with("reply: @mia @sam"), "{outline:?}");
}

#[test]
fn resolved_by_hand_by_an_operator_it_is_justified() {
    let (mut world, thread, _) = World::asked(1);
    world.resolve(PETE, &thread);
    world.pass(100);
    assert_eq!(world.word(LINK), "justified");
    let notes = world.notes();
    assert_eq!(notes, [format!("{LINK} is justified by pete, who resolved the thread")]);
    world.unresolve(&thread);
    assert_eq!(world.word(LINK), "overdue");
    // It justifies what had been asked before, not what comes later.
    world.resolve(PETE, &thread);
    let malformed = "link-malformed:ada@x.example";
    world.link("https://calendly.com/ada/x");
    world.run(OLGA);
    assert_eq!(world.word(malformed), "waiting");
}

#[test]
fn an_operator_does_not_justify_their_own_by_resolving() {
    let mut world = told();
    world.operators.insert(ADA);
    world.run(OLGA);
    let (thread, _) = world.only_thread();
    world.resolve(ADA, &thread);
    assert_eq!(world.word(LINK), "answered");
}

/// Ada and Mia share a page, so that Ada has one finding in her thread, and Mia too.
fn two_findings() -> (World, String) {
    let mut world = told();
    edit(
        &mut world.texts.team,
        "  reports_to: Mia Man\n",
        "  reports_to: Mia Man\n  calendly: https://calendly.com/ada/x\n",
    );
    world.run(OLGA);
    let (thread, _) = world.only_thread();
    (world, thread)
}

#[test]
fn opening_a_thread_again_takes_nothing_back() {
    type Check = (u64, &'static str);
    let cases: [Check; 2] = [(PETE, "justified"), (ADA, "answered")];
    for (by, word) in cases {
        let (mut world, thread) = two_findings();
        let malformed = "link-malformed:ada@x.example";
        world.resolve(by, &thread);
        assert_eq!(world.word(malformed), word);
        // Something else comes up: it is asked about, and the thread stays resolved.
        edit(&mut world.texts.team, "https://calendly.com/mia", "https://calendly.com/ada/x");
        let due = world.run(OLGA);
        assert!(!World::outline(&due).contains(&"reopen".to_owned()), "{due:?}");
        assert_eq!(world.word("link-shared:ada@x.example"), "waiting");
        assert_eq!(world.word(malformed), word);
        world.pass(100);
        world.run(OLGA);
        assert_eq!(world.word("link-shared:ada@x.example"), "escalated");
        assert_eq!(world.word(malformed), word);
        // Asked again itself, it is opened.
        let findings = vec![malformed.to_owned()];
        let due = world.do_act(OLGA, Act::AskAgain { findings, reason: String::new() });
        assert_eq!(World::outline(&due)[0], "reopen");
        assert_eq!(world.word(malformed), "waiting");
    }
}

#[test]
fn answers_wait_for_no_selection() {
    let (mut world, thread, _) = World::asked(80);
    world.say(ADA, Some(&thread), "It is meant.");
    let only = Selection { only: vec!["ada".to_owned()], ..Selection::default() };
    assert!(world.due(OLGA, &only).unwrap().plan.is_empty());
    assert_eq!(world.state(LINK).unwrap().0, State::Answered);
}
