//! Decisions about outsiders: proposed by whoever typed them into the issue, confirmed by an operator.
//!
//! GitLab does not tell who wrote a cell of a description, so what stands there is a proposal only.
//! What an operator confirms becomes a comment with a marker, and only that counts; nobody decides
//! about their own account.

use std::collections::BTreeMap;

use crate::check::Finding;
use crate::evaluation::{Evaluation, OUTSIDER, Policy, handle};
use crate::identity::{AccountIdx, Subject, SubjectId, digest, key_digest};
use crate::markdown::{Markdown, item};
use crate::plan::Action;
use crate::record::description::Typed;
use crate::record::marker::{Item, Mark, Marked, Marker};
use crate::report::{Decision, Ruling};
use crate::steps::publish::Comment;

/// What somebody typed about an outsider, and no operator has confirmed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The outsider's e-mail address in lower case.
    pub email: String,
    /// What is proposed.
    pub decision: Decision,
    /// Why, as untrusted text.
    pub justification: String,
}

/// What was decided and proposed about the outsiders of an audit.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    /// What operators have confirmed, by the outsiders' e-mail addresses in lower case.
    pub confirmed: BTreeMap<String, Decision>,
    /// What is proposed and may be confirmed.
    pub proposals: Vec<Proposal>,
    /// What was typed and cannot be confirmed, and why, as sentences without a final stop.
    pub unclear: Vec<Markdown>,
    /// What was typed, as the report shows it.
    pub rulings: BTreeMap<String, Ruling>,
}

/// The decisions about the outsiders of `evaluation`: `marker` is that of the issue, `typed` is what
/// stands there, and `comments` are those of operators, in their order.
pub fn decisions(
    evaluation: &Evaluation,
    policy: &Policy,
    marker: Marker,
    typed: &[Typed],
    comments: &[Comment<'_>],
) -> Decisions {
    let mut decisions = Decisions::default();
    for (index, finding) in outsiders(evaluation) {
        let Some(account) = evaluation.account(index) else { continue };
        let email = account.key();
        let typed = typed.iter().find(|typed| typed.email == email);
        let justification = typed.map_or("", |typed| &typed.justification);
        let cell = typed.map_or("", |typed| &typed.decision);
        let proposed = Decision::parse(cell);
        let confirmed = confirmed(&email, finding, policy, marker, comments);
        decisions.confirmed.extend(confirmed.as_ref().map(|(it, _)| (email.clone(), *it)));
        let is_confirmed = |(decision, reason): &(Decision, Option<String>)| {
            proposed.is_none_or(|it| it == *decision)
                && (justification.is_empty() || *reason == Some(digest(justification)))
        };
        let is_confirmed = confirmed.as_ref().is_some_and(is_confirmed);
        let ruling = Ruling {
            justification: justification.to_owned(),
            decision: proposed.or(confirmed.as_ref().map(|(decision, _)| *decision)),
            is_confirmed,
        };
        if finding.exception.is_none() && !is_confirmed {
            match proposed {
                Some(Decision::Keep) if justification.is_empty() => {
                    decisions
                        .unclear
                        .push(unclear(&email, "is to be kept, without a justification"));
                }
                Some(decision) => decisions.proposals.push(Proposal {
                    email: email.clone(),
                    decision,
                    justification: justification.to_owned(),
                }),
                None if !cell.is_empty() => {
                    let reason = "has a decision that is neither `keep` nor `remove`";
                    decisions.unclear.push(unclear(&email, reason));
                }
                None if !justification.is_empty() => {
                    decisions.unclear.push(unclear(&email, "has a justification and no decision"));
                }
                None => {}
            }
        }
        if typed.is_some() || confirmed.is_some() {
            decisions.rulings.insert(email, ruling);
        }
    }
    decisions
}

fn unclear(email: &str, words: &str) -> Markdown {
    Markdown::code(email).and(Markdown::text(format!(" {words}")))
}

fn outsiders(evaluation: &Evaluation) -> impl Iterator<Item = (AccountIdx, &Finding)> {
    evaluation.findings.iter().filter(|finding| finding.check.id == OUTSIDER).filter_map(
        |finding| match finding.about {
            Subject::Account(index) => Some((index, finding)),
            Subject::Person(_) | Subject::Organization => None,
        },
    )
}

/// What was last confirmed about an outsider as it is now, and the digest of the reason.
fn confirmed(
    email: &str,
    finding: &Finding,
    policy: &Policy,
    marker: Marker,
    comments: &[Comment<'_>],
) -> Option<(Decision, Option<String>)> {
    let key = key_digest(&SubjectId::Email(email.to_owned()));
    let evidence = digest(&finding.evidence);
    let own = handle(policy, email);
    let said = comments.iter().rev().filter_map(|comment| {
        let mark = Mark::of_audit(marker, comment.body)?;
        let is_it = |item: &Item| {
            item.check == OUTSIDER && item.keys.contains(&key) && item.evidence == evidence
        };
        let is_own = own.is_some_and(|own| own.eq_ignore_ascii_case(comment.author));
        let counts =
            mark.marker.marked == Marked::Decide && mark.items.iter().any(is_it) && !is_own;
        let decision = Decision::parse(mark.values.get(DECISION)?)?;
        counts.then(|| (decision, mark.values.get(REASON).cloned()))
    });
    said.into_iter().next()
}

const DECISION: &str = "decision";
const REASON: &str = "reason";

/// The comment by which an operator confirms a proposal; nothing if the outsider is none any more, or
/// if it is the operator's own account.
pub fn confirm(
    evaluation: &Evaluation,
    policy: &Policy,
    marker: Marker,
    iid: u64,
    operator: &str,
    proposal: &Proposal,
) -> Option<Action> {
    let own = handle(policy, &proposal.email);
    if own.is_some_and(|own| own.eq_ignore_ascii_case(operator)) {
        return None;
    }
    let is_it = |index: AccountIdx| {
        evaluation.account(index).is_some_and(|account| account.key() == proposal.email)
    };
    let (_, finding) = outsiders(evaluation).find(|(index, _)| is_it(*index))?;
    let marker = marker.of(Marked::Decide);
    let mark = Mark {
        items: vec![Item {
            check: OUTSIDER.to_owned(),
            keys: vec![key_digest(&SubjectId::Email(proposal.email.clone()))],
            evidence: digest(&finding.evidence),
            round: 1,
        }],
        ..Mark::from(marker)
            .with(DECISION, proposal.decision.as_str())
            .with(REASON, digest(&proposal.justification))
    };
    let decision = proposal.decision.as_str();
    let head = Markdown::text(format!("Decided to {decision} the account "))
        .and(Markdown::code(&proposal.email))
        .and(".");
    let mut body = format!("{head}\n\n");
    if !proposal.justification.is_empty() {
        let reason =
            Markdown::literal("Reason: ").and(Markdown::untrusted(&proposal.justification));
        body.push_str(&format!("{}\n", item(&reason)));
    }
    body.push_str(&mark.to_string());
    Some(Action::Comment { iid, body, marker })
}

#[cfg(test)]
mod tests;
