//! Decisions about outsiders: proposed by anybody in the table, confirmed by an operator.
//!
//! GitLab does not report who wrote a cell of a description, so its content is only a proposal.
//! A decision that an operator confirms becomes a step of their record, the same as in `followups`.
//! Accepting an outsider means keeping its account.

use std::collections::{BTreeMap, BTreeSet};

use crate::accounts::Account;
use crate::evaluation::OUTSIDER;
use crate::followup::{Act, Case, Cases, Entry, FollowupInput, Justification, State, Verdict};
use crate::followup::{Decision as Decided, finding_name};
use crate::identity::{AccountIdx, Subject, SubjectId, comparable_email};
use crate::markdown::Markdown;
use crate::record::description::Typed;
use crate::report::{Decision, Ruling};

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
    fn decided(&self) -> Option<(&Decided, Decision)> {
        match &self.entry.state {
            State::Justified(Justification::Decision(decision)) => match decision.verdict {
                Verdict::Accept | Verdict::Keep { .. } => Some((decision, Decision::Keep)),
                Verdict::Remove => None,
            },
            State::ToRemove(decision) => Some((decision, Decision::Remove)),
            _ => None,
        }
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
        let decided = outsider.decided();
        let is_confirmed = decided.is_some_and(|(decision, verdict)| {
            let is_same_reason = justification.is_empty()
                || decision.reason.as_deref().is_none_or(|reason| is_same(reason, justification));
            proposed.is_none_or(|proposed| proposed == verdict) && is_same_reason
        });
        // The report shows the operator's decision; what was typed beside it stays in its own cell.
        let recorded = decided.and_then(|(decision, _)| decision.reason.clone());
        let shown = match (justification, recorded) {
            ("", Some(reason)) => reason,
            (typed, _) => typed.to_owned(),
        };
        if typed.is_some() || decided.is_some() {
            let decision = proposed.or(decided.map(|(_, verdict)| verdict));
            let ruling = Ruling { justification: shown, decision, is_confirmed };
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
            None if decided.is_none() => {
                self.undecided.push(Undecided { finding, account: outsider.index });
            }
            None => {}
        }
    }
}

/// Whether a recorded reason is the one that was typed, apart from changes by neutralising it.
fn is_same(recorded: &str, typed: &str) -> bool {
    let plain = |text: &str| -> String {
        crate::text::clean(text).chars().filter(|it| !matches!(it, '`' | '\\' | ' ')).collect()
    };
    plain(recorded) == plain(typed)
}

fn unclear(account: &str, words: &'static str) -> Markdown {
    Markdown::code(account).and(" ").and(words)
}

#[cfg(test)]
mod tests;
