//! Why something could not be evaluated.

use std::fmt;

use crate::markdown::Markdown;

/// Why a check could not be evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// A problem of the roster may hide a person.
    HiddenPerson,
    /// The roster is much smaller than the recorded one, which had this many people.
    Shrunken(usize),
    /// There are far fewer accounts than the recorded ones, which were this many.
    AccountsShrunken(usize),
    /// People have no e-mail address by which their accounts could be found.
    Unmatchable,
    /// No accounts were read.
    NoAccounts,
    /// The accounts were not read completely.
    Gaps,
    /// The source of the accounts does not report their roles.
    NoRoles,
    /// The source of the accounts does not report their pages.
    NoPages,
    /// The person's link cannot be read.
    UnreadableLink,
    /// Somebody's link cannot be read, and may be the same as the person's.
    UnreadableLinks,
    /// The person's manager cannot be read.
    UnreadableManager,
    /// The person's title or focuses cannot be read.
    UnreadableTeam,
    /// The person's account cannot be found without an e-mail address.
    NoEmail,
    /// The account's page is not reported.
    NoPage,
    /// The account's role is not reported.
    NoRole,
    /// The sources are older than the last act about the finding.
    NotReadSince,
}

impl Unknown {
    /// The reason as it follows the name of a check: `while a problem may hide a person`.
    pub(crate) fn markdown(&self) -> Markdown {
        Markdown::literal(match self {
            Self::HiddenPerson => "while a problem may hide a person",
            Self::Shrunken(recorded) => {
                return Markdown::literal("while the roster is more than 10 % smaller than the ")
                    .and(Markdown::number(*recorded))
                    .and(" people of the issue");
            }
            Self::AccountsShrunken(recorded) => {
                return Markdown::literal(
                    "while there are more than 10 % fewer accounts than the ",
                )
                .and(Markdown::number(*recorded))
                .and(" of the issue");
            }
            Self::Unmatchable => "while people without an e-mail address have no known account",
            Self::NoAccounts => "without accounts",
            Self::Gaps => "while the accounts are not read whole",
            Self::NoRoles => "since the accounts come without roles",
            Self::NoPages => "since the accounts come without links",
            Self::UnreadableLink => "since the link in the roster cannot be read",
            Self::UnreadableLinks => "while somebody's link in the roster cannot be read",
            Self::UnreadableManager => "since `reports_to` in the roster cannot be read",
            Self::UnreadableTeam => "since title or focuses in the roster cannot be read",
            Self::NoEmail => "since no account can be found without an e-mail address",
            Self::NoPage => "since the account comes without a link",
            Self::NoRole => "since the account comes without a role",
            Self::NotReadSince => "since the sources are older than the last comment about it",
        })
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.markdown().fmt(formatter)
    }
}
