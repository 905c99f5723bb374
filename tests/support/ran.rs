//! What a run of the program left behind, and what a test says about it.

use std::fmt::Display;
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

    /// Shows `name` in snapshots instead of a text that differs from run to run.
    pub(crate) fn redacting(mut self, text: String, name: &'static str) -> Self {
        self.redactions.push((text, name));
        self
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
    #[expect(clippy::needless_pass_by_value, reason = "the snapshot is written in the call")]
    pub(crate) fn stdout_is(self, expected: Expect) -> Self {
        expected.assert_eq(&self.redact(&self.stdout));
        self
    }

    /// Refuses other messages on stderr; what differs from run to run is left out.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "the snapshot is written in the call")]
    pub(crate) fn messages_are(self, expected: Expect) -> Self {
        expected.assert_eq(&self.messages());
        self
    }

    /// The messages on stderr, without what differs from run to run: neither progress nor the
    /// summary nor the text of a plan nor the usage of a command.
    fn messages(&self) -> String {
        let is_message = |line: &&str| {
            let is_plan =
                line.starts_with(|letter: char| letter.is_ascii_digit() || letter.is_whitespace());
            let others = ["reading ", "writing ", "Usage: ", "For more information"];
            !is_plan && !others.iter().any(|start| line.starts_with(start))
        };
        let lines = self.stderr.split_inclusive('\n').filter(is_message);
        self.redact(&lines.collect::<String>())
    }

    /// A text without what differs from run to run or from system to system: addresses, paths, the
    /// version and hashes.
    pub(crate) fn redact(&self, text: &str) -> String {
        let version = format!("support-audit {}", env!("CARGO_PKG_VERSION"));
        let mut text = text.replace(&version, "support-audit [version]");
        for (from, to) in &self.redactions {
            text = text.replace(from, to);
        }
        redact_hashes(&text)
    }
}

/// What several runs wrote to stderr, for one snapshot: cases with the same text share it.
#[derive(Debug, Default)]
pub(crate) struct Transcript(Vec<(String, String)>);

impl Transcript {
    /// Adds what the run of a case wrote to stderr; gives the run back.
    pub(crate) fn add(&mut self, case: impl Display, printed: Printed) -> Printed {
        let messages = printed.messages();
        match self.0.iter_mut().find(|(_, known)| *known == messages) {
            Some((cases, _)) => cases.push_str(&format!("# {case}\n")),
            None => self.0.push((format!("# {case}\n"), messages)),
        }
        printed
    }

    /// Refuses any other texts.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "the snapshot is written in the call")]
    pub(crate) fn is(&self, expected: Expect) {
        let texts = self.0.iter().map(|(cases, messages)| format!("{cases}{messages}"));
        expected.assert_eq(&texts.collect::<String>());
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
