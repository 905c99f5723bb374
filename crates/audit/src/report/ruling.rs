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
    /// What an operator has recorded, whatever is proposed beside it.
    pub recorded: Option<RecordedDecision>,
}

/// An operator's decision about an outsider, which counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedDecision {
    /// What is to become of the account.
    pub decision: Decision,
    /// Why, as untrusted text; absent where the record's text does not tell.
    pub reason: Option<String>,
}

impl RecordedDecision {
    /// Whether a justification says nothing else than what is recorded.
    ///
    /// What neutralizing changes makes no difference.
    pub fn is_said_by(&self, justification: &str) -> bool {
        let plain = |text: &str| -> String {
            crate::text::clean(text).chars().filter(|it| !matches!(it, '`' | '\\' | ' ')).collect()
        };
        justification.is_empty()
            || self.reason.as_deref().is_none_or(|reason| plain(reason) == plain(justification))
    }
}
