//! `doctor`: a line for each thing, a hint where it is wrong, and no secret.

use crate::support::{AUDITS, NOW, Printed, TestWorld};

const TEAM: &str = "gitlab-com/support/team";
const TOKENS: [&str; 3] = ["sandbox-gitlab-token", "sandbox-calendly-token", "glpat-strange"];

/// What everything is called, in order.
const NAMES: [&str; 10] = [
    "configuration",
    "clock",
    "GitLab token",
    "GitLab",
    "audits project",
    "issue template",
    "roster",
    "Calendly token",
    "Calendly",
    "managers",
];

/// The lines of a run: each thing once, and hints between them.
#[track_caller]
fn lines(ran: &Printed) -> Vec<&str> {
    for token in TOKENS {
        assert!(!ran.stdout.contains(token) && !ran.stderr.contains(token), "{ran:?}");
    }
    let (hints, things): (Vec<&str>, Vec<&str>) =
        ran.stdout.lines().partition(|line| line.starts_with("      hint: "));
    let names = things.iter().map(|line| {
        let (sign, rest) = line.split_at(6);
        assert!(["ok    ", "note  ", "bad   "].contains(&sign), "{line}");
        rest.split_once(": ").unwrap().0
    });
    assert_eq!(names.collect::<Vec<_>>(), NAMES);
    let wrong = things.iter().filter(|line| !line.starts_with("ok")).count();
    assert!(hints.len() <= wrong, "{}", ran.stdout);
    things
}

/// The line of one thing, and the hint below it.
#[track_caller]
fn about<'a>(ran: &'a Printed, name: &str) -> (&'a str, Option<&'a str>) {
    lines(ran);
    let is_about =
        |line: &str| line.get(6..).is_some_and(|it| it.starts_with(&format!("{name}: ")));
    let mut rest = ran.stdout.lines().skip_while(|line| !is_about(line));
    let line = rest.next().unwrap();
    (line, rest.next().and_then(|it| it.strip_prefix("      hint: ")))
}

/// Refuses another exit code, sign, text or hint.
#[track_caller]
fn says(test: &TestWorld, code: i32, name: &str, sign: &str, words: &str, hint: &str) {
    let ran = test.run(&["doctor"]).exit(code);
    let (line, given) = about(&ran, name);
    assert!(line.starts_with(sign) && line.contains(words), "{}", ran.stdout);
    assert!(given.is_some_and(|it| it.contains(hint)), "{}", ran.stdout);
}

#[test]
fn all_is_well() {
    let test = TestWorld::demo().with_token().with_accounts();
    let ran = test.run(&["doctor"]).success();
    for line in lines(&ran) {
        assert!(line.starts_with("ok"), "{}", ran.stdout);
    }
    assert!(ran.stdout.contains("41 people, 0 problems"), "{}", ran.stdout);
    assert!(test.sandbox.writes().is_empty());
}

#[test]
fn a_token_that_is_missing_or_wrong() {
    let test = TestWorld::demo();
    says(&test, 3, "GitLab token", "bad", "GL_TOKEN is not set", "set GL_TOKEN");
    says(&test, 3, "roster", "note", "not asked", "support-audit auth login");
    says(&test, 3, "Calendly token", "note", "CALENDLY_API_TOKEN is not set", "--accounts");
    assert!(test.sandbox.requests().is_empty());
    let test = test.with("GL_TOKEN", "glpat-strange");
    says(&test, 3, "GitLab", "bad", "401", "auth status");
    says(&test, 3, "audits project", "bad", "401", "auth status");
    says(&test, 3, "issue template", "bad", "401", "auth status");
}

#[test]
fn a_project_or_template_that_is_missing() {
    let test =
        TestWorld::demo().with_token().with_accounts().with("SUPPORT_AUDIT_PROJECT", "some/other");
    says(&test, 1, "audits project", "bad", "some/other", "misspelt");
    let test = TestWorld::demo().with_token().with_accounts();
    test.sandbox.update(|world| {
        world.project(AUDITS).unwrap().remove_file(".gitlab/issue_templates/Calendly.md");
    });
    says(&test, 0, "issue template", "note", "Calendly", "--template builtin");
}

#[test]
fn a_roster_with_problems() {
    let test = TestWorld::demo().with_token().with_accounts();
    let roster = "- name: Ada\n  email: ada@example.com\n- 7\n- [x]\n";
    test.sandbox.update(|world| {
        world.project(TEAM).unwrap().add_file("data/support-team.yaml", roster);
    });
    says(&test, 0, "roster", "note", "1 people, 2 problems", "support-audit run");
    let gone = test.with("SUPPORT_AUDIT_ROSTER_PATH", "data/gone.yaml");
    let ran = gone.run(&["doctor"]);
    assert_ne!(ran.code, 0);
    assert!(about(&ran, "roster").0.starts_with("bad"), "{}", ran.stdout);
}

#[test]
fn a_calendly_token_that_may_not_see_everything() {
    let test = TestWorld::demo().with_token().with_accounts();
    test.sandbox.update(|world| {
        let token = sandbox::CalendlyToken::new("limited", "nadeyemi@example.com");
        world.calendly.add_token(token.limited_to(&["users:read"]));
    });
    let limited = test.with("CALENDLY_API_TOKEN", "limited");
    let ran = limited.run(&["doctor"]);
    assert_ne!(ran.code, 0, "{}", ran.stdout);
    assert!(about(&ran, "Calendly").0.starts_with("bad"), "{}", ran.stdout);
    let wrong = limited.with("CALENDLY_API_TOKEN", "glpat-strange");
    says(&wrong, 3, "Calendly", "bad", "was refused", "auth status --service calendly");
}

/// Whoever is neither owner nor admin is shown themself only.
#[test]
fn a_calendly_token_of_a_mere_user() {
    let test = TestWorld::demo().with_token().with_accounts();
    test.sandbox.update(|world| {
        let token = sandbox::CalendlyToken::new("mere", "limuqing@example.com");
        world.calendly.add_token(token);
    });
    let test = test.with("CALENDLY_API_TOKEN", "mere");
    let ran = test.run(&["doctor"]);
    let (line, hint) = about(&ran, "Calendly");
    assert!(!line.starts_with("ok"), "{}", ran.stdout);
    assert!(hint.is_some(), "{}", ran.stdout);
}

#[test]
fn a_clock_that_is_wrong() {
    let test = TestWorld::demo()
        .with_token()
        .with_accounts()
        .with("SUPPORT_AUDIT_NOW", "2001-01-01T00:00:00Z");
    says(&test, 0, "clock", "note", "2001-01-01", "clock");
    let test = test.with("SUPPORT_AUDIT_NOW", NOW);
    assert!(about(&test.run(&["doctor"]), "clock").0.contains("FY28-Q1"));
}
