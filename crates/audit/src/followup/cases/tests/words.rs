//! What is an answer, and what decides.

use super::story::{ADA, BOB, MIA, OLEG, OTTO, Story};
use crate::record::marker::StepAction;

const KEEP: StepAction = StepAction::Accept;

#[test]
fn the_subjects_words_answer_anywhere_after_the_ask() {
    for (at, author, expected) in
        [(1.5, ADA, "answered"), (0.5, ADA, "waiting"), (1.5, BOB, "waiting")]
    {
        let mut story = Story::new();
        story.ask(1.0, ADA, 1);
        let note = story.say(at, author, None, "on it");
        story.expect(&[(2.0, expected)]);
        story.delete(note);
        story.expect(&[(2.0, "waiting")]);
    }
}

#[test]
fn a_managers_words_answer_in_the_thread_of_the_notice_that_asks_them() {
    for (is_reply, author, expected) in
        [(true, MIA, "answered"), (false, MIA, "escalated"), (true, BOB, "escalated")]
    {
        let mut story = Story::new();
        story.ask(1.0, ADA, 1);
        let notice = story.escalate(5.0, ADA, 1, &[MIA.id, BOB.id]);
        story.say(5.5, author, is_reply.then_some(notice), "she is away");
        story.expect(&[(6.0, expected)]);
    }
    // Where no manager was mentioned, whoever was is asked to help.
    let mut story = Story::new();
    story.ask(1.0, ADA, 1);
    let notice = story.escalate(5.0, ADA, 1, &[BOB.id]);
    story.say(5.5, BOB, Some(notice), "she is away");
    story.expect(&[(6.0, "answered")]);
}

#[test]
fn a_reaction_answers_what_the_notice_asks_of_whoever_reacts() {
    for (user, expected) in [(ADA.id, "answered"), (MIA.id, "waiting")] {
        let mut story = Story::new();
        let notice = story.ask(1.0, ADA, 1);
        story.react(1.5, user, notice);
        story.expect(&[(2.0, expected)]);
        assert!(story.entry(2.0).reaction_notes.contains(&notice));
    }
    // The subject is not asked by the notice that asks the manager.
    let mut story = Story::new();
    story.ask(1.0, ADA, 1);
    let notice = story.escalate(5.0, ADA, 1, &[MIA.id]);
    story.react(5.5, ADA.id, notice);
    story.expect(&[(6.0, "escalated")]);
    story.react(5.5, MIA.id, notice);
    story.expect(&[(6.0, "answered")]);
}

#[test]
fn an_operators_comment_is_no_answer_but_a_recorded_one_is() {
    let mut story = Story::new();
    story.ask(1.0, ADA, 1);
    story.say(1.5, OTTO, None, "any news?");
    story.expect(&[(2.0, "waiting")]);
    story.act(1.6, ADA, 1, StepAction::Answered);
    story.expect(&[(2.0, "answered")]);
}

#[test]
fn what_was_sent_by_hand_starts_the_clock_at_its_own_instant() {
    let mut story = Story::new();
    let mut step = story.step(0.5, ADA, 1, StepAction::Sent { due: None });
    step.mentioned = Vec::new();
    story.post(2.0, OTTO.id, crate::record::marker::Content::Record(vec![step]));
    story.expect(&[(3.4, "waiting"), (3.5, "overdue")]);
    story.say(1.0, ADA, None, "got your mail");
    story.expect(&[(3.5, "answered")]);
}

#[test]
fn the_latest_decision_about_the_evidence_counts() {
    let mut story = Story::new();
    story.ask(1.0, ADA, 1);
    let record = story.act(2.0, ADA, 1, KEEP);
    story.expect(&[(2.5, "justified"), (99.0, "justified")]);
    assert_eq!(
        story.entry(2.5).decision.and_then(|decision| decision.reason).as_deref(),
        Some("the reason")
    );
    story.delete(record);
    story.expect(&[(2.5, "waiting")]);
}

#[test]
fn nobody_decides_about_themselves() {
    let mut story = Story::new();
    story.check = "manager-unresolved";
    story.roster =
        story.roster.replace("  gitlab: {id: 1005", "  reports_to: X\n  gitlab: {id: 1005");
    story.evidence = "X".to_owned();
    story.act(2.0, OTTO, 1, KEEP);
    story.expect(&[(2.5, "not asked")]);
    story.act_by(3.0, OLEG, OTTO, 1, KEEP);
    story.expect(&[(3.5, "justified")]);
}

#[test]
fn a_strangers_decision_justifies_nothing() {
    let mut story = Story::new();
    story.users.retain(|(id, _, _)| *id != MIA.id);
    story.act_by(2.0, MIA.id, ADA, 1, KEEP);
    story.expect(&[(2.5, "not asked")]);
}
