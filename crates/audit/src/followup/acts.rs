//! The acts of an operator: what they accept, decide, record or ask again, as steps of their
//! record.

use jiff::Timestamp;

use super::derive::suggestion_hold;
use super::model::{Case, Entry, Hold, Justification, State, Verdict};
use super::names::{finding_name, held, in_doubt, is_named, state_clause};
use super::plan::{Planner, is_own, recipient};
use super::record::{Record, RecordItem};
use super::refusal::{Refusal, Rule};
use super::selection::{Act, PostedRecord};
use crate::evaluation::OUTSIDER;
use crate::plan::Action;
use crate::record::conversation::ThreadNote;
use crate::record::directory::Unmentionable;
use crate::record::marker::{Content, Marker, StepAction};

/// A finding that a command names, with its case.
type Named<'p> = (&'p Case, &'p Entry);

impl<'p> Planner<'p> {
    /// Plans the acts of an operator: one record of all of them, and one notice for what is asked
    /// again.
    pub(super) fn act(&mut self, acts: &[Act]) -> Result<(), Refusal> {
        let mut items = Vec::new();
        for act in acts {
            match act {
                Act::Accept { findings, reason } => self.accept(findings, reason, &mut items)?,
                Act::Keep { finding, until, reason } => {
                    let action = StepAction::Keep { until: *until };
                    self.decide(finding, action, reason, &mut items)?;
                }
                Act::Remove { finding, reason } => {
                    self.decide(finding, StepAction::Remove, reason, &mut items)?;
                }
                Act::AskAgain { findings, reason } => self.ask_again(findings, reason)?,
                Act::Again { findings, reason } => {
                    self.record_again(findings, reason, &mut items)?;
                }
                Act::Sent { subject, note } => self.sent(subject, *note, &mut items)?,
                Act::Answered { subject, reason } => self.answered(subject, reason, &mut items)?,
            }
        }
        self.record(items);
        Ok(())
    }

    /// Posts a record of the acts, or adds them to the record that this run has posted already.
    fn record(&mut self, items: Vec<RecordItem>) {
        if items.is_empty() {
            return;
        }
        let posted = self.selection.record.as_ref().filter(|posted| self.is_as_written(posted));
        let mut record = match posted {
            Some(posted) => posted.record.clone(),
            None => Record::new(self.input.header),
        };
        record.extend(items);
        let (iid, body) = (self.input.issue.iid, record.body());
        let steps = record.items().iter().map(|item| item.step.clone()).collect();
        let marker = self.input.header.with(Content::Record(steps));
        self.due.plan.actions.push(match posted {
            Some(PostedRecord { note, body: expected, .. }) => {
                Action::EditComment { iid, note: *note, expected: expected.clone(), body, marker }
            }
            None => Action::Comment { iid, body, marker },
        });
        self.due.record = Some(record);
    }

    /// Whether the posted record is still as this run has written it.
    fn is_as_written(&self, posted: &PostedRecord) -> bool {
        let notes = self.input.conversation.notes();
        let entry_of_record = notes.iter().find(|entry| entry.note.id == posted.note);
        entry_of_record.is_some_and(|ThreadNote { note, .. }| {
            note.author.id == self.input.operator.id
                && note.body.trim_end() == posted.body.trim_end()
        })
    }

