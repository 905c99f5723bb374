//! Cases: what the checks find, and where they step back.

use super::*;

const CHECKS_FIND_WHAT_THEY_ARE_FOR: &[Case] = &[
    ("nothing is found", |_| {}, LINK, "Alice", None),
    (
        "no link",
        |s| {
            s.person("Alice").link = Field::Absent;
            s.read();
        },
        LINK,
        "Alice",
        Some(NotAsked),
    ),
    (
        "an event page",
        |s| {
            s.person("Alice").link = Field::Value(page("alice/30min"));
            s.read();
        },
        Check::LinkMalformed,
        "Alice",
        Some(NotAsked),
    ),
    (
        "another site",
        |s| {
            s.person("Alice").link = Field::Value("https://example.com/a".to_owned());
            s.read();
        },
        Check::LinkMalformed,
        "Alice",
        Some(NotAsked),
    ),
    (
        "a shared link asks one",
        |s| {
            s.person("Alice").link = Field::Value(page("bob"));
            s.read();
        },
        SHARED,
        "Alice",
        Some(NotAsked),
    ),
    (
        "a shared link asks the other",
        |s| {
            s.person("Alice").link = Field::Value(page("bob"));
            s.read();
        },
        SHARED,
        "Bob",
        Some(NotAsked),
    ),
    (
        "reports to nobody",
        |s| {
            s.person("Alice").reports_to = Field::Value("Nobody".to_owned());
            s.read();
        },
        Check::ManagerUnresolved,
        "Alice",
        Some(NotAsked),
    ),
    (
        "reports to themself",
        |s| {
            s.person("Alice").reports_to = Field::Value("Alice".to_owned());
            s.read();
        },
        Check::ManagerUnresolved,
        "Alice",
        Some(NotAsked),
    ),
    (
        "another page than the account's",
        |s| {
            s.account("Alice").link = Field::Value(page("al"));
            s.read();
        },
        MISMATCH,
        "Alice",
        Some(NotAsked),
    ),
    (
        "a mismatch steps back for a shared link",
        |s| {
            s.person("Alice").link = Field::Value(page("bob"));
            s.read();
        },
        MISMATCH,
        "Alice",
        None,
    ),
    (
        "no account",
        |s| {
            s.accounts.retain(|a| a.name != "Alice");
            s.read();
        },
        MISSING,
        "Alice",
        Some(NotAsked),
    ),
    (
        "invited",
        |s| {
            s.account("Alice").status = Status::Invited;
            s.read();
        },
        INVITED,
        "Alice",
        Some(NotAsked),
    ),
    (
        "a missing account steps back for an invitation",
        |s| {
            s.account("Alice").status = Status::Invited;
            s.read();
        },
        MISSING,
        "Alice",
        None,
    ),
    ("an account of nobody", vera, OUT, "V", Some(NotAsked)),
    (
        "two owners",
        |s| {
            s.account("Alice").role = Role::Owner;
            s.read();
        },
        Check::OwnerCount,
        "organisation",
        Some(NotAsked),
    ),
    (
        "no owner",
        |s| {
            s.account("Dora").role = Role::User;
            s.read();
        },
        Check::OwnerCount,
        "organisation",
        Some(NotAsked),
    ),
    (
        "an operations person who is a user",
        |s| {
            s.person("Alice").operations = Field::Value(true);
            s.read();
        },
        Check::AdminMissing,
        "Alice",
        Some(NotAsked),
    ),
    (
        "an owner counts as an admin",
        |s| {
            s.person("Dora").operations = Field::Value(true);
            s.read();
        },
        Check::AdminMissing,
        "Dora",
        None,
    ),
    (
        "an admin of another team",
        |s| {
            s.account("Alice").role = Role::Admin;
            s.read();
        },
        Check::AdminUnexpected,
        "Alice",
        Some(NotAsked),
    ),
    (
        "matched by link",
        |s| {
            s.account("Alice").email = "al@example.com".to_owned();
            s.read();
        },
        MISSING,
        "Alice",
        None,
    ),
    (
        "matched by alias",
        |s| {
            let account = s.account("Alice");
            account.email = "al@example.com".to_owned();
            account.link = Field::Absent;
            s.world
                .config
                .aliases
                .push(("alice@example.com".to_owned(), "al@example.com".to_owned()));
            s.read();
        },
        MISSING,
        "Alice",
        None,
    ),
];

#[test]
fn checks_find_what_they_are_for() {
    check_states(CHECKS_FIND_WHAT_THEY_ARE_FOR);
}
