//! The state of one finding, from its history.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::model::{
    AgainRequest, Answer, AnswerContent, Ask, AskedHow, Decision, Doubt, Entry, Escalation,
    FollowupInput, Hold, Justification, NoteRef, State, Suggestion, Verdict,
};
use super::subjects::Subjects;
use crate::check::{Audience, Check, Find, Finding};
use crate::evaluation::{OUTSIDER, Unknown};
use crate::identity::{Subject, digest};
use crate::record::conversation::{MarkedNote, Moment, ThreadNote};
use crate::record::marker::{Content, KeyKind, Step, StepAction, WithdrawalReason};

/// The access level from which a stranger's marker holds a finding (GitLab docs: Reporter).
const HOLDING_LEVEL: u64 = 20;

/// A step of a marker, with its comment.
#[derive(Debug, Clone, Copy)]
pub(super) struct StepRef<'a> {
    pub(super) marked: &'a MarkedNote<'a>,
    /// The index among the marker's steps.
    pub(super) index: usize,
    pub(super) step: &'a Step,
}

impl StepRef<'_> {
    /// Which of two words is the latest: by the instant in the marker, then the note, then the step.
    pub(super) fn order(&self) -> (Timestamp, u64, usize) {
        (self.step.at, self.marked.note.id, self.index)
    }

    /// When what the step did happened.
    ///
    /// GitLab's clock decides for a mention; what was sent by hand happened when the operator says.
    fn moment(&self) -> Moment {
        match self.step.action {
            StepAction::Sent { .. } => (self.step.at, 0),
            _ => self.marked.note.moment(),
        }
    }

    pub(super) fn note_ref(&self) -> NoteRef {
        note_ref(ThreadNote { thread: self.marked.thread, note: self.marked.note })
    }
}

pub(super) fn note_ref(ThreadNote { thread, note }: ThreadNote<'_>) -> NoteRef {
    NoteRef {
        id: note.id,
        thread: thread.id.clone(),
        created_at: note.created_at,
        author: note.author.clone(),
    }
}

/// What is known of a finding from the markers.
#[derive(Debug, Default)]
pub(super) struct History<'a> {
    /// The steps that are certainly about it, in the order of time.
    pub(super) steps: Vec<StepRef<'a>>,
    /// Why other steps belong to nobody.
    pub(super) doubt: Option<Doubt>,
    /// The last round of those steps.
    pub(super) doubtful_round: u32,
    /// The steps of others, which may hold it.
    pub(super) foreign: Vec<StepRef<'a>>,
}

/// What people wrote, without comments whose marker counts, and where notices are.
#[derive(Debug, Default)]
pub(super) struct Replies<'a> {
    by_author: HashMap<u64, Vec<ThreadNote<'a>>>,
    notices_by_thread: HashMap<&'a str, Vec<ThreadNote<'a>>>,
}

