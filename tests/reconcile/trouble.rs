//! What the service does not tell: nobody is found missing where a page is.

use std::process::Command;

use expect_test::expect;
use sandbox::{Answer, CalendlyToken, Fault, FaultKind};
use serde_json::{Value, json};

use super::{asked_of_calendly, demo, found, large};
use crate::support::{CALENDLY_TOKEN, Printed, TestWorld, Transcript, VANCE};

const MEMBERS: &str = "/organization_memberships?";
const INVITATIONS: &str = "/invitations?";

/// The checks that need the accounts.
const OF_ACCOUNTS: [&str; 7] = [
    "link-mismatch",
    "account-missing",
    "invitation-pending",
    "outsider",
    "owner-count",
    "admin-missing",
    "admin-unexpected",
];

/// Refuses a report that concludes anything from accounts which were not read whole.
#[track_caller]
fn concludes_nothing(ran: Printed) -> Printed {
    let report = ran.json();
    for check in OF_ACCOUNTS {
        assert_eq!(found(&report, check), [""; 0], "{check}");
    }
    assert_eq!(report["checks_unknown"], json!(OF_ACCOUNTS));
    assert_eq!(report["outsiders"], json!({ "state": "unknown" }));
    assert_eq!(report["summary"]["seats"], Value::Null);
    assert_ne!(report["accounts"]["gaps"], json!([]));
    ran
}

/// Reconciles, and sees that it ends with `code` and without a conclusion from absence.
#[track_caller]
fn fails(test: &TestWorld, code: i32) -> Printed {
    let ran = test.run(&["reconcile", "--format", "json"]).exit(code);
    assert!(ran.stderr.contains("error: ") && ran.stderr.contains("hint: "), "{}", ran.stderr);
    concludes_nothing(ran)
}

fn server_error() -> FaultKind {
    FaultKind::Answer(Answer::calendly(500, "Internal Server Error", "Something went wrong."))
}

#[test]
fn a_page_that_fails_leaves_everything_open() {
    let test = large(6_000);
    test.write("r.yaml", "- name: Gone\n  email: gone@example.com\n");
    let fault = Fault::new(MEMBERS, server_error()).skip(56).times(u32::MAX);
    test.sandbox.inject(fault);
    let ran = test.run(&["reconcile", "--roster", "r.yaml", "--format", "json"]).exit(5);
    let ran = concludes_nothing(ran);
    assert!(ran.stderr.contains("page 57"), "{}", ran.stderr);
    let gap = ran.json()["accounts"]["gaps"][0].clone();
    let gap = gap.as_str().unwrap();
    assert!(gap.contains("page 57") && gap.contains("5600"), "{gap}");
    assert_eq!(ran.json()["people"][0]["account"]["state"], "unknown");
    let ran = test.run(&["reconcile", "--roster", "r.yaml"]).exit(5);
    assert!(ran.stdout.contains("## Support Team"), "{}", ran.stdout);
}

#[test]
fn what_is_incomplete_is_not_written() {
    for path in [MEMBERS, INVITATIONS, "/users/me"] {
        let test = demo().with_issue();
        test.sandbox.inject(Fault::new(path, server_error()).times(u32::MAX));
        let ran = test.run_writing_nothing(&["reconcile", "--write", "--yes"]).exit(5);
        assert!(ran.stdout.contains("## Support Team"), "{path}: {}", ran.stdout);
        assert!(ran.stdout.contains("link-missing: 1"), "{path}: {}", ran.stdout);
        let ran = test.run_writing_nothing(&["reconcile", "--remove", "--yes", "--confirm", VANCE]);
        assert_eq!(ran.code, 5, "{path}: {}", ran.stderr);
    }
}

