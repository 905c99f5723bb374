//! What an operator has to do about a finding.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::evaluation::OUTSIDER;
use crate::followup::{
    Case, Cases, Entry, FollowupInput, State, recipient_is_reachable, subject_name,
};
use crate::steps::status::next::NextStep;
use crate::wording::counted;

/// A task of the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Task {
    pub(super) what: String,
    pub(super) command: NextStep,
}

/// What has to be done about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    ReadAnswer,
    EndDoubt,
    EndHold,
    Remove,
    Decide,
    Ask,
    Escalate,
    SendEmail,
    FixOrAccept,
    Report,
    ReadSources,
    HandOver,
}

/// What an operator has to do about a finding, if anything.
pub(super) fn need(input: &FollowupInput<'_>, case: &Case, entry: &Entry) -> Option<Need> {
    Some(match &entry.state {
        State::Answered => Need::ReadAnswer,
        State::InDoubt(_) => Need::EndDoubt,
        State::Held(_) => Need::EndHold,
        State::ToRemove(_) => Need::Remove,
        State::Exhausted if entry.check.id == OUTSIDER => Need::Decide,
        State::Exhausted => Need::HandOver,
        State::NotAsked if entry.is_for_operators() => Need::Report,
        State::NotAsked if !recipient_is_reachable(input, case) => Need::SendEmail,
        State::NotAsked => Need::Ask,
        State::Overdue => Need::Escalate,
        State::Waiting { until: None } => Need::FixOrAccept,
        State::Unknown(_) => Need::ReadSources,
        State::Waiting { .. }
        | State::Escalated { .. }
        | State::Removed { .. }
        | State::Gone
        | State::Withdrawn(_)
        | State::Fixed
        | State::Justified(_) => return None,
    })
}

impl Need {
    /// The next action for the finding, as a clause.
    pub(super) const fn next(self) -> &'static str {
        match self {
            Self::ReadAnswer => "read the answer, then accept or ask again",
            Self::EndDoubt => "accept or ask again, which ends the doubt",
            Self::EndHold => "look at what holds it",
            Self::Remove => "remove the account",
            Self::Decide => "keep or remove the account",
            Self::Ask => "ask",
            Self::Escalate => "ask the managers",
            Self::SendEmail => "send the e-mail",
            Self::FixOrAccept => "fix or accept",
            Self::Report => "list for the operators",
            Self::ReadSources => "read the sources completely",
            Self::HandOver => "hand over to the manager",
        }
    }

    /// The line under *DO NOW*: the task, for how many findings, and the command.
    fn task(self, count: usize, checks: &[&'static str], names: &[String]) -> Task {
        let number = |singular: &str, plural: &str| counted(count, singular, plural);
        let followups = NextStep::FollowUp;
        let (what, command) = match self {
            Self::ReadAnswer => (number("answer to read", "answers to read"), followups),
            Self::EndDoubt => (number("finding in doubt", "findings in doubt"), followups),
            Self::EndHold => (number("finding on hold", "findings on hold"), followups),
            Self::Remove => (number("account to remove", "accounts to remove"), NextStep::Remove),
            Self::Decide => (
                number("outsider to decide about", "outsiders to decide about"),
                NextStep::Reconcile,
            ),
            Self::Ask => (number("finding to ask about", "findings to ask about"), followups),
            Self::Escalate => (number("finding to escalate", "findings to escalate"), followups),
            Self::SendEmail => {
                (number("e-mail to send", "e-mails to send"), NextStep::SendEmails(listed(names)))
            }
            Self::FixOrAccept => (
                number("operators' item", "operators' items"),
                NextStep::ShowWaiting(checks.to_vec()),
            ),
            Self::Report => {
                (number("operators' item to list", "operators' items to list"), followups)
            }
            Self::ReadSources => {
                (number("finding unknown", "findings unknown"), NextStep::Reconcile)
            }
            Self::HandOver => (
                number("finding without any reply", "findings without any reply"),
                NextStep::SubmitUnresolved,
            ),
        };
        Task { what, command }
    }
}

/// The first few names of a list.
fn listed(names: &[String]) -> String {
    const NAMED: usize = 3;
    let shown: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let more = if names.len() > NAMED { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// The tasks of the operator, the most urgent first.
pub(super) fn tasks(input: &FollowupInput<'_>, cases: &Cases) -> Vec<Task> {
    let mut needs: BTreeMap<Need, (usize, Vec<&'static str>, Vec<String>)> = BTreeMap::new();
    for case in &cases.cases {
        let mut letters = 0_usize;
        for entry in &case.entries {
            let Some(need) = need(input, case, entry) else { continue };
            // A letter is for a person, however many findings it is about.
            if need == Need::SendEmail {
                letters += 1;
                if letters > 1 {
                    continue;
                }
            }
            let (count, checks, names) = needs.entry(need).or_default();
            *count += 1;
            if !checks.contains(&entry.check.id) {
                checks.push(entry.check.id);
            }
            names.push(subject_name(input, case));
        }
    }
    needs
        .into_iter()
        .map(|(need, (count, checks, names))| need.task(count, &checks, &names))
        .collect()
}
