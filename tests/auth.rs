//! `auth` and the tokens of the environment, on a machine without a keyring.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::Duration;

use expect_test::expect;
use rustix::process::{Pid, Signal, kill_process};
use sandbox::{Answer, Fault, FaultKind, Service, Token, World};
use serde_json::Value;

use crate::keyring::{Keyring, Lock};
use crate::support::{
    CALENDLY_TOKEN, GITLAB_TOKEN, Guard, LIMIT, NOW, TestWorld, Transcript, until,
};

/// A token that no world knows.
const STRANGE: &str = "glpat-tok3n-of-nobody";

/// The demo world with one more token, at the instant of the tests.
fn world_with(token: Token) -> World {
    let mut world = World::demo().unwrap();
    world.now = NOW.parse().unwrap();
    world.add_token(token);
    world
}

#[test]
fn status_reports_whose_token_it_is_and_what_it_may_do() {
    let mut token = Token::new("glpat-own", "ivelderman", &["read_api", "read_repository"]);
    token.expires_at = Some("2027-01-31".parse().unwrap());
    let test = TestWorld::new(world_with(token)).with("GL_TOKEN", "glpat-own");
    let facts = [
        ("source", "environment GL_TOKEN".to_owned()),
        ("host", test.gitlab_host()),
        ("user", "ivelderman".to_owned()),
        ("scopes", "read_api, read_repository".to_owned()),
        ("expires", "2027-01-31".to_owned()),
    ];

    let table = test.run(&["auth", "status"]).success().hides("glpat-own");
    for (name, value) in &facts {
        let row = table.stdout.lines().find_map(|line| line.strip_prefix(name));
        assert_eq!(row.map(str::trim), Some(&**value), "{name} in {}", table.stdout);
    }

    let ran = test.run(&["auth", "status", "--format", "json"]).success().hides("glpat-own");
    let mut json = ran.json();
    assert!(json["schema"].as_str().unwrap().starts_with("support-audit/"), "{json}");
    let scopes = json["scopes"].take();
    assert_eq!(scopes, serde_json::json!(["read_api", "read_repository"]));
    for (name, value) in facts.iter().filter(|(name, _)| *name != "scopes") {
        assert_eq!(json[name], **value, "{json}");
    }
    assert_eq!(json["usable"], true);
}