impl<'a> Replies<'a> {
    pub(super) fn new(input: &FollowupInput<'a>, counting: &'a [MarkedNote<'a>]) -> Self {
        let mut replies = Self::default();
        let marked: BTreeSet<u64> = counting.iter().map(|marked| marked.note.id).collect();
        for entry in input.conversation.notes() {
            if !marked.contains(&entry.note.id) {
                replies.by_author.entry(entry.note.author.id).or_default().push(entry);
            }
        }
        for MarkedNote { note, thread, marker } in counting {
            if matches!(marker.content, Content::Notice(_)) {
                let notices = replies.notices_by_thread.entry(&thread.id).or_default();
                notices.push(ThreadNote { thread, note });
            }
        }
        replies
    }

    fn of_author(&self, user: u64) -> &[ThreadNote<'a>] {
        self.by_author.get(&user).map(Vec::as_slice).unwrap_or_default()
    }

    /// The comments of a notice: its parts share a thread.
    fn parts_of_notice(&self, thread: &str) -> &[ThreadNote<'a>] {
        self.notices_by_thread.get(thread).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Derives the state of one finding.
pub(super) struct Derivation<'d, 'a> {
    pub(super) input: &'d FollowupInput<'a>,
    pub(super) subjects: &'d Subjects<'d>,
    pub(super) replies: &'d Replies<'a>,
    pub(super) check: &'static Check,
    /// The subject, if it is there now.
    pub(super) subject: Option<Subject>,
    /// The id of the subject's GitLab user.
    pub(super) user: Option<u64>,
    /// The finding, if the check finds it now.
    pub(super) finding: Option<&'d Finding>,
    pub(super) history: &'d History<'a>,
    /// The reasons of the items of records, by the records' notes.
    pub(super) reasons: &'d HashMap<u64, Vec<String>>,
}

impl<'a> Derivation<'_, 'a> {
    /// The finding with its state; nothing where there is nothing to say about it.
    pub(super) fn entry(&self) -> Option<Entry> {
        if !self.is_worth_an_entry() {
            return None;
        }
        let round = self.round();
        let ask = self.ask(round);
        let escalation = self.escalation(round);
        let answers = self.answers(round);
        let state = self.state(round, ask.as_ref(), escalation.as_ref(), &answers);
        let steps = &self.history.steps;
        let last = steps.last().map(|entry| entry.step.evidence.clone()).unwrap_or_default();
        Some(Entry {
            check: self.check,
            evidence: self.finding.map(|finding| finding.evidence.clone()).unwrap_or_default(),
            evidence_digest: self.finding.map_or(last, |finding| digest(&finding.evidence)),
            is_found: self.finding.is_some(),
            is_reported: steps.iter().any(|entry| is_settling(entry) && entry.step.round >= round),
            reaction_notes: self.reaction_notes(round),
            decision: self.latest_decision(),
            again: self.again(round),
            state,
            round,
            ask,
            escalation,
            answers,
        })
    }

    /// Whether anything is found, or was once asked about.
    fn is_worth_an_entry(&self) -> bool {
        if self.finding.is_some() || self.is_unknown_for_subject() {
            return true;
        }
        // An account that was decided on, and is gone, belongs into the review.
        let is_outsider = self.check.id == OUTSIDER;
        self.history.steps.iter().any(|entry| is_outsider || self.is_ask(entry))
    }

    fn is_unknown_for_subject(&self) -> bool {
        let evaluation = self.input.evaluation;
        self.subject.is_some_and(|subject| evaluation.is_unknown_for(self.check, subject))
    }

    // Rounds

    /// The present round; while it is in doubt, no earlier than any that the steps in doubt name.
    fn round(&self) -> u32 {
        self.certain_round().max(self.history.doubtful_round)
    }

    fn certain_round(&self) -> u32 {
        let steps = self.history.steps.iter();
        if self.finding.is_none() {
            // What is over belongs to the round in which it was asked last.
            let asked = steps.clone().filter(|entry| self.is_ask(entry));
            let last = asked.map(|entry| entry.step.round).max();
            return last.or_else(|| steps.map(|entry| entry.step.round).max()).unwrap_or(1);
        }
        let last = steps.map(|entry| entry.step.round).max().unwrap_or(1);
        if self.has_ended(last) { last.saturating_add(1) } else { last }
    }

    /// Whether a finding that is found has left its round behind.
    fn has_ended(&self, round: u32) -> bool {
        let captured_at = self.captured_at();
        for entry in self.steps_of(round).filter(|entry| !self.is_former(entry)) {
            // Older sources show what was so before it was settled.
            let is_found_again = ends_round(entry) && captured_at > entry.step.at;
            if entry.step.action == StepAction::Again || is_found_again {
                return true;
            }
        }
        let asked_at = self.asks(round).map(|entry| entry.moment().0).max();
        let is_after_asks = |day: Date| {
            let start = day.to_zoned(TimeZone::UTC).map(|start| start.timestamp());
            start.is_ok_and(|start| asked_at.is_none_or(|asked_at| start > asked_at))
        };
        if self.finding.and_then(|finding| finding.lapsed).is_some_and(is_after_asks) {
            return true;
        }
        let decisions = self.decisions();
        let Some(latest) = decisions.last().filter(|entry| entry.step.round >= round) else {
            return false;
        };
        match verdict_of(latest) {
            Some(Verdict::Keep { until: Some(until) }) if until <= self.today() => {
                is_after_asks(until)
            }
            Some(Verdict::Accept | Verdict::Keep { .. }) => !self.is_about_present_evidence(latest),
            Some(Verdict::Remove) | None => false,
        }
    }

    fn today(&self) -> Date {
        self.input.now.to_zoned(TimeZone::UTC).date()
    }

    fn steps_of(&self, round: u32) -> impl Iterator<Item = &StepRef<'a>> {
        self.history.steps.iter().filter(move |entry| entry.step.round == round)
    }

    // Asks

    /// Whether a step's id is not the subject's any more, so that it reached somebody else.
    fn is_former(&self, entry: &StepRef<'_>) -> bool {
        self.subject.is_some_and(|subject| self.subjects.names_former_id(subject, entry.step))
    }

    /// Whether a step asked the subject.
    fn is_ask(&self, entry: &StepRef<'_>) -> bool {
        if self.is_former(entry) {
            return false;
        }
        match entry.step.action {
            StepAction::Sent { .. } => true,
            StepAction::Ask { .. } if self.is_for_operators() => true,
            // Nobody can say any more who the user of somebody who is gone was.
            StepAction::Ask { .. } if self.subject.is_none() => true,
            StepAction::Ask { .. } => {
                self.user.is_some_and(|user| entry.step.mentioned.contains(&user))
            }
            _ => false,
        }
    }

    fn is_for_operators(&self) -> bool {
        self.check.asked == Audience::Operators
    }

    fn asks(&self, round: u32) -> impl Iterator<Item = &StepRef<'a>> {
        self.steps_of(round).filter(|entry| self.is_ask(entry))
    }

