//! The table of states: which of them applies first, and in which round.

use super::*;

impl<'w> Oracle<'w> {
    /// The table of states: the first that applies.
    pub(super) fn state(
        &self,
        key: &FindingKey,
        history: &History<'w>,
        verdict: Option<&Verdict>,
    ) -> Option<(State, Round)> {
        let round = history.trail.round();
        let is_off = self.world.config.checks_off.contains(&key.check);
        let is_out = match &key.subject {
            Subject::Person(index) => is_excluded(self.world, *index),
            Subject::Account(id) => {
                let accounts = self.world.accounts.iter().flat_map(|accounts| &accounts.list);
                let mut accounts = accounts.filter(|account| &account.id == id);
                !self.evaluation.matched.contains(id)
                    && accounts.any(|account| is_left_out(self.world, account))
            }
            _ => false,
        };
        if is_off || is_out {
            let state = if history.trail.in_doubt { State::InDoubt } else { State::Withdrawn };
            return (!history.trail.is_empty()).then_some((state, round));
        }
        if let Subject::Past(_) = key.subject {
            return Some((self.state_of_leaver(key, history, round), round));
        }
        match verdict {
            Some(Verdict::Unknown) => return Some((State::Unknown, round)),
            None if matches!(key.subject, Subject::Account(_)) => {}
            Some(Verdict::Undecided) | None => return None,
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
    fn state_of_leaver(&self, key: &FindingKey, history: &History<'_>, round: Round) -> State {
        let spoken = latest_speech(history, round);
        if !roster_shows_absence(self.world) {
            State::Unknown
        } else if spoken.is_some_and(|spoken| self.world.roster.captured <= spoken) {
            let latest = decisions(key, history).last().copied();
            let is_kept = latest.is_some_and(|decision| {
                decision.step.kind != StepKind::Remove && !is_expired(&decision, self.world.now)
            });
            if is_kept { State::Justified } else { State::Overdue }
        } else {
            State::Withdrawn
        }
    }

    /// *Removed*: decided *remove*, and a complete read captured after the decision no longer holds
    /// the account's id. *Gone*: a complete later read does not hold it, without a decision.
    pub(super) fn state_of_absent_account(
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
        if key.check != Check::Outsider {
            return Some((State::Fixed, round));
        }
        if let Some(closing) = closing(history, round) {
            return Some((settled_by(closing.step.kind, history), round));
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
    pub(super) fn state_of_present(
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
                // Whoever left, or was removed, is there again, and nothing is found.
                let is_back = match closing.step.kind {
                    StepKind::Withdrawn => true,
                    StepKind::Removed | StepKind::Gone => read > closing.step.at,
                    _ => false,
                };
                let is_fixed = is_clear && is_back;
                let state =
                    if is_fixed { State::Fixed } else { settled_by(closing.step.kind, history) };
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
    /// exception expired after the last ask. A keep past its date begins a new round even where nobody
    /// was ever asked.
    pub(super) fn starts_round(
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
                .is_some_and(|until| until <= now && asked.is_none_or(|asked| asked < until));
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
    pub(super) fn ruling(
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
    pub(super) fn covers(
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
    pub(super) fn state_by_clock(
        &self,
        key: &FindingKey,
        history: &History<'w>,
        round: Round,
    ) -> State {
        let now = self.world.now;
        if self.is_held(key, history, round) || self.evaluation.suggested.contains(key) {
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
    pub(super) fn asks<'h>(
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

    pub(super) fn escalations<'h>(
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

    /// Whether a decision about the finding, or an exception for it, expires at about this time.
    pub(super) fn is_dated(&self, key: &FindingKey, history: &History<'_>) -> bool {
        let is_near = |instant: Seconds| (instant - self.world.now).abs() <= DAY;
        let is_expiring = history.trail.steps.iter().any(|counted| {
            is_decision(counted.step.kind) && counted.step.until.is_some_and(is_near)
        });
        let mut exceptions = self.world.exceptions.iter();
        is_expiring
            || exceptions
                .any(|exception| is_near(exception.expires) && self.covers(exception, key, history))
    }
}

/// The latest step that closes the round.
pub(super) fn closing<'w>(history: &History<'w>, round: Round) -> Option<Counted<'w>> {
    let mut steps = history.trail.steps.iter();
    steps.rfind(|counted| counted.step.round == round && closes(counted.step)).copied()
}

/// What a closing step says. Without a decision, which was deleted, nothing was removed.
pub(super) fn settled_by(kind: StepKind, history: &History<'_>) -> State {
    let mut steps = history.trail.steps.iter();
    match kind {
        StepKind::Removed if !steps.any(|counted| counted.step.kind == StepKind::Remove) => {
            State::Gone
        }
        StepKind::Removed => State::Removed,
        StepKind::Gone => State::Gone,
        StepKind::Withdrawn => State::Withdrawn,
        _ => State::Fixed,
    }
}

/// The decisions that are not overtaken: later than the last `again`, and, of an account, than the
/// last mark that says removed or gone. Nobody decides about themself.
pub(super) fn decisions<'w>(key: &FindingKey, history: &History<'w>) -> Vec<Counted<'w>> {
    let ends = |kind| matches!(kind, StepKind::Again | StepKind::Removed | StepKind::Gone);
    let steps = &history.trail.steps;
    let from = steps.iter().rposition(|counted| ends(counted.step.kind)).map_or(0, |end| end + 1);
    steps[from..]
        .iter()
        .filter(|counted| is_decision(counted.step.kind) && counted.step.check == key.check)
        .filter(|counted| history.user != Some(counted.note.author))
        .copied()
        .collect()
}

pub(super) fn is_expired(decision: &Counted<'_>, now: Seconds) -> bool {
    decision.step.until.is_some_and(|until| until <= now)
}

/// The instant after which sources must be captured to show that a finding is fixed or gone.
pub(super) fn latest_speech(history: &History<'_>, round: Round) -> Option<Seconds> {
    let speaks = |kind| matches!(kind, StepKind::Ask | StepKind::Escalate | StepKind::Sent);
    let steps = || history.trail.steps.iter();
    let asked = steps()
        .filter(|counted| counted.step.round == round && speaks(counted.step.kind))
        .map(Counted::instant)
        .max();
    asked.or_else(|| steps().map(Counted::instant).max())
}

/// The end of the wait that the note promised.
pub(super) fn due(counted: &Counted<'_>) -> Seconds {
    counted.step.until.unwrap_or(counted.instant() + WAIT)
}

/// Whether the rules decide a state. They do not for what is stepped back, for a doubt about what is
/// not found, and for what nobody was ever asked about and the sources do not show.
pub(super) fn is_strict(
    key: &FindingKey,
    history: &History<'_>,
    verdict: Option<&Verdict>,
) -> bool {
    let is_found = matches!(verdict, Some(Verdict::Found(_)));
    // An escalation whose ask was deleted is none.
    let is_ask = |kind| matches!(kind, StepKind::Ask | StepKind::Sent);
    let was_asked = history.trail.steps.iter().any(|counted| is_ask(counted.step.kind));
    let is_absent_account = verdict.is_none() && key.check == Check::Outsider;
    // What became of an admin who was on no list is nobody's business but the operators'.
    let is_absent_admin = verdict.is_none() && key.check == Check::AdminUnexpected;
    let is_doubt_alone = history.trail.in_doubt && !is_found;
    verdict != Some(&Verdict::SteppedBack)
        && !is_doubt_alone
        && !is_absent_admin
        && (is_found || was_asked || is_absent_account)
}
