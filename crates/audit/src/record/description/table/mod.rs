//! Tables as they stand in an issue, and what people typed into them.
//!
//! A row that we write ends in a hidden stamp, such as
//! `<!-- sa v1 people 747428ed46519c1f name:99a563ab gitlab:054d6ded -->`: the version of its form, the
//! table, digests of the keys by which its subject is known, and a digest of each cell as we wrote it.
//! So whatever a cell holds beyond that was typed by somebody.
//!
//! Stamps outlive the program that wrote them.
//! A cell's digest is found by the key of its column, and a cell by the heading of its column, so a
//! table from before a column was added is read like any other, and a column that this version does
//! not know is taken for somebody's own.

mod index;
mod layout;
mod row;
mod stamp;
mod typed;
mod write;

pub(super) use self::index::Index;
pub(super) use self::layout::{Layout, Of};
pub(super) use self::row::{Row, Table, begins_a_block, cells};
pub(super) use self::write::{line, stamped};

#[cfg(test)]
mod tests;
