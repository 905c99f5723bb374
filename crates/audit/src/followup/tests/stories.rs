//! Three stories, told from beginning to end.

use super::super::{Act, State};
use super::told::{ADA, LINK, MIA, OLGA, OUTSIDER, PETE, edit, told, with_outsider};
use super::world::{HEAD, World};
use crate::plan::Plan;
use crate::report::Decision;
use crate::steps::outsiders::{self, Proposal};
use crate::steps::review;

#[test]
fn one_who_fixes_a_link_while_something_else_stays_open() {
    let mut world = told();
    let rows = [
        "Mia,mia@x.example,Owner,https://calendly.com/mia,Active\n",
        "Ada,ada@x.example,User,https://calendly.com/ada,Pending\n",
    ];
    world.texts.accounts = Some(format!("{HEAD}{}", rows.concat()));
    let invited = "invitation-pending:ada@x.example";

    // On Monday she is asked about both, in one comment.
    let due = world.run(OLGA);
    assert_eq!(World::outline(&due).len(), 1);
    let (thread, _) = world.only_thread();
    assert_eq!((world.word(LINK), world.word(invited)), ("waiting", "waiting"));

    // On Tuesday she has a link and says so.
    world.pass(26);
    world.link("https://calendly.com/ada");
    world.say(ADA, Some(&thread), "Here it is.");
    let due = world.run(OLGA);
    let outline = World::outline(&due);
    assert_eq!(outline, ["reply: Fixed, as seen at 2027-02-02T12:00:00Z. Thank you."]);
    assert!(world.thread_mut(&thread).notes[2].body.contains("- `link-missing` of Ada Ash"));
    // Her answer was to the invitation as well, as far as anybody can tell.
    assert_eq!((world.word(LINK), world.word(invited)), ("fixed", "answered"));
    assert_eq!(world.thread_mut(&thread).resolved, None);

    // A week later the operator has read it and asks again; nobody else is told.
    world.pass(24 * 7);
    assert_eq!(world.due_now(), [""; 0]);
    let findings = vec![invited.to_owned()];
    let due =
        world.do_act(PETE, Act::AskAgain { findings, reason: "And the invitation?".to_owned() });
    assert_eq!(World::outline(&due).len(), 1);
    assert_eq!((world.word(LINK), world.word(invited)), ("fixed", "waiting"));

    // She joins, and the thread ends.
    world.pass(30);
    edit(world.texts.accounts.as_mut().unwrap(), "Pending", "Active");
    let due = world.run(PETE);
    let outline = World::outline(&due);
    assert!(outline[0].starts_with("reply: Fixed") && outline[1] == "resolve", "{outline:?}");
    assert_eq!(world.states(), [format!("{LINK} fixed 1"), format!("{invited} fixed 2")]);
    assert_eq!(world.with_facts(|facts| review::readiness(facts).open), [""; 0]);
}

#[test]
fn an_outsider_without_a_handle_who_never_answers() {
    let mut world = with_outsider();
    // Nobody can be mentioned: the operator writes an e-mail and records it.
    let due = world.run(OLGA);
    assert!(due.plan.is_empty());
    assert_eq!(due.advice[0].email.as_deref(), Some("xeno@y.example"));
    assert_eq!(due.advice[0].reason, "no GitLab username is known");
    world.pass(5);
    world.do_act(OLGA, Act::Sent { subject: "xeno@y.example".to_owned() });
    assert_eq!(world.word(OUTSIDER), "waiting");

    // Nobody is the manager of an outsider.
    world.pass(72);
    let due = world.run(OLGA);
    let outline = World::outline(&due);
    assert!(outline[0].starts_with("reply: @sam: there is no answer from `xeno@y.example` since"));
    assert_eq!(
        due.plan.notes[0],
        "the escalation about xeno@y.example: no manager is known of somebody who is not on the roster; sam is a Support Operations Manager"
    );
    world.pass(72);
    assert_eq!(world.word(OUTSIDER), "exhausted");
    let open = world.with_facts(|facts| review::readiness(facts).open);
    assert_eq!(open, [format!("{OUTSIDER} is exhausted, asked on 2027-02-01")]);

    // It is decided that they go; that justifies nothing as long as they are there.
    world.read();
    let proposal = Proposal {
        email: "xeno@y.example".to_owned(),
        decision: Decision::Remove,
        justification: String::new(),
    };
    let (evaluation, policy) = (world.evaluation(), &world.texts.policy);
    let decided = outsiders::confirm(evaluation, policy, World::marker(), 1, "olga", &proposal);
    world.post(&Plan { actions: decided.into_iter().collect(), notes: Vec::new() }, OLGA);
    assert_eq!((world.word(OUTSIDER), world.due_now()), ("exhausted", vec![]));

    // They are gone.
    world.pass(1);
    edit(world.texts.accounts.as_mut().unwrap(), "Xeno,xeno@y.example,User,,Active\n", "");
    let due = world.run(PETE);
    let outline = World::outline(&due);
    assert!(outline[0].starts_with("reply: Fixed, as seen at") && outline[1] == "resolve");
    assert!(world.states()[0].ends_with(" fixed 1"), "{:?}", world.states());
    assert_eq!(world.due_now(), [""; 0]);
    assert_eq!(world.with_facts(|facts| review::readiness(facts).open), [""; 0]);
}

#[test]
fn one_whose_manager_is_not_on_the_roster() {
    let mut world = told();
    edit(&mut world.texts.team, "reports_to: Mia Man", "reports_to: Someone Else");
    let due = world.run(OLGA);
    let outline = World::outline(&due);
    assert!(outline[0].starts_with("open: @ada: ") && outline[1] == "open: **For the operators**");
    world.pass(73);
    let due = world.run(OLGA);
    assert!(World::outline(&due)[0].starts_with("reply: @sam: there is no answer from Ada Ash"));
    assert_eq!(
        due.plan.notes[0],
        "the escalation about Ada Ash: the manager of Ada Ash is not known; sam is a Support Operations Manager"
    );

    // The entry is corrected; what operators were asked is told to be fixed, and that thread ends.
    world.pass(2);
    edit(&mut world.texts.team, "reports_to: Someone Else", "reports_to: Mia Man");
    let due = world.run(OLGA);
    let outline = World::outline(&due);
    assert!(
        outline[0].starts_with("reply: Fixed") && outline[1] == "resolve" && outline.len() == 2
    );
    let of_operators = world.conversation.threads.last().unwrap();
    assert!(of_operators.resolved.is_some());
    assert_eq!(world.word(LINK), "escalated");

    // The new manager was not mentioned: what she says in the thread is no answer; what Ada says is.
    let thread = world.conversation.threads[0].id.clone();
    world.say(MIA, Some(&thread), "I know of it.");
    assert_eq!(world.word(LINK), "escalated");
    world.pass(72);
    assert_eq!(world.word(LINK), "exhausted");
    world.say(ADA, None, "I do not use Calendly.");
    assert_eq!(world.state(LINK).unwrap().0, State::Answered);
    let findings = vec![LINK.to_owned()];
    world.do_act(PETE, Act::Accept { findings, reason: "Does not book.".to_owned() });
    world.run(OLGA);
    let states = world.states();
    assert!(states.iter().any(|it| it == &format!("{LINK} justified 1")), "{states:?}");
    assert!(world.thread_mut(&thread).resolved.is_some());
}
