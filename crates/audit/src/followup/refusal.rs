//! Why nothing can be planned.

use std::fmt;

/// How many comments an issue takes (GitLab docs: Discussions).
pub(super) const MAX_COMMENTS: usize = 5_000;

/// Why nothing can be planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The issue would have too many comments.
    TooManyComments {
        /// How many may be added.
        left: usize,
    },
    /// Nobody and nothing of that name is there.
    NoSuch(String),
    /// Several subjects or findings have that name.
    Ambiguous(String),
    /// No operator's comment of this number mentions anybody by hand.
    NoSuchNote(u64),
    /// Nothing about this subject is to be asked.
    NothingToSend(String),
    /// This subject was not asked about anything that is open.
    NothingAsked(String),
    /// A rule about people does not allow it.
    Rule {
        /// The finding's name.
        finding: String,
        /// The rule.
        rule: Rule,
    },
}

/// A rule about people that does not allow an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// The finding is about the operator.
    Own,
    /// Its history is in doubt, with how.
    InDoubt(String),
    /// It is held, with why.
    Held(String),
    /// The check does not find it at present, with its state.
    NotFound(String),
    /// It is for the operators, and nobody else is asked about it.
    ForOperators,
    /// An exception justifies it.
    Excepted,
    /// Its subject cannot be mentioned, with why.
    Unmentionable(String),
    /// Only an outsider is kept or removed.
    NotAnOutsider,
}

impl Refusal {
    /// Whether the command was used wrongly, and no rule about people was in the way.
    pub const fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::NoSuch(_)
                | Self::Ambiguous(_)
                | Self::NoSuchNote(_)
                | Self::NothingToSend(_)
                | Self::NothingAsked(_)
                | Self::Rule { rule: Rule::NotAnOutsider | Rule::ForOperators, .. }
        )
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyComments { left } => write!(
                formatter,
                "an issue takes {MAX_COMMENTS} comments, and only {left} are left"
            ),
            Self::NoSuch(name) => write!(formatter, "there is no finding about {name}"),
            Self::Ambiguous(name) => {
                write!(formatter, "{name} names several subjects: name one by its e-mail address")
            }
            Self::NoSuchNote(id) => {
                write!(formatter, "comment {id} is not an operator's comment without a marker")
            }
            Self::NothingToSend(name) => write!(formatter, "there is nothing to send to {name}"),
            Self::NothingAsked(name) => {
                write!(formatter, "{name} was not asked about anything that is open")
            }
            Self::Rule { finding, rule } => write!(formatter, "{finding} {rule}"),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own => formatter.write_str("is about you: another operator has to decide"),
            Self::InDoubt(how) | Self::Held(how) | Self::NotFound(how) => formatter.write_str(how),
            Self::ForOperators => {
                formatter.write_str("is for the operators, and nobody else is asked about it")
            }
            Self::Excepted => formatter.write_str("is justified by an exception"),
            Self::Unmentionable(why) => write!(
                formatter,
                "cannot be asked here ({why}): write to them, then record it with --sent"
            ),
            Self::NotAnOutsider => {
                formatter.write_str("is not about an outsider, whom alone one keeps or removes")
            }
        }
    }
}

impl std::error::Error for Refusal {}
