//! Tables in an issue, and what people typed into them.
//!
//! A row that we write ends in a hidden stamp, such as `<!-- sa v1 people 747428ed46519c1f
//! name:99a563ab gitlab:054d6ded -->`.
//! It holds the version of its form, the table, digests of the keys by which its subject is known,
//! and a digest of each cell as we wrote it.
//! Anything else in a cell was therefore typed by somebody.
//!
//! Stamps outlive the program that wrote them.
//! The digest of a cell is found by the key of its column, and a cell by the heading of its column.
//! A table whose rows were written without one of our columns gets that column.
//! A column that this version does not know counts as added by somebody.

mod index;
mod layout;
mod row;
mod stamp;
mod typed;
mod write;

pub(super) use self::index::Index;
pub(super) use self::layout::{Layout, OurTable};
pub(super) use self::row::{Row, Table, begins_a_block, cells};
pub(super) use self::write::{line, stamped};

#[cfg(test)]
mod tests;
