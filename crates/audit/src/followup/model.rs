//! The input of the follow-ups, and the states that are derived from it.
//!
//! [`FollowupInput`] is everything that counts.
//! [`Cases`] is what follows from it: one [`Case`] for each subject, with one [`Entry`] for each
//! finding.
//! Plans, the review and the status are made from these values alone.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use super::waits::WaitPolicy;
use crate::check::Check;
use crate::evaluation::{Evaluation, Policy, Unknown};
use crate::identity::Subject;
use crate::record::conversation::{Conversation, User};
use crate::record::directory::{Directory, Inquiry};
use crate::record::marker::{Key, MarkerHeader, SourceDigests, WithdrawalReason};

/// Everything that the follow-ups are derived from.
///
/// A command reads it at the beginning, and reads it again directly before it writes.
#[derive(Debug, Clone, Copy)]
pub struct FollowupInput<'a> {
    /// The evaluation of the fresh sources.
    pub evaluation: &'a Evaluation,
    /// The policy of the audit.
    pub policy: &'a Policy,
    /// The comments of the audit's issue, with their reactions.
    pub conversation: &'a Conversation,
    /// The issue's description, whose rows show which keys belonged to one person.
    pub description: &'a str,
    /// What GitLab reports about users.
    pub directory: &'a Directory,
    /// The audit.
    pub header: MarkerHeader,
    /// The audit's issue.
    pub issue: &'a IssueFacts,
    /// The user to whom the token belongs, who runs the command.
    pub operator: &'a User,
    /// The ids of the users whose markers count: the operator and the configured `operators`.
    pub operators: &'a BTreeSet<u64>,
    /// The usernames of the Support Operations Managers, in the order of preference.
    pub managers: &'a [String],
    /// How long the audit waits for a reply.
    pub waits: WaitPolicy,
    /// When the roster was captured.
    ///
    /// For a file, this is when it was modified, limited by [`SourceDigests`] as
    /// [`Conversation::first_seen`] finds them.
    /// The accounts carry an instant of their own.
    pub roster_captured_at: Timestamp,
    /// The page below which GitLab shows the files of the roster as they were read, such as
    /// `https://gitlab.com/group/team/-/blob/COMMIT`; `None` for a local roster.
    pub roster_page: Option<&'a str>,
    /// The digests of the files that were read, for the markers that are written.
    pub sources: &'a SourceDigests,
    /// The present instant, or the one that `--until` gives.
    pub now: Timestamp,
}

/// The facts about the audit's issue itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueFacts {
    /// Its number in its project.
    pub iid: u64,
    /// The address of its page.
    pub url: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// The user who created it.
    pub author: User,
    /// The users to whom it is assigned.
    pub assignees: Vec<User>,
}

/// The state of a finding: the first that applies, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The check could not be evaluated for the subject.
    Unknown(Unknown),
    /// The keys of its history contradict each other, so the history cannot be attributed.
    InDoubt(Doubt),
    /// The account was removed as decided.
    Removed {
        /// The decision to remove it.
        decision: Decision,
        /// The removal record; `None` if the account was removed by hand.
        record: Option<NoteRef>,
    },
    /// The outsider's account is gone without a decision to remove it.
    Gone,
    /// The finding no longer counts.
    Withdrawn(WithdrawalReason),
    /// The check no longer finds it.
    Fixed,
    /// An exception or a decision justifies it.
    Justified(Justification),
    /// The removal of the account is decided, and the account still exists.
    ToRemove(Decision),
    /// Nobody is asked about it until an operator has looked at the reason for the hold.
    Held(Hold),
    /// There is an answer, which an operator has to read.
    Answered,
    /// The second wait is over as well, or there is nobody to escalate to.
    Exhausted,
    /// The managers were asked to help.
    Escalated {
        /// The end of the second wait.
        until: Timestamp,
    },
    /// The first wait is over, and there is no answer.
    Overdue,
    /// The subject was asked.
    Waiting {
        /// The end of the wait; `None` for a finding for the operators, which has no clock.
        until: Option<Timestamp>,
    },
    /// Nobody was asked about it in this round.
    NotAsked,
}

impl State {
    /// The state's name.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "unknown",
            Self::InDoubt(_) => "in doubt",
            Self::Removed { .. } => "removed",
            Self::Gone => "gone",
            Self::Withdrawn(_) => "withdrawn",
            Self::Fixed => "fixed",
            Self::Justified(_) => "justified",
            Self::ToRemove(_) => "to remove",
            Self::Held(_) => "held",
            Self::Answered => "answered",
            Self::Exhausted => "exhausted",
            Self::Escalated { .. } => "escalated",
            Self::Overdue => "overdue",
            Self::Waiting { .. } => "waiting",
            Self::NotAsked => "not asked",
        }
    }

    /// Whether nothing is left to do. The audit is complete once all findings are closed.
    pub const fn is_closed(&self) -> bool {
        self.is_settled() || matches!(self, Self::Justified(_))
    }

    /// Whether the finding is over, so that the next notice reports it as settled.
    pub const fn is_settled(&self) -> bool {
        matches!(self, Self::Removed { .. } | Self::Gone | Self::Withdrawn(_) | Self::Fixed)
    }

    /// When the state changes by the clock, if it does.
    pub const fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Waiting { until } => *until,
            Self::Escalated { until } => Some(*until),
            _ => None,
        }
    }
}

