//! Requests out, typed answers in: what the product needs of GitLab and of Calendly.
//!
//! This crate may touch the network and knows nothing of audits. It reads no environment but that
//! of proxies, no file and no clock: addresses, tokens and the ways to wait are handed in.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `options` | what a client is made from, and how it may wait |
//! | `base` | an address that is safe to send a token to |
//! | `secret` | the token, which has no text form |
//! | `gitlab`, `calendly` | one method for each call, and the types of the answers |
//! | `lenient` | fields that an answer may leave out |
//! | `ask` | a request as a value |
//! | `http` | the one door: headers, redirects, repeats, limits |
//! | `transport` | the one place that builds a client, and names why one failed |
//! | `retry` | whether and when a failed request is repeated, as functions of values |
//! | `page` | following a list to its last page |
//! | `error` | everything that can go wrong |
//! | `complaint` | what a service says when it refuses, in all the shapes it says it |
//! | `refusal` | which error that is |
//! | `foreign` | text of others made harmless for a terminal |
//!
//! # Invariants
//!
//! * A token goes to the scheme, host and port it was given for, and nowhere else.
//! * Only GET is repeated after a loss or a failure. A write is sent again after a 429 alone, which
//!   says that nothing was done; it follows no redirect. Only `retry` decides so.
//! * No error, log line or `Debug` text holds a token, a header or a query value.

mod ask;
mod base;
pub mod calendly;
mod complaint;
mod error;
mod foreign;
pub mod gitlab;
mod http;
mod lenient;
mod options;
mod page;
mod refusal;
mod retry;
mod secret;
mod transport;

#[cfg(test)]
mod fake;

pub use base::BaseUrl;
pub use calendly::Calendly;
pub use error::{Call, Error, NetworkKind};
pub use gitlab::GitLab;
pub use options::{Observer, Options, PageObserver, Waits};
pub use page::PageRead;
pub use retry::{Wait, WaitReason};
pub use secret::Token;
