//! What is an answer, and what is none.

use sandbox::World;

use super::team::team;
use super::{follow_up, state, status};
use crate::support::{AUDITS, TestWorld, thread_of};

const FIRST: &str = "link-missing:p001@example.com";

/// A team of two who were asked an hour ago.
fn asked() -> TestWorld {
    let test = team(2);
    follow_up(&test, &[]).success();
    test.advance(1);
    test
}

/// The ping of a user.
fn ping(world: &mut World, username: &str) -> u64 {
    let thread = thread_of(world, username);
    let issue = world.issue(AUDITS, 1).unwrap();
    issue.discussions.iter().find(|it| it.id == thread).unwrap().notes[0].id
}

/// How often reactions were asked for.
fn reactions_read(test: &TestWorld) -> usize {
    let requests = test.sandbox.requests();
    requests.iter().filter(|it| it.path.contains("award_emoji")).count()
}

#[test]
fn words_of_the_subject_anywhere_are_an_answer() {
    let everywhere: [fn(&TestWorld) -> u64; 3] = [
        |test| test.reply("p001", "p001", "On purpose."),
        |test| test.reply("p002", "p001", "In the wrong thread."),
        |test| {
            let text = "Outside any thread.";
            test.sandbox.update(|world| world.comment(AUDITS, 1, "p001", text).unwrap())
        },
    ];
    for says in everywhere {
        let test = asked();
        says(&test);
        assert_eq!(state(&test, FIRST), "answered");
        test.advance(200);
        let ran = follow_up(&test, &[]).success();
        assert_eq!(test.notes_marked("escalate").len(), 1, "the other one's\n{}", ran.stderr);
        assert!(ran.stderr.contains(": read it, then --accept or --ask-again"));
        assert_eq!(test.mentions()["p001"], 1);
    }
}

#[test]
fn others_answer_where_they_were_mentioned() {
    // Before they were, nobody else's words count: not a colleague's, a manager's, an operator's.
    let test = asked();
    for author in ["p002", "boss", "maria", "otto", "olga"] {
        test.reply("p001", author, "Well.");
        assert_eq!(state(&test, FIRST), "waiting", "{author}");
    }
    test.advance(72);
    follow_up(&test, &["--only", "p001"]).success();
    assert_eq!(state(&test, FIRST), "escalated");
    // What they say elsewhere is not about this.
    test.sandbox.update(|world| world.comment(AUDITS, 1, "boss", "Elsewhere.").unwrap());
    assert_eq!(state(&test, FIRST), "escalated");
    for (author, expected) in [("boss", "answered"), ("maria", "answered"), ("mads", "escalated")] {
        let test = test.again();
        test.reply("p001", author, "They are on leave.");
        assert_eq!(state(&test, FIRST), expected, "{author}");
    }
}

#[test]
fn what_came_before_the_ping_or_is_gone_is_no_answer() {
    let test = team(2);
    test.sandbox.update(|world| world.comment(AUDITS, 1, "p001", "What is this?").unwrap());
    test.advance(1);
    follow_up(&test, &[]).success();
    assert_eq!(state(&test, FIRST), "waiting");
    let note = test.reply("p001", "p001", "On purpose.");
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
    follow_up(&test, &[]).success();
    assert_eq!(test.mentions()["p001"], 2);
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
        test.run_writing_nothing(command).success();
    }
    assert_eq!(reactions_read(&test), 0, "nobody would be escalated");
    test.advance(73);
    let test = test.again();
    follow_up(&test, &[]).success();
    assert_eq!(reactions_read(&test), 3, "of those two who would be, then of the one who will be");
    assert_eq!(test.notes_marked("escalate").len(), 1);
    assert_eq!(test.notes_with("no answer from Person 001").len(), 0);
    let states = [state(&test, FIRST), state(&test, "link-missing:p002@example.com")];
    assert_eq!(states, ["answered", "escalated"]);
    test.run_writing_nothing(&["followups", "--yes"]).success();
    // By somebody else it is none; nor at another comment.
    let test = asked();
    test.sandbox.update(|world| {
        let other = ping(world, "p002");
        world.react(AUDITS, 1, other, "p001", "thumbsup").unwrap();
        let ping = ping(world, "p001");
        world.react(AUDITS, 1, ping, "boss", "thumbsup").unwrap();
    });
    test.advance(73);
    follow_up(&test, &[]).success();
    assert_eq!(test.notes_marked("escalate").len(), 2);
}

#[test]
fn the_second_wait_ends_in_a_list() {
    let test = asked();
    test.advance(72);
    follow_up(&test, &[]).success();
    test.advance(71);
    assert_eq!(state(&test, FIRST), "escalated");
    test.advance(2);
    let before = test.notes().len();
    let ran = follow_up(&test, &[]).success();
    assert!(ran.stderr.contains(&format!("{FIRST} is exhausted")), "{}", ran.stderr);
    assert_eq!(test.notes().len(), before);
    assert_eq!(state(&test, FIRST), "exhausted");
    // A late answer is one.
    test.reply("p001", "p001", "Sorry, I was away.");
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
        follow_up(&test, &[]).success();
        let due = |test: &TestWorld| {
            let status = status(test);
            status["findings"][0]["due"].as_str().unwrap_or_default().to_owned()
        };
        assert!(due(&test).starts_with(ask_due), "{waits}: {}", due(&test));
        test.sandbox.update(|world| world.now = "2026-11-26T12:00:00Z".parse().unwrap());
        follow_up(&test, &[]).success();
        assert!(due(&test).starts_with(escalation_due), "{waits}: {}", due(&test));
    }
    team(0).run(&["status"]).success();
}
