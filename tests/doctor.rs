//! `doctor`: a line for each thing that is looked at, and a hint below it where it is wrong.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use expect_test::{Expect, expect};

use crate::support::{AUDITS, CALENDLY_TOKEN, GITLAB_TOKEN, Printed, ROSTER, TEAM, TestWorld};

const STRANGE: &str = "glpat-strange";

/// Runs `doctor`, which must show no token and write nothing.
#[track_caller]
fn doctor(test: &TestWorld, code: i32) -> Printed {
    let printed = test.run_writing_nothing(&["doctor"]).exit(code);
    printed.hides(GITLAB_TOKEN).hides(CALENDLY_TOKEN).hides(STRANGE)
}

/// Refuses other lines than these; those that are fine are left out.
#[track_caller]
fn complains(test: &TestWorld, code: i32, expected: &Expect) {
    let printed = doctor(test, code);
    let lines = printed.stdout.split_inclusive('\n').filter(|line| !line.starts_with("ok "));
    expected.assert_eq(&printed.redact(&lines.collect::<String>()));
}

#[test]
fn all_is_well() {
    let test = TestWorld::demo().with_token().with_accounts();
    doctor(&test, 0).stdout_is(expect![[r#"
        ok    configuration: version 0.1.0, 4 settings are not the defaults
        ok    GitLab token: from the environment GL_TOKEN
        ok    GitLab: you are ivelderman, with the scopes api
        ok    clock: 2026-11-22T10:00:00Z, the audit is that of FY28-Q1
        ok    audits project: [audits]
        ok    issue template: Calendly
        ok    roster: 41 people, 0 problems
        ok    Calendly token: from the environment CALENDLY_API_TOKEN
        ok    Calendly: the organisation can be read
        ok    managers: nadeyemi, mdaubigny
    "#]]);
}

#[test]
fn a_token_that_is_missing() {
    let test = TestWorld::demo();
    doctor(&test, 3).stdout_is(expect![[r#"
        ok    configuration: version 0.1.0, 2 settings are not the defaults
        bad   GitLab token: GL_TOKEN is not set and there is no keyring
              hint: set GL_TOKEN, for instance from a password manager: GL_TOKEN=$(op read …)
        note  GitLab: not asked, for want of a token
              hint: support-audit auth login
        ok    clock: 2026-11-22T10:00:00Z, the audit is that of FY28-Q1
        note  audits project: not asked, for want of a token
              hint: support-audit auth login
        note  issue template: not asked, for want of a token
              hint: support-audit auth login
        note  roster: not asked, for want of a token
              hint: support-audit auth login
        note  Calendly token: CALENDLY_API_TOKEN is not set and there is no keyring
              hint: --accounts reads the admins' CSV export instead
        note  Calendly: not asked, for want of a token
              hint: --accounts reads the admins' CSV export instead
        note  managers: none are configured
              hint: `managers` in the configuration names who is escalated to and who reviews
    "#]]);
    assert!(test.sandbox.requests().is_empty());
}

#[test]
fn a_token_that_is_wrong() {
    let test = TestWorld::demo().with("GL_TOKEN", STRANGE);
    complains(
        &test,
        3,
        &expect![[r#"
            bad   GitLab: the token was refused: 401 Unauthorized (GET gitlab.test/api/v4/user)
                  hint: `support-audit auth status` tells where the token comes from
            bad   audits project: could not look at [audits]: the token was refused: 401 Unauthorized (GET gitlab.test/api/v4/projects/[audits])
                  hint: `support-audit auth status` tells where the token comes from
            bad   issue template: could not read the template Calendly: the token was refused: 401 Unauthorized (GET gitlab.test/api/v4/projects/[audits]/templates/issues/Calendly)
                  hint: `support-audit auth status` tells where the token comes from
            bad   roster: could not read the roster data/support-team.yaml of gitlab-com/support/team at master: the token was refused: 401 Unauthorized (GET gitlab.test/api/v4/projects/gitlab-com%2Fsupport%2Fteam/repository/files/data%2Fsupport-team%2Eyaml/raw)
                  hint: `support-audit auth status` tells where the token comes from
            note  Calendly token: CALENDLY_API_TOKEN is not set and there is no keyring
                  hint: --accounts reads the admins' CSV export instead
            note  Calendly: not asked, for want of a token
                  hint: --accounts reads the admins' CSV export instead
            note  managers: none are configured
                  hint: `managers` in the configuration names who is escalated to and who reviews
        "#]],
    );
}

#[test]
fn a_project_or_template_that_is_missing() {
    let test = TestWorld::demo().with_token().with_accounts();
    let test = test.with("SUPPORT_AUDIT_PROJECT", "some/other");
    complains(
        &test,
        1,
        &expect![[r#"
        bad   audits project: could not look at some/other: not found: 404 Project Not Found (GET gitlab.test/api/v4/projects/some%2Fother)
              hint: it may be misspelt, or private and not shown to this token: see `support-audit config` and `support-audit auth status`
        note  issue template: could not read the template Calendly: not found: 404 Project Not Found (GET gitlab.test/api/v4/projects/some%2Fother/templates/issues/Calendly)
              hint: `init-issue --template builtin` does without
    "#]],
    );

    let test = TestWorld::demo().with_token().with_accounts();
    test.sandbox.update(|world| {
        world.project(AUDITS).unwrap().remove_file(".gitlab/issue_templates/Calendly.md");
    });
    complains(
        &test,
        0,
        &expect![[r#"
            note  issue template: could not read the template Calendly: not found: 404 Template Not Found (GET gitlab.test/api/v4/projects/[audits]/templates/issues/Calendly)
                  hint: `init-issue --template builtin` does without
        "#]],
    );
}

#[test]
fn a_roster_with_problems() {
    let test = TestWorld::demo().with_token().with_accounts();
    let roster = "- name: Ada\n  email: ada@example.com\n- 7\n- [x]\n";
    test.sandbox.update(|world| {
        world.project(TEAM).unwrap().add_file(ROSTER, roster);
    });
    complains(
        &test,
        0,
        &expect![[r#"
        note  roster: 1 people, 2 problems
              hint: `support-audit run` tells each with its line
    "#]],
    );
    let test = test.with("SUPPORT_AUDIT_ROSTER_PATH", "data/gone.yaml");
    complains(
        &test,
        1,
        &expect![[r#"
        bad   roster: could not read the roster data/gone.yaml of gitlab-com/support/team at master: not found: 404 File Not Found (GET gitlab.test/api/v4/projects/gitlab-com%2Fsupport%2Fteam/repository/files/data%2Fgone%2Eyaml/raw)
              hint: it may be misspelt, or private and not shown to this token: see `support-audit config` and `support-audit auth status`
    "#]],
    );
}

#[test]
fn a_calendly_token_that_may_not_see_everything() {
    let test = TestWorld::demo().with_token().with_accounts();
    test.calendly(|calendly| {
        let token = sandbox::CalendlyToken::new("limited", "nadeyemi@example.com");
        calendly.add_token(token.limited_to(&["users:read"]));
        // Whoever is neither owner nor admin is shown themself only.
        calendly.add_token(sandbox::CalendlyToken::new("mere", "limuqing@example.com"));
    });
    let test = test.with("CALENDLY_API_TOKEN", "limited");
    complains(
        &test,
        1,
        &expect![[r#"
        bad   Calendly: page 1 of the organisation's invitations could not be read, after 0 items: not allowed: Permission denied or insufficient scope (GET calendly.test/organizations/SANDBOXORG000001/invitations)
              hint: ask for access with the account that `support-audit auth status --service calendly` names
    "#]],
    );
    let test = test.with("CALENDLY_API_TOKEN", STRANGE);
    complains(
        &test,
        3,
        &expect![[r#"
        bad   Calendly: could not ask Calendly who you are: the token was refused: The access token is invalid (GET calendly.test/users/me)
              hint: `support-audit auth status --service calendly` tells where the token comes from
    "#]],
    );
    let test = test.with("CALENDLY_API_TOKEN", "mere");
    complains(
        &test,
        1,
        &expect![[r#"
        bad   Calendly: page 1 of the organisation's invitations could not be read, after 0 items: not allowed: You do not have permission to access this resource. (GET calendly.test/organizations/SANDBOXORG000001/invitations)
              hint: ask for access with the account that `support-audit auth status --service calendly` names
    "#]],
    );
}

#[test]
fn a_clock_that_is_wrong() {
    let test = TestWorld::demo_at("2001-01-01T00:00:00Z").with_token().with_accounts();
    complains(
        &test,
        0,
        &expect![[r#"
        note  clock: 2001-01-01T00:00:00Z
              hint: set the machine's clock: waits and fiscal quarters are counted by it
    "#]],
    );
}

#[test]
fn a_project_that_no_audit_can_be_recorded_in() {
    for (change, code, expected) in [
        (
            (|project| project.archived = true) as fn(&mut sandbox::Project),
            1,
            expect![[r#"
            bad   audits project: [audits] is archived, so nothing can be written into it
                  hint: unarchive it, or set `gitlab.audits_project` to another one
        "#]],
        ),
        (
            |project| project.issues_disabled = true,
            1,
            expect![[r#"
            bad   audits project: issues are switched off in [audits]
                  hint: switch them on in the project's settings
        "#]],
        ),
        (
            |project| {
                project.renamed_from.push(AUDITS.to_owned());
                "acme/audits".clone_into(&mut project.path);
            },
            0,
            expect![[r#"
                note  audits project: [audits] has moved to acme/audits
                      hint: set `gitlab.audits_project` to the new path
            "#]],
        ),
    ] {
        let test = TestWorld::demo().with_token().with_accounts();
        test.sandbox.update(|world| change(world.project(AUDITS).unwrap()));
        complains(&test, code, &expected);
    }
}

#[test]
fn managers_who_cannot_be_mentioned() {
    let managers = ["nadeyemi", "mdaubigny", "limuqing", "nobody"];
    let tables = managers.map(|name| format!("[[managers]]\nusername = \"{name}\"\n"));
    let test = TestWorld::demo().with_token().with_accounts().with_config(&tables.concat());
    test.sandbox.update(|world| {
        let user = world.users.iter_mut().find(|user| user.username == "mdaubigny").unwrap();
        "blocked".clone_into(&mut user.state);
        world.project(AUDITS).unwrap().members.remove("limuqing");
    });
    complains(
        &test,
        0,
        &expect![[r#"
        note  managers: nadeyemi, mdaubigny (blocked), limuqing (cannot see the issue), nobody (no such user)
              hint: who cannot be mentioned is neither escalated to nor asked for the review: correct `managers`, or give them access
    "#]],
    );
}

#[test]
fn a_service_that_refuses_connections_is_asked_once() {
    // The port was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nowhere = format!("http://127.0.0.1:{port}");
    let test = TestWorld::demo().with_token().with_accounts();
    let test = test.with("SUPPORT_AUDIT_GITLAB_URL", &nowhere);
    let begin = Instant::now();
    let printed = doctor(&test, 7).redacting(format!("127.0.0.1:{port}"), "nowhere.test");
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
    assert!(!printed.stderr.contains("attempt"), "{}", printed.stderr);
    printed.stdout_is(expect![[r#"
        ok    configuration: version 0.1.0, 4 settings are not the defaults
        ok    GitLab token: from the environment GL_TOKEN
        bad   GitLab: no connection: Connection refused (os error 111) (GET nowhere.test/api/v4/user)
              hint: run the command again
        ok    clock: 2026-11-22T10:00:00Z, the audit is that of FY28-Q1
        note  audits project: not asked, since GitLab cannot be reached
        note  issue template: not asked, since GitLab cannot be reached
        note  roster: not asked, since GitLab cannot be reached
        ok    Calendly token: from the environment CALENDLY_API_TOKEN
        ok    Calendly: the organisation can be read
        ok    managers: nadeyemi, mdaubigny
    "#]]);
}

#[test]
fn services_that_never_answer_are_waited_for_shortly_and_side_by_side() {
    let silence = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", silence.local_addr().unwrap());
    let test = TestWorld::demo().with_token().with_accounts();
    let test = test.with("SUPPORT_AUDIT_GITLAB_URL", &silent);
    let test = test.with("SUPPORT_AUDIT_CALENDLY_URL", &silent);
    let begin = Instant::now();
    let mut child = test.start(&["doctor"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for name in ["configuration", "GitLab token"] {
        let line = lines.next().unwrap().unwrap();
        assert!(line.contains(name), "{line}");
    }
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(begin.elapsed() < Duration::from_secs(9), "{:?}", begin.elapsed());
    let late: Vec<_> = rest.iter().filter(|line| line.contains("no answer in time")).collect();
    assert_eq!(late.len(), 2, "{rest:?}");
    let ran = test.wait(child).exit(7);
    assert!(!ran.stderr.contains("attempt"), "{}", ran.stderr);
}
