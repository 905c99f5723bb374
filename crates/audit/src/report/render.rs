//! The forms of a report.

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

impl Report {
    /// The report as text that ends with a line break.
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Markdown => markdown::render(self),
            Format::Json => json::render(self),
            Format::Csv => csv::render(self),
            Format::Table => table::render(self),
        }
    }
}
