//! What the follow-ups read, and what they derive from it: a state for each finding.
//!
//! [`FollowupInput`] is everything that counts.
//! [`Cases`] is what follows from it: one [`Case`] for each subject, with one [`Entry`] for each finding.
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
/// The commands read it, and read it again directly before they write.
#[derive(Debug, Clone, Copy)]
pub struct FollowupInput<'a> {
    /// The checks on the fresh sources.
    pub evaluation: &'a Evaluation,
    /// How the audit is done.
    pub policy: &'a Policy,
    /// The comments of the audit's issue, with their reactions.
    pub conversation: &'a Conversation,
    /// What GitLab reports about users.
    pub directory: &'a Directory,
    /// Which audit it is.
    pub header: MarkerHeader,
    /// The audit's issue.
    pub issue: &'a IssueFacts,
    /// The user who runs the command, by the token.
    pub operator: &'a User,
    /// The ids of the users whose markers count: the operator and the configured `operators`.
    pub operators: &'a BTreeSet<u64>,
    /// The usernames of the Support Operations Managers, in order.
    pub managers: &'a [String],
    /// How long a reply is waited for.
    pub waits: WaitPolicy,
    /// When the roster was captured.
    ///
    /// For a file, this is its modification, limited by [`SourceDigests`] as
    /// [`Conversation::first_seen`] finds them.
    /// The accounts carry their own instant.
    pub roster_captured_at: Timestamp,
    /// The page below which GitLab shows the roster's files as they were read, as in
    /// `https://gitlab.com/group/team/-/blob/COMMIT`; nothing where the roster is local.
    pub roster_page: Option<&'a str>,
    /// The digests of the files that were read, for the markers of what is written.
    pub sources: &'a SourceDigests,
    /// The present, or for `--until` the instant to look at.
    pub now: Timestamp,
}

/// What is known of the audit's issue itself.
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
    /// The check could not be evaluated for this subject.
    Unknown(Unknown),
    /// The keys of its history disagree, so that the history belongs to nobody.
    InDoubt(Doubt),
    /// The account was to be removed, and is not there any more.
    Removed {
        /// The decision to remove it.
        decision: Decision,
        /// The removal record; nothing where it was removed by hand.
        record: Option<NoteRef>,
    },
    /// The outsider's account is gone without a decision to remove it.
    Gone,
    /// The finding no longer counts.
    Withdrawn(WithdrawalReason),
    /// The check no longer finds it.
    Fixed,
    /// It may stay as it is.
    Justified(Justification),
    /// It was decided that the account is to be removed, and it is still there.
    ToRemove(Decision),
    /// Nobody is asked about it until an operator has looked at what holds it.
    Held(Hold),
    /// Somebody answered, and an operator has to read that.
    Answered,
    /// The second wait passed as well, or nobody is left to escalate to.
    Exhausted,
    /// The managers were asked to help.
    Escalated {
        /// The end of the second wait.
        until: Timestamp,
    },
    /// The first wait passed without an answer.
    Overdue,
    /// The subject was asked.
    Waiting {
        /// The end of the wait; nothing for a finding for the operators, which has no clock.
        until: Option<Timestamp>,
    },
    /// Nobody was asked in this round.
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

    /// Whether nothing is left to do: only then may the audit be complete.
    pub const fn is_closed(&self) -> bool {
        self.is_settled() || matches!(self, Self::Justified(_))
    }

    /// Whether the finding is over, so that the next notice reports it as settled.
    pub const fn is_settled(&self) -> bool {
        matches!(self, Self::Removed { .. } | Self::Gone | Self::Withdrawn(_) | Self::Fixed)
    }

    /// When something becomes due, if that is known.
    pub const fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Waiting { until } => *until,
            Self::Escalated { until } => Some(*until),
            _ => None,
        }
    }
}

/// A note of the issue, by its numbers.
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

/// How a finding came to be justified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Justification {
    /// By the standing exception of this index in [`Evaluation::exceptions`].
    Exception(usize),
    /// By an operator who accepted or kept it.
    Decision(Decision),
}

/// What an operator decided about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What was decided.
    pub verdict: Verdict,
    /// The instant of the decision, by its step.
    pub at: Timestamp,
    /// The comment that records it; its author decided.
    pub note: NoteRef,
    /// The index of the decision's step in the comment's marker.
    pub step: usize,
    /// The round in which it was decided.
    pub round: u32,
    /// The digest of the evidence that it names.
    pub evidence: String,
    /// The reason, as untrusted text; nothing where the comment's items and its steps do not
    /// correspond, so that a reader has to look at the record.
    pub reason: Option<String>,
}

/// What a decision says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The finding is accepted as it is.
    Accept,
    /// The outsider keeps the account.
    Keep {
        /// The first day on which this no longer counts.
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
    /// A member who is not an operator wrote a marker of ours about it.
    ForeignMarker(NoteRef),
    /// An account and a person may belong together, and no operator has said so yet.
    Suggestion(Vec<Suggestion>),
}

/// That an account may belong to a person.
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

/// Why a history belongs to nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// How the keys disagree.
    pub reason: DoubtReason,
    /// The names of all whose history it may be, as untrusted text.
    pub subjects: Vec<String>,
    /// The comments of the history in doubt, in the order of time.
    pub notes: Vec<NoteRef>,
}

impl Doubt {
    /// Whether an operator's word ends it.
    ///
    /// While the roster contradicts itself, the roster has to be corrected first.
    pub const fn can_be_ended(&self) -> bool {
        !self.reason.is_in_roster()
    }
}

