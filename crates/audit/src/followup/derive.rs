//! The judgement of one finding: from what was said of it to its state.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::cases::{Case, Entry, State};
use super::{FollowupInput, Justification};
use crate::check::{Audience, Check, Find, Finding, Requirement};
use crate::evaluation::OUTSIDER;
use crate::identity::{PersonIdx, Subject, digest};
use crate::matching::is_unmatchable;
use crate::record::conversation::{Marked as MarkedNote, Moment, Note, Thread, User};
use crate::record::marker::{Item, Mark, Marked};
use crate::roster::Person;

/// Names of values in marks.
pub(super) const FOR: &str = "for";
pub(super) const OPERATORS: &str = "operators";
pub(super) const TO: &str = "to";
pub(super) const COMPLETE: &str = "complete";
pub(super) const STATE: &str = "state";
pub(super) const YES: &str = "yes";

/// Whether a comment asks: its thread is that of whom it asks.
pub(super) fn is_ask(marked: &MarkedNote<'_>) -> bool {
    matches!(marked.mark.marker.marked, Marked::Ask | Marked::Sent)
}

/// The numbers of the users whom a comment mentions.
pub(super) fn mentioned(mark: &Mark) -> impl Iterator<Item = u64> {
    let ids = mark.values.get(TO).map(String::as_str).unwrap_or_default();
    ids.split('+').filter_map(|id| id.parse().ok())
}

/// What is known of a finding from the marks that count.
#[derive(Debug, Default)]
pub(super) struct History<'m, 'a> {
    pub(super) marks: Vec<(&'m MarkedNote<'a>, &'m Item)>,
    /// Who wrote a mark that does not count.
    pub(super) others: Vec<&'a str>,
}

/// The notes that may be answers, and who was mentioned where.
pub(super) struct Answers<'a> {
    /// Without those that carry a mark that counts.
    notes: Vec<(&'a Thread, &'a Note)>,
    /// Whom a thread mentioned, and when.
    mentioned: HashMap<&'a str, Vec<(Moment, u64)>>,
}

impl<'a> Answers<'a> {
    pub(super) fn of(facts: &FollowupInput<'a>, counted: &[MarkedNote<'a>]) -> Self {
        let ours: BTreeSet<u64> = counted.iter().map(|marked| marked.note.id).collect();
        let mut notes = facts.conversation.notes();
        notes.retain(|(_, note)| !ours.contains(&note.id));
        let mut mentions: HashMap<&'a str, Vec<(Moment, u64)>> = HashMap::new();
        for marked in counted {
            let of_thread = mentions.entry(&marked.thread.id).or_default();
            of_thread.extend(mentioned(&marked.mark).map(|id| (marked.note.moment(), id)));
        }
        Self { notes, mentioned: mentions }
    }

    fn has_mentioned(&self, thread: &Thread, user: u64, before: Moment) -> bool {
        let mentions = self.mentioned.get(&*thread.id).map(Vec::as_slice).unwrap_or_default();
        mentions.iter().any(|(moment, id)| *id == user && *moment < before)
    }
}

/// Judges one finding of a case.
pub(super) struct Judge<'j, 'm, 'a> {
    pub(super) facts: &'j FollowupInput<'a>,
    pub(super) check: &'static Check,
    pub(super) finding: Option<&'a Finding>,
    pub(super) history: &'j History<'m, 'a>,
    pub(super) answers: &'j Answers<'a>,
    pub(super) case: &'j Case<'a>,
}

/// A ping of a round.
#[derive(Clone, Copy)]
struct Ping {
    moment: Moment,
    round: u32,
}

