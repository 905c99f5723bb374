//! The tokens in a real keyring, gnome-keyring on a D-Bus of its own; and what is done without one.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use expect_test::expect;
use sandbox::Token;
use tempfile::TempDir;

use crate::support::{
    CALENDLY_TOKEN, GITLAB_TOKEN, Guard, Printed, Ran, TestWorld, Transcript, until,
};

/// A bus on which everybody may do everything and nothing is started by itself.
const BUS: &str = r#"<busconfig>
  <type>session</type>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
"#;

/// How a keyring stands when a case begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    /// It is open.
    Open,
    /// It is closed, and nobody is there to open it.
    Closed,
    /// There is none.
    Absent,
}

/// A keyring in a session of its own, which ends with this value.
pub(crate) struct Keyring {
    // They end in this order.
    _daemon: Guard,
    _bus: Guard,
    folder: TempDir,
    /// Where the bus is.
    pub(crate) address: String,
}

impl Keyring {
    /// Starts one; none where the programs for it are missing, which is told.
    pub(crate) fn start(lock: Lock) -> Option<Self> {
        let programs = ["dbus-daemon", "dbus-send", "gnome-keyring-daemon", "secret-tool"];
        let path = std::env::var_os("PATH").unwrap();
        let is_there = |program: &str| {
            std::env::split_paths(&path).any(|folder| folder.join(program).exists())
        };
        let missing: Vec<_> = programs.into_iter().filter(|program| !is_there(program)).collect();
        if !missing.is_empty() {
            println!("missing: {}; nothing was tried with a real keyring", missing.join(", "));
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        if lock == Lock::Closed {
            // The first session makes the keyring that the second finds closed.
            drop(Self::in_folder(
                tempfile::tempdir_in(&folder).unwrap(),
                folder.path(),
                Lock::Open,
            ));
        }
        let home = folder.path().to_owned();
        Some(Self::in_folder(folder, &home, lock))
    }

    fn in_folder(folder: TempDir, home: &Path, lock: Lock) -> Self {
        let (bus, address) = start_bus(folder.path());
        let mut daemon = inside("gnome-keyring-daemon", home, &address);
        daemon.args(["--foreground", "--components=secrets"]).stdin(Stdio::piped());
        if lock == Lock::Open {
            daemon.arg("--unlock");
        }
        let daemon = daemon.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut daemon = Guard(daemon);
        // The password ends where the stream ends.
        daemon.0.stdin.take().unwrap().write_all(b"password").unwrap();

        let keyring = Self { _daemon: daemon, _bus: bus, folder, address };
        until("an answer of the keyring", || match lock {
            Lock::Open => {
                keyring.tool(&["store", "--label=x", "is", "open"], "yes").status.success()
            }
            Lock::Closed | Lock::Absent => {
                keyring.tool(&["lookup", "is", "there"], "").stderr.is_empty()
            }
        });
        keyring
    }

    /// Runs `secret-tool`, with `input` on stdin.
    fn tool(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Output {
        let mut command = inside("secret-tool", self.folder.path(), &self.address);
        command.args(arguments).stdin(Stdio::piped());
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut tool = command.spawn().unwrap();
        // It may not want any.
        tool.stdin.take().unwrap().write_all(input.as_ref()).ok();
        tool.wait_with_output().unwrap()
    }

    /// The token that other programs find for a host.
    pub(crate) fn token(&self, host: &str) -> Option<String> {
        let words = ["lookup", "service", "support-audit", "username", host];
        let output = self.tool(&words, "");
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    }

    /// Stores a token for a host, as another program does.
    pub(crate) fn store(&self, host: &str, token: &str) {
        self.store_bytes(host, token.as_bytes());
    }

    /// Stores what need not be text for a host.
    fn store_bytes(&self, host: &str, token: &[u8]) {
        let words = ["store", "--label=token", "service", "support-audit", "username", host];
        let output = self.tool(&words, token);
        assert!(output.status.success(), "{output:?}");
    }

    /// Closes the keyring.
    fn lock(&self) {
        let mut command = inside("dbus-send", self.folder.path(), &self.address);
        command.args(["--session", "--print-reply", "--dest=org.freedesktop.secrets"]);
        command.args(["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock"]);
        command.arg("array:objpath:/org/freedesktop/secrets/collection/login");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    /// A user in this session, without a token in the environment.
    pub(crate) fn user(&self) -> TestWorld {
        TestWorld::demo().with("DBUS_SESSION_BUS_ADDRESS", &*self.address)
    }
}

/// Starts a bus of its own; gives its address.
fn start_bus(folder: &Path) -> (Guard, String) {
    let settings = folder.join("bus.conf");
    let listen = format!("  <listen>unix:dir={}</listen>\n</busconfig>\n", folder.display());
    std::fs::write(&settings, format!("{BUS}{listen}")).unwrap();
    let mut bus = Command::new("dbus-daemon");
    bus.arg("--nofork").arg("--print-address=1").arg("--config-file").arg(settings);
    let bus = bus.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut bus = Guard(bus.spawn().unwrap());
    let mut address = String::new();
    BufReader::new(bus.0.stdout.as_mut().unwrap()).read_line(&mut address).unwrap();
    (bus, address.trim().to_owned())
}

/// A program in the session.
fn inside(program: &str, home: &Path, address: &str) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home)
        .env("DBUS_SESSION_BUS_ADDRESS", address);
    command
}

impl Printed {
    /// Refuses a stderr that lacks any of the texts.
    #[track_caller]
    fn says(&self, texts: &[&str]) {
        for text in texts {
            assert!(self.stderr.contains(text), "no {text:?} in {}", self.stderr);
        }
    }
}

/// Runs a command with `input` on stdin, and fails when it hangs.
#[track_caller]
fn run(test: &TestWorld, arguments: &[&str], input: &str) -> Ran {
    test.write("input", input);
    let mut command = test.command(arguments);
    command.stdin(std::fs::File::open(test.path("input")).unwrap());
    test.finish_in_time(command)
}

#[test]
fn login_keeps_the_token_that_others_then_use() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    let host = test.gitlab_host();
    let ran = run(&test, &["auth", "login", "-vv"], &format!(" {GITLAB_TOKEN}\r\n"));
    let ran = ran.success().hides(GITLAB_TOKEN);
    ran.says(&[&host, "ivelderman"]);
    assert_eq!(ran.stdout, "");
    assert_eq!(keyring.token(&host).as_deref(), Some(GITLAB_TOKEN));

