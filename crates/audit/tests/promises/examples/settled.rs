//! Cases: fixed, withdrawn, gone and removed.

use super::*;

const FIXED_MEANS_SEEN_ON_LATER_SOURCES: &[Case] = &[
    (
        "the link is there",
        |s| {
            asked(s);
            s.person("Alice").link = Field::Value(page("alice"));
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(Fixed),
    ),
    (
        "an old file shows the link",
        |s| {
            asked(s);
            s.read_roster_again(1);
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "fresh accounts do not make an old roster fresh",
        |s| {
            s.account("Alice").link = Field::Value(page("al"));
            s.follow_up();
            s.account("Alice").link = Field::Value(page("alice"));
            s.pass(HOUR).read_accounts();
        },
        MISMATCH,
        "Alice",
        Some(Waiting),
    ),
    (
        "another check speaks for it",
        |s| {
            s.account("Alice").link = Field::Value(page("al"));
            s.follow_up();
            s.person("Alice").link = Field::Value(page("bob"));
            s.pass(HOUR).read();
        },
        MISMATCH,
        "Alice",
        Some(Waiting),
    ),
    (
        "an invitation that lapsed is not fixed",
        |s| {
            s.account("Alice").status = Status::Invited;
            s.follow_up();
            s.accounts.retain(|a| a.name != "Alice");
            s.pass(HOUR).read();
        },
        INVITED,
        "Alice",
        Some(Waiting),
    ),
    (
        "found again on older sources, it stays fixed",
        |s| {
            asked(s);
            s.person("Alice").link = Field::Value(page("alice"));
            s.person("Bob").link = Field::Absent;
            s.pass(HOUR);
            s.follow_up();
            s.read_roster_again(1);
        },
        LINK,
        "Alice",
        Some(Fixed),
    ),
    (
        "found again after a mark, a new round",
        |s| {
            asked(s);
            s.person("Alice").link = Field::Value(page("alice"));
            s.person("Bob").link = Field::Absent;
            s.pass(HOUR);
            s.follow_up();
            s.person("Alice").link = Field::Absent;
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(NotAsked),
    ),
    (
        "vanished and returned between marks was never away",
        |s| {
            asked(s);
            s.person("Alice").link = Field::Value(page("alice"));
            s.pass(HOUR).read();
            s.person("Alice").link = Field::Absent;
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "an outsider who is now on the roster",
        |s| {
            vera(s);
            send_to_vera(s);
            let mut person = s.person("Finn").clone();
            "v@vendor.example".clone_into(&mut person.email);
            "Vera".clone_into(&mut person.name);
            (person.id, person.username) = (Some(VERA), Some("vera".to_owned()));
            s.roster.push(person);
            s.pass(HOUR).read();
        },
        OUT,
        "V",
        Some(Fixed),
    ),
];

#[test]
fn fixed_means_seen_on_later_sources() {
    check_states(FIXED_MEANS_SEEN_ON_LATER_SOURCES);
}

const WITHDRAWN_GONE_AND_REMOVED: &[Case] = &[
    (
        "the check is off",
        |s| {
            asked(s);
            s.world.config.checks_off.insert(LINK);
        },
        LINK,
        "Alice",
        Some(Withdrawn),
    ),
    (
        "the person is excluded",
        |s| {
            asked(s);
            s.world.config.exclude.insert("alice@example.com".to_owned());
        },
        LINK,
        "Alice",
        Some(Withdrawn),
    ),
    (
        "excluded and included again, the old round goes on",
        |s| {
            asked(s);
            s.world.config.exclude.insert("alice@example.com".to_owned());
            s.person("Bob").link = Field::Absent;
            s.follow_up();
            s.world.config.exclude.clear();
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "left, marked, and back: a new round",
        |s| {
            asked(s);
            s.leave("Alice");
            s.person("Bob").link = Field::Absent;
            s.pass(HOUR);
            s.follow_up();
            let alice = s.left.pop().expect("Alice");
            s.roster.push(alice);
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(NotAsked),
    ),
    (
        "an outsider who went by themself",
        |s| {
            vera(s);
            send_to_vera(s);
            drop_vera(s);
        },
        OUT,
        "V",
        Some(Gone),
    ),
    (
        "an outsider nobody spoke of",
        |s| {
            vera(s);
            drop_vera(s);
        },
        OUT,
        "V",
        None,
    ),
    (
        "decided and still there",
        |s| {
            vera(s);
            decide(s, StepKind::Remove, None);
            s.pass(HOUR).read();
        },
        OUT,
        "V",
        Some(ToRemove),
    ),
    (
        "decided and no longer there",
        |s| {
            vera(s);
            decide(s, StepKind::Remove, None);
            drop_vera(s);
        },
        OUT,
        "V",
        Some(Removed),
    ),
    (
        "decided, and a reading from before",
        |s| {
            vera(s);
            decide(s, StepKind::Remove, None);
            s.read_accounts_again(1);
        },
        OUT,
        "V",
        Some(ToRemove),
    ),
    (
        "the same address under another id is new",
        |s| {
            vera(s);
            decide(s, StepKind::Keep, None);
            s.accounts.retain(|a| a.id != "acc-v");
            s.accounts.push(crate::world::Account { id: "acc-v2".to_owned(), ..outsider() });
            s.pass(HOUR).read();
            let key = FindingKey { check: OUT, subject: Subject::Account("acc-v2".to_owned()) };
            assert_eq!(s.state(&key), Some(NotAsked));
        },
        OUT,
        "V",
        Some(Justified),
    ),
    (
        "removed, recorded, and back: the decision is spent",
        |s| {
            vera(s);
            decide(s, StepKind::Remove, None);
            drop_vera(s);
            let step = s.step(&vera_key(), StepKind::Removed);
            s.marks(OTTO, MarkerKind::Removal, step);
            s.accounts.push(outsider());
            s.pass(HOUR).read();
        },
        OUT,
        "V",
        Some(NotAsked),
    ),
];

#[test]
fn withdrawn_gone_and_removed() {
    check_states(WITHDRAWN_GONE_AND_REMOVED);
}
