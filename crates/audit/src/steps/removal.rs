//! Removes the accounts of outsiders from the audited organisation.

use std::collections::BTreeMap;
use std::fmt;

use crate::accounts::{Account, OWNER};
use crate::evaluation::{OUTSIDER, Unknown};
use crate::followup::{Case, Cases, Entry, FollowupInput, Justification, State, has_account_id};
use crate::identity::{AccountIdx, Subject, comparable_email};
use crate::markdown::{Document, Markdown};
use crate::plan::{Action, Plan, Removal};
use crate::record::marker::{Content, Step, StepAction};

/// Why no account is removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is unknown who is an outsider.
    Unknown(Unknown),
    /// The check of outsiders is switched off.
    Off,
    /// Too many accounts would be removed at once.
    TooMany {
        /// How many would be removed.
        removed: usize,
        /// How many accounts there are.
        all: usize,
    },
    /// The named account has no decision to remove it.
    Undecided(String),
    /// Several accounts have the named address; their ids.
    Several(String, Vec<String>),
    /// The removal of the named account is decided, but it stays for this reason.
    Stays(String, &'static str),
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(unknown) => {
                write!(formatter, "nobody can tell who is an outsider {unknown}")
            }
            Self::Off => formatter.write_str("the check `outsider` is switched off"),
            Self::TooMany { removed, all } => {
                write!(formatter, "{removed} of {all} accounts would be removed at once")
            }
            Self::Undecided(email) => {
                write!(formatter, "no operator has decided to remove {email}")
            }
            Self::Several(email, ids) => write!(
                formatter,
                "several accounts have the address {email}; name one of {}",
                ids.join(", ")
            ),
            Self::Stays(email, reason) => write!(formatter, "{email} {reason}"),
        }
    }
}

impl std::error::Error for Refusal {}

/// The limits of a removal.
#[derive(Debug, Clone, Copy)]
pub struct Limits<'a> {
    /// The largest share of the accounts, in per cent. A single account is never too many.
    pub max_share: u8,
    /// The e-mail address or id of the token's own account, as [`Account::is_named`] compares it.
    pub own: &'a str,
}

/// An account whose removal is decided.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    case: &'a Case,
    entry: &'a Entry,
    /// Its index.
    pub index: AccountIdx,
    /// The account.
    pub account: &'a Account,
    /// The name of the account: its address, or its id if it has none or shares it.
    pub name: &'a str,
}

/// An account that stays although its removal is decided, with the reason.
pub type Stay<'a> = (&'a Account, &'static str);

/// The accounts whose removal is decided, without those that must stay.
///
/// The account of an owner and the user's own account stay, with the reasons.
///
/// # Errors
///
/// A [`Refusal`] while it is in doubt who is an outsider.
pub fn candidates<'a>(
    input: &FollowupInput<'a>,
    cases: &'a Cases,
    limits: Limits<'_>,
) -> Result<(Vec<Candidate<'a>>, Vec<Stay<'a>>), Refusal> {
    let evaluation = input.evaluation;
    if let Some((_, unknown)) = evaluation.unknown.iter().find(|(check, _)| check.id == OUTSIDER) {
        return Err(Refusal::Unknown(*unknown));
    }
    if evaluation.off.iter().any(|check| check.id == OUTSIDER) {
        return Err(Refusal::Off);
    }
    let (mut candidates, mut stay) = (Vec::new(), Vec::new());
    for (case, entry) in cases.entries() {
        let Some(Subject::Account(index)) = case.subject else { continue };
        if entry.check.id != OUTSIDER || !matches!(entry.state, State::ToRemove(_)) {
            continue;
        }
        let Some(account) = evaluation.account(index) else { continue };
        if account.role.as_deref() == Some(OWNER) {
            stay.push((account, "is an owner: make another account the owner first"));
        } else if account.is_named(limits.own) {
            stay.push((account, "is your own: another admin has to remove it"));
        } else {
            let name = account.name_in_commands();
            candidates.push(Candidate { case, entry, index, account, name });
        }
    }
    let mut addresses: BTreeMap<String, usize> = BTreeMap::new();
    for candidate in &candidates {
        *addresses.entry(candidate.account.key()).or_default() += 1;
    }
    for candidate in &mut candidates {
        if addresses.get(&candidate.account.key()).is_some_and(|count| *count > 1) {
            candidate.name = candidate.account.id.as_str();
        }
    }
    Ok((candidates, stay))
}

