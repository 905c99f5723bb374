//! The variables of the environment.

use crate::error::{Exit, Failure};

/// A variable of the environment; an empty one counts as absent.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Failure> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Failure::new(Exit::BadInput, format!("{name} is not valid UTF-8")))
        }
    }
}
