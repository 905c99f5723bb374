//! Rounds: what begins another, and what does not.

use super::super::Act;
use super::told::{ADA, LINK, MIA, OLGA, OUTSIDER, PETE, edit, told, with_outsider};
use super::world::World;
use crate::plan::Plan;
use crate::report::Decision;
use crate::steps::outsiders::{self, Proposal};

fn accept(finding: &str) -> Act {
    Act::Accept { findings: vec![finding.to_owned()], reason: "It is meant.".to_owned() }
}

fn ask_again(finding: &str) -> Act {
    Act::AskAgain { findings: vec![finding.to_owned()], reason: "See the handbook.".to_owned() }
}

#[test]
fn a_fixed_finding_that_is_found_again_begins_a_round_with_its_own_clock() {
    let (mut world, thread, _) = World::asked(1);
    world.say(ADA, Some(&thread), "Done.");
    world.link("https://calendly.com/ada");
    world.run(OLGA);
    world.pass(100);
    world.unlink();
    assert_eq!((world.word(LINK), world.round(LINK)), ("not asked", 2));
    let due = world.run(OLGA);
    let outline = World::outline(&due);
    assert_eq!(outline[0], "reopen");
    assert!(outline[1].starts_with("reply: @ada: the access review"), "{outline:?}");
    // The answer was to the first round.
    assert_eq!((world.word(LINK), world.round(LINK)), ("waiting", 2));
    world.pass(72);
    assert_eq!(world.word(LINK), "overdue");
    assert!(world.run(OLGA).plan.actions.len() == 1 && world.word(LINK) == "escalated");
}

#[test]
fn what_is_found_again_before_anybody_said_that_it_was_fixed_is_the_same() {
    let (mut world, _, _) = World::asked(1);
    world.link("https://calendly.com/ada");
    world.pass(1);
    world.unlink();
    assert_eq!((world.word(LINK), world.round(LINK)), ("waiting", 1));
}

#[test]
fn a_justified_finding_begins_a_round_when_its_evidence_changes() {
    let malformed = "link-malformed:ada@x.example";
    let mut world = told();
    world.link("https://calendly.com/ada/one");
    world.run(OLGA);
    // Evidence that changes while it is waited for changes nothing.
    edit(&mut world.texts.team, "ada/one", "ada/two");
    world.pass(10);
    assert_eq!((world.word(malformed), world.round(malformed)), ("waiting", 1));
    world.do_act(PETE, accept(malformed));
    assert_eq!(world.word(malformed), "justified");
    world.run(OLGA);
    for (from, to) in [("ada/two", "ada/three"), ("ada/three", "ada/one")] {
        edit(&mut world.texts.team, from, to);
        // What was first asked about was never accepted, though its thread is resolved.
        assert_eq!((world.word(malformed), world.round(malformed)), ("not asked", 2), "{to}");
    }
    world.run(OLGA);
    assert_eq!((world.word(malformed), world.round(malformed)), ("waiting", 2));
    edit(&mut world.texts.team, "ada/one", "ada/two");
    assert_eq!(world.word(malformed), "justified");
}

#[test]
fn a_justified_finding_begins_a_round_when_its_exception_ends() {
    let (mut world, _, _) = World::asked(1);
    world.texts.exceptions = "- {check: link-missing, email: ada@x.example, reason: r, approved_by: boss, approved_on: 2027-02-01, expires: 2027-02-04}".to_owned();
    world.pass(13);
    assert_eq!(world.word(LINK), "justified");
    // It stays to be seen, since it ends by itself.
    assert_eq!(world.due_now(), [""; 0]);
    world.pass(60);
    assert_eq!((world.word(LINK), world.round(LINK)), ("not asked", 2));
    world.run(OLGA);
    assert_eq!((world.word(LINK), world.round(LINK)), ("waiting", 2));
    assert_eq!(world.due_now(), [""; 0]);
    world.pass(72);
    assert_eq!((world.word(LINK), world.round(LINK)), ("overdue", 2));
}

#[test]
fn the_end_of_an_exception_that_justified_nothing_is_nothing() {
    let (mut world, _, _) = World::asked(1);
    world.texts.exceptions = "- {check: link-missing, email: ada@x.example, reason: r, approved_by: ada, approved_on: 2027-02-01, expires: 2027-02-02}".to_owned();
    world.pass(30);
    assert_eq!((world.word(LINK), world.round(LINK)), ("waiting", 1));
}