/// A note of the issue, identified by its ids.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NoteRef {
    /// The note's id.
    pub id: u64,
    /// The id of its thread.
    pub thread: String,
    /// When it was written, by GitLab's clock.
    pub created_at: Timestamp,
    /// The user who wrote it.
    pub author: User,
}

/// Why a finding is justified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Justification {
    /// The standing exception at this index in [`Evaluation::exceptions`] covers it.
    Exception(usize),
    /// An operator accepted it or keeps the account.
    Decision(Decision),
}

/// What an operator decided about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What was decided.
    pub verdict: Verdict,
    /// The instant of the decision, from its step.
    pub at: Timestamp,
    /// The comment that records the decision. Its author made the decision.
    pub note: NoteRef,
    /// The index of the decision's step in the comment's marker.
    pub step: usize,
    /// The round in which the decision was made.
    pub round: u32,
    /// The digest of the evidence that the decision names.
    pub evidence: String,
    /// The reason, as untrusted text; `None` if the items of the comment and its steps do not
    /// correspond, so that a reader has to look at the record.
    pub reason: Option<String>,
}

/// The content of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The finding is accepted as it is.
    Accept,
    /// The outsider keeps the account.
    Keep {
        /// The first day on which the decision no longer counts.
        until: Option<Date>,
    },
    /// The outsider's account is to be removed.
    Remove,
}

impl Verdict {
    /// The verdict's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Keep { .. } => "keep",
            Self::Remove => "remove",
        }
    }
}

/// Why nobody is asked about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// A member of the project who is not an operator wrote a marker about it.
    ForeignMarker(NoteRef),
    /// An account and a person may belong together, and no operator has decided about that yet.
    Suggestion(Vec<Suggestion>),
}

/// An account that may belong to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The account's e-mail address, as untrusted text.
    pub account: String,
    /// The person's name, as untrusted text.
    pub person: String,
    /// The person's e-mail address, if the roster has one, as untrusted text.
    pub person_email: Option<String>,
    /// What they have in common.
    pub reason: &'static str,
}

/// A history that cannot be attributed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// How the keys contradict each other.
    pub reason: DoubtReason,
    /// The names of all subjects whose history it may be, as untrusted text.
    pub subjects: Vec<String>,
    /// The comments of the history in doubt, in the order of time.
    pub notes: Vec<NoteRef>,
}

impl Doubt {
    /// Whether an act of an operator ends it.
    ///
    /// A contradiction within the roster has to be corrected there first.
    pub const fn can_be_ended(&self) -> bool {
        !self.reason.is_in_roster()
    }
}

/// How the keys of a history contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DoubtReason {
    /// Two entries of the roster have one GitLab id.
    SharedId,
    /// Two entries of the roster without GitLab ids have one e-mail address.
    SharedEmail,
    /// The GitLab id and the username of a roster entry belong to different users.
    IdAndUsername,
    /// The keys of a comment belong to different subjects.
    SeveralSubjects,
    /// The GitLab id of a comment is not the subject's present id, and nobody on the roster has it.
    FormerId,
    /// Several accounts have the address that a comment names.
    SeveralAccounts,
}

impl DoubtReason {
    /// Whether the roster contradicts itself.
    pub const fn is_in_roster(self) -> bool {
        matches!(self, Self::SharedId | Self::SharedEmail | Self::IdAndUsername)
    }
}

impl fmt::Display for DoubtReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::SharedId => "two entries of the roster have the same GitLab id",
            Self::SharedEmail => "two entries of the roster have the same e-mail address",
            Self::IdAndUsername => "the roster's GitLab id and username are of different users",
            Self::SeveralSubjects => {
                "the earlier comments name the GitLab id of one person and the address of another"
            }
            Self::FormerId => "the earlier comments name another GitLab id",
            Self::SeveralAccounts => "several accounts have the address of the earlier comments",
        })
    }
}

/// The ask of a finding from which its wait is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The comment.
    pub note: NoteRef,
    /// How the subject was asked.
    pub how: AskedHow,
    /// When the wait began.
    pub at: Timestamp,
    /// The end of the wait; `None` for a finding for the operators.
    pub due: Option<Timestamp>,
}

/// How the subject was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedHow {
    /// A notice mentioned them.
    Mentioned,
    /// An operator recorded that they were asked outside the issue.
    Sent,
    /// A notice listed the finding for the operators.
    Listed,
}