    /// The record that began a round by asking again; a notice that did so has asked already.
    fn again(&self, round: u32) -> Option<AgainRequest> {
        let before = round.checked_sub(1)?;
        let agains = self.steps_of(before).filter(|entry| {
            entry.step.action == StepAction::Again
                && matches!(entry.marked.marker.content, Content::Record(_))
                && !self.is_former(entry)
        });
        let entry = agains.max_by_key(|entry| entry.order())?;
        let reasons = self.reasons.get(&entry.marked.note.id);
        Some(AgainRequest {
            by: entry.marked.note.author.clone(),
            reason: reasons
                .and_then(|reasons| reasons.get(entry.index))
                .cloned()
                .unwrap_or_default(),
            had_answered: !self.answers(before).is_empty(),
        })
    }

    /// The first ask of a round: if two operators asked at once, the lower note started the clock.
    fn ask(&self, round: u32) -> Option<Ask> {
        let entry = self.asks(round).min_by_key(|entry| entry.moment())?;
        let (at, _) = entry.moment();
        let (how, due) = match entry.step.action {
            StepAction::Sent { due } => (AskedHow::Sent, due),
            _ if self.is_for_operators() => (AskedHow::Listed, None),
            StepAction::Ask { due } => (AskedHow::Mentioned, due),
            _ => return None,
        };
        let waits = self.input.waits;
        let due = match how {
            AskedHow::Listed => None,
            AskedHow::Mentioned | AskedHow::Sent => {
                Some(due.unwrap_or_else(|| waits.end(at, waits.person)))
            }
        };
        Some(Ask { note: entry.note_ref(), how, at, due })
    }

