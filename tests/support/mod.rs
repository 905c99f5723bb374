//! What every case stands on: its own sandbox, an empty home, a fixed clock, no keyring.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use sandbox::{Fault, FaultKind, Issue, Sandbox, World};
use tempfile::TempDir;

/// The instant at which every case happens.
pub(crate) const NOW: &str = "2026-11-22T10:00:00Z";

/// The full path of the demo world's audits project.
pub(crate) const AUDITS: &str = "gitlab-com/support/support-ops/support-ops-tools/audits";

/// A user with an empty home and a sandbox of their own.
pub(crate) struct Test {
    /// The services.
    pub(crate) sandbox: Sandbox,
    /// The home, which is also the current folder.
    home: TempDir,
    variables: Vec<(String, String)>,
}

/// What a run of the binary left behind.
#[must_use]
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) code: i32,
    /// What it wrote to stdout.
    pub(crate) stdout: String,
    /// What it wrote to stderr.
    pub(crate) stderr: String,
}

impl Test {
    /// In the demo world, without a token.
    pub(crate) fn new() -> Self {
        Self::in_world(World::demo().unwrap())
    }

    /// In `world`, without a token.
    pub(crate) fn in_world(world: World) -> Self {
        let sandbox = Sandbox::start(world).unwrap();
        let home = TempDir::new().unwrap();
        let variables = [
            ("SUPPORT_AUDIT_GITLAB_URL", sandbox.gitlab_url()),
            ("SUPPORT_AUDIT_CALENDLY_URL", sandbox.calendly_url()),
            ("SUPPORT_AUDIT_NOW", NOW.to_owned()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Self { sandbox, home, variables }
    }

    /// Sets a variable of the environment.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Sets `GL_TOKEN` to the demo world's token.
    pub(crate) fn with_token(self) -> Self {
        self.with("GL_TOKEN", "sandbox-gitlab-token")
    }

    /// Sets `CALENDLY_API_TOKEN` to the demo world's token, and the configuration to its file.
    pub(crate) fn with_accounts(self) -> Self {
        let config = self.sandbox.update(|world| world.config.clone()).unwrap();
        self.with("CALENDLY_API_TOKEN", "sandbox-calendly-token")
            .with("SUPPORT_AUDIT_CONFIG", config.to_str().unwrap())
    }

    /// In the demo world at [`NOW`], with its token.
    pub(crate) fn audit() -> Self {
        let mut world = World::demo().unwrap();
        world.now = NOW.parse().unwrap();
        Self::in_world(world).with_token()
    }

    /// The same world in another sandbox, which has no faults, hooks or requests yet.
    pub(crate) fn again(&self) -> Self {
        Self::in_world(self.sandbox.update(|world| world.clone())).with_token()
    }

    /// The issues of the demo world's audits project.
    pub(crate) fn issues(&self) -> Vec<Issue> {
        self.sandbox.update(|world| world.project(AUDITS).unwrap().issues.clone())
    }

    /// Injects faults so that `kind` happens to the request of this number, counted from 1 and
    /// from now, and no request after it arrives: as if the program were killed there.
    pub(crate) fn dies_at(&self, number: u32, kind: FaultKind) {
        let passes = FaultKind::Slow(std::time::Duration::ZERO);
        for (times, kind) in [(number - 1, passes), (1, kind), (u32::MAX, FaultKind::CutBefore)] {
            self.sandbox.inject(Fault::new("", kind).times(times));
        }
    }

    /// A path below the home.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes a file below the home, with the folders above it.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// The binary with this environment and no other, before it is started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_support-audit"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", std::env::var_os("PATH").unwrap())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::new(self.command(arguments).output().unwrap())
    }

    /// Runs the binary to its end, with `input` on stdin.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Ran {
        let path = self.path(".input");
        std::fs::write(&path, input).unwrap();
        let input = std::fs::File::open(Path::new(&path)).unwrap();
        Ran::new(self.command(arguments).stdin(input).output().unwrap())
    }
}

impl Ran {
    fn new(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs `command` to its end.
    pub(crate) fn of(command: &mut Command) -> Self {
        Self::new(command.output().unwrap())
    }

    /// Waits for the end of `child`, whose streams may have been taken.
    pub(crate) fn of_child(child: Child) -> Self {
        Self::new(child.wait_with_output().unwrap())
    }

    /// The one JSON document on stdout.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("{error}\nstdout: {}\nstderr: {}", self.stdout, self.stderr)
        })
    }

    /// Refuses any other exit code.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }
}
