//! What an operator does: asking again, deciding, recording a message, and asking for the review.

use super::{Rule, Violation, is_undecided, violation};
use crate::oracle::{Oracle, State};
use crate::plan::PlannedRun;
use crate::reference::can_ask_again;
use crate::world::{FindingKey, MarkerKind, StepKind, Subject};

/// `--ask-again` posts one notice with these findings alone, which holds both steps.
pub(super) fn judge_again(
    oracle: &Oracle<'_>,
    findings: &[FindingKey],
    run: &PlannedRun,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    for line in run.lines(MarkerKind::Notice) {
        let Some(entry) = oracle.entry(&line.finding) else {
            violations.push(violation(Rule::MentionedForState, line));
            continue;
        };
        if !findings.contains(&line.finding) || !can_ask_again(oracle, &entry) {
            let detail = (&entry.key, entry.state, &line.step);
            violations.push(violation(Rule::MentionedForState, detail));
        }
        let user = oracle.user_of(&line.finding).filter(|user| oracle.world.can_mention(*user));
        let is_right = match line.step.kind {
            StepKind::Ask => user.is_some_and(|user| line.step.mentioned == [user]),
            StepKind::Again => line.step.mentioned.iter().all(|mentioned| user == Some(*mentioned)),
            _ => false,
        };
        if !is_right {
            violations.push(violation(Rule::MentionedWrongUser, (&entry.key, user, &line.step)));
        }
        if line.step.round <= entry.round && !entry.is_dated {
            violations.push(violation(Rule::WrongStep, (&entry.key, entry.round, &line.step)));
        }
        let has_both = [StepKind::Ask, StepKind::Again].iter().all(|kind| {
            run.lines(MarkerKind::Notice).iter().any(|twin| {
                twin.finding == line.finding
                    && twin.step.kind == *kind
                    && twin.step.round == line.step.round
            })
        });
        if !has_both {
            violations.push(violation(Rule::WrongStep, ("both steps", &entry.key)));
        }
    }
    violations
}

/// A decision names one finding with the evidence that is shown, and nobody decides about themself.
pub(super) fn judge_decision(
    oracle: &Oracle<'_>,
    finding: &FindingKey,
    run: &PlannedRun,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    if !run.drafts(MarkerKind::Notice).is_empty() {
        violations.push(violation(Rule::OneNotice, "a decision mentions nobody"));
    }
    for line in run.lines(MarkerKind::Record) {
        let evidence = oracle.entry(&line.finding).and_then(|entry| entry.evidence);
        let is_decision = matches!(
            (line.step.kind, line.finding.check),
            (StepKind::Accept | StepKind::Keep | StepKind::Remove, _)
        );
        let is_right = &line.finding == finding
            && is_decision
            && oracle.may_decide(finding)
            && evidence.as_ref() == Some(&line.step.evidence);
        if !is_right {
            violations.push(violation(Rule::WrongDecision, (finding, line)));
        }
    }
    violations
}

/// `--sent` and `--answered` record a message about one subject and nothing else.
pub(super) fn judge_word(
    oracle: &Oracle<'_>,
    subject: &Subject,
    run: &PlannedRun,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    if !run.drafts(MarkerKind::Notice).is_empty() {
        violations.push(violation(Rule::OneNotice, "a message by hand mentions nobody"));
    }
    for line in run.lines(MarkerKind::Record) {
        let is_known = oracle.entry(&line.finding).is_some() || is_undecided(oracle, &line.finding);
        let is_word = matches!(line.step.kind, StepKind::Sent | StepKind::Answered);
        if &line.finding.subject != subject || !is_word || !is_known {
            violations.push(violation(Rule::WrongDecision, line));
        }
    }
    violations
}

/// The review is asked for if and only if nothing is open, of one manager who can be mentioned.
pub(super) fn judge_review(
    oracle: &Oracle<'_>,
    unresolved: bool,
    run: &PlannedRun,
) -> Vec<Violation> {
    let open = oracle.open();
    let entries = oracle.entries();
    let is_dated = entries.iter().any(|entry| entry.is_dated || !entry.is_strict);
    // While anything is unknown for anybody, the audit is not complete.
    let is_unknown = entries.iter().any(|entry| entry.state == State::Unknown);
    let mut violations = Vec::new();
    let drafts = run.drafts(MarkerKind::Review);
    for draft in &drafts {
        let reviewer = oracle.reviewer();
        if draft.complete && (unresolved || is_unknown || !(open.is_empty() || is_dated)) {
            violations.push(violation(Rule::FalseReview, &open));
        }
        let is_right = if draft.complete {
            draft.mentions.len() == 1
                && draft.mentions.iter().all(|user| oracle.world.can_mention(*user))
                && draft.mentions.iter().all(|user| oracle.world.config.managers.contains(user))
                && (draft.mentions != [oracle.operator] || reviewer == Some(oracle.operator))
        } else {
            draft.mentions.is_empty()
        };
        if !is_right {
            violations.push(violation(Rule::FalseReview, (&draft.mentions, reviewer)));
        }
    }
    let is_owed = !unresolved
        && open.is_empty()
        && !is_dated
        && !oracle.is_in_review()
        && oracle.reviewer().is_some();
    if is_owed && drafts.is_empty() {
        violations.push(violation(Rule::ReviewRefused, "nothing is open"));
    }
    violations
}
