//! Cases: acceptances, keeps, removals and exceptions.

use super::*;

const DECISIONS_COUNT_FOR_THEIR_EVIDENCE: &[Case] = &[
    (
        "accepted",
        |s| {
            asked(s);
            accept(s, LINK, "Alice");
        },
        LINK,
        "Alice",
        Some(Justified),
    ),
    (
        "accepted, however often it is found",
        |s| {
            asked(s);
            accept(s, LINK, "Alice");
            s.pass(90 * DAY).read();
        },
        LINK,
        "Alice",
        Some(Justified),
    ),
    (
        "accepted, then the evidence changed",
        |s| {
            s.account("Alice").link = Field::Value(page("al"));
            s.follow_up();
            accept(s, MISMATCH, "Alice");
            s.account("Alice").link = Field::Value(page("ally"));
            s.pass(HOUR).read();
        },
        MISMATCH,
        "Alice",
        Some(NotAsked),
    ),
    (
        "the evidence came back",
        |s| {
            s.account("Alice").link = Field::Value(page("al"));
            s.follow_up();
            accept(s, MISMATCH, "Alice");
            s.account("Alice").link = Field::Value(page("ally"));
            s.pass(HOUR);
            s.follow_up();
            s.account("Alice").link = Field::Value(page("al"));
            s.pass(HOUR).read();
        },
        MISMATCH,
        "Alice",
        Some(Justified),
    ),
    (
        "a deleted decision was never made",
        |s| {
            asked(s);
            accept(s, LINK, "Alice");
            let n = s.world.issue.last_note;
            s.delete(n);
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "kept, then decided remove: the latest counts",
        |s| {
            vera(s);
            decide(s, StepKind::Keep, None);
            decide(s, StepKind::Remove, None);
        },
        OUT,
        "V",
        Some(ToRemove),
    ),
    (
        "decided remove, then kept: the latest counts",
        |s| {
            vera(s);
            decide(s, StepKind::Remove, None);
            decide(s, StepKind::Keep, None);
        },
        OUT,
        "V",
        Some(Justified),
    ),
    (
        "a removal of another role's account does not count",
        |s| {
            vera(s);
            decide(s, StepKind::Remove, None);
            s.accounts.last_mut().expect("Vera").role = Role::Admin;
            s.pass(HOUR).read();
        },
        OUT,
        "V",
        Some(NotAsked),
    ),
    (
        "kept until a date that passed",
        |s| {
            vera(s);
            let until = s.world.now + 20 * DAY;
            decide(s, StepKind::Keep, Some(until));
            s.pass(30 * DAY).read();
        },
        OUT,
        "V",
        Some(NotAsked),
    ),
    (
        "an exception covers it",
        |s| {
            asked(s);
            except(s, "nadia", 90 * DAY);
        },
        LINK,
        "Alice",
        Some(Justified),
    ),
    (
        "an exception that expired after the ask",
        |s| {
            asked(s);
            except(s, "nadia", 10 * DAY);
            s.pass(20 * DAY).read();
        },
        LINK,
        "Alice",
        Some(NotAsked),
    ),
    (
        "an exception that expired before the ask",
        |s| {
            s.pass(10 * DAY);
            except(s, "nadia", 5 * DAY);
            asked(s);
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "an exception taken out of its file",
        |s| {
            asked(s);
            except(s, "nadia", 90 * DAY);
            s.world.exceptions.clear();
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "an exception approved by the subject",
        |s| {
            s.world.config.managers.push(ALICE);
            asked(s);
            except(s, "alice", 90 * DAY);
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "an exception approved by the subject under an old name",
        |s| {
            s.world.config.managers.push(ALICE);
            let user = s.world.users.iter_mut().find(|u| u.id == ALICE).expect("Alice");
            "alicia".clone_into(&mut user.username);
            asked(s);
            except(s, "alicia", 90 * DAY);
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "an exception approved by nobody we know",
        |s| {
            asked(s);
            except(s, "pat", 90 * DAY);
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "asked again outranks the acceptance",
        |s| {
            asked(s);
            accept(s, LINK, "Alice");
            ask_again(s, LINK, "Alice");
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "accepting one of a pair is not accepting the other",
        |s| {
            s.accounts.retain(|a| a.name != "Alice");
            s.follow_up();
            accept(s, MISSING, "Alice");
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
fn decisions_count_for_their_evidence() {
    check_states(DECISIONS_COUNT_FOR_THEIR_EVIDENCE);
}

#[test]
fn nobody_decides_about_themself() {
    let mut stage = Stage::new();
    asked(&mut stage);
    let finding = stage.finding(LINK, "Alice");
    assert!(Oracle::new(&stage.world, OTTO).may_decide(&finding));
    assert!(!Oracle::new(&stage.world, ALICE).may_decide(&finding));
    stage.world.config.handles.push(("v@vendor.example".to_owned(), "otto".to_owned()));
    vera(&mut stage);
    assert!(!Oracle::new(&stage.world, OTTO).may_decide(&vera_key()));
    stage.person("Alice").id = Some(BOB);
    stage.read();
    assert!(!Oracle::new(&stage.world, OTTO).may_decide(&finding), "the roster contradicts");
}