impl<'m, 'a> Judge<'_, 'm, 'a> {
    /// The finding with its state; nothing if it was never found or never asked about.
    pub(super) fn entry(&self) -> Option<Entry<'a>> {
        let ping = self.last_ping();
        let entry = |state: State, round: u32| Entry {
            check: self.check,
            finding: self.finding,
            state: state.clone(),
            round,
            asked_at: ping.filter(|ping| ping.round == round).map(|ping| ping.moment.0),
            thread: self.asks().next().map(|(marked, _)| marked.thread),
            threads: self.asks().map(|(marked, _)| &*marked.thread.id).collect(),
            pings: ping
                .map(|ping| self.pings(ping))
                .into_iter()
                .flatten()
                .map(|it| it.note.id)
                .collect(),
            answers: ping
                .filter(|ping| ping.round == round)
                .into_iter()
                .flat_map(|ping| self.answers(ping))
                .map(|note| (note.author.username.as_str(), note.body.as_str()))
                .collect(),
            held_by: self.history.others.first().map(|by| (*by).to_owned()),
            rests_on_resolution: match state {
                State::Justified(Justification::Resolved { .. }) => true,
                State::Answered => ping.is_some_and(|ping| self.is_resolved_by_subject(ping)),
                _ => false,
            },
        };
        let Some(finding) = self.finding else {
            // What was only accepted or decided, and is gone, needs no word.
            let ping = ping?;
            return Some(entry(self.absent(ping), ping.round));
        };
        let evidence = digest(&finding.evidence);
        if finding.exception.is_some() {
            let state = State::Justified(Justification::Exception);
            return Some(entry(state, ping.map_or(1, |ping| ping.round)));
        }
        if let Some(justification) = self.justified(&evidence) {
            return Some(entry(State::Justified(justification), ping.map_or(1, |ping| ping.round)));
        }
        let state = match ping {
            None => (State::NotAsked, 1),
            Some(ping) if self.is_reopened(ping, &evidence, finding) => {
                (State::NotAsked, ping.round + 1)
            }
            Some(ping) => (self.asked(ping), ping.round),
        };
        let (state, round) = state;
        let is_settled = matches!(state, State::Answered);
        match self.history.others.first() {
            Some(by) if !is_settled => Some(entry(State::Held { by: (*by).to_owned() }, round)),
            _ => Some(entry(state, round)),
        }
    }

    fn of(
        &self,
        wanted: &'static [Marked],
    ) -> impl Iterator<Item = (&'m MarkedNote<'a>, &'m Item)> {
        let marks = self.history.marks.iter().copied();
        marks.filter(move |(marked, _)| wanted.contains(&marked.mark.marker.marked))
    }

    fn asks(&self) -> impl Iterator<Item = (&'m MarkedNote<'a>, &'m Item)> {
        self.of(&[Marked::Ask, Marked::Sent])
    }

    /// The first ping of the last round.
    fn last_ping(&self) -> Option<Ping> {
        let ping = |(marked, item): (&MarkedNote<'_>, &Item)| Ping {
            moment: marked.note.moment(),
            round: item.round,
        };
        self.asks().map(ping).reduce(|last, next| {
            if next.round > last.round || next.round == last.round && next.moment < last.moment {
                next
            } else {
                last
            }
        })
    }

    /// A ping and what followed it in its round, escalations included; in later rounds, too, whose own
    /// ping is deleted. An escalation after a ping that was deleted and made anew is none of it.
    fn pings(&self, ping: Ping) -> impl Iterator<Item = &'m MarkedNote<'a>> {
        let pings = self.of(&[Marked::Ask, Marked::Escalate]);
        let is_of_round = move |(marked, item): &(&'m MarkedNote<'a>, &'m Item)| {
            item.round >= ping.round && marked.note.moment() >= ping.moment
        };
        pings.filter(is_of_round).map(|(marked, _)| marked)
    }

    /// When something of this kind was first said of the ping's round after it. What was said of a later
    /// round whose ping is deleted counts too: it was said.
    fn said_at(&self, wanted: &'static [Marked], ping: Ping) -> Option<Timestamp> {
        let of_round = self.of(wanted).filter(|(marked, item)| {
            item.round >= ping.round && marked.note.moment() > ping.moment
        });
        of_round.map(|(marked, _)| marked.note.created_at).min()
    }

    fn said(&self, wanted: &'static [Marked], ping: Ping) -> bool {
        self.said_at(wanted, ping).is_some()
    }

    fn is_subject(&self, user: &User) -> bool {
        self.case.is_user(user)
    }

    /// What justified the finding, each with its moment and the evidence that it was about.
    fn justifications(&self) -> Vec<(Moment, String, Justification)> {
        let mut found = Vec::new();
        let mut decided: BTreeMap<&str, Option<(Moment, String, Justification)>> = BTreeMap::new();
        for (marked, item) in self.of(&[Marked::Accept, Marked::Decide]) {
            if self.is_subject(&marked.note.author) {
                continue;
            }
            let by = marked.note.author.username.clone();
            let justification = Justification::Comment { note: marked.note.id, by };
            let said = (marked.note.moment(), item.evidence.clone(), justification);
            if marked.mark.marker.marked == Marked::Accept {
                found.push(said);
            } else {
                // The last decision counts of those about the same evidence.
                let is_kept = marked.mark.values.get("decision").is_some_and(|it| it == "keep");
                decided.insert(&item.evidence, is_kept.then_some(said));
            }
        }
        found.extend(decided.into_values().flatten());
        let said: Vec<Moment> = found.iter().map(|(moment, ..)| *moment).collect();
        found.extend(self.asks().filter_map(|(marked, item)| self.resolved(marked, item, &said)));
        found
    }

    /// That an operator resolved the thread of a ping by hand, before anything else closed it: what was
    /// `accepted` before, or told to be over, was closed, and the thread resolved by us.
    fn resolved(
        &self,
        marked: &MarkedNote<'a>,
        item: &Item,
        accepted: &[Moment],
    ) -> Option<(Moment, String, Justification)> {
        let resolved = marked.thread.resolved.as_ref().filter(|it| it.is_by_operator)?;
        let by = resolved.by.as_ref().filter(|by| !self.is_subject(by))?;
        let at = resolved.at.filter(|at| *at > marked.note.created_at)?;
        let ping = Ping { moment: marked.note.moment(), round: item.round };
        let over = self.said_at(&[Marked::Fixed, Marked::Withdrawn], ping);
        let is_closed_before = over.is_some_and(|over| over <= at)
            || accepted.iter().any(|it| *it > ping.moment && it.0 <= at);
        let by = by.username.clone();
        (!is_closed_before)
            .then(|| ((at, u64::MAX), item.evidence.clone(), Justification::Resolved { by }))
    }

    /// What justifies the finding as it is: it was not asked about again since.
    fn justified(&self, evidence: &str) -> Option<Justification> {
        let is_asked_since = |moment: Moment| {
            let mut asks = self.asks();
            asks.any(|(marked, item)| item.evidence == evidence && marked.note.moment() > moment)
        };
        let found = self.justifications().into_iter().rev();
        found
            .filter(|(moment, about, _)| about == evidence && !is_asked_since(*moment))
            .map(|(_, _, justification)| justification)
            .next()
    }

    /// Whether the round of the ping had ended before the finding was found again.
    fn is_reopened(&self, ping: Ping, evidence: &str, finding: &Finding) -> bool {
        let has_lapsed = finding.lapsed.is_some_and(|day| {
            let day = day.to_zoned(TimeZone::UTC).map(|it| it.timestamp());
            day.is_ok_and(|day| day > ping.moment.0)
        });
        let mut justified = self.justifications().into_iter();
        has_lapsed
            || self.said(&[Marked::Fixed, Marked::Withdrawn], ping)
            || justified.any(|(moment, about, _)| about != evidence && moment > ping.moment)
    }

    /// The state of a finding that was asked about and is still found.
    fn asked(&self, ping: Ping) -> State {
        if self.is_answered(ping) {
            return State::Answered;
        }
        if self.check.asked == Audience::Operators {
            return State::Waiting { until: None };
        }
        let FollowupInput { waits, now, .. } = self.facts;
        if let Some(at) = self.said_at(&[Marked::Escalate], ping) {
            let until = waits.end(at, waits.manager);
            return if *now < until { State::Escalated { until } } else { State::Exhausted };
        }
        let until = waits.end(ping.moment.0, waits.person);
        if *now < until { State::Waiting { until: Some(until) } } else { State::Overdue }
    }

    fn is_answered(&self, ping: Ping) -> bool {
        self.answers(ping).next().is_some()
            || self.said(&[Marked::Answered], ping)
            || self.is_reacted_to(ping)
            || self.is_resolved_by_subject(ping)
    }

    /// The notes that answer a ping: those of the subject anywhere, and in the threads of the finding
    /// those of whoever was mentioned there and is no operator.
    fn answers(&self, ping: Ping) -> impl Iterator<Item = &'a Note> {
        let threads: BTreeSet<&str> = self.asks().map(|(marked, _)| &*marked.thread.id).collect();
        let notes = self.answers.notes.iter().filter(move |(thread, note)| {
            note.moment() > ping.moment
                && (self.is_subject(&note.author)
                    || !note.is_by_operator
                        && threads.contains(&*thread.id)
                        && self.answers.has_mentioned(thread, note.author.id, note.moment()))
        });
        notes.map(|(_, note)| *note)
    }

    fn is_reacted_to(&self, ping: Ping) -> bool {
        self.pings(ping).any(|marked| {
            let reactions = self.facts.conversation.reactions.get(&marked.note.id);
            reactions.into_iter().flatten().any(|reaction| {
                let user = &reaction.by;
                let is_mentioned = mentioned(&marked.mark).any(|id| id == user.id);
                reaction.at > marked.note.created_at && (self.is_subject(user) || is_mentioned)
            })
        })
    }

    fn is_resolved_by_subject(&self, ping: Ping) -> bool {
        self.asks().any(|(marked, _)| {
            marked.thread.resolved.as_ref().is_some_and(|resolved| {
                let is_subject = resolved.by.as_ref().is_some_and(|by| self.is_subject(by));
                // Who resolves without a date, or unnamed, may have meant to answer: nobody is pinged.
                let is_doubtful = resolved.by.is_none() || resolved.at.is_none();
                let is_after = resolved.at.is_none_or(|at| at > ping.moment.0);
                is_after && (is_subject || is_doubtful)
            })
        })
    }

    /// The state of a finding that was asked about and is not found.
    fn absent(&self, ping: Ping) -> State {
        if self.said(&[Marked::Fixed], ping) {
            return State::Fixed { is_told: true };
        }
        if self.said(&[Marked::Withdrawn], ping) {
            return State::Withdrawn { is_told: true };
        }
        let evaluation = self.facts.evaluation;
        let is = |check: &&'static Check| check.id == self.check.id;
        if evaluation.off.iter().any(is) {
            return State::Withdrawn { is_told: false };
        }
        if self.case.about.is_some_and(|about| evaluation.is_excluded(about)) {
            return State::Withdrawn { is_told: false };
        }
        let is_in_doubt = evaluation.may_hide_somebody() || evaluation.shrunken_from.is_some();
        let is_unknown = evaluation.unknown.iter().any(|(check, _)| is(check));
        // Sources that were read before the ping say nothing about what came after it.
        if is_unknown || self.captured_at() <= ping.moment.0 {
            return State::Unknown;
        }
        match (self.case.about, self.is_about_accounts()) {
            (Some(Subject::Person(place)), _) => {
                let person = evaluation.roster.person(place);
                // What two people have in common is still so if the other one is hidden.
                let is_hidden = self.check.asked == Audience::Both && is_in_doubt;
                let is_readable = person.is_some_and(Person::is_readable);
                if is_readable && !is_hidden && !self.lacks_account(place) {
                    State::Fixed { is_told: false }
                } else {
                    State::Unknown
                }
            }
            (Some(Subject::Organization), _) | (_, true) => State::Fixed { is_told: false },
            _ if is_in_doubt => State::Unknown,
            _ => State::Withdrawn { is_told: false },
        }
    }

    /// When what the check looks at was read.
    fn captured_at(&self) -> Timestamp {
        let accounts = self.facts.evaluation.accounts.as_ref().filter(|_| self.is_among_accounts());
        let read_at = accounts.map(|accounts| accounts.capture.read_at);
        read_at.map_or(self.facts.now, |read_at| read_at.min(self.facts.now))
    }

    fn is_among_accounts(&self) -> bool {
        matches!(self.check.find, Find::AmongAccounts(_))
    }

    /// Whether the check may be about accounts of nobody on the roster.
    fn is_about_accounts(&self) -> bool {
        self.check.id == OUTSIDER
            || self.check.needs.contains(&Requirement::Everybody) && self.is_among_accounts()
    }

    /// Whether nobody can tell which account is the person's, so that no check of accounts can tell
    /// that something is fixed.
    fn lacks_account(&self, person: PersonIdx) -> bool {
        let evaluation = self.facts.evaluation;
        let matches = evaluation.matching.for_person(person);
        self.is_among_accounts()
            && evaluation
                .roster
                .person(person)
                .is_some_and(|person| is_unmatchable(person, matches))
    }
}
