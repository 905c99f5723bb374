//! What is an answer, and what is none.

use sandbox::World;

use super::team::{again, team};
use super::{
    comments, follow_up, holding, hours, marked, mentions, reply, run, state, status, thread_of,
    writes_nothing,
};
use crate::support::{AUDITS, Test};

const FIRST: &str = "link-missing:p001@example.com";

/// A team of two who were asked an hour ago.
fn asked() -> Test {
    let test = team(2);
    assert_eq!(follow_up(&test, &[]).code, 0);
    hours(&test, 1);
    test
}

/// The ping of a user.
fn ping(world: &mut World, username: &str) -> u64 {
    let thread = thread_of(world, username);
    let issue = world.issue(AUDITS, 1).unwrap();
    issue.discussions.iter().find(|it| it.id == thread).unwrap().notes[0].id
}

/// How often reactions were asked for.
fn reactions_read(test: &Test) -> usize {
    let requests = test.sandbox.requests();
    requests.iter().filter(|it| it.path.contains("award_emoji")).count()
}

#[test]
fn words_of_the_subject_anywhere_are_an_answer() {
    let everywhere: [fn(&Test) -> u64; 3] = [
        |test| reply(test, "p001", "p001", "On purpose."),
        |test| reply(test, "p002", "p001", "In the wrong thread."),
        |test| {
            let text = "Outside any thread.";
            test.sandbox.update(|world| world.comment(AUDITS, 1, "p001", text).unwrap())
        },
    ];
    for says in everywhere {
        let test = asked();
        says(&test);
        assert_eq!(state(&test, FIRST), "answered");
        hours(&test, 200);
        let ran = follow_up(&test, &[]).ends_with(0);
        assert_eq!(marked(&test, "escalate").len(), 1, "the other one's\n{}", ran.stderr);
        assert!(ran.stderr.contains(": read it, then --accept or --ask-again"));
        assert_eq!(mentions(&test)["p001"], 1);
    }
}

#[test]
fn others_answer_where_they_were_mentioned() {
    // Before they were, nobody else's words count: not a colleague's, a manager's, an operator's.
    let test = asked();
    for author in ["p002", "boss", "maria", "otto", "olga"] {
        reply(&test, "p001", author, "Well.");
        assert_eq!(state(&test, FIRST), "waiting", "{author}");
    }
    hours(&test, 72);
    assert_eq!(follow_up(&test, &["--only", "p001"]).code, 0);
    assert_eq!(state(&test, FIRST), "escalated");
    // What they say elsewhere is not about this.
    test.sandbox.update(|world| world.comment(AUDITS, 1, "boss", "Elsewhere.").unwrap());
    assert_eq!(state(&test, FIRST), "escalated");
    for (author, expected) in [("boss", "answered"), ("maria", "answered"), ("mads", "escalated")] {
        let test = again(&test);
        reply(&test, "p001", author, "They are on leave.");
        assert_eq!(state(&test, FIRST), expected, "{author}");
    }
}

#[test]
fn what_came_before_the_ping_or_is_gone_is_no_answer() {
    let test = team(2);
    test.sandbox.update(|world| world.comment(AUDITS, 1, "p001", "What is this?").unwrap());
    hours(&test, 1);
    assert_eq!(follow_up(&test, &[]).code, 0);
    assert_eq!(state(&test, FIRST), "waiting");
    let note = reply(&test, "p001", "p001", "On purpose.");
    assert_eq!(state(&test, FIRST), "answered");
    test.sandbox.update(|world| world.edit_comment(AUDITS, 1, note, "Hm.").unwrap());
    assert_eq!(state(&test, FIRST), "answered");
    test.sandbox.update(|world| world.delete_comment(AUDITS, 1, note).unwrap());
    assert_eq!(state(&test, FIRST), "waiting");
    // What somebody does is noted by GitLab, and is no word of theirs.
    test.sandbox.update(|world| {
        world.set_access_level(AUDITS, "p001", 40).unwrap();
        world.run_commands(AUDITS, 1, "p001", "/title Another title").unwrap();
    });
    assert_eq!(state(&test, FIRST), "waiting");
    // A deleted ping was never made.
    test.sandbox.update(|world| {
        let ping = ping(world, "p001");
        world.delete_comment(AUDITS, 1, ping).unwrap();
    });
    assert_eq!(state(&test, FIRST), "not asked");
    assert_eq!(follow_up(&test, &[]).code, 0);
    assert_eq!(mentions(&test)["p001"], 2);
}