#[test]
fn status_distinguishes_never_from_unknown() {
    let test = TestWorld::new(world_with(Token::new("endless", "ivelderman", &["api"])));
    let json = test.with("GL_TOKEN", "endless").run(&["auth", "status", "--format", "json"]).json();
    assert_eq!(json["expires"], "never");

    // GitLab keeps no such record of the tokens of CI jobs.
    let test = TestWorld::demo().with_token();
    let answer = Answer::json(404, r#"{"message":"404 Not Found"}"#);
    test.sandbox.inject(Fault::new("personal_access_tokens", FaultKind::Answer(answer)).times(2));
    let table = test.run(&["auth", "status"]).success();
    let unknown = table.stdout.lines().filter(|line| line.ends_with("unknown")).count();
    assert_eq!(unknown, 2, "scopes and expiry in {}", table.stdout);
    let json = test.run(&["auth", "status", "--format", "json"]).success().json();
    assert_eq!((&json["scopes"], &json["expires"]), (&Value::Null, &Value::Null));
}

#[test]
fn status_of_an_unusable_token_ends_with_3_and_says_what_to_do() {
    type Change = fn(&mut Token);
    let cases: [(&str, Change); 4] = [
        ("unknown", |token| STRANGE.clone_into(&mut token.value)),
        ("expired", |token| token.expires_at = "2026-11-22".parse().ok()),
        ("revoked", |token| token.revoked = true),
        ("scope", |token| token.scopes = vec!["read_repository".to_owned()]),
    ];
    let mut transcript = Transcript::default();
    let mut shown = String::new();
    for (case, change) in cases {
        let mut token = Token::new("glpat-bad", "ivelderman", &["api"]);
        change(&mut token);
        let test = TestWorld::new(world_with(token)).with("GL_TOKEN", "glpat-bad");
        let printed = test.run(&["auth", "status"]).exit(3).hides("glpat-bad");
        let printed = transcript.add(case, printed);
        let problem = printed.stdout.lines().find(|line| line.starts_with("problem"));
        let problem = printed.redact(problem.unwrap_or(&printed.stdout));
        shown.push_str(&format!("{case}: {problem}\n"));
        let json = test.run(&["auth", "status", "--format", "json"]).exit(3);
        assert_eq!(json.hides("glpat-bad").json()["usable"], false, "{case}");
    }
    transcript.is(expect![[r#"
        # unknown
        # expired
        # revoked
        # scope
        hint: replace GL_TOKEN; or unset it, and `support-audit auth login` keeps one
    "#]]);
    expect![[r#"
        unknown: problem  the token was refused: 401 Unauthorized (GET gitlab.test/api/v4/user)
        expired: problem  the token is no longer valid: Token is expired. You can either do re-authorization or token refresh. (GET gitlab.test/api/v4/user)
        revoked: problem  the token is no longer valid: Token was revoked. You have to re-authorize from the user. (GET gitlab.test/api/v4/user)
        scope: problem  the token lacks a scope, any of: read_user api read_api (GET gitlab.test/api/v4/user)
    "#]].assert_eq(&shown);
}

#[test]
fn status_without_a_token_asks_nobody() {
    for (test, state) in [
        (TestWorld::demo(), "GL_TOKEN is not set"),
        (TestWorld::demo().with("GL_TOKEN", ""), "GL_TOKEN is empty"),
    ] {
        let printed = test.run(&["auth", "status"]).exit(3);
        assert!(printed.stdout.contains(state), "{}", printed.stdout);
        assert!(printed.stderr.contains("set GL_TOKEN"), "{}", printed.stderr);
        assert!(test.sandbox.requests().is_empty());
    }
}

#[test]
fn status_with_a_broken_server_ends_with_7() {
    let test = TestWorld::demo().with_token();
    let answer = FaultKind::Answer(Answer::bad_gateway());
    test.sandbox.inject(Fault::new("/user", answer).times(100));
    test.run(&["auth", "status"]).exit(7);
}

#[test]
fn status_of_calendly_sends_calendly_its_own_token_alone() {
    let test = TestWorld::demo().with_token().with("CALENDLY_API_TOKEN", CALENDLY_TOKEN);
    let arguments = ["auth", "status", "--service", "calendly", "--format", "json"];
    let json = test.run(&arguments).success().hides(CALENDLY_TOKEN).json();
    assert_eq!(json["source"], "environment CALENDLY_API_TOKEN");
    assert_eq!(json["host"], test.calendly_host());
    assert_eq!(json["user"], "ivelderman@example.com");
    assert_eq!(test.tokens_sent(), [(Service::Calendly, format!("Bearer {CALENDLY_TOKEN}"))]);

    let test = TestWorld::demo().with_token();
    let ran = test.run(&["auth", "status", "--service", "calendly"]).exit(3);
    ran.messages_are(expect![[r#"
        hint: set CALENDLY_API_TOKEN, or `support-audit auth login --service calendly` keeps a usable one
    "#]]);
    assert!(test.sandbox.requests().is_empty());
}

#[test]
fn a_token_follows_no_redirect_to_another_host() {
    let test = TestWorld::demo().with_token();
    let location = format!("{}/api/v4/user", test.sandbox.calendly_url());
    let kind = FaultKind::Redirect { status: 307, location };
    test.sandbox.inject(Fault::new("/api/v4/user", kind).times(9));
    let ran = test.run(&["auth", "status"]);
    assert_ne!(ran.code, 0, "{ran:?}");
    assert!(test.tokens_sent().iter().all(|(service, _)| *service == Service::GitLab));
}

#[test]
fn no_output_shows_the_token_even_if_the_server_repeats_it() {
    let said = format!(
        r#"{{"message":"no {GITLAB_TOKEN}","error":"x","error_description":"{GITLAB_TOKEN}"}}"#
    );
    let page = format!("<html><title>{GITLAB_TOKEN}</title><body>{GITLAB_TOKEN}</body></html>");
    let answers = [
        Answer::json(401, &said),
        Answer::json(403, &said),
        Answer::json(404, &said),
        Answer::json(500, &said),
        Answer::text(200, "text/html", &page),
        Answer::json(200, &format!(r#"{{"id":"{GITLAB_TOKEN}","username":7}}"#)),
        Answer::json(302, "{}").header("location", &format!("https://{GITLAB_TOKEN}.example/")),
    ];
    for answer in answers {
        for arguments in [
            &["auth", "status", "-vv"][..],
            &["auth", "status", "-vv", "--format", "json"],
            &["auth", "login", "-vv"],
            &["run", "-vv"],
            &["run", "-vv", "--format", "json"],
        ] {
            let test = TestWorld::demo().with_token();
            test.sandbox.inject(Fault::new("", FaultKind::Answer(answer.clone())).times(100));
            test.run_with_input(arguments, GITLAB_TOKEN).failure().hides(GITLAB_TOKEN);
        }
    }
    let test = TestWorld::demo().with_token();
    for arguments in [&["run", "-vv"][..], &["config", "-vv"], &["auth", "status", "-vv"]] {
        test.run(arguments).success().hides(GITLAB_TOKEN);
    }
}

#[test]
fn login_takes_the_token_without_what_surrounds_it() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    test.run_with_input(&["auth", "login"], format!(" \t{GITLAB_TOKEN} \r\n")).success();
    let sent = test.tokens_sent();
    assert!(!sent.is_empty());
    assert!(sent.iter().all(|(_, token)| token == GITLAB_TOKEN), "{sent:?}");
}

#[test]
fn login_refuses_what_cannot_be_a_token_unseen() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let tokens: [&[u8]; 8] = [
        b"",
        b"\n",
        b" \t\r\n",
        b"s3cret with spaces\n",
        b"s3cret\x1b[31m\n",
        "s3cret-\u{fc}\n".as_bytes(),
        "\u{feff}s3cret\n".as_bytes(),
        b"s3cret-\xff\xfe\n",
    ];
    let mut transcript = Transcript::default();
    for token in tokens {
        let test = keyring.user();
        let printed = test.run_with_input(&["auth", "login", "-vv"], token).exit(3);
        transcript.add(format!("{:?}", String::from_utf8_lossy(token)), printed.hides("s3cret"));
        assert!(test.sandbox.requests().is_empty());
    }
    transcript.is(expect![[r##"
        # ""
        # "\n"
        # " \t\r\n"
        error: not a usable token: it is empty
        hint: copy the token again, whole and on one line
        # "s3cret with spaces\n"
        # "s3cret\u{1b}[31m\n"
        error: not a usable token: it has white space or control characters inside
        hint: copy the token again, whole and on one line
        # "s3cret-ü\n"
        # "\u{feff}s3cret\n"
        error: not a usable token: it has characters that no token has
        hint: copy the token again, whole and on one line
        # "s3cret-��\n"
        error: could not read the token from stdin: stream did not contain valid UTF-8
        hint: pipe it: `support-audit auth login < FILE`
    "##]]);
}

#[test]
fn login_refuses_a_token_that_the_service_refuses() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    let ran = test.run_with_input(&["auth", "login"], STRANGE).exit(3).hides(STRANGE);
    ran.messages_are(expect![[r#"
        error: the token was refused: 401 Unauthorized (GET gitlab.test/api/v4/user)
        hint: `support-audit auth status` tells where the token comes from
    "#]]);
}

#[test]
fn a_variable_that_cannot_be_a_token_ends_with_3_unseen() {
    let values: [&[u8]; 4] =
        [b"s3cret with spaces", b"s3cret\nline", "s3cret-\u{fc}".as_bytes(), b"s3cret-\xff"];
    for value in values {
        for arguments in [&["run", "-vv"][..], &["auth", "status", "-vv"]] {
            let test = TestWorld::demo();
            let mut command = test.command(arguments);
            command.env("GL_TOKEN", OsStr::from_bytes(value));
            let ran = test.finish_in_time(command).exit(3).hides("s3cret");
            let all = format!("{}{}", ran.stdout, ran.stderr);
            assert!(all.contains("GL_TOKEN"), "{value:?}: {all}");
            assert!(test.sandbox.requests().is_empty());
        }
    }
}

#[test]
fn a_variable_may_end_with_a_new_line() {
    let test = TestWorld::demo().with("GL_TOKEN", format!("{GITLAB_TOKEN}\n"));
    test.run(&["auth", "status"]).success();
}

#[test]
fn a_token_that_was_typed_as_an_argument_is_not_repeated() {
    for arguments in [
        &["auth", "login", "glpat-secret123"][..],
        &["auth", "glpat-secret123"],
        &["auth", "login", "--service", "glpat-secret123"],
        &["auth", "login", "glpat-secret123", "--format", "json"],
    ] {
        let ran = TestWorld::demo().run(arguments).exit(2);
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("secret123"), "{arguments:?}");
        assert!(ran.stderr.contains("auth login"), "{}", ran.stderr);
    }
}

#[test]
fn no_flag_takes_a_token() {
    for flag in ["--token", "--gl-token", "--gitlab-token", "--calendly-token", "--password"] {
        for command in [&["run"][..], &["auth", "login"], &["auth", "status"], &["config"]] {
            for value in [&[flag, STRANGE][..], &[&format!("{flag}={STRANGE}")]] {
                let ran = TestWorld::demo().run(&[command, value].concat()).exit(2);
                assert!(ran.hides(STRANGE).stderr.contains(flag), "{command:?} {flag}");
            }
        }
    }
}

/// A `run` that hangs at its first request, which has been sent.
fn hanging(test: &TestWorld) -> Guard {
    test.sandbox.inject(Fault::new("", FaultKind::Slow(Duration::from_mins(1))));
    let mut command = test.command(&["run"]);
    let child = Guard(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    until("a request", || !test.sandbox.requests().is_empty());
    child
}

#[test]
#[cfg(target_os = "linux")]
fn others_see_no_token_and_a_crash_leaves_none() {
    let test = TestWorld::demo().with_token();
    let child = hanging(&test);
    let about = |name| std::fs::read(format!("/proc/{}/{name}", child.0.id())).unwrap();
    let words = String::from_utf8(about("cmdline")).unwrap();
    assert!(words.contains("run") && !words.contains(GITLAB_TOKEN), "{words}");
    let limits = String::from_utf8(about("limits")).unwrap();
    let core = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().take(2).collect::<Vec<_>>(), ["0", "0"]);
}

/// Interrupts a process as Ctrl-C does.
fn interrupt(process: &Guard) {
    kill_process(Pid::from_child(&process.0), Signal::INT).unwrap();
}

#[test]
fn an_interrupt_ends_a_slow_request() {
    let test = TestWorld::demo().with_token();
    let mut child = hanging(&test);
    interrupt(&child);
    assert_eq!(child.end(LIMIT).and_then(|status| status.code()), Some(130));
}

/// Interrupts `auth login` while it waits for its token; a shell calls the signal's end 130 too.
#[test]
fn an_interrupt_ends_a_login_that_waits_for_stdin() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    let start = || {
        let mut command = test.command(&["auth", "login"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Guard(command.spawn().unwrap())
    };
    // Which of two things is looked at first may be left to chance.
    let mut logins: Vec<Guard> = std::iter::repeat_with(start).take(12).collect();
    std::thread::sleep(Duration::from_secs(1));
    for login in &mut logins {
        assert!(login.0.try_wait().unwrap().is_none(), "it did not wait for stdin");
        interrupt(login);
    }
    for login in &mut logins {
        let end = login.end(Duration::from_secs(3)).expect("it was interrupted and went on");
        assert_eq!(end.code().or(end.signal().map(|signal| 128 + signal)), Some(130));
    }
}

#[test]
fn what_was_given_in_the_place_of_a_token_is_named_and_not_sent() {
    let mut transcript = Transcript::default();
    for (variable, value) in [
        ("GL_TOKEN", ""),
        ("GL_TOKEN", "\"glpat-s3cret\""),
        ("GL_TOKEN", "'glpat-s3cret'"),
        ("GL_TOKEN", "glpat-s3cret'"),
        ("GL_TOKEN", "$GITLAB_TOKEN"),
        ("GL_TOKEN", "${GITLAB_TOKEN}"),
        ("GL_TOKEN", "[MASKED]"),
        ("GITLAB_TOKEN", "glpat-s3cret"),
        ("CI_JOB_TOKEN", "glcbt-s3cret"),
    ] {
        let test = TestWorld::demo().with(variable, value);
        let ran = test.run(&["run"]).exit(3).hides("s3cret");
        transcript.add(format!("{variable}={value}"), ran);
        assert!(test.sandbox.requests().is_empty(), "{variable}={value}");
    }
    transcript.is(expect![[r##"
        # GL_TOKEN=
        error: no GitLab token for gitlab.test: GL_TOKEN is empty and there is no keyring
        hint: set GL_TOKEN, for instance from a password manager: GL_TOKEN=$(op read …)
        # GL_TOKEN="glpat-s3cret"
        # GL_TOKEN='glpat-s3cret'
        # GL_TOKEN=glpat-s3cret'
        error: the token of environment GL_TOKEN: not a usable token: it is in quotes
        hint: give it without the quotes
        # GL_TOKEN=$GITLAB_TOKEN
        # GL_TOKEN=${GITLAB_TOKEN}
        error: the token of environment GL_TOKEN: not a usable token: it is the name of a variable, not its value
        hint: single quotes, and files that no shell reads, keep the name as it is
        # GL_TOKEN=[MASKED]
        error: the token of environment GL_TOKEN: not a usable token: it is what GitLab shows instead of a masked variable
        hint: copy the token itself, not what a job's log shows of it
        # GITLAB_TOKEN=glpat-s3cret
        error: no GitLab token for gitlab.test: GL_TOKEN is not set and there is no keyring
        hint: GITLAB_TOKEN is set, which is not read: set GL_TOKEN to its value
        # CI_JOB_TOKEN=glcbt-s3cret
        error: no GitLab token for gitlab.test: GL_TOKEN is not set and there is no keyring
        hint: CI_JOB_TOKEN is set, which may not do this: make an access token and set GL_TOKEN to it
    "##]]);
}

#[test]
fn a_token_is_not_taken_where_there_is_no_keyring_to_keep_it() {
    let test = TestWorld::demo();
    let ran = test.run_with_input(&["auth", "login"], GITLAB_TOKEN).exit(1).hides(GITLAB_TOKEN);
    assert!(test.sandbox.requests().is_empty(), "{:?}", test.sandbox.requests());
    let mut transcript = Transcript::default();
    transcript.add("login", ran);
    transcript.is(expect![[r#"
        # login
        error: the keyring cannot be used: there is no keyring
        hint: set GL_TOKEN, for instance from a password manager: GL_TOKEN=$(op read …)
    "#]]);
}
