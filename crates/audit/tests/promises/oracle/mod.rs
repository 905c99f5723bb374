//! The judge's own reading of the rules: for a world at an instant, the state of every finding, its
//! round, what the next notice owes to whom, and what a review may claim.
//!
//! # Decisions where the rules are silent
//!
//! Each is the one that protects people best: never a wrong mention, never a false "fixed" or
//! "justified", never a lost word.
//!
//! 1. Identity is joined within one check (`account-missing` and `invitation-pending` are one): steps
//!    that share a user id or an address, directly or through other steps, are one history. A
//!    history that reaches the keys of two people of the roster is in doubt for both of them.
//! 2. An entry that the roster itself contradicts is in doubt whether or not there is a history. Two
//!    entries with one e-mail address contradict as two entries with one id do.
//! 3. A person without an id whose address changed is still known by the user whom the ask
//!    mentioned, as long as nobody else has the old address.
//! 4. Only an `again` or `accept` that holds exactly the present id and address ends a doubt. It
//!    ends a doubt that arises later about what lay before it, too.
//! 5. "The ask" after which sources must be captured is the latest ask, escalation or message by
//!    hand of the round; without any, the latest decision.
//! 6. "Found again" after a mark that says fixed, withdrawn, removed or gone means found on sources
//!    that were captured after that mark. Older sources open no round.
//! 7. What the sources do not show and what cannot be called fixed (they are older than the ask)
//!    keeps its state by the clock. It may be escalated, and need not be.
//! 8. Of `account-missing` and `invitation-pending`, neither is fixed while the other is found. What
//!    is stepped back is never newly asked; it may be escalated, and need not be.
//! 9. `again` outranks the decisions before it; so does a removal recorded as done. A decision counts
//!    for the evidence that it names: the latest decision about the present evidence is the ruling.
//! 10. A kept account that vanishes stays justified until the keep expires, and is then gone.
//! 11. An account decided *remove* that a read older than the decision does not hold is still "to
//!     remove"; of too few accounts nothing is concluded, `removed` neither.
//! 12. Findings for the operators are not answered by anybody's words or reactions: nobody was asked.
//! 13. `answered` counts for its round even where no ask counts.
//! 14. The end of a wait is the `due` that the marker promised; without it, 72 hours after GitLab took
//!     the note. The earliest ask that counts starts the clock, so does the earliest escalation after
//!     it. An escalation before the ask that counts is none.
//! 15. A stranger's marker holds a finding if it names its present round or a later one, and no
//!     counting marker speaks of the finding in the round that it names. "Mentioned about it" means by
//!     that marker or by any counting step of the finding.
//! 16. Who answers for an escalation is the first whom its step mentions: the manager, or the Support
//!     Operations Manager where no manager was found. Who is a manager may have changed since.
//! 17. A reaction to any note of ours in the notice's thread is a reaction to the notice.
//! 18. A check that is off and a person who is excluded are withdrawn even where the check would be
//!     unknown.
//! 19. Whoever an operator mentioned by hand is not asked until named, in whatever round.
//! 20. A like name holds the two findings: nobody is asked or escalated. Unlike a stranger's marker it
//!     keeps nobody from deciding, since a decision says that the account is not the person's.
//! 21. In the line of managers the token's user may be left out whenever anybody else is mentioned.
//! 22. A roster's or accounts' size is compared as present × 10 < recorded × 9.
//! 23. `manager-unresolved` of an entry without `reports_to`, `admin-missing` of somebody without an
//!     account, and whatever an expiry date within a day decides, are not compared.
//! 24. An address that is excluded excludes the account of nobody at it, too.
//! 25. While somebody's link cannot be read, or somebody may be hidden, a shared link that is not seen
//!     any more is unknown.
//! 26. A person without an id is the user of the username, so that an id that another entry claims is
//!     claimed twice. A step that holds the user's id holds a present key.
//! 27. A removal record whose decision was deleted leaves an account that is gone without a decision.
//! 28. A like username, and a like name or username before the `@` of the account's address, are like
//!     names.
//! 29. Who is not on a roster from before the last ask has not left: the state is open, and it may be
//!     escalated, and need not be.
//! 30. An escalation for a person on the list is complete with the first of the line and the first of
//!     `managers`; an outsider's chain is `managers` alone.

