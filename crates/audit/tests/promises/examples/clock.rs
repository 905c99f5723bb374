//! Cases: waits and rounds.

use super::*;

const THE_CLOCK_RUNS_FROM_THE_OWN_ASK: &[Case] = &[
    ("asked a moment ago", asked, LINK, "Alice", Some(Waiting)),
    (
        "asked 71 hours ago",
        |s| {
            asked(s);
            s.pass(71 * HOUR);
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "asked 73 hours ago",
        |s| {
            asked(s);
            s.pass(73 * HOUR);
        },
        LINK,
        "Alice",
        Some(Overdue),
    ),
    ("the manager was asked", escalated, LINK, "Alice", Some(Escalated)),
    (
        "the second wait passed",
        |s| {
            escalated(s);
            s.pass(73 * HOUR);
        },
        LINK,
        "Alice",
        Some(Exhausted),
    ),
    (
        "nobody is left to escalate to",
        |s| {
            s.world.config.managers.clear();
            s.person("Alice").reports_to = Field::Absent;
            asked(s);
            s.pass(73 * HOUR);
        },
        LINK,
        "Alice",
        Some(Exhausted),
    ),
    (
        "a message by hand starts the clock",
        |s| {
            vera(s);
            send_to_vera(s);
        },
        OUT,
        "V",
        Some(Waiting),
    ),
    (
        "a message by hand ends its wait",
        |s| {
            vera(s);
            send_to_vera(s);
            s.pass(73 * HOUR);
        },
        OUT,
        "V",
        Some(Overdue),
    ),
    (
        "listed for the operators, they wait without an end",
        |s| {
            s.account("Dora").role = Role::User;
            s.follow_up();
            s.pass(500 * HOUR);
        },
        Check::OwnerCount,
        "organisation",
        Some(Waiting),
    ),
    (
        "a deleted notice was never posted",
        |s| {
            asked(s);
            let n = s.notice();
            s.delete(n);
        },
        LINK,
        "Alice",
        Some(NotAsked),
    ),
    (
        "a deleted escalation was never posted",
        |s| {
            escalated(s);
            let n = s.notice();
            s.delete(n);
        },
        LINK,
        "Alice",
        Some(Overdue),
    ),
    (
        "an escalation does not outlive the ask",
        |s| {
            asked(s);
            let n = s.notice();
            s.pass(73 * HOUR);
            s.follow_up();
            s.delete(n);
        },
        LINK,
        "Alice",
        Some(NotAsked),
    ),
    (
        "a manager changed after the escalation changes nothing",
        |s| {
            escalated(s);
            s.person("Alice").reports_to = Field::Value("Dora".to_owned());
            s.read();
        },
        LINK,
        "Alice",
        Some(Escalated),
    ),
    (
        "an ask of a missing account is one of the invitation",
        |s| {
            s.accounts.retain(|a| a.name != "Alice");
            s.follow_up();
            let alice = account_of(s.person("Alice"));
            s.accounts.push(alice);
            s.account("Alice").status = Status::Invited;
            s.pass(HOUR).read();
        },
        INVITED,
        "Alice",
        Some(Waiting),
    ),
];

#[test]
fn the_clock_runs_from_the_own_ask() {
    check_states(THE_CLOCK_RUNS_FROM_THE_OWN_ASK);
}

#[test]
fn rounds_are_counted() {
    let mut stage = Stage::new();
    asked(&mut stage);
    stage.says(ALICE, 0);
    ask_again(&mut stage, LINK, "Alice");
    let finding = stage.finding(LINK, "Alice");
    let round = |stage: &Stage| Oracle::new(&stage.world, OTTO).entry(&finding).map(|e| e.round);
    assert_eq!(round(&stage), Some(2), "asked again");
    stage.person("Alice").link = Field::Value(page("alice"));
    stage.person("Bob").link = Field::Absent;
    stage.pass(HOUR);
    stage.follow_up();
    let marker = stage.world.note(stage.notice()).and_then(|note| note.marker.clone());
    let steps = marker.expect("a marker").steps;
    assert!(steps.iter().any(|step| step.kind == StepKind::Fixed && step.round == 2), "{steps:?}");
    assert!(steps.iter().all(|step| step.cause != Some(Cause::Left)));
    stage.person("Alice").link = Field::Absent;
    stage.pass(HOUR).read();
    assert_eq!(round(&stage), Some(3), "found again after a mark");
}
