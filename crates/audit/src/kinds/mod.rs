//! The kinds of audit: which system is audited, and what that means.

pub mod calendly;
mod spec;

pub use spec::Spec;

/// Makes the enum [`Kind`], the list [`Kind::ALL`] and [`Kind::spec`] from one row for each kind, so
/// that no kind is missing from one of them.
macro_rules! kinds {
    ($($(#[$attribute:meta])* $kind:ident => $spec:path,)+) => {
        /// Which system is audited.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$attribute])* $kind,)+
        }

        impl Kind {
            /// All kinds, in the order in which `--help` lists them.
            pub const ALL: &[Self] = &[$(Self::$kind,)+];

            /// What is particular to this kind.
            pub const fn spec(self) -> &'static Spec {
                match self {
                    $(Self::$kind => &$spec,)+
                }
            }
        }
    };
}

kinds! {
    /// The team's Calendly organisation.
    #[default]
    Calendly => calendly::SPEC,
}

impl Kind {
    /// The kind with this id, as `--kind` and markers name it.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.spec().id == id)
    }
}
