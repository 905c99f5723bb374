//! The rules of follow-ups, each by its name, asserted at every step of a history.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use jiff::SignedDuration;
use proptest::test_runner::{TestCaseError, TestCaseResult};

use super::super::{Act, Due, Selection};
use super::cast::{BOT, Finding, OLGA, PETE};
use super::history::History;
use super::ranks::{chain, mentionable};
use super::reading::{Comment, Step};
use crate::plan::Action;
use crate::record::conversation::{Conversation, Note, Thread, User};
use crate::steps::review;

pub(super) fn broken(rule: &str, what: &impl Debug) -> TestCaseError {
    TestCaseError::fail(format!("{rule}: {what:#?}"))
}

pub(super) fn same<T: PartialEq + Debug>(one: &T, other: &T, rule: &str) -> TestCaseResult {
    if one == other { Ok(()) } else { Err(broken(rule, &(one, other))) }
}

fn keep(is_kept: bool, rule: &str, what: &impl Debug) -> TestCaseResult {
    if is_kept { Ok(()) } else { Err(broken(rule, what)) }
}

/// The findings of comments of one step.
fn of(comments: &[Comment], step: Step) -> BTreeSet<Finding> {
    let comments = comments.iter().filter(|it| it.step == step);
    comments.flat_map(|it| &it.about).filter_map(|(who, check)| Some(((*who)?, *check))).collect()
}

/// Nobody who is not on the list is pinged.
fn mentions(history: &History, comments: &[Comment]) -> TestCaseResult {
    const RULE: &str = "only confirmed, active users who see the issue are mentioned";
    let History { cast, world, oracle, .. } = history;
    for comment in comments {
        let mut expected = Vec::new();
        let who = comment.about.first().and_then(|(who, _)| *who);
        match (comment.step, who) {
            (Step::Ask, Some(who)) if !comment.is_for_operators => {
                expected.extend(mentionable(cast, world, who));
                same(&expected.len(), &1, RULE)?;
            }
            (Step::Escalate, Some(who)) => {
                expected = chain(cast, world, oracle, who);
                let own = oracle.users_of(cast, world, who);
                let is_own = expected.iter().any(|it| own.contains(it));
                keep(!is_own && !expected.is_empty(), "never to the subject", &comment)?;
            }
            (Step::Ask, None) if !comment.is_for_operators => {
                return Err(broken(RULE, &comment));
            }
            _ => {}
        }
        let names: Vec<String> =
            expected.iter().map(|id| world.user(*id).username.clone()).collect();
        same(&comment.mentions, &names, RULE)?;
    }
    Ok(())
}

/// One comment per person and step, however many findings.
fn one_comment_each(comments: &[Comment]) -> TestCaseResult {
    let mut seen = BTreeSet::new();
    for comment in comments {
        let who = comment.about.first().and_then(|(who, _)| *who);
        let is_to_person = !comment.is_for_operators
            && matches!(comment.step, Step::Ask | Step::Sent | Step::Escalate);
        let whose =
            (who.filter(|_| is_to_person), comment.thread.clone().filter(|_| !is_to_person));
        let is_first = seen.insert((comment.step, comment.is_for_operators, whose));
        keep(is_first, "one comment per person and step", comment)?;
    }
    Ok(())
}

