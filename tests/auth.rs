//! `auth` and the tokens of the environment, on a machine without a keyring.

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use sandbox::{Answer, Fault, FaultKind, Service, Token, World};
use serde_json::Value;

use crate::support::{NOW, Ran, Test};

/// The demo world's token of GitLab.
const GITLAB: &str = "sandbox-gitlab-token";
/// The demo world's token of Calendly.
const CALENDLY: &str = "sandbox-calendly-token";
/// No world knows it.
const STRANGE: &str = "glpat-tok3n-of-nobody";
/// As long as a command may take where nothing slows it.
const LIMIT: Duration = Duration::from_secs(10);

impl Ran {
    /// Refuses any output that holds `secret`.
    #[track_caller]
    pub(crate) fn hides(self, secret: &str) -> Self {
        for text in [&self.stdout, &self.stderr] {
            assert!(!text.contains(secret), "it shows {secret}: {text}");
        }
        self
    }

    /// Refuses a stderr that lacks any of the texts.
    #[track_caller]
    pub(crate) fn says(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.stderr.contains(text), "no {text:?} in {}", self.stderr);
        }
        self
    }
}

/// The demo world with one more token, at the instant of the tests.
fn world_with(token: Token) -> World {
    let mut world = World::demo().unwrap();
    world.now = NOW.parse().unwrap();
    world.add_token(token);
    world
}

/// GitLab's host as it is shown and as a stored token belongs to it.
pub(crate) fn gitlab_host(test: &Test) -> String {
    test.sandbox.gitlab_url().trim_start_matches("http://").to_owned()
}

/// Calendly's host, likewise.
fn calendly_host(test: &Test) -> String {
    test.sandbox.calendly_url().trim_start_matches("http://").to_owned()
}

/// The tokens that were sent, each with the service that got it.
pub(crate) fn tokens_sent(test: &Test) -> Vec<(Service, String)> {
    let names = ["private-token", "authorization", "job-token"];
    let requests = test.sandbox.requests();
    let sent = requests.iter().flat_map(|request| {
        names.iter().filter_map(|name| Some((request.service, request.header(name)?.to_owned())))
    });
    sent.collect()
}

/// Runs a command to its end, or kills it and fails when that takes too long.
#[track_caller]
pub(crate) fn within(limit: Duration, mut command: Command) -> Ran {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut child = Guard(child);
    let status = child.end(limit).unwrap_or_else(|| panic!("no end within {limit:?}: {command:?}"));
    Ran {
        code: status.code().unwrap_or(-1),
        stdout: rest(child.0.stdout.take()),
        stderr: rest(child.0.stderr.take()),
    }
}

/// What a stream still holds.
fn rest(stream: Option<impl Read>) -> String {
    let mut text = String::new();
    stream.unwrap().read_to_string(&mut text).unwrap();
    text
}

/// A process that does not outlive its test.
pub(crate) struct Guard(pub(crate) Child);

