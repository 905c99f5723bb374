//! Problems: input that could not be read.

use std::fmt;

use serde::Serialize;

/// A place in an input, as a person looks it up: a file and, where it is known, a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file's name as it was given, or `-` for standard input.
    pub file: String,
    /// The line, counted from 1; absent where the whole file is meant.
    pub line: Option<u64>,
}

/// An input that could not be read, told to the user beside what could be.
///
/// A problem never stops the rest of its input from being read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where it is.
    #[serde(flatten)]
    pub place: Place,
    /// What is wrong, as a lower-case sentence without a final stop.
    pub message: String,
    /// Whether somebody who should have access may be hidden behind it.
    ///
    /// While such a problem is open, an account of nobody on the roster may well be theirs, so
    /// nothing may be concluded from a person's absence.
    pub hides_person: bool,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.message)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        match self.line {
            Some(line) => write!(formatter, ":{line}"),
            None => Ok(()),
        }
    }
}
