//! A small GitLab and a small Calendly on loopback HTTP, for tests and the demonstration.
//!
//! A [`World`] holds the users, projects and accounts. A [`Sandbox`] serves it on two ports of
//! `127.0.0.1`, records every [`Request`] and [`Notification`], and misbehaves on demand
//! ([`Fault`]). The crate shares no type with the programs under trial, so that a misspelt field
//! cannot be wrong on both sides.
//!
//! ```
//! use sandbox::{Sandbox, Token, World};
//!
//! # fn main() -> anyhow::Result<()> {
//! let mut world = World::empty();
//! world.add_user("ada");
//! world.add_token(Token::new("secret", "ada", &["read_api"]));
//! world.add_project("group/team").add_file("data/team.yaml", "- name: Ada\n");
//! let sandbox = Sandbox::start(world)?;
//! assert!(sandbox.gitlab_url().starts_with("http://127.0.0.1:"));
//! assert!(sandbox.requests().is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! | file | concept |
//! | --- | --- |
//! | `world` | what exists: users, tokens, projects, the Calendly organisation |
//! | `accounts` | renaming, blocking and removing users |
//! | `load` | reads a world from a folder |
//! | `limits` | rate limits and sizes |
//! | `repository` | the files of a project and their history |
//! | `objects` | git's object ids |
//! | `archive` | a `git archive` of a commit |
//! | `server` | turns HTTP into a `Request` and a `Reply` into HTTP, and applies the faults |
//! | `request`, `reply`, `percent` | a request and its answer as values, and the encoding of addresses |
//! | `fault` | which requests misbehave, and how |
//! | `valve` | cuts a connection at a chosen byte |
//! | `issue` | issues, their notes and threads, and the effects of writing to them |
//! | `quick_actions` | lines such as `/close`: cuts them out of a text and executes them |
//! | `markdown`, `mentions` | GitLab's Markdown, and whom a text mentions |
//! | `notification` | who is notified of what, and why |
//! | `mails` | the mails counted by recipient and reason |
//! | `hook` | changes of the world just before a request is handled |
//! | `gitlab`, `calendly` | the routes, each a function from world and request to reply |

mod archive;
mod calendly;
mod fault;
mod gitlab;
mod hook;
mod issue;
mod limits;
mod load;
mod mails;
mod markdown;
mod mentions;
mod notification;
mod objects;
mod percent;
mod quick_actions;
mod reply;
mod repository;
mod request;
mod server;
mod user_changes;
mod valve;
mod world;

pub use calendly::{
    Calendly, CalendlyInvitation, CalendlyToken, CalendlyUser, InvitationStatus, Quota,
};
pub use fault::{Answer, Fault, FaultKind};
pub use issue::{Discussion, Done, Event, EventKind, Issue, Journal, Label, Note, Reaction};
pub use limits::Limits;
pub use mails::{MailCounts, MailTable};
pub use notification::{By, Notification, Why};
pub use repository::{Commit, File, Repository};
pub use request::{Request, Service};
pub use server::Sandbox;
pub use world::{Project, Token, User, Visibility, World};
