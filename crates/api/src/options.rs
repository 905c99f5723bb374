//! What a client is made from, and how it may wait.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::base_url::BaseUrl;
use crate::events::{Observer, PageObserver};
use crate::token::Token;

/// Whether the waits before a repeated request take place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Waits {
    /// As long as decided.
    #[default]
    Real,
    /// Told to the observer and over at once: for runs whose clock is set by hand.
    Skipped,
}

/// What [`GitLab`](crate::GitLab) and [`Calendly`](crate::Calendly) are made from.
pub struct Options {
    /// Where the service is.
    pub base: BaseUrl,
    /// Who asks; nobody, where the service allows it.
    pub token: Option<Token>,
    /// How long one request may take, from connecting to the last byte of the answer.
    pub timeout: Duration,
    /// Whether to wait before repeating.
    pub waits: Waits,
    /// Who is told of waits.
    pub observer: Observer,
    /// Who is told of pages.
    pub pages: PageObserver,
}

impl Options {
    /// Options with 60 seconds for each request, real waits, and nobody told of them or of pages.
    pub fn new(base: BaseUrl, token: Option<Token>) -> Self {
        Self {
            base,
            token,
            timeout: Duration::from_mins(1),
            waits: Waits::Real,
            observer: Arc::new(|_| {}),
            pages: Arc::new(|_| {}),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Options")
            .field("base", &self.base)
            .field("token", &self.token)
            .field("timeout", &self.timeout)
            .field("waits", &self.waits)
            .finish_non_exhaustive()
    }
}
