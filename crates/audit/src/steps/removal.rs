//! The removal of outsiders' accounts from the audited organisation.

use std::collections::HashSet;
use std::fmt;

use crate::accounts::{Account, OWNER};
use crate::evaluation::{Evaluation, OUTSIDER, Unknown};
use crate::identity::{Subject, SubjectId, digest, key_digest};
use crate::markdown::Markdown;
use crate::plan::{Action, Plan, Removal};
use crate::record::conversation::spoken_address;
use crate::record::marker::{Item, Mark, Marked, Marker};
use crate::report::Decision;
use crate::steps::outsiders::Decisions;
use crate::steps::publish::Comment;

/// Why nobody may be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody can tell who is an outsider.
    Unknown(Unknown),
    /// The check of outsiders is switched off.
    Off,
    /// It would be too many at once: so many of all.
    TooMany {
        /// How many would be removed.
        removed: usize,
        /// How many accounts there are.
        all: usize,
    },
    /// Somebody was named whom no operator has decided to remove.
    Undecided(String),
    /// Somebody was named whose removal was decided, and who stays all the same, with the reason.
    Stays(String, &'static str),
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(unknown) => write!(formatter, "who is an outsider is unknown {unknown}"),
            Self::Off => formatter.write_str("the check `outsider` is switched off"),
            Self::TooMany { removed, all } => {
                write!(formatter, "{removed} of {all} accounts would be removed at once")
            }
            Self::Undecided(email) => {
                write!(formatter, "{email} is no outsider whom an operator has decided to remove")
            }
            Self::Stays(email, reason) => write!(formatter, "{email} {reason}"),
        }
    }
}

impl std::error::Error for Refusal {}

/// What of an organisation may be removed at once, and by whom.
#[derive(Debug, Clone, Copy)]
pub struct Limits<'a> {
    /// The largest part of the accounts, in per cent.
    pub max_share: u8,
    /// The e-mail address of the one who removes.
    pub own: &'a str,
}

/// The accounts that operators have decided to remove, as far as they may be: not an owner's, and
/// not one's own; with the reasons why others stay.
///
/// # Errors
///
/// [`Refusal`] while it is in doubt who is an outsider.
pub fn candidates<'a>(
    evaluation: &'a Evaluation,
    decisions: &Decisions,
    limits: Limits<'_>,
) -> Result<(Vec<&'a Account>, Vec<Stay<'a>>), Refusal> {
    if let Some((_, unknown)) = evaluation.unknown.iter().find(|(check, _)| check.id == OUTSIDER) {
        return Err(Refusal::Unknown(*unknown));
    }
    if evaluation.off.iter().any(|check| check.id == OUTSIDER) {
        return Err(Refusal::Off);
    }
    let (mut candidates, mut stay) = (Vec::new(), Vec::new());
    for index in evaluation.outsiders() {
        let Some(account) = evaluation.account(index) else { continue };
        if decisions.confirmed.get(&account.key()) != Some(&Decision::Remove) {
            continue;
        }
        let findings = evaluation.findings_of(Subject::Account(index));
        let is_excepted =
            findings.iter().any(|it| it.exception.is_some() && it.check.id == OUTSIDER);
        let reason = if account.role.as_deref() == Some(OWNER) {
            "is an owner: make another account the owner first"
        } else if account.key() == limits.own.to_lowercase() {
            "is your own: another admin has to remove it"
        } else if is_excepted {
            "is justified by an exception"
        } else {
            candidates.push(account);
            continue;
        };
        stay.push((account, reason));
    }
    Ok((candidates, stay))
}

/// An account that stays though its removal was decided, and why.
pub type Stay<'a> = (&'a Account, &'static str);

/// The issue in which removals are recorded.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The number in its project.
    pub iid: u64,
    /// Its marker.
    pub marker: Marker,
    /// The comments of operators, in their order.
    pub comments: &'a [Comment<'a>],
}

