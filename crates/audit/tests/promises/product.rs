//! The product, seen through the judge's types: the only file that an adapter fills.
//!
//! An adapter turns a [`World`] into what the product reads and the product's plan into a
//! [`PlannedRun`], and does nothing else: no rule about people lives here.
//!
//! # How a world becomes the product's input
//!
//! * Instant 0 is the moment at which the issue was made; the adapter chooses a date for it, at
//!   09:00 UTC. `World::now` is GitLab's clock, and no machine's clock differs.
//! * The roster is one file of `Roster::entries` in that order, so that an index is an entry. `hides`
//!   adds an entry that cannot be read at all. `Field::Unreadable` is a list where text belongs.
//!   `operations` is a title of the operations team.
//! * `Accounts::complete` is whether all pages were read. Links, names and e-mail addresses are
//!   canonical already.
//! * `Marker::steps` are the steps of a marker that the product itself would have written, in that
//!   order. Digests are made of `Keys` and of `Evidence` as the product makes them; `until` is `due` or
//!   `until`; `cause` is written as the product writes it.
//! * `Note::words` are the words around the marker. `Note::mentions` are written as mentions.
//! * `Issue::recorded_people` and `recorded_accounts` are the sizes that the issue records, wherever
//!   the product keeps them. The issue's own marker is whole, of the right kind and period.
//! * The exceptions are valid apart from what `Exception` says. `expires` is a multiple of a day.
//! * The token's user is `operator`. Every prompt is answered by the command's flags.
//!
//! # How a plan becomes a [`PlannedRun`]
//!
//! * Digests are turned back by trying the keys of every entry, account and step of the world, and
//!   the evidence of every finding and step. What fits none is a panic: the product wrote what nobody
//!   can read.
//! * `Draft::mentions` are counted in the rendered words, outside code, not in the marker.
//! * A finding about a present person is `Subject::Person`, whatever the product calls it.

use crate::plan::{Command, DerivedState, PlannedRun, Write};
use crate::reference;
use crate::world::{NoteId, UserId, World};

/// The state and the round of every finding that the product would show in `status`.
///
/// Findings that are unknown because accounts or roster are unknown as a whole may be left out.
pub fn derive(world: &World, operator: UserId) -> Vec<DerivedState> {
    reference::derive(world, operator)
}

/// The plan of one command, computed on this world and not executed.
pub fn run(world: &World, operator: UserId, command: &Command) -> PlannedRun {
    reference::run(world, operator, command)
}

/// What a run writes after it has posted the notice `note` and read the issue again: lines that a
/// lower note already holds are struck, an empty notice is deleted.
pub fn after_post(world: &World, operator: UserId, note: NoteId) -> Vec<Write> {
    reference::after_post(world, operator, note)
}
