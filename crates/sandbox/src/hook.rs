//! Changes of the world that happen just before a request is handled: what somebody else does
//! between two requests of the client under trial.

use std::fmt;

use crate::{request::Request, world::World};

/// A change of the world.
type Change = Box<dyn FnOnce(&mut World) + Send>;

/// A change of the world that waits for its request.
pub(crate) struct Hook {
    path_contains: String,
    method: String,
    change: Change,
}

impl Hook {
    pub(crate) fn new(
        path_contains: &str,
        method: &str,
        change: impl FnOnce(&mut World) + Send + 'static,
    ) -> Self {
        let (path_contains, method) = (path_contains.to_owned(), method.to_owned());
        Self { path_contains, method, change: Box::new(change) }
    }

    fn matches(&self, request: &Request) -> bool {
        request.method == self.method && request.path.contains(&self.path_contains)
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path_contains, method, change: _ } = self;
        write!(formatter, "Hook({method} {path_contains})")
    }
}

/// Takes out the change of the first hook that matches the request.
pub(crate) fn take(hooks: &mut Vec<Hook>, request: &Request) -> Option<Change> {
    let index = hooks.iter().position(|hook| hook.matches(request))?;
    Some(hooks.remove(index).change)
}
