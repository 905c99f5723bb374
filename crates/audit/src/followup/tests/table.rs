//! One test for each state that a finding may be in.

use jiff::ToSpan as _;

use super::super::{Act, Selection, State, cases};
use super::told::{ADA, BERT, LINK, MIA, OLGA, OUTSIDER, PETE, edit, told, with_outsider};
use super::world::World;
use crate::record::marker::Marked;
use crate::steps::review;

/// Something that happens to the world.
type Change = fn(&mut World);

#[test]
fn not_asked_opens_the_persons_thread() {
    let mut world = told();
    assert_eq!(world.word(LINK), "not asked");
    let due = world.run(OLGA);
    let first = "open: @ada: the access review of Calendly found something about you. Please fix it, or answer here if it is intentional.";
    assert_eq!(World::outline(&due), [first]);
    let thread = &world.conversation.threads[0];
    let body = &thread.notes[0].body;
    assert!(
        body.contains("`link-missing`: You have no Calendly link in the roster. Add `calendly:`")
    );
    assert!(
        body.lines().last().unwrap().starts_with("<!-- support-audit v1 calendly FY28-Q1 ask ")
    );
}

#[test]
fn not_asked_later_is_asked_in_the_same_thread() {
    let (mut world, thread, _) = World::asked(1);
    edit(
        &mut world.texts.team,
        "Mia Man\n- name",
        "Mia Man\n  calendly: https://calendly.com/ada/x\n- name",
    );
    assert_eq!(world.word("link-malformed:ada@x.example"), "not asked");
    let due = world.run(OLGA);
    assert_eq!(World::outline(&due).len(), 2, "{due:?}");
    assert!(World::outline(&due)[0].starts_with("reply: @ada: the access review"));
    // What was found before is fixed, but the thread stays open for what was just asked.
    assert!(World::outline(&due)[1].starts_with("reply: Fixed, as seen at"));
    assert_eq!(world.conversation.threads.len(), 1);
    assert_eq!(world.thread_mut(&thread).resolved, None);
    assert_eq!(world.word("link-malformed:ada@x.example"), "waiting");
}

#[test]
fn waiting_lasts_for_72_hours_from_the_persons_own_ping() {
    let (mut world, _, ping) = World::asked(0);
    let asked = world.note_mut(ping).created_at;
    for (hours, word) in [(0, "waiting"), (71, "waiting"), (72, "overdue")] {
        world.now = asked + hours.hours();
        assert_eq!(world.word(LINK), word, "{hours}");
    }
    world.now = asked + 72.hours() - 1.milliseconds();
    let until = Some(asked + 72.hours());
    assert_eq!(world.state(LINK).unwrap().0, State::Waiting { until });
    assert_eq!(world.due_now(), [""; 0]);
}

#[test]
fn answered_waits_for_the_operator() {
    let (mut world, thread, _) = World::asked(1);
    world.say(ADA, Some(&thread), "I do not use it.");
    world.pass(200);
    assert_eq!(world.word(LINK), "answered");
    assert_eq!(world.due_now(), [""; 0]);
    assert!(world.notes()[0].contains(": read it, then --accept or --ask-again"));
}

#[test]
fn overdue_goes_to_the_manager_and_the_support_operations_manager() {
    let (mut world, _, _) = World::asked(73);
    let due = world.run(OLGA);
    let first = "reply: @mia @sam: there is no answer from Ada Ash since 2027-02-01; mentions may be muted. Please help to have this fixed, or answer here if it is intentional.";
    assert_eq!(World::outline(&due), [first]);
    assert_eq!(world.word(LINK), "escalated");
}

#[test]
fn escalated_waits_as_long_again_and_is_exhausted_then() {
    let (mut world, _, _) = World::asked(73);
    world.run(OLGA);
    world.pass(71);
    assert_eq!(world.word(LINK), "escalated");
    world.pass(1);
    assert_eq!(world.word(LINK), "exhausted");
    assert_eq!(world.due_now(), [""; 0]);
    let open = world.with_facts(|facts| review::readiness(facts).open);
    assert!(open.contains(&format!("{LINK} is exhausted, asked on 2027-02-01")), "{open:?}");
}