#[test]
fn asking_again_is_the_only_ping_after_an_answer() {
    let (mut world, thread, _) = World::asked(1);
    world.say(ADA, Some(&thread), "What is it?");
    world.pass(100);
    let due = world.do_act(OLGA, ask_again(LINK));
    let outline = World::outline(&due);
    assert_eq!(outline, ["reply: @ada: thank you for the answer. Please have another look."]);
    let body = &world.thread_mut(&thread).notes.last().unwrap().body;
    assert!(body.contains("- Reason: See the handbook."), "{body}");
    assert_eq!((world.word(LINK), world.round(LINK)), ("waiting", 2));
    // Whoever was just asked is not asked once more.
    let due = world.act(OLGA, ask_again(LINK)).unwrap();
    assert!(due.plan.is_empty() && due.plan.notes[0].contains("is waiting until"), "{due:?}");
    world.pass(72);
    assert_eq!(world.word(LINK), "overdue");
    world.say(ADA, Some(&thread), "Ah.");
    assert_eq!(world.word(LINK), "answered");
}

#[test]
fn asking_again_without_an_answer_thanks_for_none() {
    let (mut world, _, _) = World::asked(80);
    let due = world.do_act(OLGA, ask_again(LINK));
    assert_eq!(
        World::outline(&due),
        ["reply: @ada: this is still open. Please have another look."]
    );
}

#[test]
fn asking_again_takes_back_an_accept() {
    let (mut world, _, _) = World::asked(1);
    world.do_act(PETE, accept(LINK));
    world.run(OLGA);
    let due = world.do_act(PETE, ask_again(LINK));
    assert_eq!(World::outline(&due)[0], "reopen");
    assert_eq!((world.word(LINK), world.round(LINK)), ("waiting", 2));
    world.do_act(PETE, accept(LINK));
    assert_eq!(world.word(LINK), "justified");
}

#[test]
fn a_deleted_ping_was_never_made() {
    let (mut world, thread, ping) = World::asked(1);
    world.say(MIA, Some(&thread), "I see.");
    world.delete(ping);
    assert_eq!((world.word(LINK), world.round(LINK)), ("not asked", 1));
    // An edited one that lost its marker neither.
    world.run(OLGA);
    let (id, note) = {
        let thread = world.conversation.threads.last().unwrap();
        (thread.id.clone(), thread.notes[0].id)
    };
    assert_ne!(id, thread);
    assert_eq!(world.word(LINK), "waiting");
    world.note_mut(note).body = "Never mind.".to_owned();
    assert_eq!(world.word(LINK), "not asked");
}

#[test]
fn without_its_first_note_a_thread_is_still_the_persons() {
    let (mut world, thread, ping) = World::asked(1);
    world.say(ADA, Some(&thread), "What is it?");
    world.do_act(OLGA, ask_again(LINK));
    world.delete(ping);
    world.pass(80);
    world.run(OLGA);
    assert_eq!(world.word(LINK), "escalated");
    assert_eq!(world.conversation.threads.len(), 1);
    world.link("https://calendly.com/ada");
    world.run(OLGA);
    assert!(world.thread_mut(&thread).resolved.is_some());
}

#[test]
fn a_deleted_second_ping_leaves_the_first_round() {
    let (mut world, thread, _) = World::asked(1);
    world.say(ADA, Some(&thread), "What is it?");
    world.do_act(OLGA, ask_again(LINK));
    let second = world.thread_mut(&thread).notes.last().unwrap().id;
    world.delete(second);
    assert_eq!((world.word(LINK), world.round(LINK)), ("answered", 1));
}

fn decide(world: &mut World, by: u64, decision: Decision) {
    world.read();
    let email = "xeno@y.example".to_owned();
    let proposal = Proposal { email, decision, justification: "Demos.".to_owned() };
    let name = world.user(by).username.clone();
    let (evaluation, policy) = (world.evaluation(), &world.texts.policy);
    let action = outsiders::confirm(evaluation, policy, World::marker(), 1, &name, &proposal);
    let plan = Plan { actions: action.into_iter().collect(), notes: Vec::new() };
    world.post(&plan, by);
}

#[test]
fn the_last_decision_about_the_same_evidence_counts() {
    let mut world = with_outsider();
    world.texts.policy.handles.insert("xeno@y.example".to_owned(), "xeno".to_owned());
    decide(&mut world, OLGA, Decision::Keep);
    assert_eq!(world.word(OUTSIDER), "justified");
    decide(&mut world, PETE, Decision::Remove);
    assert_eq!(world.word(OUTSIDER), "not asked");
    decide(&mut world, OLGA, Decision::Keep);
    assert_eq!(world.word(OUTSIDER), "justified");
    // As an admin they are another matter, whose decision says nothing of the first.
    edit(world.texts.accounts.as_mut().unwrap(), "y.example,User", "y.example,Admin");
    assert_eq!(world.word(OUTSIDER), "not asked");
    decide(&mut world, PETE, Decision::Remove);
    edit(world.texts.accounts.as_mut().unwrap(), "y.example,Admin", "y.example,User");
    assert_eq!(world.word(OUTSIDER), "justified");
}
