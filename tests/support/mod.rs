//! What every test uses: a world with its own sandbox, an empty home, a fixed clock and no keyring.

mod people;
mod process;
mod ran;
mod terminal;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sandbox::{Fault, FaultKind, Request, Sandbox, World};
use tempfile::TempDir;

pub(crate) use people::edit_description;
pub(crate) use process::{Guard, until};
pub(crate) use ran::{Printed, Ran, Transcript};
pub(crate) use terminal::Terminal;

/// The time at which most tests happen.
pub(crate) const NOW: &str = "2026-11-22T10:00:00Z";

/// The full path of the project that holds the audits' issues.
pub(crate) const AUDITS: &str = "gitlab-com/support/support-ops/support-ops-tools/audits";

/// The full path of the project that holds the roster.
pub(crate) const TEAM: &str = "gitlab-com/support/team";

/// The path of the roster in its project.
pub(crate) const ROSTER: &str = "data/support-team.yaml";

/// The demo world's GitLab token, which is its operator's.
pub(crate) const GITLAB_TOKEN: &str = "sandbox-gitlab-token";

/// The demo world's Calendly token, which is its operator's.
pub(crate) const CALENDLY_TOKEN: &str = "sandbox-calendly-token";

/// The e-mail address of the demo world's outsider.
pub(crate) const VANCE: &str = "bvance@harborlight.example";

/// The forms that a report has.
pub(crate) const FORMATS: [&str; 4] = ["markdown", "csv", "json", "table"];

/// As long as a command may take where nothing slows it down.
pub(crate) const LIMIT: Duration = Duration::from_secs(10);

/// A sandbox, and a user of the program with an empty home.
///
/// The program's clock is the sandbox's: [`TestWorld::advance`] moves both.
pub(crate) struct TestWorld {
    /// The services.
    pub(crate) sandbox: Sandbox,
    /// The user's home, which is also the current folder.
    home: TempDir,
    variables: Vec<(String, String)>,
}

impl TestWorld {
    /// Starts the demo world at [`NOW`], for a user without tokens.
    pub(crate) fn demo() -> Self {
        Self::demo_at(NOW)
    }

    /// Starts the demo world at a time, for a user without tokens.
    pub(crate) fn demo_at(now: &str) -> Self {
        let mut world = World::demo().unwrap();
        world.now = now.parse().unwrap();
        Self::new(world)
    }

    /// Starts a world, for a user without tokens.
    pub(crate) fn new(world: World) -> Self {
        let sandbox = Sandbox::start(world).unwrap();
        let test = Self { sandbox, home: TempDir::new().unwrap(), variables: Vec::new() };
        let (gitlab, calendly) = (test.sandbox.gitlab_url(), test.sandbox.calendly_url());
        test.with("SUPPORT_AUDIT_GITLAB_URL", gitlab).with("SUPPORT_AUDIT_CALENDLY_URL", calendly)
    }

    /// Sets an environment variable.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Gives the user the demo world's GitLab token.
    pub(crate) fn with_token(self) -> Self {
        self.with("GL_TOKEN", GITLAB_TOKEN)
    }

    /// Gives the user the demo world's Calendly token, and the world's own configuration.
    pub(crate) fn with_accounts(self) -> Self {
        let config = self.sandbox.update(|world| world.config.clone());
        let test = self.with("CALENDLY_API_TOKEN", CALENDLY_TOKEN);
        match config {
            Some(config) => test.with("SUPPORT_AUDIT_CONFIG", config.to_str().unwrap()),
            None => test,
        }
    }

    /// Writes the user's configuration.
    pub(crate) fn with_config(self, config: &str) -> Self {
        self.write("config.toml", config);
        let path = self.path("config.toml");
        self.with("SUPPORT_AUDIT_CONFIG", path.to_str().unwrap())
    }

    /// Begins the audit: its issue is the first.
    #[track_caller]
    pub(crate) fn with_issue(self) -> Self {
        self.run(&["init-issue", "--yes"]).success();
        self
    }