#[test]
fn exhausted_where_nobody_is_left_to_ask() {
    let (mut world, _, _) = World::asked(73);
    world.managers.clear();
    edit(&mut world.texts.team, "id: 20, username: mia", "id: 21, username: mia2");
    assert_eq!(world.word(LINK), "exhausted");
    let notes = world.notes();
    assert_eq!(
        notes[0],
        "nobody is left to ask about Ada Ash: not Mia Man: GitLab knows no such user who sees the issue; the manager of Mia Man is not known; no `managers` are configured"
    );
}

#[test]
fn fixed_is_said_and_the_thread_resolved() {
    let (mut world, thread, _) = World::asked(1);
    world.link("https://calendly.com/ada");
    assert_eq!(world.state(LINK).unwrap().0, State::Fixed { is_told: false });
    let due = world.run(OLGA);
    assert_eq!(
        World::outline(&due),
        ["reply: Fixed, as seen at 2027-02-01T11:00:00Z. Thank you.", "resolve"]
    );
    assert_eq!(world.state(LINK).unwrap().0, State::Fixed { is_told: true });
    assert!(world.thread_mut(&thread).resolved.is_some());
}

#[test]
fn fixed_is_not_said_of_what_cannot_be_read() {
    for (from, to) in [
        ("  email: ada@x.example\n", "  email: [ada]\n"),
        ("  reports_to: Mia Man\n", "  reports_to: [Mia]\n  calendly: https://calendly.com/ada\n"),
    ] {
        let (mut world, _, _) = World::asked(1);
        world.link("https://calendly.com/ada");
        edit(&mut world.texts.team, from, to);
        assert_eq!(world.due_now(), [""; 0], "{to}");
        let states = world.states();
        assert_eq!(states.len(), 1, "{states:?}");
        assert!(states[0].contains(" unknown "), "{states:?}");
    }
}

#[test]
fn fixed_needs_sources_that_were_read_after_the_ping() {
    let mut world = with_outsider();
    world.texts.policy.handles.insert("Xeno@Y.example".to_owned(), "@xeno".to_owned());
    world.run(OLGA);
    edit(world.texts.accounts.as_mut().unwrap(), "Xeno,xeno@y.example,User,,Active\n", "");
    world.read();
    let (ping, now) = (world.conversation.threads[0].notes[0].created_at, world.now);
    for (read_at, word) in [(ping, "unknown"), (now, "fixed")] {
        let found = world.with_accounts_of(read_at, |facts| {
            cases(facts).cases[0].entries[0].clone().state.as_str()
        });
        assert_eq!(found, word);
    }
}

#[test]
fn justified_by_an_accept_that_names_it_with_its_evidence() {
    let (mut world, thread, _) = World::asked(1);
    world.say(ADA, Some(&thread), "I do not use it.");
    let accept =
        || Act::Accept { findings: vec![LINK.to_owned()], reason: "Leaves soon.".to_owned() };
    let due = world.do_act(PETE, accept());
    assert_eq!(World::outline(&due), ["reply: Accepted as it is."]);
    assert_eq!(world.word(LINK), "justified");
    assert!(world.notes()[0].ends_with(&format!("{LINK} is justified by pete")));
    let due = world.run(OLGA);
    assert_eq!(World::outline(&due), ["resolve"]);
    world.pass(500);
    assert_eq!(world.due_now(), [""; 0]);
    // It goes, and comes again as it was.
    world.link("https://calendly.com/ada");
    world.run(OLGA);
    world.unlink();
    assert_eq!((world.word(LINK), world.due_now()), ("justified", vec![]));
}

#[test]
fn justified_by_an_exception() {
    let (mut world, _, _) = World::asked(1);
    world.texts.exceptions = "- {check: link-missing, email: ada@x.example, reason: r, approved_by: boss, approved_on: 2027-02-01, expires: 2027-06-01}".to_owned();
    world.pass(100);
    assert_eq!((world.word(LINK), world.due_now()), ("justified", vec![]));
    edit(&mut world.texts.exceptions, "boss", "ADA");
    assert_eq!(world.word(LINK), "overdue");
}

#[test]
fn withdrawn_where_the_person_left_is_excluded_or_the_check_is_off() {
    let changes: [Change; 3] = [
        |world| world.leave(),
        |world| world.texts.policy.exclude = vec!["ada".to_owned()],
        |world| world.texts.policy.checks_off = vec!["link-missing".to_owned()],
    ];
    for change in changes {
        let (mut world, thread, _) = World::asked(100);
        change(&mut world);
        let due = world.run(OLGA);
        let first = "reply: This does not count any more, as of 2027-02-05T14:00:00Z.";
        assert_eq!(World::outline(&due), [first, "resolve"]);
        assert!(world.states()[0].contains(" withdrawn "), "{:?}", world.states());
        assert!(world.thread_mut(&thread).resolved.is_some());
        // It is said once, though nobody is there who could be named.
        world.pass(10);
        assert_eq!(world.due_now(), [""; 0]);
        let open = world.with_facts(|facts| review::readiness(facts).open);
        assert!(!open.iter().any(|it| it.contains("withdrawn")), "{open:?}");
    }
}