/// What a plan pings about is due.
fn only_what_is_due(history: &History, comments: &[Comment]) -> TestCaseResult {
    let History { cast, world, oracle, .. } = history;
    for comment in comments {
        for (who, check) in &comment.about {
            let Some(who) = *who else { continue };
            let finding = (who, *check);
            let ask = oracle.last_ask(finding);
            let has_ended = ask.is_some_and(|ask| oracle.has_ended(cast, world, finding, ask));
            if History::is_ping(comment.step) {
                let is_found = cast.truth(finding).is_some();
                keep(
                    is_found,
                    "nobody is pinged for what is fixed, unknown or withdrawn",
                    comment,
                )?;
                let is_justified = oracle.is_justified(cast, world, finding);
                keep(!is_justified, "nobody is pinged for what is justified", comment)?;
                let is_held = oracle.is_held(finding);
                keep(!is_held, "nobody is pinged for what is held", comment)?;
                let is_answered =
                    ask.is_some_and(|ask| oracle.is_answered(cast, world, finding, ask));
                let rule = "nobody is pinged after answering, unless asked again";
                keep(!is_answered || has_ended, rule, comment)?;
            }
            let rule = "nobody is pinged twice for the same step of a finding in the same round";
            match comment.step {
                Step::Ask => keep(ask.is_none() || has_ended, rule, &(finding, comment))?,
                Step::Escalate => {
                    let wait = SignedDuration::from_hours(72);
                    let asked_at = oracle.asked_at(finding);
                    let is_due = asked_at.is_some_and(|at| world.now.duration_since(at) >= wait);
                    keep(is_due, "escalation waits 72 hours", &(finding, comment))?;
                    let is_due = oracle.is_escalation_due(cast, world, finding);
                    keep(is_due, rule, &(finding, comment))?;
                }
                Step::Fixed | Step::Withdrawn => {
                    let end = oracle.end_due(cast, world, finding);
                    let rule = "an end is told only where it is known";
                    same(&end, &Some(comment.step), &format!("{rule} ({finding:?})"))?;
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// All that is due is in the plan.
fn all_that_is_due(history: &History, comments: &[Comment], due: &Due) -> TestCaseResult {
    let History { cast, world, oracle, .. } = history;
    let mut expected: BTreeMap<Step, BTreeSet<Finding>> = BTreeMap::new();
    let mut letters = BTreeSet::new();
    for finding in cast.all() {
        let mut add = |step| {
            expected.entry(step).or_default().insert(finding);
        };
        if oracle.is_ask_due(cast, world, finding) {
            let is_told =
                History::is_of_operators(finding) || mentionable(cast, world, finding.0).is_some();
            if is_told {
                add(Step::Ask);
            } else {
                letters.insert(finding.0);
            }
        }
        let is_due = oracle.is_escalation_due(cast, world, finding);
        if is_due && !chain(cast, world, oracle, finding.0).is_empty() {
            add(Step::Escalate);
        }
        if let Some(step) = oracle.end_due(cast, world, finding) {
            add(step);
        }
    }
    for step in [Step::Ask, Step::Escalate, Step::Fixed, Step::Withdrawn] {
        let expected = expected.remove(&step).unwrap_or_default();
        let mut planned = of(comments, step);
        if matches!(step, Step::Fixed | Step::Withdrawn) {
            // Those who are gone are not named.
            let unnamed = |it: &&Comment| it.step == step;
            let unnamed = comments.iter().filter(unnamed).flat_map(|it| &it.about);
            let unnamed = unnamed.filter(|(who, _)| who.is_none()).count();
            let rest: Vec<Finding> = expected.difference(&planned).copied().collect();
            same(&rest.len(), &unnamed, &format!("{step:?}: all ends are told, {rest:?}"))?;
            planned.extend(rest);
        }
        same(&planned, &expected, &format!("{step:?}: all that is due is planned"))?;
    }
    let advised: BTreeSet<usize> =
        due.advice.iter().filter_map(|advice| cast.named(&advice.name)).collect();
    same(&advised, &letters, "who cannot be mentioned is written to")
}

/// Everything that a run must keep to.
pub(super) fn run(
    history: &mut History,
    by: u64,
    selection: &Selection,
    due: &Due,
    states: &[String],
) -> TestCaseResult {
    let comments = history.read(due);
    mentions(history, &comments)?;
    one_comment_each(&comments)?;
    only_what_is_due(history, &comments)?;
    in_doubt(history, &comments)?;
    resolves(history, due, &comments)?;
    if let Some(limit) = selection.limit {
        keep(comments.len() <= limit, "no more than --limit", &comments)?;
    } else if selection.only.is_empty() && history.oracle.is_in_review() {
        same(&due.plan.actions, &Vec::new(), "during the review only what is named is posted")?;
    } else if selection.only.is_empty() {
        all_that_is_due(history, &comments, due)?;
    }
    noise(history, by, selection, due, states)
}

/// While the sources are in doubt, nothing is concluded from them.
fn in_doubt(history: &mut History, comments: &[Comment]) -> TestCaseResult {
    let is_in_doubt = history.cast.is_in_doubt();
    let is_complete = history.cast.accounts_are_whole();
    let is_off = |check: &str| history.cast.off.contains(check);
    if is_in_doubt {
        let is_about = |it: &&Comment| it.about.iter().any(|(_, check)| *check == "outsider");
        let pings = comments.iter().filter(|it| History::is_ping(it.step));
        let about: Vec<&Comment> = pings.filter(is_about).collect();
        keep(about.is_empty(), "no ping about outsiders in doubt", &about)?;
    }
    let needs_accounts = super::cast::PERSON_CHECKS.iter().skip(3).any(|check| !is_off(check));
    if is_in_doubt || !is_complete && needs_accounts {
        let open = history.world.with_facts(|facts| review::readiness(facts).open);
        keep(!open.is_empty(), "nothing is complete in doubt", &comments)?;
    }
    Ok(())
}

/// Only threads are resolved in which all is over.
fn resolves(history: &History, due: &Due, comments: &[Comment]) -> TestCaseResult {
    let History { cast, world, oracle, .. } = history;
    for action in &due.plan.actions {
        if let Action::Resolve { thread, resolved: true, .. } = action {
            let rule = "a thread is resolved when all in it is over";
            keep(oracle.is_over(cast, world, thread), rule, &due.plan)?;
            let asks =
                |it: &Comment| History::is_ping(it.step) && it.thread.as_ref() == Some(thread);
            keep(!comments.iter().any(asks), rule, &due.plan)?;
        }
    }
    Ok(())
}

/// The order and paging of notes, system notes, bots' and foreign notes change nothing.
fn noise(
    history: &mut History,
    by: u64,
    selection: &Selection,
    due: &Due,
    states: &[String],
) -> TestCaseResult {
    let mut conversation = history.world.conversation.clone();
    let bot = history.world.user(BOT).clone();
    disturb(&mut conversation, &bot);
    let (other, disturbed) = history.world.look(&conversation, by, selection);
    let other = other.map_err(|error| broken("noise changes nothing", &error))?;
    same(&other.plan, &due.plan, "the order of notes and what others write change nothing")?;
    same(&other.advice, &due.advice, "the order of notes changes no advice")?;
    same(&disturbed.as_slice(), &states, "the order of notes changes no state")
}

/// Another order, a page that was read twice, and notes that say nothing.
fn disturb(conversation: &mut Conversation, bot: &User) {
    let note = |id: u64, near: &Note, is_system: bool, body: &str| Note {
        id,
        author: bot.clone(),
        body: body.to_owned(),
        created_at: near.created_at,
        is_system,
        is_by_operator: is_system,
    };
    let other = "Hm.\n\n<!-- support-audit v1 calendly FY27-Q3 review complete=yes -->";
    for (number, thread) in (0..).zip(&mut conversation.threads) {
        let first = thread.notes[0].clone();
        thread.notes.push(note(1_000_000 + number, &first, number % 2 == 0, other));
        thread.notes.push(note(2_000_000 + number, &first, false, "Beep."));
        thread.notes.reverse();
    }
    conversation.threads.reverse();
    let again: Vec<Thread> = conversation.threads.iter().step_by(2).cloned().collect();
    conversation.threads.extend(again);
}

/// What a plan does beside deleting what its operator said twice, which is their own affair: it may be so
/// since what lay between was deleted.
pub(super) fn said(due: &Due) -> Vec<Action> {
    let is_said = |it: &&Action| !matches!(it, Action::DeleteComment { .. });
    due.plan.actions.iter().filter(is_said).cloned().collect()
}

/// Executing a plan and planning again gives nothing to do, for all operators; but the other one may
/// still have to delete what they said twice.
pub(super) fn is_done(history: &mut History, by: u64, selection: &Selection) -> TestCaseResult {
    let mut states = None;
    for operator in [by, OLGA + PETE - by] {
        let conversation = history.world.conversation.clone();
        let (again, found) = history.world.look(&conversation, operator, selection);
        let actions = match again {
            Ok(due) if operator == by => due.plan.actions,
            Ok(due) => said(&due),
            Err(_) => Vec::new(),
        };
        same(&actions, &Vec::new(), "what was done is not due again")?;
        same(states.get_or_insert(found.clone()), &found, "all operators see the same states")?;
    }
    Ok(())
}

/// What an act must keep to.
pub(super) fn act(history: &History, by: u64, act: &Act, due: &Due) -> TestCaseResult {
    let History { cast, world, oracle, .. } = history;
    let comments = history.read(due);
    mentions(history, &comments)?;
    one_comment_each(&comments)?;
    for comment in &comments {
        for (who, check) in &comment.about {
            let finding = (who.unwrap(), *check);
            if comment.step == Step::Accept {
                let own = oracle.users_of(cast, world, finding.0);
                keep(!own.contains(&by), "nobody accepts their own", &(act, comment))?;
            }
            keep(cast.truth(finding).is_some(), "an act is about what is found", &(act, comment))?;
            if comment.step == Step::Ask {
                keep(!oracle.is_held(finding), "nobody is asked again for what is held", comment)?;
                let is_exempt = cast.exempt(finding, world).0;
                keep(!is_exempt, "nobody is asked again for what an exception covers", comment)?;
            }
        }
    }
    Ok(())
}
