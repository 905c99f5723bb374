//! Programs that must end in time.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use super::{LIMIT, Ran, TestWorld};

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
}

impl Drop for Guard {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl TestWorld {
    /// Runs a prepared command to its end; kills it, and fails, when that takes too long.
    #[track_caller]
    pub(crate) fn finish_in_time(&self, mut command: Command) -> Ran {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut child = Guard(child);
        let status = child.end(LIMIT).unwrap_or_else(|| panic!("it hangs: {command:?}"));
        let stdout = rest(child.0.stdout.take());
        let stderr = rest(child.0.stderr.take());
        Ran::new(Output { status, stdout, stderr }, self.redactions())
    }
}

/// What a stream still holds.
fn rest(stream: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.unwrap().read_to_end(&mut bytes).unwrap();
    bytes
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