    /// The escalations of a round after its ask: one before it belongs to an ask that was deleted.
    fn escalations(&self, round: u32) -> impl Iterator<Item = &StepRef<'a>> {
        let asked = self.asks(round).map(StepRef::moment).min();
        self.steps_of(round).filter(move |entry| {
            matches!(entry.step.action, StepAction::Escalate { .. })
                && asked.is_some_and(|asked| entry.moment() > asked)
                && !self.is_former(entry)
        })
    }

    fn escalation(&self, round: u32) -> Option<Escalation> {
        let entry = self.escalations(round).min_by_key(|entry| entry.moment())?;
        let StepAction::Escalate { due } = entry.step.action else { return None };
        let waits = self.input.waits;
        Some(Escalation {
            note: entry.note_ref(),
            mentioned: entry.step.mentioned.clone(),
            due: due.unwrap_or_else(|| waits.end(entry.moment().0, waits.manager)),
        })
    }

    // Answers

    /// The answers of a round, in the order of time.
    fn answers(&self, round: u32) -> Vec<Answer> {
        let mut answers = Vec::new();
        for entry in self.steps_of(round).filter(|entry| !self.is_former(entry)) {
            if entry.step.action == StepAction::Answered {
                answers.push(Answer {
                    author: entry.marked.note.author.clone(),
                    at: entry.step.at,
                    note: entry.note_ref(),
                    content: AnswerContent::Recorded { step: entry.index },
                });
            }
        }
        // Nobody was asked about a finding that is listed for the operators.
        if !self.is_for_operators() {
            self.add_words_of_subject(round, &mut answers);
            self.add_words_of_managers(round, &mut answers);
            self.add_reactions(round, &mut answers);
        }
        answers.sort_by_key(|answer| (answer.at, answer.note.id));
        answers.dedup_by(|one, other| {
            one.note.id == other.note.id
                && one.content == other.content
                && one.author == other.author
        });
        answers
    }

    /// Words of the subject count anywhere in the issue.
    fn add_words_of_subject(&self, round: u32, answers: &mut Vec<Answer>) {
        let asked = self.asks(round).map(StepRef::moment).min();
        let (Some(asked), Some(user)) = (asked, self.user) else { return };
        for reply in self.replies.of_author(user) {
            if reply.note.moment() > asked {
                answers.push(words(*reply));
            }
        }
    }

    /// Words of whoever was asked to help count in the notice's thread.
    fn add_words_of_managers(&self, round: u32, answers: &mut Vec<Answer>) {
        for escalation in self.escalations(round) {
            let Some(manager) = escalation.step.mentioned.first() else { continue };
            for reply in self.replies.of_author(*manager) {
                if reply.thread.id == escalation.marked.thread.id
                    && reply.note.moment() > escalation.moment()
                {
                    answers.push(words(*reply));
                }
            }
        }
    }

    /// A reaction to any comment of a notice answers what the notice asks of whoever reacts.
    fn add_reactions(&self, round: u32, answers: &mut Vec<Answer>) {
        let asked = self.asks(round).map(|entry| (entry, self.user));
        let escalated =
            self.escalations(round).map(|entry| (entry, entry.step.mentioned.first().copied()));
        for (entry, user) in asked.chain(escalated) {
            let Some(user) = user else { continue };
            for part in self.replies.parts_of_notice(&entry.marked.thread.id) {
                let reactions = self.input.conversation.reactions.get(&part.note.id);
                for reaction in reactions.into_iter().flatten() {
                    if reaction.by.id == user && reaction.at >= entry.moment().0 {
                        answers.push(Answer {
                            author: reaction.by.clone(),
                            at: reaction.at,
                            note: note_ref(*part),
                            content: AnswerContent::Reaction,
                        });
                    }
                }
            }
        }
    }

    fn reaction_notes(&self, round: u32) -> BTreeSet<u64> {
        let threads = self.asks(round).chain(self.escalations(round));
        let parts = threads.flat_map(|entry| self.replies.parts_of_notice(&entry.marked.thread.id));
        parts.map(|part| part.note.id).collect()
    }

    // Decisions

    /// The steps of decisions that count, the latest last.
    ///
    /// Asking again outranks what was decided before, and so does a recorded end of an account that is
    /// there again.
    fn decisions(&self) -> Vec<StepRef<'a>> {
        let last = self.history.steps.iter().map(|entry| entry.step.round).max();
        let ends = self.history.steps.iter().filter(|entry| match entry.step.action {
            StepAction::Again => !self.is_former(entry),
            StepAction::Removed | StepAction::Gone => {
                let is_found = self.finding.is_some() && self.captured_at() > entry.step.at;
                // A later round began by its being found again.
                is_found || last.is_some_and(|last| last > entry.step.round)
            }
            _ => false,
        });
        let end = ends.map(StepRef::order).max();
        let mut decisions = Vec::new();
        for entry in &self.history.steps {
            // Nobody decides about themselves.
            let is_own = self.user == Some(entry.marked.note.author.id);
            let is_outranked = end.is_some_and(|end| entry.order() < end);
            if verdict_of(entry).is_some() && !is_own && !self.is_former(entry) && !is_outranked {
                decisions.push(*entry);
            }
        }
        decisions.sort_by_key(StepRef::order);
        decisions
    }

    /// The decision of a step, with its reason.
    fn decision(&self, entry: &StepRef<'_>) -> Option<Decision> {
        let reasons = self.reasons.get(&entry.marked.note.id);
        Some(Decision {
            verdict: verdict_of(entry)?,
            at: entry.step.at,
            note: entry.note_ref(),
            step: entry.index,
            round: entry.step.round,
            evidence: entry.step.evidence.clone(),
            reason: reasons.and_then(|reasons| reasons.get(entry.index)).cloned(),
        })
    }

    fn latest_decision(&self) -> Option<Decision> {
        self.decision(self.decisions().last()?)
    }

    /// Whether a decision names what the check sees now.
    fn is_about_present_evidence(&self, entry: &StepRef<'_>) -> bool {
        match self.finding {
            Some(finding) => {
                entry.step.check == self.check.id
                    && entry.step.evidence == digest(&finding.evidence)
            }
            // What another check speaks for is as it was.
            None => true,
        }
    }

    /// The decision that rules the finding as it is.
    fn ruling(&self) -> Option<Decision> {
        let mut decisions = self.decisions();
        decisions.retain(|entry| self.is_about_present_evidence(entry));
        self.decision(decisions.last()?)
    }

    fn keeps(&self, decision: &Decision) -> bool {
        match decision.verdict {
            Verdict::Accept => true,
            Verdict::Keep { until } => until.is_none_or(|until| self.today() < until),
            Verdict::Remove => false,
        }
    }

    // States

    /// The first state that applies.
    fn state(
        &self,
        round: u32,
        ask: Option<&Ask>,
        escalation: Option<&Escalation>,
        answers: &[Answer],
    ) -> State {
        // What is left out of the audit needs no evaluation.
        if self.finding.is_none()
            && let Some(reason) = self.exclusion()
        {
            return State::Withdrawn(reason);
        }
        // Nothing follows from what could not be read.
        if let Some(unknown) = self.unknown() {
            return State::Unknown(unknown);
        }
        // A history that may be somebody else's must not decide anything.
        if let Some(doubt) = self.doubt() {
            return State::InDoubt(doubt);
        }
        // What is over is said before anything else is said about it.
        let settled = match self.finding {
            Some(_) => self.state_by_mark(round),
            None => self.state_of_absent(round),
        };
        if let Some(state) = settled {
            return state;
        }
        // A justified finding may be found again any number of times.
        if let Some(index) = self.finding.and_then(|finding| finding.exception) {
            return State::Justified(Justification::Exception(index));
        }
        match self.ruling() {
            Some(decision) if self.keeps(&decision) => {
                return State::Justified(Justification::Decision(decision));
            }
            // The account's holder has nothing to do any more.
            Some(decision) if decision.verdict == Verdict::Remove => {
                return State::ToRemove(decision);
            }
            _ => {}
        }
        // Somebody else may be at work on it, or it may be a mistake.
        if let Some(hold) = self.hold(round) {
            return State::Held(hold);
        }
        // Whoever answered is left alone until an operator has read it.
        if !answers.is_empty() {
            return State::Answered;
        }
        let Some(ask) = ask else {
            // Older sources that do not show it must not make anybody ask.
            return match self.finding {
                Some(_) => State::NotAsked,
                None => State::Unknown(Unknown::NotReadSince),
            };
        };
        self.state_by_clock(ask, escalation)
    }

    fn state_by_clock(&self, ask: &Ask, escalation: Option<&Escalation>) -> State {
        let now = self.input.now;
        // The operators need no clock.
        let Some(due) = ask.due else { return State::Waiting { until: None } };
        match escalation {
            Some(escalation) if now < escalation.due => State::Escalated { until: escalation.due },
            Some(_) => State::Exhausted,
            None if now < due => State::Waiting { until: Some(due) },
            None => State::Overdue,
        }
    }

    /// Why the audit does not look at the finding.
    fn exclusion(&self) -> Option<WithdrawalReason> {
        let evaluation = self.input.evaluation;
        if evaluation.off.iter().any(|check| check.id == self.check.id) {
            return Some(WithdrawalReason::Off);
        }
        let is_excluded = self.subject.is_some_and(|subject| evaluation.is_excluded(subject));
        is_excluded.then_some(WithdrawalReason::Excluded)
    }

    /// Why the check says nothing about the subject, though it finds nothing.
    fn unknown(&self) -> Option<Unknown> {
        let (None, Some(subject)) = (self.finding, self.subject) else { return None };
        self.input.evaluation.unknown_for(self.check, subject)
    }

    fn doubt(&self) -> Option<Doubt> {
        if let Some(subject) = self.subject
            && let Some(reason) = self.subjects.contradiction(subject)
        {
            let mut notes: Vec<NoteRef> =
                self.history.steps.iter().map(StepRef::note_ref).collect();
            notes.extend(self.history.doubt.iter().flat_map(|doubt| doubt.notes.clone()));
            notes.sort();
            notes.dedup();
            return Some(Doubt { reason, subjects: vec![self.subjects.name(subject)], notes });
        }
        self.history.doubt.clone()
    }

    /// What became of a finding that is not found; nothing where that cannot be concluded.
    fn state_of_absent(&self, round: u32) -> Option<State> {
        if self.check.id == OUTSIDER {
            return self.state_of_absent_outsider(round);
        }
        let evaluation = self.input.evaluation;
        let is_fresh = self.captured_at() > self.last_contact(round)?;
        match self.subject {
            Some(subject) if evaluation.steps_back(self.check, subject) => None,
            Some(_) if is_fresh => Some(State::Fixed),
            Some(_) => self.state_by_mark(round),
            None if self.is_about_account() => match evaluation.accounts_unknown() {
                Some(unknown) => Some(State::Unknown(unknown)),
                None => is_fresh.then_some(State::Fixed),
            },
            None => match evaluation.roster_unknown() {
                Some(unknown) => Some(State::Unknown(unknown)),
                None if self.roster_captured_at() > self.last_contact(round)? => {
                    Some(State::Withdrawn(WithdrawalReason::Left))
                }
                None => None,
            },
        }
    }

    /// What the last mark that ended the round reports.
    ///
    /// Sources from before the mark may still show the finding, or may not show it yet: either way they
    /// are no news, and nobody is asked by them.
    fn state_by_mark(&self, round: u32) -> Option<State> {
        let marks = self.steps_of(round).filter(|entry| !self.is_former(entry));
        let mark = marks.filter(|entry| ends_round(entry)).max_by_key(|entry| entry.order())?;
        if self.finding.is_some() && self.captured_at() > mark.step.at {
            return None;
        }
        Some(match mark.step.action {
            StepAction::Withdrawn { reason } if self.finding.is_some() => State::Withdrawn(reason),
            StepAction::Gone => State::Gone,
            StepAction::Removed => self.removed().unwrap_or(State::Gone),
            _ => State::Fixed,
        })
    }

    /// That the account was removed by the last decision to do so, if there is one.
    fn removed(&self) -> Option<State> {
        let steps = || self.history.steps.iter();
        let decisions = steps().filter(|entry| entry.step.action == StepAction::Remove);
        let decision = self.decision(decisions.max_by_key(|entry| entry.order())?)?;
        let removals = steps().filter(|entry| entry.step.action == StepAction::Removed);
        let record = removals.max_by_key(|entry| entry.order()).map(StepRef::note_ref);
        Some(State::Removed { decision, record })
    }

    /// Whether the steps are about an account: a person is always named as well.
    fn is_about_account(&self) -> bool {
        let keys = self.history.steps.iter().flat_map(|entry| &entry.step.keys);
        keys.clone().all(|key| key.kind == KeyKind::Email)
    }

    fn state_of_absent_outsider(&self, round: u32) -> Option<State> {
        let last_contact = self.last_contact(round)?;
        let last = self.history.steps.last()?;
        if self.subjects.holder_of_former_outsider(last.step).is_some() {
            return (self.captured_at() > last_contact).then_some(State::Fixed);
        }
        let evaluation = self.input.evaluation;
        if let Some(unknown) = evaluation.accounts_unknown() {
            return Some(State::Unknown(unknown));
        }
        if let Some(state) = self.state_by_mark(round) {
            return Some(state);
        }
        let read_at = whole_second(evaluation.accounts.as_ref()?.capture.read_at);
        match self.latest_decision() {
            Some(decision) if decision.verdict == Verdict::Remove => {
                // A read from before the decision says nothing about its execution.
                if read_at <= decision.at {
                    return Some(State::ToRemove(decision));
                }
                self.removed()
            }
            Some(decision) if self.keeps(&decision) => {
                Some(State::Justified(Justification::Decision(decision)))
            }
            _ => (read_at > last_contact).then_some(State::Gone),
        }
    }

    /// The instant after which sources must be captured to show what became of a finding: the last
    /// ask, escalation or message of the round, else the last step at all.
    fn last_contact(&self, round: u32) -> Option<Timestamp> {
        let contacts = self.asks(round).chain(self.escalations(round));
        let last = contacts.map(|entry| entry.moment().0).max();
        last.or_else(|| self.history.steps.iter().map(|entry| entry.step.at).max())
    }

    /// When what the check looks at was captured.
    fn captured_at(&self) -> Timestamp {
        let roster = self.roster_captured_at();
        let accounts = self.input.evaluation.accounts.as_ref();
        match (self.check.find, accounts) {
            (Find::AmongAccounts(_), Some(accounts)) => {
                roster.min(whole_second(accounts.capture.read_at))
            }
            _ => roster,
        }
    }

    fn roster_captured_at(&self) -> Timestamp {
        whole_second(self.input.roster_captured_at)
    }

    /// What keeps anybody from being asked.
    fn hold(&self, round: u32) -> Option<Hold> {
        for entry in &self.history.foreign {
            if self.holds(entry, round) {
                return Some(Hold::ForeignMarker(entry.note_ref()));
            }
        }
        let evaluation = self.input.evaluation;
        let mut suggestions = Vec::new();
        for suggestion in evaluation.suggestions_for(self.check, self.subject?) {
            let person = evaluation.person(Subject::Person(suggestion.person))?;
            suggestions.push(Suggestion {
                account: evaluation.account(suggestion.account)?.email.clone(),
                person: person.name.to_string(),
                person_email: person.email.value().map(ToString::to_string),
                reason: suggestion.reason,
            });
        }
        (!suggestions.is_empty()).then_some(Hold::Suggestion(suggestions))
    }

    /// Whether a stranger's marker holds the finding.
    pub(super) fn holds(&self, entry: &StepRef<'_>, round: u32) -> bool {
        let author = entry.marked.note.author.id;
        let directory = self.input.directory;
        // Until GitLab has been asked who that is, nobody is mentioned.
        let is_member = match directory.access_level(author) {
            Some(level) => level >= HOLDING_LEVEL,
            None => !directory.is_complete,
        };
        let own_mentions = entry.marked.marker.content.steps().iter().map(|step| &step.mentioned);
        let mentions = self.history.steps.iter().map(|counting| &counting.step.mentioned);
        let is_concerned = self.user == Some(author)
            || own_mentions.chain(mentions).any(|mentioned| mentioned.contains(&author));
        is_member
            && !is_concerned
            && entry.step.round >= round
            && self.steps_of(entry.step.round).next().is_none()
    }
}

fn words(ThreadNote { thread, note }: ThreadNote<'_>) -> Answer {
    Answer {
        author: note.author.clone(),
        at: note.created_at,
        note: note_ref(ThreadNote { thread, note }),
        content: AnswerContent::Words(note.body.clone()),
    }
}

fn is_settling(entry: &StepRef<'_>) -> bool {
    matches!(
        entry.step.action,
        StepAction::Fixed | StepAction::Withdrawn { .. } | StepAction::Gone | StepAction::Removed
    )
}

/// An instant as steps hold it: what happened in the same second is not later.
fn whole_second(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant)
}

/// Whether a step reports something that ends the round.
fn ends_round(entry: &StepRef<'_>) -> bool {
    matches!(
        entry.step.action,
        StepAction::Fixed
            | StepAction::Removed
            | StepAction::Gone
            | StepAction::Withdrawn { reason: WithdrawalReason::Left }
    )
}

fn verdict_of(entry: &StepRef<'_>) -> Option<Verdict> {
    match entry.step.action {
        StepAction::Accept => Some(Verdict::Accept),
        StepAction::Keep { until } => Some(Verdict::Keep { until }),
        StepAction::Remove => Some(Verdict::Remove),
        _ => None,
    }
}