#[test]
fn nobody_is_withdrawn_while_they_may_only_be_hidden() {
    for recorded in [None, Some(3)] {
        let (mut world, _, _) = World::asked(100);
        world.leave();
        world.texts.recorded = recorded;
        if recorded.is_none() {
            world.texts.team.push_str("- name: [Ada]\n");
        }
        assert_eq!(world.due_now(), [""; 0]);
        assert!(world.states()[0].contains(" unknown "), "{:?}", world.states());
    }
}

#[test]
fn unknown_posts_nothing_and_blocks() {
    let mut world = with_outsider();
    world.texts.policy.handles.insert("xeno@y.example".to_owned(), "xeno".to_owned());
    world.run(OLGA);
    world.pass(100);
    assert_eq!(world.word(OUTSIDER), "overdue");
    let whole = world.texts.clone();
    let changes: [Change; 4] = [
        |world| world.texts.accounts = None,
        |world| world.texts.accounts.as_mut().unwrap().truncate(100),
        |world| world.texts.team.push_str("- 7\n"),
        |world| world.texts.recorded = Some(3),
    ];
    for change in changes {
        world.texts = whole.clone();
        change(&mut world);
        let states = world.states();
        assert!(
            states.iter().any(|it| it.starts_with("outsider:") && it.contains(" unknown ")),
            "{states:?}"
        );
        assert_eq!(world.due_now(), [""; 0]);
        let open = world.with_facts(|facts| review::readiness(facts).open);
        assert!(open.iter().any(|it| it.contains("outsider")), "{open:?}");
    }
}

#[test]
fn held_posts_nothing_and_says_why() {
    let mut world = told();
    let body = world.forge(Marked::Ask, "link-missing", "ada@x.example").unwrap();
    let note = world.say(BERT, None, &body);
    assert_eq!(world.word(LINK), "held");
    assert_eq!(world.due_now(), [""; 0]);
    let note_of_plan =
        format!("{LINK} is held: bert wrote a marker of ours and is not among `operators`");
    assert_eq!(world.notes(), [note_of_plan]);
    // Once they are an operator, it is a ping like any other.
    world.note_mut(note).is_by_operator = true;
    assert_eq!(world.word(LINK), "waiting");
    world.note_mut(note).is_by_operator = false;
    // A marker of another audit, or one that is not the last line, holds nothing.
    for (from, to) in [("FY28-Q1", "FY27-Q3"), (" -->", " -->\nSo I saw."), ("v1", "v9")] {
        let mut other = body.clone();
        edit(&mut other, from, to);
        world.note_mut(note).body = other;
        assert_eq!(world.word(LINK), "not asked", "{to}");
    }
}

#[test]
fn what_operators_are_asked_has_no_mentions_and_no_clock() {
    let mut world = told();
    edit(&mut world.texts.team, "reports_to: Mia Man", "reports_to: \"@all\"");
    let due = world.run(OLGA);
    assert_eq!(World::outline(&due).len(), 2);
    let thread = world.conversation.threads.last().unwrap();
    let body = &thread.notes[0].body;
    assert!(body.starts_with("**For the operators**\n"), "{body}");
    assert!(
        body.contains("- Ada Ash: `manager-unresolved`: ") && body.contains("`@all`"),
        "{body}"
    );
    world.pass(1_000);
    assert_eq!(
        world.state("manager-unresolved:ada@x.example").unwrap().0,
        State::Waiting { until: None }
    );
    world.run(OLGA);
    // More of the kind goes to the same thread.
    edit(
        &mut world.texts.team,
        "  calendly: https://calendly.com/mia",
        "  calendly: https://calendly.com/mia\n  reports_to: Nobody",
    );
    let due = world.due(PETE, &Selection::default()).unwrap();
    assert_eq!(World::outline(&due), ["reply: **For the operators**"]);
    let is_operator = world.operators.contains(&MIA);
    assert!(!is_operator);
}
