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
//! 16. Who answers for an escalation is whoever of the mentioned is no Support Operations Manager; if
//!     all are, whoever is in the subject's chain today; if nobody is, all of them.
//! 17. A reaction to any note of ours in the notice's thread is a reaction to the notice.
//! 18. A check that is off and a person who is excluded are withdrawn even where the check would be
//!     unknown.
//! 19. Whoever an operator mentioned by hand is not asked until named, in whatever round.
//! 20. A like name keeps the two findings from being escalated, too.
//! 21. In the line of managers the token's user may be left out whenever anybody else is mentioned.
//! 22. A roster's or accounts' size is compared as present × 10 < recorded × 9.
//! 23. `manager-unresolved` of an entry without `reports_to`, `admin-missing` of somebody without an
//!     account, and whatever an expiry date within a day decides, are not compared.
//! 24. An escalation for a person on the list is complete with the first of the line and the first of
//!     `managers`; an outsider's chain is `managers` alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::evaluation::{
    Evaluation, Verdict, accounts_show_absence, captured, evaluate, is_excluded,
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
            if let (Check::Outsider, Some(id)) = (counted.step.check, &counted.step.keys.account) {
                let subject = Subject::Account(id.clone());
                keys.insert(FindingKey { check: Check::Outsider, subject });
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
            is_strict: is_strict(key, &history, verdict),
            is_dated: self.is_dated(key, &history),
            is_recorded: history.trail.steps.iter().any(|counted| {
                counted.step.round == round
                    && (closes(counted.step) || counted.step.kind == StepKind::Withdrawn)
            }),
        })
    }

    /// Whether a decision about the finding, or an exception for it, expires at about this time.
    fn is_dated(&self, key: &FindingKey, history: &History<'_>) -> bool {
        let is_near = |instant: Seconds| (instant - self.world.now).abs() <= DAY;
        let is_expiring = history.trail.steps.iter().any(|counted| {
            is_decision(counted.step.kind) && counted.step.until.is_some_and(is_near)
        });
        let mut exceptions = self.world.exceptions.iter();
        is_expiring
            || exceptions
                .any(|exception| is_near(exception.expires) && self.covers(exception, key, history))
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

    /// The table of states: the first that applies.
    fn state(
        &self,
        key: &FindingKey,
        history: &History<'w>,
        verdict: Option<&Verdict>,
    ) -> Option<(State, Round)> {
        let round = history.trail.round();
        let is_off = self.world.config.checks_off.contains(&key.check);
        let is_out = match &key.subject {
            Subject::Person(index) => is_excluded(self.world, *index),
            _ => false,
        };
        if is_off || is_out {
            let state = if history.trail.in_doubt { State::InDoubt } else { State::Withdrawn };
            return (!history.trail.is_empty()).then_some((state, round));
        }
        if let Subject::Past(_) = key.subject {
            return Some((self.state_of_leaver(), round));
        }
        match verdict {
            Some(Verdict::Unknown) => return Some((State::Unknown, round)),
            Some(Verdict::Undecided) => return None,
            None if key.check != Check::Outsider => return None,
            _ => {}
        }
        let is_found = matches!(verdict, Some(Verdict::Found(_)));
        if history.trail.in_doubt && (is_found || !history.trail.is_empty()) {
            return Some((State::InDoubt, round));
        }
        if verdict.is_none() {
            return self.state_of_absent_account(key, history);
        }
        self.state_of_present(key, history, verdict)
    }

    /// *Withdrawn*: the person left a roster that is complete; of any other roster it is unknown.
    fn state_of_leaver(&self) -> State {
        if roster_shows_absence(self.world) { State::Withdrawn } else { State::Unknown }
    }

    /// *Removed*: decided *remove*, and a complete read captured after the decision no longer holds
    /// the account's id. *Gone*: a complete later read does not hold it, without a decision.
    fn state_of_absent_account(
        &self,
        key: &FindingKey,
        history: &History<'w>,
    ) -> Option<(State, Round)> {
        if history.trail.is_empty() {
            return None;
        }
        let round = history.trail.round();
        if !accounts_show_absence(self.world) {
            return Some((State::Unknown, round));
        }
        if let Some(closing) = closing(history, round) {
            return Some((settled_by(closing.step.kind), round));
        }
        let read = self.world.accounts.as_ref().map_or(Seconds::MIN, |accounts| accounts.captured);
        let decision = decisions(key, history).last().copied();
        match decision {
            Some(counted) if counted.step.kind == StepKind::Remove => {
                let state = if read > counted.step.at { State::Removed } else { State::ToRemove };
                return Some((state, round));
            }
            Some(counted) if !is_expired(&counted, self.world.now) => {
                return Some((State::Justified, round));
            }
            _ => {}
        }
        if read > latest_speech(history, round).unwrap_or(Seconds::MAX) {
            return Some((State::Gone, round));
        }
        Some((self.state_by_clock(key, history, round), round))
    }

    /// The states of a subject that is present: fixed, justified, to remove, held, and the clock's.
    fn state_of_present(
        &self,
        key: &FindingKey,
        history: &History<'w>,
        verdict: Option<&Verdict>,
    ) -> Option<(State, Round)> {
        let mut round = history.trail.round();
        let read = captured(self.world, key.check);
        let evidence = match verdict {
            Some(Verdict::Found(evidence)) => Some(evidence),
            _ => None,
        };
        let is_clear = verdict == Some(&Verdict::Clear);
        if evidence.is_none() && history.trail.steps.is_empty() {
            return None;
        }
        if let Some(closing) = closing(history, round) {
            if evidence.is_none() || read <= closing.step.at {
                let left = closing.step.kind == StepKind::Withdrawn && is_clear;
                let state = if left { State::Fixed } else { settled_by(closing.step.kind) };
                return Some((state, round));
            }
            round += 1;
        } else if is_clear && latest_speech(history, round).is_some_and(|instant| read > instant) {
            return Some((State::Fixed, round));
        }
        if let Some(evidence) = evidence
            && self.starts_round(key, history, round, evidence)
        {
            round += 1;
        }
        if let Some(state) = self.ruling(key, history, evidence) {
            return Some((state, round));
        }
        let state = self.state_by_clock(key, history, round);
        if state == State::NotAsked && evidence.is_none() {
            return None;
        }
        Some((state, round))
    }

    /// A justified finding starts a new round when its evidence changed, or when its keep or its
    /// exception expired after the last ask.
    fn starts_round(
        &self,
        key: &FindingKey,
        history: &History<'w>,
        round: Round,
        evidence: &Evidence,
    ) -> bool {
        let asked = Self::asks(key, history, round).map(|ask| ask.instant()).max();
        let decision = decisions(key, history).last().copied();
        let kept = decision
            .filter(|counted| counted.step.kind != StepKind::Remove && counted.step.round == round);
        let now = self.world.now;
        let lapsed = kept.is_some_and(|counted| {
            let expired = counted
                .step
                .until
                .is_some_and(|until| until <= now && asked.is_some_and(|asked| asked < until));
            expired || &counted.step.evidence != evidence
        });
        let excepted = self.world.exceptions.iter().any(|exception| {
            exception.expires <= now
                && asked.is_some_and(|asked| asked < exception.expires)
                && self.covers(exception, key, history)
        });
        lapsed || excepted
    }

    /// *Justified* and *to remove*: an exception, or the latest decision about the present evidence.
    fn ruling(
        &self,
        key: &FindingKey,
        history: &History<'_>,
        evidence: Option<&Evidence>,
    ) -> Option<State> {
        let now = self.world.now;
        let is_excepted = self
            .world
            .exceptions
            .iter()
            .any(|exception| now < exception.expires && self.covers(exception, key, history));
        if is_excepted && evidence.is_some() {
            return Some(State::Justified);
        }
        let latest = decisions(key, history)
            .into_iter()
            .rfind(|counted| evidence.is_none_or(|evidence| &counted.step.evidence == evidence))?;
        if latest.step.kind == StepKind::Remove {
            return Some(State::ToRemove);
        }
        (!is_expired(&latest, now)).then_some(State::Justified)
    }

    /// An exception counts for its checks and its subject, if one of `managers` or `operators`
    /// approved it who is not the subject, by id or username.
    fn covers(
        &self,
        exception: &crate::world::Exception,
        key: &FindingKey,
        history: &History<'_>,
    ) -> bool {
        let world = self.world;
        let approver = world.user_named(&exception.approved_by).map(|user| user.id);
        let may_approve = approver.is_some_and(|id| {
            world.config.managers.contains(&id) || world.config.operators.contains(&id)
        });
        let is_subject = match &key.subject {
            Subject::Person(index) => {
                let entry = &world.roster.entries[*index];
                let named = entry.username.as_deref();
                approver == entry.id
                    || named.is_some_and(|name| name.eq_ignore_ascii_case(&exception.approved_by))
            }
            _ => false,
        };
        may_approve
            && !is_subject
            && (approver.is_none() || approver != history.user)
            && exception.checks.contains(&key.check)
            && exception.email.as_deref().map(lower) == history.email
    }

    /// Held, answered, exhausted, escalated, overdue, waiting, not asked.
    fn state_by_clock(&self, key: &FindingKey, history: &History<'w>, round: Round) -> State {
        let now = self.world.now;
        if self.is_held(key, history, round) {
            return State::Held;
        }
        if self.is_answered(key, history, round) {
            return State::Answered;
        }
        let Some(ask) = Self::asks(key, history, round).min_by_key(Counted::instant) else {
            return State::NotAsked;
        };
        if key.check.is_for_operators() {
            return State::Waiting;
        }
        let escalation =
            Self::escalations(history, round, ask.instant()).min_by_key(Counted::instant);
        if let Some(escalation) = escalation {
            let is_over = now >= due(&escalation);
            return if is_over { State::Exhausted } else { State::Escalated };
        }
        if now < due(&ask) {
            return State::Waiting;
        }
        if self.chain(key, history).is_empty() { State::Exhausted } else { State::Overdue }
    }

    /// An ask counts only if the marker's ids hold the subject's present user, or a `sent` step names
    /// the subject. What is listed for the operators was asked of nobody in particular.
    fn asks<'h>(
        key: &'h FindingKey,
        history: &'h History<'w>,
        round: Round,
    ) -> impl Iterator<Item = Counted<'w>> + 'h {
        history.trail.steps.iter().copied().filter(move |counted| {
            let step = counted.step;
            let reached = key.check.is_for_operators()
                || history.user.is_some_and(|user| step.mentioned.contains(&user));
            step.round == round
                && (step.kind == StepKind::Sent || (step.kind == StepKind::Ask && reached))
        })
    }

    fn escalations<'h>(
        history: &'h History<'w>,
        round: Round,
        asked: Seconds,
    ) -> impl Iterator<Item = Counted<'w>> + 'h {
        history.trail.steps.iter().copied().filter(move |counted| {
            counted.step.kind == StepKind::Escalate
                && counted.step.round == round
                && counted.instant() >= asked
        })
    }

    /// A well-formed marker by anyone else holds a finding only where its author is a member of level
    /// 20 or more, is neither the subject nor mentioned about it, and no counting marker speaks of the
    /// finding in that round.
    fn is_held(&self, key: &FindingKey, history: &History<'w>, round: Round) -> bool {
        let world = self.world;
        world.issue.notes.iter().any(|note| {
            let is_member = world.user(note.author).is_some_and(|user| user.level >= 20);
            if note.system || !is_member || world.counts(self.operator, note.author) {
                return false;
            }
            let mut steps = note.marker.iter().flat_map(|marker| &marker.steps);
            steps.any(|step| {
                let mut counting = history.trail.steps.iter();
                let speaks = counting.any(|counted| counted.step.round == step.round);
                let mut counting = history.trail.steps.iter();
                let is_mentioned = step.mentioned.contains(&note.author)
                    || counting.any(|counted| counted.step.mentioned.contains(&note.author));
                self.is_about(key, step)
                    && step.round >= round
                    && !speaks
                    && !is_mentioned
                    && !self.is_subject(key, history, note.author)
            })
        })
    }

    /// Whether a stranger's step names the finding: by id where both have one, else by address.
    fn is_about(&self, key: &FindingKey, step: &crate::world::Step) -> bool {
        let own = self.world.keys(&key.subject);
        let is_same = match (&own.account, own.id, step.keys.id) {
            (Some(_), _, _) => own.account == step.keys.account,
            (None, Some(own), Some(theirs)) => own == theirs,
            _ => own.email == step.keys.email && step.keys.account.is_none(),
        };
        family(key.check).contains(&step.check) && is_same
    }

    /// Whether a user is the subject of a finding.
    fn is_subject(&self, key: &FindingKey, history: &History<'_>, user: UserId) -> bool {
        let id = match &key.subject {
            Subject::Person(index) => self.world.roster.entries[*index].id,
            _ => None,
        };
        history.user == Some(user) || id == Some(user)
    }

    /// An answer, after the ask and without a marker that counts: words of the subject anywhere; words
    /// in the notice's thread of whoever was asked there to help; a reaction of one of these to the
    /// notice that asks them; or an operator's `answered`.
    fn is_answered(&self, key: &FindingKey, history: &History<'w>, round: Round) -> bool {
        let recorded =
            history.trail.steps.iter().any(|counted| {
                counted.step.kind == StepKind::Answered && counted.step.round == round
            });
        if recorded {
            return true;
        }
        if key.check.is_for_operators() {
            return false;
        }
        let Some(asked) = Self::asks(key, history, round).map(|ask| ask.instant()).min() else {
            return false;
        };
        if let Some(user) = history.user {
            for ask in Self::asks(key, history, round) {
                if ask.step.kind == StepKind::Ask && self.reacted(ask.note, user) {
                    return true;
                }
            }
            let mut notes = self.world.issue.notes.iter();
            if notes.any(|note| self.are_words_of(note, user) && note.created > asked) {
                return true;
            }
        }
        Self::escalations(history, round, asked).any(|escalation| {
            self.helpers(key, &escalation).into_iter().any(|user| {
                let mut notes = self.world.issue.notes.iter();
                self.reacted(escalation.note, user)
                    || notes.any(|note| {
                        note.thread == escalation.note.thread
                            && note.id > escalation.note.id
                            && self.are_words_of(note, user)
                    })
            })
        })
    }

    /// Words that can answer: not GitLab's own, not a comment of ours.
    fn are_words_of(&self, note: &Note, user: UserId) -> bool {
        let is_ours = note.marker.is_some() && self.world.counts(self.operator, note.author);
        note.author == user && !note.system && !is_ours && !note.words.is_empty()
    }

    /// Whether the user reacted to any note of ours in the notice's thread.
    fn reacted(&self, notice: &Note, user: UserId) -> bool {
        self.world.issue.notes.iter().any(|note| {
            note.thread == notice.thread
                && note.marker.is_some()
                && self.world.counts(self.operator, note.author)
                && note.reactions.contains(&user)
        })
    }

    /// Whose word in the thread answers for an escalation: the manager mentioned there about it; a
    /// Support Operations Manager only where no manager was.
    fn helpers(&self, key: &FindingKey, escalation: &Counted<'_>) -> Vec<UserId> {
        let mentioned = &escalation.step.mentioned;
        let managers = &self.world.config.managers;
        let line: Vec<UserId> =
            mentioned.iter().copied().filter(|id| !managers.contains(id)).collect();
        if !line.is_empty() {
            return line;
        }
        let chain = self.line(key);
        let both: Vec<UserId> = mentioned.iter().copied().filter(|id| chain.contains(id)).collect();
        if both.is_empty() { mentioned.clone() } else { both }
    }

    /// The users up the line of `reports_to` who can be mentioned, the subject passed over.
    fn line(&self, key: &FindingKey) -> Vec<UserId> {
        let Subject::Person(start) = key.subject else { return Vec::new() };
        let entries = &self.world.roster.entries;
        let subject = present_user(self.world, start);
        let mut seen = BTreeSet::from([start]);
        let mut line = Vec::new();
        let mut current = start;
        while let Some(name) = entries[current].reports_to.value() {
            let Some(manager) = entries.iter().position(|entry| &entry.name == name) else { break };
            if !seen.insert(manager) {
                break;
            }
            let user = present_user(self.world, manager)
                .filter(|user| Some(*user) != subject && self.world.can_mention(*user));
            line.extend(user);
            current = manager;
        }
        line
    }

    /// The sets of users who may be mentioned for an escalation: the first of the line and the first
    /// of `managers`, each passing over the subject, whoever cannot be mentioned, and, while another
    /// is left, the token's user.
    fn chain(&self, key: &FindingKey, history: &History<'_>) -> Vec<BTreeSet<UserId>> {
        let line = self.line(key);
        let managers: Vec<UserId> = self
            .world
            .config
            .managers
            .iter()
            .copied()
            .filter(|user| !self.is_subject(key, history, *user) && self.world.can_mention(*user))
            .collect();
        let first = |users: &[UserId]| users.iter().copied().find(|user| *user != self.operator);
        let required: BTreeSet<UserId> = first(&line).into_iter().chain(first(&managers)).collect();
        let own_only = |users: &[UserId]| !users.is_empty() && first(users).is_none();
        if !own_only(&line) && !own_only(&managers) {
            return if required.is_empty() { Vec::new() } else { vec![required] };
        }
        let mut with_operator = required.clone();
        with_operator.insert(self.operator);
        if required.is_empty() { vec![with_operator] } else { vec![required, with_operator] }
    }

    /// What the next notice owes the finding in this state.
    fn duty(
        &self,
        key: &FindingKey,
        history: &History<'w>,
        verdict: Option<&Verdict>,
        state: State,
    ) -> Duty {
        let is_found = matches!(verdict, Some(Verdict::Found(_)));
        let is_suggested = self.evaluation.suggested.contains(key);
        match state {
            State::Removed | State::Gone | State::Withdrawn | State::Fixed => Duty::Settled,
            State::NotAsked if !is_found || is_suggested => Duty::Nothing,
            State::NotAsked if key.check.is_for_operators() => Duty::List,
            State::NotAsked => match history.user.filter(|user| self.world.can_mention(*user)) {
                Some(user) if self.is_mentioned_by_hand(user) => Duty::AskIfNamed(user),
                Some(user) => Duty::Ask(user),
                None => Duty::Email,
            },
            State::Overdue if is_suggested => Duty::Nothing,
            State::Overdue if is_found => Duty::Escalate(self.chain(key, history)),
            State::Overdue => Duty::MayEscalate(self.chain(key, history)),
            _ => Duty::Nothing,
        }
    }

    /// Whether an operator mentioned the user in a comment without a marker since the issue was made.
    fn is_mentioned_by_hand(&self, user: UserId) -> bool {
        self.world.issue.notes.iter().any(|note| {
            !note.system
                && note.marker.is_none()
                && self.world.counts(self.operator, note.author)
                && note.mentions.contains(&user)
        })
    }

    /// Whether the operator may decide about a finding: never about themself, never while the roster
    /// contradicts or a stranger's marker holds it.
    pub fn may_decide(&self, key: &FindingKey) -> bool {
        let history = self.history(key);
        let is_contradictory = match key.subject {
            Subject::Person(index) => is_contradictory(self.world, index),
            _ => false,
        };
        let is_held = self.entry(key).is_some_and(|entry| entry.state == State::Held);
        !is_contradictory && !is_held && !self.is_subject(key, &history, self.operator)
    }

    /// Whether the review was asked for: after that, `followups` posts only what is named.
    pub fn is_in_review(&self) -> bool {
        self.notes_of(MarkerKind::Review)
            .any(|note| note.marker.as_ref().is_some_and(|marker| marker.complete))
    }

    fn notes_of(&self, kind: MarkerKind) -> impl Iterator<Item = &'w Note> {
        self.world.issue.notes.iter().filter(move |note| {
            !note.system
                && self.world.counts(self.operator, note.author)
                && note.marker.as_ref().is_some_and(|marker| marker.kind == kind)
        })
    }

    /// Why a review must not claim that the audit is complete. Empty: it may be asked for.
    pub fn open(&self) -> Vec<String> {
        let mut open = Vec::new();
        for entry in self.entries() {
            if !entry.state.is_settled() {
                open.push(format!("{:?} is {:?}", entry.key, entry.state));
            }
        }
        let world = self.world;
        let reported = self
            .notes_of(MarkerKind::Report)
            .any(|note| note.marker.as_ref().is_some_and(|marker| marker.complete));
        if world.issue.recorded_accounts.is_none() || !reported {
            open.push("the accounts are not recorded in the issue".to_owned());
        }
        let last = self
            .notes_of(MarkerKind::Notice)
            .chain(self.notes_of(MarkerKind::Removal))
            .map(|note| note.created)
            .max()
            .unwrap_or(0)
            .max(0);
        if captured(world, Check::AccountMissing) <= last {
            open.push("the sources are older than the last notice or removal".to_owned());
        }
        open
    }

    /// Which Support Operations Manager a review mentions: not the operator, where another exists.
    pub fn reviewer(&self) -> Option<UserId> {
        let managers = &self.world.config.managers;
        let mut able = managers.iter().copied().filter(|user| self.world.can_mention(*user));
        let first = able.clone().find(|user| *user != self.operator);
        first.or_else(|| able.next())
    }

    /// Whether the run may write at all: the issue is open, and an operator wrote it.
    pub fn may_write(&self) -> bool {
        !self.world.issue.closed && self.world.counts(self.operator, self.world.issue.author)
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

/// The latest step that closes the round.
fn closing<'w>(history: &History<'w>, round: Round) -> Option<Counted<'w>> {
    let mut steps = history.trail.steps.iter();
    steps.rfind(|counted| counted.step.round == round && closes(counted.step)).copied()
}