#[test]
fn a_token_that_is_missing_or_wrong_is_reported() {
    let mut transcript = Transcript::default();
    for (case, token) in [("wrong", "s3cret-and-strange"), ("missing", "")] {
        let ran = fails(&demo().with("CALENDLY_API_TOKEN", token), 3);
        transcript.add(case, ran.hides("s3cret"));
    }
    transcript.is(expect![[r#"
        # wrong
        no justifications and decisions are known: there is no open audit
        error: the accounts were not read whole: could not ask Calendly who you are: the token was refused: The access token is invalid (GET calendly.test/users/me)
        hint: `support-audit auth status --service calendly` tells where the token comes from
        # missing
        no justifications and decisions are known: there is no open audit
        error: the accounts were not read whole: no Calendly token for calendly.test: CALENDLY_API_TOKEN is empty and there is no keyring
        hint: set CALENDLY_API_TOKEN, for instance from a password manager: CALENDLY_API_TOKEN=$(op read …)
    "#]]);
}

#[test]
fn a_token_without_the_scope_is_told_which_it_needs() {
    let mut transcript = Transcript::default();
    for scope in ["users:read", "organizations:read"] {
        let test = demo();
        test.calendly(|calendly| {
            calendly.tokens.clear();
            let token = CalendlyToken::new(CALENDLY_TOKEN, "ivelderman@example.com");
            calendly.add_token(token.limited_to(&[scope]));
        });
        transcript.add(format!("{scope} alone"), fails(&test, 3));
    }
    transcript.is(expect![[r#"
        # users:read alone
        no justifications and decisions are known: there is no open audit
        error: the accounts were not read whole: page 1 of the organisation's members could not be read, after 0 items: not allowed: Permission denied or insufficient scope (GET calendly.test/organization_memberships)
        hint: it takes the token of an owner or admin with the scopes users:read and organizations:read
        # organizations:read alone
        no justifications and decisions are known: there is no open audit
        error: the accounts were not read whole: could not ask Calendly who you are: not allowed: Permission denied or insufficient scope (GET calendly.test/users/me)
        hint: it takes the token of an owner or admin with the scopes users:read and organizations:read
    "#]]);
}

/// Who is no admin sees themself only, which is no organisation of one.
#[test]
fn the_token_of_a_mere_user_sees_nobody() {
    let test = demo();
    test.calendly(|it| it.tokens[0].user = "rachterberg@example.com".to_owned());
    fails(&test, 3).messages_are(expect![[r#"
        no justifications and decisions are known: there is no open audit
        error: the accounts were not read whole: page 1 of the organisation's invitations could not be read, after 0 items: not allowed: You do not have permission to access this resource. (GET calendly.test/organizations/SANDBOXORG000001/invitations)
        hint: it takes the token of an owner or admin with the scopes users:read and organizations:read
    "#]]);

    // Even if the service should let them see the invitations.
    let test = demo();
    test.calendly(|it| it.tokens[0].user = "rachterberg@example.com".to_owned());
    let nobody = r#"{"collection":[],"pagination":{"count":0,"next_page":null}}"#;
    let answer = FaultKind::Answer(Answer::json(200, nobody));
    test.sandbox.inject(Fault::new(INVITATIONS, answer).times(u32::MAX));
    fails(&test, 5).messages_are(expect![[r#"
        no justifications and decisions are known: there is no open audit
        error: the accounts https://api.calendly.com/organizations/SANDBOXORG000001 are not whole: the token is not an owner's or admin's, and only they are shown everybody
        hint: nothing was concluded from who is missing there
    "#]]);
}

/// At least the token's owner is there.
#[test]
fn an_empty_organisation_is_refused() {
    let test = demo();
    let nobody = r#"{"collection":[],"pagination":{"count":0,"next_page":null}}"#;
    for path in [MEMBERS, INVITATIONS] {
        let answer = FaultKind::Answer(Answer::json(200, nobody));
        test.sandbox.inject(Fault::new(path, answer).times(u32::MAX));
    }
    fails(&test, 5);
}

#[test]
fn a_limit_is_waited_for_as_long_as_the_service_says() {
    let test = demo();
    let answer = Answer::calendly(429, "Too Many Requests", "The rate limit is exceeded.");
    let answer = answer.header("X-RateLimit-Reset", "37");
    test.sandbox.inject(Fault::new(MEMBERS, FaultKind::Answer(answer)).times(2));
    let ran = test.run(&["reconcile", "--format", "json"]).success();
    assert_eq!(found(&ran.json(), "outsider"), [VANCE]);
    let waits: Vec<&str> = ran.stderr.lines().filter(|it| it.contains("rate limited")).collect();
    assert_eq!(waits.len(), 2, "{}", ran.stderr);
    // Seconds, and no instant; a little is added so that clients do not come back in step.
    let seconds = |line: &&str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words[words.len() - 2].parse::<u64>().unwrap()
    };
    assert!(waits.iter().map(seconds).all(|it| (37..=42).contains(&it)), "{waits:?}");
}

#[test]
fn a_limit_that_is_never_lifted_leaves_the_accounts_open() {
    let test = demo();
    test.calendly(|it| it.quota.per_minute = 1);
    let ran = fails(&test, 5);
    assert!(ran.stderr.contains("rate limit"), "{}", ran.stderr);
}

/// The access token would go wherever the address points to.
#[test]
fn the_address_of_the_next_page_is_never_asked() {
    let test = demo();
    let elsewhere = TestWorld::demo();
    let next = format!("{}/organization_memberships?page=2", elsewhere.sandbox.calendly_url());
    // The admin whose token it is, so that nothing else is wrong with the list.
    let own = json!({
        "uri": "https://api.calendly.com/organization_memberships/OWN", "role": "admin",
        "user": { "uri": "https://api.calendly.com/users/OWN", "email": "ivelderman@example.com" },
    });
    for token in [Value::Null, json!("no such page")] {
        let body = json!({
            "collection": [own],
            "pagination": { "count": 1, "next_page": next, "next_page_token": token },
        });
        let answer = FaultKind::Answer(Answer::json(200, &body.to_string()));
        test.sandbox.inject(Fault::new(MEMBERS, answer));
        let before = test.sandbox.requests().len();
        fails(&test, 5);
        assert_eq!(elsewhere.sandbox.requests().len(), 0);
        let asked = asked_of_calendly(&test, before);
        let is_followed = asked.iter().any(|request| request.path.contains("page_token="));
        assert_eq!(is_followed, token.is_string(), "{asked:?}");
    }
}

#[test]
fn an_answer_that_breaks_off_is_asked_for_again() {
    let test = demo();
    test.sandbox.inject(Fault::new(MEMBERS, FaultKind::Truncate(2_000)));
    let ran = test.run(&["reconcile", "--format", "json"]).success();
    assert_eq!(found(&ran.json(), "outsider"), [VANCE]);
    test.sandbox.inject(Fault::new(MEMBERS, FaultKind::Truncate(2_000)).times(u32::MAX));
    fails(&test, 5);
}

#[test]
fn a_sign_in_page_is_not_a_list() {
    let test = demo();
    let answer = Answer::text(200, "text/html", "<html><title>Sign in</title></html>");
    test.sandbox.inject(Fault::new(MEMBERS, FaultKind::Answer(answer)).times(u32::MAX));
    fails(&test, 5).messages_are(expect![[r#"
        no justifications and decisions are known: there is no open audit
        error: the accounts were not read whole: page 1 of the organisation's members could not be read, after 0 items: expected the organisation's members as JSON, got: Sign in (GET calendly.test/organization_memberships)
        hint: check the service's address in `support-audit config`
    "#]]);
}

#[test]
fn short_pages_lose_nobody() {
    let test = demo();
    let whole = super::report(&test, &[]);
    test.sandbox.update(|world| world.short_pages = 97);
    let short = super::report(&test, &[]);
    assert_eq!(short, whole);
}

/// A service that cannot be reached at all.
#[test]
fn an_unreachable_service_is_not_an_empty_organisation() {
    let test = demo().with("SUPPORT_AUDIT_CALENDLY_URL", "http://127.0.0.1:9");
    fails(&test, 5);
}

/// A roster in doubt makes outsiders unknown, and nothing else.
#[test]
fn a_problem_that_may_hide_a_person_leaves_outsiders_open() {
    let test = demo();
    test.add_to_roster("- 5\n");
    let report = super::report(&test, &[]);
    assert_eq!(found(&report, "outsider"), [""; 0]);
    assert_eq!(found(&report, "account-missing"), ["Torbjørn Aaseby"]);
    assert_eq!(found(&report, "owner-count").len(), 1);
    let unknown = json!(["manager-unresolved", "outsider", "admin-unexpected"]);
    assert_eq!(report["checks_unknown"], unknown);
    let seats = json!({ "active": 40, "invited": 1, "outsiders": null });
    assert_eq!(report["summary"]["seats"], seats);
    let out = test.run(&["reconcile"]).success().stdout;
    assert!(out.contains("may hide a person: outsider"), "{out}");
    assert!(!out.contains(VANCE), "{out}");
}

/// `cat` stands for whoever reads on after the program has gone.
#[test]
fn the_report_of_what_was_read_is_on_stdout_alone() {
    let test = demo().with_issue();
    test.sandbox.inject(Fault::new(MEMBERS, server_error()).times(u32::MAX));
    let program = test.command(&["reconcile"]);
    let mut shell = Command::new("sh");
    shell.arg("-c").arg("\"$0\" reconcile 2> talk | cat > report").arg(program.get_program());
    shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.current_dir(program.get_current_dir().unwrap());
    assert!(shell.status().unwrap().success());
    let report = std::fs::read_to_string(test.path("report")).unwrap();
    let talk = std::fs::read_to_string(test.path("talk")).unwrap();
    assert!(report.starts_with("Roster `") && !report.contains("error"), "{report}");
    assert!(talk.contains("error: ") && !talk.contains("## "), "{talk}");
}
