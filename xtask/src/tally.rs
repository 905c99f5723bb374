//! How many tests passed and failed, counted while they run.

use std::fmt;
use std::io::{self, BufRead, BufReader, Write};
use std::ops::AddAssign;
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

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// What a line of output says, if it is a result.
type Parse = fn(&str) -> Option<Tally>;

/// Runs tests, shows what they print, and counts.
pub(crate) fn run(tests: &mut Command, parse: Parse) -> anyhow::Result<(Tally, ExitStatus)> {
    command::tell(tests);
    let child = tests.stdout(Stdio::piped()).spawn();
    let mut child = child.with_context(|| format!("could not start {}", command::shown(tests)))?;
    let output = child.stdout.take().context("the tests have no output")?;
    let tally = count(BufReader::new(output), &mut io::stdout(), parse)
        .context("could not show what the tests print")?;
    Ok((tally, child.wait().context("could not wait for the tests")?))
}

/// Copies line by line and sums what the lines with results say.
fn count(mut input: impl BufRead, output: &mut impl Write, parse: Parse) -> io::Result<Tally> {
    let mut tally = Tally::default();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        output.write_all(&line)?;
        output.flush()?;
        if let Some(result) = parse(&String::from_utf8_lossy(&line)) {
            tally += result;
        }
        line.clear();
    }
    Ok(tally)
}

/// Reads a line such as `ok NAME` or `not ok NAME: reason`.
pub(crate) fn of_checks(line: &str) -> Option<Tally> {
    let is_failed = line.starts_with("not ok ");
    let is_passed = line.starts_with("ok ");
    let tally = Tally { passed: is_passed.into(), failed: is_failed.into() };
    (is_passed || is_failed).then_some(tally)
}

/// Reads a line of cargo's such as `test result: ok. 3 passed; 0 failed; 1 ignored`.
pub(crate) fn of_cargo(line: &str) -> Option<Tally> {
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
        let tally = count(&printed[..], &mut shown, of_cargo).unwrap();
        assert_eq!(tally.to_string(), "16 passed, 2 failed");
        assert_eq!(shown, printed);
    }

    #[test]
    fn a_line_is_a_check() {
        let counted = |passed, failed| Some(Tally { passed, failed });
        assert_eq!(of_checks("ok a check"), counted(1, 0));
        assert_eq!(of_checks("not ok a check: ok it is not"), counted(0, 1));
        assert_eq!(of_checks("it is ok "), None);
        assert_eq!(of_checks("okay"), None);
    }

    #[test]
    fn only_a_result_is_counted() {
        let counted = |passed, failed| Some(Tally { passed, failed });
        assert_eq!(of_cargo("test result: ok. 7 passed; 3 failed; 0 ignored"), counted(7, 3));
        assert_eq!(
            of_cargo("test result: \x1b[32mok\x1b[m. 7 passed; 0 failed; 0 ignored"),
            counted(7, 0)
        );
        assert_eq!(of_cargo("test passed: 7 passed; 3 failed"), None);
        assert_eq!(of_cargo("test result: ok."), None);
        assert_eq!(of_cargo("test result: many passed; 0 failed"), None);
    }
}
