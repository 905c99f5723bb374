//! Follow-ups in a small world of which it is known what really happened.
//!
//! Told tests say what becomes of Ada's missing link. Random histories let anything happen to a cast of
//! a dozen, and compare what is planned with an oracle that reads comments as people do and knows what
//! is true, but knows nothing of markers, rounds and states.

mod acts;
mod answers;
mod cast;
mod guards;
mod history;
mod limits;
mod mentions;
mod oracle;
mod ranks;
mod reading;
mod rounds;
mod rules;
mod steps;
mod stories;
mod table;
pub(crate) mod told;
pub(crate) mod world;
