//! Chooses whom an escalation goes to: the manager by `reports_to`, and a Support Operations
//! Manager.
//!
//! A choice never falls on the subject or on a user who cannot be mentioned.
//! It falls on the user who runs the command only if nobody else is left, because GitLab does not
//! mail people their own mentions.

use std::collections::BTreeSet;

use super::model::{Case, Chain, FollowupInput};
use crate::identity::Subject;
use crate::record::conversation::User;
use crate::record::directory::{Inquiry, Unmentionable};
use crate::roster::Managers;

/// Chooses the users to whom an escalation of a case goes.
pub(super) fn chain(input: &FollowupInput<'_>, managers: &Managers<'_>, case: &Case) -> Chain {
    let manager = manager(input, managers, case);
    let support_manager = support_manager(input, case);
    let mut chain = Chain {
        manager: manager.user,
        support_manager: support_manager.user,
        reasons: manager.reasons.into_iter().chain(support_manager.reasons).collect(),
        inquiries: manager.inquiry.into_iter().chain(support_manager.inquiry).collect(),
    };
    if let (Some(user), Some(support_manager)) = (&chain.manager, &chain.support_manager)
        && user.id == support_manager.id
    {
        chain.reasons.push(format!("{} is the Support Operations Manager as well", user.username));
        chain.support_manager = None;
    }
    chain
}

/// Chooses one of several users, looking at them one after the other.
struct Choice {
    /// The operator, as long as no other candidate was found.
    last_resort: Option<(User, String)>,
    user: Option<User>,
    reasons: Vec<String>,
    inquiry: Option<Inquiry>,
}

impl Choice {
    fn new() -> Self {
        Self { last_resort: None, user: None, reasons: Vec::new(), inquiry: None }
    }

    /// Whether the next candidate has to be looked at.
    fn is_open(&self) -> bool {
        self.user.is_none() && self.inquiry.is_none()
    }

    /// Looks at a candidate; `reason` explains the choice to the operator.
    fn consider(
        &mut self,
        input: &FollowupInput<'_>,
        case: &Case,
        name: &str,
        candidate: Result<&User, Unmentionable>,
        reason: String,
    ) {
        match candidate {
            Ok(user) if case.user == Some(user.id) => {
                self.reasons.push(format!("not {name}, whom it is about"));
            }
            Ok(user) if user.id == input.operator.id => {
                self.last_resort.get_or_insert_with(|| (user.clone(), reason));
            }
            Ok(user) => {
                self.reasons.push(reason);
                self.user = Some(user.clone());
            }
            Err(Unmentionable::NotAsked(inquiry)) => self.inquiry = Some(inquiry),
            Err(why) => self.reasons.push(format!("not {name}: {why}")),
        }
    }

    /// The chosen user, after the last candidate.
    fn finish(mut self) -> Self {
        if !self.is_open() {
            if let Some((user, _)) = self.last_resort.take().filter(|_| self.user.is_some()) {
                self.reasons.push(format!("not {}, who runs the audit", user.username));
            }
            return self;
        }
        if let Some((user, reason)) = self.last_resort.take() {
            self.reasons.push(format!("{reason}, and nobody else is left"));
            self.user = Some(user);
        }
        self
    }
}

fn manager(input: &FollowupInput<'_>, managers: &Managers<'_>, case: &Case) -> Choice {
    let mut choice = Choice::new();
    let Some(Subject::Person(subject)) = case.subject else {
        choice.reasons.push("people outside the roster have no known manager".to_owned());
        return choice;
    };
    let roster = &input.evaluation.roster;
    let mut seen = BTreeSet::from([subject]);
    let mut below = subject;
    while choice.is_open() {
        let name = roster.person(below).map_or("", |person| &*person.name);
        let Some(next) = managers.manager(below) else {
            choice.reasons.push(format!("the manager of {name} is not known"));
            break;
        };
        let Some(person) = roster.person(next).filter(|_| seen.insert(next)) else {
            choice.reasons.push(format!("the reporting line above {name} is circular"));
            break;
        };
        let reason = format!("{} is the manager of {name}", person.name);
        choice.consider(input, case, &person.name, input.directory.person(person), reason);
        below = next;
    }
    choice.finish()
}

fn support_manager(input: &FollowupInput<'_>, case: &Case) -> Choice {
    let mut choice = Choice::new();
    if input.managers.is_empty() {
        choice.reasons.push("no `managers` are configured".to_owned());
    }
    for username in input.managers {
        if !choice.is_open() {
            break;
        }
        let reason = format!("{username} is a Support Operations Manager");
        choice.consider(input, case, username, input.directory.username(username), reason);
    }
    choice.finish()
}
