//! What the program is doing now.

use indicatif::ProgressBar;

/// What is under way, oldest first, and the bar that shows it.
#[derive(Debug, Default)]
pub(super) struct Running {
    /// The bar, where progress is shown.
    pub(super) bar: Option<ProgressBar>,
    /// What is under way, with the numbers of [`Running::begun`].
    pub(super) tasks: Vec<(u64, String)>,
    /// How many tasks have begun so far, of which the last has this number.
    pub(super) begun: u64,
}
