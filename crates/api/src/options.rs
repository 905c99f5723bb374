//! What a client is made from.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::base_url::BaseUrl;
use crate::events::{Observer, PageObserver};
use crate::http::ATTEMPTS;
use crate::token::Token;

/// Whether a client really waits before it repeats a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sleep {
    /// It waits as long as was decided.
    #[default]
    Real,
    /// It reports the wait to the observer and goes on: for runs whose clock is set by hand.
    Skipped,
}

/// What [`GitLab`](crate::GitLab) and [`Calendly`](crate::Calendly) are made from.
pub struct Options {
    /// Where the service is.
    pub base: BaseUrl,
    /// The token; `None` asks anonymously, where the service allows it.
    pub token: Option<Token>,
    /// How long one request may take, from connecting to the last byte of the answer.
    pub timeout: Duration,
    /// How often a request is made at most, including the first time.
    pub attempts: u32,
    /// Whether to wait before repeating a request.
    pub sleep: Sleep,
    /// Receives each wait.
    pub observer: Observer,
    /// Receives each page.
    pub pages: PageObserver,
}

impl Options {
    /// Options with 60 seconds for each request, five attempts, real waits, and no observers.
    pub fn new(base: BaseUrl, token: Option<Token>) -> Self {
        Self {
            base,
            token,
            timeout: Duration::from_mins(1),
            attempts: ATTEMPTS,
            sleep: Sleep::Real,
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
            .field("attempts", &self.attempts)
            .field("sleep", &self.sleep)
            .finish_non_exhaustive()
    }
}
