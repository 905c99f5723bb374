//! A client of GitLab and of Calendly: requests out, typed answers in.
//!
//! This crate may use the network and knows nothing of audits. It reads no environment but that of
//! proxies, no file and no time of day: addresses, tokens and the way to wait are passed in.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `events` | what a client reports while it works |
//! | `sanitize` | text of a server made harmless for a terminal |
//! | `error` | everything that can go wrong, and which error an answer is |
//! | `base_url` | an address that is safe to send a token to |
//! | `token` | the token, which has no text form |
//! | `options` | what a client is made from |
//! | `server_time` | the clock of a service |
//! | `request` | a request as a value |
//! | `http` | the only way to a service: headers, redirects, repeats, limits |
//! | `pages` | following a list to its last page |
//! | `lenient` | fields that an answer may leave out |
//! | `gitlab`, `calendly` | one method for each call, and the types of the answers |
//!
//! # Invariants
//!
//! * A token goes to the scheme, host and port it was given for, and nowhere else.
//! * Only a GET is repeated after a lost answer or a failure. A write is sent again only after a
//!   429, which says that nothing was done, and it follows no redirect. `http::retry` alone decides
//!   this.
//! * No error, log line or `Debug` text holds a token, a header or a query value.

mod base_url;
pub mod calendly;
mod error;
mod events;
pub mod gitlab;
mod http;
mod lenient;
mod options;
mod pages;
mod request;
mod sanitize;
mod server_time;
mod token;

#[cfg(test)]
mod fake;

pub use base_url::BaseUrl;
pub use calendly::Calendly;
pub use error::{Call, Error, ErrorKind, NetworkKind, ProxyFault, Service, TlsFault};
pub use events::{Observer, PageObserver, PageRead, Wait, WaitReason};
pub use gitlab::GitLab;
pub use options::{Options, Sleep};
pub use server_time::ServerTime;
pub use token::Token;
