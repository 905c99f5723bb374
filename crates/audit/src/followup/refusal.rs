//! Why nothing can be planned.

use std::fmt;

/// How many comments an issue takes (GitLab docs: Discussions).
pub(super) const MAX_COMMENTS: usize = 5_000;

/// Why an operator's request cannot be planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The issue would have too many comments.
    TooManyComments {
        /// How many may be added.
        left: usize,
    },
    /// Nothing has that name.
    NoSuch(String),
    /// Several subjects or findings have that name.
    Ambiguous(String),
    /// The comment with this id is not an operator's, or mentions nobody by hand.
    NoSuchNote(u64),
    /// There is nothing to ask this subject.
    NothingToSend(String),
    /// This subject was not asked about any open finding.
    NothingAsked(String),
    /// A rule forbids the act.
    Rule {
        /// The finding's name.
        finding: String,
        /// The rule.
        rule: Rule,
    },
}

/// A rule that forbids an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// The finding is about the operator.
    Own,
    /// The history of the finding is in doubt, for this reason.
    InDoubt(String),
    /// The finding is held, for this reason.
    Held(String),
    /// The check does not find it now; its state.
    NotFound(String),
    /// The finding is for the operators, and nobody else is asked about it.
    ForOperators,
    /// An exception justifies it.
    Excepted,
    /// Its subject cannot be mentioned, for this reason.
    Unmentionable(String),
    /// Only an outsider can be kept or removed.
    NotAnOutsider,
}

impl Refusal {
    /// Whether the command was used wrongly, as opposed to a rule that forbids the act.
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
