//! Compares when the sources were captured with the last contact about a finding.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Derivation;
use crate::check::Find;

impl Derivation<'_, '_> {
    pub(super) fn today(&self) -> Date {
        self.input.now.to_zoned(TimeZone::UTC).date()
    }

    /// The instant after which sources must be captured to show what became of a finding.
    /// This is the last ask, message or escalation of the round, otherwise the last step.
    pub(super) fn last_contact(&self, round: u32) -> Option<Timestamp> {
        let contacts = self.asks(round).chain(self.escalations(round));
        let last = contacts.map(|entry| entry.moment().0).max();
        last.or_else(|| self.history.steps.iter().map(|entry| entry.step.at).max())
    }

    /// When the sources that the check looks at were captured.
    pub(super) fn captured_at(&self) -> Timestamp {
        let roster = self.roster_captured_at();
        let accounts = self.input.evaluation.accounts.as_ref();
        match (self.check.find, accounts) {
            (Find::AmongAccounts(_), Some(accounts)) => {
                roster.min(whole_second(accounts.capture.read_at))
            }
            _ => roster,
        }
    }

    pub(super) fn roster_captured_at(&self) -> Timestamp {
        whole_second(self.input.roster_captured_at)
    }
}

/// An instant to the second, as steps hold it, so that equal seconds are not ordered.
pub(super) fn whole_second(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant)
}
