//! When a finding that is found again is asked about anew.

use super::story::{ADA, Story};
use crate::record::marker::{StepAction, WithdrawalReason};

#[test]
fn what_a_comment_calls_over_begins_anew_when_it_is_found_again() {
    for (action, expected, round) in [
        (StepAction::Fixed, "not asked", 2),
        (StepAction::Withdrawn { reason: WithdrawalReason::Left }, "not asked", 2),
        (StepAction::Withdrawn { reason: WithdrawalReason::Excluded }, "overdue", 1),
        (StepAction::Withdrawn { reason: WithdrawalReason::Off }, "overdue", 1),
    ] {
        let mut story = Story::new();
        story.ask(1.0, ADA, 1);
        story.settle(2.0, ADA, 1, action);
        story.expect(&[(5.0, expected)]);
        assert_eq!(story.entry(5.0).round, round, "{action:?}");
        // Older sources show what was so before, and nobody is escalated by them.
        story.captured = Some(1.5);
        let entry = story.entry(5.0);
        let is_over = !matches!(expected, "overdue");
        assert_eq!((entry.round, entry.state.is_settled()), (1, is_over), "{action:?}");
    }
}

#[test]
fn what_vanished_and_returned_between_comments_was_never_away() {
    let mut story = Story::new();
    story.ask(1.0, ADA, 1);
    story.fix();
    story.expect(&[(2.0, "fixed")]);
    assert!(!story.entry(2.0).is_reported);
    story.unfix();
    story.expect(&[(3.0, "waiting"), (4.0, "overdue")]);
}

#[test]
fn a_settled_finding_is_reported_once() {
    let mut story = Story::new();
    story.ask(1.0, ADA, 1);
    story.settle(2.0, ADA, 1, StepAction::Fixed);
    story.fix();
    story.expect(&[(3.0, "fixed")]);
    assert!(story.entry(3.0).is_reported);
}

#[test]
fn asking_again_ends_the_round_and_outranks_what_was_decided() {
    let mut story = Story::new();
    story.ask(1.0, ADA, 1);
    story.act(2.0, ADA, 1, StepAction::Accept);
    let again = story.act(3.0, ADA, 1, StepAction::Again);
    story.expect(&[(3.5, "not asked")]);
    assert_eq!(story.entry(3.5).round, 2);
    story.ask(4.0, ADA, 2);
    story.expect(&[(4.5, "waiting")]);
    story.delete(again);
    story.expect(&[(4.5, "justified")]);
}

#[test]
fn a_deleted_notice_was_never_posted() {
    let mut story = Story::new();
    let notice = story.ask(1.0, ADA, 1);
    story.escalate(5.0, ADA, 1, &[1003]);
    story.delete(notice);
    story.expect(&[(6.0, "not asked")]);
    story.ask(7.0, ADA, 1);
    story.expect(&[(7.5, "waiting"), (10.0, "overdue")]);
}

#[test]
fn a_justified_finding_begins_anew_when_its_evidence_changes() {
    let mut story = Story::new();
    story.check = "link-malformed";
    story.roster = story.roster.replace("  email: ada", "  calendly: ada-1\n  email: ada");
    story.evidence = "ada-1".to_owned();
    story.ask(1.0, ADA, 1);
    story.act(2.0, ADA, 1, StepAction::Accept);
    story.expect(&[(3.0, "justified")]);
    story.roster = story.roster.replace("ada-1", "ada-2");
    story.expect(&[(3.0, "not asked")]);
    assert_eq!(story.entry(3.0).round, 2);
    story.roster = story.roster.replace("ada-2", "ada-1");
    story.expect(&[(3.0, "justified")]);
}

#[test]
fn changed_evidence_alone_begins_nothing() {
    let mut story = Story::new();
    story.check = "link-malformed";
    story.roster = story.roster.replace("  email: ada", "  calendly: ada-2\n  email: ada");
    story.evidence = "ada-1".to_owned();
    story.ask(1.0, ADA, 1);
    story.expect(&[(2.0, "waiting"), (4.0, "overdue")]);
}

#[test]
fn an_exception_that_expires_after_the_ask_begins_anew() {
    let exception = |expires: &str| {
        format!(
            "- check: link-missing\n  email: ada@x.example\n  reason: New.\n  approved_by: nadia\n  approved_on: 2027-01-01\n  expires: {expires}\n"
        )
    };
    let mut story = Story::new();
    story.exceptions = exception("2027-02-04");
    story.ask(1.0, ADA, 1);
    story.expect(&[(2.0, "justified"), (3.0, "not asked")]);
    assert_eq!(story.entry(3.0).round, 2);
    story.exceptions = exception("2027-02-01");
    story.expect(&[(2.0, "waiting")]);
    // One that is taken out of its file begins nothing.
    story.exceptions = String::new();
    story.expect(&[(2.0, "waiting"), (4.0, "overdue")]);
}