/// What is to be done to remove those whose removal was confirmed one by one, by their e-mail
/// addresses, and to record each in the issue; also those who are gone and not recorded yet.
///
/// # Errors
///
/// [`Refusal`], and nobody is removed.
pub fn plan(
    evaluation: &Evaluation,
    decisions: &Decisions,
    limits: Limits<'_>,
    confirmed: &[String],
    record: &Record<'_>,
) -> Result<Plan, Refusal> {
    let (candidates, stay) = candidates(evaluation, decisions, limits)?;
    let all = evaluation.accounts.as_ref().map_or(0, |accounts| accounts.list.len());
    let gone = gone(evaluation, record);
    let mut removed = Vec::new();
    for email in confirmed {
        let key = email.to_lowercase();
        match candidates.iter().find(|account| account.key() == key) {
            Some(account) if removed.contains(account) => {}
            Some(account) => removed.push(*account),
            None if gone.iter().any(|gone| gone.is(&key)) => {}
            None => return Err(unfit(email, &stay)),
        }
    }
    if removed.len() * 100 > all * usize::from(limits.max_share) {
        return Err(Refusal::TooMany { removed: removed.len(), all });
    }
    let mut plan = Plan { notes: stay.iter().map(|stay| note(*stay)).collect(), ..Plan::default() };
    let unrecorded = gone.iter().filter(|gone| !gone.is_recorded);
    plan.actions.extend(unrecorded.filter_map(|gone| gone.record(evaluation, record)));
    for account in removed {
        plan.actions.push(Action::Remove(Removal {
            email: account.email.clone(),
            uri: account.location.file.clone(),
            standing: account.standing,
            role: account.role.clone(),
        }));
        let evidence = digest(account.role.as_deref().unwrap_or("user"));
        plan.actions.push(recorded(evaluation, record, &account.email, evidence));
    }
    Ok(plan)
}

/// Why somebody who was confirmed is none of those to be removed.
fn unfit(email: &str, stay: &[Stay<'_>]) -> Refusal {
    let is_it = |(account, _): &&Stay<'_>| account.key() == email.to_lowercase();
    match stay.iter().find(is_it) {
        Some((_, reason)) => Refusal::Stays(email.to_owned(), reason),
        None => Refusal::Undecided(email.to_owned()),
    }
}

fn note((account, reason): Stay<'_>) -> String {
    Markdown::code(&account.email).and(Markdown::text(format!(" {reason}"))).to_string()
}

/// The comment that records a removal.
fn recorded(evaluation: &Evaluation, record: &Record<'_>, email: &str, evidence: String) -> Action {
    let marker = record.marker.of(Marked::Removed);
    let keys = vec![key_digest(&SubjectId::Email(email.to_lowercase()))];
    let item = Item { check: OUTSIDER.to_owned(), keys, evidence, round: 1 };
    let mark = Mark { items: vec![item], ..Mark::from(marker) };
    let system = evaluation.kind.spec().system;
    let text = Markdown::literal("The account ").and(Markdown::code(email)).and(Markdown::text(
        format!(" was removed from the {system} organisation: reading the accounts again did not find it."),
    ));
    Action::Comment { iid: record.iid, body: format!("{text}\n\n{mark}"), marker }
}

/// An account that operators have decided to remove, and that is not there any more.
struct Gone<'a> {
    item: Item,
    /// The comment by which it was decided.
    decision: &'a str,
    /// Whether a comment says so.
    is_recorded: bool,
}

impl Gone<'_> {
    /// Whether it had this e-mail address, which is in lower case.
    fn is(&self, email: &str) -> bool {
        self.item.keys.contains(&key_digest(&SubjectId::Email(email.to_owned())))
    }

    /// The comment that records it, as when the program was stopped before it was written.
    fn record(&self, evaluation: &Evaluation, record: &Record<'_>) -> Option<Action> {
        // A marker holds digests only; the address stands in the comment's own words.
        let email = spoken_address(self.decision, &self.item.keys)?;
        Some(recorded(evaluation, record, email, self.item.evidence.clone()))
    }
}

/// The accounts that operators have decided to remove, and that are gone.
fn gone<'a>(evaluation: &Evaluation, record: &Record<'a>) -> Vec<Gone<'a>> {
    let accounts = evaluation.accounts.iter().flat_map(|accounts| &accounts.list);
    let present: HashSet<String> =
        accounts.map(|account| key_digest(&SubjectId::Email(account.key()))).collect();
    let mut gone: Vec<Gone<'_>> = Vec::new();
    for comment in record.comments {
        let Some(mark) = Mark::of_audit(record.marker, comment.body) else { continue };
        for item in mark.items.iter().filter(|item| item.check == OUTSIDER) {
            let is_removal = mark.values.get("decision").is_some_and(|it| it == "remove");
            match mark.marker.marked {
                Marked::Decide => {
                    gone.retain(|other| other.item.keys != item.keys);
                    if is_removal && !item.keys.iter().any(|key| present.contains(key)) {
                        let (item, decision) = (item.clone(), comment.body);
                        gone.push(Gone { item, decision, is_recorded: false });
                    }
                }
                Marked::Removed => {
                    let same = gone.iter_mut().filter(|other| other.item.keys == item.keys);
                    same.for_each(|other| other.is_recorded = true);
                }
                _ => {}
            }
        }
    }
    gone
}