    /// Starts the same world in another sandbox, for the same user: without the faults, the hooks
    /// and the requests of this one.
    pub(crate) fn again(&self) -> Self {
        let mut again = Self::new(self.sandbox.update(|world| world.clone()));
        for (name, value) in self.variables.iter().filter(|(name, _)| !name.ends_with("_URL")) {
            again = again.with(name, value);
        }
        match std::fs::read_to_string(self.path("config.toml")) {
            Ok(config) => again.with_config(&config),
            Err(_) => again,
        }
    }

    /// Lets hours pass.
    pub(crate) fn advance(&self, hours: u64) {
        self.sandbox.update(|world| world.advance(Duration::from_hours(hours)));
    }

    /// Injects faults so that `kind` happens to the request of this number, counted from 1 and
    /// from now, and no request after it arrives: as if the program were killed there.
    pub(crate) fn dies_at(&self, number: u32, kind: FaultKind) {
        let passes = FaultKind::Slow(Duration::ZERO);
        for (times, kind) in [(number - 1, passes), (1, kind), (u32::MAX, FaultKind::CutBefore)] {
            self.sandbox.inject(Fault::new("", kind).times(times));
        }
    }

    /// The path of a file below the home.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes a file below the home, with the folders above it; it is modified at the world's time.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        let now = self.sandbox.update(|world| world.now);
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_modified(now.into()).unwrap();
        self
    }

    /// Reads a text file below the home.
    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program with this environment and no other, before it is started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let now = self.sandbox.update(|world| world.now.to_string());
        let mut command = Command::new(env!("CARGO_BIN_EXE_support-audit"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("SUPPORT_AUDIT_NOW", now)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.finish(&mut self.command(arguments))
    }

    /// Runs the program to its end, with `input` on stdin.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Ran {
        self.write(".input", input);
        let input = std::fs::File::open(self.path(".input")).unwrap();
        self.finish(self.command(arguments).stdin(input))
    }

    /// Runs the program to its end, and refuses any write to either service.
    #[track_caller]
    pub(crate) fn run_writing_nothing(&self, arguments: &[&str]) -> Ran {
        let (ran, writes) = self.writes_during(|| self.run(arguments));
        assert!(writes.is_empty(), "{writes:?}\n{}", ran.stderr);
        ran
    }

    /// Runs a prepared command to its end.
    pub(crate) fn finish(&self, command: &mut Command) -> Ran {
        Ran::new(command.output().unwrap(), self.redactions())
    }

    /// Starts the program; [`TestWorld::wait`] waits for its end.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Waits for the end of a program that was started.
    pub(crate) fn wait(&self, child: Child) -> Ran {
        Ran::new(child.wait_with_output().unwrap(), self.redactions())
    }

    /// Does something, and gives what was written to either service meanwhile.
    pub(crate) fn writes_during<T>(&self, act: impl FnOnce() -> T) -> (T, Vec<Request>) {
        let before = self.sandbox.writes().len();
        let result = act();
        (result, self.sandbox.writes().split_off(before))
    }

    /// GitLab's host, as the program prints it.
    pub(crate) fn gitlab_host(&self) -> String {
        self.sandbox.gitlab_url().trim_start_matches("http://").to_owned()
    }

    /// Calendly's host, as the program prints it.
    pub(crate) fn calendly_host(&self) -> String {
        self.sandbox.calendly_url().trim_start_matches("http://").to_owned()
    }

    /// The address of an issue of the audits' project.
    pub(crate) fn issue_url(&self, iid: u64) -> String {
        format!("{}/{AUDITS}/-/issues/{iid}", self.sandbox.gitlab_url())
    }

    /// What differs from world to world, and what snapshots show instead.
    fn redactions(&self) -> Vec<(String, &'static str)> {
        vec![
            (self.sandbox.gitlab_url(), "https://gitlab.test"),
            (self.sandbox.calendly_url(), "https://calendly.test"),
            (self.gitlab_host(), "gitlab.test"),
            (self.calendly_host(), "calendly.test"),
            (self.home.path().display().to_string(), "[home]"),
            (AUDITS.to_owned(), "[audits]"),
            (AUDITS.replace('/', "%2F"), "[audits]"),
        ]
    }
}
