//! What operators do explicitly, and two operators at once.

use super::super::{Act, Refusal, Selection, duplicates};
use super::told::{ADA, BERT, LINK, OLGA, OUTSIDER, PETE, edit, told, with_outsider};
use super::world::World;
use crate::plan::Plan;
use crate::record::marker::Marked;
use crate::report::Decision;
use crate::steps::outsiders::{self, Proposal};

fn accept(finding: &str) -> Act {
    Act::Accept { findings: vec![finding.to_owned()], reason: "It is meant.".to_owned() }
}

fn ask_again(finding: &str) -> Act {
    Act::AskAgain { findings: vec![finding.to_owned()], reason: String::new() }
}

fn sent(subject: &str) -> Act {
    Act::Sent { subject: subject.to_owned() }
}

fn answered(subject: &str) -> Act {
    Act::Answered { subject: subject.to_owned(), reason: "Keeps /close it.".to_owned() }
}

#[test]
fn nobody_accepts_their_own() {
    // By number; and by username, whom GitLab has not been asked about.
    for handle in ["{id: 10, username: ada}", "{username: Ada}"] {
        let mut world = told();
        edit(&mut world.texts.team, "{id: 10, username: ada}", handle);
        world.operators.insert(ADA);
        world.read();
        let refused = world.with_facts(|facts| {
            let acts = vec![accept(LINK)];
            let directory = crate::record::directory::Directory::default();
            let facts = super::super::FollowupInput { directory: &directory, ..*facts };
            let ada = crate::record::conversation::User { id: ADA, username: "ada".to_owned() };
            super::super::plan(&facts, &Selection { acts, ..Selection::default() }, &ada, "")
        });
        let message = "Ada Ash is you: another operator has to accept it";
        assert_eq!(refused, Err(Refusal::Impossible(message.to_owned())), "{handle}");
        // Nor does it count where they wrote it all the same, or resolved the thread.
        let body = world.forge(Marked::Accept, "link-missing", "ada@x.example").unwrap();
        world.say(ADA, None, &body);
        assert_eq!(world.word(LINK), "not asked");
        world.say(PETE, None, &body);
        assert_eq!(world.word(LINK), "justified");
    }
}

#[test]
fn nobody_decides_about_their_own_account() {
    let mut world = with_outsider();
    world.operators.insert(super::told::XENO);
    world.texts.policy.handles.insert("xeno@y.example".to_owned(), "xeno".to_owned());
    world.read();
    let body = world.forge(Marked::Decide, "outsider", "xeno@y.example").unwrap();
    let body = body.replace(" -->", " decision=keep -->");
    world.say(super::told::XENO, None, &body);
    assert_eq!(world.word(OUTSIDER), "not asked");
    world.say(OLGA, None, &body);
    assert_eq!(world.word(OUTSIDER), "justified");
}

#[test]
fn what_was_done_is_done_once() {
    let (mut world, thread, _) = World::asked(1);
    for act in [answered("ada@x.example"), accept(LINK)] {
        let due = world.do_act(OLGA, act.clone());
        assert_eq!(due.plan.actions.len(), 1);
        let again = world.act(OLGA, act).unwrap();
        assert!(again.plan.is_empty(), "{again:?}");
        assert_eq!(again.plan.notes, ["this is recorded already"]);
    }
    let body = &world.thread_mut(&thread).notes[1].body;
    assert!(body.contains("- Reason: `Keeps /close it.`"), "{body}");
}

#[test]
fn an_answer_from_outside_is_recorded() {
    let (mut world, _, _) = World::asked(1);
    let due = world.do_act(OLGA, answered("ADA"));
    assert_eq!(World::outline(&due), ["reply: An answer came outside this issue."]);
    world.pass(100);
    assert_eq!(world.word(LINK), "answered");
}

#[test]
fn who_cannot_be_mentioned_is_asked_outside_and_the_clock_begins_with_sent() {
    let mut world = told();
    edit(&mut world.texts.team, "  gitlab: {id: 10, username: ada}\n", "");
    let due = world.run(OLGA);
    assert!(due.plan.is_empty());
    let [letter] = due.advice.as_slice() else { panic!("{due:?}") };
    assert_eq!((&*letter.name, letter.email.as_deref()), ("Ada Ash", Some("ada@x.example")));
    assert_eq!(letter.reason, "no GitLab username is known");
    assert!(letter.text.contains("- You have no Calendly link in the roster. Add"));
    assert!(letter.text.ends_with(&format!("\n{}\n", super::world::URL)));
    world.pass(100);
    assert_eq!(world.word(LINK), "not asked");
    let due = world.do_act(OLGA, sent("ada@x.example"));
    let first =
        "open: By e-mail, Ada Ash was asked about what the access review of Calendly found.";
    assert_eq!(World::outline(&due), [first]);
    assert!(!world.conversation.threads[0].notes[0].body.contains('@'));
    assert_eq!(world.word(LINK), "waiting");
    let again = world.act(OLGA, sent("ada@x.example")).unwrap().plan;
    assert_eq!((again.is_empty(), &*again.notes[0]), (true, "Ada Ash was asked already"));
    let mut accepted = told();
    let findings = vec![LINK.to_owned()];
    accepted.do_act(OLGA, Act::Accept { findings, reason: "Fine.".to_owned() });
    let nothing = Refusal::Impossible("nothing is to be sent to Ada Ash".to_owned());
    assert_eq!(accepted.act(OLGA, sent("ada@x.example")), Err(nothing));
    world.pass(72);
    let due = world.run(OLGA);
    assert_eq!(World::outline(&due).len(), 1);
    assert!(World::outline(&due)[0].starts_with("reply: @mia @sam: there is no answer from"));
}

