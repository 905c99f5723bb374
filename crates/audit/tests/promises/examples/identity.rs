//! Cases: whose markers count, and whose history it is.

use super::*;

const WHOSE_MARKS_COUNT: &[Case] = &[
    (
        "a second operator's",
        |s| {
            s.person("Alice").link = Field::Absent;
            s.read();
            forge(s, OLGA, StepKind::Ask, vec![ALICE]);
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "a former operator's holds",
        |s| {
            s.person("Alice").link = Field::Absent;
            s.read();
            forge(s, OLGA, StepKind::Ask, vec![ALICE]);
            s.world.config.operators.clear();
        },
        LINK,
        "Alice",
        Some(Held),
    ),
    (
        "a member's holds",
        |s| {
            s.person("Alice").link = Field::Absent;
            s.read();
            forge(s, PAT, StepKind::Accept, vec![]);
        },
        LINK,
        "Alice",
        Some(Held),
    ),
    (
        "a guest's has no effect",
        |s| {
            s.person("Alice").link = Field::Absent;
            s.read();
            forge(s, GUEST, StepKind::Accept, vec![]);
        },
        LINK,
        "Alice",
        Some(NotAsked),
    ),
    (
        "the subject's has no effect",
        |s| {
            s.person("Alice").link = Field::Absent;
            s.read();
            forge(s, ALICE, StepKind::Accept, vec![]);
        },
        LINK,
        "Alice",
        Some(NotAsked),
    ),
    (
        "of somebody mentioned about it",
        |s| {
            s.person("Alice").link = Field::Absent;
            s.read();
            forge(s, PAT, StepKind::Escalate, vec![PAT]);
        },
        LINK,
        "Alice",
        Some(NotAsked),
    ),
    (
        "where a counting marker speaks",
        |s| {
            asked(s);
            forge(s, PAT, StepKind::Accept, vec![]);
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "the words of a forged marker are ordinary words",
        |s| {
            asked(s);
            forge(s, ALICE, StepKind::Accept, vec![]);
        },
        LINK,
        "Alice",
        Some(Answered),
    ),
    (
        "an assignee is nobody",
        |s| {
            s.world.issue.assignees.push(GUEST);
            s.person("Alice").link = Field::Absent;
            s.read();
            forge(s, GUEST, StepKind::Accept, vec![]);
        },
        LINK,
        "Alice",
        Some(NotAsked),
    ),
];

#[test]
fn whose_marks_count() {
    check_states(WHOSE_MARKS_COUNT);
}

const KEYS_THAT_DISAGREE_ARE_IN_DOUBT: &[Case] = &[
    (
        "another username",
        |s| {
            asked(s);
            s.person("Alice").username = Some("ally".to_owned());
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "another address",
        |s| {
            asked(s);
            "al@example.com".clone_into(&mut s.person("Alice").email);
            s.account("Alice").email = "al@example.com".to_owned();
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "gets an id",
        |s| {
            s.person("Alice").id = None;
            asked(s);
            s.person("Alice").id = Some(ALICE);
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "another address without an id",
        |s| {
            s.person("Alice").id = None;
            asked(s);
            "al@example.com".clone_into(&mut s.person("Alice").email);
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "another address, then an id",
        |s| {
            s.person("Alice").id = None;
            asked(s);
            "al@example.com".clone_into(&mut s.person("Alice").email);
            s.person("Alice").id = Some(ALICE);
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "two entries with one id",
        |s| {
            s.person("Alice").link = Field::Absent;
            s.person("Alice").id = Some(BOB);
            s.read();
        },
        LINK,
        "Alice",
        Some(InDoubt),
    ),
    (
        "two entries with one id are in doubt after an ask",
        |s| {
            asked(s);
            s.person("Bob").id = Some(ALICE);
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(InDoubt),
    ),
    (
        "an id and a username of different users",
        |s| {
            s.person("Alice").link = Field::Absent;
            s.person("Alice").username = Some("pat".to_owned());
            s.read();
        },
        LINK,
        "Alice",
        Some(InDoubt),
    ),
    (
        "a username that is nobody's is an old one",
        |s| {
            s.person("Alice").link = Field::Absent;
            s.person("Alice").username = Some("al-old".to_owned());
            s.read();
        },
        LINK,
        "Alice",
        Some(NotAsked),
    ),
    (
        "ids swapped after an ask",
        |s| {
            asked(s);
            (s.person("Alice").id, s.person("Alice").username) = (Some(BOB), None);
            (s.person("Bob").id, s.person("Bob").username) = (Some(ALICE), None);
            s.person("Bob").link = Field::Absent;
            s.pass(HOUR).read();
            assert_eq!(s.state(&s.finding(LINK, "Bob")), Some(InDoubt));
        },
        LINK,
        "Alice",
        Some(InDoubt),
    ),
    (
        "an address taken over by somebody with another id",
        |s| {
            asked(s);
            "al@example.com".clone_into(&mut s.person("Alice").email);
            "alice@example.com".clone_into(&mut s.person("Bob").email);
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(InDoubt),
    ),
    (
        "a leaver's mailbox: their ask is no ask",
        |s| {
            asked(s);
            let alice = s.person("Alice");
            (alice.id, alice.username) = (Some(NEWT), Some("newt".to_owned()));
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(NotAsked),
    ),
    (
        "a leaver's mailbox: their decision is in doubt",
        |s| {
            asked(s);
            accept(s, LINK, "Alice");
            let alice = s.person("Alice");
            (alice.id, alice.username) = (Some(NEWT), Some("newt".to_owned()));
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(InDoubt),
    ),
    (
        "a leaver's answer is no answer",
        |s| {
            asked(s);
            s.says(ALICE, 0);
            let alice = s.person("Alice");
            (alice.id, alice.username) = (Some(NEWT), Some("newt".to_owned()));
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(NotAsked),
    ),
    (
        "an acceptance ends the doubt",
        |s| {
            asked(s);
            accept(s, LINK, "Alice");
            let alice = s.person("Alice");
            (alice.id, alice.username) = (Some(NEWT), Some("newt".to_owned()));
            s.pass(HOUR).read();
            accept(s, LINK, "Alice");
        },
        LINK,
        "Alice",
        Some(Justified),
    ),
    (
        "asking again ends the doubt",
        |s| {
            asked(s);
            accept(s, LINK, "Alice");
            let alice = s.person("Alice");
            (alice.id, alice.username) = (Some(NEWT), Some("newt".to_owned()));
            s.pass(HOUR).read();
            ask_again(s, LINK, "Alice");
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "whoever was mentioned by mistake is not the subject",
        |s| {
            (s.person("Alice").id, s.person("Alice").username) = (None, Some("pat".to_owned()));
            asked(s);
            s.says(PAT, 0);
            s.person("Alice").username = Some("alice".to_owned());
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(NotAsked),
    ),
];

#[test]
fn keys_that_disagree_are_in_doubt() {
    check_states(KEYS_THAT_DISAGREE_ARE_IN_DOUBT);
}
