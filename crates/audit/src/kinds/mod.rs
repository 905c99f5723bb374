//! The kinds of audit: which system is audited, and what that means.

pub mod calendly;
mod spec;

pub use spec::Spec;

/// Which system is audited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// The team's Calendly organisation.
    #[default]
    Calendly,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 1] = [Self::Calendly];

    /// What is particular to this kind.
    pub const fn spec(self) -> &'static Spec {
        match self {
            Self::Calendly => &calendly::SPEC,
        }
    }
}