#[test]
fn what_cannot_be_asked_again() {
    let refused = |world: &mut World, finding: &str| {
        world.act(OLGA, ask_again(finding)).unwrap_err().to_string()
    };
    let mut world = told();
    edit(&mut world.texts.team, "reports_to: Mia Man", "reports_to: Nobody");
    world.run(OLGA);
    let of_operators = "manager-unresolved:ada@x.example";
    assert_eq!(
        refused(&mut world, of_operators),
        format!("{of_operators} is what operators are asked")
    );
    assert_eq!(refused(&mut world, "link-missing:eve"), "nothing is found about link-missing:eve");
    assert_eq!(refused(&mut world, "ada"), "nothing is found about ada");

    let (mut world, _, _) = World::asked(80);
    world.texts.exceptions = "- {check: link-missing, email: ada@x.example, reason: r, approved_by: boss, approved_on: 2027-02-01, expires: 2027-06-01}".to_owned();
    assert_eq!(refused(&mut world, LINK), format!("{LINK} is justified by an exception"));
    world.texts.exceptions.clear();
    let body = world.forge(Marked::Fixed, "link-missing", "ada@x.example").unwrap();
    let forged = world.say(BERT, None, &body);
    assert!(refused(&mut world, LINK).contains("is held: bert wrote"));
    world.delete(forged);
    edit(&mut world.texts.team, "  gitlab: {id: 10, username: ada}\n", "");
    let message = "Ada Ash cannot be asked here: no GitLab username is known";
    assert_eq!(refused(&mut world, LINK), message);
}

#[test]
fn a_name_that_several_share_names_none_of_them() {
    let mut world = told();
    world.texts.team.push_str("- name: Ada Ash\n  email: ash@x.example\n");
    let refused = world.act(OLGA, accept("link-missing:ada ash")).unwrap_err().to_string();
    assert_eq!(
        refused,
        "link-missing:ada ash names several subjects: name one by its e-mail address"
    );
    assert!(world.act(OLGA, answered("Ada Ash")).is_err());
    let due = world.act(OLGA, accept("link-missing:ASH@x.example")).unwrap();
    assert_eq!(World::outline(&due), ["comment: Accepted as it is."]);
}

#[test]
fn findings_of_one_subject_are_accepted_where_they_were_asked() {
    let mut world = told();
    edit(&mut world.texts.team, "reports_to: Mia Man", "reports_to: Nobody");
    world.run(OLGA);
    let findings = [LINK, "manager-unresolved:ada@x.example", LINK].map(str::to_owned).to_vec();
    let due = world.do_act(PETE, Act::Accept { findings, reason: "Fine.".to_owned() });
    assert_eq!(World::outline(&due).len(), 2);
    for thread in &world.conversation.threads {
        assert_eq!(thread.notes[1].body.matches("\n- `").count(), 1, "{thread:?}");
    }
    let due = world.run(OLGA);
    assert_eq!(World::outline(&due), ["resolve", "resolve"]);
}

#[test]
fn of_two_equal_comments_the_first_stands() {
    let mut world = told();
    let (one, other) = {
        let all = Selection::default();
        (world.due(OLGA, &all).unwrap(), world.due(PETE, &all).unwrap())
    };
    world.post(&one.plan, OLGA);
    let second = world.post(&other.plan, PETE);
    assert_eq!(world.with_facts(|facts| duplicates(facts, OLGA)), [0; 0]);
    assert_eq!(world.with_facts(|facts| duplicates(facts, PETE)), [second[0].0]);
    world.delete(second[0].0);
    assert_eq!(world.with_facts(|facts| duplicates(facts, PETE)), [0; 0]);
}

#[test]
fn what_is_said_again_for_a_reason_is_no_duplicate() {
    let none = |world: &mut World| {
        for operator in [OLGA, PETE] {
            assert_eq!(world.with_facts(|facts| duplicates(facts, operator)), [0; 0]);
        }
    };
    // A page was read twice.
    let (mut world, _, ping) = World::asked(80);
    world.conversation.threads.push(world.conversation.threads[0].clone());
    none(&mut world);
    world.conversation.threads.pop();
    // The ping was deleted after the escalation, and made anew.
    world.run(OLGA);
    world.delete(ping);
    world.run(OLGA);
    world.pass(80);
    let due = world.run(OLGA);
    assert!(World::outline(&due)[0].contains("@mia @sam: there"), "{due:?}");
    none(&mut world);
    assert_eq!(world.word(LINK), "escalated");
    // Two operators accept it: each says so for themself.
    world.do_act(OLGA, accept(LINK));
    world.do_act(PETE, accept(LINK));
    none(&mut world);
    // Kept, to be removed, and kept after all.
    let mut world = with_outsider();
    for decision in [Decision::Keep, Decision::Remove, Decision::Keep] {
        world.read();
        let email = "xeno@y.example".to_owned();
        let proposal = Proposal { email, decision, justification: "Demos.".to_owned() };
        let (evaluation, policy) = (world.evaluation(), &world.texts.policy);
        let marker = World::marker();
        let action = outsiders::confirm(evaluation, policy, marker, 1, "olga", &proposal);
        let plan = Plan { actions: action.into_iter().collect(), notes: Vec::new() };
        world.post(&plan, OLGA);
        none(&mut world);
    }
}
