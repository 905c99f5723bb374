//! The forms of a report.

use std::fmt;

use super::model::Report;
use super::{csv, json, markdown, table};

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Tables for an issue.
    Markdown,
    /// One document for programs.
    Json,
    /// One table for spreadsheets.
    Csv,
    /// Aligned columns for a terminal.
    Table,
}

/// Why a report has no text in a form.
///
/// Nothing in a report leads to it; but an empty report would look as if nothing had been found.
#[derive(Debug)]
pub enum RenderError {
    /// It is no JSON document.
    Json(serde_json::Error),
    /// It is no table of comma-separated values.
    Csv(::csv::Error),
}

impl fmt::Display for RenderError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => write!(formatter, "could not write the report as JSON: {error}"),
            Self::Csv(error) => write!(formatter, "could not write the report as CSV: {error}"),
        }
    }
}

impl std::error::Error for RenderError {}

impl Report {
    /// The report as text that ends with a line break.
    ///
    /// # Errors
    ///
    /// [`RenderError`] for JSON and CSV.
    pub fn render(&self, format: Format) -> Result<String, RenderError> {
        match format {
            Format::Markdown => Ok(self.markdown()),
            Format::Json => json::render(self).map_err(RenderError::Json),
            Format::Csv => csv::render(self).map_err(RenderError::Csv),
            Format::Table => Ok(table::render(self)),
        }
    }

    /// The report as Markdown that ends with a line break, as comments and descriptions hold it.
    pub(crate) fn markdown(&self) -> String {
        markdown::render(self)
    }
}