    let ran = test.run(&["auth", "status", "--format", "json"]).success().hides(GITLAB_TOKEN);
    let json = ran.json();
    assert_eq!((&json["source"], &json["host"]), (&"keyring".into(), &(*host).into()), "{json}");
    let ran = test.run(&["run", "-vv"]).success().hides(GITLAB_TOKEN);
    assert!(ran.stdout.contains("## Support Team"), "{}", ran.stdout);
}

#[test]
fn a_second_login_takes_the_place_of_the_first() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    test.sandbox.update(|world| world.add_token(Token::new("second", "ivelderman", &["api"])));
    run(&test, &["auth", "login"], GITLAB_TOKEN).success();
    run(&test, &["auth", "login"], "second").success();
    assert_eq!(keyring.token(&test.gitlab_host()).as_deref(), Some("second"));
    run(&test, &["auth", "login"], "glpat-strange").exit(3).hides("glpat-strange");
    assert_eq!(keyring.token(&test.gitlab_host()).as_deref(), Some("second"));
}

#[test]
fn the_environment_goes_before_the_keyring() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user().with_token();
    test.sandbox.update(|world| world.add_token(Token::new("glpat-other", "ivelderman", &["api"])));
    let ran = run(&test, &["auth", "login"], "glpat-other").success();
    ran.hides("glpat-other").says(&["warning:", "GL_TOKEN"]);
    let before = test.tokens_sent().len();
    test.run(&["run"]).success();
    let sent = test.tokens_sent().split_off(before);
    assert!(!sent.is_empty() && sent.iter().all(|(_, token)| token == GITLAB_TOKEN), "{sent:?}");
    let json = test.run(&["auth", "status", "--format", "json"]).success().json();
    assert_eq!(json["source"], "environment GL_TOKEN");
}

