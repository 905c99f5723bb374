//! How many tests passed and failed, counted while cargo runs them.

use std::fmt;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::Context as _;

use crate::command;

/// The sum over all test programs of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// How many tests passed.
    pub(crate) passed: u64,
    /// How many tests failed.
    pub(crate) failed: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Runs `cargo test`, shows what it prints, and counts.
pub(crate) fn run(tests: &mut Command) -> anyhow::Result<(Tally, ExitStatus)> {
    command::tell(tests);
    let mut child = tests.stdout(Stdio::piped()).spawn().context("could not start cargo")?;
    let output = child.stdout.take().context("cargo has no output")?;
    let tally = count(BufReader::new(output), &mut io::stdout())
        .context("could not show what the tests print")?;
    Ok((tally, child.wait().context("could not wait for cargo")?))
}

/// Copies line by line and sums what the lines with results say.
fn count(mut input: impl BufRead, output: &mut impl Write) -> io::Result<Tally> {
    let mut tally = Tally::default();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        output.write_all(&line)?;
        output.flush()?;
        if let Some(result) = parse(&String::from_utf8_lossy(&line)) {
            tally.passed += result.passed;
            tally.failed += result.failed;
        }
        line.clear();
    }
    Ok(tally)
}

/// Reads a line such as `test result: ok. 3 passed; 0 failed; 1 ignored`.
fn parse(line: &str) -> Option<Tally> {
    let result = line.strip_prefix("test result:")?;
    let number_before = |wanted: &str| {
        let mut words = result.split([' ', ';']);
        let mut previous = words.next()?;
        words.find_map(|word| {
            let number = std::mem::replace(&mut previous, word);
            if word == wanted { number.parse().ok() } else { None }
        })
    };
    Some(Tally { passed: number_before("passed")?, failed: number_before("failed")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_of_all_programs_are_summed_and_every_byte_is_shown() {
        let printed = b"running 2 tests\ntest a ... ok\n\xff\n\
            test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out\n\
            test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n\
            no end of line";
        let mut shown = Vec::new();
        let tally = count(&printed[..], &mut shown).unwrap();
        assert_eq!(tally.to_string(), "16 passed, 2 failed");
        assert_eq!(shown, printed);
    }

    #[test]
    fn only_a_result_is_counted() {
        let counted = |passed, failed| Some(Tally { passed, failed });
        assert_eq!(parse("test result: ok. 7 passed; 3 failed; 0 ignored"), counted(7, 3));
        assert_eq!(
            parse("test result: \x1b[32mok\x1b[m. 7 passed; 0 failed; 0 ignored"),
            counted(7, 0)
        );
        assert_eq!(parse("test passed: 7 passed; 3 failed"), None);
        assert_eq!(parse("test result: ok."), None);
        assert_eq!(parse("test result: many passed; 0 failed"), None);
    }
}