/// The escalation of a finding from which the second wait is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// The comment.
    pub note: NoteRef,
    /// The ids of the users who were mentioned: the manager first, then the Support Operations Manager.
    pub mentioned: Vec<u64>,
    /// The end of the second wait.
    pub due: Timestamp,
}

/// An answer to an ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The user who answered.
    pub author: User,
    /// When they answered.
    pub at: Timestamp,
    /// The reply, the note that was reacted to, or the operator's record.
    pub note: NoteRef,
    /// The content of the answer.
    pub content: AnswerContent,
}

/// The content of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerContent {
    /// A comment, as untrusted text.
    Words(String),
    /// A reaction to a notice.
    Reaction,
    /// The record of an operator that an answer was given outside the issue.
    Recorded {
        /// The index of the step in the comment's marker.
        step: usize,
    },
}

/// The record of an operator that a finding is to be asked about again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgainRequest {
    /// The operator who wrote it.
    pub by: User,
    /// What the operator adds to the ask, as untrusted text; may be empty.
    pub reason: String,
    /// Whether the finding had been answered before.
    pub had_answered: bool,
}

/// A finding with its history and its state.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The check.
    pub check: &'static Check,
    /// The evidence: what the check sees now, or saw last, as untrusted text.
    pub evidence: String,
    /// The digest of the evidence, for markers.
    pub evidence_digest: String,
    /// Whether the check finds it at present.
    pub is_found: bool,
    /// The state.
    pub state: State,
    /// The present round.
    /// A finding that is [`State::NotAsked`] is asked about in it; otherwise an `again` step ends
    /// it.
    pub round: u32,
    /// The first ask of the present round.
    pub ask: Option<Ask>,
    /// The first escalation after the ask.
    pub escalation: Option<Escalation>,
    /// The answers of the present round, in the order of time.
    pub answers: Vec<Answer>,
    /// The latest decision about the finding, whatever its evidence.
    pub decision: Option<Decision>,
    /// The request to ask again, where a record began the present round.
    pub again: Option<AgainRequest>,
    /// Whether a comment of the present round reports that it is settled.
    pub is_reported: bool,
    /// The notes on which a reaction counts as an answer.
    pub reaction_notes: BTreeSet<u64>,
}

impl Entry {
    /// Whether only the operators can fix or accept the finding.
    pub fn is_for_operators(&self) -> bool {
        self.check.asked == crate::check::Audience::Operators
    }
}

/// All findings about one subject.
#[derive(Debug, Clone)]
pub struct Case {
    /// The subject; `None` if it no longer exists.
    pub subject: Option<Subject>,
    /// The subject's name, as untrusted text; empty for a person who left and is known by digests
    /// only.
    pub name: String,
    /// The keys of the subject, for markers.
    pub keys: Vec<Key>,
    /// The digest of the account's id, for markers. Only an account of nobody on the roster has
    /// one.
    pub account: Option<String>,
    /// The id of the subject's GitLab user, if it is certain.
    pub user: Option<u64>,
    /// The findings, in the order of the checks.
    pub entries: Vec<Entry>,
    /// The users to escalate to, where an escalation is due.
    pub chain: Option<Chain>,
}

/// The users whom an escalation mentions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// The manager.
    pub manager: Option<User>,
    /// The Support Operations Manager, unless the manager is the same user.
    pub support_manager: Option<User>,
    /// The reason for each choice: sentences with untrusted text, without a final stop.
    pub reasons: Vec<String>,
    /// The users whom GitLab must be asked about first.
    pub inquiries: Vec<Inquiry>,
}

impl Chain {
    /// Whether there is nobody to escalate to.
    pub fn is_empty(&self) -> bool {
        self.manager.is_none() && self.support_manager.is_none() && self.inquiries.is_empty()
    }
}

/// A review request in the issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRequest {
    /// The comment.
    pub note: NoteRef,
    /// Whether it claims that every finding is settled.
    pub is_complete: bool,
    /// The digest of the states of all findings at that time.
    pub state: String,
    /// The user who was asked to review.
    pub reviewer: Option<u64>,
}

/// A stranger's marker that has no effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredMarker {
    /// The comment.
    pub note: NoteRef,
}

/// All cases of an audit.
#[derive(Debug, Clone, Default)]
pub struct Cases {
    /// The cases, ordered by name; subjects that are gone come last.
    pub cases: Vec<Case>,
    /// The review requests, in the order of time.
    pub reviews: Vec<ReviewRequest>,
    /// The notices, in the order of time. The comments of one notice share a thread.
    pub notices: Vec<NoteRef>,
    /// The strangers' markers that have no effect, the first of each author.
    pub ignored: Vec<IgnoredMarker>,
    /// The users whom GitLab must be asked about before every state is certain.
    pub inquiries: BTreeSet<Inquiry>,
}

impl Cases {
    /// Every entry with its case.
    pub fn entries(&self) -> impl Iterator<Item = (&Case, &Entry)> {
        self.cases.iter().flat_map(|case| case.entries.iter().map(move |entry| (case, entry)))
    }
}