#[test]
fn logout_removes_the_token_once() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    let host = test.gitlab_host();
    keyring.store(&host, GITLAB_TOKEN);
    keyring.store("gitlab.example.com", "stays");
    run(&test, &["auth", "logout"], "").success().says(&["removed", &host]);
    assert_eq!(keyring.token(&host), None);
    assert_eq!(keyring.token("gitlab.example.com").as_deref(), Some("stays"));
    run(&test, &["auth", "logout"], "").success().says(&["no token", &host]);
    run(&test, &["run"], "").exit(3);
}

#[test]
fn a_token_that_another_program_stored_is_used() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    keyring.store(&test.gitlab_host(), GITLAB_TOKEN);
    run(&test, &["run", "-vv"], "").success().hides(GITLAB_TOKEN);
}

#[test]
fn a_token_goes_only_to_the_host_it_was_stored_for() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    let port = test.gitlab_host().trim_start_matches("127.0.0.1").to_owned();
    for host in ["gitlab.com", "127.0.0.1", "127.0.0.1:1", &format!("localhost{port}")] {
        keyring.store(host, GITLAB_TOKEN);
    }
    keyring.store(test.sandbox.calendly_url().trim_start_matches("http://"), GITLAB_TOKEN);
    let ran = run(&test, &["run", "-vv"], "").exit(3).hides(GITLAB_TOKEN);
    ran.says(&["error:", &test.gitlab_host(), "hint:"]);
    run(&test, &["auth", "status", "-vv"], "").exit(3).hides(GITLAB_TOKEN);
    assert!(test.sandbox.requests().is_empty(), "{:?}", test.sandbox.requests());
}

#[test]
fn each_service_has_its_own_token() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    let login = ["auth", "login", "--service", "calendly"];
    run(&test, &login, CALENDLY_TOKEN).success();
    run(&test, &["auth", "status", "--service", "calendly"], "").success();
    run(&test, &["auth", "status"], "").exit(3);
    run(&test, &["auth", "logout", "--service", "calendly"], "").success();
    run(&test, &["auth", "status", "--service", "calendly"], "").exit(3);
}

#[test]
fn what_cannot_be_a_token_is_not_sent_and_not_shown() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    for stored in ["s3cret with spaces", "s3cret\nline", "s3cret-\u{fc}"] {
        keyring.store(&test.gitlab_host(), stored);
        for arguments in [&["run", "-vv"][..], &["auth", "status", "-vv"]] {
            let ran = run(&test, arguments, "").exit(3).hides("s3cret");
            let all = format!("{}{}", ran.stdout, ran.stderr);
            assert!(all.contains("keyring"), "{all}");
        }
    }
    assert!(test.sandbox.requests().is_empty());
}

#[test]
fn a_keyring_that_holds_garbage_is_reported_and_login_replaces_it() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    keyring.store_bytes(&test.gitlab_host(), b"s3cret-\xff\xfe");
    let ran = run(&test, &["run", "-vv"], "").exit(3).hides("s3cret");
    ran.says(&["the keyring holds something that is not a token", "`support-audit auth login`"]);
    run(&test, &["auth", "login"], GITLAB_TOKEN).success();
    run(&test, &["run"], "").success();
}

