//! Finds accounts that may belong to a person on the roster, by a similar name or address.
//!
//! A similar name proves nothing.
//! Until an operator decides about the account, neither its holder nor the person is asked.

use super::result::{Evaluation, OUTSIDER, SuggestedMatch};
use crate::accounts::Accounts;
use crate::check::Check;
use crate::identity::{AccountIdx, Subject};
use crate::matching::SimilarityIndex;

/// The check that finds people without an account.
const ACCOUNT_MISSING: &str = "account-missing";

impl Evaluation {
    pub(super) fn find_suggestions(&self) -> Vec<SuggestedMatch> {
        // This holds even if the check of outsiders is off, since the person is not asked either.
        let accounts = self.accounts.iter().flat_map(Accounts::enumerate);
        let outsiders: Vec<AccountIdx> = accounts
            .map(|(index, _)| index)
            .filter(|index| self.matching.holder(*index).is_none())
            .filter(|index| !self.is_excluded(Subject::Account(*index)))
            .collect();
        if outsiders.is_empty() {
            return Vec::new();
        }
        let index = SimilarityIndex::new(&self.roster, |_| true);
        let mut suggestions = Vec::new();
        for account in outsiders {
            let holder = self.account(account);
            for (person, reason) in holder.into_iter().flat_map(|holder| index.suggest(holder)) {
                suggestions.push(SuggestedMatch { account, person, reason });
            }
        }
        suggestions
    }

    /// The suggestions for which a finding is not asked about.
    pub fn suggestions_for(&self, check: &Check, subject: Subject) -> Vec<SuggestedMatch> {
        let mut suggestions = Vec::new();
        for suggestion in &self.suggestions {
            let is_concerned = match subject {
                Subject::Account(account) => check.id == OUTSIDER && suggestion.account == account,
                Subject::Person(person) => {
                    check.id == ACCOUNT_MISSING && suggestion.person == person
                }
                Subject::Organization => false,
            };
            if is_concerned {
                suggestions.push(*suggestion);
            }
        }
        suggestions
    }
}
