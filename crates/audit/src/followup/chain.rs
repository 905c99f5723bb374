//! Whom an escalation goes to.
//!
//! First the manager by `reports_to`, or theirs, each person once; then the Support Operations Managers in
//! order. Never the subject, and never anybody who cannot be mentioned.

use std::collections::BTreeSet;

use super::{Case, FollowupInput};
use crate::identity::Subject;
use crate::record::conversation::User;
use crate::record::directory::{Inquiry, Unmentionable};
use crate::roster::Managers;

/// Those whom an escalation mentions, and why they were chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Chain {
    pub(crate) users: Vec<User>,
    /// As sentences with foreign text in them, without a final stop.
    pub(crate) reasons: Vec<String>,
    /// Whom GitLab must be asked about first.
    pub(crate) inquiries: Vec<Inquiry>,
}

/// Whom an escalation of a case goes to.
pub(crate) fn chain(facts: &FollowupInput<'_>, managers: &Managers<'_>, case: &Case<'_>) -> Chain {
    let mut chain = Chain::default();
    manager(facts, managers, case, &mut chain);
    for username in facts.managers {
        match facts.directory.username(username) {
            Ok(user) if case.is_user(user) => {
                chain.reasons.push(format!("not {username}, whom it is about"));
            }
            Ok(user) if chain.users.contains(user) => {
                chain.reasons.push(format!("{username} is the Support Operations Manager as well"));
                break;
            }
            Ok(user) => {
                chain.reasons.push(format!("{username} is a Support Operations Manager"));
                chain.users.push(user.clone());
                break;
            }
            Err(Unmentionable::NotAsked(inquiry)) => {
                chain.inquiries.push(inquiry);
                break;
            }
            Err(reason) => chain.reasons.push(format!("not {username}: {reason}")),
        }
    }
    if facts.managers.is_empty() {
        chain.reasons.push("no `managers` are configured".to_owned());
    }
    chain
}

fn manager(facts: &FollowupInput<'_>, managers: &Managers<'_>, case: &Case<'_>, chain: &mut Chain) {
    let Some(Subject::Person(subject)) = case.about else {
        chain.reasons.push("no manager is known of somebody who is not on the roster".to_owned());
        return;
    };
    let mut seen = BTreeSet::from([subject]);
    let mut place = subject;
    loop {
        let roster = &facts.evaluation.roster;
        let name = roster.person(place).map_or("", |person| &*person.name);
        let Some(next) = managers.manager(place) else {
            chain.reasons.push(format!("the manager of {name} is not known"));
            return;
        };
        let Some(person) = roster.person(next).filter(|_| seen.insert(next)) else {
            chain.reasons.push(format!("the managers above {name} go round in a circle"));
            return;
        };
        match facts.directory.person(person) {
            Ok(user) if case.is_user(user) => {
                chain.reasons.push(format!("not {}, whom it is about", person.name));
            }
            Ok(user) => {
                chain.reasons.push(format!("{} is the manager of {name}", person.name));
                chain.users.push(user.clone());
                return;
            }
            Err(Unmentionable::NotAsked(inquiry)) => {
                chain.inquiries.push(inquiry);
                return;
            }
            Err(reason) => chain.reasons.push(format!("not {}: {reason}", person.name)),
        }
        place = next;
    }
}