mod answers;
mod duties;
mod review;
mod state;
mod strikes;

use std::collections::{BTreeMap, BTreeSet};

pub use self::strikes::Strike;
use crate::evaluation::{
    Evaluation, Verdict, accounts_show_absence, captured, evaluate, is_excluded, is_left_out,
    roster_shows_absence,
};
use crate::identity::{
    Counted, Trail, closes, counted_steps, family, is_contradictory, is_decision, past_trails,
    person_trail, present_user,
};
use crate::world::{
    Check, DAY, Evidence, FindingKey, MarkerKind, Note, Round, Seconds, StepKind, Subject, UserId,
    WAIT, World, lower,
};

/// The state of a finding, in the order in which they apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Unknown,
    InDoubt,
    Removed,
    Gone,
    Withdrawn,
    Fixed,
    Justified,
    ToRemove,
    Held,
    Answered,
    Exhausted,
    Escalated,
    Overdue,
    Waiting,
    NotAsked,
}

impl State {
    /// Settled for good: fixed, justified, removed, gone or withdrawn.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Fixed | Self::Justified | Self::Removed | Self::Gone | Self::Withdrawn)
    }
}

/// What the next notice owes a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Duty {
    /// The notice must not speak of it, unless it is settled.
    Nothing,
    /// The user must be asked.
    Ask(UserId),
    /// The user must not be asked unless the operator names the subject.
    AskIfNamed(UserId),
    /// An e-mail is to be sent by hand; the notice must not speak of it.
    Email,
    /// One of these sets of users must be asked to help.
    Escalate(Vec<BTreeSet<UserId>>),
    /// One of these sets of users may be asked to help.
    MayEscalate(Vec<BTreeSet<UserId>>),
    /// It must be listed for the operators.
    List,
    /// It may ride along under *Settled*.
    Settled,
}

/// The oracle's result about one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub key: FindingKey,
    pub state: State,
    pub round: Round,
    pub duty: Duty,
    pub evidence: Option<Evidence>,
    /// Whether the rules decide the state, so that the product must agree.
    pub is_strict: bool,
    /// Whether an expiry date of about today decides, which is not compared at all.
    pub is_dated: bool,
    /// Whether a step that counts already says what is settled.
    pub is_recorded: bool,
}

/// The reading of one world by one operator.
#[derive(Debug)]
pub struct Oracle<'w> {
    pub world: &'w World,
    pub operator: UserId,
    pub evaluation: Evaluation,
    steps: Vec<Counted<'w>>,
    /// The histories about people who are no longer on the roster.
    past: BTreeMap<FindingKey, Vec<Counted<'w>>>,
}

/// The history of a finding, and who its subject is in GitLab.
#[derive(Clone, Debug, Default)]
struct History<'w> {
    trail: Trail<'w>,
    /// The subject's present user; of an outsider, whom `handles` names.
    user: Option<UserId>,
    email: Option<String>,
}

impl<'w> Oracle<'w> {
    /// Reads the world as this operator's run does.
    pub fn new(world: &'w World, operator: UserId) -> Self {
        let steps = counted_steps(world, operator);
        let mut past = BTreeMap::new();
        for check in Check::ALL {
            for (email, trail) in past_trails(world, &steps, check) {
                past.insert(FindingKey { check, subject: Subject::Past(email) }, trail);
            }
        }
        Self { world, operator, evaluation: evaluate(world), steps, past }
    }

