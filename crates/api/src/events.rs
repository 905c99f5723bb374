//! What a client reports while it works, and to whom.

use std::sync::Arc;
use std::time::Duration;

/// Why a request is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// The service counts our requests and asked us to wait (429).
    RateLimited,
    /// The request or its answer got lost, or the server failed.
    Retrying,
}

/// A wait that is about to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Why.
    pub reason: WaitReason,
    /// For how long.
    pub delay: Duration,
    /// Which attempt comes after it; the first one is 1, so this is 2 or more.
    pub attempt: u32,
    /// How many attempts there are at most.
    pub attempts: u32,
}

/// A page of a list that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRead {
    /// What the list is of, in words: `the notes`.
    pub list: &'static str,
    /// Which page it was; the first one is 1. How many there are is not known.
    pub number: usize,
    /// How many items the pages so far have, this one included.
    pub items: usize,
}

/// Is told of each wait just before it begins, so that a countdown can be shown. Called on the
/// task that waits: it must return at once.
pub type Observer = Arc<dyn Fn(Wait) + Send + Sync>;

/// Is told of each page of a list as soon as it is read, so that progress can be shown. Called on
/// the task that reads: it must return at once.
pub type PageObserver = Arc<dyn Fn(PageRead) + Send + Sync>;
