//! The follow-ups: the state of every finding, derived from the issue alone, and the notices that
//! are due.
//!
//! A finding goes through rounds.
//! A round begins with an ask and ends when the finding is settled or justified.
//! A finding that comes back afterwards begins another round.
//! A run posts at most one notice and one record; `docs/followups.md` says which comments count.

mod acts;
mod cases;
mod chain;
mod derive;
mod letters;
mod mentions;
mod model;
mod names;
mod notice;
mod plan;
mod record;
mod refusal;
#[cfg(test)]
pub(crate) mod samples;
mod selection;
mod strike;
mod subjects;
mod waits;

pub use cases::cases;
pub use letters::Letter;
pub use model::*;
pub use names::{finding_name, is_named, subject_name};
pub(crate) use names::{has_account_id, state_clause};
pub(crate) use plan::recipient_is_reachable;
pub use plan::{Due, MentionedByHand, plan, plan_cases};
pub use record::{Record, RecordItem};
pub use refusal::{Refusal, Rule};
pub use selection::{Act, PostedRecord, Selection};
pub use strike::corrections;
pub use waits::WaitPolicy;
