//! Worlds with a team of one's own, and an audit that has been begun.

use sandbox::{CalendlyToken, Token, World};

use crate::support::{AUDITS, NOW, ROSTER, TEAM, TestWorld};

/// The operators; the first has made the issue.
pub(super) const OPERATORS: [(&str, &str); 2] = [("olga", "Olga Operator"), ("otto", "Otto Other")];

/// The Support Operations Managers, in order.
pub(super) const MANAGERS: [(&str, &str); 2] =
    [("maria", "Maria Manager"), ("mads", "Mads Second")];

/// The manager of everybody else.
pub(super) const BOSS: (&str, &str) = ("boss", "Bodil Boss");

/// The second operator's token.
pub(super) const OTTO: &str = "token-of-otto";

/// The configuration of a team.
pub(super) const CONFIG: &str = "operators = [\"olga\", \"otto\"]\n\
    [[managers]]\nusername = \"maria\"\nslack = \"U0MARIA\"\n\
    [[managers]]\nusername = \"mads\"\nslack = \"U0MADS\"\n";

/// What marks the issue.
pub(super) const ISSUE: &str = "<!-- support-audit v1 calendly FY28-Q1 issue -->";

/// A team in whose roster so many people have no link, and nothing else is wrong.
///
/// They are `p001`, `p002` and so on; all are members of the audits' project and of the
/// organisation.
pub(super) fn world(people: usize) -> World {
    let mut world = World::empty();
    world.now = NOW.parse().unwrap();
    world.quiet = true;
    "master".clone_into(&mut world.add_project(TEAM).default_branch);
    world.add_project(AUDITS);
    world.calendly.quota.per_minute = 1_000_000;
    let mut roster = String::new();
    for (username, name) in OPERATORS.into_iter().chain(MANAGERS).chain([BOSS]) {
        roster.push_str(&person(&mut world, username, name));
        roster.push_str(&format!("  calendly: https://calendly.com/{username}\n"));
    }
    for number in 1..=people {
        let username = format!("p{number:03}");
        roster.push_str(&person(&mut world, &username, &format!("Person {number:03}")));
        roster.push_str(&format!("  reports_to: {}\n", BOSS.1));
    }
    world.project(TEAM).unwrap().add_file(ROSTER, roster);
    "owner".clone_into(&mut world.calendly.member("olga@example.com").unwrap().role);
    world.calendly.add_token(CalendlyToken::new("sandbox-calendly-token", "olga@example.com"));
    for (token, username) in [("sandbox-gitlab-token", "olga"), (OTTO, "otto")] {
        world.add_token(Token::new(token, username, &["api"]));
    }
    let description = format!("## Notes\n\n{ISSUE}");
    world.open_issue(AUDITS, "olga", "Calendly audit FY28-Q1", &description).unwrap();
    world
}

/// Adds somebody everywhere, and gives the beginning of their entry.
pub(super) fn person(world: &mut World, username: &str, name: &str) -> String {
    let id = world.add_user(username).id;
    let level = if username.starts_with('p') { 20 } else { 40 };
    for project in [TEAM, AUDITS] {
        world.project(project).unwrap().add_member(username, level);
    }
    let email = format!("{username}@example.com");
    world.calendly.add_member(&email);
    let gitlab = format!("{{ id: {id}, username: {username} }}");
    format!("- name: {name}\n  email: {email}\n  gitlab: {gitlab}\n")
}

/// The first operator in a world.
pub(super) fn in_world(world: World) -> TestWorld {
    let test =
        TestWorld::new(world).with_token().with("CALENDLY_API_TOKEN", "sandbox-calendly-token");
    configured(test, CONFIG)
}

/// The same with another configuration.
pub(super) fn configured(test: TestWorld, config: &str) -> TestWorld {
    test.with_config(config)
}

/// The first operator of a team in which so many people are to be asked.
pub(super) fn team(people: usize) -> TestWorld {
    in_world(world(people))
}

/// The demo world on the first day of an audit, with both tables in its issue.
pub(super) fn demo() -> TestWorld {
    let mut world = World::demo().unwrap();
    world.now = "2027-02-01T09:00:00Z".parse().unwrap();
    let test = of_demo(world);
    for arguments in [
        &["init-issue", "--yes"][..],
        &["run", "--write", "--yes"],
        &["reconcile", "--write", "--yes"],
    ] {
        test.run(arguments).success();
    }
    test
}

/// The operator of the demo world.
pub(super) fn of_demo(world: World) -> TestWorld {
    TestWorld::new(world).with_token().with_accounts()
}
