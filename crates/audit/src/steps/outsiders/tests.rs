//! What is proposed, decided and unclear about outsiders.

use super::*;
use crate::followup::samples::*;

fn typed(justification: &str, decision: &str) -> Vec<Typed> {
    vec![Typed {
        subject: SubjectId::Email("vera@y.example".to_owned()),
        justification: justification.to_owned(),
        decision: decision.to_owned(),
    }]
}

fn decided(sample: &Sample, state: State, typed: &[Typed]) -> Decisions {
    let cases =
        sample.cases(vec![sample.case("vera@y.example", vec![entry(OUTSIDER, "user", state)])]);
    decisions(&sample.input(), &cases, typed)
}

fn kept(reason: &str) -> State {
    State::Justified(Justification::Decision(decision(Verdict::Keep { until: None }, reason)))
}

#[test]
fn what_was_typed_is_proposed_until_an_operator_confirms_it() {
    let sample = Sample::new();
    let to_remove = || State::ToRemove(decision(Verdict::Remove, "left"));
    for (state, justification, cell, proposed, unclear) in [
        (State::Answered, "Books demos.", "keep", Some(Decision::Keep), None),
        (State::NotAsked, "", "Remove!", Some(Decision::Remove), None),
        (State::Answered, "", "keep", None, Some("without a justification")),
        (State::Answered, "Hm.", "maybe", None, Some("neither `keep` nor `remove`")),
        (State::Answered, "Hm.", "", None, Some("a justification and no decision")),
        // What is recorded already is not proposed again, however it is escaped in the cell.
        (kept("books demos"), "books `demos`", "keep", None, None),
        (kept("books demos"), "", "keep", None, None),
        (kept("books demos"), "", "", None, None),
        (to_remove(), "", "remove", None, None),
        // Something else is a proposal once more.
        (kept("books demos"), "paid for", "keep", Some(Decision::Keep), None),
        (kept("books demos"), "left", "remove", Some(Decision::Remove), None),
        (to_remove(), "is back", "keep", Some(Decision::Keep), None),
        (State::Justified(Justification::Exception(0)), "x", "remove", None, None),
    ] {
        let name = format!("{} {justification} {cell}", state.as_str());
        let decisions = decided(&sample, state, &typed(justification, cell));
        let decision = decisions.proposals.first().map(|proposal| proposal.decision);
        assert_eq!(decision, proposed, "{name}");
        let reason = decisions.unclear.first().map(ToString::to_string);
        assert_eq!(reason.is_some(), unclear.is_some(), "{name}: {reason:?}");
        assert!(reason.unwrap_or_default().contains(unclear.unwrap_or_default()), "{name}");
    }
}

#[test]
fn a_decision_of_followups_is_the_one_of_the_table() {
    let sample = Sample::new();
    let decisions = decided(&sample, kept("books demos"), &[]);
    let ruling = decisions.ruling("Vera@y.example").unwrap();
    assert_eq!(ruling.decision, Some(Decision::Keep));
    assert_eq!((&*ruling.justification, ruling.is_confirmed), ("books demos", true));
    assert!(decisions.undecided.is_empty());
    // A proposal is shown, and does not count.
    let decisions = decided(&sample, State::Answered, &typed("left", "remove"));
    let ruling = decisions.ruling("Vera@y.example").unwrap();
    assert_eq!((ruling.decision, ruling.is_confirmed), (Some(Decision::Remove), false));
}

#[test]
fn a_proposal_is_confirmed_by_an_act() {
    let sample = Sample::new();
    let decisions = decided(&sample, State::Answered, &typed("left", "remove"));
    let finding = "outsider:vera@y.example".to_owned();
    let act = Act::Remove { finding: finding.clone(), reason: "left".to_owned() };
    assert_eq!(decisions.proposals[0].act(None), act);
    let decisions = decided(&sample, State::Answered, &typed("demos", "keep"));
    let until = Some("2027-08-01".parse().unwrap());
    let act = Act::Keep { finding, until, reason: "demos".to_owned() };
    assert_eq!(decisions.proposals[0].act(until), act);
}

#[test]
fn the_undecided_are_named() {
    let sample = Sample::new();
    let decisions = decided(&sample, State::Answered, &[]);
    assert_eq!(decisions.undecided[0].finding, "outsider:vera@y.example");
}
