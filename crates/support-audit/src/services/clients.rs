//! The clients of the services, each made when it is first needed.
//!
//! It imports neither `Ctx` nor the modules that ask the services, so that `Ctx` can hold it.

use api::calendly::Me;
use api::gitlab::User;
use api::{Calendly, GitLab};
use tokio::sync::OnceCell;

use crate::tokens::Service;

/// The clients that a process has made so far, and what they know of its user.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    /// GitLab, whatever is audited: the roster and the audits' issues are there.
    pub(crate) gitlab: OnceCell<GitLab>,
    /// The user of GitLab's token.
    pub(crate) user: OnceCell<User>,
    /// Calendly, where it is audited.
    pub(super) calendly: OnceCell<Calendly>,
    /// The user of Calendly's token, who also names the organisation.
    pub(super) calendly_user: OnceCell<Me>,
}

impl Clients {
    /// Whether there is a client, and so a token, for a service.
    pub(crate) fn is_connected(&self, service: Service) -> bool {
        match service {
            Service::Gitlab => self.gitlab.initialized(),
            Service::Calendly => self.calendly.initialized(),
        }
    }
}
