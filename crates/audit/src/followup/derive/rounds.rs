//! The round that a finding is in.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Derivation;
use super::step_ref::{StepRef, ends_round, is_settling, verdict_of};
use crate::followup::model::Verdict;
use crate::record::marker::StepAction;

impl<'a> Derivation<'_, 'a> {
    /// The present round.
    /// While attributions are in doubt, it is not before any round that the steps in doubt name.
    pub(super) fn round(&self) -> u32 {
        self.certain_round().max(self.history.doubtful_round)
    }

    fn certain_round(&self) -> u32 {
        let steps = self.history.steps.iter();
        if self.finding.is_none() {
            // A finding that is over belongs to the last round in which it was asked, decided or
            // settled.
            let acts = steps.clone().filter(|entry| {
                self.is_ask(entry) || verdict_of(entry).is_some() || is_settling(entry)
            });
            let last = acts.map(|entry| entry.step.round).max();
            return last.or_else(|| steps.map(|entry| entry.step.round).max()).unwrap_or(1);
        }
        let last = steps.map(|entry| entry.step.round).max().unwrap_or(1);
        if self.has_ended(last) { last.saturating_add(1) } else { last }
    }

    /// Whether the round of a finding that is still found has ended, so that another round begins.
    fn has_ended(&self, round: u32) -> bool {
        let captured_at = self.captured_at();
        for entry in self.steps_of(round).filter(|entry| !self.is_former(entry)) {
            // Sources that are older than the step show the state before it.
            let is_found_again = ends_round(entry) && captured_at > entry.step.at;
            if entry.step.action == StepAction::Again || is_found_again {
                return true;
            }
        }
        let asked_at = self.asks(round).map(|entry| entry.moment().0).max();
        // A finding that was not asked about while an exception covered it has no round to end.
        if let (Some(lapsed), Some(asked_at)) =
            (self.finding.and_then(|finding| finding.lapsed), asked_at)
            && begins_after(lapsed, asked_at)
        {
            return true;
        }
        let decisions = self.decisions();
        // A decision about the other check of the family does not concern this finding.
        let latest = decisions.iter().rfind(|entry| entry.step.check == self.check.id);
        let Some(latest) = latest.filter(|entry| entry.step.round >= round) else {
            return false;
        };
        match verdict_of(latest) {
            Some(Verdict::Keep { until: Some(until) }) if until <= self.today() => {
                asked_at.is_none_or(|asked_at| begins_after(until, asked_at))
            }
            Some(Verdict::Accept | Verdict::Keep { .. }) => !self.is_about_present_evidence(latest),
            Some(Verdict::Remove) | None => false,
        }
    }

    pub(super) fn steps_of(&self, round: u32) -> impl Iterator<Item = &StepRef<'a>> {
        self.history.steps.iter().filter(move |entry| entry.step.round == round)
    }
}

fn begins_after(day: Date, instant: Timestamp) -> bool {
    day.to_zoned(TimeZone::UTC).is_ok_and(|start| start.timestamp() > instant)
}