    /// The findings that a command names, each of them once.
    fn named(&self, findings: &[String]) -> Result<Vec<Named<'p>>, Refusal> {
        let mut named: Vec<Named<'p>> = Vec::new();
        for finding in findings {
            let (case, entry) = self.finding_named(finding)?;
            if !named.iter().any(|(_, known)| std::ptr::eq(*known, entry)) {
                named.push((case, entry));
            }
        }
        Ok(named)
    }

    fn finding_named(&self, finding: &str) -> Result<Named<'p>, Refusal> {
        let Some((check, subject)) = finding.split_once(':') else {
            return Err(Refusal::NoSuch(finding.to_owned()));
        };
        let mut candidates = Vec::new();
        for (case, entry) in self.cases.entries() {
            if entry.check.id == check && is_named(self.input, case, subject) {
                candidates.push((case, entry));
            }
        }
        // A finding that is over is meant only where no other finding has that name.
        if candidates.iter().any(|(_, entry)| entry.is_found) {
            candidates.retain(|(_, entry)| entry.is_found);
        }
        match candidates.as_slice() {
            [] => Err(Refusal::NoSuch(finding.to_owned())),
            [named] => Ok(*named),
            _ => Err(Refusal::Ambiguous(finding.to_owned())),
        }
    }

    fn refuse(&self, case: &Case, entry: &Entry, rule: Rule) -> Refusal {
        Refusal::Rule { finding: finding_name(self.input, case, entry), rule }
    }

    /// Refuses a decision that nobody, or not this operator, can make about the finding.
    fn check_decision(&self, case: &Case, entry: &Entry) -> Result<(), Refusal> {
        let rule = if is_own(self.input, case) {
            Rule::Own
        } else if let State::InDoubt(doubt) = &entry.state
            && !doubt.can_be_ended()
        {
            Rule::InDoubt(in_doubt(doubt))
        } else if let State::Held(hold @ Hold::ForeignMarker(_)) = &entry.state {
            // A similar name does not block a decision: deciding says that the account belongs to
            // nobody.
            Rule::Held(held(hold))
        } else if !entry.is_found {
            Rule::NotFound(state_clause(entry))
        } else {
            return Ok(());
        };
        Err(self.refuse(case, entry, rule))
    }

    fn accept(
        &mut self,
        findings: &[String],
        reason: &str,
        items: &mut Vec<RecordItem>,
    ) -> Result<(), Refusal> {
        for (case, entry) in self.named(findings)? {
            let is_outsider = entry.check.id == OUTSIDER;
            let action =
                if is_outsider { StepAction::Keep { until: None } } else { StepAction::Accept };
            self.record_decision(case, entry, action, reason, items)?;
        }
        Ok(())
    }

    fn decide(
        &mut self,
        finding: &str,
        action: StepAction,
        reason: &str,
        items: &mut Vec<RecordItem>,
    ) -> Result<(), Refusal> {
        let (case, entry) = self.finding_named(finding)?;
        if entry.check.id != OUTSIDER {
            return Err(self.refuse(case, entry, Rule::NotAnOutsider));
        }
        self.record_decision(case, entry, action, reason, items)
    }

    fn record_decision(
        &mut self,
        case: &Case,
        entry: &Entry,
        action: StepAction,
        reason: &str,
        items: &mut Vec<RecordItem>,
    ) -> Result<(), Refusal> {
        self.check_decision(case, entry)?;
        if self.is_decided(entry, action, reason) {
            self.note(format!(
                "{} has already been recorded so",
                finding_name(self.input, case, entry)
            ));
        } else {
            items.push(self.item(case, entry, action, self.input.now, reason));
        }
        Ok(())
    }

    /// Whether this operator has recorded exactly this before, and it still counts.
    fn is_decided(&self, entry: &Entry, action: StepAction, reason: &str) -> bool {
        let (State::Justified(Justification::Decision(decision)) | State::ToRemove(decision)) =
            &entry.state
        else {
            return false;
        };
        let is_same = match (action, decision.verdict) {
            (StepAction::Accept, Verdict::Accept) | (StepAction::Remove, Verdict::Remove) => true,
            (StepAction::Keep { until }, Verdict::Keep { until: decided }) => until == decided,
            _ => false,
        };
        is_same
            && decision.note.author.id == self.input.operator.id
            && decision.reason.as_deref() == Some(crate::text::clean(reason).trim())
    }

    fn item(
        &self,
        case: &Case,
        entry: &Entry,
        action: StepAction,
        at: Timestamp,
        reason: &str,
    ) -> RecordItem {
        let mut step = self.step(case, entry, action, Vec::new());
        step.at = at;
        RecordItem { step, subject: case.name.clone(), reason: reason.trim().to_owned() }
    }

    fn ask_again(&mut self, findings: &[String], reason: &str) -> Result<(), Refusal> {
        for (case, entry) in self.named(findings)? {
            if self.may_be_asked_again(case, entry)? {
                self.plan_again(case, entry, reason)?;
            }
        }
        Ok(())
    }

    /// Records that findings are to be asked about again.
    /// An interruption before the notice then loses nothing.
    fn record_again(
        &mut self,
        findings: &[String],
        reason: &str,
        items: &mut Vec<RecordItem>,
    ) -> Result<(), Refusal> {
        for (case, entry) in self.named(findings)? {
            if !self.may_be_asked_again(case, entry)? {
                continue;
            }
            match recipient(self.input, case) {
                // The next notice asks anyway what was not asked in the present round.
                Ok(_) if entry.state == State::NotAsked => {}
                Ok(_) => {
                    items.push(self.item(case, entry, StepAction::Again, self.input.now, reason));
                }
                Err(Unmentionable::NotAsked(inquiry)) => {
                    self.due.inquiries.insert(inquiry);
                }
                Err(why) => {
                    return Err(self.refuse(case, entry, Rule::Unmentionable(why.to_string())));
                }
            }
        }
        Ok(())
    }

    /// Whether a finding is to be asked about again.
    /// It is not if its subject was asked a moment ago, as when a run was interrupted.
    fn may_be_asked_again(&mut self, case: &Case, entry: &Entry) -> Result<bool, Refusal> {
        let rule = match &entry.state {
            _ if entry.is_for_operators() => Some(Rule::ForOperators),
            State::InDoubt(doubt) if !doubt.can_be_ended() => Some(Rule::InDoubt(in_doubt(doubt))),
            State::Held(hold) => Some(Rule::Held(held(hold))),
            State::Justified(Justification::Exception(_)) => Some(Rule::Excepted),
            _ if !entry.is_found => Some(Rule::NotFound(state_clause(entry))),
            // A decision does not say whose account it is.
            _ => case
                .subject
                .and_then(|subject| suggestion_hold(self.input, entry.check, subject))
                .map(|hold| Rule::Held(held(&hold))),
        };
        if let Some(rule) = rule {
            return Err(self.refuse(case, entry, rule));
        }
        if matches!(entry.state, State::Waiting { .. }) {
            let name = finding_name(self.input, case, entry);
            self.note(format!("{name} {}", state_clause(entry)));
            return Ok(false);
        }
        Ok(true)
    }

    fn case_named(&self, subject: &str) -> Result<&'p Case, Refusal> {
        let cases = self.cases.cases.iter().filter(|case| is_named(self.input, case, subject));
        match cases.collect::<Vec<_>>().as_slice() {
            [] => Err(Refusal::NoSuch(subject.to_owned())),
            [case] => Ok(case),
            _ => Err(Refusal::Ambiguous(subject.to_owned())),
        }
    }

    fn sent(
        &mut self,
        subject: &str,
        note: Option<u64>,
        items: &mut Vec<RecordItem>,
    ) -> Result<(), Refusal> {
        let case = self.case_named(subject)?;
        let at = match note {
            Some(note) => self.asked_by_hand_at(note)?,
            None => self.input.now,
        };
        let due = Some(self.input.waits.end(at, self.input.waits.person));
        let (mut is_recorded, mut was_asked, mut obstacle) = (false, false, None);
        for entry in case.entries.iter().filter(|entry| !entry.is_for_operators()) {
            match &entry.state {
                State::NotAsked => {
                    items.push(self.item(case, entry, StepAction::Sent { due }, at, ""));
                    is_recorded = true;
                }
                State::InDoubt(doubt) => obstacle = Some((entry, Rule::InDoubt(in_doubt(doubt)))),
                State::Held(hold) => {
                    obstacle = Some((entry, Rule::Held(held(hold))));
                }
                _ => was_asked |= entry.ask.is_some(),
            }
        }
        if is_recorded {
            return Ok(());
        }
        if let Some((entry, rule)) = obstacle {
            return Err(self.refuse(case, entry, rule));
        }
        if was_asked {
            self.note(format!("{} was asked already", case.name));
            return Ok(());
        }
        Err(Refusal::NothingToSend(case.name.clone()))
    }

    /// When an operator mentioned somebody by hand, in a comment without a marker.
    fn asked_by_hand_at(&self, id: u64) -> Result<Timestamp, Refusal> {
        let notes = self.input.conversation.notes();
        let mention = notes.iter().find(|entry| entry.note.id == id);
        let mention = mention.filter(|ThreadNote { note, .. }| {
            self.input.operators.contains(&note.author.id)
                && Marker::of_comment(&note.body).is_none()
        });
        mention.map(|entry| entry.note.created_at).ok_or(Refusal::NoSuchNote(id))
    }

    fn answered(
        &mut self,
        subject: &str,
        reason: &str,
        items: &mut Vec<RecordItem>,
    ) -> Result<(), Refusal> {
        let case = self.case_named(subject)?;
        let mut is_open = false;
        for entry in case.entries.iter().filter(|entry| !entry.is_for_operators()) {
            match &entry.state {
                State::Waiting { .. }
                | State::Overdue
                | State::Escalated { .. }
                | State::Exhausted => {
                    items.push(self.item(
                        case,
                        entry,
                        StepAction::Answered,
                        self.input.now,
                        reason,
                    ));
                    is_open = true;
                }
                State::Answered => {
                    let name = finding_name(self.input, case, entry);
                    self.note(format!("{name} {}", state_clause(entry)));
                    is_open = true;
                }
                _ => {}
            }
        }
        if is_open { Ok(()) } else { Err(Refusal::NothingAsked(case.name.clone())) }
    }
}

#[cfg(test)]
mod tests;
