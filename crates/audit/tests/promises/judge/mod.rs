//! The judge: what must never happen to people, checked on one run of the product.
//!
//! Each function takes the world before the run and what the product means to do, and returns
//! violations. An empty list means that every promise was kept.
//!
//! `notice` judges what a notice says of people, `acts` what an operator records and when a review is
//! asked for, `states` what the product takes the findings for, `strikes` what two operators at once
//! leave behind, and `repeat` compares two plans.

mod acts;
mod notice;
mod repeat;
mod states;
mod strikes;

use std::collections::BTreeSet;

pub use self::repeat::{disturb, judge_again_at_once, judge_disturbed};
pub use self::states::judge_states;
pub use self::strikes::judge_race;
use crate::evaluation::Verdict;
use crate::oracle::Oracle;
use crate::plan::{Command, PlannedRun};
use crate::world::{FindingKey, MarkerKind, StepKind, UserId, World};

/// The promises, one a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Nothing is written into a closed issue, or into one that no operator wrote.
    WritesWhereItMust,
    /// At most one notice, with its continuations, and one record a run; a notice only when somebody
    /// is to be asked or escalated, or operators' findings were never listed.
    OneNotice,
    /// A person is mentioned at most once in a notice, and nobody who is not meant by a line of it.
    OneMention,
    /// Nobody is mentioned for a finding whose state does not call for it.
    MentionedForState,
    /// Whoever is mentioned is the subject, or of its chain, and can be.
    MentionedWrongUser,
    /// Nobody is mentioned twice for the same step of the same finding in the same round.
    MentionedTwice,
    /// Everybody who is due is in the notice.
    Missed,
    /// What is called settled is settled.
    FalselySettled,
    /// A notice names what was settled since the last one.
    SettledLeftOut,
    /// The round, the evidence and the end of the wait of a step are right.
    WrongStep,
    /// A decision is recorded for the finding that is shown, by somebody who may.
    WrongDecision,
    /// A review claims completeness only where nothing is open, and mentions one manager.
    FalseReview,
    /// A review that may be asked for is asked for.
    ReviewRefused,
    /// Executing a plan and planning again at once gives an empty plan.
    PlannedAgain,
    /// Order, system notes, bots, guests' forged markers and renamed users change nothing.
    Disturbed,
    /// The states are the oracle's.
    WrongState,
    /// Two operators at once leave no line in two notes, and no empty notice.
    Doubled,
}

/// A promise that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub rule: Rule,
    pub detail: String,
}

fn violation(rule: Rule, detail: impl std::fmt::Debug) -> Violation {
    Violation { rule, detail: format!("{detail:?}") }
}

/// Judges the plan of one command.
pub fn judge_run(
    world: &World,
    operator: UserId,
    command: &Command,
    run: &PlannedRun,
) -> Vec<Violation> {
    let oracle = Oracle::new(world, operator);
    if !oracle.may_write() {
        if run.writes.is_empty() {
            return Vec::new();
        }
        return vec![violation(Rule::WritesWhereItMust, &run.writes)];
    }
    let mut violations = judge_form(run);
    violations.extend(strikes::judge_strikes(&oracle, command, run));
    match command {
        Command::Followups { only, limit } => {
            violations.extend(notice::judge_followups(&oracle, only, *limit, run));
        }
        Command::AskAgain { findings } => {
            violations.extend(acts::judge_again(&oracle, findings, run));
        }
        Command::Accept { finding, .. } | Command::Remove { finding } => {
            violations.extend(acts::judge_decision(&oracle, finding, run));
        }
        Command::Sent { subject, .. } | Command::Answered { subject } => {
            violations.extend(acts::judge_word(&oracle, subject, run));
        }
        Command::SubmitReview { unresolved } => {
            violations.extend(acts::judge_review(&oracle, *unresolved, run));
        }
    }
    violations
}

/// At most one notice with its continuations and one record; nobody mentioned twice in them, and
/// nobody whom no line means.
fn judge_form(run: &PlannedRun) -> Vec<Violation> {
    let mut violations = Vec::new();
    for kind in [MarkerKind::Notice, MarkerKind::Record, MarkerKind::Review] {
        let firsts = run.drafts(kind).iter().filter(|draft| !draft.continues).count();
        let total = run.drafts(kind).len();
        if firsts > 1 || (total > 0 && firsts == 0) || (kind != MarkerKind::Notice && total > 1) {
            violations.push(violation(Rule::OneNotice, (kind, firsts, total)));
        }
    }
    let mut visible: BTreeSet<UserId> = BTreeSet::new();
    for draft in run.drafts(MarkerKind::Notice) {
        for user in &draft.mentions {
            if !visible.insert(*user) {
                violations.push(violation(Rule::OneMention, ("twice", user)));
            }
        }
    }
    let meant: BTreeSet<UserId> = run
        .lines(MarkerKind::Notice)
        .iter()
        .flat_map(|line| line.step.mentioned.iter().copied())
        .collect();
    if visible != meant {
        violations.push(violation(Rule::OneMention, ("visible", &visible, "meant", &meant)));
    }
    let mut seen: BTreeSet<(&FindingKey, StepKind)> = BTreeSet::new();
    for line in run.lines(MarkerKind::Notice) {
        if !seen.insert((&line.finding, line.step.kind)) {
            violations.push(violation(Rule::MentionedTwice, line));
        }
    }
    for draft in run.drafts(MarkerKind::Record) {
        if !draft.mentions.is_empty() {
            violations.push(violation(Rule::OneMention, &draft.mentions));
        }
    }
    violations
}

/// Whether the rules leave open whether the check finds anything.
fn is_undecided(oracle: &Oracle<'_>, finding: &FindingKey) -> bool {
    oracle.evaluation.verdicts.get(finding) == Some(&Verdict::Undecided)
}
