//! What happens just before a request is handled.

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
}

impl fmt::Debug for Hook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path_contains, method, change: _ } = self;
        write!(formatter, "Hook({method} {path_contains})")
    }
}

/// Takes out the change of the first hook that matches the request.
pub(crate) fn take(hooks: &mut Vec<Hook>, request: &Request) -> Option<Change> {
    let matches =
        |hook: &Hook| hook.method == request.method && request.path.contains(&hook.path_contains);
    let position = hooks.iter().position(matches)?;
    Some(hooks.remove(position).change)
}
