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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_the_checks_and_fields_that_other_modules_rely_on() {
        let common = ["", "name", "email", "reports_to", "gitlab", "title", "focuses"];
        for kind in Kind::ALL {
            let Spec { id, checks, roster_field, link_base, .. } = kind.spec();
            for name in ["outsider", "account-missing"] {
                assert!(checks.iter().any(|check| check.id == name), "{id} has no {name}");
            }
            assert!(!common.contains(roster_field), "{id}: {roster_field}");
            let is_host = link_base.starts_with("https://") && link_base.ends_with('/');
            assert!(link_base.is_empty() || is_host, "{id}: {link_base}");
        }
    }
}