    /// Every finding that is found, that the issue speaks of, or that is unknown.
    pub fn entries(&self) -> Vec<Entry> {
        let mut keys: BTreeSet<FindingKey> = self.evaluation.verdicts.keys().cloned().collect();
        for check in Check::ALL {
            if check == Check::OwnerCount {
                keys.insert(FindingKey { check, subject: Subject::Organisation });
            } else if check != Check::Outsider {
                for index in 0..self.world.roster.entries.len() {
                    keys.insert(FindingKey { check, subject: Subject::Person(index) });
                }
            }
        }
        keys.extend(self.past.keys().cloned());
        for counted in &self.steps {
            if let (check @ (Check::Outsider | Check::AdminUnexpected), Some(id)) =
                (counted.step.check, &counted.step.keys.account)
            {
                keys.insert(FindingKey { check, subject: Subject::Account(id.clone()) });
            }
        }
        keys.into_iter().filter_map(|key| self.entry(&key)).collect()
    }

    /// The result about one finding; none where there is nothing to say.
    pub fn entry(&self, key: &FindingKey) -> Option<Entry> {
        let verdict = self.evaluation.verdicts.get(key);
        let speaks = |counted: &Counted<'_>| family(key.check).contains(&counted.step.check);
        if matches!(verdict, Some(Verdict::Clear)) && !self.steps.iter().any(speaks) {
            return None;
        }
        let history = self.history(key);
        let (state, round) = self.state(key, &history, verdict)?;
        let evidence = match verdict {
            Some(Verdict::Found(evidence)) => Some(evidence.clone()),
            _ => None,
        };
        Some(Entry {
            key: key.clone(),
            state,
            round,
            duty: self.duty(key, &history, verdict, state),
            evidence,
            is_strict: state::is_strict(key, &history, verdict)
                && (state != State::Overdue || !matches!(key.subject, Subject::Past(_))),
            is_dated: self.is_dated(key, &history),
            is_recorded: history.trail.steps.iter().any(|counted| {
                counted.step.round == round
                    && (closes(counted.step) || counted.step.kind == StepKind::Withdrawn)
            }),
        })
    }

    fn history(&self, key: &FindingKey) -> History<'w> {
        let world = self.world;
        match &key.subject {
            Subject::Person(index) => History {
                trail: person_trail(world, &self.steps, key.check, *index),
                user: present_user(world, *index),
                email: Some(lower(&world.roster.entries[*index].email)),
            },
            Subject::Past(email) => {
                let steps = self.past.get(key).cloned().unwrap_or_default();
                let trail = Trail { steps, ..Trail::default() };
                History { trail, user: None, email: Some(email.clone()) }
            }
            Subject::Account(id) => {
                let steps = self
                    .steps
                    .iter()
                    .filter(|counted| counted.step.check == key.check)
                    .filter(|counted| counted.step.keys.account.as_ref() == Some(id))
                    .copied()
                    .collect();
                let email = world.keys(&key.subject).email;
                let user = email.as_deref().and_then(|email| holder(world, email));
                History { trail: Trail { steps, ..Trail::default() }, user, email }
            }
            Subject::Organisation => {
                let steps = self
                    .steps
                    .iter()
                    .filter(|counted| counted.step.check == key.check)
                    .copied()
                    .collect();
                History { trail: Trail { steps, ..Trail::default() }, user: None, email: None }
            }
        }
    }

    /// Whether a user is the subject of a finding.
    fn is_subject(&self, key: &FindingKey, history: &History<'_>, user: UserId) -> bool {
        let id = match &key.subject {
            Subject::Person(index) => self.world.roster.entries[*index].id,
            _ => None,
        };
        history.user == Some(user) || id == Some(user)
    }

    /// Who is asked about an outsider's account or a person.
    pub fn user_of(&self, key: &FindingKey) -> Option<UserId> {
        self.history(key).user
    }
}

/// The user whom `handles` names for an address, if GitLab knows one active user of that name.
fn holder(world: &World, email: &str) -> Option<UserId> {
    let (_, username) =
        world.config.handles.iter().find(|(address, _)| lower(address) == lower(email))?;
    let user = world.user_named(username)?;
    user.active.then_some(user.id)
}