#[test]
fn each_state_of_a_keyring_has_its_own_words() {
    let Some(empty) = Keyring::start(Lock::Open) else { return };
    let Some(locked) = Keyring::start(Lock::Open) else { return };
    let Some(garbage) = Keyring::start(Lock::Open) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (_bus, bus_alone) = start_bus(folder.path());
    let path = folder.path().join("silent");
    let _silence = UnixListener::bind(&path).unwrap();
    let silent = format!("unix:path={}", path.display());
    let on_bus = |address| TestWorld::demo().with("DBUS_SESSION_BUS_ADDRESS", address);
    let (in_locked, with_garbage) = (locked.user(), garbage.user());
    locked.store(&in_locked.gitlab_host(), GITLAB_TOKEN);
    locked.lock();
    garbage.store_bytes(&with_garbage.gitlab_host(), b"s3cret-\xff\xfe");

    let mut transcript = Transcript::default();
    for (state, words, test) in [
        ("none", "there is no keyring", on_bus(bus_alone)),
        ("locked", "the keyring is locked", in_locked),
        ("empty", "the keyring holds none", empty.user()),
        ("garbage", "the keyring holds something that is not a token", with_garbage),
        ("never answers", "the keyring did not answer", on_bus(silent)),
    ] {
        let status = run(&test, &["auth", "status"], "").exit(3);
        assert!(status.stdout.contains(words), "{state}: {}", status.stdout);
        transcript.add(state, run(&test, &["run"], "").exit(3).hides(GITLAB_TOKEN).hides("s3cret"));
        assert!(test.sandbox.requests().is_empty(), "{state}");
    }
    transcript.is(expect![[r#"
        # none
        error: no GitLab token for gitlab.test: GL_TOKEN is not set and there is no keyring
        hint: set GL_TOKEN, for instance from a password manager: GL_TOKEN=$(op read …)
        # locked
        error: no GitLab token for gitlab.test: GL_TOKEN is not set and the keyring is locked
        hint: unlock it in your desktop session, or set GL_TOKEN
        # empty
        error: no GitLab token for gitlab.test: GL_TOKEN is not set and the keyring holds none
        hint: set GL_TOKEN, or `support-audit auth login` keeps one
        # garbage
        error: no GitLab token for gitlab.test: GL_TOKEN is not set and the keyring holds something that is not a token
        hint: `support-audit auth login` replaces it; or set GL_TOKEN
        # never answers
        error: no GitLab token for gitlab.test: GL_TOKEN is not set and the keyring did not answer in 5 s
        hint: set GL_TOKEN, or start the keyring service again
    "#]]);
}

#[test]
fn a_closed_keyring_is_reported() {
    let Some(keyring) = Keyring::start(Lock::Closed) else { return };
    let test = keyring.user();
    for (arguments, code) in [(&["auth", "login"][..], 1), (&["auth", "status"], 3), (&["run"], 3)]
    {
        let ran = run(&test, arguments, GITLAB_TOKEN).exit(code).hides(GITLAB_TOKEN);
        let all = format!("{}{}", ran.stdout, ran.stderr);
        // What a closed keyring does not even list, it does not hold.
        let state = if code == 1 { "the keyring is locked" } else { "the keyring holds none" };
        assert!(all.contains(state) && all.contains("GL_TOKEN"), "{arguments:?}: {all}");
    }
    run(&test.with_token(), &["run"], "").success();
}

#[test]
fn a_token_behind_a_lock_is_not_called_absent() {
    let Some(keyring) = Keyring::start(Lock::Open) else { return };
    let test = keyring.user();
    keyring.store(&test.gitlab_host(), GITLAB_TOKEN);
    keyring.lock();
    for (arguments, code) in
        [(&["auth", "login"][..], 1), (&["auth", "status"], 3), (&["run"], 3), (&["run", "-v"], 3)]
    {
        let ran = run(&test, arguments, GITLAB_TOKEN).exit(code).hides(GITLAB_TOKEN);
        let all = format!("{}{}", ran.stdout, ran.stderr);
        assert!(all.contains("the keyring is locked"), "{arguments:?}: {all}");
        assert!(all.contains("GL_TOKEN") && !all.contains("no keyring"), "{arguments:?}: {all}");
    }
    assert!(test.sandbox.requests().is_empty(), "{:?}", test.sandbox.requests());
}

#[test]
fn a_service_without_a_keyring_is_reported() {
    let Some(keyring) = Keyring::start(Lock::Absent) else { return };
    let test = keyring.user();
    run(&test, &["run"], "").exit(3).says(&["GL_TOKEN", "keyring"]);
    let ran = run(&test, &["auth", "login"], GITLAB_TOKEN).exit(1).hides(GITLAB_TOKEN);
    ran.says(&["error:", "keyring", "hint:", "GL_TOKEN"]);
    run(&test, &["auth", "logout"], "").success().says(&["no token"]);
}

#[test]
fn login_without_a_keyring_says_what_to_do_instead() {
    let test = TestWorld::demo();
    let mut command = test.command(&["auth", "login", "-vv"]);
    test.write("token.txt", GITLAB_TOKEN);
    command.stdin(std::fs::File::open(test.path("token.txt")).unwrap());
    let ran = test.finish_in_time(command).exit(1).hides(GITLAB_TOKEN);
    ran.says(&["error:", "keyring", "hint:", "GL_TOKEN"]);

    let arguments = ["auth", "login", "--service", "calendly", "--format", "json"];
    let ran = test.run_with_input(&arguments, CALENDLY_TOKEN).exit(1).hides(CALENDLY_TOKEN);
    let error = &ran.json()["error"];
    assert_eq!(error["code"], 1);
    assert!(error["message"].as_str().unwrap().contains("keyring"), "{error}");
    assert!(error["hint"].as_str().unwrap().contains("CALENDLY_API_TOKEN"), "{error}");
}

#[test]
fn logout_without_a_keyring_is_an_error() {
    let test = TestWorld::demo();
    let ran = test.finish_in_time(test.command(&["auth", "logout"])).exit(1);
    ran.says(&["error:", "keyring", "hint:"]);
}

/// Tries every command that may look into the keyring, with this bus.
fn every_command_ends(address: &str) {
    let commands: [(&[&str], i32); 4] = [
        (&["run"], 3),
        (&["auth", "status"], 3),
        (&["auth", "login"], 1),
        (&["auth", "logout"], 1),
    ];
    std::thread::scope(|scope| {
        for (arguments, code) in commands {
            scope.spawn(move || {
                let test = TestWorld::demo().with("DBUS_SESSION_BUS_ADDRESS", address);
                test.write("token.txt", GITLAB_TOKEN);
                let mut command = test.command(arguments);
                command.stdin(std::fs::File::open(test.path("token.txt")).unwrap());
                let ran = test.finish_in_time(command).exit(code).hides(GITLAB_TOKEN);
                let all = format!("{}{}", ran.stdout, ran.stderr);
                assert!(
                    all.contains("keyring") && all.contains("GL_TOKEN"),
                    "{arguments:?}: {all}"
                );
            });
        }
    });
}

#[test]
fn a_stale_bus_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    every_command_ends(&format!("unix:path={}", folder.path().join("gone").display()));
}

#[test]
fn a_bus_that_never_answers_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus");
    // The system accepts connections as soon as it listens; nobody reads from them.
    let _silence = UnixListener::bind(&path).unwrap();
    every_command_ends(&format!("unix:path={}", path.display()));
}

#[test]
fn a_token_in_the_environment_needs_no_keyring() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus");
    let silence = UnixListener::bind(&path).unwrap();
    silence.set_nonblocking(true).unwrap();
    let address = format!("unix:path={}", path.display());
    let test = TestWorld::demo().with_token().with("DBUS_SESSION_BUS_ADDRESS", address);
    test.run(&["run"]).success();
    test.run(&["auth", "status"]).success();
    assert!(silence.accept().is_err(), "the keyring was asked");
}