#[test]
fn a_reaction_to_the_ping_is_an_answer_and_is_looked_for_when_it_matters() {
    let test = asked();
    test.sandbox.update(|world| {
        let ping = ping(world, "p001");
        world.react(AUDITS, 1, ping, "p001", "thumbsup").unwrap();
        world.react(AUDITS, 1, ping, "p002", "eyes").unwrap();
    });
    for command in [&["followups", "--yes"][..], &["status"]] {
        assert_eq!(writes_nothing(&test, command).code, 0);
    }
    assert_eq!(reactions_read(&test), 0, "nobody would be escalated");
    hours(&test, 73);
    let test = again(&test);
    assert_eq!(follow_up(&test, &[]).code, 0);
    assert_eq!(reactions_read(&test), 2, "of those two who would be");
    assert_eq!(marked(&test, "escalate").len(), 1);
    assert_eq!(holding(&test, "no answer from Person 001").len(), 0);
    let states = [state(&test, FIRST), state(&test, "link-missing:p002@example.com")];
    assert_eq!(states, ["answered", "escalated"]);
    assert_eq!(writes_nothing(&test, &["followups", "--yes"]).code, 0);
    // By somebody else it is none; nor at another comment.
    let test = asked();
    test.sandbox.update(|world| {
        let other = ping(world, "p002");
        world.react(AUDITS, 1, other, "p001", "thumbsup").unwrap();
        let ping = ping(world, "p001");
        world.react(AUDITS, 1, ping, "boss", "thumbsup").unwrap();
    });
    hours(&test, 73);
    assert_eq!(follow_up(&test, &[]).code, 0);
    assert_eq!(marked(&test, "escalate").len(), 2);
}

#[test]
fn the_second_wait_ends_in_a_list() {
    let test = asked();
    hours(&test, 72);
    assert_eq!(follow_up(&test, &[]).code, 0);
    hours(&test, 71);
    assert_eq!(state(&test, FIRST), "escalated");
    hours(&test, 2);
    let before = comments(&test).len();
    let ran = follow_up(&test, &[]).ends_with(0);
    assert!(ran.stderr.contains(&format!("{FIRST} is exhausted")), "{}", ran.stderr);
    assert_eq!(comments(&test).len(), before);
    assert_eq!(state(&test, FIRST), "exhausted");
    // A late answer is one.
    reply(&test, "p001", "p001", "Sorry, I was away.");
    assert_eq!(state(&test, FIRST), "answered");
}

/// The status tells when something becomes due, to the second.
#[test]
fn the_waits_are_those_of_the_configuration() {
    for (waits, ask_due, escalation_due) in [
        ("", "2026-11-25T10:00:00", "2026-11-29T12:00:00"),
        ("person = \"24h\"\nmanager = \"48h\"\n", "2026-11-23T10:00:00", "2026-11-28T12:00:00"),
        // The first day is a Sunday, and the escalation is on a Thursday.
        ("days = \"working\"\n", "2026-11-26T00:00:00", "2026-12-01T12:00:00"),
    ] {
        let config = format!("{}[waits]\n{waits}", super::team::CONFIG);
        let test = super::team::configured(team(1), &config);
        assert_eq!(follow_up(&test, &[]).code, 0);
        let due = |test: &Test| {
            let status = status(test);
            status["findings"][0]["due"].as_str().unwrap_or_default().to_owned()
        };
        assert!(due(&test).starts_with(ask_due), "{waits}: {}", due(&test));
        test.sandbox.update(|world| world.now = "2026-11-26T12:00:00Z".parse().unwrap());
        assert_eq!(follow_up(&test, &[]).code, 0);
        assert!(due(&test).starts_with(escalation_due), "{waits}: {}", due(&test));
    }
    assert_eq!(run(&team(0), &["status"]).code, 0);
}
