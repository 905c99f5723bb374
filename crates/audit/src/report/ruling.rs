//! Decisions about outsiders as a report shows them.

/// What happens to an outsider's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The account stays.
    Keep,
    /// The account is removed from the organisation.
    Remove,
}

impl Decision {
    /// The name of the decision.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Remove => "remove",
        }
    }

    /// Parses the decision in a cell: its name in any case, with nothing but punctuation beside it.
    pub fn parse(cell: &str) -> Option<Self> {
        let word = cell.trim_matches(|character: char| !character.is_alphanumeric()).to_lowercase();
        [Self::Keep, Self::Remove].into_iter().find(|decision| decision.as_str() == word)
    }
}

/// A decision or a proposal about an outsider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// The justification, as untrusted text.
    pub justification: String,
    /// What happens to the account.
    pub decision: Option<Decision>,
    /// Whether an operator has confirmed it. Only then does it count.
    pub is_confirmed: bool,
    /// What an operator has recorded, whatever is proposed beside it.
    pub recorded: Option<RecordedDecision>,
}

/// An operator's decision about an outsider, which counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedDecision {
    /// What is to become of the account.
    pub decision: Decision,
    /// The reason, as untrusted text; `None` if the text of the record does not hold one.
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
