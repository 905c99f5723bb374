//! What was ruled about an outsider.

/// What is to become of an outsider's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It stays.
    Keep,
    /// It is removed from the organisation.
    Remove,
}

impl Decision {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Remove => "remove",
        }
    }

    /// The decision that a cell holds: its word, in whatever case, and nothing else but punctuation.
    pub fn parse(cell: &str) -> Option<Self> {
        let word = cell.trim_matches(|it: char| !it.is_alphanumeric()).to_lowercase();
        [Self::Keep, Self::Remove].into_iter().find(|decision| decision.as_str() == word)
    }
}

/// What was ruled about an outsider, or proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Why, as untrusted text.
    pub justification: String,
    /// What is to become of the account.
    pub decision: Option<Decision>,
    /// Whether an operator has confirmed it: only then it counts.
    pub is_confirmed: bool,
}
