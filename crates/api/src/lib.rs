//! Requests out, typed answers in: what the product needs of GitLab and of Calendly.
//!
//! This crate may touch the network and knows nothing of audits. It reads no environment but that
//! of proxies, no file and no clock: addresses, tokens and the ways to wait are handed in.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `events` | what a client reports while it works |
//! | `sanitize` | text of others made harmless for a terminal |
//! | `error` | everything that can go wrong, and which error an answer is |
//! | `base_url` | an address that is safe to send a token to |
//! | `token` | the token, which has no text form |
//! | `options` | what a client is made from, and how it may wait |
//! | `request` | a request as a value |
//! | `http` | the one door: headers, redirects, repeats, limits |
//! | `pages` | following a list to its last page |
//! | `lenient` | fields that an answer may leave out |
//! | `gitlab`, `calendly` | one method for each call, and the types of the answers |
//!
//! # Invariants
//!
//! * A token goes to the scheme, host and port it was given for, and nowhere else.
//! * Only GET is repeated after a loss or a failure. A write is sent again after a 429 alone, which
//!   says that nothing was done; it follows no redirect. Only `http::retry` decides so.
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
mod token;

#[cfg(test)]
mod fake;

pub use base_url::BaseUrl;
pub use calendly::Calendly;
pub use error::{Call, Error, NetworkKind};
pub use events::{Observer, PageObserver, PageRead, Wait, WaitReason};
pub use gitlab::GitLab;
pub use options::{Options, Waits};
pub use token::Token;