/// Plans the removal of the confirmed accounts, and a record of each removal in the issue.
///
/// The accounts were confirmed one by one, by their addresses or, where several share an address,
/// by their ids.
/// A confirmed account that is gone already is only recorded, as when a run was interrupted between
/// a removal and its record.
///
/// # Errors
///
/// A [`Refusal`], and no account is removed.
pub fn plan(
    input: &FollowupInput<'_>,
    cases: &Cases,
    limits: Limits<'_>,
    confirmed: &[String],
) -> Result<Plan, Refusal> {
    let (candidates, stay) = candidates(input, cases, limits)?;
    let all = input.evaluation.accounts.as_ref().map_or(0, |accounts| accounts.list.len());
    let mut removed: Vec<Candidate<'_>> = Vec::new();
    let mut gone: Vec<(&Case, &Entry)> = Vec::new();
    for name in confirmed {
        let named: Vec<&Candidate<'_>> =
            candidates.iter().filter(|candidate| candidate.account.is_named(name)).collect();
        match named.as_slice() {
            [candidate] if removed.iter().any(|other| other.index == candidate.index) => {}
            [candidate] => removed.push(**candidate),
            [] => match unrecorded(cases, name) {
                Some(removal) => gone.push(removal),
                None if is_recorded(cases, name) => {}
                None => return Err(unfit(input, cases, name, &stay)),
            },
            several => {
                let ids =
                    several.iter().map(|named| named.account.id.as_str().to_owned()).collect();
                return Err(Refusal::Several(name.clone(), ids));
            }
        }
    }
    if removed.len() > 1 && removed.len() * 100 > all * usize::from(limits.max_share) {
        return Err(Refusal::TooMany { removed: removed.len(), all });
    }
    let notes = stay.iter().map(|(account, reason)| {
        Markdown::code(account.name_in_commands()).and(" ").and(*reason).to_string()
    });
    let mut plan = Plan { notes: notes.collect(), ..Plan::default() };
    for (case, entry) in gone {
        plan.actions.push(recorded(input, case, entry));
    }
    for Candidate { case, entry, account, .. } in removed {
        plan.actions.push(Action::Remove(Removal {
            id: account.id.clone(),
            email: account.email.clone(),
            status: account.status,
            role: account.role.clone(),
        }));
        plan.actions.push(recorded(input, case, entry));
    }
    Ok(plan)
}

/// A removal that was decided and carried out, and that no removal record reports.
fn unrecorded<'a>(cases: &'a Cases, name: &'a str) -> Option<(&'a Case, &'a Entry)> {
    removed(cases, name)
        .find(|(_, entry)| matches!(entry.state, State::Removed { record: None, .. }))
}

fn is_recorded(cases: &Cases, name: &str) -> bool {
    removed(cases, name).next().is_some()
}

fn removed<'a>(cases: &'a Cases, name: &'a str) -> impl Iterator<Item = (&'a Case, &'a Entry)> {
    let email = comparable_email(name);
    cases.entries().filter(move |(case, entry)| {
        let is_named = comparable_email(&case.name) == email || has_account_id(case, name);
        is_named && matches!(entry.state, State::Removed { .. })
    })
}

/// Why a confirmed account cannot be removed.
fn unfit(input: &FollowupInput<'_>, cases: &Cases, name: &str, stay: &[Stay<'_>]) -> Refusal {
    if let Some((_, reason)) = stay.iter().find(|(account, _)| account.is_named(name)) {
        return Refusal::Stays(name.to_owned(), reason);
    }
    for (case, entry) in cases.entries().filter(|(_, entry)| entry.check.id == OUTSIDER) {
        let Some(Subject::Account(index)) = case.subject else { continue };
        let is_named = input.evaluation.account(index).is_some_and(|it| it.is_named(name));
        let reason = match &entry.state {
            State::Justified(Justification::Exception(_)) => "is kept by a standing exception",
            State::Justified(Justification::Decision(_)) => "is kept by an operator's decision",
            _ => continue,
        };
        if is_named {
            return Refusal::Stays(name.to_owned(), reason);
        }
    }
    Refusal::Undecided(name.to_owned())
}

/// The comment that records a removal.
fn recorded(input: &FollowupInput<'_>, case: &Case, entry: &Entry) -> Action {
    let system = input.evaluation.kind.spec().system;
    let step = Step {
        action: StepAction::Removed,
        check: entry.check.id.to_owned(),
        keys: case.keys.clone(),
        account: case.account.clone(),
        evidence: entry.evidence_digest.clone(),
        round: entry.round,
        at: input.now,
        mentioned: Vec::new(),
    };
    let marker = input.header.with(Content::Removal(vec![step]));
    let text = Markdown::literal("The account ")
        .and(Markdown::code(&case.name))
        .and(" was removed from the ")
        .and(system)
        .and(" organisation. A fresh read of the accounts confirmed that it is gone.");
    let body =
        Document::new().paragraph("Removed (1):").list([text]).hidden_line(&marker.to_string());
    Action::Comment { iid: input.issue.iid, body, marker }
}

#[cfg(test)]
mod tests;