fn settled_by(kind: StepKind) -> State {
    match kind {
        StepKind::Removed => State::Removed,
        StepKind::Gone => State::Gone,
        StepKind::Withdrawn => State::Withdrawn,
        _ => State::Fixed,
    }
}

/// The decisions that are not overtaken: later than the last `again`, and, of an account, than the
/// last mark that says removed or gone.
fn decisions<'w>(key: &FindingKey, history: &History<'w>) -> Vec<Counted<'w>> {
    let ends = |kind| matches!(kind, StepKind::Again | StepKind::Removed | StepKind::Gone);
    let steps = &history.trail.steps;
    let from = steps.iter().rposition(|counted| ends(counted.step.kind)).map_or(0, |end| end + 1);
    steps[from..]
        .iter()
        .filter(|counted| is_decision(counted.step.kind) && counted.step.check == key.check)
        .copied()
        .collect()
}

fn is_expired(decision: &Counted<'_>, now: Seconds) -> bool {
    decision.step.until.is_some_and(|until| until <= now)
}

/// The instant after which sources must be captured to show that a finding is fixed or gone.
fn latest_speech(history: &History<'_>, round: Round) -> Option<Seconds> {
    let speaks = |kind| matches!(kind, StepKind::Ask | StepKind::Escalate | StepKind::Sent);
    let steps = || history.trail.steps.iter();
    let asked = steps()
        .filter(|counted| counted.step.round == round && speaks(counted.step.kind))
        .map(Counted::instant)
        .max();
    asked.or_else(|| steps().map(Counted::instant).max())
}

/// The end of the wait that the note promised.
fn due(counted: &Counted<'_>) -> Seconds {
    counted.step.until.unwrap_or(counted.instant() + WAIT)
}

/// Whether the rules decide a state. They do not for what is stepped back, for a doubt about what is
/// not found, and for what nobody was ever asked about and the sources do not show.
fn is_strict(key: &FindingKey, history: &History<'_>, verdict: Option<&Verdict>) -> bool {
    let is_found = matches!(verdict, Some(Verdict::Found(_)));
    let is_ask = |kind| matches!(kind, StepKind::Ask | StepKind::Escalate | StepKind::Sent);
    let was_asked = history.trail.steps.iter().any(|counted| is_ask(counted.step.kind));
    let is_absent_account = verdict.is_none() && key.check == Check::Outsider;
    let is_doubt_alone = history.trail.in_doubt && !is_found;
    verdict != Some(&Verdict::SteppedBack)
        && !is_doubt_alone
        && (is_found || was_asked || is_absent_account)
}
