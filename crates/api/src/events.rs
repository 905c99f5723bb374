//! What a client reports while it works, and to whom.

use std::sync::Arc;
use std::time::Duration;

use crate::error::NetworkKind;

/// Why a request is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// The service limits the rate of requests and asked us to wait (429).
    RateLimited,
    /// The server failed with this HTTP status.
    Failed(u16),
    /// The request or its answer was lost.
    Lost(NetworkKind),
}

/// A wait that is about to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Why.
    pub reason: WaitReason,
    /// For how long.
    pub delay: Duration,
    /// The number of the attempt after the wait. The first attempt is 1, so this is 2 or more.
    pub attempt: u32,
    /// How many attempts there are at most.
    pub attempts: u32,
}

/// A page of a list that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRead {
    /// What is listed, such as `the notes`.
    pub list: &'static str,
    /// How many pages have been read, this one included.
    pub number: usize,
    /// How many items those pages have together.
    pub items: usize,
}

/// Receives each wait just before it begins, so that a countdown can be shown. It is called on the
/// task that waits and must return at once.
pub type Observer = Arc<dyn Fn(Wait) + Send + Sync>;

/// Receives each page of a list as soon as it is read, so that progress can be shown. It is called
/// on the task that reads and must return at once.
pub type PageObserver = Arc<dyn Fn(PageRead) + Send + Sync>;
