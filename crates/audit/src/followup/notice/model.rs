//! The content of a notice, before it is laid out.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::followup::model::AgainRequest;
use crate::markdown::Markdown;
use crate::record::conversation::User;
use crate::record::marker::{MarkerHeader, SourceDigests, Step};
use crate::wording::{Details, Position, Wording};

/// A finding in a notice.
#[derive(Debug, Clone)]
pub(crate) struct NoticeFinding {
    /// The check's id.
    pub(crate) check: &'static str,
    /// The clauses that describe what the check finds.
    pub(crate) wording: &'static Wording,
    /// The address of the subject's roster entry.
    pub(crate) entry: Option<String>,
    /// The subject's name, untrusted.
    pub(crate) subject: String,
    /// What the check saw, untrusted.
    pub(crate) evidence: String,
    /// The beginning of the addresses that may be links.
    pub(crate) link_base: &'static str,
    /// The steps that the marker records for it.
    pub(crate) steps: Vec<Step>,
}

/// A person who is asked.
#[derive(Debug, Clone)]
pub(crate) struct AskLine {
    /// The user who is mentioned.
    pub(crate) user: User,
    /// What they are asked about.
    pub(crate) findings: Vec<NoticeFinding>,
    /// Why they are asked again, if an operator asks again.
    pub(crate) again: Option<AskedAgain>,
}

/// What an operator tells a person who is asked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AskedAgain {
    /// Whether the person had answered.
    pub(crate) had_answered: bool,
    /// The operator's username.
    pub(crate) operator: String,
    /// Why the operator asks again, untrusted; may be empty.
    pub(crate) reason: String,
}

/// How a person was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AskedBy {
    /// By the comment with this id.
    Note(u64),
    /// By an e-mail.
    Email,
}

/// A person about whom others are asked to help.
#[derive(Debug, Clone)]
pub(crate) struct HelpLine {
    /// The manager who is mentioned for the person, if there is one.
    pub(crate) manager: Option<User>,
    /// The Support Operations Manager, who is mentioned once for all people.
    pub(crate) support_manager: Option<User>,
    /// The findings that the person did not answer.
    pub(crate) findings: Vec<NoticeFinding>,
    /// When the person was asked.
    pub(crate) asked_at: Timestamp,
    /// How the person was asked.
    pub(crate) asked_by: AskedBy,
    /// Whether it is an account of nobody on the roster, which a Support Operations Manager decides
    /// about.
    pub(crate) is_outsider: bool,
}

/// Why a finding is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Settled {
    /// The check no longer finds it.
    Fixed,
    /// The account was removed.
    Removed,
    /// The account is gone without a decision.
    Gone,
    /// The person left the roster.
    Left,
    /// The person is excluded, or the check is off.
    Withdrawn,
}

/// Everything that a notice says.
#[derive(Debug, Clone)]
pub(crate) struct Notice<'a> {
    /// The audit that it belongs to.
    pub(crate) header: MarkerHeader,
    /// The audited system's name.
    pub(crate) system: &'static str,
    /// The address of the issue's page.
    pub(crate) issue_url: &'a str,
    /// The people who are asked.
    pub(crate) asks: Vec<AskLine>,
    /// When the wait of the people who are asked ends.
    pub(crate) ask_due: Timestamp,
    /// The people to help with, grouped by their managers.
    pub(crate) helps: Vec<HelpLine>,
    /// When the wait for help ends.
    pub(crate) help_due: Timestamp,
    /// Whether there is a Support Operations Manager to escalate to.
    pub(crate) has_support_manager: bool,
    /// The findings that were settled since the last notice.
    pub(crate) settled: Vec<(Settled, NoticeFinding)>,
    /// The findings that only the operators can fix or accept.
    pub(crate) operators: Vec<NoticeFinding>,
    /// The digests of the sources of the findings.
    pub(crate) sources: SourceDigests,
}

impl Notice<'_> {
    /// Whether there is a reason to post the notice. Settled findings alone are not a reason.
    pub(crate) fn is_due(&self) -> bool {
        !(self.asks.is_empty() && self.helps.is_empty() && self.operators.is_empty())
    }

    /// The ids of the users whom it mentions.
    pub(crate) fn mentioned(&self) -> BTreeSet<u64> {
        let asked = self.asks.iter().map(|line| line.user.id);
        let helpers =
            self.helps.iter().flat_map(|line| line.manager.iter().chain(&line.support_manager));
        asked.chain(helpers.map(|user| user.id)).collect()
    }
}

impl NoticeFinding {
    /// What fills the placeholders of the finding's clauses.
    pub(crate) fn details(&self) -> Details<'_> {
        Details {
            entry: self.entry.as_deref(),
            subject: &self.subject,
            evidence: &self.evidence,
            link_base: self.link_base,
        }
    }

    pub(super) fn to_subject(&self, position: Position) -> Markdown {
        self.details().markdown(self.wording.asks, position).and(self.reference())
    }

    pub(super) fn to_others(&self) -> Markdown {
        self.details().markdown(self.wording.about, Position::Inside).and(self.reference())
    }

    /// The check's id in parentheses.
    fn reference(&self) -> Markdown {
        Markdown::literal(" (").and(Markdown::code(self.check)).and(")")
    }
}

impl AskedAgain {
    /// Asks again as an operator's record requests.
    pub(crate) fn new(request: &AgainRequest) -> Self {
        Self {
            had_answered: request.had_answered,
            operator: request.by.username.clone(),
            reason: request.reason.clone(),
        }
    }
}

impl HelpLine {
    /// Whether only a Support Operations Manager is asked to decide about it.
    pub(super) fn is_for_support_manager(&self) -> bool {
        self.is_outsider && self.manager.is_none() && self.support_manager.is_some()
    }

    pub(super) fn subject(&self) -> &str {
        self.findings.first().map_or("", |finding| &finding.subject)
    }
}
