//! Decisions about outsiders: proposed by anybody in the table, confirmed by an operator.
//!
//! GitLab does not report who wrote a cell of a description, so its content is only a proposal.
//! A decision that an operator confirms becomes a step of their record, the same as in `followups`.
//! Accepting an outsider means keeping its account.

use std::collections::{BTreeMap, BTreeSet};

use crate::accounts::Account;
use crate::evaluation::OUTSIDER;
use crate::followup::finding_name;
use crate::followup::{Act, Case, Cases, Entry, FollowupInput, Justification, State, Verdict};
use crate::identity::{AccountIdx, Subject, SubjectId, comparable_email};
use crate::markdown::Markdown;
use crate::record::description::Typed;
use crate::report::{Decision, RecordedDecision, Ruling};

/// A decision that somebody typed into the table and no operator has confirmed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The name of the finding in acts.
    pub finding: String,
    /// The outsider: the comparable e-mail address, otherwise the account's id.
    pub account: String,
    /// The proposed decision.
    pub decision: Decision,
    /// The justification, as untrusted text.
    pub justification: String,
}

impl Proposal {
    /// Whether `name`, which a person typed, is the outsider's e-mail address or the account's id.
    pub fn is_about(&self, name: &str) -> bool {
        self.account == name || self.account == comparable_email(name)
    }

    /// The act by which an operator confirms the proposal; a kept account is kept until a day.
    pub fn act(&self, until: Option<jiff::civil::Date>) -> Act {
        let (finding, reason) = (self.finding.clone(), self.justification.clone());
        match self.decision {
            Decision::Keep => Act::Keep { finding, until, reason },
            Decision::Remove => Act::Remove { finding, reason },
        }
    }
}

/// The decisions and proposals about the outsiders of an audit.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    /// The proposals that can be confirmed.
    pub proposals: Vec<Proposal>,
    /// What was typed and cannot be confirmed, with the reason, as sentences without a final stop.
    pub unclear: Vec<Markdown>,
    /// The findings without a decision, an exception or a proposal.
    pub undecided: Vec<Undecided>,
    /// The decisions and proposals as the report shows them.
    pub rulings: BTreeMap<SubjectId, Ruling>,
}

/// An outsider without a decision, an exception or a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// The name of the finding in acts.
    pub finding: String,
    /// The account's index.
    pub account: AccountIdx,
}

/// Finds the decisions about the present outsiders; `typed` is the content of the table.
pub fn decisions(input: &FollowupInput<'_>, cases: &Cases, typed: &[Typed]) -> Decisions {
    let mut decisions = Decisions::default();
    let outsiders: Vec<Outsider<'_>> = outsiders(input, cases).collect();
    let mut subjects: BTreeSet<SubjectId> = BTreeSet::new();
    let mut shared: BTreeSet<SubjectId> = BTreeSet::new();
    for outsider in &outsiders {
        let subject = outsider.account.subject();
        if !subjects.insert(subject.clone()) {
            shared.insert(subject);
        }
    }
    for outsider in &outsiders {
        let subject = outsider.account.subject();
        let typed = typed.iter().find(|typed| typed.subject == subject);
        // A row of the table is known by its address, which does not say which of several accounts
        // is meant.
        if shared.contains(&subject) && typed.is_some() {
            decisions.unclear.push(unclear(
                &outsider.account.key(),
                "is the address of several accounts: decide about each by its id",
            ));
            continue;
        }
        decisions.add(input, outsider, typed);
    }
    decisions
}

/// A present outsider.
struct Outsider<'a> {
    case: &'a Case,
    entry: &'a Entry,
    index: AccountIdx,
    account: &'a Account,
}

fn outsiders<'a>(
    input: &FollowupInput<'a>,
    cases: &'a Cases,
) -> impl Iterator<Item = Outsider<'a>> {
    let evaluation = input.evaluation;
    cases.entries().filter_map(move |(case, entry)| match case.subject {
        Some(Subject::Account(index)) if entry.check.id == OUTSIDER && entry.is_found => {
            Some(Outsider { case, entry, index, account: evaluation.account(index)? })
        }
        _ => None,
    })
}

impl Outsider<'_> {
    /// The decision that counts for the account as it is now.
    fn recorded(&self) -> Option<RecordedDecision> {
        let (decided, decision) = match &self.entry.state {
            State::Justified(Justification::Decision(decided)) => match decided.verdict {
                Verdict::Accept | Verdict::Keep { .. } => (decided, Decision::Keep),
                Verdict::Remove => return None,
            },
            State::ToRemove(decided) => (decided, Decision::Remove),
            _ => return None,
        };
        Some(RecordedDecision { decision, reason: decided.reason.clone() })
    }

    fn is_excepted(&self) -> bool {
        matches!(self.entry.state, State::Justified(Justification::Exception(_)))
    }
}

impl Decisions {
    /// Adds the decision about an outsider, whom an e-mail address or an id names.
    pub fn ruling(&self, name: &str) -> Option<&Ruling> {
        let by_email = self.rulings.get(&SubjectId::Email(comparable_email(name)));
        by_email.or_else(|| self.rulings.get(&SubjectId::Account(name.to_owned())))
    }

    fn add(&mut self, input: &FollowupInput<'_>, outsider: &Outsider<'_>, typed: Option<&Typed>) {
        let account = outsider.account.key();
        let finding = finding_name(input, outsider.case, outsider.entry);
        let justification = typed.map_or("", |typed| &typed.justification);
        let cell = typed.map_or("", |typed| &typed.decision);
        let proposed = Decision::parse(cell);
        let recorded = outsider.recorded();
        let is_confirmed = recorded.as_ref().is_some_and(|recorded| {
            proposed.is_none_or(|proposed| proposed == recorded.decision)
                && recorded.is_said_by(justification)
        });
        let is_decided = recorded.is_some();
        if typed.is_some() || is_decided {
            // What an operator decided is shown; what was typed beside it stays in its own cell.
            let reason = recorded.as_ref().and_then(|recorded| recorded.reason.clone());
            let shown = match (justification, reason) {
                ("", Some(reason)) => reason,
                (typed, _) => typed.to_owned(),
            };
            let decision = proposed.or(recorded.as_ref().map(|recorded| recorded.decision));
            let ruling = Ruling { justification: shown, decision, is_confirmed, recorded };
            self.rulings.insert(outsider.account.subject(), ruling);
        }
        if outsider.is_excepted() || is_confirmed {
            return;
        }
        match proposed {
            Some(Decision::Keep) if justification.is_empty() => {
                self.unclear.push(unclear(&account, "is to be kept, without a justification"));
            }
            Some(decision) => self.proposals.push(Proposal {
                finding,
                account,
                decision,
                justification: justification.to_owned(),
            }),
            None if !cell.is_empty() => {
                let reason = "has a decision that is neither `keep` nor `remove`";
                self.unclear.push(unclear(&account, reason));
            }
            None if !justification.is_empty() => {
                self.unclear.push(unclear(&account, "has a justification and no decision"));
            }
            None if !is_decided => {
                self.undecided.push(Undecided { finding, account: outsider.index });
            }
            None => {}
        }
    }
}

fn unclear(account: &str, words: &'static str) -> Markdown {
    Markdown::code(account).and(" ").and(words)
}

#[cfg(test)]
mod tests;
