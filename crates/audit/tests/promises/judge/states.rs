//! The states that the product derives, compared with the oracle's.

use std::collections::BTreeMap;

use super::{Rule, Violation, is_undecided, violation};
use crate::oracle::{Entry, Oracle, State};
use crate::plan::DerivedState;
use crate::world::{FindingKey, UserId, World};

/// Compares the states that the product derives with the oracle's.
pub fn judge_states(world: &World, operator: UserId, states: &[DerivedState]) -> Vec<Violation> {
    let oracle = Oracle::new(world, operator);
    if !oracle.may_write() {
        return Vec::new();
    }
    let mut violations = Vec::new();
    let derived: BTreeMap<&FindingKey, (State, u32)> =
        states.iter().map(|(key, state, round)| (key, (*state, *round))).collect();
    let entries: BTreeMap<FindingKey, Entry> =
        oracle.entries().into_iter().map(|entry| (entry.key.clone(), entry)).collect();
    for (key, entry) in &entries {
        let state = derived.get(key).copied();
        if entry.is_dated {
            continue;
        }
        // Where the rules leave the state open, only a false word that closes it is a fault.
        let is_false = state.is_some_and(|(state, _)| state.is_settled())
            && !entry.state.is_settled()
            && entry.state != State::Unknown;
        let is_wrong = match state {
            _ if !entry.is_strict => is_false,
            // The checks whose asks are shared have one state.
            None => entry.state != State::Unknown && !is_spoken_for(&derived, key),
            Some((state, round)) => {
                state != entry.state || (has_clock(entry.state) && round != entry.round)
            }
        };
        if is_wrong {
            let detail = (key, "is", entry.state, entry.round, "not", state);
            violations.push(violation(Rule::WrongState, detail));
        }
    }
    for (key, (state, _)) in derived {
        let is_open = matches!(state, State::Unknown | State::InDoubt | State::NotAsked);
        if !entries.contains_key(key) && !is_undecided(&oracle, key) && !is_open {
            violations.push(violation(Rule::WrongState, (key, "is nothing, not", state)));
        }
    }
    violations
}

/// Whether a check whose asks are shared has a state.
fn is_spoken_for(derived: &BTreeMap<&FindingKey, (State, u32)>, key: &FindingKey) -> bool {
    let others = crate::identity::family(key.check).iter();
    let mut others = others.map(|check| FindingKey { check: *check, ..key.clone() });
    others.any(|other| derived.contains_key(&other))
}

fn has_clock(state: State) -> bool {
    matches!(
        state,
        State::Answered | State::Exhausted | State::Escalated | State::Overdue | State::Waiting
    )
}
