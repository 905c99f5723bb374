//! The report: the audit as people and programs read it.

pub(crate) mod columns;
mod csv;
mod json;
pub(crate) mod markdown;
mod model;
pub(crate) mod note;
mod render;
mod ruling;
mod table;

pub use model::*;
pub use render::{Format, RenderError};
pub use ruling::{Decision, RecordedDecision, Ruling};

#[cfg(test)]
mod tests;
