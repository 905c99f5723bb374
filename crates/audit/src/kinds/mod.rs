//! The kinds of audit, each of which is about one system.

pub mod calendly;
mod spec;

pub use spec::Spec;

/// Generates the enum [`Kind`], the list [`Kind::ALL`] and [`Kind::spec`] from one row for each
/// kind, so that none of them can lack a kind.
macro_rules! kinds {
    ($($(#[$attribute:meta])* $kind:ident => $spec:path,)+) => {
        /// The audited system.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$attribute])* $kind,)+
        }

        impl Kind {
            /// All kinds, in the order in which `--help` lists them.
            pub const ALL: &[Self] = &[$(Self::$kind,)+];

            /// Everything that is specific to this kind.
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
    /// Finds the kind with this id, which `--kind` and markers use.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.spec().id == id)
    }
}
