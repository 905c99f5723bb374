//! What a run of the program left behind, and what a test says about it.

use std::ops::Deref;
use std::process::Output;

use expect_test::Expect;

/// A run that has ended; how it ended has not been looked at yet.
#[must_use = "say how it ends: .success() or .exit(…)"]
#[derive(Debug)]
pub(crate) struct Ran(Printed);

/// What a run printed.
#[derive(Debug)]
pub(crate) struct Printed {
    /// The exit code; -1 where a signal ended it.
    pub(crate) code: i32,
    /// What it wrote to stdout.
    pub(crate) stdout: String,
    /// What it wrote to stderr.
    pub(crate) stderr: String,
    redactions: Vec<(String, &'static str)>,
}

impl Ran {
    pub(super) fn new(output: Output, redactions: Vec<(String, &'static str)>) -> Self {
        Self(Printed {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            redactions,
        })
    }

    /// Refuses any exit code but 0.
    #[track_caller]
    pub(crate) fn success(self) -> Printed {
        self.exit(0)
    }

    /// Refuses any other exit code.
    #[track_caller]
    pub(crate) fn exit(self, code: i32) -> Printed {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self.0
    }

    /// Refuses exit code 0.
    #[track_caller]
    pub(crate) fn failure(self) -> Printed {
        assert_ne!(self.code, 0, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self.0
    }
}

impl Deref for Ran {
    type Target = Printed;

    fn deref(&self) -> &Printed {
        &self.0
    }
}

impl Printed {
    /// The JSON document on stdout.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("{error}\nstdout: {}\nstderr: {}", self.stdout, self.stderr)
        })
    }

    /// Refuses any output that holds `secret`.
    #[track_caller]
    pub(crate) fn hides(self, secret: &str) -> Self {
        for text in [&self.stdout, &self.stderr] {
            assert!(!text.contains(secret), "it shows {secret}: {text}");
        }
        self
    }

    /// Refuses any other stdout; what differs from run to run is left out.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "so that the text stands in the call")]
    pub(crate) fn stdout_is(self, expected: Expect) -> Self {
        expected.assert_eq(&self.redact(&self.stdout));
        self
    }

    /// Refuses any other stderr; what differs from run to run is left out.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "so that the text stands in the call")]
    pub(crate) fn stderr_is(self, expected: Expect) -> Self {
        expected.assert_eq(&self.redact(&self.stderr));
        self
    }

    /// Adds a case to the text of a snapshot: its name, the exit code, and what went to stderr.
    pub(crate) fn record(self, name: &str, transcript: &mut String) -> Self {
        let stderr = self.redact(&self.stderr);
        transcript.push_str(&format!("# {name}: {}\n{stderr}", self.code));
        self
    }

    /// A text without what differs from run to run: addresses, paths, the version and hashes.
    fn redact(&self, text: &str) -> String {
        let version = format!("support-audit {}", env!("CARGO_PKG_VERSION"));
        let mut text = text.replace(&version, "support-audit [version]");
        for (from, to) in &self.redactions {
            text = text.replace(from, to);
        }
        redact_hashes(&text)
    }
}

/// Replaces each SHA-256 and each id of a commit.
fn redact_hashes(text: &str) -> String {
    let mut redacted = String::new();
    let mut rest = text;
    while let Some(begin) = rest.find(is_hex) {
        let (before, from) = rest.split_at(begin);
        let (word, after) =
            from.split_at(from.find(|letter| !is_hex(letter)).unwrap_or(from.len()));
        redacted.push_str(before);
        redacted.push_str(match word.len() {
            64 => "[sha256]",
            40 => "[commit]",
            _ => word,
        });
        rest = after;
    }
    redacted + rest
}

fn is_hex(letter: char) -> bool {
    matches!(letter, '0'..='9' | 'a'..='f')
}
