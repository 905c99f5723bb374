//! The roster: the people who should have access.
//!
//! A roster is a YAML list of people, a folder of YAML files with one person each, or a JSON array.
//! People write it by hand, so parsing never fails.
//! A part that cannot be read becomes a [`Problem`] with its file and line, and everything else is
//! read.

mod builder;
mod fields;
mod items;
mod managers;
mod model;
mod operations_team;
mod parse;
mod prune;
mod rules;

use rayon::prelude::*;

use builder::RosterBuilder;
pub use fields::Field;
pub(crate) use managers::Managers;
pub use model::{Person, Roster};
pub use operations_team::OperationsTeam;
use parse::{Item, Reading};
use rules::Rules;

use crate::input::{Problem, SourceFile};

/// Parses the files of a roster in their order, with the problems in the order of their locations.
///
/// `link_field` is the field of an entry with the person's link to the audited system.
/// The text of the files is not needed afterwards.
/// Of titles and focuses, only the membership in `team` is kept.
pub fn parse(
    files: &[SourceFile],
    link_field: &'static str,
    team: &OperationsTeam,
) -> (Roster, Vec<Problem>) {
    let rules = Rules { link_field, team };
    let readings: Vec<Reading> =
        files.par_iter().map(|file| parse::file(&file.bytes, rules)).collect();
    let mut builder = RosterBuilder::new(team);
    for (file, reading) in files.iter().zip(readings) {
        builder.start_file(&file.name, reading.items.len());
        for error in reading.problems {
            builder.report_unread(error);
        }
        for Item { fields, line } in reading.items {
            builder.add(*fields, line);
        }
    }
    builder.finish()
}

#[cfg(test)]
mod tests;