/// How keys disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DoubtReason {
    /// Two entries of the roster claim one GitLab id.
    SharedId,
    /// Two entries of the roster without GitLab ids have one e-mail address.
    SharedEmail,
    /// The roster's GitLab id and its username are of different users.
    IdAndUsername,
    /// Some keys of a comment are one subject's, and some are another's.
    SeveralSubjects,
    /// The GitLab id of a comment is not the subject's present one, and is nobody's on the roster.
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

/// An ask of a finding that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The comment.
    pub note: NoteRef,
    /// How the subject was asked.
    pub how: AskedHow,
    /// When the wait began.
    pub at: Timestamp,
    /// The end of the wait; nothing for a finding for the operators.
    pub due: Option<Timestamp>,
}

/// How somebody was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedHow {
    /// By a mention in a notice.
    Mentioned,
    /// Outside the issue, as an operator recorded.
    Sent,
    /// By a list for the operators.
    Listed,
}

/// An escalation of a finding that counts.
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
    /// Who answered.
    pub author: User,
    /// When.
    pub at: Timestamp,
    /// The note: the reply, the note that was reacted to, or the operator's record.
    pub note: NoteRef,
    /// What was answered.
    pub content: AnswerContent,
}

/// What an answer consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerContent {
    /// A comment, as untrusted text.
    Words(String),
    /// A reaction to a notice.
    Reaction,
    /// An operator recorded an answer that was given outside the issue.
    Recorded {
        /// The index of the step in the comment's marker.
        step: usize,
    },
}

/// An operator's record that a finding is to be asked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgainRequest {
    /// The operator.
    pub by: User,
    /// What the operator wants to say besides, as untrusted text; may be empty.
    pub reason: String,
    /// Whether the finding had been answered.
    pub had_answered: bool,
}

/// A finding with its history.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The check.
    pub check: &'static Check,
    /// What the check sees at present, or saw last, as untrusted text.
    pub evidence: String,
    /// The digest of the evidence, for markers.
    pub evidence_digest: String,
    /// Whether the check finds it at present.
    pub is_found: bool,
    /// Where it is.
    pub state: State,
    /// The present round: the one to ask in where the state is [`State::NotAsked`], and the one to end
    /// by an `again` step otherwise.
    pub round: u32,
    /// The first ask of the present round.
    pub ask: Option<Ask>,
    /// The first escalation after it.
    pub escalation: Option<Escalation>,
    /// The answers of the present round, in the order of time.
    pub answers: Vec<Answer>,
    /// The latest decision about it, whatever the evidence.
    pub decision: Option<Decision>,
    /// That an operator wants it asked again, where a record began the present round.
    pub again: Option<AgainRequest>,
    /// Whether a comment of the present round reports that it is settled.
    pub is_reported: bool,
    /// The notes whose reactions may be answers.
    pub reaction_notes: BTreeSet<u64>,
}

impl Entry {
    /// Whether the finding is for the operators to fix or accept.
    pub fn is_for_operators(&self) -> bool {
        self.check.asked == crate::check::Audience::Operators
    }
}

/// All findings about one subject.
#[derive(Debug, Clone)]
pub struct Case {
    /// The subject; nothing if it is gone.
    pub subject: Option<Subject>,
    /// What it is called, as untrusted text; empty where a person who left is known by digests only.
    pub name: String,
    /// Its keys, for markers.
    pub keys: Vec<Key>,
    /// The digest of its account's own id, for markers; only an account of nobody on the roster has one.
    pub account: Option<String>,
    /// The id of its GitLab user, as far as it is known for certain.
    pub user: Option<u64>,
    /// The findings, in the order of the checks.
    pub entries: Vec<Entry>,
    /// Whom an escalation goes to, where one is due.
    pub chain: Option<Chain>,
}

/// Whom an escalation mentions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// The manager.
    pub manager: Option<User>,
    /// The Support Operations Manager, where it is somebody else.
    pub support_manager: Option<User>,
    /// The reason for each choice, as sentences with untrusted text in them, without a final stop.
    pub reasons: Vec<String>,
    /// Whom GitLab must be asked about first.
    pub inquiries: Vec<Inquiry>,
}

impl Chain {
    /// Whether nobody is left to escalate to.
    pub fn is_empty(&self) -> bool {
        self.manager.is_none() && self.support_manager.is_none() && self.inquiries.is_empty()
    }
}

/// A review request of the issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRequest {
    /// The comment.
    pub note: NoteRef,
    /// Whether it claims that everything is settled.
    pub is_complete: bool,
    /// The digest of every finding's state at that time.
    pub state: String,
    /// The user who was asked to review.
    pub reviewer: Option<u64>,
}

/// A marker in a comment by somebody who is not an operator, which has no effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredMarker {
    /// The comment.
    pub note: NoteRef,
}

/// All cases of an audit.
#[derive(Debug, Clone, Default)]
pub struct Cases {
    /// The cases, in the order of their names, those who are gone last.
    pub cases: Vec<Case>,
    /// The review requests, in the order of time.
    pub reviews: Vec<ReviewRequest>,
    /// The notices, in the order of time; the parts of one notice share a thread.
    pub notices: Vec<NoteRef>,
    /// Markers of others that have no effect, the first of each author.
    pub ignored: Vec<IgnoredMarker>,
    /// Whom GitLab must be asked about before every state is certain.
    pub inquiries: BTreeSet<Inquiry>,
}

impl Cases {
    /// Every entry with its case.
    pub fn entries(&self) -> impl Iterator<Item = (&Case, &Entry)> {
        self.cases.iter().flat_map(|case| case.entries.iter().map(move |entry| (case, entry)))
    }
}
