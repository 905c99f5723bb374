//! Quick actions: lines such as `/close` that GitLab cuts out of a text and executes.
//!
//! | file | concept |
//! | --- | --- |
//! | `extract` | which lines of a text are quick actions |
//! | `names` | which names are known |
//! | `interpret` | what they change, and what GitLab says about it |

mod extract;
mod interpret;
mod names;

pub(crate) use extract::{Command, extract};
pub(crate) use interpret::interpret;
