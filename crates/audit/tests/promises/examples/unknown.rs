//! Cases: what cannot be seen is unknown.

use super::*;

const UNKNOWN_IS_NEVER_ABSENT: &[Case] = &[
    (
        "a link that cannot be read",
        |s| {
            s.person("Alice").link = Field::Unreadable;
            s.read();
        },
        LINK,
        "Alice",
        Some(Unknown),
    ),
    (
        "an asked link that cannot be read is not fixed",
        |s| {
            asked(s);
            s.person("Alice").link = Field::Unreadable;
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(Unknown),
    ),
    (
        "a title that cannot be read",
        |s| {
            s.person("Alice").operations = Field::Unreadable;
            s.read();
        },
        Check::AdminMissing,
        "Alice",
        Some(Unknown),
    ),
    (
        "an account's page that is empty",
        |s| {
            s.account("Alice").link = Field::Absent;
            s.read();
        },
        MISMATCH,
        "Alice",
        Some(Unknown),
    ),
    (
        "accounts read in part",
        |s| {
            s.complete = false;
            s.read();
        },
        MISSING,
        "Alice",
        Some(Unknown),
    ),
    (
        "accounts read in part say nothing of owners",
        |s| {
            s.complete = false;
            s.read();
        },
        Check::OwnerCount,
        "organisation",
        Some(Unknown),
    ),
    (
        "no accounts configured",
        |s| {
            s.world.accounts = None;
        },
        MISSING,
        "Alice",
        Some(Unknown),
    ),
    (
        "the roster's checks go on without accounts",
        |s| {
            s.person("Alice").link = Field::Absent;
            s.read();
            s.world.accounts = None;
        },
        LINK,
        "Alice",
        Some(NotAsked),
    ),
    (
        "an entry that could hide a person: no outsider",
        |s| {
            vera(s);
            s.hides = true;
            s.read();
        },
        OUT,
        "V",
        Some(Unknown),
    ),
    (
        "an entry that could hide a person: nobody left",
        |s| {
            asked(s);
            s.leave("Alice");
            s.hides = true;
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(Unknown),
    ),
    (
        "a roster that shrank: nobody left",
        |s| {
            asked(s);
            s.leave("Alice");
            s.leave("Bob");
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(Unknown),
    ),
    (
        "a roster that shrank and was confirmed",
        |s| {
            asked(s);
            s.leave("Alice");
            s.leave("Bob");
            s.pass(HOUR).read();
            s.accept_sizes();
        },
        LINK,
        "Alice",
        Some(Withdrawn),
    ),
    (
        "one of twelve is not more than 10 %",
        |s| {
            asked(s);
            s.leave("Alice");
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(Withdrawn),
    ),
    (
        "accounts that shrank: nobody lacks one",
        |s| {
            s.accounts.retain(|a| a.name != "Alice" && a.name != "Bob");
            s.read();
        },
        MISSING,
        "Alice",
        Some(Unknown),
    ),
    (
        "accounts that shrank: nobody is gone",
        |s| {
            vera(s);
            send_to_vera(s);
            s.accounts.retain(|a| a.name != "Bob" && a.name != "Mia" && a.id != "acc-v");
            s.pass(HOUR).read();
        },
        OUT,
        "V",
        Some(Unknown),
    ),
    (
        "accounts read in part: no removal",
        |s| {
            vera(s);
            decide(s, StepKind::Remove, None);
            s.complete = false;
            drop_vera(s);
        },
        OUT,
        "V",
        Some(Unknown),
    ),
];

#[test]
fn unknown_is_never_absent() {
    check_states(UNKNOWN_IS_NEVER_ABSENT);
}