impl Guard {
    /// How it ended, if it did so in time.
    pub(crate) fn end(&mut self, limit: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        loop {
            match self.0.try_wait().unwrap() {
                Some(status) => return Some(status),
                None if start.elapsed() > limit => return None,
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }

    /// Interrupts it as Ctrl-C does.
    fn interrupt(&self) {
        kill_process(Pid::from_child(&self.0), Signal::INT).unwrap();
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Waits until something has come about.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < 2 * LIMIT, "it did not come about: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn status_tells_whose_token_it_is_and_what_it_may_do() {
    let mut token = Token::new("glpat-own", "ivelderman", &["read_api", "read_repository"]);
    token.expires_at = Some("2027-01-31".parse().unwrap());
    let test = Test::in_world(world_with(token)).with("GL_TOKEN", "glpat-own");
    let facts = [
        ("source", "environment GL_TOKEN".to_owned()),
        ("host", gitlab_host(&test)),
        ("user", "ivelderman".to_owned()),
        ("scopes", "read_api, read_repository".to_owned()),
        ("expires", "2027-01-31".to_owned()),
    ];

    let table = test.run(&["auth", "status"]).ends_with(0).hides("glpat-own");
    for (name, value) in &facts {
        let row = table.stdout.lines().find_map(|line| line.strip_prefix(name));
        assert_eq!(row.map(str::trim), Some(&**value), "{name} in {}", table.stdout);
    }

    let ran = test.run(&["auth", "status", "--format", "json"]).ends_with(0).hides("glpat-own");
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
fn status_tells_never_from_unknown() {
    let test = Test::in_world(world_with(Token::new("endless", "ivelderman", &["api"])));
    let json = test.with("GL_TOKEN", "endless").run(&["auth", "status", "--format", "json"]).json();
    assert_eq!(json["expires"], "never");

    // GitLab keeps no such record of the tokens of CI jobs.
    let test = Test::new().with_token();
    let answer = Answer::json(404, r#"{"message":"404 Not Found"}"#);
    test.sandbox.inject(Fault::new("personal_access_tokens", FaultKind::Answer(answer)).times(2));
    let table = test.run(&["auth", "status"]).ends_with(0);
    let unknown = table.stdout.lines().filter(|line| line.ends_with("unknown")).count();
    assert_eq!(unknown, 2, "scopes and expiry in {}", table.stdout);
    let json = test.run(&["auth", "status", "--format", "json"]).ends_with(0).json();
    assert_eq!((&json["scopes"], &json["expires"]), (&Value::Null, &Value::Null));
}

#[test]
fn status_of_an_unusable_token_ends_with_3_and_says_what_to_do() {
    let token = |change: fn(&mut Token)| {
        let mut token = Token::new("glpat-bad", "ivelderman", &["api"]);
        change(&mut token);
        token
    };
    let cases = [
        ("unknown", token(|token| STRANGE.clone_into(&mut token.value)), "refused"),
        ("expired", token(|token| token.expires_at = "2026-11-22".parse().ok()), "expired"),
        ("revoked", token(|token| token.revoked = true), "revoked"),
        ("scope", token(|token| token.scopes = vec!["read_repository".to_owned()]), "scope"),
    ];
    for (name, token, reason) in cases {
        let test = Test::in_world(world_with(token)).with("GL_TOKEN", "glpat-bad");
        let ran = test.run(&["auth", "status", "-vv"]).ends_with(3).hides("glpat-bad");
        let ran = ran.says(&["hint:", "support-audit auth login"]);
        for shown in [reason, "environment GL_TOKEN", &gitlab_host(&test)] {
            assert!(ran.stdout.to_lowercase().contains(&shown.to_lowercase()), "{name}: {ran:?}");
        }
        let ran = test.run(&["auth", "status", "--format", "json"]).ends_with(3);
        let json = ran.hides("glpat-bad").json();
        assert_eq!(json["usable"], false, "{name}: {json}");
        assert!(json["problem"].as_str().unwrap().contains(reason), "{name}: {json}");
    }
}

#[test]
fn status_without_a_token_asks_nobody() {
    for value in [None, Some("")] {
        let test = Test::new();
        let test = value.into_iter().fold(test, |test, value| test.with("GL_TOKEN", value));
        let ran = test.run(&["auth", "status"]).ends_with(3);
        assert!(ran.stdout.contains("GL_TOKEN is not set"), "{}", ran.stdout);
        drop(ran.says(&["hint:"]));
        assert!(test.sandbox.requests().is_empty());
    }
}

#[test]
fn status_with_a_broken_server_ends_with_7() {
    let test = Test::new().with_token();
    let answer = FaultKind::Answer(Answer::bad_gateway());
    test.sandbox.inject(Fault::new("/user", answer).times(100));
    drop(test.run(&["auth", "status"]).ends_with(7));
}

#[test]
fn status_of_calendly_sends_calendly_its_own_token_alone() {
    let test = Test::new().with_token().with("CALENDLY_API_TOKEN", CALENDLY);
    let arguments = ["auth", "status", "--service", "calendly", "--format", "json"];
    let json = test.run(&arguments).ends_with(0).hides(CALENDLY).json();
    assert_eq!(json["source"], "environment CALENDLY_API_TOKEN");
    assert_eq!(json["host"], calendly_host(&test));
    assert_eq!(json["user"], "ivelderman@example.com");
    assert_eq!(tokens_sent(&test), [(Service::Calendly, format!("Bearer {CALENDLY}"))]);

    let test = Test::new().with_token();
    let ran = test.run(&["auth", "status", "--service", "calendly"]).ends_with(3);
    drop(ran.says(&["support-audit auth login --service calendly"]));
    assert!(test.sandbox.requests().is_empty());
}

#[test]
fn a_token_follows_no_redirect_to_another_host() {
    let test = Test::new().with_token();
    let location = format!("{}/api/v4/user", test.sandbox.calendly_url());
    let kind = FaultKind::Redirect { status: 307, location };
    test.sandbox.inject(Fault::new("/api/v4/user", kind).times(9));
    let ran = test.run(&["auth", "status"]);
    assert_ne!(ran.code, 0, "{ran:?}");
    assert!(tokens_sent(&test).iter().all(|(service, _)| *service == Service::GitLab));
}

#[test]
fn no_output_shows_the_token_even_if_the_server_repeats_it() {
    let said = format!(r#"{{"message":"no {GITLAB}","error":"x","error_description":"{GITLAB}"}}"#);
    let page = format!("<html><title>{GITLAB}</title><body>{GITLAB}</body></html>");
    let answers = [
        Answer::json(401, &said),
        Answer::json(403, &said),
        Answer::json(404, &said),
        Answer::json(500, &said),
        Answer::text(200, "text/html", &page),
        Answer::json(200, &format!(r#"{{"id":"{GITLAB}","username":7}}"#)),
        Answer::json(302, "{}").header("location", &format!("https://{GITLAB}.example/")),
    ];
    for answer in answers {
        for arguments in [
            &["auth", "status", "-vv"][..],
            &["auth", "status", "-vv", "--format", "json"],
            &["auth", "login", "-vv"],
            &["run", "-vv"],
            &["run", "-vv", "--format", "json"],
        ] {
            let test = Test::new().with_token();
            test.sandbox.inject(Fault::new("", FaultKind::Answer(answer.clone())).times(100));
            let ran = test.run_with_input(arguments, GITLAB).hides(GITLAB);
            assert_ne!(ran.code, 0, "{arguments:?}: {ran:?}");
        }
    }
    let test = Test::new().with_token();
    for arguments in [&["run", "-vv"][..], &["config", "-vv"], &["auth", "status", "-vv"]] {
        drop(test.run(arguments).ends_with(0).hides(GITLAB));
    }
}

#[test]
fn login_takes_the_token_without_what_surrounds_it() {
    let test = Test::new();
    drop(test.run_with_input(&["auth", "login"], format!(" \t{GITLAB} \r\n")));
    let sent = tokens_sent(&test);
    assert!(!sent.is_empty());
    assert!(sent.iter().all(|(_, token)| token == GITLAB), "{sent:?}");
}

#[test]
fn login_refuses_what_cannot_be_a_token_unseen() {
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
    for token in tokens {
        let test = Test::new();
        let ran = test.run_with_input(&["auth", "login", "-vv"], token).ends_with(3);
        drop(ran.hides("s3cret").says(&["error:"]));
        assert!(test.sandbox.requests().is_empty());
    }
}

#[test]
fn login_refuses_a_token_that_the_service_refuses() {
    let test = Test::new();
    let ran = test.run_with_input(&["auth", "login"], STRANGE).ends_with(3).hides(STRANGE);
    drop(ran.says(&["error:", "refused", "hint:"]));
}

#[test]
fn a_variable_that_cannot_be_a_token_ends_with_3_unseen() {
    let values: [&[u8]; 4] =
        [b"s3cret with spaces", b"s3cret\nline", "s3cret-\u{fc}".as_bytes(), b"s3cret-\xff"];
    for value in values {
        for arguments in [&["run", "-vv"][..], &["auth", "status", "-vv"]] {
            let test = Test::new();
            let mut command = test.command(arguments);
            command.env("GL_TOKEN", OsStr::from_bytes(value));
            let ran = within(LIMIT, command).hides("s3cret");
            let all = format!("{}{}", ran.stdout, ran.stderr);
            assert!(all.contains("GL_TOKEN"), "{value:?}: {all}");
            drop(ran.ends_with(3));
            assert!(test.sandbox.requests().is_empty());
        }
    }
}

#[test]
fn a_variable_may_end_with_a_new_line() {
    let test = Test::new().with("GL_TOKEN", format!("{GITLAB}\n"));
    drop(test.run(&["auth", "status"]).ends_with(0));
}

#[test]
fn a_token_that_was_typed_as_an_argument_is_not_repeated() {
    for arguments in [
        &["auth", "login", "glpat-secret123"][..],
        &["auth", "glpat-secret123"],
        &["auth", "login", "--service", "glpat-secret123"],
        &["auth", "login", "glpat-secret123", "--format", "json"],
    ] {
        let ran = Test::new().run(arguments).ends_with(2);
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("secret123"), "{arguments:?}");
        assert!(ran.stderr.contains("auth login"), "{}", ran.stderr);
    }
}

#[test]
fn no_flag_takes_a_token() {
    for flag in ["--token", "--gl-token", "--gitlab-token", "--calendly-token", "--password"] {
        for command in [&["run"][..], &["auth", "login"], &["auth", "status"], &["config"]] {
            for value in [&[flag, STRANGE][..], &[&format!("{flag}={STRANGE}")]] {
                let ran = Test::new().run(&[command, value].concat()).ends_with(2);
                drop(ran.says(&[flag]).hides(STRANGE));
            }
        }
    }
}

/// A `run` that hangs at its first request, which has been sent.
fn hanging(test: &Test) -> Guard {
    test.sandbox.inject(Fault::new("", FaultKind::Slow(Duration::from_mins(1))));
    let mut command = test.command(&["run"]);
    let child = Guard(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    until("a request", || !test.sandbox.requests().is_empty());
    child
}

#[test]
#[cfg(target_os = "linux")]
fn others_see_no_token_and_a_crash_leaves_none() {
    let test = Test::new().with_token();
    let child = hanging(&test);
    let about = |name| std::fs::read(format!("/proc/{}/{name}", child.0.id())).unwrap();
    let words = String::from_utf8(about("cmdline")).unwrap();
    assert!(words.contains("run") && !words.contains(GITLAB), "{words}");
    let limits = String::from_utf8(about("limits")).unwrap();
    let core = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().take(2).collect::<Vec<_>>(), ["0", "0"]);
}

#[test]
fn an_interrupt_ends_a_slow_request() {
    let test = Test::new().with_token();
    let mut child = hanging(&test);
    child.interrupt();
    assert_eq!(child.end(LIMIT).and_then(|status| status.code()), Some(130));
}

/// Interrupts `auth login` while it waits for its token; a shell calls the signal's end 130 too.
#[test]
fn an_interrupt_ends_a_login_that_waits_for_stdin() {
    let test = Test::new();
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
        login.interrupt();
    }
    for login in &mut logins {
        let end = login.end(Duration::from_secs(3)).expect("it was interrupted and went on");
        assert_eq!(end.code().or(end.signal().map(|signal| 128 + signal)), Some(130));
    }
}
